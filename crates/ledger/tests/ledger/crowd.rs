use crate::place::*;
use ledger::{LedgerError, book, feed};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

on_both!(a_crowd_at_one_account_keeps_the_book_sound);

/// Eight writers pay through the same two people and fees; some give up halfway, some void, some say it twice.
async fn a_crowd_at_one_account_keeps_the_book_sound(place: Place) {
    open_accounts(&place.store).await;
    let mut crowd = tokio::task::JoinSet::new();
    for writer in 0..8_u64 {
        let store = place.store.clone();
        crowd.spawn(async move {
            let mut luck = StdRng::seed_from_u64(writer);
            let mut posted = 0;
            for turn in 0..12_u128 {
                let payment = payment(100_000 * (u128::from(writer) + 1) + turn * 10, 5, 1);
                let outcome = luck.gen_range(0..4);
                loop {
                    match pay_once(&store, &payment, outcome).await {
                        Ok(()) => break,
                        Err(error) => assert_eq!(error, LedgerError::Conflict, "only what a retry mends"),
                    }
                }
                posted += if outcome >= 2 { 1 } else { 0 };
            }
            posted
        });
    }
    let posted: i64 = crowd.join_all().await.into_iter().sum();
    assert!(posted > 0);
    assert_eq!(sums(&place.store, FEES).await.0, posted);
    assert_eq!(sums(&place.store, PAYER_SOURCE).await, (-6 * posted, 0, 0));
    let changes = assert_sound(&place.store).await.changes;
    assert_eq!(changes, posted as u64);
}

/// 0: dropped without commit. 1: reserved, then voided. 2: posted. 3: posted, and said again.
async fn pay_once(store: &ledger::Store, payment: &[book::Transfer; 4], outcome: u32) -> Result<(), LedgerError> {
    let ids = ids(payment);
    let mut tx = store.begin().await?;
    book::reserve(&mut tx, payment, 1).await?;
    match outcome {
        0 => return Ok(()),
        1 => drop(book::void(&mut tx, &ids, 2).await?),
        _ => {
            book::post(&mut tx, &ids, 2).await?;
            feed::append(&mut tx, id(PAYEE), "paid", 2).await?;
        }
    }
    tx.commit().await?;
    if outcome == 3 {
        let mut tx = store.begin().await?;
        assert_eq!(book::post(&mut tx, &ids, 3).await?, vec![book::Applied::Already; 4]);
        tx.commit().await?;
    }
    Ok(())
}
