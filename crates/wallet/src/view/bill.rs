//! Payment codes of other systems, kept to be paid elsewhere. They are notes: no sum of the book knows them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Reading;

/// What the person says about a bill. Nobody verifies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum BillState {
    /// Not paid yet.
    ToPay,
    /// The person says it is paid.
    MarkedPaid,
}

/// How a code can be given to another app of this system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Handover {
    /// What the system would be asked to open, exactly.
    pub uri: String,
    /// Its scheme, which decides the app, for example `bitcoin`, `upi` or `https`.
    pub scheme: String,
    /// The site, where one is opened.
    pub host: Option<String>,
    /// What comes after the scheme, all of it.
    pub payload: String,
}

/// A payment code of another system, kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Bill {
    /// Its id.
    pub id: Uuid,
    /// What the code says.
    pub reading: Reading,
    /// The code's text.
    pub text: String,
    /// What the person says about it.
    pub state: BillState,
    /// A note only this device knows.
    pub note: String,
    /// Another app of this system could be given it.
    pub handover: Option<Handover>,
    /// When it was kept.
    #[specta(type = u32)]
    pub created_at_ms: i64,
    /// When it was marked paid.
    #[specta(type = Option<u32>)]
    pub marked_at_ms: Option<i64>,
}
