//! Without a line: what is decided waits, goes out once and in order, is taken back, runs out, or is refused.

use crate::splitting::somebody;
use http::Method;
use journeys::{Hand, Weather, World, accepting, asking, assert_books_agree, eventually, join_form, minor, seeds, usd};
use ledger::args;
use protocol::Code;
use protocol::body::{FailureReason, PaymentState, Request, RequestState};
use protocol::path::IDEMPOTENCY_HEADER;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use uuid::Uuid;
use wallet::view::{
    OrderLife, PartShare, PendingKind, PendingRow, PendingState, Settings, SplitForm, SplitWay, TimelineWhat,
};
use wallet::{App, ErrorCode, KillPoint, Options, Probe};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

pub(crate) async fn cut_off(world: &World, hand: &Hand) {
    world.ether.set(Weather::OFFLINE);
    eventually("the app knows that it is offline", || async {
        // The line may still stand; asking shows that it does not.
        let _ = hand.app.sync_now().await;
        let status = hand.app.status().await.expect("status");
        (status.online == wallet::view::Online::Offline).then_some(())
    })
    .await;
}

async fn orders_live(hand: &Hand, order_life: OrderLife) {
    let settings = hand.app.settings().await.expect("settings");
    hand.app.set_settings(Settings { order_life, ..settings }).await.expect("kept");
}

async fn pending(hand: &Hand) -> Vec<PendingRow> {
    hand.app.pending().await.expect("pending")
}

async fn signed_in(hand: &Hand) -> Result<(), wallet::WalletError> {
    match hand.app.status().await?.signed_out {
        true => hand.app.sign_in(&join_form("", "").password).await.map(drop),
        false => Ok(()),
    }
}

/// Waits until nothing has to leave any more; gives what was refused. A session whose renewal was lost ends, and the
/// person signs in again.
async fn until_sent(hand: &Hand) -> Vec<PendingRow> {
    eventually("everything is sent", || async {
        // In a storm it may take more than one try.
        let _ = signed_in(hand).await;
        let rows = pending(hand).await;
        rows.iter().all(|row| row.state == PendingState::Refused).then_some(rows)
    })
    .await
}

/// What reached the server to change something, each key once, in order of its first arrival; every later arrival
/// carried the same bytes.
fn arrived(world: &World) -> Vec<(String, Uuid)> {
    let mut first: Vec<(String, Uuid, Vec<u8>)> = Vec::new();
    for heard in world.ether.heard() {
        let about_money = heard.path.starts_with("/v1/payments") || heard.path.starts_with("/v1/requests");
        let key = heard.headers.iter().find(|(name, _)| *name == IDEMPOTENCY_HEADER);
        let (Method::POST, true, Some((_, key))) = (heard.method, about_money, key) else { continue };
        let key: Uuid = key.parse().expect("an id");
        match first.iter().find(|(_, known, _)| *known == key) {
            Some((path, _, body)) => assert_eq!((path, body), (&heard.path, &heard.body), "one key, two things"),
            None => first.push((heard.path, key, heard.body)),
        }
    }
    first.into_iter().map(|(path, key, _)| (path, key)).collect()
}

async fn count(world: &World, sql: &'static str) -> i64 {
    let mut tx = world.store().read().await.expect("a view");
    tx.row(sql, args![]).await.expect("read").expect("a row").i64(0).expect("a number")
}

