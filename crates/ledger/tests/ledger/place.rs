//! Where a test's book is, and the people in it.

use ledger::book::{self, Account, Floor, Transfer};
use ledger::testing::Postgres;
use ledger::{Database, Store, chain};
use pay::{Currency, Money};
use std::sync::OnceLock;
use uuid::Uuid;

/// A new, empty book. The folder lives as long as this.
pub struct Place {
    pub store: Store,
    _folder: tempfile::TempDir,
}

pub fn postgres() -> &'static Postgres {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    SERVER.get_or_init(|| Postgres::start().unwrap_or_else(|error| panic!("{error}")))
}

pub async fn place(database: Database) -> Place {
    let folder = tempfile::tempdir().expect("folder");
    let store = match database {
        Database::Sqlite => Store::open_sqlite(&folder.path().join("book.db"), None).await,
        Database::Postgres => Store::open_postgres(&postgres().new_database().expect("database")).await,
    };
    Place { store: store.expect("store"), _folder: folder }
}

/// Makes each case a test on both databases.
macro_rules! on_both {
    ($($case:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(crate::place::place(ledger::Database::Sqlite).await).await; })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(crate::place::place(ledger::Database::Postgres).await).await; })*
        }
    };
}
pub(crate) use on_both;

pub fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).expect("amount")
}

pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Two people (10, 11), their sources (20, 21) and the fees (30), all in USD.
pub const PAYER: u128 = 10;
pub const PAYEE: u128 = 11;
pub const PAYER_SOURCE: u128 = 20;
pub const PAYEE_SOURCE: u128 = 21;
pub const FEES: u128 = 30;

pub async fn open_accounts(store: &Store) {
    let mut tx = store.begin().await.expect("begin");
    for person in [PAYER, PAYEE] {
        open(&mut tx, person, Floor::Zero).await;
    }
    for outside in [PAYER_SOURCE, PAYEE_SOURCE, FEES] {
        open(&mut tx, outside, Floor::None).await;
    }
    tx.commit().await.expect("commit");
}

pub async fn open(tx: &mut ledger::Tx, number: u128, floor: Floor) {
    let account = Account { id: id(number), currency: Currency::USD, floor };
    book::open_account(tx, account).await.expect("account");
}

pub fn transfer(number: u128, payment: u128, debit: u128, credit: u128, minor: i64) -> Transfer {
    Transfer {
        id: id(number),
        payment_id: id(payment),
        debit: id(debit),
        credit: id(credit),
        amount: usd(minor),
        order_digest: Some([7; 32]),
    }
}

/// The four transfers of a payment of `amount` with `fee`: ids `first`, `first` + 1, …
pub fn payment(first: u128, amount: i64, fee: i64) -> [Transfer; 4] {
    [
        transfer(first, first, PAYER_SOURCE, PAYER, amount + fee),
        transfer(first + 1, first, PAYER, PAYEE, amount),
        transfer(first + 2, first, PAYER, FEES, fee),
        transfer(first + 3, first, PAYEE, PAYEE_SOURCE, amount),
    ]
}

pub fn ids(transfers: &[Transfer]) -> Vec<Uuid> {
    transfers.iter().map(|transfer| transfer.id).collect()
}

/// Posted, reserved and held of an account, in minor units, credits less debits.
pub async fn sums(store: &Store, account: u128) -> (i64, i64, i64) {
    let mut tx = store.read().await.expect("read");
    let balance = book::balance(&mut tx, id(account)).await.expect("balance");
    (
        balance.posted_credit.minor() - balance.posted_debit.minor(),
        balance.reserved_credit.minor() - balance.reserved_debit.minor(),
        balance.held.minor(),
    )
}

/// Chains, sums and states of the whole book.
pub async fn assert_sound(store: &Store) -> chain::Audit {
    let audit = chain::audit(&mut store.read().await.expect("read")).await.expect("audit");
    assert_eq!(audit.faults, [], "the book is not sound");
    audit
}
