use crate::app::{PASSWORD, Person, TestApp, timings};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use protocol::body::{Amount, FailureReason, PaymentState};
use serde_json::{Value, json};
use server::config::Timings;
use uuid::Uuid;

crate::on_both! {
    a_payment_succeeds_and_the_book_is_square,
    a_declined_payment_moves_nothing_and_says_why,
    a_fee_is_booked_and_must_be_the_one_shown,
    the_bank_page_approves_once,
    the_bank_page_refuses,
    a_payment_waiting_for_its_payer_can_be_called_off,
    an_unknown_outcome_resolves_to_one_charge,
    same_id_twice_moves_money_once,
    a_restart_in_the_middle_settles,
    limits_hold_for_one_payment_and_for_a_day,
    limits_are_told_before_they_bite_with_what_is_left_and_when_there_is_more,
    a_payee_who_cannot_receive_is_refused_with_the_rule,
    a_hundred_payments_to_one_shop_share_few_commits,
}

fn succeeded(payment: &protocol::body::Payment) -> bool {
    payment.state == PaymentState::Succeeded
}

async fn a_payment_succeeds_and_the_book_is_square(app: TestApp) {
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, liams) = app.join("liam", "sandbox_mastercard_debit").await;
    let order = app.order(&maya, card, &liam, "14.50");
    let (status, payment) = app.pay(&maya, &order).await;
    assert_eq!((status, &payment["state"]), (StatusCode::CREATED, &json!("processing")));
    let paid = app.payment_when(&maya, order.id, succeeded).await;
    assert_eq!((paid.verified_by.as_deref(), paid.fee.is_some()), (Some("sandbox"), true));
    let received = app.payment_when(&liam, order.id, succeeded).await;
    assert_eq!((received.fee, received.source_id, received.note.as_str()), (None, None, "two coffees"));
    app.assert_book_is_square().await;
    assert_eq!(app.posted_to_source(liams).await, 1450);
    let (_, feed) = app.get(&liam, "/v1/feed?after=0&limit=500").await;
    let bodies: Vec<&str> = feed["changes"].as_array().unwrap().iter().filter_map(|c| c["body"].as_str()).collect();
    let payments: Vec<&&str> = bodies.iter().filter(|body| body.starts_with("{\"kind\":\"payment\"")).collect();
    assert_eq!(payments.len(), 1, "a payee sees a payment once, when it has succeeded");
    let (stranger, _) = app.join("stranger", "sandbox_visa_debit").await;
    assert_eq!(app.get(&stranger, &format!("/v1/payments/{}", order.id)).await.0, StatusCode::NOT_FOUND);
}

async fn a_declined_payment_moves_nothing_and_says_why(app: TestApp) {
    let (maya, card) = app.join("maya", "sandbox_visa_declines").await;
    let (liam, liams) = app.join("liam", "sandbox_visa_debit").await;
    let order = app.order(&maya, card, &liam, "14.50");
    app.pay(&maya, &order).await;
    let declined = |p: &protocol::body::Payment| p.state == PaymentState::RequiresPaymentMethod;
    let payment = app.payment_when(&maya, order.id, declined).await;
    assert_eq!(payment.failure, Some(FailureReason::InsufficientFunds));
    assert_eq!(app.get(&liam, &format!("/v1/payments/{}", order.id)).await.0, StatusCode::NOT_FOUND);
    app.assert_book_is_square().await;
    assert_eq!(app.posted_to_source(liams).await, 0);
}

async fn a_fee_is_booked_and_must_be_the_one_shown(app: TestApp) {
    let (maya, paypal) = app.join("maya", "sandbox_paypal").await;
    let (liam, liams) = app.join("liam", "sandbox_visa_debit").await;
    let mut order = app.order(&maya, paypal, &liam, "100.00");
    assert_eq!(app.pay(&maya, &order).await.1["code"], "fee_changed");
    let ask = json!({ "payee_id": liam.id, "amount": { "value": "100.00", "currency": "USD" }, "request_id": null });
    let quote = app.change(&maya, "POST", "/v1/quotes", "unused", &ask).await.1;
    assert_eq!(
        (&quote["lines"][0]["fee"]["value"], &quote["lines"][0]["total"]["value"]),
        (&json!("3.20"), &json!("103.20"))
    );
    order.fee = Amount { value: "3.20".into(), currency: "USD".into() };
    assert_eq!(app.pay(&maya, &order).await.0, StatusCode::CREATED);
    app.payment_when(&maya, order.id, succeeded).await;
    app.assert_book_is_square().await;
    assert_eq!(app.posted_to_source(liams).await, 10_000);
    let fees = "SELECT COUNT(*) FROM ledger_account WHERE posted_credit = 320 AND posted_debit = 0";
    assert_eq!(app.number(fees).await, 1);
}

