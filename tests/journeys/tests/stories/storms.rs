//! A network that drops, doubles, delays and reorders: nothing is lost, nothing moves twice.

use journeys::{Hand, Seeded, Weather, World, assert_books_agree, eventually, seeds, usd};
use protocol::body::PaymentState;
use std::collections::BTreeSet;
use uuid::Uuid;
use wallet::view::Sync;

/// In a storm: looks until the view is there, then confirms. A confirmed order is one order, whatever the network does.
pub async fn confirm_in_a_storm(hand: &Hand, payee: &str, value: &str) -> Uuid {
    let draft = eventually("sources are known", || async {
        let sources = hand.app.sources().await.ok()?;
        let source_id = sources.last()?.id;
        let (payee_handle, amount) = (payee.to_owned(), usd(value));
        Some(wallet::view::Draft { payee_handle, amount, source_id, request_id: None, note: String::new() })
    })
    .await;
    eventually("the server answers long enough to look", || async { hand.look(draft.clone()).await.ok() }).await;
    hand.app.confirm_pay(None).await.expect("confirmed").payment_id
}

/// Two apps pay each other through a storm; afterwards every confirmed order is exactly one succeeded payment, and
/// three books agree.
pub async fn everything_moves_once(world: &mut World, payments: u32) {
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let ben = world.hand("ben.bakes", "sandbox_visa_times_out").await;
    let chance = Seeded::new(world.seed);
    let mut confirmed: BTreeSet<(Uuid, i64)> = BTreeSet::new();
    world.ether.set(Weather::STORM);
    for turn in 0..payments {
        let minor = i64::from(1 + chance.below(5_000));
        let value = format!("{}.{:02}", minor / 100, minor % 100);
        let (payer, payee) = if chance.below(2) == 0 { (&ana, "ben.bakes") } else { (&ben, "ana") };
        confirmed.insert((confirm_in_a_storm(payer, payee, &value).await, minor));
        if turn == payments / 2 {
            world.stop_server().await;
            world.start_server().await;
        }
    }
    world.ether.set(Weather::CALM);
    for hand in [&ana, &ben] {
        eventually("everything is settled", || async {
            let rows = hand.rows().await;
            let done = rows.len() == confirmed.len()
                && rows.iter().all(|row| row.sync == Sync::Acked && row.payment.state == PaymentState::Succeeded);
            done.then_some(())
        })
        .await;
    }
    let seen: BTreeSet<(Uuid, i64)> =
        ana.rows().await.iter().map(|row| (row.payment.id, journeys::minor(&row.payment.amount))).collect();
    assert_eq!(seen, confirmed, "what was confirmed is what was paid");
    assert_books_agree(world, &[&ana, &ben]).await;
    let total: i64 = confirmed.iter().map(|(_, minor)| minor).sum();
    assert_eq!(ana.moved().await.0 + ben.moved().await.0, total);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lossy_network_never_doubles_or_loses_a_payment() {
    for seed in seeds(3) {
        everything_moves_once(&mut World::new(seed).await, 6).await;
    }
}
