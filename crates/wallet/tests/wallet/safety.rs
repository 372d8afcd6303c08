use std::sync::atomic::Ordering;

use protocol::Code;
use protocol::body::Mode;
use wallet::view::*;
use wallet::*;

use crate::paying::{all, confirm, draft};
use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_confirmed_before_it_could_be_read() {
    let world = World::new();
    let app = world.joined().await;
    assert_eq!(app.confirm_pay(None).await.err(), Some(WalletError::NothingToConfirm));
    app.prepare_payment(draft("harbor", "3.00")).await.expect("prepared");
    world.wait(10_000);
    assert_eq!(app.confirm_pay(None).await.err(), Some(WalletError::ConfirmTooEarly), "nobody looked");
    let view = app.confirm_view().await.expect("view");
    assert!(view.facts.first_payment && view.mode == Mode::Sandbox);
    world.wait(599);
    assert_eq!(app.confirm_pay(None).await.err(), Some(WalletError::ConfirmTooEarly));
    let other = app.prepare_payment(draft("harbour", "900.00")).await;
    assert_eq!(other.err(), Some(WalletError::Invalid(Code::WrongState)), "one at a time");
    world.wait(1);
    app.confirm_pay(None).await.expect("confirmed");
    assert_eq!(app.confirm_pay(None).await.err(), Some(WalletError::NothingToConfirm));
    let own = app.prepare_payment(draft("zoraida", "1.00")).await;
    assert_eq!(own.err(), Some(WalletError::Invalid(Code::SelfPayment)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_alike_of_somebody_paid_before_raises_the_alarm() {
    let world = World::new();
    let app = world.joined().await;
    assert_eq!(app.payee_facts("harbour").await.expect("facts").looks_like, None);
    confirm(&world, &app, "harbor", "1.00").await;
    app.sync_now().await.expect("synced");
    let facts = app.payee_facts("harbour").await.expect("facts");
    assert_eq!((facts.looks_like.as_deref(), facts.first_payment), (Some("harbor"), true));
    assert!(!app.payee_facts("harbor").await.expect("facts").first_payment);
    assert_eq!((facts.four_words.len(), facts.seal.len()), (4, 25));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pin_gates_and_its_waiting_survives_a_restart() {
    let world = World::new();
    let app = world.joined().await;
    app.set_pin(None, Some("271828".into())).await.expect("set");
    assert_eq!(app.set_pin(Some("000000".into()), None).await.err(), Some(WalletError::WrongPin));
    app.prepare_payment(draft("harbor", "3.00")).await.expect("prepared");
    assert!(app.confirm_view().await.expect("view").pin_needed);
    world.wait(600);
    for _ in 0..2 {
        assert_eq!(app.confirm_pay(Some("000000".into())).await.err(), Some(WalletError::WrongPin));
    }
    drop(app);
    let app = world.open().await.expect("opened");
    let wait = app.unlock_with_pin("271828").await.err();
    assert!(matches!(wait, Some(WalletError::PinWait { retry_after_s: 29..=30 })), "{wait:?}");
    world.wait(30_000);
    app.unlock_with_pin("271828").await.expect("unlocked");
    app.prepare_payment(draft("harbor", "3.00")).await.expect("prepared");
    app.confirm_view().await.expect("view");
    world.wait(600);
    app.confirm_pay(Some("271828".into())).await.expect("confirmed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rewritten_history_closes_the_book_and_keeps_the_evidence() {
    let changes: [fn(&mut State); 4] = [
        |state| state.feed[1].body = state.feed[1].body.replace("2.00", "9.00"),
        |state| drop(state.feed.remove(1)),
        |state| state.feed[1].at_ms += 1,
        |state| state.epoch = uuid::Uuid::from_u128(78),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let world = World::new();
        let app = world.joined().await;
        world.server.pay_us(900, 0, "1.00", "first");
        app.sync_now().await.expect("synced");
        for id in 901..904 {
            world.server.pay_us(id, 0, "2.00", "next");
        }
        change(&mut world.server.state());
        assert_eq!(app.sync_now().await.err(), Some(WalletError::ServerChanged), "change {n}");
        assert!(app.status().await.expect("status").read_only);
        assert_eq!(app.prepare_payment(draft("harbor", "3.00")).await.err(), Some(WalletError::ServerChanged));
        drop(app);
        let app = world.open().await.expect("opened");
        let status = app.status().await.expect("status");
        assert!(status.read_only && status.server_changed, "evidence survives");
        let evidence = app.evidence().await.expect("readable").expect("kept");
        assert_eq!(evidence.breach, if n == 3 { Breach::Epoch } else { Breach::Chain });
        assert_ne!(evidence.known, evidence.told);
        let file: serde_json::Value =
            serde_json::from_slice(&app.evidence_file().await.expect("a file")).expect("JSON");
        assert_eq!((&file["server"], &file["handle"]), (&SERVER.into(), &"zoraida".into()));
        assert_eq!(serde_json::to_string_pretty(&file["evidence"]["told"]).expect("text"), evidence.told);
        assert_eq!(app.activity(all()).await.expect("readable").rows.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_key_stops_everything() {
    let world = World::new();
    drop(world.joined().await);
    world.server.state().public_key = person(99, "evil", "Evil").public_key;
    let app = world.open().await.expect("opened");
    assert_eq!(app.evidence().await, Ok(None));
    assert_eq!(app.sync_now().await.err(), Some(WalletError::ServerChanged));
    assert_eq!(app.evidence().await.expect("readable").map(|it| it.breach), Some(Breach::Key));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_noticed_said_and_corrected_in_signatures() {
    for ahead_ms in [31_536_000_000, -31_536_000_000] {
        let world = World::new();
        world.server.state().ahead_ms = ahead_ms;
        let app = world.joined().await;
        confirm(&world, &app, "harbor", "3.00").await;
        app.sync_now().await.expect("synced");
        assert_eq!(app.status().await.expect("status").clock_off_s.map(i64::from), Some(ahead_ms / 1000));
        assert_eq!(world.server.state().charged.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_amounts_are_in_no_byte_on_the_disk() {
    let world = World::new();
    let app = world.joined().await;
    confirm(&world, &app, "harbor", "4321.09").await;
    app.sync_now().await.expect("synced");
    app.activity(all()).await.expect("read");
    let mut files = 0;
    let mut folders = vec![world.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).expect("file");
            for secret in ["Zoraida", "zoraida", "4321.09", "432109", "Harbor Bakery", "two coffees", "correct horse"] {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{secret} in {}", path.display());
            }
        }
    }
    assert!(files >= 4, "database, log, card, wrapped key: {files}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_a_real_account_needs_a_passphrase_and_the_recovery_key_opens_it_too() {
    let world = World::new();
    world.secrets.broken.store(true, Ordering::SeqCst);
    let app = world.open().await.expect("opened");
    assert_eq!(app.join(form()).await.err(), Some(WalletError::PassphraseNeeded));
    assert!(world.server.state().seen.iter().all(|s| !s.starts_with("POST")), "nobody was told");
    let with = JoinForm { passphrase: Some("a long sentence of mine".into()), ..form() };
    let joined = app.join(with).await.expect("joined");
    assert_eq!(joined.status.key_storage, KeyStorage::Passphrase);
    drop(app);
    let app = world.open().await.expect("opened");
    let status = app.status().await.expect("status");
    assert!(status.needs_passphrase && status.books[0].handle.is_empty());
    assert_eq!(app.me().await.err(), Some(WalletError::Locked));
    assert_eq!(app.unlock_with_passphrase("another sentence").await.err(), Some(WalletError::WrongPassphrase));
    assert!(!app.unlock_with_passphrase("a long sentence of mine").await.expect("unlocked").needs_passphrase);
    drop(app);
    let app = world.open().await.expect("opened");
    assert_eq!(app.restore_with_recovery_key("000-000").await.err(), Some(WalletError::WrongPassphrase));
    let status = app.restore_with_recovery_key(&joined.recovery_key.to_lowercase()).await.expect("restored");
    assert_eq!(status.current.expect("book").handle, "zoraida");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_lost_the_key_is_named_and_the_recovery_key_puts_it_back() {
    let world = World::new();
    let app = world.open().await.expect("opened");
    let joined = app.join(form()).await.expect("joined");
    drop(app);
    world.secrets.entries.lock().expect("lock").clear();
    let app = world.open().await.expect("opened");
    assert_eq!(app.me().await.err(), Some(WalletError::KeyringUnavailable));
    app.restore_with_recovery_key(&joined.recovery_key).await.expect("restored");
    drop(app);
    let app = world.open().await.expect("opened");
    assert!(!app.status().await.expect("status").needs_passphrase, "the key is back in the keyring");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_instance_is_told_that_the_data_is_in_use() {
    let world = World::new();
    let _app = world.joined().await;
    assert_eq!(world.open().await.err(), Some(WalletError::DatabaseLocked));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_is_named_and_nothing_panics() {
    let world = World::new();
    let app = world.joined().await;
    world.server.pay_us(900, 0, "1.00", "first");
    app.sync_now().await.expect("synced");
    app.close().await;
    drop(app);
    let file = world.folder.path().join("servers/pay.example/book.sqlite");
    let good = std::fs::read(&file).expect("database");
    for place in [0, 4096, good.len() / 2, good.len() - 100] {
        let mut bad = good.clone();
        bad[place..place + 64].fill(0x5a);
        std::fs::write(&file, &bad).expect("written");
        let app = world.open().await.expect("the app opens");
        let said = app.prepare_payment(draft("harbor", "1.00")).await.err();
        assert_eq!(said, Some(WalletError::DatabaseCorrupt), "damage at {place}");
        let _ = app.activity(all()).await;
        let _ = app.status().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_the_server_ended_is_told_and_one_password_goes_on_where_it_was() {
    let world = World::new();
    let app = world.joined().await;
    assert!(!app.status().await.expect("status").signed_out);
    app.prepare_payment(draft("harbor", "4.00")).await.expect("prepared");
    app.confirm_view().await.expect("view");
    world.wait(600);
    world.server.state().session_ended = true;
    app.confirm_pay(None).await.expect("signed and stored");
    assert_eq!(app.sync_now().await.err().and_then(|error| error.refusal()), Some(Code::SignedOut));
    assert!(app.status().await.expect("status").signed_out);
    assert_eq!(app.activity(all()).await.expect("read").rows.len(), 1, "the book can be read all the same");
    assert_eq!(world.server.state().charged.len(), 0);

    let wrong = app.sign_in("not the password").await;
    assert_eq!(wrong.err().and_then(|error| error.refusal()), Some(Code::WrongCredentials));
    assert!(app.status().await.expect("status").signed_out);

    assert!(!app.sign_in(PASSWORD).await.expect("signed in").signed_out);
    app.sync_now().await.expect("synced");
    assert_eq!(world.server.state().charged.values().copied().collect::<Vec<_>>(), [1], "it went out, once");
}