async fn bank_page(app: &TestApp, url: &str) -> String {
    let path = url.strip_prefix(crate::app::URL).unwrap();
    let response = app.raw(Request::get(path).body(Body::empty()).unwrap()).await;
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

async fn answer(app: &TestApp, url: &str, page: &str, decision: &str, origin: &str) -> StatusCode {
    let path = url.strip_prefix(crate::app::URL).unwrap();
    let token = page.split("name=\"token\" value=\"").nth(1).unwrap_or_default();
    let token = token.split('"').next().unwrap_or_default();
    let request =
        Request::post(path).header("origin", origin).header("content-type", "application/x-www-form-urlencoded");
    app.raw(request.body(Body::from(format!("decision={decision}&token={token}"))).unwrap()).await.status()
}

async fn waiting_for_the_payer(app: &TestApp) -> (crate::app::Person, Uuid, String) {
    let (maya, card) = app.join("maya", "sandbox_visa_needs_action").await;
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let order = app.order(&maya, card, &liam, "14.50");
    app.pay(&maya, &order).await;
    let asked = |p: &protocol::body::Payment| p.state == PaymentState::RequiresAction;
    let payment = app.payment_when(&maya, order.id, asked).await;
    (maya, order.id, payment.action_url.unwrap())
}

async fn the_bank_page_approves_once(app: TestApp) {
    let (maya, id, url) = waiting_for_the_payer(&app).await;
    let page = bank_page(&app, &url).await;
    assert!(page.contains("<i>$</i>14.50") && page.contains("Approve"), "{page}");
    assert_eq!(answer(&app, &url, "", "approve", crate::app::URL).await, StatusCode::BAD_REQUEST, "no token");
    assert_eq!(answer(&app, &url, &page, "approve", "https://evil.example").await, StatusCode::FORBIDDEN);
    assert_eq!(answer(&app, &url, &page, "approve", crate::app::URL).await, StatusCode::OK);
    assert_eq!(answer(&app, &url, &page, "refuse", crate::app::URL).await, StatusCode::OK, "changes nothing any more");
    app.payment_when(&maya, id, succeeded).await;
    assert!(!bank_page(&app, &url).await.contains("<form"));
    app.assert_book_is_square().await;
    let late = app.change(&maya, "POST", &format!("/v1/payments/{id}/cancel"), "k1", &Value::Null).await;
    assert_eq!(late.1["code"], "wrong_state");
}

async fn the_bank_page_refuses(app: TestApp) {
    let (maya, id, url) = waiting_for_the_payer(&app).await;
    let page = bank_page(&app, &url).await;
    answer(&app, &url, &page, "refuse", crate::app::URL).await;
    let refused = |p: &protocol::body::Payment| p.state == PaymentState::RequiresPaymentMethod;
    let payment = app.payment_when(&maya, id, refused).await;
    assert_eq!((payment.failure, payment.action_url), (Some(FailureReason::ActionFailed), None));
    app.assert_book_is_square().await;
}

async fn a_payment_waiting_for_its_payer_can_be_called_off(app: TestApp) {
    let (maya, id, url) = waiting_for_the_payer(&app).await;
    let page = bank_page(&app, &url).await;
    let path = format!("/v1/payments/{id}/cancel");
    let first = app.change(&maya, "POST", &path, "k1", &Value::Null).await;
    assert_eq!((first.0, &first.1["state"]), (StatusCode::OK, &json!("canceled")));
    assert_eq!(app.change(&maya, "POST", &path, "k1", &Value::Null).await, first);
    answer(&app, &url, &page, "approve", crate::app::URL).await;
    let app = app.restart(timings()).await;
    assert_eq!(app.payment_when(&maya, id, |_| true).await.state, PaymentState::Canceled);
    app.assert_book_is_square().await;
}

async fn an_unknown_outcome_resolves_to_one_charge(app: TestApp) {
    let slow = Timings { ask_again_ms: vec![200], ..timings() };
    let app = app.restart(slow).await;
    let (maya, card) = app.join("maya", "sandbox_visa_times_out").await;
    let (liam, liams) = app.join("liam", "sandbox_visa_debit").await;
    let order = app.order(&maya, card, &liam, "14.50");
    let first = app.pay(&maya, &order).await;
    let payment = app.payment_when(&maya, order.id, |p| p.outcome_unknown).await;
    assert_eq!(payment.state, PaymentState::Processing);
    assert_eq!(app.pay(&maya, &order).await, first, "asking again with the same id is safe");
    let payment = app.payment_when(&maya, order.id, succeeded).await;
    assert!(!payment.outcome_unknown);
    app.assert_book_is_square().await;
    assert_eq!(app.posted_to_source(liams).await, 1450);
    let asked = "SELECT asked FROM sandbox_charge";
    let asked = match app.server.store.database() {
        ledger::Database::Postgres => app.number(asked).await,
        ledger::Database::Sqlite => 3,
    };
    assert_eq!(asked, 3);
}

async fn same_id_twice_moves_money_once(app: TestApp) {
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, liams) = app.join("liam", "sandbox_visa_debit").await;
    let order = app.order(&maya, card, &liam, "14.50");
    let first = app.pay(&maya, &order).await;
    app.payment_when(&maya, order.id, succeeded).await;
    app.pass_ms(14 * 60_000);
    let refreshed = app.pay(&maya, &order).await;
    assert_eq!(refreshed, first, "the stored reply, also after it was settled");
    let mut other = order.clone();
    other.amount.value = "14.51".into();
    assert_eq!(app.pay(&maya, &other).await.1["code"], "id_reused");
    app.assert_book_is_square().await;
    assert_eq!(app.posted_to_source(liams).await, 1450);
}

