//! Requests from people this book does not know.

use protocol::body::Request;
use serde::{Deserialize, Serialize};

/// Whose requests stand on the board and count as waiting; those of all others lie in the inbox, silently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum AskMe {
    /// Everybody's.
    Anyone,
    /// Those of people paid before, or whose words were compared.
    Paid,
    /// Only those of people whose words were compared.
    Compared,
}

/// A request from somebody this book does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct StrangerRequest {
    /// The request; phone numbers, e-mails and links in its note are covered.
    pub request: Request,
    /// Something in the note is covered; it is told apart, when the person asks for it.
    pub covered: bool,
    /// 25 tile colours of the requester's key, as in [`super::PayeeFacts`].
    pub seal: Vec<u8>,
}
