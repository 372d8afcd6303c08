//! What several requests have in common: a bill that is split, or money that is collected for something.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::body::Amount;

/// What holds the requests together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// A bill in parts: a request for each person.
    Split,
    /// One link for many payers, towards a goal.
    Collect,
}

impl GroupKind {
    /// The word on the wire and in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            GroupKind::Split => "split",
            GroupKind::Collect => "collect",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        [GroupKind::Split, GroupKind::Collect].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// The whole that a request is a part of, as whoever asks says it. Both sides see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct Group {
    /// Id, UUIDv7, made by the app; the same in each of its requests.
    pub id: Uuid,
    /// Split or collected.
    pub kind: GroupKind,
    /// What it is for.
    pub title: String,
    /// The whole bill, or the goal.
    pub total: Amount,
    /// How much of a bill whoever asks bears themselves.
    pub own: Amount,
}
