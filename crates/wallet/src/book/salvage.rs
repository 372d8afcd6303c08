//! Carrying over what only a damaged book holds into the older copy that takes its place.
//!
//! What the server knows comes back by itself. What it does not: orders and decisions that wait, splits and schedules,
//! private notes, bills, the keys people were paid with or whose words were compared, the PIN and choices. Nothing is sent twice: ids and bytes stay the same,
//! and what may have left meanwhile is asked for before it is sent.

mod own;

use ledger::{LedgerError, Row, Store, Tx, args};
use protocol::body::Payment;
use uuid::Uuid;

use super::opening::migrate;
use super::rows::{from_json, from_word, other_side};
use super::stored::{Stored, store_payments, store_people};
use super::{Account, fact, keep_fact, read_fact};
use crate::WalletError;
use crate::view::Direction;

/// What was carried over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Salvaged {
    /// Orders that waited in the damaged book and are not in the copy.
    pub(crate) orders: u32,
    /// Everything that could matter was readable.
    pub(crate) all_read: bool,
}

/// Facts of the damaged book that count more than the copy's.
const FACTS: [&str; 8] =
    [fact::SESSION, fact::PIN, fact::LOCK, fact::EVIDENCE, fact::BLOCKED, fact::RECOVERY_KEPT, fact::VIEWS, fact::WAYS];

/// One order of the damaged book, with its payment.
struct Waiting {
    id: Uuid,
    order: String,
    state: String,
    numbers: [i64; 3],
    payment: Payment,
    direction: Direction,
    note: String,
    place: i64,
    returns: Option<Uuid>,
}

/// Brings the copy's tables up to date and carries over what can be read, in one commit.
pub(crate) async fn salvage(copy: &Store, damaged: Option<&Store>) -> Result<Salvaged, WalletError> {
    migrate(copy).await?;
    let mut tx = copy.begin().await?;
    let (orders, mut all_read) = match damaged {
        Some(damaged) => match waiting(damaged).await {
            Ok(waiting) => (carry_orders(&mut tx, damaged, waiting).await?, true),
            Err(_) => {
                ask_for_orders(&mut tx).await?;
                (0, false)
            }
        },
        None => {
            ask_for_orders(&mut tx).await?;
            (0, false)
        }
    };
    if let Some(damaged) = damaged {
        // Each by itself: what one page lost need not take the rest along.
        all_read &= carry_notes(&mut tx, damaged).await?;
        all_read &= carry_bills(&mut tx, damaged).await?;
        all_read &= carry_keys(&mut tx, damaged).await?;
        all_read &= carry_facts(&mut tx, damaged).await?;
        all_read &= own::carry_own(&mut tx, damaged).await?;
    } else {
        own::hold_back(&mut tx).await?;
    }
    if let (Some(damaged), Some(mut account)) = (damaged, read_fact::<Account>(&mut tx, fact::ACCOUNT).await?) {
        // What is pulled again is history, not news.
        account.paired_at_ms = newest(damaged).await.max(account.paired_at_ms);
        keep_fact(&mut tx, fact::ACCOUNT, &account).await?;
    }
    tx.commit().await?;
    Ok(Salvaged { orders, all_read })
}

async fn all(store: &Store, sql: &'static str) -> Result<Vec<Row>, LedgerError> {
    store.read().await?.rows(sql, args![]).await
}

/// When the newest payment of the damaged book was accepted, by the server's clock.
async fn newest(damaged: &Store) -> Option<i64> {
    all(damaged, "SELECT MAX(created_at_ms) FROM wallet_payment").await.ok()?.first()?.opt_i64(0).ok()?
}

