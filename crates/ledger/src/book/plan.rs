use super::rows::{self, Sums};
use super::{Applied, Booked, Floor, Transfer, TransferId, TransferState};
use crate::{LedgerError, Set, Tx, chain};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One batch, worked out in memory between reading its rows and writing them, so that a refused batch wrote nothing
/// and a batch of hundreds is a handful of statements.
pub(super) struct Plan {
    accounts: BTreeMap<Uuid, Sums>,
    transfers: BTreeMap<TransferId, Booked>,
    /// Old transfer to the one that reverses it.
    reversed: BTreeMap<TransferId, TransferId>,
    /// Reserved credits less reserved debits of one payment at one account.
    nets: BTreeMap<(Uuid, Uuid), i128>,
    inserted: Vec<TransferId>,
    changed: BTreeSet<TransferId>,
    touched: BTreeSet<Uuid>,
    entries: Vec<Entry>,
    now_ms: i64,
}

struct Entry {
    account: Uuid,
    sequence: i64,
    transfer: TransferId,
    side: Side,
    phase: Phase,
    amount_minor: i64,
    at_ms: i64,
    previous_hash: [u8; 32],
    hash: [u8; 32],
}

/// Which side of an account an entry is on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Debit,
    Credit,
}

impl Side {
    fn word(self) -> &'static str {
        match self {
            Side::Debit => "debit",
            Side::Credit => "credit",
        }
    }
}

/// What happened to a transfer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Reserved,
    Posted,
    Voided,
    /// Posted at once, undoing another transfer.
    Reversal,
}

impl Phase {
    fn word(self) -> &'static str {
        match self {
            Phase::Reserved => "reserved",
            Phase::Posted => "posted",
            Phase::Voided => "voided",
            Phase::Reversal => "reversal",
        }
    }
}

/// The text of an entry that is hashed: the whole content of its transfer, so that neither table can be changed unseen.
pub(crate) fn entry_text(booked: &Booked, side: &str, phase: &str) -> String {
    let Transfer { id, payment_id, debit, credit, amount, order_digest } = &booked.transfer;
    let digest: String = order_digest.iter().flatten().map(|byte| format!("{byte:02x}")).collect();
    let reverses = booked.reverses.map(|id| id.to_string()).unwrap_or_default();
    let (minor, currency) = (amount.minor(), amount.currency());
    format!("{id} {payment_id} {debit} {credit} {minor} {currency} {side} {phase} order={digest} reverses={reverses}")
}

