//! Rows to types and back, and the steps of a payment's story.

use ledger::{Row, Tx, args};
use protocol::body::Payment;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::value::StrDeserializer;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use uuid::Uuid;

use super::OutboxState;
use crate::WalletError;
use crate::view::{ActivityRow, Direction, Sync, TimelineBy, TimelineStep, TimelineWhat};

/// Reads a stored JSON text; we wrote it, so anything else is damage.
pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, WalletError> {
    serde_json::from_str(text).map_err(|_| WalletError::DatabaseCorrupt)
}

pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, WalletError> {
    serde_json::to_string(value).map_err(|_| WalletError::Fault("row to JSON"))
}

/// A closed word stored as text.
pub(super) fn word<T: Serialize>(value: &T) -> Result<String, WalletError> {
    Ok(to_json(value)?.trim_matches('"').to_owned())
}

pub(super) fn from_word<T: DeserializeOwned>(word: &str) -> Result<T, WalletError> {
    T::deserialize(StrDeserializer::<serde::de::value::Error>::new(word)).map_err(|_| WalletError::DatabaseCorrupt)
}

/// In the place of an outbox state: the server does not know the payment any more.
const HERE_ONLY: &str = "here_only";

/// Columns of [`activity_row`]: body, direction, refused, private note, outbox state or [`HERE_ONLY`].
pub(super) fn activity_row(row: &Row) -> Result<ActivityRow, WalletError> {
    let payment: Payment = from_json(row.str(0)?)?;
    let direction: Direction = from_word(row.str(1)?)?;
    let refused = row.opt_str(2)?.map(from_word).transpose()?;
    let state = row.opt_str(4)?;
    if state == Some(HERE_ONLY) {
        return Ok(ActivityRow { payment, direction, sync: Sync::HereOnly, private_note: row.text(3)?, refused });
    }
    let sync = match state.map(OutboxState::parse).transpose()? {
        None | Some(OutboxState::Acked) => Sync::Acked,
        Some(OutboxState::Queued) => Sync::Queued,
        Some(OutboxState::Sending) => Sync::Sending,
        Some(OutboxState::Unknown) => Sync::Unknown,
    };
    Ok(ActivityRow { payment, direction, sync, private_note: row.text(3)?, refused })
}

/// Adds a step, once.
pub(crate) async fn store_step(
    tx: &mut Tx,
    payment: Uuid,
    at_ms: i64,
    what: TimelineWhat,
    by: TimelineBy,
) -> Result<(), WalletError> {
    let sql =
        "INSERT INTO wallet_step (payment_id, at_ms, what, done_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    tx.execute(sql, args![payment, at_ms, word(&what)?, word(&by)?]).await?;
    Ok(())
}

pub(super) async fn steps(tx: &mut Tx, payment: Uuid) -> Result<Vec<TimelineStep>, WalletError> {
    let sql = "SELECT at_ms, what, done_by FROM wallet_step WHERE payment_id = $1 ORDER BY at_ms, rowid";
    let rows = tx.rows(sql, args![payment]).await?;
    rows.iter()
        .map(|row| {
            Ok(TimelineStep { at_ms: row.i64(0)?, what: from_word(&row.text(1)?)?, by: from_word(&row.text(2)?)? })
        })
        .collect()
}

/// A text as it is searched: no case, no accents.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// What a payment can be found by: the other side, both notes, the amount.
pub(super) fn search_text(payment: &Payment, direction: Direction, private_note: &str) -> String {
    let other = other_side(payment, direction);
    folded(&format!(
        "{} {} {} {} {}",
        other.display_name, other.handle, payment.note, private_note, payment.amount.value
    ))
}

pub(super) fn other_side(payment: &Payment, direction: Direction) -> &protocol::body::Person {
    match direction {
        Direction::In => &payment.payer,
        Direction::Out => &payment.payee,
    }
}

/// When a payment counts, for lists and days: when the server accepted it.
pub(crate) fn ordered_at(payment: &Payment) -> i64 {
    payment.created_at_ms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searching_knows_no_case_and_no_accents() {
        assert_eq!(folded("Zoë CAFÉ ﬁn"), "zoe cafe fin");
        assert_eq!(folded("Ñandú"), folded("nandu"));
    }
}
