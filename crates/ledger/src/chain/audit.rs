use super::{GENESIS, hash};
use crate::book::{booked, entry_text};
use crate::{LedgerError, Row, Set, Tx, args, feed};
use pay::Currency;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// How many rows are read at once.
const PAGE: u32 = 1000;

/// What [`audit`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// Accounts looked at.
    pub accounts: u64,
    /// Entries looked at.
    pub entries: u64,
    /// Changes of feeds looked at.
    pub changes: u64,
    /// Everything that does not fit; empty for a sound book.
    pub faults: Vec<Fault>,
}

/// One thing that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// This entry, or the transfer it tells of, was changed, or an entry before it is missing.
    Entry {
        /// The account.
        account: Uuid,
        /// The sequence of the entry.
        sequence: i64,
    },
    /// The account's sums, last sequence or last hash are not what its entries say.
    Account(Uuid),
    /// The state of the transfer is not what the entries say.
    Transfer(Uuid),
    /// This change of a feed was changed, or one before it is missing.
    Change {
        /// The account.
        account: Uuid,
        /// The sequence of the change.
        sequence: i64,
    },
    /// The end of the account's feed was cut off or changed.
    Feed(Uuid),
    /// Debits and credits of this currency are not equal.
    Unbalanced(Currency),
}

/// Recomputes the whole book: every chain, every sum, every state. For a [`crate::Store::read`] snapshot; it reads
/// everything once, in pages.
pub async fn audit(tx: &mut Tx) -> Result<Audit, LedgerError> {
    let mut audit = Audit::default();
    let mut sides: HashMap<Currency, [i128; 2]> = HashMap::new();
    let ids = tx.rows("SELECT id FROM ledger_account ORDER BY id", args![]).await?;
    for id in ids.iter().map(|row| row.uuid(0)) {
        let id = id?;
        let sql = "SELECT id, currency, posted_debit, posted_credit, reserved_debit, reserved_credit, held,
            last_sequence, last_hash FROM ledger_account WHERE id = $1";
        let row = tx.row(sql, args![id]).await?.ok_or(LedgerError::UnknownAccount(id))?;
        audit.accounts += 1;
        let counted = account(tx, id, &mut audit).await?;
        if counted != Counted::stored(&row)? {
            audit.faults.push(Fault::Account(id));
        }
        let [debits, credits] = sides.entry(row.currency(1)?).or_default();
        *debits += counted.posted_debit + counted.reserved_debit;
        *credits += counted.posted_credit + counted.reserved_credit;
    }
    audit
        .faults
        .extend(sides.iter().filter(|(_, [debits, credits])| debits != credits).map(|(c, _)| Fault::Unbalanced(*c)));
    transfers(tx, &mut audit).await?;
    feeds(tx, &mut audit).await?;
    Ok(audit)
}

#[derive(PartialEq, Eq)]
struct Counted {
    posted_debit: i128,
    posted_credit: i128,
    reserved_debit: i128,
    reserved_credit: i128,
    held: i128,
    sequence: i64,
    hash: [u8; 32],
}

impl Counted {
    fn stored(row: &Row) -> Result<Self, LedgerError> {
        Ok(Counted {
            posted_debit: row.i64(2)?.into(),
            posted_credit: row.i64(3)?.into(),
            reserved_debit: row.i64(4)?.into(),
            reserved_credit: row.i64(5)?.into(),
            held: row.i64(6)?.into(),
            sequence: row.i64(7)?,
            hash: row.bytes(8)?,
        })
    }
}

/// Walks the entries of one account.
async fn account(tx: &mut Tx, id: Uuid, audit: &mut Audit) -> Result<Counted, LedgerError> {
    let mut counted = Counted {
        posted_debit: 0,
        posted_credit: 0,
        reserved_debit: 0,
        reserved_credit: 0,
        held: 0,
        sequence: 0,
        hash: GENESIS,
    };
    let mut nets: HashMap<Uuid, i128> = HashMap::new();
    loop {
        let sql = "SELECT t.id, t.payment_id, t.debit, t.credit, t.amount_minor, t.currency, t.order_digest, t.state,
                t.reverses, t.created_at_ms, e.sequence, e.side, e.phase, e.amount_minor, e.at_ms, e.previous_hash, e.hash
            FROM ledger_entry e JOIN ledger_transfer t ON t.id = e.transfer_id
            WHERE e.account_id = $1 AND e.sequence > $2 ORDER BY e.sequence LIMIT $3";
        let rows = tx.rows(sql, args![id, counted.sequence, PAGE]).await?;
        for row in &rows {
            audit.entries += 1;
            let sequence = row.i64(10)?;
            if !entry(id, row, &mut counted, &mut nets)? {
                audit.faults.push(Fault::Entry { account: id, sequence });
            }
            counted.sequence = sequence;
            counted.hash = row.bytes(16)?;
        }
        if rows.len() < PAGE as usize {
            counted.held = nets.values().map(|net| (-net).max(0)).sum();
            return Ok(counted);
        }
    }
}

