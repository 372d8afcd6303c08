use crate::place::*;
use ledger::book::{self, Account, Applied, Floor, TransferState};
use ledger::replay::{self, Recall};
use ledger::{LedgerError, Migration, Set, args, chain, feed};
use pay::{Currency, Money};
use uuid::Uuid;

on_both!(
    a_payment_passes_through_people_and_leaves_nothing_there,
    the_same_id_twice_moves_money_once,
    an_id_used_for_other_content_is_refused,
    a_posted_transfer_cannot_be_voided_nor_a_voided_one_posted,
    nobody_goes_below_zero,
    money_on_its_way_in_pays_only_its_own_payment,
    half_a_payment_cannot_be_given_up_or_moved_below_the_floor,
    a_reversal_happens_once,
    a_refused_batch_leaves_nothing_behind,
    currencies_and_unknown_accounts_are_refused,
    sums_never_overflow,
    opening_an_account_again_changes_nothing,
    a_savepoint_isolates_a_failed_job,
    a_dropped_write_is_undone,
    a_read_sees_one_moment_and_cannot_write,
    a_feed_is_gapless_and_chained,
    the_epoch_stays_until_history_restarts,
    an_answer_is_recalled_for_the_same_body_only,
    entries_and_feeds_only_grow,
    an_erased_feed_is_gone_as_a_whole_and_nobody_elses_is_touched,
    migrations_run_once_and_are_never_edited,
    every_kind_of_value_comes_back,
    a_batch_of_hundreds_is_one_call,
);

async fn a_payment_passes_through_people_and_leaves_nothing_there(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let payment = payment(100, 2500, 30);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(book::reserve(&mut tx, &payment, 1).await, Ok(vec![Applied::Now; 4]));
    tx.commit().await.unwrap();
    assert_eq!(sums(store, PAYER).await, (0, 0, 0));
    assert_eq!(sums(store, PAYER_SOURCE).await, (0, -2530, 2530));

    let mut tx = store.begin().await.unwrap();
    assert_eq!(book::post(&mut tx, &ids(&payment), 2).await, Ok(vec![Applied::Now; 4]));
    tx.commit().await.unwrap();
    for (account, posted) in [(PAYER, 0), (PAYEE, 0), (PAYER_SOURCE, -2530), (PAYEE_SOURCE, 2500), (FEES, 30)] {
        assert_eq!(sums(store, account).await, (posted, 0, 0), "account {account}");
    }
    let mut tx = store.read().await.unwrap();
    let booked = book::of_payment(&mut tx, id(100)).await.unwrap();
    assert_eq!(booked.iter().map(|b| b.transfer).collect::<Vec<_>>(), payment);
    assert!(booked.iter().all(|b| b.state == TransferState::Posted && b.created_at_ms == 1 && b.reverses.is_none()));
    assert_eq!(assert_sound(store).await.entries, 16);
}

async fn the_same_id_twice_moves_money_once(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let payment = payment(100, 10, 1);
    for round in 0..3 {
        let mut tx = store.begin().await.unwrap();
        let applied = if round == 0 { Applied::Now } else { Applied::Already };
        assert_eq!(book::reserve(&mut tx, &payment, round).await, Ok(vec![applied; 4]));
        assert_eq!(book::post(&mut tx, &ids(&payment), round).await, Ok(vec![applied; 4]));
        tx.commit().await.unwrap();
    }
    let twice = [transfer(200, 200, PAYER_SOURCE, PAYER, 5); 2];
    let mut tx = store.begin().await.unwrap();
    assert_eq!(book::reserve(&mut tx, &twice, 9).await, Ok(vec![Applied::Now, Applied::Already]));
    assert_eq!(book::post(&mut tx, &[id(200), id(200)], 9).await, Ok(vec![Applied::Now, Applied::Already]));
    tx.commit().await.unwrap();
    assert_eq!(sums(store, PAYER_SOURCE).await.0, -16);
    assert_eq!(assert_sound(store).await.entries, 20);
}

