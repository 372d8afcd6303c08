//! The account's ordered, hash-chained changes, and the poke that says there are more.

use crate::fault::Fault;
use crate::people::rows::find_device_key;
use crate::signed::Caller;
use crate::state::Server;
use crate::writer::Work;
use axum::Json;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{Stream, StreamExt};
use ledger::feed;
use protocol::Code;
use protocol::body::{Change, FeedPage, Subject};
use protocol::path::FEED_MOST;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use tokio_stream::wrappers::WatchStream;
use uuid::Uuid;

/// A page ends after this many bytes of changes, so that pictures in them never make an answer too long to take.
const PAGE_BYTES: usize = 4 << 20;
/// A page when nothing is said.
const PAGE_USUAL: u32 = 100;
/// How often a quiet line shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Where in the feed to go on.
#[derive(Debug, Deserialize)]
pub struct FeedAsk {
    #[serde(default)]
    after: i64,
    limit: Option<u32>,
}

/// `GET /v1/feed?after=SEQUENCE&limit=N`.
pub async fn get_feed(
    State(server): State<Server>,
    caller: Caller,
    ask: Result<Query<FeedAsk>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<FeedPage>, Fault> {
    let Query(ask) = ask.map_err(|_| Code::Malformed)?;
    let limit = ask.limit.unwrap_or(PAGE_USUAL);
    if ask.after < 0 || limit == 0 || limit > FEED_MOST {
        return Err(Code::Malformed.into());
    }
    let mut tx = server.read().await?;
    let mut found = feed::after(&mut tx, caller.person_id, ask.after, limit + 1).await?;
    let fits = fitting(&found).min(limit as usize);
    let more = found.len() > fits;
    found.truncate(fits);
    let last_sequence = Some(feed::last_sequence(&mut tx, caller.person_id).await?);
    drop(tx);
    let changes = found.into_iter().map(public).collect();
    Ok(Json(FeedPage { epoch: server.epoch, changes, more, last_sequence, time_ms: server.now_ms() }))
}

/// How many of the changes go on one page: one at least, or nobody could go on.
fn fitting(changes: &[feed::Change]) -> usize {
    let mut bytes = 0;
    changes
        .iter()
        .take_while(|change| {
            let first = bytes == 0;
            bytes += change.body.len();
            first || bytes <= PAGE_BYTES
        })
        .count()
}

fn public(change: feed::Change) -> Change {
    Change {
        sequence: change.sequence,
        at_ms: change.at_ms,
        previous_hash: hex::encode(change.previous_hash),
        hash: hex::encode(change.hash),
        body: change.body,
    }
}

/// `GET /v1/events`: a poke at once, then one after each commit that made the feed longer, until the token ends or the
/// device is revoked.
pub async fn get_events(
    State(server): State<Server>,
    caller: Caller,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fault> {
    let device_id = caller.device_id;
    let mut ended = server.hub.ended.subscribe();
    // Revoked between the check of the session and the line above, it would never be told.
    if find_device_key(&mut server.read().await?, caller.person_id, device_id).await?.is_none() {
        return Err(Code::DeviceRefused.into());
    }
    let revoked = async move {
        while let Ok(id) = ended.recv().await {
            if id == device_id {
                break;
            }
        }
    };
    let pokes = WatchStream::new(server.hub.listen(caller.person_id));
    let mut stopping = server.stopping.clone();
    let left = Duration::from_millis(u64::try_from(server.config.timings.access_ms).unwrap_or_default());
    let end = async move {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => {}
            () = tokio::time::sleep(left) => {}
            () = revoked => {}
        }
    };
    let events = pokes.map(|_| Ok(Event::default().event("poke").data("{}"))).take_until(Box::pin(end));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("alive")))
}

/// Adds a change to an account's feed and pokes its listeners after the commit.
pub async fn tell(work: &mut Work, account: Uuid, subject: &Subject) -> Result<(), Fault> {
    let body = serde_json::to_string(subject)?;
    feed::append(&mut work.tx, account, &body, work.now_ms).await?;
    work.effects.pokes.insert(account);
    Ok(())
}

/// Most revoked devices a live line may be behind; one that missed some ends, and its app opens another.
const MOST_ENDED: usize = 64;

/// Who listens to which account.
pub struct Hub {
    accounts: Mutex<HashMap<Uuid, watch::Sender<u64>>>,
    ended: broadcast::Sender<Uuid>,
}

impl Default for Hub {
    fn default() -> Self {
        Hub { accounts: Mutex::default(), ended: broadcast::Sender::new(MOST_ENDED) }
    }
}

impl Hub {
    /// A line that changes with every poke of this account.
    pub fn listen(&self, account: Uuid) -> watch::Receiver<u64> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.retain(|_, sender| sender.receiver_count() > 0);
        accounts.entry(account).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// Ends the live lines of these devices.
    pub fn end(&self, devices: &BTreeSet<Uuid>) {
        for device in devices {
            // Nobody may be listening.
            let _ = self.ended.send(*device);
        }
    }

    /// Pokes whoever listens to these accounts.
    pub fn poke(&self, changed: &BTreeSet<Uuid>) {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in changed.iter().filter_map(|account| accounts.get(account)) {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_large_changes_ends_early_but_never_empty() {
        let change = |bytes: usize| feed::Change {
            account: Uuid::nil(),
            sequence: 1,
            at_ms: 0,
            previous_hash: [0; 32],
            hash: [0; 32],
            body: "x".repeat(bytes),
        };
        assert_eq!(fitting(&[]), 0);
        assert_eq!(fitting(&[change(PAGE_BYTES * 2), change(1)]), 1);
        assert_eq!(fitting(&[change(PAGE_BYTES / 2), change(PAGE_BYTES / 2), change(1)]), 2);
        assert_eq!(fitting(&vec![change(1_000); 501]), 501);
    }
}
