//! Codes of other systems beside a request's own, and money that came by them.

use crate::app::{PASSWORD, Person, TestApp};
use axum::http::StatusCode;
use protocol::body::PaymentState;
use serde_json::{Value, json};
use uuid::Uuid;

crate::on_both! {
    codes_beside_a_request_are_seen_by_both_sides_and_on_its_page,
    a_code_that_asks_for_something_else_is_refused,
    money_from_elsewhere_ends_a_request_and_can_be_taken_back,
    nothing_is_said_received_while_it_is_being_paid,
    closing_an_account_erases_the_codes,
}

const PAYTO: &str =
    "payto://iban/DE33100205000001194700?receiver-name=Liam%20%3Cb%3E&amount=USD:10.00&message=For%20tea";
const BITCOIN: &str = "bitcoin:1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH?label=Liam";

fn ways() -> Value {
    json!([{ "kind": "payto", "text": PAYTO }, { "kind": "bitcoin", "text": BITCOIN }])
}

async fn say(app: &TestApp, person: &Person, id: Uuid, what: &str, key: &str, body: &Value) -> (StatusCode, Value) {
    app.change(person, "POST", &format!("/v1/requests/{id}/{what}"), key, body).await
}

async fn codes_beside_a_request_are_seen_by_both_sides_and_on_its_page(app: TestApp) {
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let id = app.ask(&liam, "10.00", |form| form["ways"] = ways()).await;
    assert_eq!(app.get(&liam, &format!("/v1/requests/{id}")).await.1["ways"], ways());
    assert_eq!(app.get(&maya, &format!("/v1/requests/{id}")).await.1["ways"], ways());
    let path = format!("/r/{}", pay::short_id(id));
    let page = app.browser().open(&path).await;
    page.says("Pay another way").says("<bdi>DE33100205000001194700</bdi>").says("<bdi>10.00 USD</bdi>");
    page.says("Liam &lt;b&gt;").says(&format!("href=\"{}\"", PAYTO.replace('&', "&amp;")));
    app.browser_in("fr").open(&path).await.says("Payer autrement");
    // What came leaves another amount than the codes ask for.
    let mut order = app.order(&maya, card, &liam, "4.00");
    order.request_id = Some(id);
    app.pay(&maya, &order).await;
    app.request_when(&liam, id, "partially_paid").await;
    assert!(!app.browser().open(&path).await.html.contains("Pay another way"));
}

async fn a_code_that_asks_for_something_else_is_refused(app: TestApp) {
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let refused = async |ways: Value, single_use: bool| {
        let policy = json!({ "partial": "accept", "over": "accept", "late": "accept" });
        let id = app.id();
        let form = json!({ "id": id, "amount": { "value": "10.00", "currency": "USD" }, "note": "", "payer_handle": null,
            "expires_at_ms": null, "single_use": single_use, "policy": policy, "ways": ways });
        app.change(&liam, "POST", "/v1/requests", &id.to_string(), &form).await
    };
    let one = |kind: &str, text: String| json!([{ "kind": kind, "text": text }]);
    for (why, ways) in [
        ("another amount", one("payto", PAYTO.replace("10.00", "10.01"))),
        ("another currency", one("payto", PAYTO.replace("USD", "EUR"))),
        ("no amount", one("payto", PAYTO.replace("&amount=USD:10.00", ""))),
        ("an account that does not add up", one("payto", PAYTO.replace("DE33", "DE34"))),
        ("not what it says", one("bitcoin", PAYTO.to_owned())),
        ("bitcoin for dollars", one("bitcoin", format!("{BITCOIN}&amount=10.00"))),
        ("an address of the web", one("payto", "https://evil.example/10.00".to_owned())),
        ("too long", one("payto", format!("{PAYTO}{}", "x".repeat(1_100)))),
        ("twice", json!([{ "kind": "payto", "text": PAYTO }, { "kind": "payto", "text": PAYTO }])),
    ] {
        assert_eq!(refused(ways, true).await.1["code"], "malformed", "{why}");
    }
    assert_eq!(refused(ways(), false).await.1["code"], "malformed", "a link for many");
    assert_eq!(refused(ways(), true).await.0, StatusCode::CREATED);
}

async fn money_from_elsewhere_ends_a_request_and_can_be_taken_back(app: TestApp) {
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let id = app.ask(&liam, "10.00", |form| (form["ways"], form["payer_handle"]) = (ways(), json!("maya"))).await;
    let way = json!({ "way": "payto" });
    assert_eq!(say(&app, &maya, id, "received", "k1", &way).await.1["code"], "not_found", "only who asks can say it");
    let (status, said) = say(&app, &liam, id, "received", "k2", &way).await;
    assert_eq!((status, &said["state"], &said["paid"]["value"]), (StatusCode::OK, &json!("paid"), &json!("0.00")));
    assert_eq!((&said["elsewhere"]["way"], &said["elsewhere"]["at_ms"]), (&json!("payto"), &json!(app.now_ms())));
    assert_eq!(say(&app, &liam, id, "received", "k2", &way).await.1, said, "the same word is said once");
    assert_eq!(app.request_when(&maya, id, "paid").await["elsewhere"]["way"], "payto");
    let mut order = app.order(&maya, card, &liam, "10.00");
    order.request_id = Some(id);
    assert_eq!(app.pay(&maya, &order).await.1["code"], "request_paid");
    let (_, back) = say(&app, &liam, id, "not-received", "k3", &Value::Null).await;
    assert_eq!((&back["state"], &back["elsewhere"]), (&json!("open"), &Value::Null));
    assert_eq!(app.pay(&maya, &order).await.0, StatusCode::CREATED);
    app.request_when(&liam, id, "paid").await;
    // What was paid here cannot be unsaid.
    assert_eq!(say(&app, &liam, id, "not-received", "k4", &Value::Null).await.1["code"], "wrong_state");
    assert_eq!(say(&app, &liam, id, "received", "k5", &json!({ "way": null })).await.1["code"], "wrong_state");
    app.assert_book_is_square().await;
}

async fn nothing_is_said_received_while_it_is_being_paid(app: TestApp) {
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let (maya, card) = app.join("maya", "sandbox_visa_needs_action").await;
    let id = app.ask(&liam, "10.00", |_| {}).await;
    let mut order = app.order(&maya, card, &liam, "10.00");
    order.request_id = Some(id);
    app.pay(&maya, &order).await;
    app.payment_when(&maya, order.id, |payment| payment.state == PaymentState::RequiresAction).await;
    let way = json!({ "way": null });
    assert_eq!(say(&app, &liam, id, "received", "k1", &way).await.1["code"], "wrong_state");
    let many = app.ask(&liam, "10.00", |form| form["single_use"] = json!(false)).await;
    assert_eq!(say(&app, &liam, many, "received", "k2", &way).await.1["code"], "wrong_state");
}

async fn closing_an_account_erases_the_codes(app: TestApp) {
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    app.ask(&liam, "10.00", |form| form["ways"] = ways()).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM request_way").await, 2);
    let id = app.id();
    let form = json!({ "id": id, "password": PASSWORD, "language": "en" });
    let (status, _) = app.change(&liam, "POST", "/v1/me/closing", &id.to_string(), &form).await;
    assert!(status.is_success(), "{status}");
    assert_eq!(app.number("SELECT COUNT(*) FROM request_way").await, 0);
}
