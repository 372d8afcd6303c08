//! What a server did that made this app close the book.

use serde::{Deserialize, Serialize};

/// What is not as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// The server's key: it may be another server.
    Key,
    /// Its epoch: it says that its history was put back from a backup.
    Epoch,
    /// Its history: what it tells now does not follow from what it told before.
    Chain,
}

/// What is known and what was told instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Evidence {
    /// What is not as it was.
    pub breach: Breach,
    /// When it was told, by this machine's clock.
    #[specta(type = u32)]
    pub at_ms: i64,
    /// What this book knows, as JSON for people who can read it.
    pub known: String,
    /// What the server told, as JSON.
    pub told: String,
}
