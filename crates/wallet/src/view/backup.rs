use serde::{Deserialize, Serialize};

use super::Status;
use crate::ErrorCode;

/// Why a copy of the book was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum BackupWhy {
    /// A day had passed.
    Daily,
    /// A newer version of the app was about to change the book's tables.
    Update,
    /// The person asked.
    Asked,
}

/// One copy of the book on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Backup {
    /// Its file name, by which it is restored.
    pub name: String,
    /// When it was made, by this machine's clock.
    #[specta(type = u32)]
    pub made_at_ms: i64,
    /// Why.
    pub why: BackupWhy,
    /// Payments in it; null when it cannot be looked into.
    pub payments: Option<u32>,
}

/// The copies of the book in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Backups {
    /// Where they are.
    pub folder: String,
    /// Newest first.
    pub kept: Vec<Backup>,
    /// Why the last try failed; null when it did not.
    pub trouble: Option<ErrorCode>,
    /// The book is damaged: one of these can take its place.
    pub can_restore: bool,
    /// The book's key is under a passphrase, which restoring asks for.
    pub asks_passphrase: bool,
}

/// What restoring came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Restored {
    /// The state of the whole app.
    pub status: Status,
    /// Payments that waited in the damaged book alone and wait in this one now, under the same ids.
    pub orders: u32,
    /// Everything the damaged book alone held could be read.
    pub all_read: bool,
}
