//! Giving received money back.

use pay::Currency;
use protocol::body::{Payment, PaymentState, Subject};
use uuid::Uuid;
use wallet::view::*;
use wallet::*;

use crate::paying::draft;
use crate::world::*;

/// What a stranger sent, out of the blue.
const CAME: Uuid = Uuid::from_u128(900);

async fn received() -> (World, App) {
    let world = World::new();
    let app = world.joined().await;
    world.server.pay_us(900, 0, "20.00", "sorry, wrong person, send it back please");
    app.sync_now().await.expect("synced");
    (world, app)
}

async fn look(world: &World, app: &App, amount: &str) -> Result<Confirmation, WalletError> {
    app.prepare_return(CAME, usd(amount)).await?;
    let view = app.confirm_view().await?;
    world.wait(600);
    Ok(view)
}

async fn give_back(world: &World, app: &App, amount: &str) -> Uuid {
    look(world, app, amount).await.expect("prepared");
    app.confirm_pay(None).await.expect("confirmed").payment_id
}

/// What the server says now enters the book.
async fn hear(world: &World, app: &App) {
    let original = world.server.state().payments[0].clone();
    world.server.publish(&Subject::Payment(original));
    app.sync_now().await.expect("synced");
}

#[tokio::test(flavor = "multi_thread")]
async fn unexpected_money_goes_back_in_parts_and_never_more_than_came() {
    let (world, app) = received().await;
    let before = app.payment(CAME).await.expect("row").returns;
    assert_eq!((before.left, before.unexpected, before.made.len()), (Some(usd("20.00")), true, 0));
    let view = look(&world, &app, "5.00").await.expect("view");
    let back = view.gives_back.expect("a return");
    assert_eq!((back.payment_id, back.received, view.amount), (CAME, usd("20.00"), usd("5.00")));
    assert_eq!((view.source, view.fee, view.payee.person.handle.as_str()), (None, usd("0.00"), "harbor"));
    let id = app.confirm_pay(None).await.expect("confirmed").payment_id;
    // While it waits here, it is not there to be given back again.
    let waiting = app.payment(CAME).await.expect("row").returns;
    assert_eq!((waiting.left, waiting.made.len()), (Some(usd("15.00")), 1));
    app.sync_now().await.expect("synced");
    hear(&world, &app).await;
    let after = app.payment(CAME).await.expect("row");
    assert_eq!((after.returns.left, after.row.payment.returned), (Some(usd("15.00")), Some(usd("5.00"))));
    let given = app.payment(id).await.expect("row");
    assert_eq!((given.row.direction, given.row.payment.state), (Direction::Out, PaymentState::Succeeded));
    assert_eq!((given.row.payment.returns, given.returns.left), (Some(CAME), None), "a return cannot be returned");
    let error = app.prepare_return(CAME, usd("15.01")).await.expect_err("too much");
    assert_eq!((error.code(), CommandError::from(error).limit), (ErrorCode::ReturnTooMuch, Some(usd("15.00"))));
    assert_eq!(app.prepare_return(id, usd("1.00")).await.expect_err("no").code(), ErrorCode::NotReturnable);
    give_back(&world, &app, "15.00").await;
    app.sync_now().await.expect("synced");
    hear(&world, &app).await;
    let all = app.payment(CAME).await.expect("row").returns;
    assert_eq!((all.left, all.unexpected, all.made.len()), (None, false, 2));
    let totals = app.totals(Currency::USD).await.expect("totals");
    assert_eq!((totals.received.minor(), totals.sent.minor()), (2000, 2000), "the own book says it too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_or_a_restart_gives_back_once() {
    for fault in [Fault::AnswerLost, Fault::RequestLost, Fault::Answer(502, b"<html>".to_vec())] {
        let (world, app) = received().await;
        let id = give_back(&world, &app, "20.00").await;
        world.server.fault("POST /v1/returns", fault);
        app.sync_now().await.expect("synced");
        assert_eq!(app.payment(id).await.expect("row").row.sync, Sync::Unknown);
        drop(app);
        let app = world.open().await.expect("opened again");
        world.wait(60_000);
        app.sync_now().await.expect("synced");
        let row = app.payment(id).await.expect("row").row;
        assert_eq!((row.sync, row.payment.state), (Sync::Acked, PaymentState::Succeeded));
        let state = world.server.state();
        assert_eq!((state.charged.len(), state.charged[&id]), (1, 1));
        assert!(!state.seen.iter().any(|call| call == "POST /v1/payments"), "never as a payment");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_back_makes_a_stranger_no_acquaintance() {
    let (world, app) = received().await;
    give_back(&world, &app, "20.00").await;
    app.sync_now().await.expect("synced");
    assert!(app.payee_facts("harbor").await.expect("facts").first_payment);
    let known = app.people().await.expect("people").remove(0);
    assert_eq!((known.trust, known.paid_count, known.received_count), (Trust::Unpaid, 0, 1));
    // Somebody who was paid is not unexpected, whatever they send.
    app.prepare_payment(draft("harbor", "1.00")).await.expect("prepared");
    app.confirm_view().await.expect("view");
    world.wait(600);
    app.confirm_pay(None).await.expect("confirmed");
    app.sync_now().await.expect("synced");
    world.server.pay_us(901, 0, "3.00", "");
    app.sync_now().await.expect("synced");
    let returns = app.payment(Uuid::from_u128(901)).await.expect("row").returns;
    assert_eq!((returns.left, returns.unexpected), (Some(usd("3.00")), false));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_confirmation_says_how_long_it_waits_and_a_return_can_be_undone() {
    let mut world = World::new();
    world.hold = Hold { typed_s: 10, first_or_large_s: 30, ..Hold::none() };
    let app = world.joined().await;
    app.prepare_payment(draft("harbor", "3.00")).await.expect("prepared");
    assert_eq!(app.confirm_view().await.expect("view").hold_s, 30, "a first payment");
    app.confirm_cancel().await.expect("back");
    world.server.pay_us(900, 0, "20.00", "");
    app.sync_now().await.expect("synced");
    let view = look(&world, &app, "20.00").await.expect("view");
    assert_eq!(view.hold_s, 10);
    let id = app.confirm_pay(None).await.expect("confirmed").payment_id;
    let held = app.payment(id).await.expect("row").held_until_ms.expect("it waits");
    assert_eq!(held - world.clock.now_ms(), 10_000, "as long as was said");
    app.undo_payment(id).await.expect("undone");
    assert_eq!(app.payment(CAME).await.expect("row").returns.left, Some(usd("20.00")));
    world.wait(60_000);
    app.sync_now().await.expect("synced");
    assert!(world.server.state().charged.is_empty(), "no server ever heard of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_books_another_return_than_was_signed_is_not_believed() {
    let (world, app) = received().await;
    let id = give_back(&world, &app, "20.00").await;
    app.sync_now().await.expect("synced");
    let booked = world.server.state().payments[1].clone();
    let other = Payment { amount: usd("20.01"), updated_at_ms: booked.updated_at_ms + 1, ..booked.clone() };
    let fresh = Payment { returns: None, updated_at_ms: booked.updated_at_ms + 1, ..booked };
    for lie in [other, fresh] {
        world.server.publish(&Subject::Payment(lie));
        assert_eq!(app.sync_now().await.expect_err("a lie").code(), ErrorCode::BadAnswer);
        world.server.state().feed.pop();
        assert_eq!(app.payment(id).await.expect("row").row.payment.returns, Some(CAME));
    }
}