async fn an_id_used_for_other_content_is_refused(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let first = transfer(1, 1, PAYER_SOURCE, PAYER, 5);
    let mut tx = store.begin().await.unwrap();
    book::reserve(&mut tx, &[first], 1).await.unwrap();
    let others = [
        transfer(1, 1, PAYER_SOURCE, PAYER, 6),
        transfer(1, 2, PAYER_SOURCE, PAYER, 5),
        transfer(1, 1, PAYEE_SOURCE, PAYEE, 5),
        book::Transfer { order_digest: None, ..first },
    ];
    for other in others {
        assert_eq!(book::reserve(&mut tx, &[other], 1).await, Err(LedgerError::IdReused(id(1))));
    }
    tx.commit().await.unwrap();
    assert_eq!(sums(store, PAYER).await, (0, 5, 0));
}

async fn a_posted_transfer_cannot_be_voided_nor_a_voided_one_posted(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let both = [transfer(1, 1, PAYER_SOURCE, PAYER, 5), transfer(2, 2, PAYER_SOURCE, PAYER, 7)];
    let mut tx = store.begin().await.unwrap();
    book::reserve(&mut tx, &both, 1).await.unwrap();
    book::post(&mut tx, &[id(1)], 1).await.unwrap();
    book::void(&mut tx, &[id(2)], 1).await.unwrap();
    assert_eq!(book::void(&mut tx, &[id(1)], 2).await, Err(LedgerError::AlreadyPosted(id(1))));
    assert_eq!(book::post(&mut tx, &[id(2)], 2).await, Err(LedgerError::AlreadyVoided(id(2))));
    assert_eq!(book::void(&mut tx, &[id(2)], 2).await, Ok(vec![Applied::Already]));
    assert_eq!(book::post(&mut tx, &[id(3)], 2).await, Err(LedgerError::UnknownTransfer(id(3))));
    tx.commit().await.unwrap();
    assert_eq!(sums(store, PAYER).await, (5, 0, 0));
    assert_sound(store).await;
}

async fn nobody_goes_below_zero(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let mut tx = store.begin().await.unwrap();
    let nothing_there = [transfer(1, 1, PAYER, PAYEE, 1)];
    assert_eq!(book::reserve(&mut tx, &nothing_there, 1).await, Err(LedgerError::BelowFloor(id(PAYER))));
    book::reserve(&mut tx, &[transfer(2, 2, PAYER_SOURCE, PAYER, 10)], 1).await.unwrap();
    book::post(&mut tx, &[id(2)], 1).await.unwrap();
    book::reserve(&mut tx, &[transfer(3, 3, PAYER, PAYEE, 6)], 1).await.unwrap();
    assert_eq!(book::balance(&mut tx, id(PAYER)).await.unwrap().available(), usd(4));
    let too_much = [transfer(4, 4, PAYER, PAYEE, 5)];
    assert_eq!(book::reserve(&mut tx, &too_much, 1).await, Err(LedgerError::BelowFloor(id(PAYER))));
    book::reserve(&mut tx, &[transfer(5, 5, PAYER, PAYEE, 4)], 1).await.unwrap();
    book::post(&mut tx, &[id(3), id(5)], 1).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(sums(store, PAYER).await, (0, 0, 0));
    assert_sound(store).await;
}

async fn money_on_its_way_in_pays_only_its_own_payment(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let mut tx = store.begin().await.unwrap();
    book::reserve(&mut tx, &[transfer(1, 1, PAYER_SOURCE, PAYER, 10)], 1).await.unwrap();
    let with_anothers = [transfer(2, 2, PAYER, PAYEE, 10)];
    assert_eq!(book::reserve(&mut tx, &with_anothers, 1).await, Err(LedgerError::BelowFloor(id(PAYER))));
    let one_batch_two_payments = [transfer(3, 3, PAYER_SOURCE, PAYER, 10), transfer(4, 4, PAYER, PAYEE, 10)];
    assert_eq!(book::reserve(&mut tx, &one_batch_two_payments, 1).await, Err(LedgerError::BelowFloor(id(PAYER))));
    book::reserve(&mut tx, &[transfer(5, 1, PAYER, PAYEE, 10)], 1).await.unwrap();
    tx.commit().await.unwrap();
    assert_sound(store).await;
}

