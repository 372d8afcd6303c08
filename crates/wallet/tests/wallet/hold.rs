//! Confirmed payments wait a moment, and can be undone while they do.

use protocol::body::{LatePolicy, OverPolicy, PartialPolicy, PaymentState, Policy, Request, RequestState};
use uuid::Uuid;
use wallet::view::*;
use wallet::*;

use crate::paying::{confirm, draft};
use crate::world::*;

fn waiting() -> World {
    let mut world = World::new();
    world.hold = Hold::default();
    world
}

async fn is_sent(world: &World, app: &App) -> bool {
    app.sync_now().await.expect("synced");
    !world.server.state().orders.is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_payment_waits_thirty_seconds_and_one_to_somebody_known_ten() {
    let world = waiting();
    let app = world.joined().await;
    let id = confirm(&world, &app, "harbor", "1.00").await;
    let detail = app.payment(id).await.expect("stored");
    assert_eq!(detail.held_until_ms, Some(detail.row.payment.created_at_ms + 30_000));
    assert!(!is_sent(&world, &app).await);
    world.wait(29_999);
    assert!(!is_sent(&world, &app).await);
    world.wait(1);
    assert!(is_sent(&world, &app).await);
    assert_eq!(app.payment(id).await.expect("paid").held_until_ms, None);

    let second = confirm(&world, &app, "harbor", "1.00").await;
    let detail = app.payment(second).await.expect("stored");
    assert_eq!(detail.held_until_ms, Some(detail.row.payment.created_at_ms + 10_000));
    let large = confirm(&world, &app, "harbor", "200.00").await;
    let detail = app.payment(large).await.expect("stored");
    assert_eq!(detail.held_until_ms, Some(detail.row.payment.created_at_ms + 30_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn undone_is_canceled_here_and_never_sent_whatever_happens_later() {
    let world = waiting();
    let app = world.joined().await;
    let id = confirm(&world, &app, "harbor", "1.00").await;
    world.wait(29_000);
    app.undo_payment(id).await.expect("undone");
    let check = async |app: &App| {
        let detail = app.payment(id).await.expect("kept");
        assert_eq!((detail.row.payment.state, detail.row.sync), (PaymentState::Canceled, Sync::Acked));
        assert_eq!(detail.held_until_ms, None);
        let last = detail.timeline.last().expect("a step");
        assert_eq!((last.what, last.by), (TimelineWhat::Canceled, TimelineBy::You));
    };
    check(&app).await;
    world.wait(86_400_000);
    assert!(!is_sent(&world, &app).await);
    drop(app);
    let app = world.open().await.expect("opened");
    assert!(!is_sent(&world, &app).await);
    check(&app).await;
    assert!(world.server.state().seen.iter().all(|call| !call.contains("/v1/payments")), "no server heard of it");
    assert!(app.payee_facts("harbor").await.expect("facts").first_payment, "nothing was paid");
    assert_eq!(app.undo_payment(id).await.err().map(|error| error.code()), Some(ErrorCode::WrongState));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wait_survives_a_restart_and_ends_by_the_servers_clock() {
    let world = waiting();
    world.server.state().ahead_ms = 7_200_000;
    let app = world.joined().await;
    app.sync_now().await.expect("the time is known");
    let id = confirm(&world, &app, "harbor", "1.00").await;
    world.wait(20_000);
    drop(app);
    let app = world.open().await.expect("opened");
    assert!(!is_sent(&world, &app).await, "twenty seconds are not thirty");
    let held = app.payment(id).await.expect("kept").held_until_ms.expect("held");
    assert_eq!(held, START_MS + 600 + 30_000);
    world.wait(10_000);
    app.sync_now().await.expect("synced");
    assert!(is_sent(&world, &app).await);
    assert_eq!(world.server.state().charged[&id], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_it_waits_and_can_be_undone_all_the_same() {
    let world = waiting();
    let app = world.joined().await;
    let id = confirm(&world, &app, "harbor", "1.00").await;
    let other = confirm(&world, &app, "harbour", "1.00").await;
    for _ in 0..20 {
        world.server.fault("GET", Fault::Offline);
    }
    assert!(app.sync_now().await.is_err(), "no line");
    app.undo_payment(id).await.expect("undone without a line");
    assert_eq!(app.payment(other).await.expect("kept").row.sync, Sync::Queued);
    world.server.state().faults.clear();
    world.wait(30_000);
    assert!(is_sent(&world, &app).await);
    assert_eq!(world.server.state().charged.keys().collect::<Vec<_>>(), [&other]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_left_cannot_be_undone() {
    let world = World::new();
    let app = world.joined().await;
    let id = confirm(&world, &app, "harbor", "1.00").await;
    world.server.fault("POST /v1/payments", Fault::RequestLost);
    app.sync_now().await.expect("synced");
    assert_eq!(app.payment(id).await.expect("kept").row.sync, Sync::Unknown);
    assert_eq!(app.undo_payment(id).await.err().map(|error| error.code()), Some(ErrorCode::WrongState));
    world.wait(60_000);
    app.sync_now().await.expect("synced");
    assert_eq!(world.server.state().charged[&id], 1);
    assert_eq!(app.undo_payment(id).await.err().map(|error| error.code()), Some(ErrorCode::WrongState));
}

fn asked(id: u128, amount: &str, by: protocol::body::Person, ends_in_ms: Option<i64>) -> Request {
    Request {
        id: Uuid::from_u128(id),
        requester: by,
        payer: None,
        amount: Some(usd(amount)),
        currency: "USD".into(),
        paid: usd("0.00"),
        note: "two coffees".into(),
        state: RequestState::Open,
        viewed: false,
        overpaid: false,
        paid_late: false,
        policy: Policy { partial: PartialPolicy::Accept, over: OverPolicy::Accept, late: LatePolicy::Refuse },
        single_use: true,
        group: None,
        ways: Vec::new(),
        elsewhere: None,
        expires_at_ms: ends_in_ms.map(|ms| START_MS + ms),
        reminded_at_ms: None,
        created_at_ms: START_MS,
        updated_at_ms: START_MS,
        version: 1,
    }
}

/// The picture of a request's code, as a phone shows it.
fn picture(id: Uuid) -> Vec<u8> {
    let link = format!("{SERVER}/r/{}", pay::short_id(id));
    qr::draw(&link, qr::Ecc::M).and_then(|code| code.to_png(6)).expect("drawn")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_request_with_its_amount_leaves_at_once_and_the_same_one_typed_does_not() {
    for scanned in [true, false] {
        let world = waiting();
        let app = world.joined().await;
        let harbor = world.server.state().people[0].clone();
        let request = asked(700, "3.50", harbor, None);
        world.server.state().requests.push(request.clone());
        let found = if scanned {
            app.scan_bytes(picture(request.id)).await.expect("scanned").remove(0)
        } else {
            app.read_text(&pay::short_id(request.id)).await.expect("typed")
        };
        assert_eq!(found.kind, FoundKind::Request);
        let draft = Draft { request_id: Some(request.id), ..draft("harbor", "3.50") };
        app.prepare_payment(draft).await.expect("prepared");
        app.confirm_view().await.expect("view");
        world.wait(600);
        app.confirm_pay(None).await.expect("confirmed");
        assert_eq!(is_sent(&world, &app).await, scanned);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_ends_soon_does_not_end_while_its_payment_waits() {
    let world = waiting();
    let app = world.joined().await;
    let harbor = world.server.state().people[0].clone();
    let request = asked(700, "3.50", harbor, Some(25_000));
    world.server.state().requests.push(request.clone());
    let draft = Draft { request_id: Some(request.id), ..draft("harbor", "3.50") };
    app.prepare_payment(draft).await.expect("prepared");
    app.confirm_view().await.expect("view");
    world.wait(600);
    let id = app.confirm_pay(None).await.expect("confirmed").payment_id;
    assert_eq!(app.payment(id).await.expect("held").held_until_ms, Some(START_MS + 15_000));
    world.wait(14_400);
    assert!(is_sent(&world, &app).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settings_file_from_before_payments_could_wait_keeps_its_choices() {
    let world = World::new();
    let app = world.joined().await;
    let file = world.folder.path().join("settings.json");
    std::fs::write(file, r#"{"language":"fr","theme":"dark","sound":false,"camera_id":null}"#).expect("written");
    let settings = app.settings().await.expect("settings");
    assert_eq!((settings.language, settings.sound), (LanguageChoice::Fr, false));
    assert_eq!(settings.hold, Hold::default());
    let too_long = Settings { hold: Hold { typed_s: LONGEST_HOLD_S + 1, ..Hold::default() }, ..settings };
    assert!(app.set_settings(too_long).await.is_err());
}
