use protocol::body::Mode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ActivityRow;

/// How far an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ArchiveProgress {
    /// Payments so far.
    pub done: u32,
    /// Payments there are; 0 while that is not known.
    pub total: u32,
    /// Everything is written, and is being read back.
    pub checking: bool,
}

/// An archive that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ArchiveMade {
    /// Where it is.
    pub path: String,
    /// Payments in it.
    pub payments: u32,
}

/// Whose history an archive holds, or this book has taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Origin {
    /// Id of the history in this book; nil while it is only an archive.
    pub id: Uuid,
    /// Handle there, no `@`.
    pub handle: String,
    /// Name there.
    pub display_name: String,
    /// Address of the server it was at.
    pub server_url: String,
    /// What its operator called it.
    pub server_name: String,
    /// Practice, sandbox or live.
    pub mode: Mode,
    /// When the archive was made.
    #[specta(type = u32)]
    pub made_at_ms: i64,
    /// Payments in it.
    pub payments: u32,
}

/// What of the history is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct HistoryQuery {
    /// Every word must occur, as in the list of payments.
    pub text: String,
    /// [`HistoryPage::next`] of the page before.
    pub before: Option<String>,
    /// At most this many rows.
    pub limit: u32,
}

/// One payment of a history. It counts in no sum of this book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct HistoryRow {
    /// Which history it is of.
    pub origin_id: Uuid,
    /// The payment, as the archive told it.
    pub row: ActivityRow,
}

/// A page of history, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct HistoryPage {
    /// Every history this book has taken in.
    pub origins: Vec<Origin>,
    /// The rows.
    pub rows: Vec<HistoryRow>,
    /// What to ask for next; null at the end.
    pub next: Option<String>,
}
