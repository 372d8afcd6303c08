//! `cargo run --release --bin scan-bench -- [DIR] [--json] [--streams N]`: our scanner beside others.

mod manifest;
mod reader;
mod stills;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
scan-bench [DIR] [--json] [--streams N]

Reads every picture that DIR/manifest.jsonl names with our scanner and with rqrr, rxing (its filters, trying harder,
inverted too), quircs and zxing-cpp (trying harder, rotated, inverted, downscaled): the same grey buffers, one thread,
one run. Then N simulated camera streams of each kind (12 when not said; 0 for none), ours beside zxing-cpp picture by
picture. Without DIR only the streams. The C++ peer is built by cmake.

A line of the manifest has `file`, `category`, `source` (one that begins with `synthetic` is a frame, any other a
photograph) and what is right: `text`, `hex`, `any_of`, `texts` (all of them, none for a picture without a code). A
line with none of these is not scored. A read is right when its bytes are those of the text in UTF-8, Latin-1,
CP1252, Shift-JIS or GB18030. Of several codes in a picture each counts for its share.

--json prints one line a figure, {\"name\",\"ours\",\"limit\",\"ratio\"}:
  photographs, frames        percent read; the limit is the best single peer
  photographs-…, frames-…    the same of one category
  wrong-texts                reads that are not what is there; the limit is the fewest of any peer
  no-code-reads              reads in pictures without a code; the same limit
  ms-720p-median, -p95       thread CPU of a still 1280×720 picture, milliseconds; the limit is zxing-cpp
  ms-1080p-median, -p95      the same at 1920×1080
  ms-photographs-median, -p95  the same of all photographs
  time-to-read-KIND          mean milliseconds until the text of a stream is known, from the first picture with the
                             whole code in it, CPU included, pictures that come while one is busy lost; a stream never
                             read counts with its whole length; the limit is zxing-cpp
  never-read-KIND            streams that were never read; the limit is zxing-cpp
  wrong-streams              texts told that the stream does not show; the limit is zxing-cpp
  ms-frame-median, -p95, -max  thread CPU of a picture of a stream, milliseconds, the least of three times that each
                             picture is seen; the limit is zxing-cpp
  ms-empty-mean              the same where no code was found yet
  ms-follow-median           the same once the code was found
  camera-idle                thread CPU of a second of a stream without a code, milliseconds; the limit is 35 % of a core";

struct Asked {
    folder: Option<PathBuf>,
    json: bool,
    streams: u64,
}

fn asked() -> Result<Asked, String> {
    let mut asked = Asked { folder: None, json: false, streams: 12 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--json" => asked.json = true,
            "--help" | "-h" => return Err(HELP.into()),
            "--streams" => {
                let count = words.next().and_then(|count| count.parse().ok());
                asked.streams = count.ok_or("--streams needs a number")?;
            }
            _ if !word.starts_with('-') && asked.folder.is_none() => asked.folder = Some(word.into()),
            _ => return Err(format!("not understood: {word}\n\n{HELP}")),
        }
    }
    Ok(asked)
}

fn main() -> ExitCode {
    match asked().and_then(|asked| measure(&asked)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn measure(asked: &Asked) -> Result<(), String> {
    reader::silence_contained_panics();
    let mut figures = Vec::new();
    if let Some(folder) = &asked.folder {
        let entries = manifest::read(folder)?;
        let table = stills::measure(folder, &entries)?;
        if !asked.json {
            table.print();
        }
        figures.extend(table.figures());
    }
    if asked.streams > 0 {
        let table = watch::measure(asked.streams);
        if !asked.json {
            table.print();
        }
        figures.extend(table.figures());
    }
    figures.iter().for_each(|figure| figure.print(asked.json));
    Ok(())
}
