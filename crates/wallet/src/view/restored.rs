//! What a server lost that was put back from a backup.

use serde::{Deserialize, Serialize};

use super::ActivityRow;

/// This book compared with what the restored server tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Comparison {
    /// Payments that this book knows and the server does not, newest first.
    pub lost: Vec<ActivityRow>,
    /// Payments that the server says stand somewhere else.
    pub changed: Vec<ActivityRow>,
    /// How many payments of this account the server knows.
    pub told: u32,
}
