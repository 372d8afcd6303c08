//! The window: Tessera's commands as one call each into `wallet`, and practice mode, which embeds server and town.
//! It never holds a rule of the business, speaks SQL or HTTP, or lets a page move money: that is the confirmation
//! window's alone. Start with [`bridge`] for the contract with the page, then [`engine`], then [`window`].

// On Windows a window needs no console beside it.
#![cfg_attr(all(not(debug_assertions), target_os = "windows"), windows_subsystem = "windows")]

mod arguments;
mod bridge;
mod browser;
mod camera;
mod commands;
mod day;
mod desktop;
mod display;
mod engine;
mod events;
mod folder;
mod journal;
mod link;
mod practice;
mod save;
mod screen;
mod start;
mod window;

use std::process::ExitCode;

/// What is freed is wiped: the text of keys passes through libraries that do not wipe it themselves.
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
    match arguments.first().map(String::as_str) {
        Some("--help" | "-h") => {
            println!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Some("--version" | "-V") => {
            println!("tessera-app {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    match arguments::read(arguments.into_iter()).map_err(start::StartError::from).and_then(start::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
