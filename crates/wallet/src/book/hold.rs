//! Confirmed payments that still wait here, and taking them back.

use ledger::{Tx, args};
use protocol::Code;
use protocol::body::{FailureReason, Payment, PaymentState};
use uuid::Uuid;

use super::Book;
use super::listed::relist_stage;
use super::rows::{from_json, store_step, to_json};
use crate::WalletError;
use crate::view::{TimelineBy, TimelineWhat};

impl Book {
    /// Takes a payment back that has never left this device. It is canceled here, and no server hears of it.
    pub(crate) async fn undo_order(&self, id: Uuid) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        if !cancel_unsent(&mut tx, id, self.now_ms(), None).await? {
            return Err(WalletError::Invalid(Code::WrongState));
        }
        Ok(tx.commit().await?)
    }
}

/// Cancels a payment that has never left; true when it had not.
pub(super) async fn cancel_unsent(
    tx: &mut Tx,
    id: Uuid,
    now_ms: i64,
    why: Option<FailureReason>,
) -> Result<bool, WalletError> {
    // The sender takes an order out of `queued` before its first byte leaves; one of the two comes first.
    let sql = "UPDATE wallet_outbox SET state = 'acked' WHERE payment_id = $1 AND state = 'queued' AND attempts = 0";
    let taken = tx.execute(sql, args![id]).await? == 1;
    let row = tx.row("SELECT body FROM wallet_payment WHERE id = $1", args![id]).await?;
    let (true, Some(row)) = (taken, row) else { return Ok(false) };
    let mut payment: Payment = from_json(&row.text(0)?)?;
    payment.state = PaymentState::Canceled;
    payment.failure = why;
    payment.updated_at_ms = now_ms;
    let sql = "UPDATE wallet_payment SET body = $2, state = $3 WHERE id = $1";
    tx.execute(sql, args![id, to_json(&payment)?, payment.state.as_str()]).await?;
    relist_stage(tx, &payment).await?;
    let (what, by) = match why {
        None => (TimelineWhat::Canceled, TimelineBy::You),
        Some(_) => (TimelineWhat::Expired, TimelineBy::You),
    };
    store_step(tx, id, now_ms, what, by).await?;
    Ok(true)
}

/// When a payment that still can be undone leaves, by the server's clock.
pub(super) async fn held_until(tx: &mut Tx, id: Uuid) -> Result<Option<i64>, WalletError> {
    let sql = "SELECT not_before_ms FROM wallet_outbox
        WHERE payment_id = $1 AND state = 'queued' AND attempts = 0 AND not_before_ms > 0";
    Ok(tx.row(sql, args![id]).await?.map(|row| row.i64(0)).transpose()?)
}