async fn half_a_payment_cannot_be_given_up_or_moved_below_the_floor(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let mut tx = store.begin().await.unwrap();
    let payment = payment(100, 10, 1);
    book::reserve(&mut tx, &payment, 1).await.unwrap();
    assert_eq!(book::void(&mut tx, &[id(100)], 1).await, Err(LedgerError::BelowFloor(id(PAYER))));
    assert_eq!(book::post(&mut tx, &[id(101)], 1).await, Err(LedgerError::BelowFloor(id(PAYER))));
    assert_eq!(book::void(&mut tx, &ids(&payment), 1).await, Ok(vec![Applied::Now; 4]));
    tx.commit().await.unwrap();
    assert_eq!(sums(store, PAYER).await, (0, 0, 0));
    assert_sound(store).await;
}

async fn a_reversal_happens_once(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let mut tx = store.begin().await.unwrap();
    let payment = payment(100, 10, 1);
    book::reserve(&mut tx, &payment, 1).await.unwrap();
    let pairs: Vec<_> = payment.iter().map(|t| (t.id, id(t.id.as_u128() + 100))).collect();
    assert_eq!(book::reverse(&mut tx, &pairs, 2).await, Err(LedgerError::NotPosted(id(100))));
    book::post(&mut tx, &ids(&payment), 2).await.unwrap();
    assert_eq!(book::reverse(&mut tx, &pairs, 3).await, Ok(vec![Applied::Now; 4]));
    assert_eq!(book::reverse(&mut tx, &pairs, 4).await, Ok(vec![Applied::Already; 4]));
    let again = book::reverse(&mut tx, &[(id(100), id(300))], 4).await;
    assert_eq!(again, Err(LedgerError::AlreadyReversed(id(100))));
    assert_eq!(book::reverse(&mut tx, &[(id(200), id(300))], 4).await, Err(LedgerError::IsReversal(id(200))));
    assert_eq!(book::reverse(&mut tx, &[(id(101), id(200))], 4).await, Err(LedgerError::IdReused(id(200))));
    let booked = book::transfer(&mut tx, id(200)).await.unwrap().unwrap();
    assert_eq!((booked.reverses, booked.transfer.debit), (Some(id(100)), id(PAYER)));
    tx.commit().await.unwrap();
    for account in [PAYER, PAYEE, PAYER_SOURCE, PAYEE_SOURCE, FEES] {
        assert_eq!(sums(store, account).await, (0, 0, 0), "account {account}");
    }
    assert_sound(store).await;
}

async fn a_refused_batch_leaves_nothing_behind(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let mut tx = store.begin().await.unwrap();
    let good_and_bad = [transfer(1, 1, PAYER_SOURCE, PAYER, 5), transfer(2, 2, PAYEE, PAYER, 5)];
    assert_eq!(book::reserve(&mut tx, &good_and_bad, 1).await, Err(LedgerError::BelowFloor(id(PAYEE))));
    assert_eq!(book::reserve(&mut tx, &good_and_bad[..1], 1).await, Ok(vec![Applied::Now]));
    assert_eq!(book::post(&mut tx, &[id(1), id(9)], 1).await, Err(LedgerError::UnknownTransfer(id(9))));
    tx.commit().await.unwrap();
    assert_eq!(sums(store, PAYER).await, (0, 5, 0));
    assert_sound(store).await;
}

async fn currencies_and_unknown_accounts_are_refused(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let euro = Currency::from_code("EUR").unwrap();
    let mut tx = store.begin().await.unwrap();
    let euros = book::Transfer { amount: Money::new(5, euro).unwrap(), ..transfer(1, 1, PAYER_SOURCE, PAYER, 5) };
    assert_eq!(book::reserve(&mut tx, &[euros], 1).await, Err(LedgerError::CurrencyMismatch(id(1))));
    let nowhere = transfer(1, 1, PAYER_SOURCE, 99, 5);
    assert_eq!(book::reserve(&mut tx, &[nowhere], 1).await, Err(LedgerError::UnknownAccount(id(99))));
    let nothing = transfer(1, 1, PAYER_SOURCE, PAYER, 0);
    assert_eq!(book::reserve(&mut tx, &[nothing], 1).await, Err(LedgerError::NothingMoved(id(1))));
    let circle = transfer(1, 1, PAYER, PAYER, 5);
    assert_eq!(book::reserve(&mut tx, &[circle], 1).await, Err(LedgerError::SameAccount(id(1))));
    assert_eq!(book::balance(&mut tx, id(99)).await, Err(LedgerError::UnknownAccount(id(99))));
}

