//! One account on two machines.

use crate::storms::confirm_in_a_storm;
use journeys::{Hand, Weather, World, assert_books_agree, eventually, join_form, minor, usd};
use protocol::Code;
use protocol::body::PaymentState;
use protocol::device::DeviceState;
use wallet::view::{BookKind, HistoryQuery, Online, PairForm};
use wallet::{ErrorCode, Event};

fn pair_form(world: &World, handle: &str) -> PairForm {
    PairForm {
        address: world.address.clone(),
        name: handle.into(),
        password: join_form(&world.address, handle).password,
        device_name: "Laptop".into(),
        passphrase: None,
    }
}

/// The same person's other machine, with nothing on it yet.
async fn other_machine(world: &World, handle: &str) -> Hand {
    Hand::open(world.options(&format!("{handle}-laptop"))).await
}

/// Lets `laptop` into the account of `first`, after the words on both screens were compared.
async fn let_in(world: &World, first: &Hand, laptop: &Hand, handle: &str) {
    let asked = laptop.app.pair(pair_form(world, handle)).await.expect("asked");
    assert_eq!(asked.recovery_key, None);
    let listed = first.app.devices().await.expect("devices");
    let waits = listed.iter().find(|device| device.id == asked.device_id).expect("it is listed");
    assert_eq!((waits.state, &waits.words, waits.name.as_str()), (DeviceState::Pairing, &asked.words, "Laptop"));
    first.app.confirm_device(waits.id, waits.public_key.clone()).await.expect("let in");
    let state = laptop.app.pairing_state(&world.address, asked.device_id).await.expect("asked");
    assert_eq!(state.state, DeviceState::Active);
    let paired = laptop.app.pair(pair_form(world, handle)).await.expect("let in");
    assert!(paired.recovery_key.is_some_and(|key| key.contains('-')), "a recovery key of its own");
}

