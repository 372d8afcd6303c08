//! More than one device of one account: asking, being let in, being put out.

use crate::app::{PASSWORD, Person, TestApp, Who};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use ed25519_dalek::SigningKey;
use http_body_util::BodyExt;
use protocol::key_to_text;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

crate::on_both! {
    a_device_with_the_password_waits_until_another_lets_it_in,
    a_device_that_is_refused_or_too_late_stays_out,
    asking_needs_the_password_and_the_devices_own_key,
    a_device_is_let_in_only_by_its_own_account_and_under_the_key_that_was_compared,
    a_revoked_device_is_out_at_once_and_its_live_line_ends,
    both_devices_pay_with_their_own_keys_and_not_with_each_others,
    devices_are_named_and_say_when_they_were_seen,
}

struct Asking {
    id: Uuid,
    key: SigningKey,
}

fn asking(app: &TestApp) -> Asking {
    Asking { id: app.id(), key: SigningKey::from_bytes(&app.random()) }
}

async fn ask_with(app: &TestApp, device: &Asking, name: &str, password: &str) -> (StatusCode, Value) {
    let who = Who { key: &device.key, device_id: device.id, token: None, clock_off_s: 0 };
    let public_key = key_to_text(&device.key.verifying_key());
    let form = json!({ "name": name, "password": password,
        "device": { "id": device.id, "public_key": public_key, "name": "Laptop" } });
    let key = device.id.to_string();
    app.send(app.signed(&who, "POST", "/v1/devices", Some(&key), form.to_string().as_bytes())).await
}

async fn ask(app: &TestApp, device: &Asking, person: &Person) -> Value {
    ask_with(app, device, &person.handle, PASSWORD).await.1
}

async fn standing(app: &TestApp, id: Uuid) -> Value {
    let request = Request::get(format!("/v1/devices/{id}/standing")).body(Body::empty()).unwrap();
    app.send(request).await.1["state"].clone()
}

async fn confirm(app: &TestApp, from: &Person, device: &Asking) -> (StatusCode, Value) {
    let form = json!({ "public_key": key_to_text(&device.key.verifying_key()) });
    let key = app.id().to_string();
    app.change(from, "POST", &format!("/v1/devices/{}/confirm", device.id), &key, &form).await
}

async fn revoke(app: &TestApp, from: &Person, id: Uuid) -> (StatusCode, Value) {
    let key = app.id().to_string();
    app.change(from, "DELETE", &format!("/v1/devices/{id}"), &key, &Value::Null).await
}

async fn open_session(app: &TestApp, device: &Asking, person: &Person) -> (StatusCode, Value) {
    let form = json!({ "handle": person.handle, "password": PASSWORD, "device": { "id": device.id } });
    app.sign_in(&form, &device.key).await
}

/// A second device of `person`, let in and signed in.
async fn second(app: &TestApp, person: &Person) -> Person {
    let device = asking(app);
    assert_eq!(ask(app, &device, person).await["state"], "pairing");
    assert_eq!(confirm(app, person, &device).await.0, StatusCode::NO_CONTENT);
    let (status, session) = open_session(app, &device, person).await;
    assert_eq!(status, StatusCode::OK, "{session}");
    let session = serde_json::from_value(session).unwrap();
    Person { id: person.id, handle: person.handle.clone(), device_id: device.id, key: device.key, session }
}

async fn a_device_with_the_password_waits_until_another_lets_it_in(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    let device = asking(&app);
    assert_eq!(standing(&app, device.id).await, "gone");
    app.pass_ms(1);
    assert_eq!(ask_with(&app, &device, "maya@mail.example", PASSWORD).await.1["state"], "pairing");
    assert_eq!(ask(&app, &device, &maya).await["state"], "pairing", "asked twice, it waits once");
    assert_eq!(standing(&app, device.id).await, "pairing");
    assert_eq!(open_session(&app, &device, &maya).await.1["code"], "device_refused");
    let (_, devices) = app.get(&maya, "/v1/devices").await;
    let seen: Vec<_> = devices.as_array().unwrap().iter().map(|d| (&d["name"], &d["state"], &d["is_this"])).collect();
    let expected =
        [(&json!("Desk"), &json!("active"), &json!(true)), (&json!("Laptop"), &json!("pairing"), &json!(false))];
    assert_eq!(seen, expected);
    assert_eq!(confirm(&app, &maya, &device).await.0, StatusCode::NO_CONTENT);
    assert_eq!(
        (standing(&app, device.id).await, &ask(&app, &device, &maya).await["state"]),
        (json!("active"), &json!("active"))
    );
    let (status, session) = open_session(&app, &device, &maya).await;
    assert_eq!((status, &session["person_id"]), (StatusCode::OK, &json!(maya.id)));
}

async fn a_device_that_is_refused_or_too_late_stays_out(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    let (refused, late) = (asking(&app), asking(&app));
    ask(&app, &refused, &maya).await;
    ask(&app, &late, &maya).await;
    assert_eq!(revoke(&app, &maya, refused.id).await.0, StatusCode::NO_CONTENT);
    assert_eq!(standing(&app, refused.id).await, "gone");
    app.pass_ms(14 * 60_000);
    assert_eq!(standing(&app, late.id).await, "pairing");
    app.pass_ms(60_000);
    let (_, session) = app
        .sign_in(&json!({ "handle": "maya", "password": PASSWORD, "device": { "id": maya.device_id } }), &maya.key)
        .await;
    let maya = Person { session: serde_json::from_value(session).unwrap(), ..maya };
    for device in [&refused, &late] {
        assert_eq!(standing(&app, device.id).await, "gone");
        assert_eq!(ask(&app, device, &maya).await["code"], "device_refused");
        assert_eq!(confirm(&app, &maya, device).await.1["code"], "not_found");
        assert_eq!(open_session(&app, device, &maya).await.1["code"], "device_refused");
    }
    assert_eq!(app.get(&maya, "/v1/devices").await.1.as_array().map(Vec::len), Some(1));
}

