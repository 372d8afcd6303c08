//! Per account, an ordered list of changes that only grows: gapless sequence, hash chain. Devices pull it.

use crate::chain::{self, GENESIS};
use crate::{LedgerError, Row, Set, Tx, args};
use std::collections::BTreeMap;
use uuid::Uuid;

/// One change of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Whose feed.
    pub account: Uuid,
    /// 1, 2, 3, … without gaps.
    pub sequence: i64,
    /// Server time of the change, Unix milliseconds.
    pub at_ms: i64,
    /// [`Change::hash`] of the change before; [`GENESIS`] for the first.
    pub previous_hash: [u8; 32],
    /// [`chain::hash`] over all the other fields.
    pub hash: [u8; 32],
    /// What happened, as the caller wrote it.
    pub body: String,
}

impl Change {
    /// The change follows the one with `previous_hash`, and its own hash is right.
    pub fn follows(&self, previous_hash: &[u8; 32], previous_sequence: i64) -> bool {
        self.sequence == previous_sequence + 1
            && self.previous_hash == *previous_hash
            && self.hash == chain::hash(&self.previous_hash, self.account, self.sequence, self.at_ms, &self.body)
    }
}

/// Adds one change to an account's feed. For many at once: [`append_all`].
pub async fn append(tx: &mut Tx, account: Uuid, body: &str, now_ms: i64) -> Result<Change, LedgerError> {
    let mut added = append_all(tx, &[(account, body)], now_ms).await?;
    added.pop().ok_or(LedgerError::Conflict)
}

/// Adds changes, each to its account's feed, in the order given; a handful of statements however many there are.
/// Feeds are locked in id order, so two writers cannot wait for each other within one call.
pub async fn append_all(tx: &mut Tx, bodies: &[(Uuid, &str)], now_ms: i64) -> Result<Vec<Change>, LedgerError> {
    let mut heads = lock_heads(tx, bodies).await?;
    let mut changes = Vec::with_capacity(bodies.len());
    for (account, body) in bodies {
        let (sequence, previous_hash) = heads.get(account).copied().ok_or(LedgerError::Conflict)?;
        let sequence = sequence + 1;
        let hash = chain::hash(&previous_hash, *account, sequence, now_ms, body);
        heads.insert(*account, (sequence, hash));
        let body = (*body).to_owned();
        changes.push(Change { account: *account, sequence, at_ms: now_ms, previous_hash, hash, body });
    }
    let rows = Set::of_ids(changes.iter().map(|change| &change.account))
        .ints(changes.iter().map(|change| change.sequence))
        .ints(changes.iter().map(|change| change.at_ms))
        .blobs(changes.iter().map(|change| change.previous_hash))
        .blobs(changes.iter().map(|change| change.hash))
        .texts(changes.iter().map(|change| change.body.as_str()));
    let head = "INSERT INTO ledger_feed (account_id, sequence, at_ms, previous_hash, hash, body)";
    tx.insert_set(head, rows, "").await?;
    let rows = Set::of_ids(heads.keys())
        .ints(heads.values().map(|(sequence, _)| *sequence))
        .blobs(heads.values().map(|(_, hash)| *hash));
    tx.execute_set(
        "UPDATE ledger_feed_head SET last_sequence = s.c2, last_hash = s.c3 FROM {SET}
            WHERE ledger_feed_head.account_id = s.c1",
        rows,
    )
    .await?;
    Ok(changes)
}

type Heads = BTreeMap<Uuid, (i64, [u8; 32])>;

async fn lock_heads(tx: &mut Tx, bodies: &[(Uuid, &str)]) -> Result<Heads, LedgerError> {
    let genesis: Heads = bodies.iter().map(|(account, _)| (*account, (0, GENESIS))).collect();
    let rows = Set::of_ids(genesis.keys()).blobs(genesis.values().map(|(_, hash)| *hash));
    tx.execute_set(
        "INSERT INTO ledger_feed_head (account_id, last_sequence, last_hash) SELECT c1, 0, c2 FROM {SET}
            WHERE true ORDER BY c1 ON CONFLICT DO NOTHING",
        rows,
    )
    .await?;
    let sql = "SELECT account_id, last_sequence, last_hash FROM ledger_feed_head
        WHERE account_id IN (SELECT c1 FROM {SET}) ORDER BY account_id {FOR UPDATE}";
    let rows = tx.rows_set(sql, Set::of_ids(genesis.keys())).await?;
    rows.iter().map(|row| Ok((row.uuid(0)?, (row.i64(1)?, row.bytes(2)?)))).collect()
}

/// The changes after `sequence` (0 for all), oldest first, at most `limit`.
pub async fn after(tx: &mut Tx, account: Uuid, sequence: i64, limit: u32) -> Result<Vec<Change>, LedgerError> {
    let sql = "SELECT account_id, sequence, at_ms, previous_hash, hash, body FROM ledger_feed
        WHERE account_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
    tx.rows(sql, args![account, sequence, limit]).await?.iter().map(change).collect()
}

/// The last sequence of an account's feed; 0 when it has none.
pub async fn last_sequence(tx: &mut Tx, account: Uuid) -> Result<i64, LedgerError> {
    let sql = "SELECT last_sequence FROM ledger_feed_head WHERE account_id = $1";
    tx.row(sql, args![account]).await?.map_or(Ok(0), |row| row.i64(0))
}

/// Erases the feed of an account as a whole: its owner has left, and what stood in it was theirs. The book is untouched.
/// Whatever is added to that feed later begins a new one, and can be erased again.
pub async fn erase(tx: &mut Tx, account: Uuid, now_ms: i64) -> Result<(), LedgerError> {
    let mark = "INSERT INTO ledger_feed_erased (account_id, at_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.execute(mark, args![account, now_ms]).await?;
    tx.execute("DELETE FROM ledger_feed WHERE account_id = $1", args![account]).await?;
    tx.execute("DELETE FROM ledger_feed_head WHERE account_id = $1", args![account]).await.map(drop)
}

/// The id of this run of history. It changes when a backup is restored ([`restart`]), so that replicas notice.
pub async fn epoch(tx: &mut Tx) -> Result<Uuid, LedgerError> {
    tx.row("SELECT epoch FROM ledger_epoch", args![]).await?.ok_or(LedgerError::Corrupt)?.uuid(0)
}

/// Begins a new epoch: say it after restoring a backup, whose feeds are shorter than what replicas may have seen.
pub async fn restart(tx: &mut Tx, epoch: Uuid) -> Result<(), LedgerError> {
    tx.execute("UPDATE ledger_epoch SET epoch = $1", args![epoch]).await.map(drop)
}

fn change(row: &Row) -> Result<Change, LedgerError> {
    Ok(Change {
        account: row.uuid(0)?,
        sequence: row.i64(1)?,
        at_ms: row.i64(2)?,
        previous_hash: row.bytes(3)?,
        hash: row.bytes(4)?,
        body: row.text(5)?,
    })
}
