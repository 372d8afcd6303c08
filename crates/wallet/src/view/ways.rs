//! Other ways to be paid: own accounts elsewhere, and the codes a request shows for them.

use protocol::way::WayKind;
use serde::{Deserialize, Serialize};

use super::{Reading, ReadingProblem};

/// An own account elsewhere, of which each kind can have one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct OwnWay {
    /// The standard its codes are written in.
    pub kind: WayKind,
    /// IBAN, key, address or number, as typed; blanks do not matter.
    pub account: String,
    /// Who is paid, where the standard names them.
    pub name: String,
    /// Swiss bills: `street;number;postal code;town;country`. Empty elsewhere.
    pub address: String,
}

impl std::fmt::Debug for OwnWay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnWay").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A standard that can be chosen, and what is kept for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct WayOffer {
    /// Which.
    pub kind: WayKind,
    /// The currencies it asks in; none means any.
    pub currencies: Vec<String>,
    /// Countries whose apps read it; none means no country in particular.
    pub countries: Vec<String>,
    /// Whether requests of this book, in its currency, can be asked in it.
    pub fits: bool,
    /// The own account, when there is one.
    pub own: Option<OwnWay>,
}

/// What became of an account that was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct KeptWay {
    /// Why it was not kept: what the standard says against it.
    pub problem: Option<ReadingProblem>,
}

/// A code beside a request's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct WayCode {
    /// Its standard.
    pub kind: WayKind,
    /// Countries whose apps read it; none means no country in particular.
    pub countries: Vec<String>,
    /// Whether the code names the amount.
    pub names_amount: bool,
    /// What it says, as our own reader reads it.
    pub reading: Reading,
    /// The code's text.
    pub text: String,
    /// Drawn, and read back.
    pub svg: String,
}
