//! Limits as the screens show them.

use protocol::limits::Allowance;
use serde::{Deserialize, Serialize};

/// The account's limits, and what they say to an amount that is about to be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Limits {
    /// Every limit as it stands.
    pub all: Vec<Allowance>,
    /// The limit that the amount breaks, or comes near to.
    pub near: Option<Allowance>,
    /// It breaks it.
    pub over: bool,
}
