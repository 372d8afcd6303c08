//! What only a file can have: a key, damage, another process, a full disk.

use crate::place::*;
use ledger::{DatabaseKey, LedgerError, Store, args, book, feed};
use std::path::Path;

const KEY: [u8; 32] = [0x5a; 32];

fn key() -> Option<DatabaseKey> {
    Some(DatabaseKey::new(KEY))
}

async fn filled(path: &Path, key: Option<DatabaseKey>) -> Store {
    let store = Store::open_sqlite(path, key).await.unwrap();
    open_accounts(&store).await;
    let mut tx = store.begin().await.unwrap();
    book::reserve(&mut tx, &payment(100, 777, 1), 1).await.unwrap();
    for _ in 0..200 {
        feed::append(&mut tx, id(PAYER), "Maria Known-Name paid 777.77", 1).await.unwrap();
    }
    tx.commit().await.unwrap();
    store
}

fn error_of(result: Result<Store, LedgerError>) -> LedgerError {
    match result {
        Ok(_) => panic!("opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn an_encrypted_book_shows_no_word_and_no_other_key_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.db");
    let store = filled(&path, key()).await;
    store.integrity_check().await.unwrap();
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        files += 1;
        // Six bytes at least: three stand somewhere in this much noise by chance, now and then.
        for known in ["Maria Known", "Known-Name", "777.77", "ledger_account", "CREATE TABLE", "SQLite format"] {
            let found = bytes.windows(known.len()).any(|window| window == known.as_bytes());
            assert!(!found, "{known} is readable");
        }
    }
    assert_eq!(files, 3, "file, log and index were all there to be read");
    store.close().await;
    let wrong = || Some(DatabaseKey::new([1; 32]));
    assert_eq!(error_of(Store::open_sqlite(&path, wrong()).await), LedgerError::WrongKey);
    assert_eq!(error_of(Store::open_sqlite_read_only(&path, wrong()).await), LedgerError::WrongKey);
    assert_eq!(error_of(Store::open_sqlite(&path, None).await), LedgerError::Corrupt);
    assert_sound(&Store::open_sqlite(&path, key()).await.unwrap()).await;
    assert_eq!(format!("{:?}", key().unwrap()), "DatabaseKey(…)");
}

#[tokio::test]
async fn damage_is_said_and_what_is_no_book_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, with_key) in [("plain.db", false), ("secret.db", true)] {
        let path = folder.path().join(name);
        let key = || if with_key { key() } else { None };
        filled(&path, key()).await.close().await;
        let mut bytes = std::fs::read(&path).unwrap();
        let length = bytes.len();
        bytes[length / 2..].fill(0xee);
        std::fs::write(&path, bytes).unwrap();
        let found = match Store::open_sqlite_read_only(&path, key()).await {
            Ok(store) => store.integrity_check().await,
            Err(error) => Err(error),
        };
        assert_eq!(found, Err(LedgerError::Corrupt), "{name}");
    }
    let path = folder.path().join("text.db");
    std::fs::write(&path, "this is no database, but long enough to have a header, so it is read as one".repeat(3))
        .unwrap();
    assert_eq!(error_of(Store::open_sqlite(&path, None).await), LedgerError::Corrupt);
    assert_eq!(error_of(Store::open_sqlite(&path, key()).await), LedgerError::Corrupt);
    let nowhere = folder.path().join("missing/book.db");
    assert_eq!(error_of(Store::open_sqlite(&nowhere, None).await), LedgerError::Unavailable);
}

#[tokio::test]
async fn a_second_writer_is_told_it_is_locked_and_may_still_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.db");
    let store = filled(&path, key()).await;
    let held = store.begin().await.unwrap();
    assert_eq!(error_of(Store::open_sqlite(&path, key()).await), LedgerError::Locked);
    let reader = Store::open_sqlite_read_only(&path, key()).await.unwrap();
    assert_eq!(sums(&reader, PAYER).await, (0, 0, 0));
    assert_eq!(reader.begin().await.err(), Some(LedgerError::ReadOnly));
    held.rollback().await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_said_and_keeps_what_was_committed() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder.path().join("book.db"), key()).await;
    let mut tx = store.begin().await.unwrap();
    let pages = tx.row("PRAGMA page_count", args![]).await.unwrap().unwrap().i64(0).unwrap();
    assert!(pages > 0);
    // SQLite never goes below the present size: this is "not one page more".
    tx.row("PRAGMA max_page_count = 1", args![]).await.unwrap();
    let big = "x".repeat(100_000);
    assert_eq!(feed::append(&mut tx, id(PAYER), &big, 2).await, Err(LedgerError::DiskFull));
    drop(tx);
    assert_sound(&store).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(feed::last_sequence(&mut tx, id(PAYER)).await, Ok(200));
}

#[tokio::test]
async fn after_a_transaction_that_sqlite_undid_by_itself_the_next_one_begins() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder.path().join("book.db"), key()).await;
    let mut tx = store.begin().await.unwrap();
    // What SQLite does when the disk is full at a commit.
    tx.execute("ROLLBACK", args![]).await.unwrap();
    assert!(tx.commit().await.is_err());
    let mut tx = store.begin().await.unwrap();
    feed::append(&mut tx, id(PAYER), "{}", 3).await.unwrap();
    tx.commit().await.unwrap();
    assert_sound(&store).await;
}

#[tokio::test]
async fn a_book_of_a_newer_version_is_closed_before_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.db");
    let store = filled(&path, key()).await;
    let mut tx = store.begin().await.unwrap();
    tx.execute("INSERT INTO ledger_migration (name, id, digest) VALUES ('ledger', 999999, $1)", args![[0u8; 32]])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    assert_eq!(error_of(Store::open_sqlite(&path, key()).await), LedgerError::Newer { name: "ledger" });
    // SQLite takes the log away with the last connection.
    let names = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name());
    assert_eq!(names.collect::<Vec<_>>(), ["book.db"]);
}

#[tokio::test]
async fn a_new_book_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder.path().join("book.db"), None).await;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
    }
    store.close().await;
}
