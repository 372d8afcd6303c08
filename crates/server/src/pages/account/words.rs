//! The texts of the pages that letters lead to, in every language. One that is missing does not compile.

use super::{en, es, fr};
use crate::pages::language::Language;
use crate::pages::words::{Note, With};

/// The texts.
pub struct AccountWords {
    /// A link that is over, was used, or never was.
    pub stale: Note,

    /// Heading.
    pub new_password: &'static str,
    /// For whom (handle), and what follows.
    pub new_password_text: With,
    /// Field.
    pub password: &'static str,
    /// Field.
    pub password_again: &'static str,
    /// Button.
    pub set_password: &'static str,
    /// Too weak.
    pub password_weak: &'static str,
    /// The two are not the same.
    pub passwords_differ: &'static str,
    /// Done.
    pub password_set: Note,

    /// Heading.
    pub let_in: &'static str,
    /// Device and handle.
    pub let_in_text: fn(&str, &str) -> String,
    /// Over the four words.
    pub compare: &'static str,
    /// What follows at once.
    pub others_go_at_once: &'static str,
    /// What follows after a while.
    pub others_go_later: &'static str,
    /// Button.
    pub let_it_in: &'static str,
    /// Done, and when it comes in.
    pub comes_in: fn(&str) -> (&'static str, String),
    /// Done, and it comes in now.
    pub is_in: Note,

    /// Heading.
    pub stop: &'static str,
    /// Device and handle.
    pub stop_text: fn(&str, &str) -> String,
    /// Button.
    pub stop_it: &'static str,
    /// Done.
    pub stopped: Note,

    /// Heading.
    pub email: &'static str,
    /// Address and handle.
    pub email_text: fn(&str, &str) -> String,
    /// Button.
    pub confirm_email: &'static str,
    /// Done.
    pub email_confirmed: Note,
    /// Somebody else has it.
    pub email_taken: Note,

    /// Heading.
    pub undo: &'static str,
    /// Address and handle.
    pub undo_text: fn(&str, &str) -> String,
    /// Button.
    pub undo_it: &'static str,
    /// Done.
    pub undone: Note,
}

impl Language {
    /// The texts of the pages that letters lead to.
    pub const fn account(self) -> &'static AccountWords {
        match self {
            Language::En => &en::EN,
            Language::Es => &es::ES,
            Language::Fr => &fr::FR,
        }
    }
}