async fn sums_never_overflow(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let mut tx = store.begin().await.unwrap();
    book::reserve(&mut tx, &[transfer(1, 1, PAYER_SOURCE, FEES, i64::MAX)], 1).await.unwrap();
    let more = [transfer(2, 2, PAYER_SOURCE, FEES, 1)];
    assert_eq!(book::reserve(&mut tx, &more, 1).await, Err(LedgerError::Overflow(id(PAYER_SOURCE))));
    book::post(&mut tx, &[id(1)], 1).await.unwrap();
    assert_eq!(book::reserve(&mut tx, &more, 1).await, Err(LedgerError::Overflow(id(PAYER_SOURCE))));
    tx.commit().await.unwrap();
    assert_eq!(sums(store, FEES).await, (i64::MAX, 0, 0));
    assert_sound(store).await;
}

async fn opening_an_account_again_changes_nothing(place: Place) {
    let account = Account { id: id(1), currency: Currency::USD, floor: Floor::Zero };
    let mut tx = place.store.begin().await.unwrap();
    assert_eq!(book::open_account(&mut tx, account).await, Ok(Applied::Now));
    assert_eq!(book::open_account(&mut tx, account).await, Ok(Applied::Already));
    let other = Account { floor: Floor::None, ..account };
    assert_eq!(book::open_account(&mut tx, other).await, Err(LedgerError::IdReused(id(1))));
}

async fn a_savepoint_isolates_a_failed_job(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let mut tx = store.begin().await.unwrap();
    let kept = tx.savepoint().await.unwrap();
    book::reserve(&mut tx, &[transfer(1, 1, PAYER_SOURCE, PAYER, 5)], 1).await.unwrap();
    tx.release(kept).await.unwrap();
    let undone = tx.savepoint().await.unwrap();
    book::reserve(&mut tx, &[transfer(2, 2, PAYER_SOURCE, PAYER, 7)], 1).await.unwrap();
    let inner = tx.savepoint().await.unwrap();
    assert!(tx.execute("INSERT INTO ledger_epoch VALUES (1, $1)", args![[0_u8; 16]]).await.is_err());
    tx.rollback_to(inner).await.unwrap();
    tx.rollback_to(undone).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(sums(store, PAYER).await, (0, 5, 0));
    assert_sound(store).await;
}

async fn a_dropped_write_is_undone(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let mut tx = store.begin().await.unwrap();
    book::reserve(&mut tx, &[transfer(1, 1, PAYER_SOURCE, PAYER, 5)], 1).await.unwrap();
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(book::transfer(&mut tx, id(1)).await, Ok(None));
    tx.rollback().await.unwrap();
}

async fn a_read_sees_one_moment_and_cannot_write(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let mut read = store.read().await.unwrap();
    assert_eq!(book::transfer(&mut read, id(1)).await, Ok(None));
    let mut tx = store.begin().await.unwrap();
    book::reserve(&mut tx, &[transfer(1, 1, PAYER_SOURCE, PAYER, 5)], 1).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(book::transfer(&mut read, id(1)).await, Ok(None));
    let written = read.execute("DELETE FROM ledger_account", args![]).await;
    assert_eq!(written, Err(LedgerError::ReadOnly));
}

async fn a_feed_is_gapless_and_chained(place: Place) {
    let mut tx = place.store.begin().await.unwrap();
    let first = feed::append(&mut tx, id(1), "{\"ñ\":\"'\"}", 5).await.unwrap();
    assert_eq!((first.sequence, first.previous_hash), (1, chain::GENESIS));
    assert_eq!(first.hash, chain::hash(&chain::GENESIS, id(1), 1, 5, "{\"ñ\":\"'\"}"));
    let more = feed::append_all(&mut tx, &[(id(2), "a"), (id(1), "b"), (id(2), "c")], 6).await.unwrap();
    assert_eq!(more.iter().map(|change| change.sequence).collect::<Vec<_>>(), [1, 2, 2]);
    tx.commit().await.unwrap();
    let mut tx = place.store.read().await.unwrap();
    let all = feed::after(&mut tx, id(1), 0, 10).await.unwrap();
    assert_eq!(all, [first.clone(), more[1].clone()]);
    assert!(all[0].follows(&chain::GENESIS, 0) && all[1].follows(&first.hash, 1) && !all[1].follows(&first.hash, 0));
    assert_eq!(feed::after(&mut tx, id(1), 1, 10).await.unwrap(), all[1..]);
    assert_eq!(feed::after(&mut tx, id(1), 0, 1).await.unwrap(), all[..1]);
    assert_eq!(feed::last_sequence(&mut tx, id(2)).await, Ok(2));
    assert_eq!(feed::last_sequence(&mut tx, id(3)).await, Ok(0));
    drop(tx);
    assert_eq!(assert_sound(&place.store).await.changes, 4);
}

