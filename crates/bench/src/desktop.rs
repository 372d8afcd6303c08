//! Starting desktop programs on a virtual screen and weighing them.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program that could not be started or measured.
#[derive(Debug)]
pub struct NotMeasured(pub String);

/// A virtual screen, ended on drop.
pub struct Screen {
    child: Child,
    /// For the `DISPLAY` variable.
    pub display: String,
}

impl Screen {
    /// Starts Xvfb on a free display.
    pub fn start() -> Result<Screen, NotMeasured> {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]);
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child =
            spawned.map_err(|e| NotMeasured(format!("Xvfb did not start ({e}); install the package xvfb")))?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            let _ = BufReader::new(output).read_line(&mut line);
        }
        let number = line.trim();
        if number.is_empty() {
            Err(NotMeasured("Xvfb gave no display".into()))
        } else {
            Ok(Screen { display: format!(":{number}"), child })
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What one start of a program cost.
pub struct Weighed {
    /// From spawn until the page said it was interactive, milliseconds.
    pub start_ms: f64,
    /// Proportional set size of all its processes once it stopped growing, MiB.
    pub memory_mib: f64,
}

/// Starts `program` in an empty home, waits for its line `interactive`, lets it settle, weighs and ends it.
pub fn weigh(program: &Path, screen: &Screen) -> Result<Weighed, NotMeasured> {
    let home = tempfile::tempdir().map_err(|e| NotMeasured(format!("no temporary folder: {e}")))?;
    let mut command = Command::new("dbus-run-session");
    command.arg("--").arg(program).env("DISPLAY", &screen.display).env("HOME", home.path());
    command.env("TESSERA_DATA_DIR", home.path().join("data")).env("XDG_DATA_HOME", home.path().join("xdg"));
    command.env("XDG_CACHE_HOME", home.path().join("cache")).env("XDG_CONFIG_HOME", home.path().join("config"));
    command.env("TESSERA_PRINT_READY", "1").env_remove("WAYLAND_DISPLAY");
    command.stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    let started = Instant::now();
    let spawned = command.spawn();
    let mut child =
        spawned.map_err(|e| NotMeasured(format!("dbus-run-session did not start ({e}); install dbus-x11")))?;
    let result = wait_and_weigh(&mut child, started, program);
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status();
    let _ = child.wait();
    result
}

fn wait_and_weigh(child: &mut Child, started: Instant, program: &Path) -> Result<Weighed, NotMeasured> {
    let output = child.stdout.take().ok_or_else(|| NotMeasured("no output".into()))?;
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    if !lines.any(|line| line.trim() == "interactive") {
        return Err(NotMeasured(format!("{} ended before it was interactive", program.display())));
    }
    let start_ms = started.elapsed().as_secs_f64() * 1000.0;
    let memory_mib = settled_memory(child.id());
    Ok(Weighed { start_ms, memory_mib })
}

/// Reads memory every half second until two readings differ by less than one percent, ten seconds at most.
fn settled_memory(group: u32) -> f64 {
    let mut last = 0.0_f64;
    for _ in 0..20 {
        std::thread::sleep(Duration::from_millis(500));
        let now = memory_of_tree(group);
        if (now - last).abs() < last * 0.01 {
            return now;
        }
        last = now;
    }
    last
}

fn memory_of_tree(top: u32) -> f64 {
    let mut parents = HashMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse::<u32>().ok()) else { continue };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse::<u32>().ok());
        parents.insert(pid, parent.unwrap_or(0));
    }
    let below = |mut pid: u32| {
        while pid > 1 {
            if pid == top {
                return true;
            }
            pid = parents.get(&pid).copied().unwrap_or(0);
        }
        false
    };
    let kib: f64 = parents.keys().filter(|pid| below(**pid)).filter_map(|pid| pss_kib(*pid)).sum();
    kib / 1024.0
}

fn pss_kib(pid: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    text.lines().find_map(|l| l.strip_prefix("Pss:"))?.split_whitespace().next()?.parse().ok()
}
