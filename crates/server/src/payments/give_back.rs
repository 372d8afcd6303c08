//! Giving back: a payment of its own in the book, which runs from the end of the one it returns to its beginning. The
//! processor refunds that very charge, so the money reaches the source it came from and no other.
//!
//! A fee that was paid stays paid; giving back costs nothing. It takes neither limits nor eligibility, is not stopped by
//! a block, and a switched-off account can do it too: nobody has to keep money they do not want.

use crate::fault::Fault;
use crate::feed::tell;
use crate::idempotent::{Reply, once_signed};
use crate::payments::accept::{Attempt, check_times, keep_order, wrong};
use crate::payments::rows::{Between, PaymentRow, find_payment};
use crate::payments::{book, tell_payer};
use crate::people::rows::the_person;
use crate::processor::Refund;
use crate::signed::Signed;
use crate::state::Server;
use crate::writer::Work;
use axum::extract::State;
use axum::response::Response;
use ledger::{Tx, args};
use pay::Money;
use protocol::body::{PaymentState, Subject};
use protocol::{Code, Problem, SignedReturn};
use uuid::Uuid;

/// `POST /v1/returns`.
pub async fn post_return(State(server): State<Server>, signed: Signed) -> Result<Response, Fault> {
    let form: SignedReturn = signed.json()?;
    let (order, caller) = (&form.order, &signed.caller);
    signed.key_is(order.id)?;
    let amount = Money::try_from(&order.amount)?;
    form.verify(&caller.device_key).map_err(wrong)?;
    let digest = order.digest().map_err(wrong)?;
    let ours =
        order.server == server.public_url && order.payee_id == caller.person_id && order.device_id == caller.device_id;
    if !ours {
        return Err(Code::OrderSignature.into());
    }
    let attempt = Attempt::of(&signed);
    once_signed(&server, &signed, "POST return", move |work| {
        Box::pin(async move {
            let row = check(work, &form, amount).await?;
            row.insert(&mut work.tx).await?;
            keep_order(&mut work.tx, row.id, serde_json::to_string(&form.order)?, &form.signature, &attempt).await?;
            book::reserve(&mut work.tx, &row, Some(digest), work.now_ms).await?;
            work.effects.settle.insert(row.id);
            Reply::created(&tell_payer(work, &row).await?)
        })
    })
    .await
}

/// Every rule, inside the commit that reserves the money: above all that the parts never exceed the whole.
async fn check(work: &mut Work, form: &SignedReturn, amount: Money) -> Result<PaymentRow, Fault> {
    let (order, now_ms) = (&form.order, work.now_ms);
    check_times(order.confirmed_at_ms, order.expires_at_ms, now_ms)?;
    let original = find_payment(&mut work.tx, order.payment_id).await?;
    let received = |row: &PaymentRow| row.payee_id == order.payee_id && row.state == PaymentState::Succeeded;
    let original = original.filter(received).ok_or(Code::NotFound)?;
    if original.returns.is_some() {
        return Err(Code::NotReturnable.into());
    }
    if original.payer_id != order.payer_id {
        return Err(Code::Malformed.into());
    }
    if amount.is_zero() || amount.currency() != original.amount.currency() {
        return Err(Code::AmountInvalid.into());
    }
    let left = left(&mut work.tx, &original).await?;
    if amount.compare(left)?.is_gt() {
        return Err(Problem { limit: Some(left.into()), ..Code::ReturnTooMuch.into() }.into());
    }
    if find_payment(&mut work.tx, order.id).await?.is_some() {
        return Err(Code::IdReused.into());
    }
    let between = Between {
        payer_id: original.payee_id,
        payee_id: original.payer_id,
        source_id: original.payee_source_id,
        payee_source_id: original.source_id,
    };
    let accepted = PaymentRow::accepted(order.id, between, amount, Money::zero(amount.currency()), now_ms);
    Ok(PaymentRow { returns: Some(original.id), ..accepted })
}

/// What of a payment was not given back yet, and is not on its way back.
async fn left(tx: &mut Tx, original: &PaymentRow) -> Result<Money, Fault> {
    const GONE: &str = "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM payment WHERE returns = $1
        AND state IN ('processing', 'requires_action', 'succeeded')";
    let row = tx.row(GONE, args![original.id]).await?.ok_or(Fault::Stored("sum"))?;
    let gone = Money::new(row.i64(0)?, original.amount.currency()).map_err(|_| Fault::Stored("sum"))?;
    Ok(original.amount.saturating_sub(gone)?)
}

/// What the processor is told about a return.
pub fn refund(row: &PaymentRow, payment_id: Uuid) -> Refund {
    Refund { return_id: row.id, payment_id, amount: row.amount }
}

/// The money is back: the payment it came with says so, on both sides. Its own time stays that of the payment.
pub async fn came_back(work: &mut Work, payment_id: Uuid, amount: Money) -> Result<(), Fault> {
    const SQL: &str = "UPDATE payment SET returned_minor = $2 WHERE id = $1";
    let mut row = find_payment(&mut work.tx, payment_id).await?.ok_or(Fault::Stored("payment of a return"))?;
    row.returned = row.returned.checked_add(amount)?;
    work.tx.execute(SQL, args![row.id, row.returned.minor()]).await?;
    tell_payer(work, &row).await?;
    tell_payee(work, &row).await
}

/// Writes a payment that succeeded into its payee's feed. A guest, who can only be given back, has none.
pub async fn tell_payee(work: &mut Work, row: &PaymentRow) -> Result<(), Fault> {
    if the_person(&mut work.tx, row.payee_id).await?.public().is_guest() {
        return Ok(());
    }
    let received = row.for_payee(&mut work.tx).await?;
    tell(work, row.payee_id, &Subject::Payment(received)).await
}
