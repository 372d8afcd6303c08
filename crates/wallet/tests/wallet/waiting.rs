//! The queue of what has to leave.

use wallet::view::*;

use crate::paying::confirm;
use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_passes_what_was_lost_until_the_trouble_seems_to_be_its_own() {
    let world = World::new();
    let app = world.joined().await;
    let payment = confirm(&world, &app, "harbor", "1.00").await;
    for _ in 0..20 {
        world.server.fault("POST /v1/payments", Fault::RequestLost);
    }
    app.sync_now().await.expect("pulled");
    let request = app.new_request(asking("2.00")).await.expect("kept").id;
    let kinds =
        async || -> Vec<PendingKind> { app.pending().await.expect("pending").iter().map(|row| row.kind).collect() };
    assert_eq!(kinds().await, [PendingKind::Payment, PendingKind::NewRequest], "it passed");
    let mut rounds = 0;
    while kinds().await.len() > 1 {
        rounds += 1;
        assert!(rounds < 10, "it is held up for ever");
        app.sync_now().await.expect("pulled");
    }
    assert_eq!(kinds().await, [PendingKind::Payment]);
    assert_eq!(app.payment(payment).await.expect("kept").row.sync, Sync::Unknown);
    assert!(app.requests().await.expect("requests").iter().any(|it| it.id == request && it.version > 0));
    world.server.state().faults.clear();
    app.sync_now().await.expect("pulled");
    assert_eq!(world.server.state().charged[&payment], 1);
}
