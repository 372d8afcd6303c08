//! Giving money back: to where it came from, once, whatever the network does.

use journeys::{Hand, Weather, World, assert_books_agree, eventually, minor, usd};
use protocol::body::PaymentState;
use uuid::Uuid;
use wallet::Event;
use wallet::view::Sync;

/// In a storm: looks until the view is there, then confirms.
async fn give_back(hand: &Hand, payment: Uuid, value: &str) -> Uuid {
    let amount = usd(value);
    eventually("the server answers long enough to look", || async {
        hand.app.prepare_return(payment, amount.clone()).await.ok()?;
        let view = hand.app.confirm_view().await.ok()?;
        while hand.clock.now_ms() - view.opened_at_ms < 700 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        Some(())
    })
    .await;
    hand.app.confirm_pay(None).await.expect("confirmed").payment_id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_out_of_the_blue_goes_back_through_a_storm_and_both_books_agree_to_the_cent() {
    let mut world = World::new(5).await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_paypal").await;
    let id = ana.pay("ben.bakes", "100.00", None).await.expect("confirmed");
    ana.until_paid(id).await;
    ben.until_paid(id).await;
    assert!(ben.app.payment(id).await.expect("row").returns.unexpected);
    let mut chime = ana.app.events();
    world.ether.set(Weather::STORM);
    let part = give_back(&ben, id, "30.00").await;
    world.stop_server().await;
    world.start_server().await;
    let rest = give_back(&ben, id, "70.00").await;
    world.ether.set(Weather::CALM);
    for back in [part, rest] {
        let row = ben.until_paid(back).await;
        assert_eq!((row.payment.returns, row.payment.verified_by.as_deref()), (Some(id), Some("sandbox")));
        ana.until(back, "it comes back", |row| row.payment.state == PaymentState::Succeeded).await;
    }
    for hand in [&ana, &ben] {
        hand.until(id, "the payment says so", |row| {
            row.payment.returned.as_ref().is_some_and(|back| minor(back) == 10_000) && row.sync == Sync::Acked
        })
        .await;
        assert_eq!(hand.app.payment(id).await.expect("row").returns.left, None);
    }
    assert_books_agree(&world, &[&ana, &ben]).await;
    assert_eq!((ana.moved().await, ben.moved().await), ((10_320, 10_000), (10_000, 10_000)), "the fee stays paid");
    loop {
        if let Event::Incoming(payment) = chime.next().await.expect("the app lives") {
            assert_eq!(payment.returns, Some(id), "it rings as what came back");
            break;
        }
    }
}
