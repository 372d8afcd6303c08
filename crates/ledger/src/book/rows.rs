use super::{Booked, Floor, Transfer, TransferState};
use crate::{LedgerError, Row, Set, Tx};
use pay::{Currency, Money};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) const TRANSFER_BY_ID: &str = "SELECT id, payment_id, debit, credit, amount_minor, currency, order_digest,
    state, reverses, created_at_ms FROM ledger_transfer WHERE id = $1";

pub(super) const TRANSFERS_OF_PAYMENT: &str = "SELECT id, payment_id, debit, credit, amount_minor, currency,
    order_digest, state, reverses, created_at_ms FROM ledger_transfer WHERE payment_id = $1 ORDER BY id";

/// An account's row while a batch is planned.
pub(super) struct Sums {
    pub currency: Currency,
    pub floor: Floor,
    pub posted_debit: i64,
    pub posted_credit: i64,
    pub reserved_debit: i64,
    pub reserved_credit: i64,
    pub held: i64,
    pub last_sequence: i64,
    pub last_hash: [u8; 32],
}

pub(super) fn floor_word(floor: Floor) -> &'static str {
    match floor {
        Floor::None => "none",
        Floor::Zero => "zero",
    }
}

pub(super) fn state_word(state: TransferState) -> &'static str {
    match state {
        TransferState::Reserved => "reserved",
        TransferState::Posted => "posted",
        TransferState::Voided => "voided",
    }
}

/// The accounts with these ids, locked in id order.
pub(super) async fn accounts<'a>(
    tx: &mut Tx,
    ids: impl Iterator<Item = &'a Uuid>,
) -> Result<BTreeMap<Uuid, Sums>, LedgerError> {
    let sql = "SELECT id, currency, floor, posted_debit, posted_credit, reserved_debit, reserved_credit, held,
            last_sequence, last_hash FROM ledger_account
        WHERE id IN (SELECT c1 FROM {SET}) ORDER BY id {FOR UPDATE}";
    let rows = tx.rows_set(sql, Set::of_ids(ids)).await?;
    rows.iter().map(|row| Ok((row.uuid(0)?, sums(row)?))).collect()
}

fn sums(row: &Row) -> Result<Sums, LedgerError> {
    Ok(Sums {
        currency: row.currency(1)?,
        floor: match row.text(2)?.as_str() {
            "none" => Floor::None,
            "zero" => Floor::Zero,
            _ => return Err(LedgerError::Column(2)),
        },
        posted_debit: row.i64(3)?,
        posted_credit: row.i64(4)?,
        reserved_debit: row.i64(5)?,
        reserved_credit: row.i64(6)?,
        held: row.i64(7)?,
        last_sequence: row.i64(8)?,
        last_hash: row.bytes(9)?,
    })
}

/// The transfers with these ids, those that reverse them, and all others of the same payments or of `payments`.
pub(super) async fn transfers<'a>(
    tx: &mut Tx,
    ids: impl Iterator<Item = &'a Uuid>,
    payments: impl Iterator<Item = &'a Uuid>,
) -> Result<BTreeMap<Uuid, Booked>, LedgerError> {
    let by_id = "SELECT t.payment_id FROM ledger_transfer t WHERE t.id IN (SELECT c1 FROM {SET})";
    let mut of: std::collections::BTreeSet<Uuid> = payments.copied().collect();
    for row in tx.rows_set(by_id, Set::of_ids(ids)).await? {
        of.insert(row.uuid(0)?);
    }
    let sql = "SELECT id, payment_id, debit, credit, amount_minor, currency, order_digest, state, reverses,
            created_at_ms FROM ledger_transfer WHERE payment_id IN (SELECT c1 FROM {SET})";
    let rows = tx.rows_set(sql, Set::of_ids(of.iter())).await?;
    rows.iter().map(|row| booked(row).map(|booked| (booked.transfer.id, booked))).collect()
}

/// A transfer from the ten columns every query here selects first.
pub(crate) fn booked(row: &Row) -> Result<Booked, LedgerError> {
    let amount = Money::new(row.i64(4)?, row.currency(5)?)?;
    Ok(Booked {
        transfer: Transfer {
            id: row.uuid(0)?,
            payment_id: row.uuid(1)?,
            debit: row.uuid(2)?,
            credit: row.uuid(3)?,
            amount,
            order_digest: row.opt_bytes(6)?,
        },
        state: match row.text(7)?.as_str() {
            "reserved" => TransferState::Reserved,
            "posted" => TransferState::Posted,
            "voided" => TransferState::Voided,
            _ => return Err(LedgerError::Column(7)),
        },
        reverses: row.opt_uuid(8)?,
        created_at_ms: row.i64(9)?,
    })
}
