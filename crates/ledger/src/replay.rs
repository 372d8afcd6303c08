//! Idempotency: the answer to a key is written in the same commit as the money, and kept as long as the book.

use crate::{LedgerError, Tx, args};
use uuid::Uuid;

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recall {
    /// Never seen: do the work, then [`remember`].
    New,
    /// Seen with this very body: give the same answer again.
    Same {
        /// The status given then.
        status: u16,
        /// The body given then.
        reply: String,
    },
    /// Seen with another body: refuse.
    Other,
}

/// Looks up `key` of `owner` (the account or device it belongs to).
pub async fn recall(tx: &mut Tx, owner: Uuid, key: &str, body_hash: &[u8; 32]) -> Result<Recall, LedgerError> {
    let sql = "SELECT body_hash, status, reply FROM ledger_replay WHERE owner = $1 AND key = $2";
    let Some(row) = tx.row(sql, args![owner, key]).await? else { return Ok(Recall::New) };
    if row.bytes::<32>(0)? != *body_hash {
        return Ok(Recall::Other);
    }
    let status = u16::try_from(row.i64(1)?).map_err(|_| LedgerError::Column(1))?;
    Ok(Recall::Same { status, reply: row.text(2)? })
}

/// Stores the answer. [`LedgerError::Conflict`] when another writer answered this key first: roll back and recall.
pub async fn remember(
    tx: &mut Tx,
    owner: Uuid,
    key: &str,
    body_hash: &[u8; 32],
    status: u16,
    reply: &str,
    now_ms: i64,
) -> Result<(), LedgerError> {
    let sql = "INSERT INTO ledger_replay (owner, key, body_hash, status, reply, at_ms)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    match tx.execute(sql, args![owner, key, body_hash, status, reply, now_ms]).await? {
        1 => Ok(()),
        _ => Err(LedgerError::Conflict),
    }
}

/// Erases every answer to `owner`: they have left, and nothing of theirs is asked again.
pub async fn forget(tx: &mut Tx, owner: Uuid) -> Result<(), LedgerError> {
    tx.execute("DELETE FROM ledger_replay WHERE owner = $1", args![owner]).await.map(drop)
}
