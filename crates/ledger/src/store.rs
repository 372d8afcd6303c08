//! The database under the book: open, migrate, write, read. One SQL text serves SQLite and PostgreSQL.

mod copy;
mod migration;
#[cfg(feature = "postgres")]
mod postgres;
mod set;
mod sqlite;
mod tx;
mod value;

pub use migration::Migration;
pub use set::Set;
pub use tx::{Savepoint, Tx};
pub use value::{Row, Value};

use crate::LedgerError;
#[cfg(feature = "postgres")]
use sqlx::PgPool;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqlitePool};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;
use tx::{Inner, OnSqlite};
use zeroize::Zeroizing;

/// SQLSTATE our triggers raise when someone changes what may only be added.
pub(crate) const APPEND_ONLY_STATE: &str = "LG001";

/// The 256-bit key of an encrypted SQLite file. In one place of the memory, wiped when dropped; never printed.
#[derive(Clone)]
pub struct DatabaseKey(Arc<Zeroizing<[u8; 32]>>);

impl DatabaseKey {
    /// Takes 32 bytes of good randomness.
    pub fn new(bytes: [u8; 32]) -> Self {
        DatabaseKey(Arc::new(Zeroizing::new(bytes)))
    }
}

impl std::fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}

/// Which database a store is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// One file, one writer.
    Sqlite,
    /// A server, several writers.
    Postgres,
}

/// A pool on one database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
}

#[derive(Clone)]
enum Pools {
    /// SQLite has one writer: the pool of one connection is its queue. A read-only store has no writer.
    /// `plain` opens another file with the same key.
    Sqlite {
        write: Option<SqlitePool>,
        read: SqlitePool,
        glance: sqlite::Glance,
        encrypted: bool,
        plain: Box<SqliteConnectOptions>,
    },
    #[cfg(feature = "postgres")]
    Postgres(PgPool),
}

impl Store {
    /// Opens, or creates, a SQLite file, encrypted by SQLCipher when a key is given, and brings the ledger's tables up
    /// to date. [`LedgerError::WrongKey`], [`LedgerError::Corrupt`] (also: an encrypted file opened with no key),
    /// [`LedgerError::Locked`] by another process, [`LedgerError::DiskFull`].
    pub async fn open_sqlite(path: &Path, key: Option<DatabaseKey>) -> Result<Self, LedgerError> {
        let store = Store::open_sqlite_as_it_is(path, key).await?;
        let ready = store.migrate_ledger().await;
        store.if_ready(ready).await
    }

    /// This store when it is ready for use. One that is not is closed before its error is told: no thread of a database may
    /// be left behind that nobody can wait for (see [`Store::close`]).
    pub async fn if_ready<E>(self, ready: Result<(), E>) -> Result<Self, E> {
        if ready.is_err() {
            self.close().await;
        }
        ready.map(|()| self)
    }

    /// [`Store::open_sqlite`] that leaves the tables as they are, so that a copy can be made before
    /// [`Store::migrate_ledger`].
    pub async fn open_sqlite_as_it_is(path: &Path, key: Option<DatabaseKey>) -> Result<Self, LedgerError> {
        let encrypted = key.is_some();
        let plain = Box::new(sqlite::options(path, key.as_ref()));
        let (write, read, glance) = sqlite::open(path, &plain, encrypted).await?;
        Ok(Store { pools: Pools::Sqlite { write: Some(write), read, glance, encrypted, plain } })
    }

    /// Brings the ledger's own tables up to date.
    pub async fn migrate_ledger(&self) -> Result<(), LedgerError> {
        self.migrate("ledger", crate::book::TABLES).await
    }

    /// Opens an existing SQLite file without ever writing to it: [`Store::begin`] answers [`LedgerError::ReadOnly`].
    /// For a file that is locked, damaged, on a full disk or on read-only media.
    pub async fn open_sqlite_read_only(path: &Path, key: Option<DatabaseKey>) -> Result<Self, LedgerError> {
        Store::read_only(Box::new(sqlite::options(path, key.as_ref())), key.is_some()).await
    }

    async fn read_only(plain: Box<SqliteConnectOptions>, encrypted: bool) -> Result<Self, LedgerError> {
        let (read, glance) = sqlite::open_read_only(&plain, encrypted).await?;
        Ok(Store { pools: Pools::Sqlite { write: None, read, glance, encrypted, plain } })
    }

    /// Connects to PostgreSQL 13 or newer and brings the ledger's tables up to date. Another machine is only spoken to over
    /// TLS with its certificate and name checked, whatever the address asks for (see `postgres.rs`).
    #[cfg(feature = "postgres")]
    pub async fn open_postgres(url: &str) -> Result<Self, LedgerError> {
        let store = Store { pools: Pools::Postgres(postgres::connect(url).await?) };
        let ready = store.migrate_ledger().await;
        store.if_ready(ready).await
    }

