use pay::Money;
use protocol::body::{Bar, SourceKind, SourceOffer};
use uuid::Uuid;

use super::KeptSource;

/// A payment that somebody without an account is about to make on the processor's page.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// The payment's id: opening the page again for it changes nothing.
    pub payment_id: Uuid,
    /// What may be chosen there: the fee was shown for this kind.
    pub kind: SourceKind,
    /// What the payee gets.
    pub amount: Money,
    /// What the payer pays on top.
    pub fee: Money,
}

/// What came of the page.
#[derive(Debug, Clone)]
pub enum Visit {
    /// Nothing yet; its path or address.
    Open(String),
    /// The payer chose this and agreed to the total. Nothing is charged yet.
    Chosen(KeptSource),
    /// The payer left without paying.
    Left,
}

/// What the page shows, when it is ours to show.
#[derive(Debug, Clone)]
pub struct Hosted {
    /// What it is about.
    pub checkout: Checkout,
    /// What can be chosen.
    pub offers: Vec<SourceOffer>,
    /// Whether it was answered.
    pub answered: bool,
}

/// What the payer says there.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Pay with this; the token of an offer.
    Choose(String),
    /// Do not pay.
    Leave,
}

/// Why an answer is not taken; the page stays open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plea {
    /// Nothing that is on the page.
    NothingChosen,
    /// A source that is refused here.
    Refused(Bar),
}
