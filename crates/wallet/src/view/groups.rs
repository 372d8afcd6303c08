//! Bills that were divided and money that is collected, as they stand.

use protocol::body::{Amount, Person, Request};
use protocol::group::Group;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ErrorCode;

/// A group in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct GroupRow {
    /// What it is.
    pub group: Group,
    /// What the others were asked for together; of a collection its goal.
    pub asked: Amount,
    /// What came of it so far.
    pub collected: Amount,
    /// Still to come; nothing once it is over.
    pub left: Amount,
    /// How much of what was asked has come, in hundredths, rounded down; beyond the goal 100.
    pub percent: u8,
    /// Parts paid in full.
    pub paid_count: u32,
    /// All parts.
    pub count: u32,
    /// Nothing more is waited for.
    pub over: bool,
    /// Made.
    #[specta(type = u32)]
    pub created_at_ms: i64,
}

/// Somebody who paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct GroupPayer {
    /// Their payment.
    pub payment_id: Uuid,
    /// Who.
    pub person: Person,
    /// How much.
    pub amount: Amount,
    /// When it came.
    #[specta(type = u32)]
    pub at_ms: i64,
}

/// One request of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct GroupPart {
    /// Its request.
    pub request_id: Uuid,
    /// The name typed for somebody without an account; empty on other devices.
    pub name: String,
    /// Whose handle was typed.
    pub handle: Option<String>,
    /// Asked; `None`: the payer chooses.
    pub amount: Option<Amount>,
    /// As the server has it; `None` while it has not left this device.
    pub request: Option<Request>,
    /// Why the server will never take it.
    pub refused: Option<ErrorCode>,
    /// Who paid, newest last.
    pub payers: Vec<GroupPayer>,
}

/// A group with everybody in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct GroupDetail {
    /// As in the list.
    pub row: GroupRow,
    /// Its requests, in the order they were made.
    pub parts: Vec<GroupPart>,
}

/// What became of one reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Reminded {
    /// Of which request.
    pub request_id: Uuid,
    /// Why it was not sent.
    pub refused: Option<ErrorCode>,
    /// When it can be sent again, seconds.
    pub retry_after_s: Option<u32>,
}
