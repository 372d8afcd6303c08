//! Opening a book's database: checked, copied before its tables change, and read as far as possible when it is damaged.

use std::path::Path;

use ledger::Store;

use super::{Book, listed, tables};
use crate::WalletError;
use crate::backup::{self, Copying};
use crate::keys::Opened;
use crate::view::BackupWhy;

/// Opens a book for use. Before its tables change for a newer version, it is copied; without room for a copy they change
/// all the same, in one commit, and the trouble is told.
pub(super) async fn open_checked(
    file: &Path,
    key: &Opened,
    copying: &Copying,
    now_ms: i64,
) -> Result<Store, WalletError> {
    let fresh = !file.exists();
    let store = Store::open_sqlite_as_it_is(file, Some(key.database_key())).await?;
    let ready = async {
        if !fresh {
            store.integrity_check().await?;
            if let Some(folder) = file.parent()
                && store.would_migrate("wallet", tables::TABLES).await?
            {
                let _ = copying.make(&store, folder, BackupWhy::Update, now_ms).await;
            }
        }
        migrate(&store).await
    }
    .await;
    store.if_ready(ready).await
}

/// Brings every table up to date.
pub(super) async fn migrate(store: &Store) -> Result<(), WalletError> {
    store.migrate_ledger().await?;
    store.migrate("wallet", tables::TABLES).await?;
    listed::list_all(store).await
}

/// Opens a damaged book for reading. One of an older version lacks tables that the screens ask: they are given to a copy,
/// which is read instead, as long as the damage allows it.
pub(crate) async fn open_damaged(folder: &Path, key: &Opened) -> Result<Store, WalletError> {
    let file = Book::database_file(folder);
    let store = Store::open_sqlite_read_only(&file, Some(key.database_key())).await?;
    if !matches!(store.would_migrate("wallet", tables::TABLES).await, Ok(true)) {
        return Ok(store);
    }
    let Ok(copy) = backup::set_aside(folder, backup::LOOK).await else { return Ok(store) };
    match migrated(&copy, key).await {
        Ok(copy) => {
            store.close().await;
            Ok(copy)
        }
        Err(_) => Ok(store),
    }
}

async fn migrated(copy: &Path, key: &Opened) -> Result<Store, WalletError> {
    let store = Store::open_sqlite_as_it_is(copy, Some(key.database_key())).await?;
    let done = migrate(&store).await;
    store.close().await;
    done?;
    Ok(Store::open_sqlite_read_only(copy, Some(key.database_key())).await?)
}