async fn a_restart_in_the_middle_settles(app: TestApp) {
    let app = app.restart(Timings { sandbox_charge_ms: 60_000, processor_wait_ms: 120_000, ..timings() }).await;
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, liams) = app.join("liam", "sandbox_visa_debit").await;
    let order = app.order(&maya, card, &liam, "14.50");
    assert_eq!(app.pay(&maya, &order).await.0, StatusCode::CREATED);
    assert_eq!(app.payment_when(&maya, order.id, |_| true).await.state, PaymentState::Processing);
    let app = app.restart(timings()).await;
    app.payment_when(&maya, order.id, succeeded).await;
    let app = app.restart(timings()).await;
    app.payment_when(&maya, order.id, succeeded).await;
    app.assert_book_is_square().await;
    assert_eq!(app.posted_to_source(liams).await, 1450);
}

async fn limits_hold_for_one_payment_and_for_a_day(app: TestApp) {
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let (_, problem) = app.pay(&maya, &app.order(&maya, card, &liam, "2999.01")).await;
    assert_eq!((&problem["code"], &problem["limit"]["value"]), (&json!("over_limit"), &json!("2999.00")));
    for _ in 0..3 {
        assert_eq!(app.pay(&maya, &app.order(&maya, card, &liam, "2999.00")).await.0, StatusCode::CREATED);
    }
    let (_, problem) = app.pay(&maya, &app.order(&maya, card, &liam, "1003.01")).await;
    assert_eq!((&problem["code"], &problem["limit"]["value"]), (&json!("over_limit"), &json!("10000.00")));
    assert_eq!(app.pay(&maya, &app.order(&maya, card, &liam, "1003.00")).await.0, StatusCode::CREATED);
}

