//! How long a confirmed payment waits, so that it can be undone.

use serde::{Deserialize, Serialize};

/// Longest wait that can be chosen, seconds.
pub const LONGEST_HOLD_S: u16 = 600;

/// How long a confirmed payment waits on this device before it leaves. Seconds, at most [`LONGEST_HOLD_S`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Hold {
    /// For a request with a fixed amount whose code was scanned: whoever asks stands there.
    pub scanned_s: u16,
    /// For somebody typed or picked from a list.
    pub typed_s: u16,
    /// For a first payment, and for a large one.
    pub first_or_large_s: u16,
    /// From this amount on a payment is large: whole units of the payment's own currency.
    pub large: String,
}

impl Default for Hold {
    fn default() -> Self {
        Hold { scanned_s: 0, typed_s: 10, first_or_large_s: 30, large: "200".into() }
    }
}

impl Hold {
    /// Nothing waits.
    pub fn none() -> Self {
        Hold { scanned_s: 0, typed_s: 0, first_or_large_s: 0, ..Hold::default() }
    }
}
