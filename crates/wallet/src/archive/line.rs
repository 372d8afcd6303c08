//! The lines of an archive: JSON objects, each saying what it `is`.

use protocol::SignedOrder;
use protocol::body::{Me, Mode, Payment, Person, Request};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ErrorCode;
use crate::view::{BillState, Direction, Origin, TimelineStep};

/// One line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(crate) enum Line {
    /// Whose book this is. The first line.
    About(Box<About>),
    /// Somebody this book has to do with.
    Person(Box<PersonLine>),
    /// A payment.
    Payment(Box<PaymentLine>),
    /// A request.
    Request(Box<RequestLine>),
    /// A code of another system.
    Bill(BillLine),
    /// One link of an account's chain in the double entry.
    Entry(EntryLine),
    /// The end of an account's chain.
    Head(HeadLine),
    /// What the lines before are: how many of each, and their hashes. The last line.
    Manifest(Manifest),
}

impl About {
    /// As the window shows it.
    pub(crate) fn origin(&self, id: Uuid, payments: u32) -> Origin {
        Origin {
            id,
            handle: self.me.person.handle.clone(),
            display_name: self.me.person.display_name.clone(),
            server_url: self.server_url.clone(),
            server_name: self.server_name.clone(),
            mode: self.mode,
            made_at_ms: self.made_at_ms,
            payments,
        }
    }
}

/// Whose book an archive is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct About {
    pub(crate) made_at_ms: i64,
    pub(crate) server_url: String,
    pub(crate) server_name: String,
    pub(crate) server_key: String,
    pub(crate) epoch: Uuid,
    pub(crate) holder: String,
    pub(crate) mode: Mode,
    pub(crate) me: Me,
    /// How far the account's feed was read, and the hash of its last link: what the server must still say.
    pub(crate) feed_sequence: i64,
    pub(crate) feed_hash: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PersonLine {
    pub(crate) person: Person,
    /// The key they were last paid with.
    pub(crate) paid_key: Option<String>,
    /// The key whose four words were compared.
    pub(crate) checked_key: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PaymentLine {
    pub(crate) payment: Payment,
    pub(crate) direction: Direction,
    pub(crate) refused: Option<ErrorCode>,
    pub(crate) note: String,
    pub(crate) steps: Vec<TimelineStep>,
    /// The order this device signed: proof of what was agreed.
    pub(crate) order: Option<SignedOrder>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RequestLine {
    pub(crate) request: Request,
    pub(crate) mine: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BillLine {
    pub(crate) id: Uuid,
    pub(crate) text: String,
    pub(crate) state: BillState,
    pub(crate) due: Option<String>,
    pub(crate) note: String,
    pub(crate) created_at_ms: i64,
    pub(crate) marked_at_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EntryLine {
    pub(crate) account: Uuid,
    pub(crate) sequence: i64,
    pub(crate) at_ms: i64,
    /// The text the hash covers: side, phase and the whole transfer.
    pub(crate) text: String,
    /// Hex.
    pub(crate) previous_hash: String,
    /// Hex.
    pub(crate) hash: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HeadLine {
    pub(crate) account: Uuid,
    pub(crate) sequence: i64,
    pub(crate) hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) sections: Vec<Section>,
}

/// All lines of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) lines: u64,
    /// SHA-256 over its lines with their line ends, hex.
    pub(crate) sha256: String,
}

/// The sections, in their order in the file. The double entry's links and ends are one section.
pub(super) const SECTIONS: [&str; 6] = ["about", "people", "payments", "requests", "bills", "ledger"];

impl Line {
    /// Place of its section in [`SECTIONS`]; none for the manifest.
    pub(super) fn section(&self) -> Option<usize> {
        match self {
            Line::About(_) => Some(0),
            Line::Person(_) => Some(1),
            Line::Payment(_) => Some(2),
            Line::Request(_) => Some(3),
            Line::Bill(_) => Some(4),
            Line::Entry(_) | Line::Head(_) => Some(5),
            Line::Manifest(_) => None,
        }
    }
}
