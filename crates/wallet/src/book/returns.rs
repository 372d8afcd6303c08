//! Giving back: what can be, what was, and whether money came that nobody here asked for.

use ledger::{Tx, args};
use pay::Money;
use protocol::SignedReturn;
use protocol::body::{Payment, PaymentState, Person};
use uuid::Uuid;

use super::Book;
use super::orders::leaving;
use super::rows::{activity_row, from_json, to_json};
use crate::WalletError;
use crate::view::{ActivityRow, Direction, Returns};

impl Book {
    /// Stores a confirmed return as an order is stored: nothing has been sent yet.
    pub(crate) async fn store_return(
        &self,
        signed: &SignedReturn,
        me: Person,
        to: Person,
        not_before_ms: i64,
    ) -> Result<(), WalletError> {
        let order = &signed.order;
        let leaving = leaving(order.id, me, to, &order.amount, order.confirmed_at_ms);
        let payment = Payment { returns: Some(order.payment_id), ..leaving };
        let mut tx = self.begin().await?;
        self.store_outgoing(&mut tx, &payment, to_json(signed)?, order.expires_at_ms, not_before_ms).await?;
        Ok(tx.commit().await?)
    }

    /// What is left of a payment to give back, as the server says in `payment` and as what waits here allows.
    pub(crate) async fn left_to_return(&self, payment: &Payment) -> Result<Money, WalletError> {
        let mut tx = self.store.read().await?;
        let made = returns_of(&mut tx, payment.id).await?;
        left(payment, &made)
    }
}

/// Everything about giving one payment back.
pub(super) async fn returns(tx: &mut Tx, row: &ActivityRow) -> Result<Returns, WalletError> {
    let made = returns_of(tx, row.payment.id).await?;
    let mine = row.direction == Direction::In && row.payment.state == PaymentState::Succeeded;
    let left = match mine && row.payment.returns.is_none() {
        true => Some(left(&row.payment, &made)?).filter(|left| !left.is_zero()),
        false => None,
    };
    let unexpected = left.is_some() && row.payment.request_id.is_none() && !is_known(tx, &row.payment.payer).await?;
    Ok(Returns { left: left.map(Into::into), unexpected, made })
}

/// The returns of a payment, oldest first.
async fn returns_of(tx: &mut Tx, id: Uuid) -> Result<Vec<ActivityRow>, WalletError> {
    let sql = "SELECT p.body, p.direction, p.refused, p.private_note, o.state FROM wallet_payment p
        LEFT JOIN wallet_outbox o ON o.payment_id = p.id WHERE p.returns = $1 ORDER BY p.created_at_ms, p.id";
    tx.read_rows(sql, args![id], activity_row).await
}

fn left(payment: &Payment, made: &[ActivityRow]) -> Result<Money, WalletError> {
    let mut left = Money::try_from(&payment.amount)?;
    if let Some(back) = &payment.returned {
        left = left.saturating_sub(Money::try_from(back)?)?;
    }
    for row in made {
        if matches!(row.payment.state, PaymentState::Processing | PaymentState::RequiresAction) {
            left = left.saturating_sub(Money::try_from(&row.payment.amount)?)?;
        }
    }
    Ok(left)
}

/// Whether somebody was paid from here, or had their words compared.
async fn is_known(tx: &mut Tx, person: &Person) -> Result<bool, WalletError> {
    let sql = "SELECT body, paid, checked_key FROM wallet_person WHERE id = $1";
    let Some(row) = tx.row(sql, args![person.id]).await? else { return Ok(false) };
    let known: Person = from_json(&row.text(0)?)?;
    Ok(row.i64(1)? > 0 || row.opt_text(2)?.is_some_and(|key| key == known.public_key))
}
