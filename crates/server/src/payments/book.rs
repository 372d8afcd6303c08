//! How a payment stands in the book: four transfers that live and die together (three when there is no fee). The server
//! pools nothing: people's accounts have a floor of zero and end at zero.

use crate::fault::Fault;
use crate::payments::rows::PaymentRow;
use ledger::book::{self, Account, Floor, Transfer};
use ledger::{Store, Tx};
use pay::Currency;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A person's account: what passes through.
pub fn person_account(person_id: Uuid, currency: Currency) -> Uuid {
    derived(&[b"person", person_id.as_bytes(), currency.code().as_bytes()])
}

/// A source's account: the outside world behind it.
pub fn source_account(source_id: Uuid, currency: Currency) -> Uuid {
    derived(&[b"source", source_id.as_bytes(), currency.code().as_bytes()])
}

/// Where fees end.
pub fn fee_account(currency: Currency) -> Uuid {
    derived(&[b"fees", currency.code().as_bytes()])
}

/// Ids that follow from what they stand for, so that a retry makes the same ones. UUID version 8 (RFC 9562).
pub fn derived(parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Opens a newcomer's account.
pub async fn open_person(tx: &mut Tx, person_id: Uuid, currency: Currency) -> Result<(), Fault> {
    let id = person_account(person_id, currency);
    book::open_account(tx, Account { id, currency, floor: Floor::Zero }).await?;
    Ok(())
}

/// Opens the account of a new source.
pub async fn open_source(tx: &mut Tx, source_id: Uuid, currency: Currency) -> Result<(), Fault> {
    let id = source_account(source_id, currency);
    book::open_account(tx, Account { id, currency, floor: Floor::None }).await?;
    Ok(())
}

/// Opens the fee accounts of the currencies that move here.
pub async fn open_fees(store: &Store, currencies: &[Currency]) -> Result<(), Fault> {
    let mut tx = store.begin().await?;
    for currency in currencies.iter().copied() {
        book::open_account(&mut tx, Account { id: fee_account(currency), currency, floor: Floor::None }).await?;
    }
    Ok(tx.commit().await?)
}

/// The transfers of a payment, the same ones each time they are asked for.
fn transfers(row: &PaymentRow, order_digest: Option<[u8; 32]>) -> Result<Vec<Transfer>, Fault> {
    let currency = row.amount.currency();
    let payer = person_account(row.payer_id, currency);
    let payee = person_account(row.payee_id, currency);
    let total = row.amount.checked_add(row.fee)?;
    let steps = [
        (source_account(row.source_id, currency), payer, total),
        (payer, payee, row.amount),
        (payer, fee_account(currency), row.fee),
        (payee, source_account(row.payee_source_id, currency), row.amount),
    ];
    let numbered = steps.into_iter().zip(1_u8..).filter(|((_, _, amount), _)| !amount.is_zero());
    let made = numbered.map(|((debit, credit, amount), number)| Transfer {
        id: derived(&[b"transfer", row.id.as_bytes(), &[number]]),
        payment_id: row.id,
        debit,
        credit,
        amount,
        order_digest,
    });
    Ok(made.collect())
}

/// Holds the money of an accepted payment. A guest's has no signed order to digest.
pub async fn reserve(tx: &mut Tx, row: &PaymentRow, order_digest: Option<[u8; 32]>, now_ms: i64) -> Result<(), Fault> {
    book::reserve(tx, &transfers(row, order_digest)?, now_ms).await?;
    Ok(())
}

/// Moves it.
pub async fn post(tx: &mut Tx, row: &PaymentRow, now_ms: i64) -> Result<(), Fault> {
    let ids: Vec<Uuid> = transfers(row, None)?.iter().map(|transfer| transfer.id).collect();
    book::post(tx, &ids, now_ms).await?;
    Ok(())
}

/// Lets it go.
pub async fn void(tx: &mut Tx, row: &PaymentRow, now_ms: i64) -> Result<(), Fault> {
    let ids: Vec<Uuid> = transfers(row, None)?.iter().map(|transfer| transfer.id).collect();
    book::void(tx, &ids, now_ms).await?;
    Ok(())
}