async fn the_epoch_stays_until_history_restarts(place: Place) {
    let mut tx = place.store.begin().await.unwrap();
    let epoch = feed::epoch(&mut tx).await.unwrap();
    assert_eq!(feed::epoch(&mut tx).await, Ok(epoch));
    feed::restart(&mut tx, id(5)).await.unwrap();
    assert_eq!(feed::epoch(&mut tx).await, Ok(id(5)));
}

async fn an_answer_is_recalled_for_the_same_body_only(place: Place) {
    let mut tx = place.store.begin().await.unwrap();
    let (body, other) = ([1; 32], [2; 32]);
    assert_eq!(replay::recall(&mut tx, id(1), "key", &body).await, Ok(Recall::New));
    replay::remember(&mut tx, id(1), "key", &body, 201, "{}", 1).await.unwrap();
    let same = Recall::Same { status: 201, reply: "{}".into() };
    assert_eq!(replay::recall(&mut tx, id(1), "key", &body).await, Ok(same));
    assert_eq!(replay::recall(&mut tx, id(1), "key", &other).await, Ok(Recall::Other));
    assert_eq!(replay::recall(&mut tx, id(2), "key", &body).await, Ok(Recall::New));
    let again = replay::remember(&mut tx, id(1), "key", &body, 500, "", 1).await;
    assert_eq!(again, Err(LedgerError::Conflict));
    tx.commit().await.unwrap();
}

async fn entries_and_feeds_only_grow(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let mut tx = store.begin().await.unwrap();
    book::reserve(&mut tx, &[transfer(1, 1, PAYER_SOURCE, PAYER, 5)], 1).await.unwrap();
    feed::append(&mut tx, id(1), "a", 1).await.unwrap();
    for sql in [
        "UPDATE ledger_entry SET amount_minor = 6",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_feed SET body = 'b'",
        "DELETE FROM ledger_feed",
    ] {
        let savepoint = tx.savepoint().await.unwrap();
        assert_eq!(tx.execute(sql, args![]).await, Err(LedgerError::AppendOnly), "{sql}");
        tx.rollback_to(savepoint).await.unwrap();
    }
}

async fn an_erased_feed_is_gone_as_a_whole_and_nobody_elses_is_touched(place: Place) {
    let mut tx = place.store.begin().await.unwrap();
    feed::append_all(&mut tx, &[(id(1), "mine"), (id(2), "theirs"), (id(1), "mine too")], 1).await.unwrap();
    feed::erase(&mut tx, id(1), 2).await.unwrap();
    assert_eq!(feed::after(&mut tx, id(1), 0, 10).await.unwrap(), []);
    assert_eq!(feed::after(&mut tx, id(2), 0, 10).await.unwrap().len(), 1);
    let savepoint = tx.savepoint().await.unwrap();
    assert_eq!(tx.execute("DELETE FROM ledger_feed", args![]).await, Err(LedgerError::AppendOnly));
    tx.rollback_to(savepoint).await.unwrap();
    assert_eq!(feed::append(&mut tx, id(1), "later", 3).await.unwrap().previous_hash, chain::GENESIS);
    tx.commit().await.unwrap();
    assert_eq!(chain::audit(&mut place.store.read().await.unwrap()).await.unwrap().faults, []);
    assert!(place.store.scrub().await.unwrap());
}

