//! `tessera scan`

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cpu_time::ThreadTime;
use qr::Effort;
use qr::picture::{PictureLimits, decode_within};

use crate::record::{ProblemRecord, ScanRecord, Unreadable};
use crate::{Failure, words};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// One JSON object a file instead of text.
    #[arg(long)]
    json: bool,
    /// Look for PDF417, Aztec and Data Matrix too where no QR code is.
    #[arg(long)]
    all_kinds: bool,
    /// Pictures to look at.
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let (mut found, mut unreadable) = (false, false);
    let mut out = io::stdout().lock();
    for path in &arguments.images {
        let record = look(path, arguments.all_kinds);
        found |= !record.codes.is_empty();
        unreadable |= record.problem.is_some();
        if arguments.json {
            serde_json::to_writer(&mut out, &record).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        } else {
            out.write_all(words::scanned(&record).as_bytes())?;
        }
    }
    Ok(match (unreadable, found) {
        (true, _) => ExitCode::from(2),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::from(1),
    })
}

fn look(path: &Path, all_kinds: bool) -> ScanRecord {
    let file = path.display().to_string();
    let grey = load(path).and_then(|bytes| Ok(decode_within(&bytes, PictureLimits::default())?));
    match grey {
        Err(error) => ScanRecord { file, codes: Vec::new(), ms: 0.0, problem: Some(ProblemRecord::from(&error)) },
        Ok(grey) => {
            let start = ThreadTime::now();
            let mut symbols = qr::scan(&grey, Effort::Still);
            if all_kinds && symbols.is_empty() {
                symbols = qr::scan_others(&grey);
            }
            let ms = (start.elapsed().as_secs_f64() * 1e6).round() / 1e3;
            ScanRecord { file, codes: symbols.into_iter().map(Into::into).collect(), ms, problem: None }
        }
    }
}

/// The file's bytes, never more than one beyond the limit, so that a huge file costs nothing.
fn load(path: &Path) -> Result<Vec<u8>, Unreadable> {
    let limit = PictureLimits::default().file_bytes as u64;
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
