//! `cargo run --release --bin app-bench [--json] [NAME…]`: all figures, or those named.
//!
//! `start`, `memory`: the app beside an empty Tauri window, both built by the same compiler in the same run, started in
//! turn on the same virtual screen. `activity-…`, `search-…`, `sync-…`: a book of many payments beside bare SQL and
//! bare HTTP.

use bench::desktop::{NotMeasured, Screen, Weighed, weigh};
use bench::{Figure, median, size};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// As in the app: what is freed is wiped.
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// Starts of each program; the median counts.
const RUNS: usize = 7;

fn main() -> ExitCode {
    let (flags, names): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|arg| arg.starts_with("--"));
    let json = flags.iter().any(|flag| flag == "--json");
    let known = |name: &String| {
        let sizes = size::SIZES.iter().flat_map(|it| [Some(it.activity), Some(it.search), it.sync]);
        sizes.chain([Some("start"), Some("memory")]).any(|it| it == Some(name.as_str()))
    };
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        eprintln!("app-bench: nothing is named {unknown}");
        return ExitCode::FAILURE;
    }
    let wanted = |name: &str| names.is_empty() || names.iter().any(|it| it == name);
    match measure(wanted, |figure| figure.print(json)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(NotMeasured(why)) => {
            eprintln!("app-bench: {why}");
            ExitCode::FAILURE
        }
    }
}

fn measure(wanted: impl Fn(&str) -> bool, tell: impl Fn(&Figure)) -> Result<(), NotMeasured> {
    if wanted("start") || wanted("memory") {
        desktop()?.iter().filter(|figure| wanted(&figure.name)).for_each(&tell);
    }
    for names in &size::SIZES {
        size::measure(names, &wanted)?.iter().for_each(&tell);
    }
    Ok(())
}

fn desktop() -> Result<Vec<Figure>, NotMeasured> {
    let (app, empty) = build()?;
    let screen = Screen::start()?;
    let mut ours = Vec::new();
    let mut limit = Vec::new();
    for _ in 0..RUNS {
        limit.push(weigh(&empty, &screen)?);
        ours.push(weigh(&app, &screen)?);
    }
    let pair = |name: &'static str, unit, of: fn(&Weighed) -> f64| {
        let middle = |all: &[Weighed]| median(all.iter().map(of).collect()).unwrap_or_default();
        Figure { name: name.into(), ours: middle(&ours), limit: middle(&limit), unit }
    };
    Ok(vec![pair("start", "ms", |w| w.start_ms), pair("memory", "MiB", |w| w.memory_mib)])
}
/// Builds both programs in release and says where they are.
fn build() -> Result<(PathBuf, PathBuf), NotMeasured> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--release", "-p", "tessera-app", "-p", "empty-window"]);
    let built = command.status().map_err(|e| NotMeasured(format!("cargo did not start: {e}")))?;
    if !built.success() {
        return Err(NotMeasured("the release build failed; ./run builds the user interface first".into()));
    }
    let here = std::env::current_exe().map_err(|e| NotMeasured(format!("own path unknown: {e}")))?;
    let folder = here.parent().map(PathBuf::from).unwrap_or_default();
    Ok((folder.join("tessera-app"), folder.join("empty-window")))
}
