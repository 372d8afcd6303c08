//! Handing a code on: what can be copied, saved and printed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::CodeOptions;

/// Whose code is handed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ShareSubject {
    /// The own code, as it is shown.
    Mine {
        /// What it carries.
        options: CodeOptions,
    },
    /// An own request.
    Request {
        /// Which.
        id: Uuid,
    },
}

/// What goes onto the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ShareForm {
    /// The bare link.
    Link,
    /// A Markdown link.
    Markdown,
    /// A block for the foot of an e-mail: HTML, with a plain twin for programs that take none.
    Signature,
}

/// Which file is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ShareFile {
    /// The code alone, in vectors.
    Svg,
    /// The code alone, in pixels.
    Png,
    /// A4 poster, PDF.
    Poster,
    /// A6 card, PDF.
    Card,
    /// A4 with 24 stickers, PDF.
    Stickers,
    /// One sticker of 50 × 50 mm, PDF.
    Sticker,
}

/// The words that stand on paper and in texts, in the person's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ShareWords {
    /// BCP 47.
    pub language: String,
    /// Above a printed code: what to do with it.
    pub headline: String,
    /// Below a printed code: how.
    pub foot: String,
    /// Text of the link.
    pub pay: String,
}

/// A text for the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedText {
    /// For programs that take plain text.
    pub plain: String,
    /// For programs that take HTML.
    pub html: Option<String>,
}

/// A file ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedFile {
    /// Its content.
    pub bytes: Vec<u8>,
    /// Ending of its name.
    pub ending: &'static str,
    /// The name has letters the printed fonts lack: the handle stands in its place.
    pub name_left_out: bool,
}

/// What became of a file to be saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Saved {
    /// Where it is.
    pub path: String,
    /// The name has letters the printed fonts lack: the handle stands in its place.
    pub name_left_out: bool,
}
