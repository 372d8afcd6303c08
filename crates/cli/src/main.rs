//! `tessera` on the command line: what is in a picture, what a payload says, and a code for a text.
//! It never uses the network and never opens what it finds; it reads the files it is given and writes one drawing.
//! Start with [`Command`], one variant and one file a command.

mod draw;
mod read;
mod record;
mod scan;
mod words;
mod write;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Read and draw payment codes. Nothing found is ever opened, fetched or paid.
#[derive(Parser)]
#[command(name = "tessera", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Find every code in pictures (PNG, JPEG, WebP, GIF). Exit status: 2 a picture could not be read, else 0 a code
    /// was found, else 1.
    Scan(scan::Arguments),
    /// Say what a payload is: the argument, or one payload a line on standard input.
    Read(read::Arguments),
    /// Draw a text as a code; the drawing is read back before it is saved.
    Draw(draw::Arguments),
    /// Write what a payee asks in the standard a payer's own app reads; it is read back before it is given.
    Write(write::Arguments),
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let done = match command {
        Command::Scan(arguments) => scan::run(&arguments),
        Command::Read(arguments) => read::run(&arguments),
        Command::Draw(arguments) => draw::run(&arguments),
        Command::Write(arguments) => write::run(&arguments),
    };
    match done {
        Ok(status) => status,
        // The reader of our output has gone: nobody is left to tell.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            // When even standard error is gone, the exit status still says it.
            let _ = writeln!(io::stderr(), "tessera: {}", words::failure(&failure));
            ExitCode::from(2)
        }
    }
}

/// Why a command could not finish.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// Standard output or input broke.
    #[error("output")]
    Output(#[from] io::Error),
    /// A file named by the user.
    #[error("file")]
    File { path: std::path::PathBuf, error: io::Error },
    /// The drawing was refused.
    #[error("draw")]
    Draw(#[from] qr::DrawError),
    /// The standard cannot say it.
    #[error("write")]
    Write(qr::payload::Problem),
    /// A text has letters that cannot be printed.
    #[error("letters")]
    Letters,
    /// A currency of no amount.
    #[error("currency")]
    CurrencyAlone,
    /// The output file ends in neither `.svg` nor `.png`.
    #[error("extension")]
    Extension,
}
