//! What was decided on this device and is not with the server yet.

use protocol::body::{Amount, Person};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ErrorCode;

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum PendingKind {
    /// A confirmed payment.
    Payment,
    /// A new request of one's own.
    NewRequest,
    /// Taking an own request back.
    Cancel,
    /// Saying no to somebody's request.
    Decline,
    /// Reminding the payer of an own request.
    Remind,
    /// Saying that the money of an own request came another way.
    Received,
    /// Saying that it did not after all.
    NotReceived,
}

/// How it stands with what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum PendingState {
    /// A payment whose time to be undone is not over.
    Held,
    /// To be sent as soon as the server can be reached.
    Waiting,
    /// Leaving now.
    Sending,
    /// It may have arrived; the server is being asked.
    Unknown,
    /// The server said no, or its time was over before it could leave. It stays here until the person has seen it.
    Refused,
}

/// One thing that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct PendingRow {
    /// The payment's id, or the action's own.
    pub id: Uuid,
    /// What it is.
    pub kind: PendingKind,
    /// How it stands.
    pub state: PendingState,
    /// The request it is about.
    pub request_id: Option<Uuid>,
    /// The other side, when it is for one person.
    pub who: Option<Person>,
    /// Paid, or asked.
    pub amount: Option<Amount>,
    /// Text for the other side.
    pub note: String,
    /// When it was decided, by the server's clock.
    #[specta(type = u32)]
    pub created_at_ms: i64,
    /// After this it does not leave any more, by the server's clock.
    #[specta(type = Option<u32>)]
    pub expires_at_ms: Option<i64>,
    /// It has never left this device, or was refused: it can be taken away and nobody will have heard of it.
    pub can_take_back: bool,
    /// Why it was refused.
    pub refused: Option<ErrorCode>,
}

/// How long a confirmed payment may wait for the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum OrderLife {
    /// An hour.
    Hour,
    /// A day.
    #[default]
    Day,
    /// Seven days.
    Week,
}

impl OrderLife {
    /// Milliseconds.
    pub const fn ms(self) -> i64 {
        const HOUR_MS: i64 = 3_600_000;
        match self {
            OrderLife::Hour => HOUR_MS,
            OrderLife::Day => 24 * HOUR_MS,
            OrderLife::Week => 7 * 24 * HOUR_MS,
        }
    }
}
