//! Giving a received payment back: what the confirmation window is to show, and the signed return that comes of it.

use pay::Money;
use protocol::body::{Amount, Payee, Payment, PaymentState};
use protocol::{Code, Problem, ReturnOrder};
use uuid::Uuid;

use super::confirm::{Agreement, Pending, facts};
use super::settings::refuse;
use crate::WalletError;
use crate::book::Book;
use crate::keys::leaving_no_trace;
use crate::view::Confirmed;

/// Asks the server for the payment as it is now, and looks whether this much of it can go back.
/// `life_ms`: how long it may wait for the line.
pub(super) async fn prepare(
    book: &Book,
    payment_id: Uuid,
    amount: &Amount,
    life_ms: i64,
) -> Result<Pending, WalletError> {
    let amount = Money::try_from(amount)?;
    if amount.is_zero() {
        return Err(refuse(Code::AmountInvalid));
    }
    let payment = book.remote()?.payment(payment_id).await?;
    if payment.id != payment_id {
        return Err(WalletError::BadAnswer);
    }
    let received = payment.payee.id == book.account()?.person_id && payment.state == PaymentState::Succeeded;
    if !received || payment.returns.is_some() {
        return Err(refuse(Code::NotReturnable));
    }
    let left = book.left_to_return(&payment).await?;
    if amount.currency() != left.currency() {
        return Err(refuse(Code::AmountInvalid));
    }
    if amount.compare(left)?.is_gt() {
        let problem = Problem { limit: Some(left.into()), ..Problem::from(Code::ReturnTooMuch) };
        return Err(WalletError::Refused(Box::new(problem)));
    }
    let payee = Payee {
        person: payment.payer.clone(),
        currency: left.currency().code().to_owned(),
        receive_bars: Vec::new(),
        holder: book.card.holder.clone(),
        name_checked_at_ms: None,
    };
    let facts = facts(book, &payee).await?;
    let agreement = Agreement::Return(Box::new(payment));
    let expires_at_ms = book.now_ms().saturating_add(life_ms);
    Ok(Pending { payee, facts, amount, agreement, is_queued: false, expires_at_ms, hold_ms: 0, viewed_at_ms: None })
}

/// Signs what was shown and puts it into the outbox.
pub(super) async fn store(book: &Book, pending: &Pending, payment: &Payment) -> Result<Confirmed, WalletError> {
    let account = book.account()?;
    let now = book.now_ms();
    if now >= pending.expires_at_ms {
        return Err(refuse(Code::OrderExpired));
    }
    let order = ReturnOrder {
        id: crate::new_id(&*book.clock, &*book.random),
        server: book.remote().map_or_else(|_| book.card.server_url.clone(), |remote| remote.server().to_owned()),
        payee_id: account.person_id,
        device_id: account.device_id,
        payment_id: payment.id,
        payer_id: payment.payer.id,
        payer_handle: payment.payer.handle.clone(),
        payer_name: payment.payer.display_name.clone(),
        amount: pending.amount.into(),
        confirmed_at_ms: now,
        expires_at_ms: pending.expires_at_ms,
    };
    let payment_id = order.id;
    let device = account.device();
    let signed = leaving_no_trace(|| order.sign(&device.key)).map_err(|_| WalletError::BadAnswer)?;
    let not_before_ms = now.saturating_add(pending.hold_ms);
    book.store_return(&signed, book.me()?.person, payment.payer.clone(), not_before_ms).await?;
    Ok(Confirmed { payment_id })
}
