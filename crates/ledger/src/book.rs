//! Double entry: accounts, transfers that are reserved, posted, voided and reversed in batches, and their entries.

mod plan;
mod rows;
mod tables;

pub(crate) use plan::entry_text;
pub(crate) use rows::booked;
pub(crate) use tables::TABLES;

use crate::{LedgerError, Set, Tx, args};
use pay::{Currency, Money};
use plan::Plan;
use uuid::Uuid;

/// The id of a transfer, made by the caller and stored before it is used.
pub type TransferId = Uuid;

/// How low an account may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Floor {
    /// Any balance: the outside world, fees.
    None,
    /// Credits never fall short of debits, reservations counted: people.
    Zero,
}

/// A place money is at, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The caller's id.
    pub id: Uuid,
    /// The only currency it holds.
    pub currency: Currency,
    /// How low it may go.
    pub floor: Floor,
}

/// An amount from one account (`debit`) to another (`credit`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// Made by the caller.
    pub id: TransferId,
    /// What it belongs to. Money a payment reserves *into* an account may be reserved *out of* it again by the same
    /// payment only, until it is posted.
    pub payment_id: Uuid,
    /// The account it leaves.
    pub debit: Uuid,
    /// The account it reaches.
    pub credit: Uuid,
    /// More than nothing, in the currency of both accounts.
    pub amount: Money,
    /// SHA-256 of the signed order this books, when there is one.
    pub order_digest: Option<[u8; 32]>,
}

/// Whether a step was done now or had been done before; either way it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// By this call.
    Now,
    /// By an earlier one, with the same content.
    Already,
}

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferState {
    /// Held, not yet moved.
    Reserved,
    /// Moved.
    Posted,
    /// Given up; moved nothing.
    Voided,
}

/// A transfer as the book has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booked {
    /// Its content.
    pub transfer: Transfer,
    /// Where it stands.
    pub state: TransferState,
    /// The transfer it undoes.
    pub reverses: Option<TransferId>,
    /// When it was reserved, Unix milliseconds.
    pub created_at_ms: i64,
}

/// The sums of one account, each never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// Everything that left.
    pub posted_debit: Money,
    /// Everything that came.
    pub posted_credit: Money,
    /// On its way out.
    pub reserved_debit: Money,
    /// On its way in.
    pub reserved_credit: Money,
    /// The part of `reserved_debit` that the same payments' own reserved credits do not cover.
    pub held: Money,
}

impl Balance {
    /// What a new payment may take: posted credits less posted debits less what is held. Nothing when that is below zero
    /// (only accounts without a floor can be).
    pub fn available(&self) -> Money {
        let currency = self.posted_credit.currency();
        let taken = i128::from(self.posted_debit.minor()) + i128::from(self.held.minor());
        let free = i128::from(self.posted_credit.minor()) - taken;
        i64::try_from(free).ok().and_then(|minor| Money::new(minor, currency).ok()).unwrap_or(Money::zero(currency))
    }
}

/// Opens an account. The same account again is [`Applied::Already`]; its id for another one [`LedgerError::IdReused`].
pub async fn open_account(tx: &mut Tx, account: Account) -> Result<Applied, LedgerError> {
    let sql = "INSERT INTO ledger_account (id, currency, floor, posted_debit, posted_credit, reserved_debit,
            reserved_credit, held, last_sequence, last_hash)
        VALUES ($1, $2, $3, 0, 0, 0, 0, 0, 0, $4) ON CONFLICT DO NOTHING";
    let floor = rows::floor_word(account.floor);
    if tx.execute(sql, args![account.id, account.currency, floor, crate::chain::GENESIS]).await? == 1 {
        return Ok(Applied::Now);
    }
    let sql = "SELECT currency, floor FROM ledger_account WHERE id = $1";
    let row = tx.row(sql, args![account.id]).await?.ok_or(LedgerError::Conflict)?;
    let same = row.text(0)? == account.currency.code() && row.text(1)? == floor;
    if same { Ok(Applied::Already) } else { Err(LedgerError::IdReused(account.id)) }
}

/// Opens many accounts, each as [`open_account`] does.
pub async fn open_accounts(tx: &mut Tx, accounts: &[Account]) -> Result<(), LedgerError> {
    let ids = || accounts.iter().map(|account| &account.id);
    let zeros = || accounts.iter().map(|_| 0_i64);
    let set = Set::of_ids(ids())
        .texts(accounts.iter().map(|account| account.currency))
        .texts(accounts.iter().map(|account| rows::floor_word(account.floor)))
        .ints(zeros())
        .ints(zeros())
        .ints(zeros())
        .ints(zeros())
        .ints(zeros())
        .ints(zeros())
        .blobs(accounts.iter().map(|_| crate::chain::GENESIS));
    let head = "INSERT INTO ledger_account (id, currency, floor, posted_debit, posted_credit, reserved_debit,
        reserved_credit, held, last_sequence, last_hash)";
    tx.insert_set(head, set, "ON CONFLICT DO NOTHING").await?;
    let known = rows::accounts(tx, ids()).await?;
    for account in accounts {
        let sums = known.get(&account.id).ok_or(LedgerError::Conflict)?;
        if sums.currency != account.currency || sums.floor != account.floor {
            return Err(LedgerError::IdReused(account.id));
        }
    }
    Ok(())
}

