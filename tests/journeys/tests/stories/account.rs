//! A forgotten password, a lost machine, leaving, and a server that was put back from a backup.

use journeys::{Hand, World, assert_books_agree, eventually, join_form, usd};
use protocol::Code;
use protocol::body::PaymentState;
use protocol::device::DeviceState;
use wallet::view::{Breach, PairForm, Sync};
use wallet::{ErrorCode, HttpResponse};

const NEW: &str = "an even longer way home";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_lost_password_and_machine_comes_back_by_e_mail_alone() {
    let mut world = World::new(1).await;
    world.set_timings(|timings| timings.recovery_wait_ms = 2_000);
    world.stop_server().await;
    world.start_server().await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let ben = world.hand("ben.bakes", "sandbox_mastercard_debit").await;
    ana.until_paid(ana.pay("ben.bakes", "25.40", None).await.expect("confirmed")).await;
    let laptop = Hand::open(world.options("ana-laptop")).await;
    laptop.app.forgotten_password(&world.address, "ana@mail.example", "en").await.expect("asked");
    laptop.app.forgotten_password(&world.address, "nobody@mail.example", "en").await.expect("answered the same");
    let link = world.link_in_letter("asked for a new password").await;
    assert_eq!(world.press(&link, &format!("password={NEW}&again={NEW}")).await, 200);
    eventually("the old machine needs the new password", || async {
        let _ = ana.app.sync_now().await;
        ana.app.status().await.expect("status").signed_out.then_some(())
    })
    .await;
    let form = PairForm {
        address: world.address.clone(),
        name: "ana".into(),
        password: NEW.into(),
        device_name: "Laptop".into(),
        passphrase: None,
    };
    let asked = laptop.app.pair(form.clone()).await.expect("asked");
    assert_eq!(asked.recovery_key, None, "the password alone is not enough");
    laptop.app.recover_device(form.clone(), "en").await.expect("asked");
    let link = world.link_in_letter("says that no other device is left").await;
    assert_eq!(world.press(&link, "").await, 200);
    let standing = laptop.app.pairing_state(&world.address, asked.device_id).await.expect("asked");
    assert!(matches!(standing.state, DeviceState::Recovering | DeviceState::Active), "{standing:?}");
    eventually("the wait is over", || async {
        let standing = laptop.app.pairing_state(&world.address, asked.device_id).await.expect("asked");
        (standing.state == DeviceState::Active).then_some(())
    })
    .await;
    assert!(laptop.app.pair(form).await.expect("in").recovery_key.is_some());
    assert_books_agree(&world, &[&laptop, &ben]).await;
    assert_eq!(laptop.moved().await, (2540, 0));
    let out = ana.app.sign_in(NEW).await.expect_err("the old machine is out");
    assert_eq!(out.refusal(), Some(Code::DeviceRefused));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_keeps_the_book_until_it_is_removed_and_nothing_of_it_stays_then() {
    let mut world = World::new(1).await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let ben = world.hand("ben.bakes", "sandbox_mastercard_debit").await;
    ana.until_paid(ana.pay("ben.bakes", "25.40", None).await.expect("confirmed")).await;
    ana.look(ana.draft("ben.bakes", &usd("4.00"), None).await).await.expect("looked");
    world.stop_server().await;
    let id = ana.app.confirm_pay(None).await.expect("confirmed").payment_id;
    let password = join_form(&world.address, "ana").password;
    let waiting = ana.app.close_account(password.clone(), "en".into()).await.expect("asked");
    assert_eq!(waiting.iter().map(|row| row.payment.id).collect::<Vec<_>>(), [id]);
    world.start_server().await;
    ana.until_paid(id).await;
    let wrong = ana.app.close_account("a wrong password".into(), "en".into()).await.expect_err("wrong");
    assert_eq!(wrong.refusal(), Some(Code::WrongCredentials));
    assert_eq!(ana.app.remove_book().await.expect_err("it is in use").code(), ErrorCode::WrongState);
    assert_eq!(ana.app.close_account(password.clone(), "en".into()).await.expect("closed"), []);
    assert_eq!(ana.app.close_account(password, "en".into()).await.expect("closed before"), []);
    let status = ana.app.status().await.expect("status");
    assert!(status.account_closed && !status.signed_out && !status.device_refused);
    assert_eq!(ana.rows().await.len(), 2, "it can be read all the same");
    assert_eq!(ben.app.find_payee("ana").await.expect_err("gone").refusal(), Some(Code::NotFound));
    let status = ana.app.remove_book().await.expect("removed");
    assert_eq!((status.books.len(), status.current), (0, None));
    let left: Vec<_> = std::fs::read_dir(world.folder("ana").join("servers")).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_server_is_followed_after_a_look_and_what_it_lost_stays_known_here() {
    let mut world = World::new(1).await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let ben = world.hand("ben.bakes", "sandbox_mastercard_debit").await;
    let kept = ana.pay("ben.bakes", "25.40", None).await.expect("confirmed");
    ana.until_paid(kept).await;
    world.back_up().await;
    let lost = ana.pay("ben.bakes", "3.10", None).await.expect("confirmed");
    ana.until_paid(lost).await;
    world.restore(uuid::Uuid::from_u128(7)).await;
    for hand in [&ana, &ben] {
        eventually("it is noticed", || async {
            let _ = hand.app.sync_now().await;
            hand.app.status().await.expect("status").server_changed.then_some(())
        })
        .await;
    }
    assert_eq!(ana.app.evidence().await.expect("kept").expect("there").breach, Breach::Epoch);
    let restored = ana.app.restored_server().await.expect("looked");
    let ids = |rows: &[wallet::view::ActivityRow]| rows.iter().map(|row| row.payment.id).collect::<Vec<_>>();
    assert_eq!((ids(&restored.lost), ids(&restored.changed), restored.told), (vec![lost], vec![], 1));
    assert!(ana.app.status().await.expect("status").server_changed, "looking changes nothing");
    assert!(!ana.app.follow_restored_server().await.expect("followed").server_changed);
    let row = ana.until(lost, "it stays", |row| row.sync == Sync::HereOnly).await;
    assert_eq!(row.payment.state, PaymentState::Succeeded);
    assert_eq!(ana.moved().await, (2850, 0), "the own book keeps what it saw");
    ben.app.follow_restored_server().await.expect("followed");
    let next = ana.pay("ben.bakes", "1.00", None).await.expect("confirmed");
    ana.until_paid(next).await;
    ben.until_paid(next).await;
    assert_eq!(ana.app.payment(kept).await.expect("kept").row.sync, Sync::Acked);
    assert_eq!(ana.app.evidence().await.expect("none"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_server_that_tells_a_payment_differently_or_has_another_key_is_not_followed() {
    let mut world = World::new(1).await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let _ben = world.hand("ben.bakes", "sandbox_mastercard_debit").await;
    ana.until_paid(ana.pay("ben.bakes", "25.40", None).await.expect("confirmed")).await;
    world.back_up().await;
    world.restore(uuid::Uuid::from_u128(7)).await;
    eventually("it is noticed", || async {
        let _ = ana.app.sync_now().await;
        ana.app.status().await.expect("status").server_changed.then_some(())
    })
    .await;
    for (path, before, after) in
        [("/v1/feed", "25.40", "95.40"), ("/v1/server", "\"public_key\":\"", "\"public_key\":\"A")]
    {
        world.ether.rewrite(move |request, answer| {
            if !request.path.starts_with(path) {
                return answer;
            }
            let text = String::from_utf8(answer.body).expect("JSON").replace(before, after);
            HttpResponse { status: answer.status, body: text.into_bytes() }
        });
        for error in [
            ana.app.restored_server().await.expect_err("seen"),
            ana.app.follow_restored_server().await.expect_err("not followed"),
        ] {
            assert_eq!(error.code(), ErrorCode::ServerChanged, "{path}");
        }
        assert!(ana.app.status().await.expect("status").server_changed);
    }
}