async fn a_week_then_a_reconnect(seed: u64) {
    let world = World::new(seed).await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let mut ana = world.hand("ana", "sandbox_paypal").await;
    orders_live(&ana, OrderLife::Week).await;
    let known = ana.pay("ben.bakes", "1.00", None).await.expect("confirmed");
    ana.until_paid(known).await;
    let asked = |hand: &Hand, payer, amount: &'static str| {
        let app = hand.app.clone();
        async move { app.new_request(asking(payer, amount, accepting())).await.expect("asked").id }
    };
    let (to_decline, to_pay) = (asked(&ben, Some("ana"), "2.00").await, asked(&ben, Some("ana"), "3.00").await);
    let (to_cancel, to_remind) =
        (asked(&ana, Some("ben.bakes"), "4.00").await, asked(&ana, Some("ben.bakes"), "5.00").await);
    for id in [to_decline, to_pay] {
        ana.until_request(id, "it arrives", |_| true).await;
    }
    let before = arrived(&world).len();

    cut_off(&world, &ana).await;
    let first = asked(&ana, Some("ben.bakes"), "6.00").await;
    let typed = ana.pay("ben.bakes", "7.00", None).await.expect("confirmed");
    let done =
        |answer: Result<Request, _>| answer.map(|request| request.id).map_err(|error: wallet::WalletError| error);
    done(ana.app.decline_request(to_decline).await).expect("declined");
    done(ana.app.cancel_request(to_cancel).await).expect("taken back");
    done(ana.app.remind_request(to_remind).await).expect("reminded");
    done(ana.app.remind_request(to_remind).await).expect("the same again is the same");
    let never = asked(&ana, None, "8.00").await;
    done(ana.app.remind_request(first).await).expect("reminded");
    let taken = ana.app.cancel_request(never).await.expect("taken back before it left");
    assert_eq!(taken.state, RequestState::Canceled);
    let link = asked(&ana, None, "9.00").await;
    let for_request = ana.pay("ben.bakes", "3.00", Some(to_pay)).await.expect("confirmed");
    let code = ana.app.request_code(link).await.expect("its code is there at once");
    assert_eq!(code.request_id, Some(link));

    // A try without a line takes a moment too.
    let rows = eventually("everything waits", || async {
        let rows = pending(&ana).await;
        rows.iter().all(|row| row.state == PendingState::Waiting && row.can_take_back).then_some(rows)
    })
    .await;
    use PendingKind as K;
    let kinds: Vec<PendingKind> = rows.iter().map(|row| row.kind).collect();
    assert_eq!(
        kinds,
        [K::NewRequest, K::Payment, K::Decline, K::Cancel, K::Remind, K::Remind, K::NewRequest, K::Payment]
    );
    assert_eq!(arrived(&world).len(), before, "something left");

    world.clock.jump(3 * DAY_MS);
    ana.app.close().await;
    drop(ana);
    let app = eventually("the app opens", || async { App::open(world.options("ana")).await.ok() }).await;
    ana = Hand { app, clock: world.clock.clone() };
    world.clock.jump(3 * DAY_MS);
    world.ether.set(Weather::STORM);
    assert_eq!(until_sent(&ana).await, []);
    world.ether.set(Weather::CALM);
    for hand in [&ana, &ben] {
        signed_in(hand).await.expect("signed in");
    }

    let keys: Vec<Uuid> = arrived(&world).into_iter().skip(before).map(|(_, key)| key).collect();
    let decided: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    assert_eq!(keys, decided, "each once, and in order");
    for id in [typed, for_request] {
        ana.until_paid(id).await;
    }
    let state = |id, wanted| {
        let ben = &ben;
        eventually("the other side sees it", move || async move {
            // A session whose renewal was lost in the storm ends when it is next renewed.
            let _ = signed_in(ben).await;
            let all = ben.app.requests().await.expect("requests");
            all.into_iter().find(|request| request.id == id && request.state == wanted)
        })
    };
    state(first, RequestState::Open).await;
    state(to_decline, RequestState::Declined).await;
    state(to_pay, RequestState::Paid).await;
    state(to_cancel, RequestState::Canceled).await;
    assert!(state(to_remind, RequestState::Open).await.reminded_at_ms.is_some());
    assert!(ben.app.read_text(&code.link).await.is_ok(), "the link works now");
    let gone = ben.app.read_text(&format!("{}/r/{}", world.address, pay::short_id(never))).await;
    assert_eq!(gone.expect_err("no server heard of it").refusal(), Some(Code::NotFound));
    assert_eq!(count(&world, "SELECT COUNT(*) FROM request").await, 6);
    assert_eq!(count(&world, "SELECT COUNT(*) FROM payment").await, 3);
    assert_books_agree(&world, &[&ana, &ben]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_of_decisions_goes_out_once_and_in_order_through_a_storm() {
    for seed in seeds(2) {
        a_week_then_a_reconnect(seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_parts_of_a_bill_keep_their_place_among_what_was_decided_before_and_after() {
    let world = World::new(1).await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    ana.until_paid(ana.pay("ben.bakes", "1.00", None).await.expect("confirmed")).await;
    let before = arrived(&world).len();
    cut_off(&world, &ana).await;
    ana.pay("ben.bakes", "2.00", None).await.expect("confirmed");
    let parts = vec![somebody("", Some("ben.bakes")), somebody("Cleo", None)];
    let own = Some(PartShare { weight: 1, exact: None });
    let bill = SplitForm { title: "Dinner".into(), total: usd("30.00"), way: SplitWay::Equal, own, parts };
    ana.app.make_split(bill).await.expect("divided");
    ana.app.new_request(asking(Some("ben.bakes"), "5.00", accepting())).await.expect("waits");
    let rows = pending(&ana).await;
    let amounts: Vec<_> = rows.iter().map(|row| row.amount.as_ref().map(minor)).collect();
    assert_eq!(amounts, [Some(200), Some(1000), Some(1000), Some(500)]);
    world.ether.set(Weather::CALM);
    assert_eq!(until_sent(&ana).await, []);
    let keys: Vec<Uuid> = arrived(&world).into_iter().skip(before).map(|(_, key)| key).collect();
    assert_eq!(keys, rows.iter().map(|row| row.id).collect::<Vec<_>>());
    assert_books_agree(&world, &[&ana, &ben]).await;
}

/// What stands where the server was: it says that it is busy, or it is a proxy that gives up.
fn nobody_answers(says_so: bool) -> axum::Router {
    let problem = serde_json::to_string(&protocol::Problem::from(Code::Unavailable)).expect("JSON");
    let body = if says_so { problem } else { String::new() };
    axum::Router::new().fallback(move || async move { (http::StatusCode::SERVICE_UNAVAILABLE, body) })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_cannot_be_renewed_now_is_not_over_and_nothing_counts_as_sent() {
    for says_so in [true, false] {
        let world = World::new(1).await;
        let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
        let ana = world.hand("ana", "sandbox_visa_debit").await;
        orders_live(&ana, OrderLife::Week).await;
        ana.until_paid(ana.pay("ben.bakes", "1.00", None).await.expect("confirmed")).await;
        cut_off(&world, &ana).await;
        // The session is over before anything is decided.
        world.clock.jump(DAY_MS);
        let id = ana.pay("ben.bakes", "6.00", None).await.expect("confirmed");
        world.ether.put(&world.address, nobody_answers(says_so));
        world.ether.set(Weather::CALM);
        let asked = || world.ether.heard().iter().filter(|it| it.path == protocol::path::SESSION_REFRESH).count();
        let before = asked();
        eventually("it was asked for a session many times", || async {
            let _ = ana.app.sync_now().await;
            (asked() > before + 20).then_some(())
        })
        .await;
        assert!(!ana.app.status().await.expect("status").signed_out, "a busy server put a person out");
        let rows = pending(&ana).await;
        assert!(matches!(&rows[..], [row] if row.can_take_back), "it never left: {rows:?}");
        world.ether.put(&world.address, world.router());
        ana.until_paid(id).await;
        assert_books_agree(&world, &[&ana, &ben]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_refuses_later_says_why_and_holds_up_nothing_behind_it() {
    let world = World::new(1).await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let asked = ben.app.new_request(asking(Some("ana"), "2.00", accepting())).await.expect("asked").id;
    ana.until_request(asked, "it arrives", |_| true).await;
    let soon = ana.clock.now_ms() + HOUR_MS;
    cut_off(&world, &ana).await;
    ana.app.decline_request(asked).await.expect("waits");
    let nobody = ana.app.new_request(asking(Some("nobody.here"), "3.00", accepting())).await.expect("waits").id;
    ana.app.remind_request(nobody).await.expect("waits");
    let ending = wallet::view::NewRequestForm { expires_at_ms: Some(soon), ..asking(None, "4.00", accepting()) };
    let late = ana.app.new_request(ending).await.expect("waits").id;
    let good = ana.app.new_request(asking(Some("ben.bakes"), "5.00", accepting())).await.expect("waits").id;
    world.clock.jump(2 * HOUR_MS);
    world.ether.set(Weather::CALM);
    ben.app.sync_now().await.expect("the line is back");
    ben.until_request(good, "what is behind goes on", |r| r.state == RequestState::Open).await;
    let refused = until_sent(&ana).await;
    let reasons: Vec<_> = refused.iter().map(|row| (row.kind, row.request_id, row.refused)).collect();
    use PendingKind as K;
    assert_eq!(
        reasons,
        [
            (K::NewRequest, Some(nobody), Some(ErrorCode::NotFound)),
            (K::NewRequest, Some(late), Some(ErrorCode::RequestExpired)),
        ]
    );
    assert!(arrived(&world).iter().all(|(_, key)| *key != late), "it was over, and left all the same");
    ben.until_request(asked, "it is declined", |r| r.state == RequestState::Declined).await;
    assert_eq!(ana.app.take_back(refused[0].id).await.expect("seen").len(), 1);
    assert_eq!(ana.app.take_back(refused[1].id).await.expect("seen"), []);
    let board = ana.app.requests().await.expect("requests");
    assert!(board.iter().all(|request| request.id != nobody && request.id != late), "they never came to be");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_line_a_refusal_is_told_where_it_was_asked_and_nothing_of_it_stays() {
    let world = World::new(1).await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let refused = ana.app.new_request(asking(Some("nobody.here"), "3.00", accepting())).await.expect_err("nobody");
    assert_eq!(refused.refusal(), Some(Code::NotFound));
    assert_eq!(pending(&ana).await, []);
    assert_eq!(ana.app.requests().await.expect("requests"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_to_somebody_known_is_prepared_offline_with_the_exact_fee() {
    let world = World::new(1).await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let _cleo = world.hand("cleo", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_paypal").await;
    let first = ana.pay("ben.bakes", "1.00", None).await.expect("confirmed");
    ana.until_paid(first).await;
    cut_off(&world, &ana).await;
    let stranger = ana.look(ana.draft("cleo", &usd("20.00"), None).await).await.expect_err("never paid");
    assert_eq!(stranger.code(), ErrorCode::Offline);
    let before = ana.clock.now_ms();
    ana.look(ana.draft("ben.bakes", &usd("20.00"), None).await).await.expect("looked");
    let view = ana.app.confirm_view().await.expect("a view");
    assert!(view.is_queued && !view.facts.first_payment);
    assert_eq!((view.fee, view.total), (usd("0.88"), usd("20.88")));
    assert!((before + DAY_MS..ana.clock.now_ms() + DAY_MS).contains(&view.expires_at_ms));
    let id = ana.app.confirm_pay(None).await.expect("confirmed").payment_id;
    let detail = ana.app.payment(id).await.expect("kept");
    assert_eq!((detail.expires_at_ms, detail.can_take_back), (Some(view.expires_at_ms), true));
    world.ether.set(Weather::CALM);
    let paid = ana.until_paid(id).await;
    assert_eq!(paid.payment.fee.as_ref().map(minor), Some(88), "what was shown is what was taken");
    assert_books_agree(&world, &[&ana, &ben]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_ran_out_before_it_could_leave_is_canceled_without_a_line_and_never_sent() {
    let world = World::new(1).await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    orders_live(&ana, OrderLife::Hour).await;
    let first = ana.pay("ben.bakes", "1.00", None).await.expect("confirmed");
    ana.until_paid(first).await;
    cut_off(&world, &ana).await;
    let id = ana.pay("ben.bakes", "6.00", None).await.expect("confirmed");
    world.clock.jump(HOUR_MS - 60_000);
    ana.app.sync_now().await.expect_err("no line");
    assert_eq!(pending(&ana).await.len(), 1, "it is valid for another minute");
    world.clock.jump(60_000);
    ana.app.sync_now().await.expect_err("no line");
    assert_eq!(pending(&ana).await, []);
    let over = ana.app.payment(id).await.expect("kept");
    assert_eq!(over.row.payment.state, PaymentState::Canceled);
    assert_eq!(over.row.payment.failure, Some(FailureReason::OrderExpired));
    assert!(over.timeline.iter().any(|step| step.what == TimelineWhat::Expired));
    assert!(over.timeline.iter().all(|step| step.what != TimelineWhat::Sent));
    world.ether.set(Weather::CALM);
    ana.app.sync_now().await.expect("the line is back");
    assert!(arrived(&world).iter().all(|(_, key)| *key != id), "it was sent");
    assert_books_agree(&world, &[&ana, &ben]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_is_refused_while_anything_waits_and_names_it() {
    let world = World::new(1).await;
    let _ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let first = ana.pay("ben.bakes", "1.00", None).await.expect("confirmed");
    ana.until_paid(first).await;
    cut_off(&world, &ana).await;
    ana.pay("ben.bakes", "6.00", None).await.expect("confirmed");
    ana.app.new_request(asking(Some("ben.bakes"), "5.00", accepting())).await.expect("waits");
    let waiting = ana.app.sign_out().await.expect("told what waits");
    let named: Vec<_> = waiting.iter().map(|row| (row.kind, row.amount.as_ref().map(minor))).collect();
    assert_eq!(named, [(PendingKind::Payment, Some(600)), (PendingKind::NewRequest, Some(500))]);
    assert!(waiting.iter().all(|row| row.who.as_ref().is_some_and(|who| who.handle == "ben.bakes")));
    for row in waiting {
        ana.app.take_back(row.id).await.expect("it never left");
    }
    world.ether.set(Weather::CALM);
    ana.app.sync_now().await.expect("the line is back");
    assert_eq!(ana.app.sign_out().await.expect("signed out"), []);
    assert!(ana.app.status().await.expect("status").signed_out);
    assert_eq!(count(&world, "SELECT COUNT(*) FROM request").await, 0);
    assert_eq!(count(&world, "SELECT COUNT(*) FROM payment").await, 1);
}

/// Copies the app's folder when it passes a point, as a power cut would leave it.
struct PowerCut {
    at: KillPoint,
    from: PathBuf,
    to: PathBuf,
    cut: Mutex<bool>,
}

impl Probe for PowerCut {
    fn reached(&self, point: KillPoint) {
        let mut cut = self.cut.lock().expect("whole");
        if point == self.at && !*cut {
            *cut = true;
            copy(&self.from, &self.to);
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => assert!(std::fs::copy(entry.path(), target).is_ok(), "copied"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_at_any_point_of_its_way_leaves_a_request_made_once_and_canceled_once() {
    for point in [KillPoint::StoredNotSent, KillPoint::SentNotAnswered, KillPoint::AnsweredNotApplied] {
        for canceling in [false, true] {
            let world = World::new(1).await;
            world.hand("ana", "sandbox_visa_debit").await.app.close().await;
            let plain =
                |folder: &str| Options { background: false, folder: world.folder(folder), ..world.options("ana") };
            let open = async |options: Options| {
                let options = &options;
                eventually("the app opens", || async { App::open(options.clone()).await.ok() }).await
            };
            let cut = Arc::new(PowerCut {
                at: point,
                from: world.folder("ana"),
                to: world.folder("after"),
                cut: Mutex::new(canceling),
            });
            let app = open(Options { probe: cut.clone(), ..plain("ana") }).await;
            let request = app.new_request(asking(None, "5.00", accepting())).await.expect("asked").id;
            if canceling {
                *cut.cut.lock().expect("whole") = false;
                app.cancel_request(request).await.expect("taken back");
            }
            app.close().await;
            let app = open(plain("after")).await;
            app.sync_now().await.expect("synced");
            assert_eq!(app.pending().await.expect("pending"), [], "{point:?} {canceling}");
            let wanted = if canceling { RequestState::Canceled } else { RequestState::Open };
            let board = app.requests().await.expect("requests");
            assert_eq!(board.iter().map(|r| (r.id, r.state)).collect::<Vec<_>>(), [(request, wanted)]);
            assert_eq!(count(&world, "SELECT COUNT(*) FROM request").await, 1);
            let keys = arrived(&world).len();
            assert_eq!(keys, if canceling { 2 } else { 1 }, "sent under a second id");
        }
    }
}
