//! What the screens ask of a book.

use ledger::{Tx, args};
use pay::{Currency, Money};
use protocol::Code;
use protocol::body::{Payment, PaymentState, Request, RequestState};
use uuid::Uuid;

use super::Book;
use super::hold::held_until;
use super::listed::list;
use super::returns::returns;
use super::rows::{activity_row, from_json, steps};
use super::stored::Stored;
use crate::WalletError;
use crate::view::{
    ActivityFilter, ActivityQuery, ActivityRow, AskMe, Direction, Home, HomeTile, HomeTileKind, PaymentDetail,
    WaitingOnOthers,
};

const TILES: usize = 60;
const LATEST: usize = 5;
const DAY_MS: i64 = 86_400_000;

/// A local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day {
    /// Its first millisecond.
    pub(crate) start_ms: i64,
}

impl Day {
    /// The local day around `now_ms`, where local time is UTC plus `offset_minutes`.
    pub(crate) fn around(now_ms: i64, offset_minutes: i32) -> Day {
        let offset_ms = i64::from(offset_minutes.clamp(-18 * 60, 18 * 60)) * 60_000;
        let local = now_ms.saturating_add(offset_ms);
        Day { start_ms: local.saturating_sub(local.rem_euclid(DAY_MS)).saturating_sub(offset_ms) }
    }

    fn hour(self, at_ms: i64) -> u8 {
        u8::try_from((at_ms - self.start_ms).clamp(0, DAY_MS - 1) / 3_600_000).unwrap_or_default()
    }
}

impl Book {
    /// One payment and its story.
    pub(crate) async fn payment_detail(&self, id: Uuid) -> Result<PaymentDetail, WalletError> {
        let mut tx = self.store.read().await?;
        let row = payment_row(&mut tx, id).await?;
        let timeline = steps(&mut tx, id).await?;
        let ahead_ms = self.now_ms().saturating_sub(self.clock.now_ms());
        let held_until_ms = held_until(&mut tx, id).await?.map(|at_ms| at_ms.saturating_sub(ahead_ms));
        let sql = "SELECT expires_at_ms, state = 'queued' AND attempts = 0 FROM wallet_outbox
            WHERE payment_id = $1 AND state <> 'acked'";
        let order = tx.row(sql, args![id]).await?;
        let expires_at_ms = order.as_ref().map(|order| order.i64(0)).transpose()?;
        let can_take_back = order.map(|order| order.i64(1)).transpose()? == Some(1);
        let returns = returns(&mut tx, &row).await?;
        Ok(PaymentDetail { row, timeline, held_until_ms, expires_at_ms, can_take_back, returns })
    }

    /// Writes the private note of a payment.
    pub(crate) async fn set_private_note(&self, id: Uuid, note: &str) -> Result<(), WalletError> {
        if note.len() > 4_000 {
            return Err(WalletError::Invalid(Code::TooLarge));
        }
        let mut tx = self.begin().await?;
        let row = payment_row(&mut tx, id).await?;
        tx.execute("UPDATE wallet_payment SET private_note = $2 WHERE id = $1", args![id, note]).await?;
        let stored = Stored { payment: &row.payment, direction: row.direction, private_note: note };
        list(&mut tx, &[stored]).await?;
        tx.commit().await?;
        self.changed();
        Ok(())
    }

    /// Every request, newest change first.
    pub(crate) async fn requests(&self) -> Result<Vec<Request>, WalletError> {
        let mut tx = self.store.read().await?;
        let rows = tx.rows("SELECT body FROM wallet_request ORDER BY updated_at_ms DESC LIMIT 500", args![]).await?;
        rows.iter().map(|row| from_json(&row.text(0)?)).collect()
    }

    /// The first screen.
    pub(crate) async fn home(&self, day: Day, ask_me: AskMe) -> Result<Home, WalletError> {
        let me = self.me()?;
        let currency = Currency::from_code(&me.currency).map_err(|_| WalletError::BadAnswer)?;
        let mut tx = self.store.read().await?;
        let today = rows_between(&mut tx, day.start_ms, day.start_ms.saturating_add(DAY_MS)).await?;
        let (received, received_count) = sum_of(&today, Direction::In, currency)?;
        let (sent, sent_count) = sum_of(&today, Direction::Out, currency)?;
        let tiles = today.iter().rev().take(TILES).rev().filter_map(|row| tile(row, day)).collect();
        drop(tx);
        let newest =
            ActivityQuery { filter: ActivityFilter::default(), before: None, skip: None, limit: LATEST as u32 };
        let latest = self.activity(&newest).await?.rows;
        let open = self.sorted_requests(ask_me).await?.board.into_iter().filter(|request| {
            matches!(request.state, RequestState::Open | RequestState::PartiallyPaid | RequestState::Processing)
        });
        let (mine, theirs): (Vec<_>, Vec<_>) = open.partition(|request| request.requester.id == me.person.id);
        Ok(Home {
            received_today: received.into(),
            received_count,
            sent_today: sent.into(),
            sent_count,
            tiles,
            latest,
            waiting_on_you: theirs
                .into_iter()
                .filter(|r| {
                    r.state != RequestState::Processing && r.payer.as_ref().is_some_and(|p| p.id == me.person.id)
                })
                .collect(),
            waiting_on_others: waiting(&mine, currency)?,
        })
    }
}

