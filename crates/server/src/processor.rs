//! Who really moves the money. The server asks with the payment's id; asking again about the same id moves nothing
//! twice and gives the state as it is now.

mod checkout;
pub mod sandbox;

pub use checkout::{Answer, Checkout, Hosted, Plea, Visit};

use crate::fault::Fault;
use futures::future::BoxFuture;
use pay::{FailureReason, Money};
use protocol::body::SourceOffer;
use uuid::Uuid;

/// One payment as the processor is told about it.
#[derive(Debug, Clone)]
pub struct Charge {
    /// The payment's id: the processor's idempotency key.
    pub payment_id: Uuid,
    /// Token of the source to draw from.
    pub from_token: String,
    /// Token of the source to pay to.
    pub to_token: String,
    /// What the payee gets.
    pub amount: Money,
    /// What the payer pays on top.
    pub fee: Money,
}

/// Money that goes back to the source a payment was drawn from.
#[derive(Debug, Clone)]
pub struct Refund {
    /// Id of the return: the processor's idempotency key.
    pub return_id: Uuid,
    /// The payment whose charge is given back. Its fee is not.
    pub payment_id: Uuid,
    /// How much.
    pub amount: Money,
}

/// What the processor says about a payment, or about a return of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The money was taken.
    Charged,
    /// It was not, and will not be.
    Declined(FailureReason),
    /// The payer has to confirm at this path of the server's public address, or at this absolute address.
    ActionAsked(String),
    /// It was called off before anything moved.
    Canceled,
}

/// Why the processor gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Silence {
    /// The answer was lost: the money may or may not have moved.
    #[error("the processor's answer was lost")]
    Lost,
}

/// What the server knows of a source after adding it.
#[derive(Debug, Clone)]
pub struct KeptSource {
    /// As it was offered.
    pub offer: SourceOffer,
    /// What the processor wants to be told about it from now on.
    pub token: String,
}

/// A payment processor.
pub trait Processor: Send + Sync + 'static {
    /// The word kept with payments it verified: `sandbox`.
    fn name(&self) -> &'static str;
    /// What can be added as a source.
    fn offers(&self) -> Vec<SourceOffer>;
    /// Turns the token of an offer into a source; `None`: no such offer.
    fn keep_source(&self, token: &str) -> Option<KeptSource>;
    /// Carries a payment out, or says how far it is.
    fn charge(&self, charge: Charge) -> BoxFuture<'_, Result<Outcome, Silence>>;
    /// Gives a charge back, whole or in part, to the very source it was drawn from, or says how far that is. What all
    /// refunds of a charge come to never exceeds it.
    fn refund(&self, refund: Refund) -> BoxFuture<'_, Result<Outcome, Silence>>;
    /// Calls a payment off that waits for the payer; gives its state afterwards, whatever it is.
    fn cancel(&self, payment_id: Uuid) -> BoxFuture<'_, Result<Outcome, Silence>>;
    /// The hosted page's data, when this processor has pages here.
    fn action(&self, key: String) -> BoxFuture<'_, Result<Option<Action>, Fault>>;
    /// Opens the page on which somebody without an account chooses how to pay; gives its path on the server's public
    /// address, or its absolute address. Opening it again for the same payment gives the same page. Nothing is charged
    /// before [`Processor::charge`].
    fn open_checkout(&self, checkout: Checkout) -> BoxFuture<'_, Result<String, Silence>>;
    /// What came of that page; `None`: it was never opened.
    fn checkout(&self, payment_id: Uuid) -> BoxFuture<'_, Result<Option<Visit>, Silence>>;
    /// What that page shows, when this processor has pages here.
    fn hosted(&self, key: String) -> BoxFuture<'_, Result<Option<Hosted>, Fault>>;
    /// The payer's answer on that page. Gives the payment, or why the answer cannot be taken; `None`: no such page. It
    /// is answered once; later answers change nothing.
    fn answer_checkout(&self, key: String, answer: Answer) -> BoxFuture<'_, Result<Option<Result<Uuid, Plea>>, Fault>>;
    /// The payer's answer on the hosted page. Gives the payment to ask about again, `None` when there is no such
    /// action. An action is answered once; later answers change nothing.
    fn answer_action(&self, key: String, approve: bool) -> BoxFuture<'_, Result<Option<Uuid>, Fault>>;
}

/// What the hosted page shows.
#[derive(Debug, Clone)]
pub struct Action {
    /// The payment it is about.
    pub payment_id: Uuid,
    /// What would be drawn.
    pub total: Money,
    /// Masked number of the source.
    pub hint: String,
    /// Whether it was answered: `Some(true)` approved.
    pub answered: Option<bool>,
}
