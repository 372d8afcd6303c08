//! `tessera draw`

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use qr::Ecc;

use crate::{Failure, words};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What the code says.
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    text: String,
    /// Where to save it; the name must end in .svg or .png.
    #[arg(short, long, value_name = "FILE.svg|png")]
    output: PathBuf,
    /// Damage the code survives; a picture always takes Q.
    #[arg(long, value_enum, default_value = "m", conflicts_with = "picture")]
    ecc: Level,
    /// A picture for the middle.
    #[arg(long, value_name = "IMAGE")]
    picture: Option<PathBuf>,
    /// Pixels a module.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=200))]
    module: u32,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Level {
    /// About 7 %.
    L,
    /// About 15 %.
    M,
    /// About 25 %.
    Q,
    /// About 30 %.
    H,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let extension = arguments.output.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    let vector = match extension.as_deref() {
        Some("svg") => true,
        Some("png") => false,
        _ => return Err(Failure::Extension),
    };
    let ecc = match arguments.ecc {
        Level::L => Ecc::L,
        Level::M => Ecc::M,
        Level::Q => Ecc::Q,
        Level::H => Ecc::H,
    };
    let drawing = match &arguments.picture {
        None => qr::draw(&arguments.text, ecc)?,
        Some(path) => {
            let file = fs::read(path).map_err(|error| Failure::File { path: path.clone(), error })?;
            qr::draw_with_picture(&arguments.text, &file)?
        }
    };
    let file = if vector { drawing.to_svg(arguments.module).into_bytes() } else { drawing.to_png(arguments.module)? };
    fs::write(&arguments.output, file).map_err(|error| Failure::File { path: arguments.output.clone(), error })?;
    io::stdout().write_all(words::drawn(&arguments.output, drawing.full_side()).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
