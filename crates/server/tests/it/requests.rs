use crate::app::{Person, TestApp};
use axum::http::StatusCode;
use protocol::body::PaymentState;
use serde_json::{Value, json};
use uuid::Uuid;

crate::on_both! {
    short_then_the_rest_pays_a_request,
    rules_refuse_what_does_not_fit,
    more_and_late_money_raise_flags,
    a_request_that_ended_says_how,
    time_ends_a_request_but_not_one_being_paid,
    looking_marks_a_request_viewed_unless_it_is_ones_own,
    only_the_addressed_payer_declines_or_pays,
    reminders_keep_their_distance,
    a_link_for_many_stays_open,
    both_sides_see_what_a_request_is_a_part_of,
}

async fn pay_for(
    app: &TestApp,
    payer: (&Person, Uuid),
    payee: &Person,
    amount: &str,
    request: Uuid,
) -> (StatusCode, Value) {
    let mut order = app.order(payer.0, payer.1, payee, amount);
    order.request_id = Some(request);
    let answer = app.pay(payer.0, &order).await;
    if answer.0 == StatusCode::CREATED {
        app.payment_when(payer.0, order.id, |p| p.state != PaymentState::Processing).await;
    }
    answer
}

async fn two(app: &TestApp) -> (Person, Uuid, Person) {
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    (maya, card, liam)
}

async fn short_then_the_rest_pays_a_request(app: TestApp) {
    let (maya, card, liam) = two(&app).await;
    let id = app.ask(&liam, "10.00", |_| {}).await;
    pay_for(&app, (&maya, card), &liam, "4.00", id).await;
    assert_eq!(app.request_when(&liam, id, "partially_paid").await["paid"]["value"], "4.00");
    pay_for(&app, (&maya, card), &liam, "6.00", id).await;
    let paid = app.request_when(&liam, id, "paid").await;
    assert_eq!((&paid["overpaid"], &paid["paid_late"]), (&json!(false), &json!(false)));
    assert_eq!(pay_for(&app, (&maya, card), &liam, "1.00", id).await.1["code"], "request_paid");
    app.assert_book_is_square().await;
}

async fn rules_refuse_what_does_not_fit(app: TestApp) {
    let (maya, card, liam) = two(&app).await;
    let id = app
        .ask(&liam, "10.00", |form| form["policy"] = json!({ "partial": "refuse", "over": "refuse", "late": "refuse" }))
        .await;
    for amount in ["9.99", "10.01"] {
        assert_eq!(pay_for(&app, (&maya, card), &liam, amount, id).await.1["code"], "request_amount");
    }
    assert_eq!(pay_for(&app, (&maya, card), &liam, "10.00", id).await.0, StatusCode::CREATED);
    app.request_when(&liam, id, "paid").await;
}

async fn more_and_late_money_raise_flags(app: TestApp) {
    let (maya, card, liam) = two(&app).await;
    let end = app.now_ms() + 60_000;
    let id = app.ask(&liam, "10.00", |form| form["expires_at_ms"] = json!(end)).await;
    app.pass_ms(61_000);
    app.request_when(&liam, id, "expired").await;
    assert_eq!(pay_for(&app, (&maya, card), &liam, "11.00", id).await.0, StatusCode::CREATED);
    let paid = app.request_when(&liam, id, "paid").await;
    assert_eq!((&paid["overpaid"], &paid["paid_late"]), (&json!(true), &json!(true)));
}

async fn a_request_that_ended_says_how(app: TestApp) {
    let (maya, card, liam) = two(&app).await;
    let strict = json!({ "partial": "accept", "over": "accept", "late": "refuse" });
    let end = app.now_ms() + 60_000;
    let late = app.ask(&liam, "10.00", |f| (f["expires_at_ms"], f["policy"]) = (json!(end), strict)).await;
    let taken_back = app.ask(&liam, "10.00", |_| {}).await;
    let (status, body) =
        app.change(&liam, "POST", &format!("/v1/requests/{taken_back}/cancel"), "k1", &Value::Null).await;
    assert_eq!((status, &body["state"]), (StatusCode::OK, &json!("canceled")));
    assert_eq!(
        app.change(&liam, "POST", &format!("/v1/requests/{taken_back}/cancel"), "k2", &Value::Null).await.1["code"],
        "wrong_state"
    );
    app.pass_ms(60_000);
    assert_eq!(pay_for(&app, (&maya, card), &liam, "10.00", late).await.1["code"], "request_expired");
    assert_eq!(pay_for(&app, (&maya, card), &liam, "10.00", taken_back).await.1["code"], "request_canceled");
}

async fn time_ends_a_request_but_not_one_being_paid(app: TestApp) {
    let (maya, card) = app.join("maya", "sandbox_visa_needs_action").await;
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let end = app.now_ms() + 60_000;
    let id = app.ask(&liam, "10.00", |form| form["expires_at_ms"] = json!(end)).await;
    let other = app.ask(&liam, "10.00", |form| form["expires_at_ms"] = json!(end)).await;
    let mut order = app.order(&maya, card, &liam, "10.00");
    order.request_id = Some(id);
    app.pay(&maya, &order).await;
    app.payment_when(&maya, order.id, |p| p.state == PaymentState::RequiresAction).await;
    assert_eq!(pay_for(&app, (&maya, card), &liam, "10.00", id).await.1["code"], "request_busy");
    app.pass_ms(61_000);
    app.request_when(&liam, other, "expired").await;
    app.request_when(&liam, id, "processing").await;
    app.change(&maya, "POST", &format!("/v1/payments/{}/cancel", order.id), "k1", &Value::Null).await;
    app.request_when(&liam, id, "expired").await;
}

