//! Giving received money back to where it came from.

use protocol::body::Amount;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ActivityRow;

/// What can be given back of a payment, and what was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Returns {
    /// What can still be given back; nothing of what was paid by us, is not there, or gives something back itself.
    pub left: Option<Amount>,
    /// No request of ours asked for it, and it comes from somebody nobody here ever paid or compared words with.
    pub unexpected: bool,
    /// The returns of it, oldest first, also those that failed or wait.
    pub made: Vec<ActivityRow>,
}

/// The payment that is about to be given back, in the confirmation window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct GivesBack {
    /// Its id.
    pub payment_id: Uuid,
    /// What came.
    pub received: Amount,
    /// When, by the server's clock.
    #[specta(type = u32)]
    pub received_at_ms: i64,
}
