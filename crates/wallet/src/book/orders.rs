//! The outbox: orders that are stored before anything leaves, and what became of them.

use ledger::{Row, Tx, args};
use protocol::SignedOrder;
use protocol::body::{Amount, FailureReason, Payment, PaymentState, Person};
use uuid::Uuid;

use super::Book;
use super::actions::next_place;
use super::hold::cancel_unsent;
use super::listed::relist_stage;
use super::people::pin_key;
use super::rows::{from_json, store_step, to_json, word};
use super::schedules::done_with;
use super::stored::{Stored, store_payments, store_people};
use crate::view::{Direction, DuePayment, TimelineBy, TimelineWhat};
use crate::{ErrorCode, WalletError};

/// How much is known of what the server knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutboxState {
    /// Not sent, or surely not arrived.
    Queued,
    /// Leaving now.
    Sending,
    /// The server decided.
    Acked,
    /// May have arrived: only the server can tell.
    Unknown,
}

impl OutboxState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            OutboxState::Queued => "queued",
            OutboxState::Sending => "sending",
            OutboxState::Acked => "acked",
            OutboxState::Unknown => "unknown",
        }
    }

    pub(super) fn parse(word: &str) -> Result<Self, WalletError> {
        let all = [OutboxState::Queued, OutboxState::Sending, OutboxState::Acked, OutboxState::Unknown];
        all.into_iter().find(|state| state.as_str() == word).ok_or(WalletError::DatabaseCorrupt)
    }
}

/// An order that waits.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) payment_id: Uuid,
    /// The payment it gives back, when it is a return.
    pub(crate) returns: Option<Uuid>,
    /// The bytes every attempt carries.
    pub(crate) body: String,
    pub(crate) state: OutboxState,
    /// Tries that may have arrived.
    pub(crate) attempts: i64,
    pub(crate) expires_at_ms: i64,
    pub(crate) next_at_ms: i64,
    pub(crate) not_before_ms: i64,
    /// Where it stands in the one order of everything that leaves.
    pub(crate) place: i64,
}

fn outgoing(row: &Row) -> Result<Outgoing, WalletError> {
    Ok(Outgoing {
        payment_id: row.uuid(0)?,
        body: row.text(1)?,
        state: OutboxState::parse(&row.text(2)?)?,
        attempts: row.i64(3)?,
        expires_at_ms: row.i64(4)?,
        next_at_ms: row.i64(5)?,
        not_before_ms: row.i64(6)?,
        place: row.i64(7)?,
        returns: row.opt_uuid(8)?,
    })
}

/// A payment as it is shown until the server has said a word: on its way, for no request, without a text.
pub(super) fn leaving(id: Uuid, payer: Person, payee: Person, amount: &Amount, confirmed_at_ms: i64) -> Payment {
    Payment {
        id,
        payer: Person { picture: None, ..payer },
        payee: Person { picture: None, ..payee },
        amount: amount.clone(),
        fee: None,
        source_id: None,
        request_id: None,
        returns: None,
        returned: None,
        note: String::new(),
        state: PaymentState::Processing,
        outcome_unknown: false,
        failure: None,
        action_url: None,
        verified_by: None,
        receipt: None,
        created_at_ms: confirmed_at_ms,
        updated_at_ms: confirmed_at_ms,
    }
}

