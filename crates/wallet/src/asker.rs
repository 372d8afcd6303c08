//! Asks for money: what a bill was divided into, and what the calendar says. Every request is stored with its id before
//! it leaves, and every try carries that id.

use protocol::Code;

use crate::book::{Ask, Book};
use crate::outside::jitter;
use crate::sender::{after, pause_ms};
use crate::{ErrorCode, WalletError};

/// How often we look at the calendar.
const IDLE_MS: u64 = 60_000;

/// Asks for as long as the book is in use.
pub(crate) async fn run(book: &Book) {
    loop {
        let pause_ms = match turn(book).await {
            Ok(()) => match book.next_ask_ms().await {
                Ok(Some(due_ms)) => {
                    u64::try_from(due_ms.saturating_sub(book.clock.now_ms())).unwrap_or(0).clamp(100, IDLE_MS)
                }
                Ok(None) | Err(_) => IDLE_MS,
            },
            Err(_) => jitter(&*book.random, 5_000),
        };
        let until_due_ms = book.until_due_ms().await.unwrap_or(IDLE_MS);
        tokio::select! {
            () = book.wake_asker.notified() => {}
            () = book.clock.sleep(pause_ms.min(until_due_ms.max(100))) => {}
        }
    }
}

/// One round: what the calendar says is stored, and what is stored leaves.
pub(crate) async fn turn(book: &Book) -> Result<(), WalletError> {
    let _turn = book.asking.lock().await;
    book.writable()?;
    book.make_due().await?;
    for ask in book.due_asks().await? {
        send(book, ask).await?;
    }
    Ok(())
}

async fn send(book: &Book, ask: Ask) -> Result<(), WalletError> {
    let remote = book.remote()?;
    let id = ask.request.id;
    let answer = match remote.new_request(&ask.request).await {
        // Another device of the account has made it: what it asks for is what counts.
        Err(error) if error.refusal() == Some(Code::IdReused) => remote.request(id).await,
        answer => answer,
    };
    match answer {
        Ok(request) if request.id == id => book.ask_arrived(&request).await?,
        Err(WalletError::Refused(problem)) if !problem.code.is_temporary() => {
            book.ask_refused(id, ErrorCode::from(problem.code)).await?;
        }
        Err(WalletError::Refused(problem)) => later(book, &ask, problem.retry_after_s.unwrap_or(0)).await?,
        Ok(_) | Err(_) => later(book, &ask, 0).await?,
    }
    book.changed();
    Ok(())
}

/// Waits before the next try, longer each time.
async fn later(book: &Book, ask: &Ask, least_s: u32) -> Result<(), WalletError> {
    let pause_ms = pause_ms(book, ask.attempts).max(u64::from(least_s).min(3_600) * 1_000);
    book.ask_later(ask.request.id, ask.attempts.saturating_add(1), after(book, pause_ms)).await
}
