//! An account beyond its devices: a forgotten password, a lost device, another e-mail address, and leaving. What these
//! need a letter for ends on one of the server's own pages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Asks for a letter with a link to a page where a new password is set. The answer is the same whether there is such an
/// account or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForgottenPassword {
    /// Handle or e-mail.
    pub name: String,
    /// Language of the letter, as a tag such as `es` or `fr-CA`; others are answered in English.
    pub language: String,
}

/// Asks, for a device that waits to be let in, for a letter in place of another device's word. Signed by that device.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct RecoverDevice {
    /// Handle or e-mail.
    pub name: String,
    /// The password.
    pub password: String,
    /// Language of the letter.
    pub language: String,
}

/// Asks for another e-mail address. It counts once the link in the letter to it was pressed.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct EmailChange {
    /// The new address.
    pub email: String,
    /// The password.
    pub password: String,
    /// Language of the letters.
    pub language: String,
}

/// The address that letters go to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct EmailStanding {
    /// The address.
    pub email: String,
    /// One that was asked for and is not confirmed yet.
    pub asked: Option<String>,
}

/// Closes the account for good.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct CloseAccount {
    /// Names this attempt; the same one again is answered the same.
    pub id: Uuid,
    /// The password.
    pub password: String,
    /// Language of the last letter.
    pub language: String,
}

macro_rules! nothing_shown {
    ($($name:ident),+) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        })+
    };
}

nothing_shown!(RecoverDevice, EmailChange, CloseAccount);
