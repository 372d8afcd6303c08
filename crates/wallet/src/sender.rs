//! Sends what waits: payments, requests and what was decided about them, in the order it was decided. Nothing leaves before it
//! is stored, nothing is sent under a second id, and what may have arrived is asked for, never guessed.

mod actions;
mod asks;
mod orders;

use std::collections::HashSet;
use std::sync::PoisonError;

use protocol::Code;
use uuid::Uuid;

use crate::WalletError;
use crate::book::{Action, Ask, Book, Outgoing};
use crate::outside::jitter;
use crate::view::Online;

const FIRST_PAUSE_MS: u64 = 1_000;
const LONGEST_PAUSE_MS: u64 = 60_000;
/// With nothing to send, this is how often we look all the same.
const IDLE_MS: u64 = 60_000;
/// What was lost this often without an answer lets others pass: the trouble may be its own.
const OWN_TROUBLE: i64 = 8;

/// How the line to the server does. While it rests, nothing is tried: the first in the queue was tried for all.
#[derive(Debug, Default)]
pub(crate) struct Line {
    failures: u32,
    rests_until_ms: i64,
}

/// How one delivery ended.
enum Ended {
    /// The server decided, or nothing has to leave any more.
    Done,
    /// Nothing gets through now; at least this long, milliseconds.
    NoLine(u64),
    /// Only this one has to wait, until then, by this machine's clock.
    Waits(i64),
}

impl Ended {
    /// When this one may be tried again, by this machine's clock.
    fn next_at_ms(&self, book: &Book) -> i64 {
        match self {
            Ended::Waits(until_ms) => *until_ms,
            Ended::Done | Ended::NoLine(_) => book.clock.now_ms(),
        }
    }
}

/// What is next in the queue.
enum Next {
    Order(Outgoing),
    Action(Action),
    Ask(Box<Ask>),
}

impl Next {
    fn place(&self) -> (i64, Uuid) {
        match self {
            Next::Order(order) => (order.place, order.payment_id),
            Next::Action(action) => (action.place, action.id),
            Next::Ask(ask) => (ask.place, ask.request.id),
        }
    }

    fn is_due(&self, book: &Book) -> bool {
        let (next_at_ms, not_before_ms) = match self {
            Next::Order(order) => (order.next_at_ms, order.not_before_ms),
            Next::Action(action) => (action.next_at_ms, 0),
            Next::Ask(ask) => (ask.next_at_ms, 0),
        };
        next_at_ms <= book.clock.now_ms() && not_before_ms <= book.now_ms()
    }
}

