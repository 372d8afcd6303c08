//! Every text of the letters, in every language. A text that is missing in one of them does not compile.

mod en;
mod es;
mod fr;

use crate::pages::language::Language;

/// What a letter can mention.
pub struct Facts<'a> {
    /// What the operator calls the server.
    pub server: &'a str,
    /// Its host.
    pub host: &'a str,
    /// Whose account it is.
    pub handle: &'a str,
    /// What the device calls itself.
    pub device: &'a str,
    /// Four words of the device's key.
    pub words: &'a str,
    /// A moment, written out.
    pub when: &'a str,
    /// How to reach the operator; may be empty.
    pub contact: &'a str,
}

/// A text with facts in it.
pub type Text = fn(&Facts<'_>) -> String;

/// One letter: what stands before its link and after it.
pub struct Piece {
    /// First line.
    pub subject: Text,
    /// Before the link.
    pub before: Text,
    /// After it.
    pub after: Text,
}

/// All letters.
pub struct LetterWords {
    /// A link to set a new password.
    pub new_password: Piece,
    /// It was set.
    pub password_changed: Piece,
    /// Lets a device in whose owner has no other.
    pub let_in: Piece,
    /// It comes in later.
    pub coming_in: Piece,
    /// A device came in by another's word.
    pub came_in: Piece,
    /// A device came in and all others went out.
    pub came_in_alone: Piece,
    /// To a new address.
    pub confirm_email: Piece,
    /// To the old one.
    pub email_changed: Piece,
    /// Farewell.
    pub closed: Piece,
    /// Below every letter.
    pub foot: Text,
}

/// The texts of a language.
pub fn of(language: Language) -> &'static LetterWords {
    match language {
        Language::En => &en::EN,
        Language::Es => &es::ES,
        Language::Fr => &fr::FR,
    }
}
