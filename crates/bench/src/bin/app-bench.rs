//! `cargo run --release --bin app-bench [--json]`: start and memory of the app beside an empty Tauri window, both
//! built by the same compiler in the same run, started in turn on the same virtual screen.

use bench::desktop::{NotMeasured, Screen, Weighed, weigh};
use bench::{Figure, median};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// Starts of each program; the median counts.
const RUNS: usize = 7;

fn main() -> ExitCode {
    let json = std::env::args().any(|a| a == "--json");
    match measure() {
        Ok(figures) => {
            figures.iter().for_each(|figure| figure.print(json));
            ExitCode::SUCCESS
        }
        Err(NotMeasured(why)) => {
            eprintln!("app-bench: {why}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<Vec<Figure>, NotMeasured> {
    let (app, empty) = build()?;
    let screen = Screen::start()?;
    let mut ours = Vec::new();
    let mut limit = Vec::new();
    for _ in 0..RUNS {
        limit.push(weigh(&empty, &screen)?);
        ours.push(weigh(&app, &screen)?);
    }
    let pair = |name, unit, of: fn(&Weighed) -> f64| {
        let middle = |all: &[Weighed]| median(all.iter().map(of).collect()).unwrap_or_default();
        Figure { name, ours: middle(&ours), limit: middle(&limit), unit }
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
