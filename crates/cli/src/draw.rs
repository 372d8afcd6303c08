//! `tessera draw`

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use qr::{Drawing, Ecc};

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
    #[arg(long, default_value_t = MODULE, value_parser = clap::value_parser!(u32).range(1..=200))]
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

/// Pixels a module unless asked otherwise.
pub(crate) const MODULE: u32 = 10;

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let ecc = match arguments.ecc {
        Level::L => Ecc::L,
        Level::M => Ecc::M,
        Level::Q => Ecc::Q,
        Level::H => Ecc::H,
    };
    // The name is looked at before anything is drawn.
    is_vector(&arguments.output)?;
    let drawing = match &arguments.picture {
        None => qr::draw(&arguments.text, ecc)?,
        Some(path) => {
            let file = fs::read(path).map_err(|error| Failure::File { path: path.clone(), error })?;
            qr::draw_with_picture(&arguments.text, &file)?
        }
    };
    save(&drawing, &arguments.output, arguments.module)
}

/// Saves a drawing by the ending of its name, and says so.
pub(crate) fn save(drawing: &Drawing, output: &Path, module: u32) -> Result<ExitCode, Failure> {
    let file = if is_vector(output)? { drawing.to_svg(module).into_bytes() } else { drawing.to_png(module)? };
    fs::write(output, file).map_err(|error| Failure::File { path: output.to_owned(), error })?;
    io::stdout().write_all(words::drawn(output, drawing.full_side()).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn is_vector(output: &Path) -> Result<bool, Failure> {
    match output.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).as_deref() {
        Some("svg") => Ok(true),
        Some("png") => Ok(false),
        _ => Err(Failure::Extension),
    }
}