impl Book {
    /// Stores a confirmed order with everything that has to survive, in one commit. Nothing has been sent yet, and
    /// nothing will be before `not_before_ms` of the server's clock. An occurrence of a schedule is done with.
    pub(crate) async fn store_order(
        &self,
        signed: &SignedOrder,
        payer: Person,
        payee: Person,
        not_before_ms: i64,
        due: Option<DuePayment>,
    ) -> Result<(), WalletError> {
        let order = &signed.order;
        let leaving = leaving(order.id, payer, payee, &order.amount, order.confirmed_at_ms);
        let payment = Payment {
            fee: Some(order.fee.clone()),
            source_id: Some(order.source_id),
            request_id: order.request_id,
            note: order.note.clone(),
            ..leaving
        };
        let mut tx = self.begin().await?;
        self.store_outgoing(&mut tx, &payment, to_json(signed)?, order.expires_at_ms, not_before_ms).await?;
        pin_key(&mut tx, &payment.payee).await?;
        if let Some(due) = due {
            done_with(&mut tx, due).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Puts what was signed into the outbox, with its payment, payee and first step.
    pub(super) async fn store_outgoing(
        &self,
        tx: &mut Tx,
        payment: &Payment,
        body: String,
        expires_at_ms: i64,
        not_before_ms: i64,
    ) -> Result<(), WalletError> {
        store_payments(tx, &[Stored { payment, direction: Direction::Out, private_note: "" }]).await?;
        store_people(tx, [&payment.payee]).await?;
        let sql = "INSERT INTO wallet_outbox
            (payment_id, body, state, attempts, next_at_ms, expires_at_ms, not_before_ms, place, returns)
            VALUES ($1, $2, 'queued', 0, $3, $4, $5, $6, $7)";
        let (now_ms, place) = (self.clock.now_ms(), next_place(tx).await?);
        tx.execute(sql, args![payment.id, body, now_ms, expires_at_ms, not_before_ms, place, payment.returns]).await?;
        store_step(tx, payment.id, payment.created_at_ms, TimelineWhat::Confirmed, TimelineBy::You).await
    }

    /// Orders that have to leave or whose outcome has to be asked, in their order.
    pub(crate) async fn open_orders(&self) -> Result<Vec<Outgoing>, WalletError> {
        let sql = "SELECT payment_id, body, state, attempts, expires_at_ms, next_at_ms, not_before_ms, place, returns
            FROM wallet_outbox WHERE state IN ('queued', 'unknown') ORDER BY place, payment_id";
        let mut tx = self.store.read().await?;
        tx.read_rows(sql, args![], outgoing).await
    }

    /// When the next thing that waits is due, by this machine's clock.
    pub(crate) async fn next_due_ms(&self) -> Result<Option<i64>, WalletError> {
        let sql = "SELECT MIN(due) FROM (
            SELECT MAX(next_at_ms, not_before_ms - $1) AS due FROM wallet_outbox WHERE state IN ('queued', 'unknown')
            UNION ALL SELECT next_at_ms FROM wallet_action WHERE state = 'waiting'
            UNION ALL SELECT next_at_ms FROM wallet_ask WHERE state = 'waiting')";
        let ahead_ms = self.now_ms().saturating_sub(self.clock.now_ms());
        let mut tx = self.store.read().await?;
        Ok(tx.row(sql, args![ahead_ms]).await?.map(|row| row.opt_i64(0)).transpose()?.flatten())
    }

    /// Whether something says that it is leaving.
    pub(crate) async fn has_stranded_orders(&self) -> Result<bool, WalletError> {
        let sql = "SELECT 1 FROM wallet_outbox WHERE state = 'sending'
            UNION ALL SELECT 1 FROM wallet_action WHERE state = 'sending' LIMIT 1";
        let mut tx = self.store.read().await?;
        Ok(tx.row(sql, args![]).await?.is_some())
    }

    /// What was leaving when the app ended may have arrived.
    pub(crate) async fn recover_orders(&self) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        tx.execute("UPDATE wallet_outbox SET state = 'unknown', next_at_ms = 0 WHERE state = 'sending'", args![])
            .await?;
        // The server keeps its answer under the id, so these are simply sent again.
        tx.execute("UPDATE wallet_action SET state = 'waiting', next_at_ms = 0 WHERE state = 'sending'", args![])
            .await?;
        Ok(tx.commit().await?)
    }

    /// The line is back: no more waiting.
    pub(crate) async fn hurry_orders(&self) -> Result<(), WalletError> {
        crate::sender::wake_line(self);
        let now = self.clock.now_ms();
        let mut tx = self.begin().await?;
        let sql = "UPDATE wallet_outbox SET next_at_ms = $1 WHERE state IN ('queued', 'unknown') AND next_at_ms > $1";
        tx.execute(sql, args![now]).await?;
        let sql = "UPDATE wallet_action SET next_at_ms = $1 WHERE state = 'waiting' AND next_at_ms > $1";
        tx.execute(sql, args![now]).await?;
        let sql = "UPDATE wallet_ask SET next_at_ms = $1 WHERE state = 'waiting' AND next_at_ms > $1";
        tx.execute(sql, args![now]).await?;
        Ok(tx.commit().await?)
    }

