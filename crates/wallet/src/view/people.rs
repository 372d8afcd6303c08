//! The people of a book, as the window shows them.

use protocol::body::Person;
use protocol::safety::ReportReason;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How far a person is known, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Their key is not the one they had when they were last paid.
    KeyChanged,
    /// Never paid from this book.
    Unpaid,
    /// Paid before, under the same key.
    Paid,
    /// The four words were compared with them.
    WordsCompared,
}

/// Somebody this book has paid, was paid by, asked, or was asked by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct KnownPerson {
    /// As the server showed them last, without picture.
    pub person: Person,
    /// Four words made from their key.
    pub four_words: Vec<String>,
    /// 25 tile colours, as in [`super::PayeeFacts`].
    pub seal: Vec<u8>,
    /// How far they are known.
    pub trust: Trust,
    /// They can neither pay nor ask this account.
    pub blocked: bool,
    /// Payments to them that succeeded.
    pub paid_count: u32,
    /// Payments from them that succeeded.
    pub received_count: u32,
    /// The first of those.
    #[specta(type = Option<u32>)]
    pub first_at_ms: Option<i64>,
    /// The last of those.
    #[specta(type = Option<u32>)]
    pub last_at_ms: Option<i64>,
}

/// What a person tells the operator about another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ReportForm {
    /// Who.
    pub person_id: Uuid,
    /// Why.
    pub reason: ReportReason,
    /// What happened; may be empty.
    pub words: String,
}
