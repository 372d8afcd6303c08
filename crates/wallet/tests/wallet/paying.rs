use std::sync::Arc;
use std::time::Duration;

use pay::Currency;
use protocol::body::{PaymentState, RequestState, Subject};
use uuid::Uuid;
use wallet::view::*;
use wallet::*;

use crate::world::*;

pub fn draft(handle: &str, amount: &str) -> Draft {
    Draft {
        payee_handle: handle.into(),
        amount: usd(amount),
        source_id: Uuid::from_u128(50),
        request_id: None,
        note: "two coffees".into(),
    }
}

/// From draft to stored order.
pub async fn confirm(world: &World, app: &App, handle: &str, amount: &str) -> Uuid {
    app.prepare_payment(draft(handle, amount)).await.expect("prepared");
    let view = app.confirm_view().await.expect("view");
    assert_eq!(view.total, usd(amount));
    world.wait(600);
    app.confirm_pay(None).await.expect("confirmed").payment_id
}

pub fn all() -> ActivityQuery {
    ActivityQuery { filter: ActivityFilter::default(), before: None, skip: None, limit: 200 }
}

fn sent(amount: &str) -> impl Fn(Totals) -> bool {
    let amount = usd(amount);
    move |totals| protocol::body::Amount::from(totals.sent) == amount
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_payment_is_sent_once_and_both_books_agree() {
    let world = World::new();
    let app = world.joined().await;
    let id = confirm(&world, &app, "harbor", "14.50").await;
    let waiting = app.payment(id).await.expect("stored");
    assert_eq!((waiting.row.sync, waiting.row.payment.state), (Sync::Queued, PaymentState::Processing));
    app.sync_now().await.expect("synced");
    app.sync_now().await.expect("synced");
    let paid = app.payment(id).await.expect("paid");
    assert_eq!((paid.row.sync, paid.row.payment.state), (Sync::Acked, PaymentState::Succeeded));
    assert_eq!(world.server.state().charged[&id], 1);
    assert!(sent("14.50")(app.totals(Currency::USD).await.expect("totals")));
    let story: Vec<_> = paid.timeline.iter().map(|step| (step.what, step.by)).collect();
    assert!(story.starts_with(&[(TimelineWhat::Confirmed, TimelineBy::You)]), "{story:?}");
    assert!(story.contains(&(TimelineWhat::Succeeded, TimelineBy::Processor)), "{story:?}");
    // The feed repeats it: nothing moves twice.
    let payment = world.server.state().payments[0].clone();
    world.server.publish(&Subject::Payment(payment));
    app.sync_now().await.expect("synced");
    assert!(sent("14.50")(app.totals(Currency::USD).await.expect("totals")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_unknown_until_asked_and_money_moves_once() {
    for fault in [
        Fault::AnswerLost,
        Fault::RequestLost,
        Fault::Answer(502, b"<html>".to_vec()),
        Fault::Answer(201, b"{}".to_vec()),
    ] {
        let world = World::new();
        let app = world.joined().await;
        let id = confirm(&world, &app, "harbor", "3.00").await;
        world.server.fault("POST /v1/payments", fault);
        app.sync_now().await.expect("synced");
        assert_eq!(app.payment(id).await.expect("row").row.sync, Sync::Unknown);
        assert!(app.status().await.expect("status").asking);
        world.wait(60_000);
        app.sync_now().await.expect("synced");
        let row = app.payment(id).await.expect("row").row;
        assert_eq!((row.sync, row.payment.state), (Sync::Acked, PaymentState::Succeeded));
        assert!(!app.status().await.expect("status").asking);
        let state = world.server.state();
        assert_eq!((state.charged.len(), state.charged[&id]), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_is_asked_for_before_anything_is_sent_again() {
    let world = World::new();
    let app = world.joined().await;
    let id = confirm(&world, &app, "harbor", "3.00").await;
    world.server.fault("POST /v1/payments", Fault::RequestLost);
    world.server.fault("GET /v1/payments", Fault::RequestLost);
    app.sync_now().await.expect("synced");
    world.wait(60_000);
    app.sync_now().await.expect("synced");
    let posts = || world.server.state().seen.iter().filter(|s| *s == "POST /v1/payments").count();
    assert_eq!((posts(), app.payment(id).await.expect("row").row.sync), (1, Sync::Unknown));
    world.wait(60_000);
    app.sync_now().await.expect("synced");
    assert_eq!((posts(), app.payment(id).await.expect("row").row.sync), (2, Sync::Acked));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_waits_offline_and_is_never_sent_past_its_end() {
    let world = World::new();
    let app = world.joined().await;
    let id = confirm(&world, &app, "harbor", "3.00").await;
    world.server.fault("POST /v1/payments", Fault::Offline);
    let _ = app.sync_now().await;
    assert_eq!(app.payment(id).await.expect("row").row.sync, Sync::Queued);
    world.wait(24 * 3_600_000);
    let _ = app.sync_now().await;
    let row = app.payment(id).await.expect("row").row;
    assert_eq!((row.refused, row.payment.state), (None, PaymentState::Canceled));
    assert_eq!(row.payment.failure, Some(protocol::body::FailureReason::OrderExpired));
    assert!(world.server.state().charged.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_order_says_why_and_is_not_tried_again() {
    let world = World::new();
    let app = world.joined().await;
    let id = confirm(&world, &app, "harbor", "3.00").await;
    let problem = serde_json::to_vec(&protocol::Problem::from(protocol::Code::OverLimit)).expect("json");
    world.server.fault("POST /v1/payments", Fault::Answer(422, problem));
    app.sync_now().await.expect("synced");
    app.sync_now().await.expect("synced");
    let row = app.payment(id).await.expect("row").row;
    assert_eq!((row.refused, row.payment.state), (Some(ErrorCode::OverLimit), PaymentState::RequiresPaymentMethod));
    assert!(world.server.state().charged.is_empty());
}

/// Ends the process, as far as this test can: the task dies where it stands.
struct Stop(KillPoint);

impl Probe for Stop {
    fn reached(&self, point: KillPoint) {
        assert!(point != self.0, "stopped at {point:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_anywhere_moves_money_once() {
    for point in [KillPoint::StoredNotSent, KillPoint::SentNotAnswered, KillPoint::AnsweredNotApplied] {
        let mut world = World::new();
        drop(world.joined().await);
        world.probe = Arc::new(Stop(point));
        let app = reopen(&world).await;
        app.prepare_payment(draft("harbor", "7.00")).await.expect("prepared");
        app.confirm_view().await.expect("view");
        world.wait(600);
        let dying = app.clone();
        let crashed = tokio::spawn(async move {
            dying.confirm_pay(None).await.expect("confirmed");
            dying.sync_now().await
        });
        assert!(crashed.await.is_err(), "{point:?} was passed");
        drop(app);
        world.probe = Arc::new(NoProbe);
        let app = reopen(&world).await;
        let row = app.activity(all()).await.expect("activity").rows.remove(0);
        let expected = if point == KillPoint::StoredNotSent { Sync::Queued } else { Sync::Unknown };
        assert_eq!(row.sync, expected, "{point:?}");
        app.sync_now().await.expect("synced");
        let row = app.activity(all()).await.expect("activity").rows.remove(0);
        assert_eq!(row.payment.state, PaymentState::Succeeded, "{point:?}");
        assert_eq!(world.server.state().charged[&row.payment.id], 1, "{point:?}");
        assert!(sent("7.00")(app.totals(Currency::USD).await.expect("totals")));
    }
}

/// The lock goes when the last clone does.
async fn reopen(world: &World) -> App {
    for _ in 0..100 {
        match world.open().await {
            Err(WalletError::DatabaseLocked) => tokio::time::sleep(Duration::from_millis(20)).await,
            other => return other.expect("opened"),
        }
    }
    panic!("still locked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poke_shows_money_within_a_second() {
    let mut world = World::new();
    world.background = true;
    let app = world.joined().await;
    let mut events = app.events();
    // Until the line is open, everything would come by polling.
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    while world.server.pokes.receiver_count() == 0 {
        assert!(tokio::time::Instant::now() < deadline, "no line");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    world.server.pay_us(900, 0, "9.99", "thanks");
    let incoming = async {
        loop {
            if let Some(Event::Incoming(payment)) = events.next().await {
                return payment;
            }
        }
    };
    let payment = tokio::time::timeout(Duration::from_secs(1), incoming).await.expect("within a second");
    assert_eq!(payment.amount, usd("9.99"));
    assert_eq!(app.status().await.expect("status").online, Online::Online);
}

#[tokio::test(flavor = "multi_thread")]
async fn home_and_activity_tell_the_same_story() {
    let world = World::new();
    let app = world.joined().await;
    for n in 0..7 {
        world.server.pay_us(800 + n, 1, "1.10", if n == 3 { "crème brûlée" } else { "rent" });
        world.wait(1_000);
    }
    app.sync_now().await.expect("synced");
    let home = app.home(0).await.expect("home");
    assert_eq!((home.received_today, home.received_count, home.tiles.len()), (usd("7.70"), 7, 7));
    let mut query = ActivityQuery { limit: 3, ..all() };
    let mut seen = Vec::new();
    loop {
        let page = app.activity(query.clone()).await.expect("page");
        seen.extend(page.rows.iter().map(|row| row.payment.id.as_u128()));
        match page.next {
            Some(next) => query.before = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, (800..807).rev().collect::<Vec<_>>());
    let found = |text: &str| ActivityQuery {
        filter: ActivityFilter { text: text.into(), ..ActivityFilter::default() },
        ..all()
    };
    let rows = app.activity(found("BRULEE harbour")).await.expect("found").rows;
    assert_eq!(rows.len(), 1);
    app.set_private_note(rows[0].payment.id, "for Zoë's birthday").await.expect("noted");
    assert_eq!(app.activity(found("zoe birth")).await.expect("found").rows[0].private_note, "for Zoë's birthday");
    assert!(app.activity(found("nothing")).await.expect("none").rows.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_named_from_link_handle_and_short_id() {
    let world = World::new();
    let app = world.joined().await;
    let kind = async |text: &str| app.read_text(text).await.map(|found| found.kind);
    assert_eq!(kind("https://pay.example/@harbor/5.00-USD").await, Ok(FoundKind::Person));
    assert_eq!(kind("@harbor").await, Ok(FoundKind::Person));
    assert_eq!(kind("harbor").await, Ok(FoundKind::Person));
    assert_eq!(kind("@zoraida").await, Ok(FoundKind::Own));
    assert_eq!(kind("https://other.example/@ana").await, Ok(FoundKind::OtherServer));
    assert_eq!(kind("https://news.example/today").await, Ok(FoundKind::WebLink));
    assert_eq!(kind("hello there").await, Ok(FoundKind::Text));
    assert_eq!(kind("bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq").await, Ok(FoundKind::Foreign));
    let options = CodeOptions {
        amount: Some(usd("5.00")),
        note: "lunch".into(),
        expires_at_ms: None,
        single_use: true,
        with_picture: false,
    };
    let code = app.my_code(options.clone()).await.expect("code");
    assert_eq!(
        app.my_code(options).await.map(|again| again.request_id),
        Ok(code.request_id),
        "one request, drawn twice"
    );
    assert_eq!(kind(&code.link).await, Ok(FoundKind::Own));
    assert_eq!(kind(&code.short).await, Ok(FoundKind::Own));
    assert_eq!(app.scan_image(code.png).await.expect("read back")[0].kind, FoundKind::Own);
    let states = [
        (RequestState::Paid, FoundKind::Paid),
        (RequestState::Canceled, FoundKind::Canceled),
        (RequestState::Declined, FoundKind::Declined),
    ];
    for (state, expected) in states {
        {
            let mut server = world.server.state();
            let requester = server.people[0].clone();
            server.requests[0].requester = requester;
            server.requests[0].state = state;
        }
        assert_eq!(kind(&code.link).await, Ok(expected));
    }
}
