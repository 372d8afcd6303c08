//! Keeps the book the same as the server's: a poke says that there is more, the feed says what, and the hash chain says
//! that nothing before it was rewritten.

use std::sync::atomic::Ordering;

use futures::StreamExt;
use ledger::chain;
use protocol::body::{Change, FeedPage, Subject};
use serde_json::json;
use uuid::Uuid;

use crate::WalletError;
use crate::app::Event;
use crate::book::{Book, Cursor, News, fact, keep_fact, write};
use crate::outside::jitter;
use crate::view::Online;

/// Changes asked for at once, and the most that enter the book in one commit.
const PAGE: u32 = 500;
/// How often we pull although nothing poked.
const POLL_MS: u64 = 30_000;
const FIRST_PAUSE_MS: u64 = 500;
const LONGEST_PAUSE_MS: u64 = 30_000;

/// Pulls whenever there may be more, for as long as the book is in use.
pub(crate) async fn run(book: &Book) {
    let mut failures = 0;
    loop {
        let pause_ms = match pull(book).await {
            Ok(()) => {
                failures = 0;
                POLL_MS
            }
            Err(_) => {
                failures = (failures + 1).min(6);
                jitter(&*book.random, (FIRST_PAUSE_MS << failures).min(LONGEST_PAUSE_MS))
            }
        };
        tokio::select! {
            () = book.wake_reader.notified() => {}
            () = book.clock.sleep(pause_ms) => {}
        }
    }
}

/// Holds the line on which the server pokes, for as long as the book is in use.
pub(crate) async fn listen(book: &Book) {
    let mut failures = 0_u32;
    loop {
        if let Ok(remote) = book.remote()
            && let Ok(mut pokes) = remote.pokes().await
        {
            failures = 0;
            // Something may have happened before the line was open.
            book.wake_reader.notify_one();
            while let Some(Ok(_)) = pokes.next().await {
                book.wake_reader.notify_one();
            }
            // It may have ended because this device is out; the next question is told.
            book.wake_reader.notify_one();
        }
        failures = (failures + 1).min(6);
        book.clock.sleep(jitter(&*book.random, (FIRST_PAUSE_MS << failures).min(LONGEST_PAUSE_MS))).await;
    }
}

/// Pulls everything there is.
pub(crate) async fn pull(book: &Book) -> Result<(), WalletError> {
    let _turn = book.pulling.lock().await;
    book.writable()?;
    let out = || (book.is_signed_out(), book.is_device_refused());
    let was_out = out();
    let result = pull_pages(book).await;
    if out() != was_out {
        book.changed();
    }
    match &result {
        Ok(()) => {
            let was_offline = *book.online.lock().unwrap_or_else(|e| e.into_inner()) != Online::Online;
            book.set_online(Online::Online);
            if was_offline {
                book.hurry_orders().await?;
                book.wake_sender.notify_one();
                book.hurry_asks().await?;
                book.wake_asker.notify_one();
            }
        }
        Err(WalletError::Offline | WalletError::Timeout | WalletError::Tls) => book.set_online(Online::Offline),
        Err(_) => {}
    }
    result
}

async fn pull_pages(book: &Book) -> Result<(), WalletError> {
    let remote = book.remote()?;
    if !book.server_checked.load(Ordering::Relaxed) {
        check_server(book).await?;
    }
    let mut cursor: Cursor = book.fact(fact::CURSOR).await?.unwrap_or_default();
    loop {
        let page = remote.feed(cursor.sequence, PAGE).await?;
        let more = page.more && !page.changes.is_empty();
        cursor = take(book, page, cursor).await?;
        if !more {
            return Ok(());
        }
    }
}

/// The key and the epoch are those the account was opened with.
async fn check_server(book: &Book) -> Result<(), WalletError> {
    let account = book.account()?;
    let info = book.remote()?.server_info().await?;
    if info.public_key != account.server_key || info.epoch != account.epoch {
        let evidence = json!({
            "what": "key or epoch", "at_ms": book.clock.now_ms(),
            "known": { "public_key": account.server_key, "epoch": account.epoch },
            "told": { "public_key": info.public_key, "epoch": info.epoch },
        });
        book.seal_with_evidence(evidence).await?;
        return Err(WalletError::ServerChanged);
    }
    book.server_checked.store(true, Ordering::Relaxed);
    Ok(())
}

/// Rows and cursor in one local transaction.
async fn take(book: &Book, page: FeedPage, mut cursor: Cursor) -> Result<Cursor, WalletError> {
    let account = book.account()?;
    if page.epoch != account.epoch {
        let evidence =
            json!({ "what": "epoch", "at_ms": book.clock.now_ms(), "known": account.epoch, "told": page.epoch });
        book.seal_with_evidence(evidence).await?;
        return Err(WalletError::ServerChanged);
    }
    let fresh: Vec<Change> = page.changes.into_iter().filter(|change| change.sequence > cursor.sequence).collect();
    if fresh.is_empty() {
        return Ok(cursor);
    }
    let mut news = News::default();
    let mut tx = book.begin().await?;
    for change in fresh {
        match follow(account.person_id, &cursor, &change)? {
            Some(next) => cursor = next,
            None => {
                tx.rollback().await?;
                let evidence =
                    json!({ "what": "chain", "at_ms": book.clock.now_ms(), "known": cursor, "told": change });
                book.seal_with_evidence(evidence).await?;
                return Err(WalletError::ServerChanged);
            }
        }
        let subject: Subject = serde_json::from_str(&change.body).map_err(|_| WalletError::BadAnswer)?;
        book.apply(&mut tx, subject, &mut news).await?;
    }
    keep_fact(&mut tx, fact::CURSOR, &cursor).await?;
    tx.commit().await?;
    if let Some(me) = news.me {
        *write(&book.me) = Some(me);
    }
    let since_ms = account.paired_at_ms.unwrap_or(i64::MIN);
    for payment in news.incoming.into_iter().filter(|payment| payment.updated_at_ms >= since_ms) {
        let _ = book.events.send(Event::Incoming(payment));
    }
    book.changed();
    Ok(cursor)
}

/// The cursor after a change that continues the chain; nothing when it does not.
fn follow(account: Uuid, cursor: &Cursor, change: &Change) -> Result<Option<Cursor>, WalletError> {
    let bytes = hex::decode(&cursor.hash).map_err(|_| WalletError::DatabaseCorrupt)?;
    let previous: [u8; 32] = bytes.try_into().map_err(|_| WalletError::DatabaseCorrupt)?;
    let hash = hex::encode(chain::hash(&previous, account, change.sequence, change.at_ms, &change.body));
    let next = cursor.sequence.checked_add(1) == Some(change.sequence);
    let continues = next && change.previous_hash == cursor.hash && change.hash == hash;
    Ok(continues.then(|| Cursor { sequence: change.sequence, hash }))
}
