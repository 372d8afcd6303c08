//! Safety of people: whom somebody does not want to hear from, and what they tell the operator about it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Why somebody is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ReportReason {
    /// They took money, or try to, with a lie.
    Scam,
    /// They pose as somebody else.
    Impersonation,
    /// They threaten or insult.
    Harassment,
    /// They ask again and again, unasked.
    Unwanted,
    /// Something else; the words say what.
    Other,
}

impl ReportReason {
    /// The word on the wire and in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            ReportReason::Scam => "scam",
            ReportReason::Impersonation => "impersonation",
            ReportReason::Harassment => "harassment",
            ReportReason::Unwanted => "unwanted",
            ReportReason::Other => "other",
        }
    }
}

/// Tells the operator about somebody. The reported person does not hear of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Id, UUIDv7; also the idempotency key.
    pub id: Uuid,
    /// Who is reported.
    pub person_id: Uuid,
    /// Why.
    pub reason: ReportReason,
    /// What happened, in the reporter's words; may be empty.
    pub words: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_reasons_are_those_of_serde() {
        use ReportReason as R;
        for reason in [R::Scam, R::Impersonation, R::Harassment, R::Unwanted, R::Other] {
            assert_eq!(serde_json::to_string(&reason).ok(), Some(format!("\"{}\"", reason.as_str())));
        }
    }
}
