//! Everything decided on this device that the server does not know yet.

use ledger::{Row, Tx, args};
use protocol::Problem;
use protocol::body::{Payment, Request};

use super::asks::waiting_asks;
use super::rows::{from_json, from_word};
use super::{Book, OutboxState};
use crate::WalletError;
use crate::view::{PendingKind, PendingRow, PendingState};

impl Book {
    /// All of it, in the order it was decided.
    pub(crate) async fn pending(&self) -> Result<Vec<PendingRow>, WalletError> {
        let (me, now_ms) = (self.account()?.person_id, self.now_ms());
        let mut tx = self.store.read().await?;
        let mut all = payments(&mut tx, now_ms).await?;
        let sql = "SELECT a.place, a.id, a.kind, a.state, a.attempts, a.created_at_ms, a.refused, r.body
            FROM wallet_action a JOIN wallet_request r ON r.id = a.request_id
            WHERE a.state IN ('waiting', 'sending', 'refused') ORDER BY a.place";
        for row in tx.rows(sql, args![]).await? {
            let request: Request = from_json(&row.text(7)?)?;
            let mine = request.requester.id == me;
            let who = if mine { request.payer.clone() } else { Some(request.requester.clone()) };
            all.push((row.i64(0)?, PendingRow { who, ..action(&row, request)? }));
        }
        all.extend(waiting_asks(&mut tx, now_ms).await?);
        all.sort_by_key(|(place, _)| *place);
        Ok(all.into_iter().map(|(_, row)| row).collect())
    }
}

async fn payments(tx: &mut Tx, now_ms: i64) -> Result<Vec<(i64, PendingRow)>, WalletError> {
    let sql = "SELECT o.place, o.state, o.attempts, o.expires_at_ms, o.not_before_ms, p.body
        FROM wallet_outbox o JOIN wallet_payment p ON p.id = o.payment_id
        WHERE o.state <> 'acked' ORDER BY o.place, o.payment_id";
    let rows = tx.rows(sql, args![]).await?;
    rows.iter()
        .map(|row| {
            let payment: Payment = from_json(&row.text(5)?)?;
            let can_take_back = row.text(1)? == OutboxState::Queued.as_str() && row.i64(2)? == 0;
            let state = match OutboxState::parse(&row.text(1)?)? {
                OutboxState::Queued if can_take_back && row.i64(4)? > now_ms => PendingState::Held,
                OutboxState::Queued => PendingState::Waiting,
                OutboxState::Sending => PendingState::Sending,
                OutboxState::Unknown | OutboxState::Acked => PendingState::Unknown,
            };
            let pending = PendingRow {
                id: payment.id,
                kind: PendingKind::Payment,
                state,
                request_id: payment.request_id,
                who: Some(payment.payee),
                amount: Some(payment.amount),
                note: payment.note,
                created_at_ms: payment.created_at_ms,
                expires_at_ms: Some(row.i64(3)?),
                can_take_back,
                refused: None,
            };
            Ok((row.i64(0)?, pending))
        })
        .collect()
}

fn action(row: &Row, request: Request) -> Result<PendingRow, WalletError> {
    let kind: PendingKind = from_word(&row.text(2)?)?;
    let state = match row.text(3)?.as_str() {
        "waiting" => PendingState::Waiting,
        "sending" => PendingState::Sending,
        _ => PendingState::Refused,
    };
    let refused: Option<Problem> = row.opt_text(6)?.map(|problem| from_json(&problem)).transpose()?;
    Ok(PendingRow {
        id: row.uuid(1)?,
        kind,
        state,
        request_id: Some(request.id),
        who: None,
        amount: request.amount,
        note: request.note,
        created_at_ms: row.i64(5)?,
        expires_at_ms: request.expires_at_ms.filter(|_| kind == PendingKind::NewRequest),
        can_take_back: state == PendingState::Refused || (state == PendingState::Waiting && row.i64(4)? == 0),
        refused: refused.map(|problem| problem.code.into()),
    })
}