async fn migrations_run_once_and_are_never_edited(place: Place) {
    const ONE: Migration = Migration { id: 1, sql: "CREATE TABLE shop (id BLOB PRIMARY KEY);" };
    const TWO: Migration = Migration { id: 2, sql: "ALTER TABLE shop ADD COLUMN name TEXT;" };
    let store = &place.store;
    store.migrate("shop", &[ONE]).await.unwrap();
    store.migrate("shop", &[ONE, TWO]).await.unwrap();
    store.migrate("shop", &[ONE, TWO]).await.unwrap();
    assert_eq!(store.migrate("shop", &[ONE]).await, Err(LedgerError::Newer { name: "shop" }));
    let edited = [Migration { sql: "SELECT 1;", ..ONE }, TWO];
    assert_eq!(store.migrate("shop", &edited).await, Err(LedgerError::MigrationChanged { name: "shop", id: 1 }));
    let broken = [ONE, TWO, Migration { id: 3, sql: "CREATE TABLE till (id BIGINT); nonsense;" }];
    assert!(matches!(store.migrate("shop", &broken).await, Err(LedgerError::Statement(_))));
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.rows("SELECT * FROM till", args![]).await, Err(LedgerError::Statement(_))));
}

async fn every_kind_of_value_comes_back(place: Place) {
    const KINDS: Migration = Migration { id: 1, sql: "CREATE TABLE kind (n BIGINT, t TEXT, b BLOB);" };
    place.store.migrate("kind", &[KINDS]).await.unwrap();
    let mut tx = place.store.begin().await.unwrap();
    let insert = "INSERT INTO kind (n, t, b) VALUES ($1, $2, $3)";
    // Nulls first: the statement's types are learned from their places, then real values use the same statement.
    tx.execute(insert, args![None::<i64>, None::<&str>, None::<Uuid>]).await.unwrap();
    tx.execute(insert, args![i64::MIN, "it's \"ñ\" \u{1F4B6}", id(7)]).await.unwrap();
    let set = Set::new().ints([Some(3), None]).texts([Some("a\u{7f}\n'\""), None]).blobs([None, Some([9_u8; 32])]);
    assert_eq!(tx.execute_set("INSERT INTO kind (n, t, b) SELECT c1, c2, c3 FROM {SET}", set).await, Ok(2));
    let all = tx.rows("SELECT n, t, b FROM kind WHERE n IS NOT NULL ORDER BY n", args![]).await.unwrap();
    assert_eq!(all[0].i64(0), Ok(i64::MIN));
    assert_eq!(all[0].text(1).as_deref(), Ok("it's \"ñ\" \u{1F4B6}"));
    assert_eq!(all[0].uuid(2), Ok(id(7)));
    assert_eq!(all[1].text(1).as_deref(), Ok("a\u{7f}\n'\""));
    let nulls = tx.row("SELECT n, t, b FROM kind WHERE b IS NULL AND n IS NULL", args![]).await.unwrap().unwrap();
    assert_eq!((nulls.opt_i64(0), nulls.opt_text(1), nulls.opt_uuid(2)), (Ok(None), Ok(None), Ok(None)));
    assert_eq!(nulls.i64(0), Err(LedgerError::Column(0)));
    assert_eq!(all[0].text(0), Err(LedgerError::Column(0)));
    assert_eq!(all[0].i64(9), Err(LedgerError::Column(9)));
    assert_eq!(tx.execute_set("INSERT INTO kind (n) SELECT c1 FROM {SET}", Set::new().ints([0; 0])).await, Ok(0));
    let found = tx.row("SELECT EXISTS (SELECT 1 FROM kind WHERE n = $1)", args![3_i64]).await.unwrap().unwrap();
    assert_eq!(found.i64(0), Ok(1));
}

async fn a_batch_of_hundreds_is_one_call(place: Place) {
    let store = &place.store;
    open_accounts(store).await;
    let payments: Vec<_> = (0..250).flat_map(|n| payment(1000 + n * 10, 5, 1)).collect();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(book::reserve(&mut tx, &payments, 1).await, Ok(vec![Applied::Now; 1000]));
    assert_eq!(book::post(&mut tx, &ids(&payments), 1).await, Ok(vec![Applied::Now; 1000]));
    tx.commit().await.unwrap();
    assert_eq!(sums(store, FEES).await, (250, 0, 0));
    assert_eq!(assert_sound(store).await.entries, 4000);
}
