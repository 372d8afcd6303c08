use crate::app::TestApp;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use ledger::chain;
use protocol::body::{FeedPage, Subject};
use serde_json::json;
use std::time::{Duration, Instant};

crate::on_both! {
    the_feed_is_gapless_chained_and_paged,
    a_poke_comes_within_a_second_of_the_commit,
    live_lines_end_when_the_server_stops,
}

async fn the_feed_is_gapless_chained_and_paged(app: TestApp) {
    let (maya, _) = app.join("maya", "sandbox_visa_debit").await;
    for _ in 0..3 {
        app.ask(&maya, "1.00", |_| {}).await;
    }
    let (mut after, mut previous, mut kinds) = (0, [0; 32], Vec::new());
    loop {
        let (_, page) = app.get(&maya, &format!("/v1/feed?after={after}&limit=2")).await;
        let page: FeedPage = serde_json::from_value(page).unwrap();
        for change in &page.changes {
            assert_eq!((change.sequence, &change.previous_hash), (after + 1, &hex::encode(previous)));
            previous = chain::hash(&previous, maya.id, change.sequence, change.at_ms, &change.body);
            assert_eq!(change.hash, hex::encode(previous));
            after = change.sequence;
            kinds.push(match serde_json::from_str(&change.body).unwrap() {
                Subject::Me(_) => "me",
                Subject::Sources { .. } => "sources",
                Subject::Request(_) => "request",
                Subject::Payment(_) => "payment",
            });
        }
        if !page.more {
            break;
        }
    }
    assert_eq!(kinds, ["me", "sources", "me", "request", "request", "request"]);
}

async fn events(app: &TestApp, person: &crate::app::Person) -> Body {
    let token = format!("Bearer {}", person.session.access_token);
    let request = Request::get("/v1/events").header("authorization", token).body(Body::empty()).unwrap();
    app.raw(request).await.into_body()
}

async fn next(body: &mut Body) -> Option<String> {
    let frame = tokio::time::timeout(Duration::from_secs(5), body.frame()).await.expect("within five seconds");
    frame.map(|frame| String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap())
}

async fn a_poke_comes_within_a_second_of_the_commit(app: TestApp) {
    let (maya, _) = app.join("maya", "sandbox_visa_debit").await;
    let mut lines = events(&app, &maya).await;
    assert_eq!(next(&mut lines).await.as_deref(), Some("event: poke\ndata: {}\n\n"), "one at once, to catch up");
    app.ask(&maya, "1.00", |_| {}).await;
    let begun = Instant::now();
    assert_eq!(next(&mut lines).await.as_deref(), Some("event: poke\ndata: {}\n\n"));
    assert!(begun.elapsed() < Duration::from_secs(1));
}

async fn live_lines_end_when_the_server_stops(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    let mut lines = events(&app, &maya).await;
    next(&mut lines).await;
    let app = app.restart(crate::app::timings()).await;
    assert_eq!(next(&mut lines).await, None);
    assert_eq!(app.get(&maya, "/v1/me").await.1["person"]["id"], json!(maya.id), "sessions outlive a restart");
}
