//! Copies of the book, and a damaged book that gives way to one.

use std::path::PathBuf;

use ledger::{DatabaseKey, Store, args};
use uuid::Uuid;
use wallet::view::*;
use wallet::*;

use crate::paying::{all, confirm, draft};
use crate::world::*;

const DAY_MS: i64 = 86_400_000;

fn file(world: &World) -> PathBuf {
    world.folder.path().join("servers/pay.example/book.sqlite")
}

fn key(world: &World) -> DatabaseKey {
    let entries = world.secrets.entries.lock().expect("lock");
    let text = entries.values().next().expect("a key");
    DatabaseKey::new(hex::decode(text).expect("hex").try_into().expect("32 bytes"))
}

/// Closes the app and damages its book: `from` what page on (`None`: the last page alone).
async fn damage(world: &World, app: App, from: Option<usize>) {
    app.close().await;
    drop(app);
    let mut bytes = std::fs::read(file(world)).expect("database");
    let from = from.map_or(bytes.len() - 4096, |page| page * 4096);
    bytes[from..].fill(0xa5);
    std::fs::write(file(world), bytes).expect("damaged");
}

/// Something at the end of the file that nothing reads.
async fn pad(world: &World) {
    let store = Store::open_sqlite(&file(world), Some(key(world))).await.expect("opened");
    let mut tx = store.begin().await.expect("begun");
    tx.execute("CREATE TABLE padding (x BLOB)", args![]).await.expect("made");
    tx.execute("INSERT INTO padding VALUES (zeroblob(409600))", args![]).await.expect("filled");
    tx.commit().await.expect("kept");
    store.close().await;
}

