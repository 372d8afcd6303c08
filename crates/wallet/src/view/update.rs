//! A newer version of the app, as told by whoever runs this installation.

use serde::{Deserialize, Serialize};

/// A version that is out, and the page that says how to get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct NewVersion {
    /// `1.2.3`.
    pub version: String,
    /// `https://…`; shown, never opened by itself.
    pub page: String,
}
