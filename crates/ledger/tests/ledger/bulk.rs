//! Many rows at once: what another book has posted, and wide inserts.

use crate::place::*;
use ledger::book::{self, Account, Applied, Floor, TransferState};
use ledger::{LedgerError, Migration, Set, args};
use pay::Currency;

on_both!(
    what_another_book_posted_is_recorded_once_as_if_step_by_step,
    a_record_that_contradicts_the_book_writes_nothing,
    many_accounts_open_once_and_not_as_others,
    wide_rows_go_in_whole_and_in_their_order,
);

async fn what_another_book_posted_is_recorded_once_as_if_step_by_step(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let transfers: Vec<_> =
        (0..300_i64).map(|n| (transfer(500 + n as u128, 9, PAYER_SOURCE, PAYEE, 7), 1_000 + n)).collect();
    for round in 0..2 {
        let mut tx = store.begin().await.unwrap();
        let expected = if round == 0 { Applied::Now } else { Applied::Already };
        assert_eq!(book::record(&mut tx, &transfers).await, Ok(vec![expected; 300]));
        tx.commit().await.unwrap();
    }
    assert_eq!(sums(store, PAYEE).await, (2_100, 0, 0));
    let mut tx = store.read().await.unwrap();
    let last = book::transfer(&mut tx, id(799)).await.unwrap().unwrap();
    assert_eq!((last.state, last.created_at_ms), (TransferState::Posted, 1_299));
    // Each is reserved and posted, on both sides.
    assert_eq!(assert_sound(store).await.entries, 1_200);
    let sql = "SELECT phase, at_ms FROM ledger_entry WHERE account_id = $1 ORDER BY sequence LIMIT 4";
    let rows = tx.rows(sql, args![id(PAYEE)]).await.unwrap();
    let steps: Vec<_> = rows.iter().map(|row| (row.text(0).unwrap(), row.i64(1).unwrap())).collect();
    let step = |phase: &str, at_ms| (phase.to_owned(), at_ms);
    assert_eq!(steps, [step("reserved", 1_000), step("posted", 1_000), step("reserved", 1_001), step("posted", 1_001)]);
}

async fn a_record_that_contradicts_the_book_writes_nothing(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let first = transfer(500, 9, PAYER_SOURCE, PAYEE, 7);
    let mut tx = store.begin().await.unwrap();
    book::reserve(&mut tx, &[first], 1).await.unwrap();
    book::void(&mut tx, &[first.id], 1).await.unwrap();
    let (fresh, other) = (transfer(501, 9, PAYER_SOURCE, PAYEE, 7), transfer(500, 9, PAYER_SOURCE, PAYEE, 8));
    assert_eq!(book::record(&mut tx, &[(fresh, 2), (first, 2)]).await, Err(LedgerError::AlreadyVoided(first.id)));
    assert_eq!(book::record(&mut tx, &[(fresh, 2), (other, 2)]).await, Err(LedgerError::IdReused(first.id)));
    assert_eq!(book::transfer(&mut tx, fresh.id).await, Ok(None));
}

async fn many_accounts_open_once_and_not_as_others(place: Place) {
    let account = |n: u128, floor| Account { id: id(n), currency: Currency::USD, floor };
    let many: Vec<_> = (0..400).map(|n| account(n, Floor::None)).collect();
    let mut tx = place.store.begin().await.unwrap();
    assert_eq!(book::open_accounts(&mut tx, &many).await, Ok(()));
    assert_eq!(book::open_accounts(&mut tx, &many[..3]).await, Ok(()));
    assert_eq!(book::open_account(&mut tx, many[399]).await, Ok(Applied::Already));
    let other = [account(400, Floor::None), account(7, Floor::Zero)];
    assert_eq!(book::open_accounts(&mut tx, &other).await, Err(LedgerError::IdReused(id(7))));
}

async fn wide_rows_go_in_whole_and_in_their_order(place: Place) {
    let table = "CREATE TABLE wide (n BIGINT PRIMARY KEY, t TEXT, b BLOB);";
    place.store.migrate("wide", &[Migration { id: 1, sql: table }]).await.unwrap();
    let mut tx = place.store.begin().await.unwrap();
    let head = "INSERT INTO wide (n, t, b)";
    for rows in [0_i64, 1, 127, 128, 129, 600] {
        tx.execute("DELETE FROM wide", args![]).await.unwrap();
        let set = Set::new()
            .ints(0..rows)
            .texts((0..rows).map(|n| (n % 3 != 0).then(|| format!("it's \"ñ\" {n}"))))
            .blobs((0..rows).map(|n| n.to_be_bytes()));
        assert_eq!(tx.insert_set(head, set, "").await, Ok(rows as u64));
        let found = tx.rows("SELECT n, t, b FROM wide ORDER BY n", args![]).await.unwrap();
        assert_eq!(found.len() as i64, rows);
        for (n, row) in (0..rows).zip(&found) {
            assert_eq!((row.i64(0), row.bytes(2)), (Ok(n), Ok(n.to_be_bytes())));
            assert_eq!(row.opt_text(1).unwrap(), (n % 3 != 0).then(|| format!("it's \"ñ\" {n}")));
        }
    }
    let again = Set::new().ints([5, 6]).texts(["five", "six"]).blobs([None::<[u8; 1]>, None]);
    let tail = "ON CONFLICT (n) DO UPDATE SET t = excluded.t";
    assert_eq!(tx.insert_set(head, again, tail).await, Ok(2));
    let six = tx.row("SELECT t FROM wide WHERE n = 6", args![]).await.unwrap().unwrap();
    assert_eq!(six.text(0).as_deref(), Ok("six"));
    let taken = Set::new().ints([9_000, 5]).texts(["new", "taken"]).blobs([None::<[u8; 1]>, None]);
    assert_eq!(tx.insert_set(head, taken, "").await, Err(LedgerError::Duplicate));
}
