//! Paying: from a code to both books, and everything that can come between.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use journeys::{Database, Hand, Weather, World, accepting, asking, assert_books_agree, minor, usd};
use protocol::body::{FailureReason, Mode, PaymentState, RequestState};
use protocol::{Code, SignedOrder};
use wallet::view::{CodeOptions, FoundKind, Sync, Verdict};
use wallet::{ErrorCode, Event, HttpResponse};

const HOUR_MS: i64 = 3_600_000;

fn with_amount(value: &str) -> CodeOptions {
    CodeOptions {
        amount: Some(usd(value)),
        note: String::new(),
        expires_at_ms: None,
        single_use: false,
        with_picture: false,
    }
}

/// Orders that reached the server, in order of arrival.
fn orders(world: &World) -> Vec<SignedOrder> {
    let heard = world.ether.heard();
    let payments = heard.iter().filter(|r| r.method == http::Method::POST && r.path == protocol::path::PAYMENTS);
    payments.map(|r| serde_json::from_slice(&r.body).expect("an order")).collect()
}

async fn pay_from_a_scanned_code(world: &World) {
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let ben = world.hand("ben.bakes", "sandbox_mastercard_debit").await;
    let mut chime = ben.app.events();
    let code = ben.app.my_code(with_amount("25.40")).await.expect("drawn");
    assert!(STANDARD.decode(&code.png).expect("base64").starts_with(b"\x89PNG"));
    let found = ana.app.scan_image(code.png).await.expect("read").remove(0);
    assert_eq!((found.kind, found.amount.clone()), (FoundKind::Person, Some(usd("25.40"))));
    let payee = found.payee.expect("a payee").person;
    let id = ana.pay(&payee.handle, "25.40", None).await.expect("confirmed");
    let paid = ana.until_paid(id).await;
    assert_eq!(paid.payment.verified_by.as_deref(), Some("sandbox"));
    loop {
        if let Event::Incoming(payment) = chime.next().await.expect("the app lives") {
            assert_eq!((payment.id, minor(&payment.amount)), (id, 2540));
            break;
        }
    }
    assert_books_agree(world, &[&ana, &ben]).await;
    assert_eq!((ana.moved().await, ben.moved().await), ((2540, 0), (0, 2540)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_sees_what_a_shown_receipt_is_worth_without_asking_anybody() {
    let world = World::new(1).await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let ben = world.hand("ben.bakes", "sandbox_mastercard_debit").await;
    let id = ana.pay("ben.bakes", "25.40", None).await.expect("confirmed");
    ana.until_paid(id).await;
    let receipt = ana.app.receipt_code(id).await.expect("signed by the server");
    assert!(receipt.link.ends_with(&format!("/v/{}", receipt.short)), "{}", receipt.link);
    let asked = world.ether.heard().len();
    let found = ben.app.scan_image(receipt.png.clone()).await.expect("read").remove(0);
    let proof = found.proof.expect("a proof");
    assert_eq!((found.kind, proof.verdict), (FoundKind::Proof, Verdict::Genuine));
    assert_eq!((proof.payee_handle.as_str(), proof.amount), ("ben.bakes", usd("25.40")));
    let shown = ana.app.scan_image(receipt.png).await.expect("read").remove(0);
    assert_eq!(shown.proof.expect("a proof").verdict, Verdict::OtherPayee, "the money did not come to who looks");
    assert_eq!(world.ether.heard().len(), asked, "nobody was asked");
    // One cent more, under the same signature.
    let text = ana.app.payment(id).await.expect("there").row.payment.receipt.expect("signed");
    let (link, signed) = text.rsplit_once('/').expect("a link");
    let mut bytes = data_encoding::BASE32_NOPAD.decode(signed.as_bytes()).expect("base32");
    let minor = bytes.windows(8).position(|part| part == 2540_i64.to_be_bytes()).expect("the amount");
    bytes[minor + 7] += 1;
    let forged = format!("{link}/{}", data_encoding::BASE32_NOPAD.encode(&bytes));
    let proof = ben.app.read_text(&forged).await.expect("read").proof.expect("a proof");
    assert_eq!((proof.verdict, proof.amount), (Verdict::Forged, usd("25.41")));
}

async fn a_request_is_paid_whole(world: &World) {
    let cleo = world.hand("cleo", "sandbox_visa_debit").await;
    let dan = world.hand("dan.the.man", "sandbox_paypal").await;
    let request = cleo.app.new_request(asking(Some("dan.the.man"), "100.00", accepting())).await.expect("asked");
    dan.until_request(request.id, "it arrives", |r| r.state == RequestState::Open).await;
    let id = dan.pay("cleo", "100.00", Some(request.id)).await.expect("confirmed");
    dan.until_paid(id).await;
    cleo.until_request(request.id, "it is paid", |r| r.state == RequestState::Paid && !r.overpaid).await;
    assert_books_agree(world, &[&cleo, &dan]).await;
    assert_eq!((dan.moved().await, cleo.moved().await), ((10_320, 0), (0, 10_000)), "PayPal's fee is the payer's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scanned_code_is_paid_and_both_books_agree_to_the_cent() {
    pay_from_a_scanned_code(&World::new(1).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_between_two_apps_is_paid_with_a_fee_on_top() {
    a_request_is_paid_whole(&World::new(1).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_stories_are_the_same_on_a_real_postgresql() {
    let postgres = ledger::testing::Postgres::start().expect("PostgreSQL starts");
    let url = postgres.new_database().expect("a database");
    let world = World::with(1, Mode::Sandbox, Database::Postgres(url)).await;
    pay_from_a_scanned_code(&world).await;
    a_request_is_paid_whole(&world).await;
    let url = postgres.new_database().expect("a database");
    let mut stormy = World::with(2, Mode::Sandbox, Database::Postgres(url)).await;
    crate::storms::everything_moves_once(&mut stormy, 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_card_keeps_the_amount_and_another_card_pays() {
    let world = World::new(1).await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_visa_declines").await;
    let request = ben.app.new_request(asking(Some("ana"), "9.99", accepting())).await.expect("asked").id;
    let id = ana.pay("ben.bakes", "9.99", Some(request)).await.expect("confirmed");
    let failed = ana.until(id, "it fails", |row| row.payment.state == PaymentState::RequiresPaymentMethod).await;
    assert_eq!(failed.payment.failure, Some(FailureReason::InsufficientFunds));
    ben.until_request(request, "it is open again", |r| r.state == RequestState::Open).await;
    ana.app.add_source("sandbox_mastercard_debit".into(), String::new()).await.expect("another card");
    let id = ana.pay("ben.bakes", "9.99", Some(request)).await.expect("confirmed");
    ana.until_paid(id).await;
    assert_books_agree(&world, &[&ana, &ben]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_outcome_is_said_and_resolves_by_asking() {
    let mut world = World::new(1).await;
    world.stop_server().await;
    world.set_timings(|timings| timings.ask_again_ms = vec![700]);
    world.start_server().await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_visa_times_out").await;
    let id = ana.pay("ben.bakes", "4.00", None).await.expect("confirmed");
    ana.until(id, "the outcome is unknown", |row| row.payment.outcome_unknown).await;
    assert!(ana.app.status().await.expect("status").asking);
    let paid = ana.until_paid(id).await;
    assert!(!paid.payment.outcome_unknown);
    assert_books_agree(&world, &[&ana, &ben]).await;
    assert!(!ana.app.status().await.expect("status").asking);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_confirmed_offline_is_sent_later_without_being_signed_again() {
    let world = World::new(1).await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    ana.look(ana.draft("ben.bakes", &usd("6.00"), None).await).await.expect("looked");
    world.ether.set(Weather::OFFLINE);
    let id = ana.app.confirm_pay(None).await.expect("confirmed without a line").payment_id;
    let waiting = ana.until(id, "it waits", |row| row.sync == Sync::Queued).await;
    assert_eq!(waiting.payment.state, PaymentState::Processing);
    world.clock.jump(2 * HOUR_MS);
    // A session is given; what becomes of payments is not heard.
    world.ether.rewrite(|request, answer| {
        let about_session = request.path.starts_with(protocol::path::SESSIONS);
        if about_session { answer } else { HttpResponse { status: 502, body: Vec::new() } }
    });
    world.ether.set(Weather::CALM);
    ana.until(id, "nobody knows", |row| row.sync == Sync::Unknown).await;
    world.ether.honest();
    ana.until_paid(id).await;
    assert_books_agree(&world, &[&ana, &ben]).await;
    let sent = orders(&world);
    assert!(sent.windows(2).all(|pair| pair[0] == pair[1]), "signed again");
    let key = protocol::device_key_from_text(&ana.app.me().await.expect("me").person.public_key).expect("a key");
    sent[0].verify(&key).expect("the order is the device's");
    let mut tx = world.store().read().await.expect("a view");
    let kept = tx.row("SELECT order_signature FROM payment_order", ledger::args![]).await;
    assert_eq!(kept.expect("read").expect("kept").text(0).expect("text"), sent[0].signature);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_order_is_never_sent() {
    let world = World::new(1).await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    ana.look(ana.draft("ben.bakes", &usd("6.00"), None).await).await.expect("looked");
    world.ether.set(Weather::OFFLINE);
    let id = ana.app.confirm_pay(None).await.expect("confirmed").payment_id;
    ana.until(id, "it waits", |row| row.sync == Sync::Queued).await;
    world.clock.jump(25 * HOUR_MS);
    let over = ana.until(id, "it is over", |row| row.payment.state == PaymentState::Canceled).await;
    assert_eq!((over.refused, over.payment.failure), (None, Some(FailureReason::OrderExpired)));
    world.ether.set(Weather::CALM);
    ana.app.sync_now().await.expect("the line is back");
    assert!(orders(&world).is_empty(), "it was sent");
    assert_books_agree(&world, &[&ana, &ben]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_cannot_be_taken_back_while_it_is_paid_nor_paid_once_it_is_taken_back() {
    let mut world = World::new(1).await;
    world.stop_server().await;
    world.set_timings(|timings| timings.sandbox_charge_ms = 600);
    world.start_server().await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let first = ben.app.new_request(asking(Some("ana"), "5.00", accepting())).await.expect("asked").id;
    let id = ana.pay("ben.bakes", "5.00", Some(first)).await.expect("confirmed");
    ben.until_request(first, "it is being paid", |r| r.state == RequestState::Processing).await;
    let refused = ben.app.cancel_request(first).await.expect_err("too late");
    assert_eq!(refused.refusal(), Some(Code::WrongState));
    ana.until_paid(id).await;
    ben.until_request(first, "it is paid", |r| r.state == RequestState::Paid).await;

    let second = ben.app.new_request(asking(Some("ana"), "5.00", accepting())).await.expect("asked").id;
    ana.look(ana.draft("ben.bakes", &usd("5.00"), Some(second)).await).await.expect("looked");
    ben.app.cancel_request(second).await.expect("taken back");
    let id = ana.app.confirm_pay(None).await.expect("confirmed").payment_id;
    let refused = ana.until(id, "it is refused", |row| row.refused.is_some()).await;
    assert_eq!(refused.refused, Some(ErrorCode::RequestCanceled));
    assert_books_agree(&world, &[&ana, &ben]).await;
    assert_eq!(ana.moved().await, (500, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_own_code_is_named_and_cannot_be_paid() {
    let world = World::new(1).await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let code = ana.app.my_code(with_amount("5.00")).await.expect("drawn");
    assert_eq!(ana.app.scan_image(code.png).await.expect("read")[0].kind, FoundKind::Own);
    assert_eq!(ana.app.read_text(&code.link).await.expect("read").kind, FoundKind::Own);
    let draft = ana.draft("ana", &usd("5.00"), None).await;
    assert_eq!(ana.app.prepare_payment(draft).await.expect_err("oneself").code(), ErrorCode::SelfPayment);
    let single = CodeOptions { single_use: true, ..with_amount("5.00") };
    let own = ana.app.my_code(single).await.expect("drawn");
    assert_eq!(ana.app.read_text(&own.link).await.expect("read").kind, FoundKind::Own);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_use_code_is_paid_once_and_then_named_paid() {
    let world = World::new(1).await;
    let (ana, ben): (Hand, Hand) =
        (world.hand("ana", "sandbox_visa_debit").await, world.hand("ben.bakes", "sandbox_visa_debit").await);
    let code = ben
        .app
        .my_code(CodeOptions { single_use: true, note: "Bread".into(), ..with_amount("8.50") })
        .await
        .expect("drawn");
    let found = ana.app.scan_image(code.png.clone()).await.expect("read").remove(0);
    assert_eq!(found.kind, FoundKind::Request);
    let id = ana.pay("ben.bakes", "8.50", code.request_id).await.expect("confirmed");
    ana.until_paid(id).await;
    assert_eq!(ana.app.scan_image(code.png).await.expect("read")[0].kind, FoundKind::Paid);
    let again = ana.pay("ben.bakes", "8.50", code.request_id).await.expect_err("paid already");
    assert_eq!(again.code(), ErrorCode::RequestPaid);
    assert_books_agree(&world, &[&ana, &ben]).await;
}