async fn confirm_only(world: &World, app: &App, amount: &str) -> Uuid {
    app.prepare_payment(draft("harbor", amount)).await.expect("prepared");
    app.confirm_view().await.expect("view");
    world.wait(600);
    app.confirm_pay(None).await.expect("confirmed").payment_id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_a_day_is_made_encrypted_private_and_thinned() {
    let world = World::new();
    let app = world.joined().await;
    for day in 0..40 {
        world.server.pay_us(900 + day, 0, "1.00", "known note");
        app.sync_now().await.expect("synced");
        assert_eq!(app.back_up_if_due().await, Ok(true), "day {day}");
        assert_eq!(app.back_up_if_due().await, Ok(false), "once a day");
        world.wait(DAY_MS);
    }
    let backups = app.backups().await.expect("listed");
    assert!((9..=11).contains(&backups.kept.len()), "{:?}", backups.kept);
    assert_eq!(
        backups.kept.iter().take(7).map(|it| it.payments).collect::<Vec<_>>(),
        (34..=40).rev().map(Some).collect::<Vec<_>>()
    );
    assert!(!backups.can_restore && backups.trouble.is_none());
    assert_eq!(
        app.restore_backup(&backups.kept[0].name, None).await.err().map(|e| e.code()),
        Some(ErrorCode::WrongState)
    );
    let folder = PathBuf::from(&backups.folder);
    for entry in std::fs::read_dir(&folder).expect("folder").map(|entry| entry.expect("entry").path()) {
        let bytes = std::fs::read(&entry).expect("copy");
        for known in ["known note", "zoraida", "SQLite format"] {
            assert!(!bytes.windows(known.len()).any(|it| it == known.as_bytes()), "{known} is readable");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&entry).expect("facts").permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", entry.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_cannot_be_made_is_told_and_harms_nothing() {
    let world = World::new();
    let app = world.joined().await;
    world.server.pay_us(900, 0, "1.00", "first");
    app.sync_now().await.expect("synced");
    let folder = PathBuf::from(app.backups().await.expect("listed").folder);
    std::fs::write(&folder, b"in the way").expect("written");
    assert_eq!(app.make_backup().await.err().map(|e| e.code()), Some(ErrorCode::FileFailed));
    assert_eq!(app.backups().await.expect("listed").trouble, Some(ErrorCode::FileFailed));
    confirm(&world, &app, "harbor", "3.00").await;
    app.sync_now().await.expect("the book goes on");
    std::fs::remove_file(&folder).expect("out of the way");
    std::fs::create_dir(&folder).expect("folder");
    std::fs::write(folder.join("book-20200101-000000-daily.sqlite.part"), b"half").expect("written");
    let backups = app.make_backup().await.expect("made");
    assert_eq!((backups.trouble, backups.kept.len()), (None, 1));
    assert_eq!(std::fs::read_dir(&folder).expect("folder").count(), 1, "what was half written is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_the_damaged_book_alone_is_carried_over_and_sent_once() {
    for arrived in [false, true] {
        let world = World::new();
        let app = world.joined().await;
        world.server.pay_us(900, 0, "1.00", "first");
        app.sync_now().await.expect("synced");
        let name = app.make_backup().await.expect("made").kept[0].name.clone();
        world.server.pay_us(901, 0, "2.00", "second");
        app.sync_now().await.expect("synced");
        app.set_private_note(Uuid::from_u128(900), "mine").await.expect("noted");
        app.set_private_note(Uuid::from_u128(901), "mine too").await.expect("noted");
        app.save_bill("bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4?amount=0.001", "").await.expect("kept");
        world.server.fault("POST /v1/payments", if arrived { Fault::AnswerLost } else { Fault::Offline });
        let id = confirm_only(&world, &app, "7.00").await;
        let _ = app.sync_now().await;
        app.close().await;
        pad(&world).await;
        damage(&world, app, None).await;

        let app = world.open().await.expect("opened");
        assert!(app.status().await.expect("status").read_only);
        assert!(app.backups().await.expect("listed").can_restore);
        let restored = app.restore_backup(&name, None).await.expect("restored");
        assert_eq!((restored.orders, restored.all_read), (1, true));
        assert!(!restored.status.read_only);
        assert_eq!(world.server.state().charged.len(), usize::from(arrived), "nothing left yet");
        app.sync_now().await.expect("synced");
        app.sync_now().await.expect("synced");
        assert_eq!(world.server.state().charged.get(&id), Some(&1));
        let rows = app.activity(all()).await.expect("rows").rows;
        assert_eq!(rows.len(), 3, "what is newer came from the server");
        let note =
            |n: u128| rows.iter().find(|row| row.payment.id == Uuid::from_u128(n)).map(|row| row.private_note.clone());
        assert_eq!((note(900).as_deref(), note(901).as_deref()), (Some("mine"), Some("mine too")));
        assert_eq!(app.bills().await.expect("bills").len(), 1);
        let totals = app.totals(pay::Currency::USD).await.expect("totals");
        assert_eq!((totals.received.minor(), totals.sent.minor()), (300, 700), "booked once each");
        let aside: Vec<_> = std::fs::read_dir(file(&world).with_file_name("damaged")).expect("kept").collect();
        assert_eq!(aside.len(), 1, "the damaged file is there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_book_that_cannot_be_read_at_all_nothing_is_sent_that_may_have_been_taken_back() {
    let world = World::new();
    let app = world.joined().await;
    world.server.fault("POST /v1/payments", Fault::RequestLost);
    let tried = confirm_only(&world, &app, "3.00").await;
    let _ = app.sync_now().await;
    let never = confirm_only(&world, &app, "5.00").await;
    let name = app.make_backup().await.expect("made").kept[0].name.clone();
    app.undo_payment(never).await.expect("taken back");
    damage(&world, app, Some(0)).await;

    let app = world.open().await.expect("opened");
    assert!(app.status().await.expect("status").read_only);
    let backups = app.backups().await.expect("listed");
    assert!(backups.can_restore && backups.kept[0].payments == Some(2));
    let restored = app.restore_backup(&name, None).await.expect("restored");
    assert_eq!((restored.orders, restored.all_read), (0, false), "and that is said");
    app.sync_now().await.expect("synced");
    app.sync_now().await.expect("synced");
    let charged = world.server.state().charged.clone();
    assert_eq!((charged.get(&tried), charged.get(&never)), (Some(&1), None));
    let row = app.payment(never).await.expect("row").row;
    assert_eq!(row.refused, Some(ErrorCode::OrderExpired));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_about_requests_after_the_copy_is_carried_over_and_leaves_once() {
    let world = World::new();
    let app = world.joined().await;
    let no_line = || (0..40).for_each(|_| world.server.fault("POST /v1/requests", Fault::Offline));
    no_line();
    let taken_back = app.new_request(asking("3.00")).await.expect("asked");
    let name = app.make_backup().await.expect("made").kept[0].name.clone();
    let kept = app.new_request(asking("4.00")).await.expect("asked");
    let waits = app.pending().await.expect("listed").into_iter().find(|row| row.request_id == Some(taken_back.id));
    app.take_back(waits.expect("it waits").id).await.expect("taken back");
    app.close().await;
    pad(&world).await;
    damage(&world, app, None).await;
    let app = world.open().await.expect("opened");
    let restored = app.restore_backup(&name, None).await.expect("restored");
    assert!(restored.all_read);
    let waiting = app.pending().await.expect("listed");
    world.server.state().faults.clear();
    assert_eq!(waiting.iter().map(|row| row.request_id).collect::<Vec<_>>(), [Some(kept.id)]);
    app.sync_now().await.expect("synced");
    app.sync_now().await.expect("synced");
    let state = world.server.state();
    let asked: Vec<_> = state.requests.iter().map(|request| request.id).collect();
    assert_eq!(asked, [kept.id], "once, and only this one");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_taken_back_after_the_copy_stays_taken_back() {
    let world = World::new();
    let app = world.joined().await;
    let id = confirm_only(&world, &app, "5.00").await;
    let name = app.make_backup().await.expect("made").kept[0].name.clone();
    app.undo_payment(id).await.expect("taken back");
    app.close().await;
    pad(&world).await;
    damage(&world, app, None).await;
    let app = world.open().await.expect("opened");
    let restored = app.restore_backup(&name, None).await.expect("restored");
    assert_eq!((restored.orders, restored.all_read), (0, true));
    app.sync_now().await.expect("synced");
    assert!(world.server.state().charged.is_empty());
    let row = app.payment(id).await.expect("row").row;
    assert_eq!(row.payment.state, protocol::body::PaymentState::Canceled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_damaged_itself_changes_nothing() {
    let world = World::new();
    let app = world.joined().await;
    let backups = app.make_backup().await.expect("made");
    damage(&world, app, Some(2)).await;
    let copy = PathBuf::from(&backups.folder).join(&backups.kept[0].name);
    let mut bytes = std::fs::read(&copy).expect("copy");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&copy, bytes).expect("damaged");
    let before = std::fs::read(file(&world)).expect("book");
    let app = world.open().await.expect("opened");
    let error = app.restore_backup(&backups.kept[0].name, None).await.err().map(|e| e.code());
    assert_eq!(error, Some(ErrorCode::DatabaseCorrupt));
    for other in ["../book.sqlite", "", "book-20270115-080000-daily.sqlite"] {
        let error = app.restore_backup(other, None).await.err().map(|e| e.code());
        assert_eq!(error, Some(ErrorCode::NotFound), "{other}");
    }
    assert_eq!(std::fs::read(file(&world)).expect("book"), before);
}

/// Takes the tables back to what they were before the list had one of its own.
async fn make_old(world: &World) {
    let store = Store::open_sqlite(&file(world), Some(key(world))).await.expect("opened");
    let mut tx = store.begin().await.expect("begun");
    for sql in [
        "DROP TABLE wallet_listed",
        "DROP TABLE wallet_trigram",
        "DROP INDEX wallet_payment_in_time",
        "ALTER TABLE wallet_payment ADD COLUMN search TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX wallet_payment_by_time ON wallet_payment (created_at_ms, id, search)",
        "DROP TABLE wallet_here_only",
        "DROP TABLE wallet_action",
        "DROP INDEX wallet_outbox_by_place",
        "ALTER TABLE wallet_outbox DROP COLUMN place",
        "ALTER TABLE wallet_outbox DROP COLUMN returns",
        "DROP INDEX wallet_payment_returns",
        "ALTER TABLE wallet_payment DROP COLUMN returns",
        "DROP TABLE wallet_ask",
        "DROP TABLE wallet_part",
        "DROP TABLE wallet_paid_for",
        "DROP TABLE wallet_schedule",
        "DROP INDEX wallet_request_by_group",
        "ALTER TABLE wallet_request DROP COLUMN group_id",
        "DROP TABLE wallet_kept_note",
        "DROP TABLE wallet_history",
        "DROP TABLE wallet_history_bill",
        "DROP TABLE wallet_origin",
        "DELETE FROM wallet_fact WHERE name = 'listed'",
        "DELETE FROM ledger_migration WHERE name = 'wallet' AND id > 3",
    ] {
        tx.execute(sql, args![]).await.expect(sql);
    }
    tx.commit().await.expect("kept");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_copied_before_a_newer_version_changes_its_tables() {
    let world = World::new();
    let app = world.joined().await;
    world.server.pay_us(900, 0, "1.00", "first");
    app.sync_now().await.expect("synced");
    app.close().await;
    drop(app);
    make_old(&world).await;
    let app = world.open().await.expect("opened");
    let backups = app.backups().await.expect("listed");
    assert_eq!(backups.kept.iter().map(|it| (it.why, it.payments)).collect::<Vec<_>>(), [(BackupWhy::Update, Some(1))]);
    assert_eq!(app.activity(all()).await.expect("rows").rows.len(), 1);
    app.close().await;
    drop(app);
    let app = world.open().await.expect("opened");
    assert_eq!(app.backups().await.expect("listed").kept.len(), 1, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_book_of_an_older_version_can_be_read_and_restored() {
    let world = World::new();
    let app = world.joined().await;
    world.server.pay_us(900, 0, "1.00", "first");
    app.sync_now().await.expect("synced");
    let name = app.make_backup().await.expect("made").kept[0].name.clone();
    app.close().await;
    make_old(&world).await;
    pad(&world).await;
    damage(&world, app, None).await;
    let app = world.open().await.expect("opened");
    assert!(app.status().await.expect("status").read_only);
    assert_eq!(app.activity(all()).await.expect("the list").rows.len(), 1);
    assert_eq!(app.prepare_payment(draft("harbor", "1.00")).await.err(), Some(WalletError::DatabaseCorrupt));
    let restored = app.restore_backup(&name, None).await.expect("restored");
    assert!(!restored.status.read_only && restored.all_read);
    app.sync_now().await.expect("synced");
    assert_eq!(app.activity(all()).await.expect("rows").rows.len(), 1);
}