async fn waiting(damaged: &Store) -> Result<Vec<Waiting>, WalletError> {
    let sql = "SELECT o.payment_id, o.body, o.state, o.attempts, o.expires_at_ms, o.not_before_ms, p.body, p.direction,
            p.private_note, o.place, o.returns
        FROM wallet_outbox o JOIN wallet_payment p ON p.id = o.payment_id WHERE o.state <> 'acked'";
    let rows = all(damaged, sql).await?;
    let one = |row: &Row| {
        Ok(Waiting {
            id: row.uuid(0)?,
            order: row.text(1)?,
            state: row.text(2)?,
            numbers: [row.i64(3)?, row.i64(4)?, row.i64(5)?],
            payment: from_json(&row.text(6)?)?,
            direction: from_word(&row.text(7)?)?,
            note: row.text(8)?,
            place: row.i64(9)?,
            returns: row.opt_uuid(10)?,
        })
    };
    rows.iter().map(one).collect()
}

/// Orders wait here exactly as they wait there; gives how many the copy did not know.
async fn carry_orders(tx: &mut Tx, damaged: &Store, waiting: Vec<Waiting>) -> Result<u32, WalletError> {
    let open = tx.rows("SELECT payment_id FROM wallet_outbox WHERE state <> 'acked'", args![]).await?;
    for row in &open {
        let id = row.uuid(0)?;
        if waiting.iter().all(|order| order.id != id) {
            settle_from(tx, damaged, id).await?;
        }
    }
    let mut new = 0;
    for order in waiting {
        let known = tx.row("SELECT 1 FROM wallet_outbox WHERE payment_id = $1", args![order.id]).await?.is_some();
        if !known {
            store_people(tx, [other_side(&order.payment, order.direction)]).await?;
            let stored = Stored { payment: &order.payment, direction: order.direction, private_note: &order.note };
            store_payments(tx, &[stored]).await?;
            new += 1;
        }
        let sql = "INSERT INTO wallet_outbox
            (payment_id, body, state, attempts, next_at_ms, expires_at_ms, not_before_ms, place, returns)
            VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8) ON CONFLICT (payment_id) DO UPDATE SET state = excluded.state,
            attempts = excluded.attempts, next_at_ms = 0";
        // What was leaving may have arrived.
        let state = if order.state == "sending" { "unknown" } else { &order.state };
        let [attempts, expires, not_before] = order.numbers;
        tx.execute(
            sql,
            args![order.id, &order.order, state, attempts, expires, not_before, order.place, order.returns],
        )
        .await?;
    }
    Ok(new)
}

/// An order the copy still has waiting, and the damaged book has not: it was answered, or taken back, since.
async fn settle_from(tx: &mut Tx, damaged: &Store, id: Uuid) -> Result<(), WalletError> {
    let sql = "SELECT body, direction, private_note, refused FROM wallet_payment WHERE id = $1";
    let found = damaged.read().await?.row(sql, args![id]).await.ok().flatten();
    let Some(row) = found else { return ask_only(tx, id).await };
    let payment: Payment = from_json(&row.text(0)?)?;
    if !pay::PaymentState::from(payment.state).is_final() {
        // Under way at the server, which tells the rest.
        return ask_only(tx, id).await;
    }
    if payment.state == protocol::body::PaymentState::Succeeded {
        // Booked when the server tells it again.
        return ask_only(tx, id).await;
    }
    let stored = Stored { payment: &payment, direction: from_word(&row.text(1)?)?, private_note: &row.text(2)? };
    store_payments(tx, &[stored]).await?;
    tx.execute("UPDATE wallet_payment SET refused = $2 WHERE id = $1", args![id, row.opt_text(3)?]).await?;
    tx.execute("UPDATE wallet_outbox SET state = 'acked' WHERE payment_id = $1", args![id]).await?;
    Ok(())
}

/// Nobody can tell what became of the copy's waiting orders: the server is asked. One that had never left may have been
/// taken back since, so it is not sent again by itself.
async fn ask_for_orders(tx: &mut Tx) -> Result<(), WalletError> {
    let sql = "UPDATE wallet_outbox SET state = 'unknown', next_at_ms = 0,
        expires_at_ms = CASE WHEN attempts = 0 THEN 0 ELSE expires_at_ms END WHERE state <> 'acked'";
    tx.execute(sql, args![]).await?;
    Ok(())
}

/// The server is asked about an order, and when it knows nothing the order has expired.
async fn ask_only(tx: &mut Tx, id: Uuid) -> Result<(), WalletError> {
    let sql = "UPDATE wallet_outbox SET state = 'unknown', next_at_ms = 0, expires_at_ms = 0 WHERE payment_id = $1";
    tx.execute(sql, args![id]).await?;
    Ok(())
}

