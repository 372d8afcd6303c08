use crate::book::{booked, entry_text};
use crate::feed::Change;
use crate::{LedgerError, Tx, args};
use uuid::Uuid;

/// The entries of an account after `sequence` (0 for all), oldest first, at most `limit`, as links whose text is what
/// the hash covers: [`Change::follows`] holds for each.
pub async fn entries_after(tx: &mut Tx, account: Uuid, sequence: i64, limit: u32) -> Result<Vec<Change>, LedgerError> {
    let sql = "SELECT t.id, t.payment_id, t.debit, t.credit, t.amount_minor, t.currency, t.order_digest, t.state,
            t.reverses, t.created_at_ms, e.sequence, e.side, e.phase, e.at_ms, e.previous_hash, e.hash
        FROM ledger_entry e JOIN ledger_transfer t ON t.id = e.transfer_id
        WHERE e.account_id = $1 AND e.sequence > $2 ORDER BY e.sequence LIMIT $3";
    let rows = tx.rows(sql, args![account, sequence, limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(Change {
                account,
                sequence: row.i64(10)?,
                at_ms: row.i64(13)?,
                previous_hash: row.bytes(14)?,
                hash: row.bytes(15)?,
                body: entry_text(&booked(row)?, &row.text(11)?, &row.text(12)?),
            })
        })
        .collect()
}