async fn looking_marks_a_request_viewed_unless_it_is_ones_own(app: TestApp) {
    let (maya, _, liam) = two(&app).await;
    let id = app.ask(&liam, "10.00", |_| {}).await;
    let look = async |person: &Person| app.get(person, &format!("/v1/requests/{id}")).await.1["viewed"].clone();
    assert_eq!(look(&liam).await, json!(false));
    assert_eq!(look(&maya).await, json!(true));
    assert_eq!(look(&liam).await, json!(true));
}

async fn only_the_addressed_payer_declines_or_pays(app: TestApp) {
    let (maya, _, liam) = two(&app).await;
    let (eve, eves) = app.join("eve", "sandbox_visa_debit").await;
    let id = app.ask(&liam, "10.00", |form| form["payer_handle"] = json!("@Maya")).await;
    let path = format!("/v1/requests/{id}/decline");
    assert_eq!(app.change(&eve, "POST", &path, "k1", &Value::Null).await.0, StatusCode::NOT_FOUND);
    assert_eq!(pay_for(&app, (&eve, eves), &liam, "10.00", id).await.1["code"], "not_found");
    let (_, feed) = app.get(&maya, "/v1/feed").await;
    assert!(feed["changes"].to_string().contains(&id.to_string()), "the addressed payer hears of it");
    assert_eq!(app.change(&maya, "POST", &path, "k1", &Value::Null).await.1["state"], "declined");
    app.request_when(&liam, id, "declined").await;
}

async fn reminders_keep_their_distance(app: TestApp) {
    let (_, _, liam) = two(&app).await;
    let id = app.ask(&liam, "10.00", |form| form["payer_handle"] = json!("maya")).await;
    let path = format!("/v1/requests/{id}/remind");
    let (status, body) = app.change(&liam, "POST", &path, "k1", &Value::Null).await;
    assert_eq!((status, &body["reminded_at_ms"]), (StatusCode::OK, &json!(app.now_ms())));
    let (status, problem) = app.change(&liam, "POST", &path, "k2", &Value::Null).await;
    assert_eq!((status, &problem["retry_after_s"]), (StatusCode::TOO_MANY_REQUESTS, &json!(11)));
    app.pass_ms(10_000);
    assert_eq!(app.change(&liam, "POST", &path, "k3", &Value::Null).await.0, StatusCode::OK);
}

async fn a_link_for_many_stays_open(app: TestApp) {
    let (maya, card, liam) = two(&app).await;
    let (eve, eves) = app.join("eve", "sandbox_visa_debit").await;
    let id = app.ask(&liam, "10.00", |form| form["single_use"] = json!(false)).await;
    pay_for(&app, (&maya, card), &liam, "10.00", id).await;
    pay_for(&app, (&eve, eves), &liam, "10.00", id).await;
    let request = app.request_when(&liam, id, "open").await;
    assert_eq!((&request["paid"]["value"], &request["overpaid"]), (&json!("20.00"), &json!(false)));
}

async fn both_sides_see_what_a_request_is_a_part_of(app: TestApp) {
    let (maya, _, liam) = two(&app).await;
    let usd = |value: &str| json!({ "value": value, "currency": "USD" });
    let group = |total: Value, own: Value, title: &str| json!({ "id": "01935a3c-7d10-7001-8a1b-4e2d00000009", "kind": "split", "title": title, "total": total, "own": own });
    let dinner = group(usd("126.00"), usd("42.00"), "Dinner");
    let id = app
        .ask(&liam, "42.00", |form| {
            form["payer_handle"] = json!("maya");
            form["group"] = dinner.clone();
        })
        .await;
    for person in [&maya, &liam] {
        assert_eq!(app.get(person, &format!("/v1/requests/{id}")).await.1["group"], dinner);
    }
    let alone = app.ask(&liam, "1.00", |_| {}).await;
    assert_eq!(app.get(&liam, &format!("/v1/requests/{alone}")).await.1["group"], Value::Null);
    for (wrong, code) in [
        (group(usd("0.00"), usd("0.00"), "Dinner"), "amount_invalid"),
        (group(usd("10.00"), usd("10.01"), "Dinner"), "amount_invalid"),
        (group(json!({ "value": "126.00", "currency": "EUR" }), usd("0.00"), "Dinner"), "amount_invalid"),
        (group(usd("10.00"), usd("0.00"), " "), "malformed"),
        (group(usd("10.00"), usd("0.00"), &"a".repeat(81)), "malformed"),
    ] {
        let id = app.id();
        let form = json!({
            "id": id, "amount": usd("1.00"), "note": "", "payer_handle": null, "expires_at_ms": null, "single_use": true,
            "policy": { "partial": "accept", "over": "accept", "late": "accept" }, "group": wrong
        });
        let (_, problem) = app.change(&liam, "POST", "/v1/requests", &id.to_string(), &form).await;
        assert_eq!(problem["code"], code, "{wrong}");
    }
}
