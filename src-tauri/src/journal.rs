//! The log file: what the app did and what went wrong, without names, amounts, handles, links or addresses.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

/// Name of the log file in the data folder.
const NAME: &str = "tessera.log";
/// The file is put aside and begun anew when it is larger than this, in bytes; one old file is kept.
const LARGEST_BYTES: u64 = 1 << 20;
/// Our own parts, and warnings of what is below them.
const USUAL: &str = "warn,tessera_app=info,wallet=info,server=info,camera=info,town=warn";

/// Starts logging to a file only its owner can read. Without a file there is no log, and the app runs.
pub(crate) fn open(folder: &Path) {
    let filter = std::env::var("TESSERA_LOG").unwrap_or_else(|_| USUAL.into());
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new(USUAL));
    let Ok(file) = file(folder) else { return };
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Mutex::new(file)).finish();
    if tracing::subscriber::set_global_default(subscriber).is_ok() {
        note_panics();
    }
}

fn file(folder: &Path) -> std::io::Result<File> {
    let path = folder.join(NAME);
    if std::fs::metadata(&path).is_ok_and(|facts| facts.len() > LARGEST_BYTES) {
        std::fs::rename(&path, folder.join("tessera.log.old"))?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes where a panic happened. Its message is left out: it may quote what was being worked on.
fn note_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, thread = std::thread::current().name(), "panic");
        usual(panic);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_its_owners_alone_and_does_not_grow_for_ever() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join(NAME);
        std::fs::write(&path, vec![b'x'; usize::try_from(LARGEST_BYTES).expect("size") + 1]).expect("file");
        drop(file(folder.path()).expect("log"));
        assert_eq!(std::fs::metadata(&path).expect("new").len(), 0);
        assert!(folder.path().join("tessera.log.old").exists());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).expect("facts").permissions().mode() & 0o077, 0);
        }
    }
}
