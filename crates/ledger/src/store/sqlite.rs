use super::DatabaseKey;
use crate::LedgerError;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

/// How long a statement waits for another process before [`LedgerError::Locked`].
const BUSY: Duration = Duration::from_secs(3);
/// How long a writer waits in our own queue.
const QUEUE: Duration = Duration::from_secs(60);
const READERS: u32 = 3;
/// Rows that SQLite's thread may be ahead of who reads them: a page of a list, so that it is not stopped and woken for each.
const ROWS_AHEAD: usize = 256;
/// Most memory of a connection for pages it has decrypted, KiB; it grows only with what is read. Reading a page anew costs
/// its decryption: a book of 100,000 payments is searched in a fraction of the time when its index stays.
const CACHE_KIB: u32 = 32 * 1024;

/// The connection of glances, kept between them: what it has decrypted is there the next time, and taking it is cheaper than
/// asking a pool. Empty once the store is closed.
pub(super) type Glance = Arc<Mutex<Option<SqliteConnection>>>;

/// The write pool (one connection), the read pool, and what glances go through.
pub(super) async fn open(
    path: &Path,
    plain: &SqliteConnectOptions,
    encrypted: bool,
) -> Result<(SqlitePool, SqlitePool, Glance), LedgerError> {
    make_private(path);
    let options = plain
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", format!("-{CACHE_KIB}"));
    let write = connect(options.clone(), 1, plain, encrypted).await?;
    match readers(options.pragma("query_only", "ON"), READERS, plain, encrypted).await {
        Ok((read, glance)) => Ok((write, read, glance)),
        Err(error) => {
            write.close().await;
            Err(error)
        }
    }
}

async fn readers(
    options: SqliteConnectOptions,
    connections: u32,
    plain: &SqliteConnectOptions,
    encrypted: bool,
) -> Result<(SqlitePool, Glance), LedgerError> {
    let read = connect(options.clone(), connections, plain, encrypted).await?;
    match options.connect().await {
        Ok(glance) => Ok((read, Arc::new(Mutex::new(Some(glance))))),
        Err(error) => {
            read.close().await;
            Err(error.into())
        }
    }
}

/// A new file is its owner's alone; SQLite gives the write-ahead log the same mode. What fails here fails again, with a
/// reason, when SQLite opens the file.
pub(super) fn make_private(path: &Path) {
    #[cfg(unix)]
    {
        let mut new = std::fs::OpenOptions::new();
        new.write(true).create_new(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut new, 0o600);
        let _ = new.open(path);
    }
}

pub(super) async fn open_read_only(
    plain: &SqliteConnectOptions,
    encrypted: bool,
) -> Result<(SqlitePool, Glance), LedgerError> {
    readers(plain.clone().read_only(true).pragma("query_only", "ON"), 1, plain, encrypted).await
}

pub(super) fn options(path: &Path, key: Option<&DatabaseKey>) -> SqliteConnectOptions {
    // Statement logging would print the key pragma.
    let mut options = SqliteConnectOptions::new().filename(path).disable_statement_logging();
    if let Some(key) = key {
        let mut text = Zeroizing::new(String::with_capacity(70));
        text.push_str("\"x'");
        for byte in key.0.iter() {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text.push_str("'\"");
        options = options.pragma("key", text.to_string());
    }
    options
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .pragma("temp_store", "MEMORY")
        .statement_cache_capacity(300)
        .row_buffer_size(ROWS_AHEAD)
}

/// A pool that has read the tables. One that has not is closed before its error is told: no thread of a database may be left
/// behind that nobody can wait for (see [`super::Store::close`]).
async fn connect(
    options: SqliteConnectOptions,
    connections: u32,
    plain: &SqliteConnectOptions,
    encrypted: bool,
) -> Result<SqlitePool, LedgerError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(QUEUE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        // When SQLite undoes a transaction by itself (a full disk at its commit), the connection goes on believing that
        // it is inside one and refuses every other: another connection takes its place.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .connect_lazy_with(options);
    // The tables are read here, so that a wrong key or damage shows now.
    let asked = sqlx::query("SELECT COUNT(*) FROM sqlite_schema").fetch_one(&pool).await;
    let Err(error) = asked.map_err(LedgerError::from) else { return Ok(pool) };
    pool.close().await;
    match error {
        LedgerError::Corrupt if encrypted && !opens_first_page(plain).await => Err(LedgerError::WrongKey),
        error => Err(error),
    }
}

/// False when the key does not open the first page, which SQLCipher cannot tell from damage there; a file that is not a
/// row of pages is damaged for sure.
async fn opens_first_page(plain: &SqliteConnectOptions) -> bool {
    const PAGE: u64 = 4096;
    let whole = std::fs::metadata(plain.get_filename()).is_ok_and(|file| file.len() >= PAGE && file.len() % PAGE == 0);
    if !whole {
        return true;
    }
    // This pragma reads the first page and no table.
    let Ok(mut connection) = plain.clone().read_only(true).connect().await else { return false };
    let opens = sqlx::query("PRAGMA user_version").fetch_one(&mut connection).await.is_ok();
    // What cannot be closed well is closed all the same.
    let _ = connection.close().await;
    opens
}
