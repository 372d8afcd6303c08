//! What a link asks for, and whether it can be paid in the browser now.

use super::language::Language;
use super::words::Note;
use crate::fault::Fault;
use crate::people::rows::{PersonRow, find_by_handle, the_person};
use crate::requests::rows::{RequestRow, find_request};
use crate::requests::ways_of;
use crate::sources::rows::list_sources;
use crate::state::Server;
use pay::{Link, Money, Target};
use protocol::body::{LatePolicy, OverPolicy, PartialPolicy, RequestState};
use protocol::way::OtherWay;

/// A link that leads to somebody who asks for money.
pub struct Ask {
    /// Who.
    pub payee: PersonRow,
    /// The request, when it is one.
    pub request: Option<RequestRow>,
    /// What is to be paid; `None`: the payer chooses.
    pub amount: Option<Money>,
    /// Whether the payee can be paid at all.
    pub can_receive: bool,
    /// Codes of other systems for exactly this amount; none once something came, or nothing may come any more.
    pub other_ways: Vec<OtherWay>,
    now_ms: i64,
}

impl Ask {
    /// Looks it up; `None`: nobody and nothing, or the proof of a payment.
    pub async fn find(server: &Server, link: &Link) -> Result<Option<Ask>, Fault> {
        let now_ms = server.now_ms();
        let mut tx = server.read().await?;
        let (payee, request, amount) = match &link.target {
            Target::Person { handle, amount } => {
                let Some(payee) = find_by_handle(&mut tx, handle.as_str()).await? else { return Ok(None) };
                (payee, None, *amount)
            }
            Target::Request(id) => {
                let Some(row) = find_request(&mut tx, *id).await? else { return Ok(None) };
                let amount = if row.single_use { row.money.left()? } else { row.money.asked };
                // What came beyond it leaves nothing to ask for.
                let amount = amount.filter(|left| !left.is_zero()).or(row.money.asked);
                (the_person(&mut tx, row.requester_id).await?, Some(row), amount)
            }
            Target::Proof(_) => return Ok(None),
        };
        let sources = list_sources(&mut tx, payee.id).await?;
        let bars = payee.receive_bars(&server.config.eligibility, &sources, now_ms);
        let moves_here = server.config.payment_limit(payee.currency).is_some();
        let fits = amount.is_none_or(|amount| amount.currency() == payee.currency);
        let can_receive = bars.is_empty() && moves_here && fits;
        let mut ask = Ask { payee, request, amount, can_receive, other_ways: Vec::new(), now_ms };
        if let Some(id) = ask.payable_whole() {
            ask.other_ways = ways_of(&mut tx, id).await?;
        }
        Ok(Some(ask))
    }

    /// Whether it is for one person: then it says nothing about itself to whoever found the link.
    pub fn is_for_one(&self) -> bool {
        self.request.as_ref().is_some_and(|row| row.payer_id.is_some())
    }

    /// The request, while all of it is still to be paid.
    fn payable_whole(&self) -> Option<uuid::Uuid> {
        let row = self.request.as_ref().filter(|row| row.money.paid.is_zero())?;
        let in_time = !self.is_late() || row.policy.late == LatePolicy::Accept;
        (matches!(row.state, RequestState::Open | RequestState::Expired) && in_time).then_some(row.id)
    }

    /// Whether its end has passed.
    pub fn is_late(&self) -> bool {
        self.request.as_ref().is_some_and(|row| row.state == RequestState::Expired || row.is_late(self.now_ms))
    }

    /// Why it cannot be paid now; the same rules as for the app, looked at again when the payment is accepted.
    pub fn bar(&self, language: Language) -> Option<Note> {
        let words = language.words();
        let of_request = self.request.as_ref().and_then(|row| match row.state {
            RequestState::Processing => Some(words.request_busy),
            RequestState::Paid => Some(words.request_paid),
            RequestState::Declined => Some(words.request_declined),
            RequestState::Canceled => Some(words.request_canceled),
            RequestState::Expired | RequestState::Open | RequestState::PartiallyPaid => {
                let refused = self.is_late() && row.policy.late == LatePolicy::Refuse;
                refused.then_some(words.request_expired)
            }
        });
        of_request.or((!self.can_receive).then_some(words.cannot_be_paid))
    }

    /// Whether another amount than the one asked may be paid.
    pub fn takes_other_amounts(&self) -> bool {
        self.request.as_ref().is_some_and(|row| {
            row.money.asked.is_some()
                && (row.policy.partial == PartialPolicy::Accept || row.policy.over == OverPolicy::Accept)
        })
    }
}
