use super::{Pools, Store, sqlite};
use crate::LedgerError;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Steps of SQLite's machine between two looks at whether the copy was called off.
const LOOK: i32 = 10_000;

impl Store {
    /// Writes the whole SQLite book, as it is at this moment, to a new file of the same key that only its owner can
    /// read, and checks it page by page. Writers go on meanwhile. Setting `stop` ends it soon.
    ///
    /// [`LedgerError::DiskFull`], [`LedgerError::Corrupt`] when the copy does not hold, [`LedgerError::Unavailable`] when
    /// it was called off, and always on PostgreSQL, which has tools of its own. What is at `path` then is no copy.
    pub async fn copy_to(&self, path: &Path, stop: &Arc<AtomicBool>) -> Result<(), LedgerError> {
        let (read, encrypted, plain) = match &self.pools {
            Pools::Sqlite { read, encrypted, plain, .. } => (read, *encrypted, plain),
            #[cfg(feature = "postgres")]
            Pools::Postgres(_) => return Err(LedgerError::Unavailable),
        };
        let name = path.to_str().ok_or(LedgerError::Unavailable)?;
        sqlite::make_private(path);
        // A connection of the pool, so that closing the store waits for it; not one that goes back to the readers.
        let mut connection = read.acquire().await?;
        connection.close_on_drop();
        sqlx::query("PRAGMA query_only = OFF").execute(&mut *connection).await?;
        let called_off = Arc::clone(stop);
        connection.lock_handle().await?.set_progress_handler(LOOK, move || !called_off.load(Ordering::Relaxed));
        sqlx::query("VACUUM INTO $1").persistent(false).bind(name).execute(&mut *connection).await?;
        drop(connection);
        let copy = Store::read_only(Box::new((**plain).clone().filename(path)), encrypted).await?;
        let sound = copy.integrity_check().await;
        copy.close().await;
        sound
    }

    /// Opens another SQLite file under the key of this one, for reading only.
    pub async fn beside(&self, path: &Path) -> Result<Store, LedgerError> {
        match &self.pools {
            Pools::Sqlite { encrypted, plain, .. } => {
                Store::read_only(Box::new((**plain).clone().filename(path)), *encrypted).await
            }
            #[cfg(feature = "postgres")]
            Pools::Postgres(_) => Err(LedgerError::Unavailable),
        }
    }
}
