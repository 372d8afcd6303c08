//! Sends what the outbox holds. Nothing leaves before it is stored, nothing is sent under a second id, and what may
//! have arrived is asked for, never guessed.

use protocol::Code;
use protocol::body::Payment;

use crate::book::{Book, News, OutboxState, Outgoing};
use crate::outside::{KillPoint, jitter};
use crate::view::Online;
use crate::{ErrorCode, WalletError};

const FIRST_PAUSE_MS: u64 = 1_000;
const LONGEST_PAUSE_MS: u64 = 60_000;
/// With nothing to send, this is how often we look all the same.
const IDLE_MS: u64 = 60_000;

/// Delivers for as long as the book is in use.
pub(crate) async fn run(book: &Book) {
    loop {
        let pause_ms = match deliver_due(book).await {
            Ok(()) => match book.next_due_ms().await {
                Ok(Some(due_ms)) => u64::try_from(due_ms.saturating_sub(book.clock.now_ms())).unwrap_or(0).min(IDLE_MS),
                Ok(None) | Err(_) => IDLE_MS,
            },
            Err(_) => jitter(&*book.random, 5_000),
        };
        tokio::select! {
            () = book.wake_sender.notified() => {}
            () = book.clock.sleep(pause_ms) => {}
        }
    }
}

/// One round over everything that is due.
pub(crate) async fn deliver_due(book: &Book) -> Result<(), WalletError> {
    let _turn = book.delivering.lock().await;
    book.writable()?;
    // Nothing is leaving now: what still says so could not be written down when its answer came (a full disk).
    if book.has_stranded_orders().await? {
        book.recover_orders().await?;
    }
    for order in book.due_orders().await? {
        deliver(book, order).await?;
    }
    Ok(())
}

async fn deliver(book: &Book, mut order: Outgoing) -> Result<(), WalletError> {
    let remote = book.remote()?;
    if order.state == OutboxState::Unknown {
        match remote.payment(order.payment_id).await {
            Ok(payment) => return settle(book, &order, payment).await,
            // It never arrived: the same bytes may go again under the same id.
            Err(error) if error.refusal() == Some(Code::NotFound) => {}
            Err(error) => return pause(book, order, OutboxState::Unknown, &error).await,
        }
    }
    if book.now_ms() >= order.expires_at_ms {
        book.fail_order(order.payment_id, ErrorCode::OrderExpired).await?;
        book.changed();
        return Ok(());
    }
    order.attempts = order.attempts.saturating_add(1);
    if !book.set_order(&order, OutboxState::Sending, 0).await? {
        return Ok(());
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
            settle(book, &order, payment).await
        }
        Err(error @ (WalletError::Offline | WalletError::Tls)) => pause(book, order, OutboxState::Queued, &error).await,
        Err(WalletError::Refused(problem)) if problem.code.is_temporary() => {
            pause(book, order, OutboxState::Queued, &WalletError::Refused(problem)).await
        }
        Err(WalletError::Refused(problem)) => {
            book.fail_order(order.payment_id, problem.code.into()).await?;
            book.changed();
            Ok(())
        }
        Err(error) => pause(book, order, OutboxState::Unknown, &error).await,
    }
}

/// The server's word on the payment enters the book. An answer that cannot be true leaves the outcome unknown.
async fn settle(book: &Book, order: &Outgoing, payment: Payment) -> Result<(), WalletError> {
    if payment.id != order.payment_id {
        return pause(book, order.clone(), OutboxState::Unknown, &WalletError::BadAnswer).await;
    }
    let mut news = News::default();
    let mut tx = book.begin().await?;
    match book.apply_payment(&mut tx, payment, &mut news).await {
        Ok(()) => {
            tx.commit().await?;
            book.set_online(Online::Online);
            book.changed();
            Ok(())
        }
        Err(WalletError::BadAnswer) => {
            tx.rollback().await?;
            pause(book, order.clone(), OutboxState::Unknown, &WalletError::BadAnswer).await
        }
        Err(error) => Err(error),
    }
}

/// Waits before the next try, longer each time, never at the same moment as everybody else.
async fn pause(book: &Book, mut order: Outgoing, state: OutboxState, why: &WalletError) -> Result<(), WalletError> {
    order.attempts = order.attempts.max(1);
    let doublings = u32::try_from(order.attempts - 1).unwrap_or(u32::MAX).min(6);
    let mut pause_ms = jitter(&*book.random, (FIRST_PAUSE_MS << doublings).min(LONGEST_PAUSE_MS));
    if let WalletError::Refused(problem) = why {
        pause_ms = pause_ms.max(u64::from(problem.retry_after_s.unwrap_or(0)).min(3_600) * 1_000);
    }
    if state == OutboxState::Unknown && order.state == OutboxState::Unknown {
        order.attempts = order.attempts.saturating_add(1);
    }
    if matches!(why, WalletError::Offline | WalletError::Timeout | WalletError::Tls) {
        book.set_online(Online::Offline);
    }
    let next_at_ms = book.clock.now_ms().saturating_add(i64::try_from(pause_ms).unwrap_or(i64::MAX));
    book.set_order(&order, state, next_at_ms).await?;
    book.changed();
    Ok(())
}