/// The account of `first` on another machine.
pub(crate) async fn second(world: &World, first: &Hand, handle: &str) -> Hand {
    let laptop = other_machine(world, handle).await;
    let_in(world, first, &laptop, handle).await;
    laptop
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_device_has_the_whole_ledger_and_rings_for_nothing_old() {
    let world = World::new(1).await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let ben = world.hand("ben.bakes", "sandbox_mastercard_debit").await;
    ana.until_paid(ana.pay("ben.bakes", "25.40", None).await.expect("confirmed")).await;
    ben.until_paid(ben.pay("ana", "7.15", None).await.expect("confirmed")).await;
    let laptop = other_machine(&world, "ana").await;
    let mut chime = laptop.app.events();
    let_in(&world, &ana, &laptop, "ana").await;
    assert_books_agree(&world, &[&ana, &laptop, &ben]).await;
    assert_eq!(laptop.moved().await, (2540, 715));
    assert_eq!(laptop.rows().await, ana.rows().await);
    ben.pay("ana", "1.00", None).await.expect("confirmed");
    loop {
        if let Event::Incoming(payment) = chime.next().await.expect("the app lives") {
            assert_eq!(minor(&payment.amount), 100, "what was before this device is no news");
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_devices_pay_at_once_over_a_bad_line_and_all_books_agree() {
    for seed in journeys::seeds(3) {
        let world = World::new(seed).await;
        let ana = world.hand("ana", "sandbox_visa_debit").await;
        let ben = world.hand("ben.bakes", "sandbox_mastercard_debit").await;
        let laptop = second(&world, &ana, "ana").await;
        world.ether.set(Weather::STORM);
        let mut paid = Vec::new();
        for amount in ["3.10", "0.45"] {
            let (one, two) = tokio::join!(
                confirm_in_a_storm(&ana, "ben.bakes", amount),
                confirm_in_a_storm(&laptop, "ben.bakes", amount)
            );
            paid.extend([one, two]);
        }
        world.ether.set(Weather::CALM);
        for id in &paid {
            ana.until_paid(*id).await;
            laptop.until_paid(*id).await;
        }
        assert_books_agree(&world, &[&ana, &laptop, &ben]).await;
        assert_eq!((laptop.moved().await, ben.moved().await), ((710, 0), (0, 710)), "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_revoked_in_the_middle_of_a_payment_is_out_and_the_books_agree() {
    for seed in journeys::seeds(3) {
        let world = World::new(seed).await;
        let ana = world.hand("ana", "sandbox_visa_debit").await;
        let ben = world.hand("ben.bakes", "sandbox_mastercard_debit").await;
        let laptop = second(&world, &ana, "ana").await;
        let listed = ana.app.devices().await.expect("devices");
        let id = listed.iter().find(|device| !device.is_this).expect("the laptop").id;
        laptop.look(laptop.draft("ben.bakes", &usd("5.00"), None).await).await.expect("looked");
        let (paid, left) = tokio::join!(laptop.app.confirm_pay(None), ana.app.revoke_device(id));
        assert_eq!(left.expect("revoked").len(), 1);
        eventually("the laptop says that it is out", || async {
            laptop.app.status().await.expect("status").device_refused.then_some(())
        })
        .await;
        assert!(!laptop.app.status().await.expect("status").signed_out, "a password does not help");
        assert_eq!(laptop.app.devices().await.expect_err("out").refusal(), Some(Code::DeviceRefused));
        assert_eq!(laptop.rows().await.len(), 1, "it can be read all the same");
        let id = paid.expect("written down before it left").payment_id;
        eventually("it was in time, or never will be", || async {
            let came = ana.app.payment(id).await.is_ok_and(|it| it.row.payment.state == PaymentState::Succeeded);
            let refused = laptop.app.payment(id).await.is_ok_and(|it| it.row.refused == Some(ErrorCode::DeviceRefused));
            (came || refused).then_some(())
        })
        .await;
        assert_books_agree(&world, &[&ana, &ben]).await;
        assert!([0, 500].contains(&ana.moved().await.0), "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_waits_for_open_payments_and_names_them() {
    let mut world = World::new(1).await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let ben = world.hand("ben.bakes", "sandbox_mastercard_debit").await;
    ana.look(ana.draft("ben.bakes", &usd("4.00"), None).await).await.expect("looked");
    world.stop_server().await;
    let id = ana.app.confirm_pay(None).await.expect("confirmed").payment_id;
    let waiting = ana.app.sign_out().await.expect("asked");
    assert_eq!(waiting.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    assert!(!ana.app.status().await.expect("status").signed_out);
    world.start_server().await;
    ana.until_paid(id).await;
    eventually("the line is back", || async { (ana.app.status().await.ok()?.online == Online::Online).then_some(()) })
        .await;
    assert_eq!(ana.app.sign_out().await.expect("signed out"), []);
    assert!(ana.app.status().await.expect("status").signed_out);
    assert_eq!(ana.rows().await.len(), 1, "it can be read all the same");
    ana.app.sign_in(&join_form(&world.address, "ana").password).await.expect("signed in");
    assert!(!ana.app.status().await.expect("status").signed_out);
    assert_books_agree(&world, &[&ana, &ben]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_read_from_its_archive_goes_on_when_the_new_machine_signs_in() {
    let world = World::new(1).await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let ben = world.hand("ben.bakes", "sandbox_mastercard_debit").await;
    let paid = ana.pay("ben.bakes", "25.40", None).await.expect("confirmed");
    ana.until_paid(paid).await;
    ben.until_paid(ben.pay("ana", "7.15", None).await.expect("confirmed")).await;
    assert_books_agree(&world, &[&ana, &ben]).await;
    ana.app.set_private_note(paid, "for the wedding").await.expect("noted");
    let file = world.folder("ana").join("ana.tessera-archive");
    let passphrase = "lemon harbor stone kite";
    ana.app.make_archive(&file, passphrase.into(), |_| ()).await.expect("made");

    let laptop = other_machine(&world, "ana").await;
    let status = laptop.app.restore_archive(&file, passphrase.into(), |_| ()).await.expect("opened");
    assert_eq!(status.current.map(|book| book.kind), Some(BookKind::History));
    let history = HistoryQuery { limit: 10, ..HistoryQuery::default() };
    assert_eq!(laptop.app.history(&history).await.expect("history").rows.len(), 2);
    let_in(&world, &ana, &laptop, "ana").await;
    assert_books_agree(&world, &[&ana, &laptop, &ben]).await;
    assert_eq!(laptop.rows().await, ana.rows().await, "the note came along");
    laptop.app.bring_in_history(&file, passphrase.into(), |_| ()).await.expect("brought in");
    assert_eq!(laptop.app.history(&history).await.expect("history").rows.len(), 0, "none is shown twice");
    assert_eq!(laptop.moved().await, ana.moved().await);
    ben.until_paid(ben.pay("ana", "1.00", None).await.expect("confirmed")).await;
    assert_books_agree(&world, &[&ana, &laptop, &ben]).await;
}