async fn asking_needs_the_password_and_the_devices_own_key(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    let device = asking(&app);
    let wrong = ask_with(&app, &device, "maya", "not the password").await;
    assert_eq!(wrong, ask_with(&app, &device, "nobody", "not the password").await);
    assert_eq!(wrong.1["code"], "wrong_credentials");
    let stranger = Asking { id: maya.device_id, key: SigningKey::from_bytes(&[8; 32]) };
    assert_eq!(ask(&app, &stranger, &maya).await["code"], "id_reused", "another key cannot take a device's place");
    for _ in 0..3 {
        assert_eq!(ask(&app, &asking(&app), &maya).await["state"], "pairing");
    }
    assert_eq!(ask(&app, &asking(&app), &maya).await["code"], "too_many");
}

async fn a_device_is_let_in_only_by_its_own_account_and_under_the_key_that_was_compared(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    let liam = app.join_as("liam", |_| {}).await;
    let device = asking(&app);
    ask(&app, &device, &maya).await;
    assert_eq!(confirm(&app, &liam, &device).await.1["code"], "not_found");
    assert_eq!(revoke(&app, &liam, device.id).await.1["code"], "not_found");
    let other = Asking { id: device.id, key: SigningKey::from_bytes(&[8; 32]) };
    assert_eq!(confirm(&app, &maya, &other).await.1["code"], "wrong_state");
    assert_eq!(standing(&app, device.id).await, "pairing");
}

async fn a_revoked_device_is_out_at_once_and_its_live_line_ends(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    let laptop = second(&app, &maya).await;
    let token = format!("Bearer {}", laptop.session.access_token);
    let request = Request::get("/v1/events").header("authorization", token).body(Body::empty()).unwrap();
    let mut line = app.raw(request).await.into_body();
    assert!(line.frame().await.is_some());
    assert_eq!(revoke(&app, &laptop, laptop.device_id).await.1["code"], "wrong_state", "itself it cannot");
    assert_eq!(revoke(&app, &maya, laptop.device_id).await.0, StatusCode::NO_CONTENT);
    let end = tokio::time::timeout(Duration::from_secs(5), line.frame()).await.expect("the line ends");
    assert!(end.is_none());
    assert_eq!(app.get(&laptop, "/v1/me").await.1["code"], "device_refused");
    let form = json!({ "display_name": "Thief", "picture": null });
    assert_eq!(app.change(&laptop, "PUT", "/v1/me", "k1", &form).await.1["code"], "device_refused");
    let who = Who { token: None, ..laptop.who() };
    let body = json!({ "refresh_token": laptop.session.refresh_token }).to_string();
    let refresh = app.signed(&who, "POST", "/v1/sessions/refresh", None, body.as_bytes());
    assert_eq!(app.send(refresh).await.1["code"], "device_refused");
    let again = Asking { id: laptop.device_id, key: laptop.key.clone() };
    assert_eq!(open_session(&app, &again, &maya).await.1["code"], "device_refused");
    assert_eq!(app.get(&maya, "/v1/me").await.0, StatusCode::OK, "the other goes on");
}

async fn both_devices_pay_with_their_own_keys_and_not_with_each_others(app: TestApp) {
    let (maya, source) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, target) = app.join("liam", "sandbox_visa_debit").await;
    let laptop = second(&app, &maya).await;
    let (one, two) = (app.order(&maya, source, &liam, "10.00"), app.order(&laptop, source, &liam, "2.50"));
    let (first, other) = tokio::join!(app.pay(&maya, &one), app.pay(&laptop, &two));
    assert_eq!((first.0, other.0), (StatusCode::CREATED, StatusCode::CREATED), "{first:?} {other:?}");
    for order in [&one, &two] {
        app.payment_when(&laptop, order.id, |payment| payment.verified_by.is_some()).await;
    }
    let borrowed = app.order(&maya, source, &liam, "1.00").sign(&maya.key).unwrap();
    assert_eq!(app.post_order(&laptop, &borrowed).await.1["code"], "order_signature");
    assert_eq!(app.posted_to_source(target).await, 1250);
    app.assert_book_is_square().await;
}

async fn devices_are_named_and_say_when_they_were_seen(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    app.pass_ms(60_000);
    let laptop = second(&app, &maya).await;
    let path = format!("/v1/devices/{}", laptop.device_id);
    let (status, _) = app.change(&maya, "PATCH", &path, "k1", &json!({ "name": "Kitchen" })).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(app.change(&maya, "PATCH", &path, "k2", &json!({ "name": "\u{202e}" })).await.1["code"], "name_invalid");
    let (_, devices) = app.get(&laptop, "/v1/devices").await;
    assert_eq!((&devices[1]["name"], &devices[1]["is_this"]), (&json!("Kitchen"), &json!(true)));
    assert_eq!(devices[1]["last_seen_at_ms"], json!(app.now_ms()));
    assert_eq!(devices[0]["last_seen_at_ms"], json!(app.now_ms() - 60_000));
}
