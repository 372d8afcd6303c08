//! What of a book goes into an archive, a page at a time.

use ledger::{Row, Tx, args};
use uuid::Uuid;

use super::rows::{from_json, from_word, steps};
use super::{Book, Cursor, fact};
use crate::WalletError;
use crate::archive::{BillLine, PaymentLine, PersonLine, RequestLine};

impl Book {
    /// How far the feed was read.
    pub(crate) async fn cursor(&self) -> Result<Cursor, WalletError> {
        Ok(self.fact(fact::CURSOR).await?.unwrap_or_default())
    }
}

/// Payments of the book.
pub(crate) async fn count(tx: &mut Tx) -> Result<u32, WalletError> {
    let row = tx.row("SELECT COUNT(*) FROM wallet_payment", args![]).await?;
    Ok(u32::try_from(row.map_or(Ok(0), |row| row.i64(0))?).unwrap_or(u32::MAX))
}

/// Payments after a place in time, oldest first.
pub(crate) async fn payments(tx: &mut Tx, after: (i64, Uuid), limit: u32) -> Result<Vec<PaymentLine>, WalletError> {
    let sql = "SELECT p.id, p.body, p.direction, p.refused, p.private_note, o.body FROM wallet_payment p
        LEFT JOIN wallet_outbox o ON o.payment_id = p.id
        WHERE (p.created_at_ms, p.id) > ($1, $2) ORDER BY p.created_at_ms, p.id LIMIT $3";
    let mut page = Vec::new();
    for row in tx.rows(sql, args![after.0, after.1, limit]).await? {
        page.push(PaymentLine {
            payment: from_json(&row.text(1)?)?,
            direction: from_word(&row.text(2)?)?,
            refused: row.opt_text(3)?.map(|word| from_word(&word)).transpose()?,
            note: row.text(4)?,
            order: row.opt_text(5)?.map(|body| from_json(&body)).transpose()?,
            steps: steps(tx, row.uuid(0)?).await?,
        });
    }
    Ok(page)
}

/// People after an id.
pub(crate) async fn people(tx: &mut Tx, after: Uuid, limit: u32) -> Result<Vec<PersonLine>, WalletError> {
    let sql = "SELECT body, paid_key, checked_key FROM wallet_person WHERE id > $1 ORDER BY id LIMIT $2";
    let one = |row: &Row| {
        Ok(PersonLine { person: from_json(&row.text(0)?)?, paid_key: row.opt_text(1)?, checked_key: row.opt_text(2)? })
    };
    tx.read_rows(sql, args![after, limit], one).await
}

/// Requests after an id.
pub(crate) async fn requests(tx: &mut Tx, after: Uuid, limit: u32) -> Result<Vec<RequestLine>, WalletError> {
    let sql = "SELECT body, mine FROM wallet_request WHERE id > $1 ORDER BY id LIMIT $2";
    let one = |row: &Row| Ok(RequestLine { request: from_json(&row.text(0)?)?, mine: row.i64(1)? != 0 });
    tx.read_rows(sql, args![after, limit], one).await
}

/// Every bill.
pub(crate) async fn bills(tx: &mut Tx) -> Result<Vec<BillLine>, WalletError> {
    let sql = "SELECT id, payload, state, due, note, created_at_ms, marked_at_ms FROM wallet_bill ORDER BY id";
    let one = |row: &Row| {
        Ok(BillLine {
            id: row.uuid(0)?,
            text: row.text(1)?,
            state: from_word(&row.text(2)?)?,
            due: row.opt_text(3)?,
            note: row.text(4)?,
            created_at_ms: row.i64(5)?,
            marked_at_ms: row.opt_i64(6)?,
        })
    };
    tx.read_rows(sql, args![], one).await
}
