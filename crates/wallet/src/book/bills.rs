//! Rows of bills: notes of their own, away from the ledger.

use ledger::{Row, Tx, args};
use protocol::Code;
use uuid::Uuid;

use super::Book;
use super::rows::{from_word, word};
use crate::WalletError;
use crate::app::StoredBill;
use crate::view::BillState;

/// Longest note, in bytes.
const NOTE: usize = 4_000;
/// More bills than anybody pays.
const MOST: i64 = 1_000;
const ALL: &str = "SELECT id, payload, state, note, created_at_ms, marked_at_ms FROM wallet_bill
    ORDER BY CASE WHEN state = $1 THEN 0 ELSE 1 END, CASE WHEN due IS NULL THEN 1 ELSE 0 END, due, created_at_ms DESC, id
    LIMIT $2";
const SAME: &str = "SELECT id, payload, state, note, created_at_ms, marked_at_ms FROM wallet_bill WHERE payload = $1";

impl Book {
    /// To pay first, by due day where the code names one; then the newest.
    pub(crate) async fn bills(&self) -> Result<Vec<StoredBill>, WalletError> {
        let mut tx = self.store.read().await?;
        let rows = tx.rows(ALL, args![word(&BillState::ToPay)?, MOST]).await?;
        rows.iter().map(stored).collect()
    }

    /// Keeps a bill; one with the same payload is given back as it is.
    pub(crate) async fn keep_bill(&self, bill: StoredBill, due: Option<String>) -> Result<StoredBill, WalletError> {
        if bill.note.len() > NOTE {
            return Err(WalletError::Invalid(Code::TooLarge));
        }
        let mut tx = self.begin().await?;
        if let Some(row) = tx.row(SAME, args![bill.payload.clone()]).await? {
            return stored(&row);
        }
        let sql = "INSERT INTO wallet_bill (id, payload, state, due, note, created_at_ms, marked_at_ms)
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let StoredBill { id, payload, state, note, created_at_ms, marked_at_ms } = bill.clone();
        tx.execute(sql, args![id, payload, word(&state)?, due, note, created_at_ms, marked_at_ms]).await?;
        tx.commit().await?;
        self.changed();
        Ok(bill)
    }

    pub(crate) async fn mark_bill(&self, id: Uuid, paid: bool) -> Result<(), WalletError> {
        let (state, at) = if paid { (BillState::MarkedPaid, Some(self.now_ms())) } else { (BillState::ToPay, None) };
        let mut tx = self.begin().await?;
        let sql = "UPDATE wallet_bill SET state = $2, marked_at_ms = $3 WHERE id = $1";
        let touched = tx.execute(sql, args![id, word(&state)?, at]).await?;
        self.done(tx, touched).await
    }

    pub(crate) async fn set_bill_note(&self, id: Uuid, note: &str) -> Result<(), WalletError> {
        if note.len() > NOTE {
            return Err(WalletError::Invalid(Code::TooLarge));
        }
        let mut tx = self.begin().await?;
        let touched = tx.execute("UPDATE wallet_bill SET note = $2 WHERE id = $1", args![id, note.trim()]).await?;
        self.done(tx, touched).await
    }

    pub(crate) async fn remove_bill(&self, id: Uuid) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        let touched = tx.execute("DELETE FROM wallet_bill WHERE id = $1", args![id]).await?;
        self.done(tx, touched).await
    }

    async fn done(&self, tx: Tx, touched: u64) -> Result<(), WalletError> {
        if touched == 0 {
            return Err(WalletError::Invalid(Code::NotFound));
        }
        tx.commit().await?;
        self.changed();
        Ok(())
    }
}

fn stored(row: &Row) -> Result<StoredBill, WalletError> {
    Ok(StoredBill {
        id: row.uuid(0)?,
        payload: row.text(1)?,
        state: from_word(&row.text(2)?)?,
        note: row.text(3)?,
        created_at_ms: row.i64(4)?,
        marked_at_ms: row.opt_i64(5)?,
    })
}