    /// Orders that never left and are over now are canceled here; true when there were any. No server hears of them.
    pub(crate) async fn expire_orders(&self) -> Result<bool, WalletError> {
        let now = self.now_ms();
        let over =
            |order: &Outgoing| order.state == OutboxState::Queued && order.attempts == 0 && order.expires_at_ms <= now;
        let over: Vec<Outgoing> = self.open_orders().await?.into_iter().filter(over).collect();
        for order in &over {
            let mut tx = self.begin().await?;
            cancel_unsent(&mut tx, order.payment_id, now, Some(FailureReason::OrderExpired)).await?;
            tx.commit().await?;
        }
        Ok(!over.is_empty())
    }

    /// Moves an open order to `state`; true when it was still open.
    pub(crate) async fn set_order(
        &self,
        order: &Outgoing,
        state: OutboxState,
        next_at_ms: i64,
    ) -> Result<bool, WalletError> {
        let mut tx = self.begin().await?;
        let sql = "UPDATE wallet_outbox SET state = $2, attempts = $3, next_at_ms = $4
            WHERE payment_id = $1 AND state <> 'acked'";
        let moved = tx.execute(sql, args![order.payment_id, state.as_str(), order.attempts, next_at_ms]).await? == 1;
        if moved && state == OutboxState::Sending && order.attempts == 1 {
            store_step(&mut tx, order.payment_id, self.now_ms(), TimelineWhat::Sent, TimelineBy::You).await?;
        }
        if moved && state == OutboxState::Queued && order.attempts == 0 {
            // Not a byte has left after all.
            let sql = "DELETE FROM wallet_step WHERE payment_id = $1 AND what = $2";
            tx.execute(sql, args![order.payment_id, word(&TimelineWhat::Sent)?]).await?;
        }
        if moved && state == OutboxState::Unknown {
            store_step(&mut tx, order.payment_id, self.now_ms(), TimelineWhat::Asking, TimelineBy::You).await?;
        }
        tx.commit().await?;
        Ok(moved)
    }

    /// The order will never be carried out; the payment says why.
    pub(crate) async fn fail_order(&self, id: Uuid, why: ErrorCode) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        let open = tx
            .execute("UPDATE wallet_outbox SET state = 'acked' WHERE payment_id = $1 AND state <> 'acked'", args![id])
            .await?;
        let row = tx.row("SELECT body FROM wallet_payment WHERE id = $1", args![id]).await?;
        let (1, Some(row)) = (open, row) else { return Ok(()) };
        let mut payment: Payment = from_json(&row.text(0)?)?;
        payment.state = PaymentState::RequiresPaymentMethod;
        payment.failure = (why == ErrorCode::OrderExpired).then_some(FailureReason::OrderExpired);
        payment.updated_at_ms = self.now_ms();
        let sql = "UPDATE wallet_payment SET body = $2, state = $3, refused = $4 WHERE id = $1";
        tx.execute(sql, args![id, to_json(&payment)?, payment.state.as_str(), word(&why)?]).await?;
        relist_stage(&mut tx, &payment).await?;
        store_step(&mut tx, id, payment.updated_at_ms, TimelineWhat::Failed, TimelineBy::Server).await?;
        Ok(tx.commit().await?)
    }

    /// True while the outcome of a payment is being asked for, here or by the server.
    pub(crate) async fn is_asking(&self) -> Result<bool, WalletError> {
        let mut tx = self.store.read().await?;
        if tx.row("SELECT 1 FROM wallet_outbox WHERE state = 'unknown' LIMIT 1", args![]).await?.is_some() {
            return Ok(true);
        }
        let sql = "SELECT body FROM wallet_payment WHERE state = 'processing' ORDER BY created_at_ms DESC LIMIT 50";
        for row in tx.rows(sql, args![]).await? {
            if from_json::<Payment>(&row.text(0)?)?.outcome_unknown {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
