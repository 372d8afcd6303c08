//! Dividing a bill, and collecting for something.

use protocol::body::Amount;
use serde::{Deserialize, Serialize};

/// How a bill is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum SplitWay {
    /// The same for everybody.
    Equal,
    /// By whole numbers of shares.
    Shares,
    /// By amounts that add up to the total.
    Exact,
}

/// How much of a bill somebody bears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct PartShare {
    /// Shares, where it is divided by shares.
    pub weight: u32,
    /// The amount, where it is divided by amounts.
    pub exact: Option<Amount>,
}

/// Somebody who is asked for a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct PartForm {
    /// Their name as typed; it stays on this device.
    pub name: String,
    /// Their handle; without one the request is open to whoever has its link.
    pub handle: Option<String>,
    /// How much.
    pub share: PartShare,
}

/// A bill to divide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct SplitForm {
    /// What it is for; everybody who is asked reads it.
    pub title: String,
    /// The whole bill.
    pub total: Amount,
    /// How.
    pub way: SplitWay,
    /// The own part, if there is one. It comes first: a minor unit left over falls on it.
    pub own: Option<PartShare>,
    /// Who is asked.
    pub parts: Vec<PartForm>,
}

/// One part as it would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct PreviewedPart {
    /// How much; `None` while it cannot be said.
    pub amount: Option<Amount>,
    /// A minor unit that was left over fell here.
    pub rounded_up: bool,
}

/// What a bill would be divided into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct SplitPreview {
    /// The own part.
    pub own: Option<PreviewedPart>,
    /// The others', in their order.
    pub parts: Vec<PreviewedPart>,
    /// What all the others are asked for together.
    pub asked: Amount,
    /// Not given to anybody yet.
    pub left: Option<Amount>,
    /// Given out beyond the total.
    pub over: Option<Amount>,
}

/// Something to collect for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CollectForm {
    /// What it is for.
    pub title: String,
    /// How much is wanted in all.
    pub goal: Amount,
    /// What each payer is asked for; `None`: they choose.
    pub each: Option<Amount>,
    /// End.
    #[specta(type = Option<u32>)]
    pub expires_at_ms: Option<i64>,
}
