//! Keeps the book the same as the server's: a poke says that there is more, the feed says what, and the hash chain says
//! that nothing before it was rewritten.

use std::pin::pin;
use std::sync::atomic::Ordering;

use futures::StreamExt;
use futures::future::{Either, select};
use ledger::{Tx, chain};
use protocol::body::{Change, FeedPage, Subject};
use protocol::path::FEED_MOST;
use serde_json::json;
use uuid::Uuid;

use crate::WalletError;
use crate::app::{Event, blocking};
use crate::book::{Book, Cursor, News, fact, keep_fact, write};
use crate::outside::jitter;
use crate::remote::Remote;
use crate::view::{Fetching, Online};

/// Changes asked for at first. Quick answers make the next page larger, lost ones smaller, so that a slow line still gets
/// a whole one: what has come is in the book before the next one is waited for.
pub(crate) const FIRST_PAGE: u32 = 500;
const SMALLEST_PAGE: u32 = 50;
const QUICK_MS: i64 = 1_000;
const CHANGED_EVERY_MS: i64 = 1_000;
/// Changes of one commit and how long it may be open, when pages come faster than the book takes them.
const TOGETHER: usize = 10_000;
const TOGETHER_MS: i64 = 1_000;
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
    let out = || (book.is_signed_out(), book.is_device_refused(), book.is_account_closed());
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
            }
        }
        Err(WalletError::Offline | WalletError::Timeout | WalletError::Tls) => book.set_online(Online::Offline),
        Err(_) => {}
    }
    result
}

/// Everything there is. A page that fails takes those of its commit with it: they come again, each by itself, so that
/// all before it stay.
async fn pull_pages(book: &Book) -> Result<(), WalletError> {
    let remote = book.remote()?;
    if !book.server_checked.load(Ordering::Relaxed) {
        check_server(book).await?;
    }
    let mut together = Taking::new(book, TOGETHER);
    match take_pages(book, &remote, &mut together).await {
        Err(_) if together.fell => take_pages(book, &remote, &mut Taking::new(book, 1)).await,
        taken => taken,
    }
}