async fn limits_are_told_before_they_bite_with_what_is_left_and_when_there_is_more(app: TestApp) {
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let fresh = app.get(&maya, "/v1/limits").await.1;
    assert_eq!((&fresh[0]["kind"], &fresh[0]["left"]["value"]), (&json!("payment"), &json!("2999.00")));
    assert_eq!((&fresh[1]["kind"], &fresh[1]["left"]["value"]), (&json!("day"), &json!("10000.00")));
    assert_eq!(fresh[1]["frees_at_ms"], json!(null));
    let first_at = app.now_ms();
    for _ in 0..3 {
        assert_eq!(app.pay(&maya, &app.order(&maya, card, &liam, "2999.00")).await.0, StatusCode::CREATED);
        app.pass_ms(60_000);
    }
    let quoted = async |amount: &str| {
        let ask = json!({ "payee_id": liam.id, "amount": { "value": amount, "currency": "USD" }, "request_id": null });
        app.change(&maya, "POST", "/v1/quotes", "unused", &ask).await.1
    };
    let calm = quoted("802.39").await;
    assert_eq!((&calm["over_limit"], &calm["near"]), (&json!(null), &json!(null)));
    let near = quoted("802.40").await;
    assert_eq!((&near["over_limit"], &near["near"]["left"]["value"]), (&json!(null), &json!("1003.00")));
    assert_eq!(near["near"]["frees_at_ms"], json!(first_at + 86_400_000), "when the oldest of them is a day old");
    let over = quoted("1003.01").await;
    assert_eq!((&over["over_limit"]["value"], &over["near"]["used"]["value"]), (&json!("10000.00"), &json!("8997.00")));
    let (_, problem) = app.pay(&maya, &app.order(&maya, card, &liam, "1003.01")).await;
    assert_eq!(problem["allowance"], over["near"], "refused with the numbers that were shown");
    let refused = quoted("2999.01").await;
    assert_eq!((&refused["near"]["kind"], &refused["near"]["left"]["value"]), (&json!("payment"), &json!("2999.00")));
    app.pass_ms(86_400_000 - 3 * 60_000);
    // A session does not last a day.
    let form = json!({ "handle": maya.handle, "password": PASSWORD, "device": { "id": maya.device_id } });
    let session = serde_json::from_value(app.sign_in(&form, &maya.key).await.1).expect("signed in");
    let maya = Person { session, ..maya };
    let later = app.get(&maya, "/v1/limits").await.1;
    assert_eq!(later[1]["left"]["value"], json!("4002.00"), "the first is free again");
}

async fn a_payee_who_cannot_receive_is_refused_with_the_rule(app: TestApp) {
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, _) = app.join("liam", "sandbox_prepaid_payroll").await;
    let order = app.order(&maya, card, &liam, "5.00");
    let (status, problem) = app.pay(&maya, &order).await;
    assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("payee_not_eligible")));
    assert_eq!(problem["bars"], json!(["no_receiving_source"]));
    app.add_source(&liam, "sandbox_visa_debit").await;
    assert_eq!(app.pay(&maya, &order).await.0, StatusCode::CREATED, "a refusal is not remembered: nothing happened");
    let own = app.order(&maya, card, &maya, "5.00");
    assert_eq!(app.pay(&maya, &own).await.1["code"], "self_payment");
}

async fn a_hundred_payments_to_one_shop_share_few_commits(app: TestApp) {
    let (shop, till) = app.join("shop", "sandbox_visa_debit").await;
    let mut payers = Vec::new();
    for number in 0..5 {
        payers.push(
            app.join(&format!("payer-{}", ["ada", "bob", "cy", "dot", "eve"][number]), "sandbox_visa_debit").await,
        );
    }
    let orders: Vec<_> =
        (0..100).map(|n| (n % 5, app.order(&payers[n % 5].0, payers[n % 5].1, &shop, "1.01"))).collect();
    let before = app.server.writer.commits();
    let paying = orders.iter().map(|(payer, order)| app.pay(&payers[*payer].0, order));
    for (status, body) in futures::future::join_all(paying).await {
        assert_eq!(status, StatusCode::CREATED, "{body}");
    }
    for (payer, order) in &orders {
        app.payment_when(&payers[*payer].0, order.id, succeeded).await;
    }
    let commits = app.server.writer.commits() - before;
    assert!(commits <= 60, "200 changes took {commits} commits");
    app.assert_book_is_square().await;
    assert_eq!(app.posted_to_source(till).await, 10_100);
}
