//! Delivering one payment.

use protocol::Code;
use protocol::body::Payment;

use super::{Ended, line_or_own};
use crate::book::{Book, News, OutboxState, Outgoing};
use crate::outside::KillPoint;
use crate::view::Online;
use crate::{ErrorCode, WalletError};

pub(super) async fn deliver(book: &Book, mut order: Outgoing) -> Result<Ended, WalletError> {
    let remote = book.remote()?;
    if order.state == OutboxState::Unknown {
        match remote.payment(order.payment_id).await {
            Ok(payment) => return settle(book, order, payment).await,
            // It never arrived: the same bytes may go again under the same id.
            Err(error) if error.refusal() == Some(Code::NotFound) => {}
            Err(error) => {
                order.attempts = order.attempts.saturating_add(1);
                return pause(book, order, OutboxState::Unknown, &error).await;
            }
        }
    }
    if book.now_ms() >= order.expires_at_ms {
        // An order of a restored book may have left before, whatever its count says.
        if order.attempts == 0 && order.state == OutboxState::Queued {
            book.expire_orders().await?;
        } else {
            book.fail_order(order.payment_id, ErrorCode::OrderExpired).await?;
        }
        book.changed();
        return Ok(Ended::Done);
    }
    let before = order.clone();
    order.attempts = order.attempts.saturating_add(1);
    if !book.set_order(&order, OutboxState::Sending, 0).await? {
        return Ok(Ended::Done);
    }
    book.changed();
    let bytes = order.body.clone().into_bytes();
    let answer = match order.returns {
        None => remote.send_order(order.payment_id, bytes).await,
        Some(_) => remote.send_return(order.payment_id, bytes).await,
    };
    book.probe.reached(KillPoint::SentNotAnswered);
    match answer {
        Ok(payment) => {
            book.probe.reached(KillPoint::AnsweredNotApplied);
            settle(book, order, payment).await
        }
        // Not a byte has left: as if it had not been tried.
        Err(error @ (WalletError::Offline | WalletError::Tls)) => {
            pause(book, before, OutboxState::Queued, &error).await
        }
        Err(WalletError::Refused(problem)) if problem.code.is_temporary() => {
            pause(book, order, OutboxState::Queued, &WalletError::Refused(problem)).await
        }
        Err(WalletError::Refused(problem)) => {
            book.fail_order(order.payment_id, problem.code.into()).await?;
            book.changed();
            Ok(Ended::Done)
        }
        Err(error) => pause(book, order, OutboxState::Unknown, &error).await,
    }
}

/// The server's word on the payment enters the book. An answer that cannot be true leaves the outcome unknown.
async fn settle(book: &Book, order: Outgoing, payment: Payment) -> Result<Ended, WalletError> {
    if payment.id != order.payment_id {
        return pause(book, order, OutboxState::Unknown, &WalletError::BadAnswer).await;
    }
    let mut news = News::default();
    let mut tx = book.begin().await?;
    match book.apply_payment(&mut tx, payment, &mut news).await {
        Ok(()) => {
            tx.commit().await?;
            book.set_online(Online::Online);
            book.changed();
            Ok(Ended::Done)
        }
        Err(WalletError::BadAnswer) => {
            tx.rollback().await?;
            pause(book, order, OutboxState::Unknown, &WalletError::BadAnswer).await
        }
        Err(error) => Err(error),
    }
}

async fn pause(book: &Book, order: Outgoing, state: OutboxState, why: &WalletError) -> Result<Ended, WalletError> {
    let ended = line_or_own(book, why, order.attempts);
    book.set_order(&order, state, ended.next_at_ms(book)).await?;
    book.changed();
    Ok(ended)
}
