//! Looks at the calendar: the requests of what has come due are stored, and leave with everything else.

use crate::WalletError;
use crate::book::Book;
use crate::outside::jitter;

/// How often we look, with nothing due.
const IDLE_MS: u64 = 60_000;
/// No more often than this.
const LEAST_MS: u64 = 100;

/// Looks for as long as the book is in use.
pub(crate) async fn run(book: &Book) {
    loop {
        let pause_ms = match turn(book).await {
            Ok(()) => book.until_due_ms().await.unwrap_or(IDLE_MS).clamp(LEAST_MS, IDLE_MS),
            Err(_) => jitter(&*book.random, 5_000),
        };
        tokio::select! {
            () = book.wake_calendar.notified() => {}
            () = book.clock.sleep(pause_ms) => {}
        }
    }
}

/// One look.
pub(crate) async fn turn(book: &Book) -> Result<(), WalletError> {
    book.writable()?;
    book.make_due().await
}
