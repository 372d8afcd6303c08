use crate::app::{TestApp, URL, Who};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use ed25519_dalek::SigningKey;
use http_body_util::BodyExt;
use protocol::body::Amount;
use serde_json::{Value, json};

crate::on_both! {
    a_forged_order_is_refused,
    another_devices_key_is_refused,
    a_stolen_token_without_the_key_changes_nothing,
    a_replayed_attempt_is_refused,
    a_wrong_clock_is_told_the_right_time,
    amounts_that_are_not_money_are_refused,
    hostile_bodies_get_a_problem_not_a_crash,
    a_key_must_be_the_bodys_own_id,
    too_many_passwords_have_to_wait,
    what_people_write_is_text_on_every_page,
}

async fn a_forged_order_is_refused(app: TestApp) {
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let order = app.order(&maya, card, &liam, "14.50");
    let mut forged = order.clone().sign(&maya.key).unwrap();
    forged.order.amount.value = "99.50".into();
    assert_eq!(app.post_order(&maya, &forged).await.1["code"], "order_signature");
    let mut elsewhere = order.clone();
    elsewhere.server = "https://other.example".into();
    assert_eq!(app.pay(&maya, &elsewhere).await.1["code"], "order_signature");
    let mut anothers = order.clone();
    anothers.payer_id = liam.id;
    assert_eq!(app.pay(&maya, &anothers).await.1["code"], "order_signature");
    let mut renamed = order.clone();
    renamed.payee_handle = "maya".into();
    assert_eq!(app.pay(&maya, &renamed).await.1["code"], "malformed");
    let mut old = order.clone();
    old.expires_at_ms = app.now_ms();
    assert_eq!(app.pay(&maya, &old).await.1["code"], "order_expired");
    let mut early = order.clone();
    early.confirmed_at_ms = app.now_ms() + 31_536_000_000;
    early.expires_at_ms = early.confirmed_at_ms + 1000;
    let (_, problem) = app.pay(&maya, &early).await;
    assert_eq!((&problem["code"], &problem["time_ms"]), (&json!("clock_skew"), &json!(app.now_ms())));
    assert_eq!(app.number("SELECT COUNT(*) FROM payment").await, 0);
}

