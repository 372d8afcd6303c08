//! A process that is killed at a random moment, over and over, loses nothing it had acknowledged and breaks nothing.

use crate::place::*;
use ledger::{Store, book};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const PATH: &str = "LEDGER_KILL_PATH";
const FIRST: &str = "LEDGER_KILL_FIRST";

/// The child's part: pays until it is killed, and says each payment after its commit. Alone it does nothing.
#[tokio::test]
async fn child_pays_until_killed() {
    let (Ok(path), Ok(first)) = (std::env::var(PATH), std::env::var(FIRST)) else { return };
    let store = Store::open_sqlite(Path::new(&path), None).await.unwrap();
    let mut first: u128 = first.parse().unwrap();
    loop {
        let payment = payment(first, 5, 1);
        let mut tx = store.begin().await.unwrap();
        book::reserve(&mut tx, &payment, 1).await.unwrap();
        book::post(&mut tx, &ids(&payment), 2).await.unwrap();
        tx.commit().await.unwrap();
        // Straight to the pipe: the test harness keeps what goes through print.
        writeln!(std::io::stderr().lock(), "paid {first}").unwrap();
        first += 10;
    }
}

#[tokio::test]
async fn killed_at_any_moment_the_book_keeps_every_acknowledged_payment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.db");
    let store = Store::open_sqlite(&path, None).await.unwrap();
    open_accounts(&store).await;
    store.close().await;
    let mut luck = StdRng::seed_from_u64(2);
    let mut acknowledged: Vec<u128> = Vec::new();
    for round in 0..6_u128 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::child_pays_until_killed", "--nocapture"])
            .env(PATH, &path)
            .env(FIRST, ((round + 1) * 1_000_000).to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let one = lines.next().expect("one payment at least").unwrap();
        std::thread::sleep(Duration::from_micros(luck.gen_range(0..150_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let said = std::iter::once(one).chain(lines.map_while(Result::ok));
        acknowledged.extend(said.filter_map(|line| line.strip_prefix("paid ")?.parse::<u128>().ok()));

        let store = Store::open_sqlite(&path, None).await.unwrap();
        let entries = assert_sound(&store).await.entries;
        assert!(entries >= 16 * acknowledged.len() as u64 && entries % 16 == 0, "whole payments only");
        let mut tx = store.read().await.unwrap();
        for payment in &acknowledged {
            let booked = book::transfer(&mut tx, id(*payment)).await.unwrap().expect("acknowledged");
            assert_eq!(booked.state, book::TransferState::Posted);
        }
        drop(tx);
        store.close().await;
    }
}