impl Plan {
    /// Reads and locks what the batch needs: `new` transfers to book and `ids` of booked ones.
    pub(super) async fn load<'a>(
        tx: &mut Tx,
        new: impl Iterator<Item = &'a Transfer> + Clone,
        ids: &[TransferId],
        now_ms: i64,
    ) -> Result<Self, LedgerError> {
        let mut account_ids: BTreeSet<Uuid> = new.clone().flat_map(|t| [t.debit, t.credit]).collect();
        if !ids.is_empty() {
            let known = rows::transfers(tx, ids.iter(), std::iter::empty()).await?;
            account_ids
                .extend(ids.iter().filter_map(|id| known.get(id)).flat_map(|b| [b.transfer.debit, b.transfer.credit]));
        }
        let accounts = rows::accounts(tx, account_ids.iter()).await?;
        // Read (again) under the locks: whoever changes a transfer holds both its accounts.
        let all_ids: BTreeSet<Uuid> = new.clone().map(|t| t.id).chain(ids.iter().copied()).collect();
        let payments: BTreeSet<Uuid> = new.map(|t| t.payment_id).collect();
        let transfers = rows::transfers(tx, all_ids.iter(), payments.iter()).await?;

        let reversed = transfers.values().filter_map(|b| b.reverses.map(|old| (old, b.transfer.id))).collect();
        let mut nets = BTreeMap::new();
        for booked in transfers.values().filter(|booked| booked.state == TransferState::Reserved) {
            let Transfer { debit, credit, payment_id, amount, .. } = booked.transfer;
            *nets.entry((debit, payment_id)).or_default() -= i128::from(amount.minor());
            *nets.entry((credit, payment_id)).or_default() += i128::from(amount.minor());
        }
        let (inserted, changed, touched, entries) = Default::default();
        Ok(Plan { accounts, transfers, reversed, nets, inserted, changed, touched, entries, now_ms })
    }

    pub(super) fn reserve(&mut self, transfer: Transfer) -> Result<Applied, LedgerError> {
        if let Some(before) = self.transfers.get(&transfer.id) {
            let same = before.transfer == transfer && before.reverses.is_none();
            return if same { Ok(Applied::Already) } else { Err(LedgerError::IdReused(transfer.id)) };
        }
        if transfer.amount.is_zero() {
            return Err(LedgerError::NothingMoved(transfer.id));
        }
        if transfer.debit == transfer.credit {
            return Err(LedgerError::SameAccount(transfer.id));
        }
        let state = TransferState::Reserved;
        let booked = Booked { transfer, state, reverses: None, created_at_ms: self.now_ms };
        self.insert(booked, Phase::Reserved)?;
        Ok(Applied::Now)
    }

    /// What follows happens at this time.
    pub(super) fn turn_to(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
    }

    pub(super) fn post(&mut self, id: TransferId) -> Result<Applied, LedgerError> {
        self.settle(id, TransferState::Posted, Phase::Posted)
    }

    pub(super) fn void(&mut self, id: TransferId) -> Result<Applied, LedgerError> {
        self.settle(id, TransferState::Voided, Phase::Voided)
    }

    pub(super) fn reverse(&mut self, old: TransferId, new: TransferId) -> Result<Applied, LedgerError> {
        let before = *self.transfers.get(&old).ok_or(LedgerError::UnknownTransfer(old))?;
        if let Some(booked) = self.transfers.get(&new) {
            return if booked.reverses == Some(old) { Ok(Applied::Already) } else { Err(LedgerError::IdReused(new)) };
        }
        if before.reverses.is_some() {
            return Err(LedgerError::IsReversal(old));
        }
        if before.state != TransferState::Posted {
            return Err(LedgerError::NotPosted(old));
        }
        if self.reversed.contains_key(&old) {
            return Err(LedgerError::AlreadyReversed(old));
        }
        let Transfer { debit, credit, .. } = before.transfer;
        let transfer = Transfer { id: new, debit: credit, credit: debit, ..before.transfer };
        let state = TransferState::Posted;
        let booked = Booked { transfer, state, reverses: Some(old), created_at_ms: self.now_ms };
        self.insert(booked, Phase::Reversal)?;
        self.reversed.insert(old, new);
        Ok(Applied::Now)
    }

    fn settle(&mut self, id: TransferId, to: TransferState, phase: Phase) -> Result<Applied, LedgerError> {
        let booked = self.transfers.get_mut(&id).ok_or(LedgerError::UnknownTransfer(id))?;
        match booked.state {
            state if state == to => return Ok(Applied::Already),
            TransferState::Posted => return Err(LedgerError::AlreadyPosted(id)),
            TransferState::Voided => return Err(LedgerError::AlreadyVoided(id)),
            TransferState::Reserved => booked.state = to,
        }
        let booked = *booked;
        self.changed.insert(id);
        self.enter(&booked, phase)?;
        Ok(Applied::Now)
    }

    fn insert(&mut self, booked: Booked, phase: Phase) -> Result<(), LedgerError> {
        self.transfers.insert(booked.transfer.id, booked);
        self.inserted.push(booked.transfer.id);
        self.enter(&booked, phase)
    }

    /// The two entries of one step.
    fn enter(&mut self, booked: &Booked, phase: Phase) -> Result<(), LedgerError> {
        self.enter_side(booked, Side::Debit, booked.transfer.debit, phase)?;
        self.enter_side(booked, Side::Credit, booked.transfer.credit, phase)
    }

    fn enter_side(&mut self, booked: &Booked, side: Side, account: Uuid, phase: Phase) -> Result<(), LedgerError> {
        let transfer = &booked.transfer;
        let sums = self.accounts.get_mut(&account).ok_or(LedgerError::UnknownAccount(account))?;
        if sums.currency != transfer.amount.currency() {
            return Err(LedgerError::CurrencyMismatch(transfer.id));
        }
        let minor = transfer.amount.minor();
        let (reserved, posted) = match side {
            Side::Debit => (&mut sums.reserved_debit, &mut sums.posted_debit),
            Side::Credit => (&mut sums.reserved_credit, &mut sums.posted_credit),
        };
        // Both together must fit, so that posting what was reserved never overflows.
        let adds = matches!(phase, Phase::Reserved | Phase::Reversal);
        if adds && reserved.checked_add(*posted).and_then(|sum| sum.checked_add(minor)).is_none() {
            return Err(LedgerError::Overflow(account));
        }
        match phase {
            Phase::Reserved => *reserved += minor,
            Phase::Posted => (*reserved, *posted) = (*reserved - minor, *posted + minor),
            Phase::Voided => *reserved -= minor,
            Phase::Reversal => *posted += minor,
        }
        if phase != Phase::Reversal {
            let into = if phase == Phase::Reserved { i128::from(minor) } else { -i128::from(minor) };
            let net = self.nets.entry((account, transfer.payment_id)).or_default();
            let before = uncovered(*net);
            *net += if side == Side::Credit { into } else { -into };
            let held = i128::from(sums.held) + uncovered(*net) - before;
            sums.held = i64::try_from(held).map_err(|_| LedgerError::Overflow(account))?;
        }
        let previous_hash = sums.last_hash;
        sums.last_sequence += 1;
        let text = entry_text(booked, side.word(), phase.word());
        sums.last_hash = chain::hash(&previous_hash, account, sums.last_sequence, self.now_ms, &text);
        let (sequence, hash) = (sums.last_sequence, sums.last_hash);
        let (transfer, amount_minor, at_ms) = (transfer.id, minor, self.now_ms);
        self.entries.push(Entry { account, sequence, transfer, side, phase, amount_minor, at_ms, previous_hash, hash });
        self.touched.insert(account);
        Ok(())
    }

    /// Checks the floors and writes the batch.
    pub(super) async fn write(self, tx: &mut Tx) -> Result<(), LedgerError> {
        for account in &self.touched {
            let sums = self.accounts.get(account).ok_or(LedgerError::UnknownAccount(*account))?;
            if sums.floor == Floor::Zero && sums.posted_credit - sums.posted_debit < sums.held {
                return Err(LedgerError::BelowFloor(*account));
            }
        }
        self.write_transfers(tx).await?;
        self.write_entries(tx).await?;
        self.write_accounts(tx).await
    }

    async fn write_transfers(&self, tx: &mut Tx) -> Result<(), LedgerError> {
        let new = || self.inserted.iter().filter_map(|id| self.transfers.get(id));
        let set = Set::of_ids(&self.inserted)
            .blobs(new().map(|b| b.transfer.payment_id))
            .blobs(new().map(|b| b.transfer.debit))
            .blobs(new().map(|b| b.transfer.credit))
            .ints(new().map(|b| b.transfer.amount.minor()))
            .texts(new().map(|b| b.transfer.amount.currency()))
            .texts(new().map(|b| rows::state_word(b.state)))
            .blobs(new().map(|b| b.transfer.order_digest))
            .blobs(new().map(|b| b.reverses))
            .ints(new().map(|b| b.created_at_ms));
        let sql = "INSERT INTO ledger_transfer (id, payment_id, debit, credit, amount_minor, currency, state,
            order_digest, reverses, created_at_ms)";
        match tx.insert_set(sql, set, "").await {
            // Another writer booked this id, with other accounts, since we looked.
            Err(LedgerError::Duplicate) => return Err(LedgerError::Conflict),
            result => result?,
        };
        let inserted: BTreeSet<TransferId> = self.inserted.iter().copied().collect();
        let ids = || self.changed.difference(&inserted);
        let changed = || ids().filter_map(|id| self.transfers.get(id));
        let set = Set::of_ids(ids()).texts(changed().map(|b| rows::state_word(b.state)));
        let sql = "UPDATE ledger_transfer SET state = s.c2 FROM {SET} WHERE ledger_transfer.id = s.c1";
        tx.execute_set(sql, set).await.map(drop)
    }

    async fn write_entries(&self, tx: &mut Tx) -> Result<(), LedgerError> {
        let entries = || self.entries.iter();
        let set = Set::of_ids(entries().map(|e| &e.account))
            .ints(entries().map(|e| e.sequence))
            .blobs(entries().map(|e| e.transfer))
            .texts(entries().map(|e| e.side.word()))
            .texts(entries().map(|e| e.phase.word()))
            .ints(entries().map(|e| e.amount_minor))
            .ints(entries().map(|e| e.at_ms))
            .blobs(entries().map(|e| e.previous_hash))
            .blobs(entries().map(|e| e.hash));
        let sql = "INSERT INTO ledger_entry (account_id, sequence, transfer_id, side, phase, amount_minor, at_ms,
            previous_hash, hash)";
        tx.insert_set(sql, set, "").await.map(drop)
    }

    async fn write_accounts(&self, tx: &mut Tx) -> Result<(), LedgerError> {
        let touched = || self.touched.iter().filter_map(|id| self.accounts.get(id));
        let set = Set::of_ids(&self.touched)
            .ints(touched().map(|a| a.posted_debit))
            .ints(touched().map(|a| a.posted_credit))
            .ints(touched().map(|a| a.reserved_debit))
            .ints(touched().map(|a| a.reserved_credit))
            .ints(touched().map(|a| a.held))
            .ints(touched().map(|a| a.last_sequence))
            .blobs(touched().map(|a| a.last_hash));
        let sql = "UPDATE ledger_account SET posted_debit = s.c2, posted_credit = s.c3, reserved_debit = s.c4,
                reserved_credit = s.c5, held = s.c6, last_sequence = s.c7, last_hash = s.c8
            FROM {SET} WHERE ledger_account.id = s.c1";
        tx.execute_set(sql, set).await.map(drop)
    }
}

/// The part of a payment's reserved debits its own reserved credits do not cover.
fn uncovered(net: i128) -> i128 {
    (-net).max(0)
}
