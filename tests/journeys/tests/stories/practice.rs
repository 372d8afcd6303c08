//! The first minutes with the app.

use journeys::{Database, Hand, World, accepting, asking, assert_books_agree, eventually, minor};
use pay::Handle;
use protocol::body::{Mode, RequestState};
use wallet::Event;

/// The app's first run, with neighbours around.
async fn first_run(world: &World) -> (Hand, town::Running) {
    let town = world.town();
    town.settled().await;
    let hand = Hand::open(world.options("maya")).await;
    let status = hand.app.join_practice(&world.address, world.token(), "Maya Chen").await.expect("practice starts");
    let summary = status.current.expect("a book");
    assert_eq!((summary.mode, summary.handle.as_str()), (Mode::Practice, "mayachen"));
    (hand, town)
}

async fn practice() -> World {
    World::with(1, Mode::Practice, Database::Sqlite).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_first_run_a_request_is_paid_and_the_app_chimes() {
    let world = practice().await;
    let (maya, _town) = first_run(&world).await;
    let mut events = maya.app.events();
    let request = maya.app.new_request(asking(Some("@rosa"), "12.50", accepting())).await.expect("asked");
    let incoming = loop {
        match events.next().await.expect("the app lives") {
            Event::Incoming(payment) => break payment,
            Event::Changed | Event::Online(_) | Event::Locked | Event::Asked(_) | Event::Fetching(_) => {}
        }
    };
    assert_eq!((minor(&incoming.amount), incoming.payer.handle.as_str()), (1250, "rosa"));
    maya.until_request(request.id, "it is paid", |r| r.state == RequestState::Paid).await;
    assert_eq!(maya.moved().await, (0, 1250));
    assert_books_agree(&world, &[&maya]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neighbours_decline_pay_in_parts_pay_late_and_go_to_the_bank() {
    let world = practice().await;
    let (maya, _town) = first_run(&world).await;
    let ask = |payer, amount| maya.app.new_request(asking(Some(payer), amount, accepting()));
    let theo = ask("theo", "5.00").await.expect("asked").id;
    let nadia = ask("nadia", "10.00").await.expect("asked").id;
    let june = ask("june", "7.00").await.expect("asked").id;
    let mut ends = asking(Some("felix"), "3.00", accepting());
    ends.expires_at_ms = Some(maya.clock.now_ms() + 2_000);
    let felix = maya.app.new_request(ends).await.expect("asked").id;
    maya.until_request(theo, "Theo declines", |r| r.state == RequestState::Declined).await;
    maya.until_request(nadia, "Nadia pays some", |r| minor(&r.paid) == 400).await;
    maya.until_request(nadia, "and the rest", |r| r.state == RequestState::Paid && !r.overpaid).await;
    maya.until_request(felix, "Felix pays late", |r| r.state == RequestState::Paid && r.paid_late).await;
    maya.until_request(june, "June goes to the bank", |r| r.state == RequestState::Paid).await;
    assert_books_agree(&world, &[&maya]).await;
    assert_eq!(maya.moved().await, (0, 2000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_neighbour_asks_the_newcomer_who_pays() {
    let world = practice().await;
    let (maya, town) = first_run(&world).await;
    town.welcome(&Handle::parse("mayachen").expect("a handle"));
    let asked =
        eventually("Omar asks", || async { maya.app.home(0).await.expect("home").waiting_on_you.into_iter().next() })
            .await;
    let amount = asked.amount.clone().expect("an amount");
    let id = maya.pay("omar", &amount.value, Some(asked.id)).await.expect("confirmed");
    maya.until_paid(id).await;
    maya.until_request(asked.id, "it is paid", |r| r.state == RequestState::Paid).await;
    assert_books_agree(&world, &[&maya]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_goes_on_where_it_was_after_a_restart() {
    let mut world = practice().await;
    let (maya, town) = first_run(&world).await;
    let request = maya.app.new_request(asking(Some("theo"), "2.00", accepting())).await.expect("asked").id;
    town.stop().await;
    drop(maya);
    world.stop_server().await;
    world.start_server().await;
    let maya = eventually("the app opens again", || async {
        wallet::App::open(world.options("maya")).await.ok().map(|app| Hand { app, clock: world.clock.clone() })
    })
    .await;
    maya.app.join_practice(&world.address, world.token(), "Maya Chen").await.expect("practice again");
    let _town = world.town();
    maya.until_request(request, "Theo is back and declines", |r| r.state == RequestState::Declined).await;
}
