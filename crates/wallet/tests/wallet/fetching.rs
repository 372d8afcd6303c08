//! A long history comes page by page: shown how far, interrupted anywhere, never lost, doubled or believed when rewritten.

use pay::Currency;
use protocol::body::{Payment, PaymentState, Subject};
use uuid::Uuid;
use wallet::view::*;
use wallet::*;

use crate::paying::all;
use crate::world::*;

/// The scripted server's pages.
const PAGE: u128 = 100;
const PAYMENTS: u128 = 250;

fn long_history(world: &World) {
    for n in 0..PAYMENTS {
        world.server.pay_us(10_000 + n, 0, "1.00", "rent");
        world.wait(1);
    }
}

async fn counted(app: &App) -> u32 {
    app.activity_totals(&ActivityFilter::default()).await.expect("totals").iter().map(|total| total.count).sum()
}

fn asked_after(world: &World) -> Vec<usize> {
    let seen = world.server.state().seen.clone();
    let after = |line: &String| line.split("/v1/feed?after=").nth(1)?.split('&').next()?.parse().ok();
    seen.iter().filter_map(after).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_interrupted_at_any_page_goes_on_where_it_was() {
    let proxy = Fault::Answer(502, b"<html>".to_vec());
    for (n, fault) in [Fault::Offline, Fault::AnswerLost, Fault::RequestLost, proxy].into_iter().enumerate() {
        let whole_pages = n % 3;
        let world = World::new();
        let app = world.joined().await;
        long_history(&world);
        for _ in 0..whole_pages {
            world.server.fault("GET /v1/feed", Fault::Nothing);
        }
        world.server.fault("GET /v1/feed", fault);
        app.sync_now().await.expect_err("interrupted");
        let before = whole_pages * PAGE as usize;
        assert_eq!(counted(&app).await as usize, before, "what came whole is kept");
        app.close().await;
        drop(app);
        let app = world.open().await.expect("opened");
        world.server.state().seen.clear();
        app.sync_now().await.expect("synced");
        assert_eq!(asked_after(&world).first(), Some(&before), "it goes on where it was");
        assert_eq!(u128::from(counted(&app).await), PAYMENTS);
        let received = app.totals(Currency::USD).await.expect("totals").received;
        assert_eq!(protocol::body::Amount::from(received), usd("250.00"), "nothing is booked twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_rewritten_in_the_middle_of_a_page_lets_nothing_of_that_page_in() {
    let rewritings: [fn(&mut State); 3] = [
        |state| state.feed[150].body = state.feed[150].body.replace("1.00", "9.00"),
        |state| drop(state.feed.remove(150)),
        |state| state.feed.swap(150, 151),
    ];
    for rewrite in rewritings {
        let world = World::new();
        let app = world.joined().await;
        long_history(&world);
        rewrite(&mut world.server.state());
        assert_eq!(app.sync_now().await.err(), Some(WalletError::ServerChanged));
        assert_eq!(u128::from(counted(&app).await), PAGE, "the page before it is kept");
        let evidence = app.evidence().await.expect("readable").expect("kept");
        assert!(evidence.known.contains("150") || evidence.known.contains("151"), "{}", evidence.known);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_cannot_be_true_lets_nothing_of_itself_in_and_keeps_those_before_it() {
    let world = World::new();
    let app = world.joined().await;
    for n in 0..PAYMENTS {
        // Somebody of no possible name: found out when the page's payments are already written.
        if n == 230 {
            world.server.state().people[1].handle = "no such handle!".into();
        }
        world.server.pay_us(10_000 + n, usize::from(n == 230), "1.00", "rent");
        world.wait(1);
    }
    for _ in 0..2 {
        assert_eq!(app.sync_now().await.err(), Some(WalletError::BadAnswer));
        assert_eq!(u128::from(counted(&app).await), 2 * PAGE, "the pages before it are kept");
        let received = app.totals(Currency::USD).await.expect("totals").received;
        assert_eq!(protocol::body::Amount::from(received), usd("200.00"), "nothing of it is booked");
    }
    assert_eq!(asked_after(&world).last(), Some(&200), "and not asked for again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_fetch_says_how_far_it_is_and_rings_nothing() {
    let world = World::new();
    let app = world.joined().await;
    long_history(&world);
    let mut events = app.events();
    app.sync_now().await.expect("synced");
    world.server.pay_us(99_999, 0, "2.00", "now");
    app.sync_now().await.expect("synced");
    let mut told = Vec::new();
    loop {
        match events.next().await.expect("an event") {
            Event::Fetching(how_far) => told.push(how_far.map(|it| (it.done, it.total))),
            Event::Incoming(payment) => {
                assert_eq!(payment.amount, usd("2.00"), "only what arrives now rings");
                break;
            }
            Event::Changed | Event::Online(_) | Event::Locked | Event::Asked(_) => {}
        }
    }
    assert_eq!(told, [Some((0, 250)), Some((100, 250)), Some((200, 250)), None]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_changes_of_one_payment_on_one_page_are_one_payment_with_its_whole_story() {
    let world = World::new();
    let app = world.joined().await;
    let payer = world.server.state().me.clone();
    let payee = world.server.state().people[0].clone();
    let at_ms = START_MS;
    let accepted = Payment {
        id: Uuid::from_u128(700),
        payer,
        payee: payee.clone(),
        amount: usd("5.00"),
        fee: Some(usd("0.30")),
        source_id: Some(Uuid::from_u128(50)),
        request_id: None,
        returns: None,
        returned: None,
        note: "from the other device".into(),
        state: PaymentState::Processing,
        outcome_unknown: false,
        failure: None,
        action_url: None,
        verified_by: None,
        receipt: None,
        created_at_ms: at_ms,
        updated_at_ms: at_ms,
    };
    let unknown = Payment { outcome_unknown: true, updated_at_ms: at_ms + 1, ..accepted.clone() };
    let state = PaymentState::Succeeded;
    let paid = Payment { state, outcome_unknown: false, updated_at_ms: at_ms + 2, ..unknown.clone() };
    for word in [&accepted, &unknown, &paid, &unknown] {
        world.server.publish(&Subject::Payment(word.clone()));
    }
    app.sync_now().await.expect("synced");
    let detail = app.payment(accepted.id).await.expect("there");
    assert_eq!(detail.row.payment, paid, "an older word after a newer one changes nothing");
    let story: Vec<_> = detail.timeline.iter().map(|step| step.what).collect();
    assert_eq!(story, [TimelineWhat::Accepted, TimelineWhat::Asking, TimelineWhat::Succeeded]);
    let totals = app.totals(Currency::USD).await.expect("totals");
    assert_eq!((totals.sent.into(), totals.fees.into()), (usd("5.30"), usd("0.30")));
    let known = app.people().await.expect("people");
    assert_eq!(
        known.iter().find(|it| it.person.id == payee.id).map(|it| (it.paid_count, it.trust)),
        Some((1, Trust::Paid))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_far_down_the_list_lands_on_the_right_rows() {
    let world = World::new();
    let app = world.joined().await;
    long_history(&world);
    app.sync_now().await.expect("synced");
    let first = app.activity(ActivityQuery { limit: 50, ..all() }).await.expect("page");
    // Something arrives on top: what hangs below the first page does not move.
    world.server.pay_us(99_999, 0, "2.00", "now");
    app.sync_now().await.expect("synced");
    let asked = ActivityQuery { before: first.next, skip: Some(120), limit: 3, ..all() };
    let rows = app.activity(asked).await.expect("page").rows;
    let ids: Vec<u128> = rows.iter().map(|row| row.payment.id.as_u128()).collect();
    assert_eq!(ids, [10_079, 10_078, 10_077]);
}