/// Adds one entry to the sums; false when it does not follow the one before or is not what its hash says.
fn entry(id: Uuid, row: &Row, counted: &mut Counted, nets: &mut HashMap<Uuid, i128>) -> Result<bool, LedgerError> {
    let told = booked(row)?;
    let (side, phase, minor) = (row.text(11)?, row.text(12)?, row.i64(13)?);
    let (sequence, at_ms) = (row.i64(10)?, row.i64(14)?);
    let debit = side == "debit";
    let own = if debit { told.transfer.debit } else { told.transfer.credit };
    let previous: [u8; 32] = row.bytes(15)?;
    let sound = sequence == counted.sequence + 1
        && own == id
        && minor == told.transfer.amount.minor()
        && previous == counted.hash
        && row.bytes::<32>(16)? == hash(&previous, id, sequence, at_ms, &entry_text(&told, &side, &phase));
    let minor = i128::from(minor);
    let (reserved, posted) = match debit {
        true => (&mut counted.reserved_debit, &mut counted.posted_debit),
        false => (&mut counted.reserved_credit, &mut counted.posted_credit),
    };
    let (into_reserved, into_posted) = match phase.as_str() {
        "reserved" => (minor, 0),
        "posted" => (-minor, minor),
        "voided" => (-minor, 0),
        _ => (0, minor),
    };
    *reserved += into_reserved;
    *posted += into_posted;
    *nets.entry(told.transfer.payment_id).or_default() += if debit { -into_reserved } else { into_reserved };
    Ok(sound)
}

/// Every transfer has exactly the entries its state needs, and every entry its transfer and account.
async fn transfers(tx: &mut Tx, audit: &mut Audit) -> Result<(), LedgerError> {
    let sql = "SELECT t.id FROM ledger_transfer t LEFT JOIN (
            SELECT transfer_id, COUNT(*) AS whole,
                SUM(CASE WHEN phase IN ('posted', 'reversal') THEN 1 ELSE 0 END) AS posted,
                SUM(CASE WHEN phase = 'voided' THEN 1 ELSE 0 END) AS voided
            FROM ledger_entry GROUP BY transfer_id) e ON e.transfer_id = t.id
        WHERE COALESCE(e.whole, 0) <> CASE WHEN t.state = 'reserved' OR t.reverses IS NOT NULL THEN 2 ELSE 4 END
            OR COALESCE(e.posted, 0) <> CASE WHEN t.state = 'posted' THEN 2 ELSE 0 END
            OR COALESCE(e.voided, 0) <> CASE WHEN t.state = 'voided' THEN 2 ELSE 0 END
        UNION
        SELECT e.transfer_id FROM ledger_entry e WHERE NOT EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.id = e.transfer_id)
        ORDER BY 1";
    for row in tx.rows(sql, args![]).await? {
        audit.faults.push(Fault::Transfer(row.uuid(0)?));
    }
    Ok(())
}

async fn feeds(tx: &mut Tx, audit: &mut Audit) -> Result<(), LedgerError> {
    let sql = "SELECT account_id FROM ledger_feed_head UNION SELECT DISTINCT account_id FROM ledger_feed ORDER BY 1";
    let accounts = tx.rows(sql, args![]).await?.iter().map(|row| row.uuid(0)).collect::<Result<Vec<_>, _>>()?;
    let sql =
        "SELECT account_id, last_sequence, last_hash FROM ledger_feed_head WHERE account_id IN (SELECT c1 FROM {SET})";
    let mut heads: BTreeMap<Uuid, (i64, [u8; 32])> = BTreeMap::new();
    for row in tx.rows_set(sql, Set::of_ids(&accounts)).await? {
        heads.insert(row.uuid(0)?, (row.i64(1)?, row.bytes(2)?));
    }
    for account in accounts {
        let (mut sequence, mut previous) = (0, GENESIS);
        loop {
            let changes = feed::after(tx, account, sequence, PAGE).await?;
            for change in &changes {
                audit.changes += 1;
                if !change.follows(&previous, sequence) {
                    audit.faults.push(Fault::Change { account, sequence: change.sequence });
                }
                (sequence, previous) = (change.sequence, change.hash);
            }
            if changes.len() < PAGE as usize {
                break;
            }
        }
        if heads.get(&account) != Some(&(sequence, previous)) {
            audit.faults.push(Fault::Feed(account));
        }
    }
    Ok(())
}
