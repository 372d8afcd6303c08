//! Requests that splits, collections and the calendar ask for: stored with their ids before anything is sent, in one
//! order with all that leaves, and sent under those ids alone. Until the server has one, no request is shown for it.

use ledger::{Row, Tx, args};
use protocol::Code;
use protocol::body::{NewRequest, Request, Subject};
use uuid::Uuid;

use super::Book;
use super::actions::{next_place, person_called};
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
    /// Where it stands in the one order of everything that leaves.
    pub(crate) place: i64,
    /// Tries that may have arrived.
    pub(crate) attempts: i64,
    pub(crate) next_at_ms: i64,
}

/// Stores what has to leave, once: the same id again is the one that is stored already.
pub(super) async fn store_asks(tx: &mut Tx, asks: &[NewAsk]) -> Result<(), WalletError> {
    for ask in asks {
        let sql = "INSERT INTO wallet_ask (request_id, place, group_id, schedule_id, body, state, attempts, next_at_ms)
            VALUES ($1, $2, $3, $4, $5, 'waiting', 0, 0) ON CONFLICT DO NOTHING";
        let request = &ask.request;
        let group_id = request.group.as_ref().map(|group| group.id);
        let place = next_place(tx).await?;
        tx.execute(sql, args![request.id, place, group_id, ask.schedule_id, to_json(request)?]).await?;
        if let Some((place, name)) = &ask.part {
            let sql = "INSERT INTO wallet_part (request_id, place, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            let place = i64::try_from(*place).unwrap_or(i64::MAX);
            tx.execute(sql, args![request.id, place, name]).await?;
        }
    }
    Ok(())
}

const WAITING: &str = "SELECT body, place, attempts, next_at_ms FROM wallet_ask WHERE state = 'waiting' ORDER BY place";

async fn waiting(tx: &mut Tx) -> Result<Vec<Ask>, WalletError> {
    let read = |row: &Row| {
        let request = from_json(&row.text(0)?)?;
        Ok(Ask { request, place: row.i64(1)?, attempts: row.i64(2)?, next_at_ms: row.i64(3)? })
    };
    tx.read_rows(WAITING, args![], read).await
}

/// What waits to leave and where it stands, as the list of everything that waits shows it. What was refused is told
/// where it was asked.
pub(super) async fn waiting_asks(tx: &mut Tx, now_ms: i64) -> Result<Vec<(i64, PendingRow)>, WalletError> {
    let mut rows = Vec::new();
    for Ask { request, place, attempts, .. } in waiting(tx).await? {
        let who = match &request.payer_handle {
            Some(handle) => Some(person_called(tx, handle).await?),
            None => None,
        };
        let row = PendingRow {
            id: request.id,
            kind: PendingKind::NewRequest,
            state: PendingState::Waiting,
            request_id: Some(request.id),
            who,
            amount: request.amount,
            note: request.note,
            created_at_ms: made_at_ms(request.id).unwrap_or(now_ms),
            expires_at_ms: request.expires_at_ms,
            can_take_back: attempts == 0,
            refused: None,
        };
        rows.push((place, row));
    }
    Ok(rows)
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
        self.wake_sender.notify_one();
        Ok(())
    }

    /// Everything that has to leave, in its order.
    pub(crate) async fn open_asks(&self) -> Result<Vec<Ask>, WalletError> {
        waiting(&mut self.store.read().await?).await
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

    /// So many tries may have arrived, and the next is then; true when it still waits.
    pub(crate) async fn set_ask(&self, id: Uuid, attempts: i64, next_at_ms: i64) -> Result<bool, WalletError> {
        let mut tx = self.begin().await?;
        let sql = "UPDATE wallet_ask SET attempts = $2, next_at_ms = $3 WHERE request_id = $1 AND state = 'waiting'";
        let waits = tx.execute(sql, args![id, attempts, next_at_ms]).await? == 1;
        tx.commit().await?;
        Ok(waits)
    }
}