/// Delivers for as long as the book is in use.
pub(crate) async fn run(book: &Book) {
    loop {
        let pause_ms = match deliver_due(book).await {
            Ok(()) => match next_look_ms(book).await {
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

async fn next_look_ms(book: &Book) -> Result<Option<i64>, WalletError> {
    let rests_until_ms = line(book).rests_until_ms;
    Ok(book.next_due_ms().await?.map(|due_ms| due_ms.max(rests_until_ms)))
}

/// One round over everything that is due, oldest first. What cannot get through stops the round, so that nothing passes
/// what was decided before it.
pub(crate) async fn deliver_due(book: &Book) -> Result<(), WalletError> {
    let _turn = book.delivering.lock().await;
    book.writable()?;
    // Nothing is leaving now: what still says so could not be written down when its answer came (a full disk).
    if book.has_stranded_orders().await? {
        book.recover_orders().await?;
    }
    if book.expire_orders().await? {
        book.changed();
    }
    if book.clock.now_ms() < line(book).rests_until_ms {
        return Ok(());
    }
    let mut queue: Vec<Next> = book.open_orders().await?.into_iter().map(Next::Order).collect();
    queue.extend(book.open_actions().await?.into_iter().map(Next::Action));
    queue.extend(book.open_asks().await?.into_iter().map(|ask| Next::Ask(Box::new(ask))));
    queue.sort_by_key(Next::place);
    if queue.iter().any(|next| next.is_due(book)) && !has_session(book).await? {
        return Ok(());
    }
    let mut waits = HashSet::new();
    for next in queue {
        let is_due = next.is_due(book);
        let ended = match next {
            Next::Action(action) => deliver_action(book, action, is_due, &mut waits).await?,
            _ if !is_due => None,
            Next::Order(order) => Some(orders::deliver(book, order).await?),
            Next::Ask(ask) => Some(asks::deliver(book, *ask).await?),
        };
        match ended {
            Some(Ended::NoLine(least_ms)) => {
                rest(book, least_ms);
                return Ok(());
            }
            Some(Ended::Done) => line(book).failures = 0,
            Some(Ended::Waits(_)) | None => {}
        }
    }
    Ok(())
}

/// Lets what was just stored leave at once, where there is a line. What stops it is said where the line is; what was
/// decided is safe, and goes by itself later.
pub(crate) async fn deliver_now(book: &Book) {
    wake_line(book);
    if !book.is_offline() {
        let _ = deliver_due(book).await;
    }
    book.wake_sender.notify_one();
}

/// A session that cannot be had now is trouble of the line, and no try of what waits. One that is refused for good is told
/// by what needs it.
async fn has_session(book: &Book) -> Result<bool, WalletError> {
    let Err(why) = book.remote()?.ready().await else { return Ok(true) };
    match line_or_own(book, &why, 0) {
        Ended::NoLine(least_ms) => {
            rest(book, least_ms);
            Ok(false)
        }
        Ended::Done | Ended::Waits(_) => Ok(true),
    }
}

/// `waits` are requests of which something older is still to come.
async fn deliver_action(
    book: &Book,
    action: Action,
    is_due: bool,
    waits: &mut HashSet<Uuid>,
) -> Result<Option<Ended>, WalletError> {
    let request_id = action.request_id;
    if !is_due {
        waits.insert(request_id);
        return Ok(None);
    }
    if waits.contains(&request_id) {
        // The one before it says when it is looked at again.
        book.set_action(&action, false, book.clock.now_ms().saturating_add(1_000)).await?;
        return Ok(None);
    }
    let ended = actions::deliver(book, action).await?;
    if let Ended::Waits(_) = ended {
        waits.insert(request_id);
    }
    Ok(Some(ended))
}

/// Lets the line be tried at once.
pub(crate) fn wake_line(book: &Book) {
    line(book).rests_until_ms = 0;
}

/// Nothing gets through: waits before the next try, longer each time, never at the same moment as everybody else.
fn rest(book: &Book, least_ms: u64) {
    let mut line = line(book);
    let pause_ms = pause_ms(book, i64::from(line.failures)).max(least_ms);
    line.failures = line.failures.saturating_add(1);
    line.rests_until_ms = after(book, pause_ms);
}

fn line(book: &Book) -> std::sync::MutexGuard<'_, Line> {
    book.line.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long to wait after `failures` ones.
fn pause_ms(book: &Book, failures: i64) -> u64 {
    let doublings = u32::try_from(failures).unwrap_or(u32::MAX).min(6);
    jitter(&*book.random, (FIRST_PAUSE_MS << doublings).min(LONGEST_PAUSE_MS))
}

/// By this machine's clock, in so many milliseconds.
fn after(book: &Book, ms: u64) -> i64 {
    book.clock.now_ms().saturating_add(i64::try_from(ms).unwrap_or(i64::MAX))
}

/// What an error other than a refusal says about the line; `attempts` are the tries that may have arrived.
fn line_or_own(book: &Book, why: &WalletError, attempts: i64) -> Ended {
    match why {
        WalletError::Offline | WalletError::Tls => {
            book.set_online(Online::Offline);
            Ended::NoLine(0)
        }
        WalletError::Timeout if attempts < OWN_TROUBLE => {
            book.set_online(Online::Offline);
            Ended::NoLine(0)
        }
        WalletError::Refused(problem)
            if problem.code.is_temporary() && (attempts < OWN_TROUBLE || problem.code != Code::Unavailable) =>
        {
            Ended::NoLine(u64::from(problem.retry_after_s.unwrap_or(0)).min(3_600) * 1_000)
        }
        _ => Ended::Waits(after(book, pause_ms(book, attempts))),
    }
}
