//! The book: double entry, gapless hash-chained feeds and idempotency, over SQLite (encrypted if wished) and PostgreSQL.
//! It never speaks HTTP, reads a clock, knows a code or a payment's rules, changes a written entry, or logs.
//! Start with [`Store`] and [`Tx`], then [`book`], then [`feed`], [`replay`] and [`chain`].

pub mod book;
pub mod chain;
mod error;
pub mod feed;
pub mod replay;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::LedgerError;
pub use store::{Database, DatabaseKey, Migration, Row, Savepoint, Set, Store, Tx, Value};