async fn carry_notes(tx: &mut Tx, damaged: &Store) -> Result<bool, WalletError> {
    let sql = "SELECT id, private_note FROM wallet_payment WHERE private_note <> ''";
    let Ok(rows) = all(damaged, sql).await else { return Ok(false) };
    for row in &rows {
        let (id, note) = (row.uuid(0)?, row.text(1)?);
        let known = tx.row("SELECT body, direction FROM wallet_payment WHERE id = $1", args![id]).await?;
        if let Some(known) = known {
            let payment: Payment = from_json(&known.text(0)?)?;
            tx.execute("UPDATE wallet_payment SET private_note = $2 WHERE id = $1", args![id, &note]).await?;
            let direction = from_word(&known.text(1)?)?;
            super::listed::list(tx, &[Stored { payment: &payment, direction, private_note: &note }]).await?;
        } else {
            keep_note(tx, id, &note).await?;
        }
    }
    Ok(true)
}

/// Keeps a note for a payment that will be told of again.
pub(super) async fn keep_note(tx: &mut Tx, id: Uuid, note: &str) -> Result<(), WalletError> {
    let sql = "INSERT INTO wallet_kept_note (payment_id, note) VALUES ($1, $2)
        ON CONFLICT (payment_id) DO UPDATE SET note = excluded.note";
    tx.execute(sql, args![id, note]).await?;
    Ok(())
}

async fn carry_bills(tx: &mut Tx, damaged: &Store) -> Result<bool, WalletError> {
    let sql = "SELECT id, payload, state, due, note, created_at_ms, marked_at_ms FROM wallet_bill";
    let Ok(rows) = all(damaged, sql).await else { return Ok(false) };
    for row in &rows {
        let sql = "INSERT INTO wallet_bill (id, payload, state, due, note, created_at_ms, marked_at_ms)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (payload) DO UPDATE SET state = excluded.state,
            note = excluded.note, marked_at_ms = excluded.marked_at_ms";
        let (due, marked) = (row.opt_text(3)?, row.opt_i64(6)?);
        let values = args![row.uuid(0)?, row.text(1)?, row.text(2)?, due, row.text(4)?, row.i64(5)?, marked];
        tx.execute(sql, values).await?;
    }
    Ok(true)
}

/// The keys people were paid with: nobody is paid under another one because the book is older now.
async fn carry_keys(tx: &mut Tx, damaged: &Store) -> Result<bool, WalletError> {
    let sql = "SELECT id, handle, skeleton, body, paid_key, checked_key FROM wallet_person";
    let Ok(rows) = all(damaged, sql).await else { return Ok(false) };
    for row in &rows {
        let sql = "INSERT INTO wallet_person (id, handle, skeleton, body, paid, paid_key, checked_key)
            VALUES ($1, $2, $3, $4, 0, $5, $6) ON CONFLICT (id) DO UPDATE SET
            paid_key = COALESCE(excluded.paid_key, wallet_person.paid_key), checked_key = excluded.checked_key";
        let (paid, checked) = (row.opt_text(4)?, row.opt_text(5)?);
        tx.execute(sql, args![row.uuid(0)?, row.text(1)?, row.text(2)?, row.text(3)?, paid, checked]).await?;
    }
    Ok(true)
}

async fn carry_facts(tx: &mut Tx, damaged: &Store) -> Result<bool, WalletError> {
    for name in FACTS {
        let sql = "SELECT body FROM wallet_fact WHERE name = $1";
        let Ok(row) = damaged.read().await?.row(sql, args![name]).await else { return Ok(false) };
        if let Some(row) = row {
            let body = zeroize::Zeroizing::new(row.text(0)?);
            let sql = "INSERT INTO wallet_fact (name, body) VALUES ($1, $2)
                ON CONFLICT (name) DO UPDATE SET body = excluded.body";
            tx.execute(sql, args![name, body.as_str()]).await?;
        }
    }
    Ok(true)
}