/// Holds the money of every transfer, or of none. The answers are in the order of `transfers`.
///
/// Floors are looked at once, after the whole batch. Refused, the transaction is as it was before the call.
pub async fn reserve(tx: &mut Tx, transfers: &[Transfer], now_ms: i64) -> Result<Vec<Applied>, LedgerError> {
    let mut plan = Plan::load(tx, transfers.iter(), &[], now_ms).await?;
    let applied = transfers.iter().map(|transfer| plan.reserve(*transfer)).collect::<Result<_, _>>()?;
    plan.write(tx).await?;
    Ok(applied)
}

/// Moves the money of every reserved transfer, or of none.
///
/// All transfers a payment reserved together, posted together, never fail at a floor.
pub async fn post(tx: &mut Tx, ids: &[TransferId], now_ms: i64) -> Result<Vec<Applied>, LedgerError> {
    let mut plan = Plan::load(tx, [].iter(), ids, now_ms).await?;
    let applied = ids.iter().map(|id| plan.post(*id)).collect::<Result<_, _>>()?;
    plan.write(tx).await?;
    Ok(applied)
}

/// Writes down transfers that another book has posted, each with its own time, or none of them: every one is reserved
/// and posted, in the order given, as [`reserve`] and [`post`] do one after the other.
pub async fn record(tx: &mut Tx, transfers: &[(Transfer, i64)]) -> Result<Vec<Applied>, LedgerError> {
    let mut plan = Plan::load(tx, transfers.iter().map(|(transfer, _)| transfer), &[], 0).await?;
    let mut applied = Vec::with_capacity(transfers.len());
    for (transfer, at_ms) in transfers {
        plan.turn_to(*at_ms);
        plan.reserve(*transfer)?;
        applied.push(plan.post(transfer.id)?);
    }
    plan.write(tx).await?;
    Ok(applied)
}

/// Gives up every reserved transfer, or none.
pub async fn void(tx: &mut Tx, ids: &[TransferId], now_ms: i64) -> Result<Vec<Applied>, LedgerError> {
    let mut plan = Plan::load(tx, [].iter(), ids, now_ms).await?;
    let applied = ids.iter().map(|id| plan.void(*id)).collect::<Result<_, _>>()?;
    plan.write(tx).await?;
    Ok(applied)
}

/// Undoes posted transfers, all or none: for each `(old, new)` a posted transfer `new` goes the other way. Once only.
pub async fn reverse(
    tx: &mut Tx,
    pairs: &[(TransferId, TransferId)],
    now_ms: i64,
) -> Result<Vec<Applied>, LedgerError> {
    let ids: Vec<TransferId> = pairs.iter().flat_map(|(old, new)| [*old, *new]).collect();
    let mut plan = Plan::load(tx, [].iter(), &ids, now_ms).await?;
    let applied = pairs.iter().map(|(old, new)| plan.reverse(*old, *new)).collect::<Result<_, _>>()?;
    plan.write(tx).await?;
    Ok(applied)
}

/// Locks accounts in id order. Only for a commit of several calls beside other writers: lock all of them first, and
/// no two writers wait for each other. On SQLite there is one writer, and this does nothing.
pub async fn lock(tx: &mut Tx, accounts: &[Uuid]) -> Result<(), LedgerError> {
    if tx.database() == crate::Database::Sqlite {
        return Ok(());
    }
    rows::accounts(tx, accounts.iter()).await.map(drop)
}

/// The sums of an account.
pub async fn balance(tx: &mut Tx, account: Uuid) -> Result<Balance, LedgerError> {
    let sql = "SELECT currency, posted_debit, posted_credit, reserved_debit, reserved_credit, held
        FROM ledger_account WHERE id = $1";
    let row = tx.row(sql, args![account]).await?.ok_or(LedgerError::UnknownAccount(account))?;
    let currency = row.currency(0)?;
    let money = |index| -> Result<Money, LedgerError> { Ok(Money::new(row.i64(index)?, currency)?) };
    Ok(Balance {
        posted_debit: money(1)?,
        posted_credit: money(2)?,
        reserved_debit: money(3)?,
        reserved_credit: money(4)?,
        held: money(5)?,
    })
}

/// One transfer.
pub async fn transfer(tx: &mut Tx, id: TransferId) -> Result<Option<Booked>, LedgerError> {
    tx.row(rows::TRANSFER_BY_ID, args![id]).await?.map(|row| rows::booked(&row)).transpose()
}

/// The transfers of a payment, in the order of their ids.
pub async fn of_payment(tx: &mut Tx, payment_id: Uuid) -> Result<Vec<Booked>, LedgerError> {
    tx.rows(rows::TRANSFERS_OF_PAYMENT, args![payment_id]).await?.iter().map(rows::booked).collect()
}
