//! The way to a database on another machine: only over TLS, and only to the one whose certificate says so.

use ledger::testing::Postgres;
use ledger::{LedgerError, Store};

#[tokio::test]
async fn a_database_is_reached_over_tls_and_a_stranger_in_its_place_is_not() {
    let server = Postgres::start_with_tls().unwrap_or_else(|error| panic!("{error}"));
    let store = Store::open_postgres(&server.over_tls(None)).await.expect("the certificate is good");
    let mut tx = store.read().await.expect("a read");
    let row = tx.row("SELECT CAST(ssl AS TEXT) FROM pg_stat_ssl WHERE pid = pg_backend_pid()", vec![]).await;
    let encrypted = row.expect("a row").expect("one row").text(0).map(|text| text == "true");
    assert_eq!(encrypted, Ok(true), "the connection is not encrypted");

    let folder = tempfile::tempdir().expect("folder");
    let stranger = folder.path().join("stranger.crt");
    std::fs::write(&stranger, server.issuer_of_a_stranger().expect("another issuer")).expect("written");
    let refused = Store::open_postgres(&server.over_tls(Some(&stranger))).await.map(drop);
    assert_eq!(refused, Err(LedgerError::Unavailable));
}
