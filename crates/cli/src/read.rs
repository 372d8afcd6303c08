//! `tessera read`

use std::io::{self, BufRead as _, Write as _};
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qr::payload::recognise;

use crate::record::ReadRecord;
use crate::{Failure, words};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// One JSON object a payload instead of text.
    #[arg(long)]
    json: bool,
    /// Payloads are base64 of the raw bytes.
    #[arg(long)]
    b64: bool,
    /// The payload; without it, one a line is read from standard input and every line gets an answer.
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    text: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    if let Some(text) = &arguments.text {
        answer(arguments, text.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let payload = line.strip_suffix(b"\n").unwrap_or(&line);
        answer(arguments, payload.strip_suffix(b"\r").unwrap_or(payload))?;
        line.clear();
    }
    Ok(ExitCode::SUCCESS)
}

fn answer(arguments: &Arguments, payload: &[u8]) -> Result<(), Failure> {
    let record = if arguments.b64 {
        STANDARD.decode(payload.trim_ascii()).map_or_else(|_| ReadRecord::not_base64(), |raw| recognise(&raw).into())
    } else {
        recognise(payload).into()
    };
    let mut out = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer(&mut out, &record).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    } else {
        out.write_all(words::read(&record).as_bytes())?;
    }
    Ok(())
}