async fn payment_row(tx: &mut Tx, id: Uuid) -> Result<ActivityRow, WalletError> {
    let sql = "SELECT p.body, p.direction, p.refused, p.private_note, CASE WHEN p.id IN (SELECT payment_id FROM wallet_here_only)
                THEN 'here_only' ELSE o.state END FROM wallet_payment p
        LEFT JOIN wallet_outbox o ON o.payment_id = p.id WHERE p.id = $1";
    let row = tx.row(sql, args![id]).await?.ok_or(WalletError::Invalid(Code::NotFound))?;
    activity_row(&row)
}

/// Oldest first.
async fn rows_between(tx: &mut Tx, from_ms: i64, to_ms: i64) -> Result<Vec<ActivityRow>, WalletError> {
    let sql = "SELECT p.body, p.direction, p.refused, p.private_note, CASE WHEN p.id IN (SELECT payment_id FROM wallet_here_only)
                THEN 'here_only' ELSE o.state END FROM wallet_payment p
        LEFT JOIN wallet_outbox o ON o.payment_id = p.id
        WHERE p.created_at_ms >= $1 AND p.created_at_ms < $2 ORDER BY p.created_at_ms, p.id";
    tx.read_rows(sql, args![from_ms, to_ms], activity_row).await
}

/// Sum and count of what succeeded in one direction and currency; what left counts its fee.
fn sum_of(rows: &[ActivityRow], direction: Direction, currency: Currency) -> Result<(Money, u32), WalletError> {
    let mut sum = (Money::zero(currency), 0);
    for row in rows.iter().filter(|row| row.direction == direction) {
        let Payment { amount, fee, state, .. } = &row.payment;
        let amount = Money::try_from(amount)?;
        if *state != PaymentState::Succeeded || amount.currency() != currency {
            continue;
        }
        sum = (sum.0.checked_add(amount)?, sum.1 + 1);
        if let (Direction::Out, Some(fee)) = (direction, fee) {
            sum.0 = sum.0.checked_add(Money::try_from(fee)?)?;
        }
    }
    Ok(sum)
}

fn tile(row: &ActivityRow, day: Day) -> Option<HomeTile> {
    let kind = match (row.payment.state, row.direction) {
        (PaymentState::Succeeded, Direction::In) => HomeTileKind::Received,
        (PaymentState::Succeeded, Direction::Out) => HomeTileKind::Sent,
        (PaymentState::Processing | PaymentState::RequiresAction, _) => HomeTileKind::Waiting,
        (PaymentState::RequiresPaymentMethod | PaymentState::Canceled, _) => return None,
    };
    Some(HomeTile { hour: day.hour(row.payment.created_at_ms), kind })
}

fn waiting(mine: &[Request], currency: Currency) -> Result<WaitingOnOthers, WalletError> {
    let (mut open, mut part) = ((Money::zero(currency), 0), (Money::zero(currency), 0));
    for request in mine {
        let paid = Money::try_from(&request.paid)?;
        let sum = if paid.is_zero() { &mut open } else { &mut part };
        sum.1 += 1;
        if let Some(asked) = &request.amount {
            let asked = Money::try_from(asked)?;
            if asked.currency() == currency && paid.currency() == currency {
                sum.0 = sum.0.checked_add(asked.saturating_sub(paid)?)?;
            }
        }
    }
    Ok(WaitingOnOthers { open: open.0.into(), open_count: open.1, part_paid: part.0.into(), part_paid_count: part.1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_day_begins_at_local_midnight() {
        // 2026-01-02 03:30 UTC is the evening before in New York (UTC-5) and 09:15 in Nepal (UTC+5:45).
        let now = 1_767_324_600_000;
        assert_eq!(Day::around(now, -300).start_ms, 1_767_243_600_000);
        assert_eq!(Day::around(now, 345).start_ms, 1_767_291_300_000);
        assert_eq!(Day::around(now, 345).hour(now), 9);
        assert_eq!(Day::around(now, -300).hour(now), 22);
        let _ = Day::around(i64::MAX, i32::MAX);
    }
}