    /// Which database this store is on.
    pub fn database(&self) -> Database {
        match self.pools {
            Pools::Sqlite { .. } => Database::Sqlite,
            #[cfg(feature = "postgres")]
            Pools::Postgres(_) => Database::Postgres,
        }
    }

    /// Begins a write. On SQLite writers queue here, one at a time (`BEGIN IMMEDIATE`).
    pub async fn begin(&self) -> Result<Tx, LedgerError> {
        let inner = match &self.pools {
            Pools::Sqlite { write: Some(pool), .. } => {
                Inner::Sqlite(OnSqlite::Begun(pool.begin_with("BEGIN IMMEDIATE").await?))
            }
            Pools::Sqlite { write: None, .. } => return Err(LedgerError::ReadOnly),
            #[cfg(feature = "postgres")]
            Pools::Postgres(pool) => Inner::Postgres(pool.begin().await?),
        };
        Ok(Tx { inner, depth: 0 })
    }

    /// Begins a read: all its queries see one moment of the book, the moment of the first query. Writing fails.
    pub async fn read(&self) -> Result<Tx, LedgerError> {
        let inner = match &self.pools {
            Pools::Sqlite { read, .. } => Inner::Sqlite(OnSqlite::Begun(read.begin().await?)),
            #[cfg(feature = "postgres")]
            Pools::Postgres(pool) => {
                Inner::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        };
        Ok(Tx { inner, depth: 0 })
    }

    /// Reads of which each query may see a later moment than the one before, for what is asked in one query and has to be
    /// quick: begin and end of a read cost as much as a short query. One at a time, on a connection of their own. On
    /// PostgreSQL the same as [`Store::read`].
    pub async fn glance(&self) -> Result<Tx, LedgerError> {
        match &self.pools {
            Pools::Sqlite { glance, .. } => {
                let guard = OwnedMutexGuard::try_map(glance.clone().lock_owned().await, Option::as_mut);
                let held = guard.map_err(|_| LedgerError::Unavailable)?;
                Ok(Tx { inner: Inner::Sqlite(OnSqlite::Held(held)), depth: 0 })
            }
            #[cfg(feature = "postgres")]
            Pools::Postgres(_) => self.read().await,
        }
    }

    /// Reads the whole SQLite file and checks pages, indexes and (encrypted) every page's authentication code.
    /// [`LedgerError::Corrupt`] when anything is wrong. PostgreSQL checks its pages itself: only reachability is asked.
    /// The book's own chains are checked by [`crate::chain::audit`].
    pub async fn integrity_check(&self) -> Result<(), LedgerError> {
        let mut tx = self.read().await?;
        let encrypted = match &self.pools {
            Pools::Sqlite { encrypted, .. } => *encrypted,
            #[cfg(feature = "postgres")]
            Pools::Postgres(_) => return tx.row("SELECT 1", Vec::new()).await.map(drop),
        };
        if encrypted && !tx.rows("PRAGMA cipher_integrity_check", Vec::new()).await?.is_empty() {
            return Err(LedgerError::Corrupt);
        }
        let answer = tx.rows("PRAGMA integrity_check", Vec::new()).await?;
        let first = answer.first().ok_or(LedgerError::Corrupt)?.text(0)?;
        if first == "ok" { Ok(()) } else { Err(LedgerError::Corrupt) }
    }

    /// Takes what was deleted out of the write-ahead log too, and empties it: deleted rows are overwritten in the file
    /// itself (`secure_delete`), but the log keeps older copies of pages until now. False: a reader was in the way, say it
    /// again. PostgreSQL clears its own pages (autovacuum) and its log by the operator's settings: nothing to do.
    pub async fn scrub(&self) -> Result<bool, LedgerError> {
        match &self.pools {
            Pools::Sqlite { write: Some(pool), .. } => {
                let busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(pool).await?;
                Ok(busy == 0)
            }
            Pools::Sqlite { write: None, .. } => Err(LedgerError::ReadOnly),
            #[cfg(feature = "postgres")]
            Pools::Postgres(_) => Ok(true),
        }
    }

    /// Lets go of the memory that large writes took: the writer needs it for none of the small ones.
    pub async fn release_memory(&self) -> Result<(), LedgerError> {
        match &self.pools {
            Pools::Sqlite { write: Some(write), .. } => {
                sqlx::query("PRAGMA shrink_memory").execute(write).await?;
                Ok(())
            }
            Pools::Sqlite { write: None, .. } => Ok(()),
            #[cfg(feature = "postgres")]
            Pools::Postgres(_) => Ok(()),
        }
    }

    /// Waits for the connections to close. On SQLite this moves the write-ahead log into the file, and has to come before
    /// the process ends: SQLCipher gives its memory back at exit, whether or not a thread still works with it.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { write, read, glance, .. } => {
                read.close().await;
                if let Some(glance) = glance.lock().await.take() {
                    // What cannot be closed well is closed all the same.
                    let _ = glance.close().await;
                }
                if let Some(write) = write {
                    write.close().await;
                }
            }
            #[cfg(feature = "postgres")]
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}
