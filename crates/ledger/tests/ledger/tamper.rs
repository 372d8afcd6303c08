use crate::place::*;
use ledger::chain::{self, Fault};
use ledger::{Database, Tx, args, book, feed};

on_both!(every_change_past_the_book_is_found);

async fn audit_after(place: &Place, sql: &'static str) -> Vec<Fault> {
    let mut tx = place.store.begin().await.unwrap();
    open_the_tables(&mut tx).await;
    assert!(tx.execute(sql, args![]).await.unwrap() > 0, "{sql}");
    let faults = chain::audit(&mut tx).await.unwrap().faults;
    tx.rollback().await.unwrap();
    faults
}

/// What an attacker with the database's own rights would do first.
async fn open_the_tables(tx: &mut Tx) {
    let drops: &[&'static str] = match tx.database() {
        Database::Sqlite => &[
            "DROP TRIGGER ledger_entry_no_update",
            "DROP TRIGGER ledger_entry_no_delete",
            "DROP TRIGGER ledger_feed_no_update",
            "DROP TRIGGER ledger_feed_no_delete",
        ],
        Database::Postgres => {
            &["DROP FUNCTION ledger_append_only() CASCADE", "DROP FUNCTION ledger_feed_kept() CASCADE"]
        }
    };
    for sql in drops {
        tx.execute(sql, args![]).await.unwrap();
    }
}

async fn every_change_past_the_book_is_found(place: Place) {
    open_accounts(&place.store).await;
    let payment = payment(100, 10, 1);
    let mut tx = place.store.begin().await.unwrap();
    book::reserve(&mut tx, &payment, 1).await.unwrap();
    book::post(&mut tx, &ids(&payment), 2).await.unwrap();
    for body in ["a", "b", "c"] {
        feed::append(&mut tx, id(PAYER), body, 3).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_sound(&place.store).await;

    for sql in [
        "UPDATE ledger_entry SET amount_minor = amount_minor + 1 WHERE sequence = 2",
        "UPDATE ledger_entry SET at_ms = at_ms + 1 WHERE sequence = 2",
        "UPDATE ledger_entry SET hash = previous_hash WHERE sequence = 2",
        "DELETE FROM ledger_entry WHERE sequence = 1",
        "DELETE FROM ledger_entry WHERE sequence = 2",
        "UPDATE ledger_transfer SET amount_minor = 9",
        "UPDATE ledger_transfer SET order_digest = NULL",
        "UPDATE ledger_transfer SET state = 'voided'",
        "DELETE FROM ledger_transfer WHERE amount_minor = 1",
        "UPDATE ledger_account SET posted_credit = posted_credit + 1",
        "UPDATE ledger_account SET last_sequence = last_sequence + 1",
        "UPDATE ledger_feed SET body = 'x' WHERE sequence = 2",
        "DELETE FROM ledger_feed WHERE sequence = 2",
        "DELETE FROM ledger_feed WHERE sequence = 3",
        "DELETE FROM ledger_feed",
        "DELETE FROM ledger_feed_head",
    ] {
        assert_ne!(audit_after(&place, sql).await, [], "not found: {sql}");
    }
}
