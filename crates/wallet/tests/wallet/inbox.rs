//! Requests from strangers lie in the inbox, silently, until they are let in.

use protocol::body::{LatePolicy, OverPolicy, PartialPolicy, Person, Policy, Request, RequestState, Subject};
use uuid::Uuid;
use wallet::view::*;
use wallet::*;

use crate::paying::confirm;
use crate::world::*;

fn asked(world: &World, id: u128, by: usize, note: &str) -> Request {
    let state = world.server.state();
    let payer = Person { picture: None, ..state.me.clone() };
    Request {
        id: Uuid::from_u128(id),
        requester: state.people[by].clone(),
        payer: Some(payer),
        amount: Some(usd("9.00")),
        currency: "USD".into(),
        paid: usd("0.00"),
        note: note.into(),
        state: RequestState::Open,
        viewed: false,
        overpaid: false,
        paid_late: false,
        policy: Policy { partial: PartialPolicy::Accept, over: OverPolicy::Accept, late: LatePolicy::Accept },
        single_use: true,
        group: None,
        ways: Vec::new(),
        elsewhere: None,
        expires_at_ms: None,
        reminded_at_ms: None,
        created_at_ms: START_MS,
        updated_at_ms: START_MS + id as i64,
        version: 1,
    }
}

async fn choose(app: &App, ask_me: AskMe) {
    let settings = app.settings().await.expect("settings");
    app.set_settings(Settings { ask_me, ..settings }).await.expect("kept");
}

/// How many requests are in the inbox, on the board, and counted as waiting.
async fn counts(app: &App) -> (usize, usize, usize) {
    let inbox = app.inbox().await.expect("inbox").len();
    let board = app.requests().await.expect("board").len();
    (inbox, board, app.home(0).await.expect("home").waiting_on_you.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_request_is_silent_until_it_is_let_in() {
    let world = World::new();
    let app = world.joined().await;
    choose(&app, AskMe::Paid).await;
    let mut request = asked(&world, 700, 0, "urgent, call 555-010-4477");
    world.server.publish(&Subject::Request(request.clone()));
    app.sync_now().await.expect("synced");
    assert_eq!(counts(&app).await, (1, 0, 0));
    let inbox = app.inbox().await.expect("inbox");
    assert_eq!((inbox[0].request.note.as_str(), inbox[0].covered), ("urgent, call •••", true));
    assert_eq!(app.uncovered_note(request.id).await.expect("note"), "urgent, call 555-010-4477");

    app.let_request_in(request.id).await.expect("let in");
    assert_eq!(counts(&app).await, (0, 1, 1));
    // The server's next word on it does not throw it out again.
    (request.version, request.viewed, request.updated_at_ms) = (2, true, START_MS + 900);
    world.server.publish(&Subject::Request(request));
    app.sync_now().await.expect("synced");
    assert_eq!(counts(&app).await, (0, 1, 1));
    assert!(app.let_request_in(Uuid::from_u128(4711)).await.is_err());
}

/// The next event that is not about the line.
async fn told(events: &mut Events) -> Option<Event> {
    loop {
        match events.next().await {
            Some(Event::Online(_)) => {}
            other => return other,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_ask_rings_once_and_a_stranger_never() {
    let world = World::new();
    let app = world.joined().await;
    for (ask_me, id, rings) in [(AskMe::Paid, 700, false), (AskMe::Anyone, 701, true)] {
        choose(&app, ask_me).await;
        app.sync_now().await.expect("the line is open");
        let mut events = app.events();
        let mut request = asked(&world, id, 0, "bread");
        world.server.publish(&Subject::Request(request.clone()));
        app.sync_now().await.expect("synced");
        assert_eq!(told(&mut events).await, Some(Event::Asked(request.id)), "told before what is shown changes");
        assert_eq!(app.asked(request.id).await.expect("asked").is_some(), rings, "{ask_me:?}");
        assert_eq!(told(&mut events).await, Some(Event::Changed));
        (request.version, request.viewed, request.updated_at_ms) = (2, true, START_MS + 900);
        world.server.publish(&Subject::Request(request));
        app.sync_now().await.expect("synced");
        assert_eq!(told(&mut events).await, Some(Event::Changed), "a later word on it rings nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_paid_or_compared_may_ask_as_far_as_one_chooses() {
    let world = World::new();
    let app = world.joined().await;
    choose(&app, AskMe::Paid).await;
    confirm(&world, &app, "harbor", "1.00").await;
    app.sync_now().await.expect("synced");
    world.server.publish(&Subject::Request(asked(&world, 700, 0, "bread")));
    world.server.publish(&Subject::Request(asked(&world, 701, 1, "more bread")));
    app.sync_now().await.expect("synced");
    assert_eq!(counts(&app).await, (1, 1, 1), "harbor was paid, harbour was not");
    choose(&app, AskMe::Compared).await;
    assert_eq!(counts(&app).await, (2, 0, 0));
    app.set_words_compared(Uuid::from_u128(21), true).await.expect("kept");
    assert_eq!(counts(&app).await, (1, 1, 1), "harbour was compared");
    choose(&app, AskMe::Anyone).await;
    assert_eq!(counts(&app).await, (0, 2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn having_paid_me_does_not_open_the_door() {
    let world = World::new();
    let app = world.joined().await;
    choose(&app, AskMe::Paid).await;
    world.server.pay_us(900, 0, "0.01", "hello");
    world.server.publish(&Subject::Request(asked(&world, 700, 0, "now pay me")));
    app.sync_now().await.expect("synced");
    assert_eq!(counts(&app).await, (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_blocked_people_asked_before_is_gone_from_everywhere() {
    let world = World::new();
    let app = world.joined().await;
    world.server.publish(&Subject::Request(asked(&world, 700, 0, "bread")));
    app.sync_now().await.expect("synced");
    for (ask_me, before) in [(AskMe::Paid, (1, 0, 0)), (AskMe::Anyone, (0, 1, 1))] {
        choose(&app, ask_me).await;
        assert_eq!(counts(&app).await, before);
        app.set_blocked(Uuid::from_u128(20), true).await.expect("blocked");
        assert_eq!(counts(&app).await, (0, 0, 0));
        app.set_blocked(Uuid::from_u128(20), false).await.expect("unblocked");
    }
}
