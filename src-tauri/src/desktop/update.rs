//! Word of a newer version, once a day, and only where whoever runs this machine has set a source for it. It is told,
//! never installed: the package belongs to the system's package manager.

use std::path::Path;
use std::time::Duration;

use wallet::view::NewVersion;
use wallet::{App, UpdateSource};

/// `{ "url": "https://…", "key": "BASE64" }`; without this file nothing is ever asked.
const SOURCE: &str = "/etc/tessera/updates.json";
/// The start of the app is not the moment for it.
const FIRST: Duration = Duration::from_secs(60);
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// Asks for as long as the app lives, and calls `tell` with what is newer.
pub(super) async fn watch(wallet: App, tell: impl Fn(NewVersion)) {
    let Some(source) = source(Path::new(SOURCE)) else { return };
    let mut pause = FIRST;
    loop {
        tokio::time::sleep(pause).await;
        pause = EVERY;
        match wallet.newer_version(&source, env!("CARGO_PKG_VERSION")).await {
            Ok(Some(newer)) => tell(newer),
            Ok(None) => {}
            Err(error) => tracing::info!(%error, "no word of newer versions"),
        }
    }
}

fn source(file: &Path) -> Option<UpdateSource> {
    let text = std::fs::read_to_string(file).ok()?;
    let read = serde_json::from_str(&text);
    if read.is_err() {
        tracing::warn!(file = %file.display(), "not a source of newer versions");
    }
    read.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_source_or_with_a_damaged_one_nothing_is_asked() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("updates.json");
        assert_eq!(source(&file), None);
        std::fs::write(&file, r#"{ "url": "https://apps.example/tessera.json" }"#).expect("written");
        assert_eq!(source(&file), None);
        std::fs::write(&file, r#"{ "url": "https://apps.example/tessera.json", "key": "x" }"#).expect("written");
        assert_eq!(source(&file).map(|it| it.key).as_deref(), Some("x"));
    }
}