/// Pages until there is no more. While one enters the book, the next is on its way and is looked at.
async fn take_pages(book: &Book, remote: &Remote, taking: &mut Taking<'_>) -> Result<(), WalletError> {
    let cursor: Cursor = book.fact(fact::CURSOR).await?.unwrap_or_default();
    let mut told = Told::new(book);
    let mut next = read(book, remote, cursor).await?;
    loop {
        let page = match next {
            Read::Page(page) => page,
            Read::Rewritten(evidence) => {
                taking.keep(&mut told).await?;
                book.seal_with_evidence(evidence).await?;
                return Err(WalletError::ServerChanged);
            }
        };
        // An answer came: whoever hears of what it brought finds the line open.
        book.set_online(Online::Online);
        told.tell_how_far(&page);
        let (cursor, more) = (page.after.clone(), page.more);
        let mut ahead = pin!(async { if more { read(book, remote, cursor).await.map(Some) } else { Ok(None) } });
        let (taken, early) = match select(pin!(taking.take(page, told.far)), ahead.as_mut()).await {
            Either::Left((taken, _)) => (taken, None),
            Either::Right((answer, take)) => (take.await, Some(answer)),
        };
        let waits = matches!(early, Some(Ok(Some(Read::Page(_)))));
        taken?;
        taking.go_on(waits, &mut told).await?;
        let ahead = match early {
            Some(answer) => answer,
            None => ahead.await,
        };
        match ahead? {
            Some(read) => next = read,
            None => return Ok(()),
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
    book.keep(fact::SERVER, &info).await?;
    book.server_checked.store(true, Ordering::Relaxed);
    Ok(())
}

/// A page of the feed, looked at.
enum Read {
    /// It continues the chain.
    Page(Page),
    /// It is of another history than the one known: the evidence.
    Rewritten(serde_json::Value),
}

struct Page {
    before: Cursor,
    after: Cursor,
    subjects: Vec<Subject>,
    more: bool,
    /// The newest sequence there is, when the server says it.
    last_sequence: Option<i64>,
}

/// Fetches the page after `cursor` and looks whether it can be true, beside the threads that answer.
async fn read(book: &Book, remote: &Remote, cursor: Cursor) -> Result<Read, WalletError> {
    let started_ms = book.clock.now_ms();
    let limit = book.feed_limit.load(Ordering::Relaxed);
    let answer = remote.feed(cursor.sequence, limit).await;
    let pace = match &answer {
        Ok(_) if book.clock.now_ms().saturating_sub(started_ms) < QUICK_MS => limit.saturating_mul(2).min(FEED_MOST),
        Err(WalletError::Timeout) => (limit / 2).max(SMALLEST_PAGE),
        Ok(_) | Err(_) => limit,
    };
    book.feed_limit.store(pace, Ordering::Relaxed);
    let (page, account, at_ms) = (answer?, book.account()?, book.clock.now_ms());
    let (person_id, epoch) = (account.person_id, account.epoch);
    blocking(move || check(page, person_id, epoch, cursor, at_ms)).await
}

fn check(page: FeedPage, person_id: Uuid, epoch: Uuid, before: Cursor, at_ms: i64) -> Result<Read, WalletError> {
    if page.epoch != epoch {
        let evidence = json!({ "what": "epoch", "at_ms": at_ms, "known": epoch, "told": page.epoch });
        return Ok(Read::Rewritten(evidence));
    }
    let mut hash = [0; 32];
    hex::decode_to_slice(&before.hash, &mut hash).map_err(|_| WalletError::DatabaseCorrupt)?;
    let mut sequence = before.sequence;
    let mut subjects = Vec::with_capacity(page.changes.len());
    for change in page.changes.into_iter().filter(|change| change.sequence > before.sequence) {
        let Some(next) = follow(person_id, sequence, &hash, &change) else {
            let known = Cursor { sequence, hash: hex::encode(hash) };
            let evidence = json!({ "what": "chain", "at_ms": at_ms, "known": known, "told": change });
            return Ok(Read::Rewritten(evidence));
        };
        (sequence, hash) = (change.sequence, next);
        subjects.push(serde_json::from_str(&change.body).map_err(|_| WalletError::BadAnswer)?);
    }
    let more = page.more && !subjects.is_empty();
    let after = Cursor { sequence, hash: hex::encode(hash) };
    Ok(Read::Page(Page { before, after, subjects, more, last_sequence: page.last_sequence }))
}

/// The hash after a change that continues the chain; nothing when it does not.
fn follow(account: Uuid, sequence: i64, previous: &[u8; 32], change: &Change) -> Option<[u8; 32]> {
    let hash = chain::hash(previous, account, change.sequence, change.at_ms, &change.body);
    let said = |text: &str, hash: &[u8; 32]| {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).is_ok() && bytes == *hash
    };
    let next = sequence.checked_add(1) == Some(change.sequence);
    (next && said(&change.previous_hash, previous) && said(&change.hash, &hash)).then_some(hash)
}

/// Rows and cursor on their way into the book, in one local transaction. Pages that come faster than the book takes them
/// share one: each commit encrypts and writes again what the one before touched. No other writer waits longer for it than
/// for a page or [`TOGETHER_MS`], and never for the line.
struct Taking<'a> {
    book: &'a Book,
    /// Changes that may share a commit.
    most: usize,
    open: Option<Open>,
    /// An error undid pages that had been taken before it.
    fell: bool,
}

struct Open {
    tx: Tx,
    news: News,
    is_long: bool,
    changes: usize,
    since_ms: i64,
}

impl<'a> Taking<'a> {
    fn new(book: &'a Book, most: usize) -> Self {
        Taking { book, most, open: None, fell: false }
    }

