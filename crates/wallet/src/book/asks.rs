//! Requests that wait to leave: stored with their ids before anything is sent, and sent under those ids alone.

use ledger::{Tx, args};
use protocol::Code;
use protocol::body::{NewRequest, Request, Subject};
use uuid::Uuid;

use super::Book;
use super::actions::person_called;
use super::apply::News;
use super::groups::made_at_ms;
use super::rows::{from_json, to_json, word};
use crate::view::{PendingKind, PendingRow, PendingState};
use crate::{ErrorCode, WalletError};

/// A request to be stored and sent.
pub(crate) struct NewAsk {
    pub(crate) request: NewRequest,
    /// The name of somebody without an account, and their place among the others.
    pub(crate) part: Option<(usize, String)>,
    pub(crate) schedule_id: Option<Uuid>,
}

/// A request that waits.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) request: NewRequest,
    pub(crate) attempts: i64,
}

/// Stores what has to leave, once: the same id again is the one that is stored already.
pub(super) async fn store_asks(tx: &mut Tx, asks: &[NewAsk]) -> Result<(), WalletError> {
    for ask in asks {
        let sql = "INSERT INTO wallet_ask (request_id, group_id, schedule_id, body, state, attempts, next_at_ms)
            VALUES ($1, $2, $3, $4, 'waiting', 0, 0) ON CONFLICT DO NOTHING";
        let request = &ask.request;
        let group_id = request.group.as_ref().map(|group| group.id);
        tx.execute(sql, args![request.id, group_id, ask.schedule_id, to_json(request)?]).await?;
        if let Some((place, name)) = &ask.part {
            let sql = "INSERT INTO wallet_part (request_id, place, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            let place = i64::try_from(*place).unwrap_or(i64::MAX);
            tx.execute(sql, args![request.id, place, name]).await?;
        }
    }
    Ok(())
}

/// What waits to leave, as the list of everything that waits shows it. What was refused is told where it was asked.
pub(super) async fn waiting_asks(tx: &mut Tx, now_ms: i64) -> Result<Vec<PendingRow>, WalletError> {
    let mut waiting = Vec::new();
    for row in tx.rows("SELECT body, attempts FROM wallet_ask WHERE state = 'waiting' ORDER BY rowid", args![]).await? {
        let request: NewRequest = from_json(&row.text(0)?)?;
        let who = match &request.payer_handle {
            Some(handle) => Some(person_called(tx, handle).await?),
            None => None,
        };
        waiting.push(PendingRow {
            id: request.id,
            kind: PendingKind::NewRequest,
            state: PendingState::Waiting,
            request_id: Some(request.id),
            who,
            amount: request.amount,
            note: request.note,
            created_at_ms: made_at_ms(request.id).unwrap_or(now_ms),
            expires_at_ms: request.expires_at_ms,
            can_take_back: row.i64(1)? == 0,
            refused: None,
        });
    }
    Ok(waiting)
}

impl Book {
    /// Takes one away that was never tried.
    pub(crate) async fn drop_ask(&self, id: Uuid) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        let sql = "DELETE FROM wallet_ask WHERE request_id = $1 AND state = 'waiting' AND attempts = 0";
        if tx.execute(sql, args![id]).await? == 0 {
            return Err(WalletError::Invalid(Code::WrongState));
        }
        tx.execute("DELETE FROM wallet_part WHERE request_id = $1", args![id]).await?;
        Ok(tx.commit().await?)
    }

    /// Stores all of them in one commit and lets them leave.
    pub(crate) async fn ask_for(&self, asks: &[NewAsk]) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        store_asks(&mut tx, asks).await?;
        tx.commit().await?;
        self.changed();
        self.wake_asker.notify_one();
        Ok(())
    }

    /// What may leave now by this machine's clock, in the order it was stored.
    pub(crate) async fn due_asks(&self) -> Result<Vec<Ask>, WalletError> {
        let sql = "SELECT body, attempts FROM wallet_ask WHERE state = 'waiting' AND next_at_ms <= $1
            ORDER BY rowid LIMIT 50";
        let mut tx = self.store.read().await?;
        let rows = tx.rows(sql, args![self.clock.now_ms()]).await?;
        rows.iter().map(|row| Ok(Ask { request: from_json(&row.text(0)?)?, attempts: row.i64(1)? })).collect()
    }

    /// When the next one may leave.
    pub(crate) async fn next_ask_ms(&self) -> Result<Option<i64>, WalletError> {
        let sql = "SELECT MIN(next_at_ms) FROM wallet_ask WHERE state = 'waiting'";
        let mut tx = self.store.read().await?;
        Ok(tx.row(sql, args![]).await?.map(|row| row.opt_i64(0)).transpose()?.flatten())
    }

    /// The line is back: nothing waits for its next try any more.
    pub(crate) async fn hurry_asks(&self) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        tx.execute("UPDATE wallet_ask SET next_at_ms = 0 WHERE state = 'waiting'", args![]).await?;
        Ok(tx.commit().await?)
    }

    /// The server has it: its word and the end of the waiting are one commit.
    pub(crate) async fn ask_arrived(&self, request: &Request) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        self.apply(&mut tx, vec![Subject::Request(request.clone())], &mut News::default()).await?;
        tx.execute("UPDATE wallet_ask SET state = 'sent', refused = NULL WHERE request_id = $1", args![request.id])
            .await?;
        Ok(tx.commit().await?)
    }

    /// The server never will.
    pub(crate) async fn ask_refused(&self, id: Uuid, why: ErrorCode) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        tx.execute(
            "UPDATE wallet_ask SET state = 'refused', refused = $2 WHERE request_id = $1",
            args![id, word(&why)?],
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// The next try is then.
    pub(crate) async fn ask_later(&self, id: Uuid, attempts: i64, next_at_ms: i64) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        let sql = "UPDATE wallet_ask SET attempts = $2, next_at_ms = $3 WHERE request_id = $1 AND state = 'waiting'";
        tx.execute(sql, args![id, attempts, next_at_ms]).await?;
        Ok(tx.commit().await?)
    }
}
