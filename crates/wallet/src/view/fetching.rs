//! How far the account's history has come to this device.

use serde::{Deserialize, Serialize};

/// A fetch of many changes under way. Interrupted, it goes on where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Fetching {
    /// Changes that are in the book.
    pub done: u32,
    /// Changes the server has.
    pub total: u32,
}
