use std::sync::Arc;

use proptest::prelude::*;
use protocol::body::Subject;
use serde_json::Value;
use wallet::view::*;
use wallet::*;

use crate::paying::draft;
use crate::world::*;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime")
}

/// Replaces the value at some place of a JSON tree.
fn spoil(value: &mut Value, place: &mut usize, with: &Value) {
    if *place == 0 {
        *value = with.clone();
        *place = usize::MAX;
        return;
    }
    *place -= 1;
    let children: Vec<&mut Value> = match value {
        Value::Array(list) => list.iter_mut().collect(),
        Value::Object(map) => map.values_mut().collect(),
        _ => Vec::new(),
    };
    for child in children {
        if *place == usize::MAX {
            return;
        }
        spoil(child, place, with);
    }
}

fn hostile() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        Just(serde_json::json!([])),
        Just(serde_json::json!({})),
        Just(serde_json::json!("-5.00")),
        Just(serde_json::json!("99999999999999999999.00")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn malformed_answers_are_errors_never_panics(place in 0..40usize, with in hostile(), cut in 0..400usize) {
        let world = World::new();
        runtime().block_on(async {
            let app = world.joined().await;
            let quote = serde_json::json!({ "lines": [{ "source_id": uuid::Uuid::from_u128(50), "fee": usd("0.00"),
                "total": usd("3.00"), "bar": null }], "send_bars": [], "receive_bars": [], "over_limit": null, "near": null });
            let payee = serde_json::json!({ "person": person(20, "harbor", "Harbor"), "currency": "USD", "receive_bars": [],
                "holder": "x", "name_checked_at_ms": null });
            for (path, good) in [("POST /v1/quotes", quote), ("GET /v1/people", payee)] {
                let (mut bad, mut at) = (good.clone(), place);
                spoil(&mut bad, &mut at, &with);
                world.server.fault(path, Fault::Answer(200, serde_json::to_vec(&bad).expect("json")));
                let _ = app.prepare_payment(draft("harbor", "3.00")).await;
                let _ = app.confirm_cancel().await;
                let mut short = serde_json::to_vec(&good).expect("json");
                short.truncate(cut);
                world.server.fault(path, Fault::Answer(500, short));
                let _ = app.prepare_payment(draft("harbor", "3.00")).await;
                world.server.state().faults.clear();
            }
        });
    }

    #[test]
    fn a_malformed_feed_is_refused_whole(place in 1..60usize, with in hostile()) {
        let world = World::new();
        runtime().block_on(async {
            let app = world.joined().await;
            world.server.pay_us(900, 0, "1.00", "first");
            let mut body: Value = serde_json::from_str(&world.server.state().feed[0].body).expect("json");
            spoil(&mut body, &mut place.clone(), &with);
            world.server.publish_text(body.to_string());
            let _ = app.sync_now().await;
            let rows = app.activity(crate::paying::all()).await.expect("still readable").rows;
            prop_assert!(rows.len() <= 2);
            Ok(())
        })?;
    }

    #[test]
    fn any_draft_is_prepared_or_refused(handle in "\\PC{0,40}", value in "\\PC{0,20}", currency in "\\PC{0,5}", note in "\\PC{0,60}") {
        let world = World::new();
        runtime().block_on(async {
            let app = world.joined().await;
            let amount = protocol::body::Amount { value, currency };
            let draft = Draft { payee_handle: handle.clone(), amount: amount.clone(), note: note.clone(), ..draft("harbor", "1.00") };
            let _ = app.prepare_payment(draft).await;
            let _ = app.read_text(&note).await;
            let _ = app.find_payee(&handle).await;
            let options = CodeOptions { amount: Some(amount), note, expires_at_ms: Some(i64::MIN), single_use: false, with_picture: true };
            let _ = app.my_code(options).await;
            let query = ActivityQuery { filter: ActivityFilter { text: handle, ..ActivityFilter::default() }, before: Some("9.x".into()), skip: None, limit: 0 };
            let _ = app.activity(query).await;
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_amounts_are_refused_before_the_server_hears_of_them() {
    let world = World::new();
    let app = world.joined().await;
    let before = world.server.state().seen.len();
    for (value, currency) in
        [("1.001", "USD"), ("0.00", "USD"), ("-1", "USD"), ("1e3", "USD"), ("5", "BTC"), ("", "USD")]
    {
        let amount = protocol::body::Amount { value: value.into(), currency: currency.into() };
        let refused = app.prepare_payment(Draft { amount, ..draft("harbor", "1.00") }).await;
        assert_eq!(refused.err().map(|e| e.code()), Some(ErrorCode::AmountInvalid), "{value} {currency}");
    }
    assert_eq!(world.server.state().seen.len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_books_another_amount_than_was_signed_is_not_believed() {
    let world = World::new();
    let app = world.joined().await;
    let id = crate::paying::confirm(&world, &app, "harbor", "3.00").await;
    app.sync_now().await.expect("synced");
    let mut forged = world.server.state().payments[0].clone();
    forged.amount = usd("30.00");
    world.server.publish(&Subject::Payment(forged));
    assert_eq!(app.sync_now().await.err(), Some(WalletError::BadAnswer));
    assert_eq!(app.payment(id).await.expect("row").row.payment.amount, usd("3.00"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_that_are_none_or_too_large_are_named() {
    let world = World::new();
    let app = world.joined().await;
    assert_eq!(app.scan_bytes(b"hello".to_vec()).await.err(), Some(WalletError::NotAnImage));
    assert_eq!(app.scan_image("!".into()).await.err(), Some(WalletError::NotAnImage));
    assert_eq!(app.scan_bytes(vec![0; 33 << 20]).await.err(), Some(WalletError::ImageTooLarge));
    assert_eq!(app.name_codes(vec![]).await, Ok(vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_joining_is_the_same_person_the_next_time() {
    let world = World::new();
    let app = world.open().await.expect("opened");
    world.server.fault("POST /v1/people", Fault::AnswerLost);
    assert_eq!(app.join(form()).await.err(), Some(WalletError::Timeout));
    let first = world.server.state().me.id;
    assert!(app.status().await.expect("status").books.is_empty());
    app.join(form()).await.expect("joined");
    assert_eq!(world.server.state().me.id, first);
    assert_eq!(app.join(form()).await.err(), Some(WalletError::AlreadyJoined));
    let _ = Arc::clone(&world.server);
}