async fn another_devices_key_is_refused(app: TestApp) {
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let order = app.order(&maya, card, &liam, "14.50").sign(&liam.key).unwrap();
    assert_eq!(app.post_order(&maya, &order).await.1["code"], "order_signature");
    let who = Who { key: &liam.key, device_id: liam.device_id, ..maya.who() };
    let request = app.signed(&who, "PUT", "/v1/me", Some("k1"), br#"{"display_name":"Eve","picture":null}"#);
    assert_eq!(app.send(request).await.1["code"], "bad_signature");
}

async fn a_stolen_token_without_the_key_changes_nothing(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    let body = br#"{"display_name":"Eve","picture":null}"#;
    let stranger = SigningKey::from_bytes(&[9; 32]);
    let wrong = app.signed(&Who { key: &stranger, ..maya.who() }, "PUT", "/v1/me", Some("k1"), body);
    assert_eq!(app.send(wrong).await.1["code"], "bad_signature");
    let token = format!("Bearer {}", maya.session.access_token);
    let unsigned = Request::put("/v1/me").header("authorization", token).header("idempotency-key", "k1");
    assert_eq!(app.send(unsigned.body(Body::from(&body[..])).unwrap()).await.1["code"], "bad_signature");
    let mut tampered = app.signed(&maya.who(), "PUT", "/v1/me", Some("k1"), body);
    *tampered.body_mut() = Body::from(r#"{"display_name":"Eva","picture":null}"#);
    assert_eq!(app.send(tampered).await.1["code"], "bad_signature");
    let keyless = app.signed(&maya.who(), "PUT", "/v1/me", None, body);
    assert_eq!(app.send(keyless).await.1["code"], "malformed");
    assert_eq!(app.get(&maya, "/v1/me").await.1["person"]["display_name"], "Name of maya");
    for token in ["", "x", "AAAA", &"A".repeat(64)] {
        let request = Request::get("/v1/me").header("authorization", format!("Bearer {token}"));
        assert_eq!(app.send(request.body(Body::empty()).unwrap()).await.1["code"], "signed_out");
    }
}

async fn a_replayed_attempt_is_refused(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    let body = br#"{"display_name":"Maya Chen","picture":null}"#;
    let first = app.signed(&maya.who(), "PUT", "/v1/me", Some("k1"), body);
    let mut copy = Request::builder().method("PUT").uri("/v1/me");
    for (name, value) in first.headers() {
        copy = copy.header(name, value);
    }
    let copy = copy.body(Body::from(&body[..])).unwrap();
    assert_eq!(app.send(first).await.0, StatusCode::OK);
    assert_eq!(app.send(copy).await.1["code"], "replayed");
}

async fn a_wrong_clock_is_told_the_right_time(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    for clock_off_s in [-301, 301, -31_536_000, 31_536_000] {
        let who = Who { clock_off_s, ..maya.who() };
        let request = app.signed(&who, "PUT", "/v1/me", Some("k1"), br#"{"display_name":"M C","picture":null}"#);
        let (status, problem) = app.send(request).await;
        assert_eq!((status, &problem["code"]), (StatusCode::UNAUTHORIZED, &json!("clock_skew")));
        assert_eq!(problem["time_ms"], json!(app.now_ms()));
    }
}

async fn amounts_that_are_not_money_are_refused(app: TestApp) {
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    for (value, currency) in [
        ("0.00", "USD"),
        ("1.001", "USD"),
        ("-1.00", "USD"),
        ("1e3", "USD"),
        ("", "USD"),
        ("١", "USD"),
        ("99999999999999999999", "USD"),
        ("5.00", "EUR"),
        ("5.00", "XXX"),
        ("NaN", "USD"),
    ] {
        let mut order = app.order(&maya, card, &liam, "1.00");
        order.amount = Amount { value: value.into(), currency: currency.into() };
        order.fee = Amount { value: "0".into(), currency: currency.into() };
        assert_eq!(app.pay(&maya, &order).await.1["code"], "amount_invalid", "{value} {currency}");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM payment").await, 0);
}

async fn hostile_bodies_get_a_problem_not_a_crash(app: TestApp) {
    let (maya, _) = app.join("maya", "sandbox_visa_debit").await;
    let deep = "[".repeat(100_000);
    let id = app.id().to_string();
    let wrong_types = format!(r#"{{"id":"{id}","amount":12.5,"note":7}}"#);
    for body in ["", "{", "null", "[]", "\u{0}", &deep, &wrong_types, r#"{"order":{},"signature":""}"#] {
        for path in ["/v1/payments", "/v1/requests", "/v1/sources"] {
            let (status, problem) = app.send(app.signed(&maya.who(), "POST", path, Some(&id), body.as_bytes())).await;
            assert_eq!((status, &problem["code"]), (StatusCode::BAD_REQUEST, &json!("malformed")));
            assert_eq!(problem["type"], "urn:tessera:problem:malformed");
        }
    }
    let huge = vec![b' '; 10 * 1024 * 1024];
    let (status, problem) = app.send(app.signed(&maya.who(), "POST", "/v1/requests", Some(&id), &huge)).await;
    assert_eq!((status, &problem["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("too_large")));
    for path in
        ["/v1/payments/not-an-id", "/v1/requests/%ff", "/v1/feed?after=x", "/v1/feed?limit=2001", "/v1/feed?after=-1"]
    {
        assert_eq!(app.get(&maya, path).await.1["code"], "malformed", "{path}");
    }
    for path in ["/v1/nothing", "/v1/payments", "/V1/me"] {
        let (status, problem) = app.get(&maya, path).await;
        assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("not_found")), "{path}");
    }
}

async fn a_key_must_be_the_bodys_own_id(app: TestApp) {
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let signed = app.order(&maya, card, &liam, "1.00").sign(&maya.key).unwrap();
    let body = serde_json::to_value(&signed).unwrap();
    assert_eq!(app.change(&maya, "POST", "/v1/payments", &app.id().to_string(), &body).await.1["code"], "malformed");
    let long = "k".repeat(65);
    assert_eq!(app.change(&maya, "POST", "/v1/payments", &long, &Value::Null).await.1["code"], "malformed");
}

async fn too_many_passwords_have_to_wait(app: TestApp) {
    let mut config = TestApp::config();
    config.rates.passwords_per_minute = 2;
    let app = app.restart_with(config).await;
    let key = SigningKey::from_bytes(&[5; 32]);
    let mut form = app.join_form("maya", &key);
    app.post_join(&form, &key).await;
    form["password"] = json!("not the password");
    assert_eq!(app.sign_in(&form, &key).await.1["code"], "wrong_credentials");
    assert_eq!(app.sign_in(&form, &key).await.1["code"], "wrong_credentials");
    let (status, problem) = app.sign_in(&form, &key).await;
    assert_eq!((status, &problem["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("too_many")));
    assert!(problem["retry_after_s"].as_u64().is_some_and(|wait| (1..=60).contains(&wait)));
}

async fn what_people_write_is_text_on_every_page(app: TestApp) {
    let liam = app.join_as("liam", |form| form["display_name"] = json!("<script>alert(1)</script>")).await;
    app.add_source(&liam, "sandbox_visa_debit").await;
    let id = app.ask(&liam, "10.00", |form| form["note"] = json!("\"><img src=x onerror=alert(1)>")).await;
    let short = pay::short_id(id);
    for path in ["/@liam".to_owned(), "/@Liam/25.00-USD".into(), format!("/r/{short}"), format!("/R/{short}")] {
        let response = app.raw(Request::get(&path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert!(response.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
        let page = String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script") && !page.contains("<img"), "{page}");
        let host = URL.strip_prefix("https://").unwrap();
        assert!(page.contains(&format!("tessera://{host}/")), "{page}");
    }
    for path in ["/@nobody", "/r/00000000000000000000000000", "/v/zzz", "/@liam/0.00-USD", "/@liam/1.001-USD"] {
        let response = app.raw(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