    /// Takes a page. What comes with a long fetch happened while nobody was here: it is shown, and rings nothing.
    async fn take(&mut self, page: Page, is_long: bool) -> Result<(), WalletError> {
        if page.subjects.is_empty() {
            return Ok(());
        }
        let book = self.book;
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                let since_ms = if is_long { i64::MAX } else { book.account()?.paired_at_ms.unwrap_or(i64::MIN) };
                let (tx, news) = (book.begin().await?, News::since(since_ms));
                Open { tx, news, is_long, changes: 0, since_ms: book.clock.now_ms() }
            }
        };
        let changes = page.subjects.len();
        let taken = async {
            book.apply(&mut open.tx, page.subjects, &mut open.news).await?;
            keep_fact(&mut open.tx, fact::CURSOR, &page.after).await
        };
        let taken = taken.await;
        if taken.is_ok() {
            open.changes += changes;
            self.open = Some(open);
        } else {
            self.fell = open.changes > 0;
        }
        taken
    }

    /// After a page: keeps what is there, unless another one waits and it is not much yet.
    async fn go_on(&mut self, waits: bool, told: &mut Told<'_>) -> Result<(), WalletError> {
        let due = |open: &Open| {
            let ms = self.book.clock.now_ms().saturating_sub(open.since_ms);
            open.changes >= self.most || !(0..TOGETHER_MS).contains(&ms)
        };
        if waits && !self.open.as_ref().is_some_and(due) { Ok(()) } else { self.keep(told).await }
    }

    async fn keep(&mut self, told: &mut Told<'_>) -> Result<(), WalletError> {
        let Some(Open { tx, news, is_long, .. }) = self.open.take() else { return Ok(()) };
        let book = self.book;
        tx.commit().await?;
        if is_long {
            book.store.release_memory().await?;
        }
        if let Some(me) = news.me {
            *write(&book.me) = Some(me);
        }
        // Nobody may be listening.
        for payment in news.incoming {
            let _ = book.events.send(Event::Incoming(payment));
        }
        for request in news.asked {
            let _ = book.events.send(Event::Asked(request.id));
        }
        told.tell_change();
        Ok(())
    }
}

/// The cursor after a change that continues the chain; nothing when it does not.
pub(crate) fn follow_on(account: Uuid, cursor: &Cursor, change: &Change) -> Result<Option<Cursor>, WalletError> {
    let mut previous = [0; 32];
    hex::decode_to_slice(&cursor.hash, &mut previous).map_err(|_| WalletError::DatabaseCorrupt)?;
    let hash = follow(account, cursor.sequence, &previous, change);
    Ok(hash.map(|hash| Cursor { sequence: change.sequence, hash: hex::encode(hash) }))
}

/// What the window was told of a pull. A long one says how far it is with each page, and that something changed about
/// once a second, so that the screens do not ask all the time; however it ends, it says so.
struct Told<'a> {
    book: &'a Book,
    far: bool,
    change_due: bool,
    changed_ms: Option<i64>,
}

impl<'a> Told<'a> {
    fn new(book: &'a Book) -> Self {
        Told { book, far: false, change_due: false, changed_ms: None }
    }

    /// Of a pull of one page nothing is said: it is over before anybody could read it.
    fn tell_how_far(&mut self, page: &Page) {
        let Some(total) = page.last_sequence.filter(|_| page.more || self.far) else { return };
        self.far = true;
        let count = |sequence: i64| u32::try_from(sequence).unwrap_or_default();
        let fetching = Fetching { done: count(page.before.sequence), total: count(total.max(page.after.sequence)) };
        let _ = self.book.events.send(Event::Fetching(Some(fetching)));
    }

    fn tell_change(&mut self) {
        self.change_due = true;
        let now_ms = self.book.clock.now_ms();
        if self.changed_ms.is_none_or(|before_ms| now_ms.saturating_sub(before_ms) >= CHANGED_EVERY_MS) {
            self.changed_ms = Some(now_ms);
            self.change_due = false;
            self.book.changed();
        }
    }
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if self.far {
            let _ = self.book.events.send(Event::Fetching(None));
        }
        if self.change_due {
            self.book.changed();
        }
    }
}
