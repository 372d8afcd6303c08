//! How the app sits among the others on somebody's desk: keys, tray.

use serde::{Deserialize, Serialize};

/// Most keys that can be chosen.
pub const MOST_KEYS: usize = 64;
/// Longest name of an action, and longest text of its keys, in bytes.
pub const LONGEST_KEY_TEXT: usize = 40;

/// The keys somebody gave to an action of the window. What the names mean, the window knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct KeyChoice {
    /// The action.
    pub action: String,
    /// Like `Mod+Shift+S`; empty for none.
    pub keys: String,
}

/// What the person chose about keys and tray.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct DeskChoices {
    /// Keys that differ from the usual ones.
    pub keys: Vec<KeyChoice>,
    /// Whether a single sign (`?`, `1` to `9`) is a key of the window.
    pub single_keys: bool,
    /// A key that opens the scan screen from every app, like `Mod+Shift+S`; none unless chosen.
    pub scan_everywhere: Option<String>,
    /// Closing the window leaves the app in the tray, where there is one.
    pub keep_in_tray: bool,
}

impl Default for DeskChoices {
    fn default() -> Self {
        DeskChoices { keys: Vec::new(), single_keys: true, scan_everywhere: None, keep_in_tray: false }
    }
}

impl DeskChoices {
    /// Whether every text is as short as a key's can be: the file they are kept in is read at every start.
    pub(crate) fn is_plausible(&self) -> bool {
        let short = |text: &str| text.len() <= LONGEST_KEY_TEXT && !text.chars().any(char::is_control);
        self.keys.len() <= MOST_KEYS
            && self.keys.iter().all(|it| short(&it.action) && short(&it.keys))
            && self.scan_everywhere.as_deref().is_none_or(short)
    }
}
