use crate::app::{Person, TestApp};
use axum::http::StatusCode;
use protocol::body::{Bar, Me, PaymentState, Subject};
use serde_json::{Value, json};
use server::operator::OperatorError;
use uuid::Uuid;

crate::on_both! {
    whom_i_blocked_can_neither_pay_nor_ask_nor_remind_me_and_i_can_take_it_back,
    a_block_is_one_way_private_and_idempotent,
    a_report_is_kept_once_for_the_operator_and_only_so_many_a_day,
    the_operator_reads_and_closes_reports_beside_the_running_server,
    the_suspended_neither_pay_nor_ask_nor_are_paid_are_told_why_and_can_give_back,
}

async fn block(app: &TestApp, person: &Person, method: &str, other: Uuid, key: &str) -> StatusCode {
    app.change(person, method, &format!("/v1/blocks/{other}"), key, &Value::Null).await.0
}

fn ask_form(app: &TestApp, payer: &str) -> (String, Value) {
    let id = app.id().to_string();
    let form = json!({
        "id": id, "amount": { "value": "5.00", "currency": "USD" }, "note": "", "payer_handle": payer,
        "expires_at_ms": null, "single_use": true,
        "policy": { "partial": "accept", "over": "accept", "late": "accept" }
    });
    (id, form)
}

async fn whom_i_blocked_can_neither_pay_nor_ask_nor_remind_me_and_i_can_take_it_back(app: TestApp) {
    let (maya, _) = app.join("maya", "sandbox_visa_debit").await;
    let (eve, eves) = app.join("eve", "sandbox_visa_debit").await;
    let old = app.ask(&eve, "5.00", |form| form["payer_handle"] = json!("maya")).await;
    assert_eq!(block(&app, &maya, "PUT", eve.id, "b1").await, StatusCode::NO_CONTENT);

    let (status, problem) = app.pay(&eve, &app.order(&eve, eves, &maya, "5.00")).await;
    assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("cannot_be_paid")));
    let ask = json!({ "payee_id": maya.id, "amount": { "value": "5.00", "currency": "USD" }, "request_id": null });
    assert_eq!(app.change(&eve, "POST", "/v1/quotes", "q", &ask).await.1["code"], "cannot_be_paid");
    let (id, form) = ask_form(&app, "maya");
    assert_eq!(app.change(&eve, "POST", "/v1/requests", &id, &form).await.1["code"], "cannot_be_asked");
    let remind = format!("/v1/requests/{old}/remind");
    assert_eq!(app.change(&eve, "POST", &remind, "r1", &Value::Null).await.1["code"], "cannot_be_asked");
    assert_eq!(app.number("SELECT COUNT(*) FROM payment").await, 0);

    assert_eq!(block(&app, &maya, "DELETE", eve.id, "b2").await, StatusCode::NO_CONTENT);
    assert_eq!(app.pay(&eve, &app.order(&eve, eves, &maya, "5.00")).await.0, StatusCode::CREATED);
    let (id, form) = ask_form(&app, "maya");
    assert_eq!(app.change(&eve, "POST", "/v1/requests", &id, &form).await.0, StatusCode::CREATED);
}

async fn a_block_is_one_way_private_and_idempotent(app: TestApp) {
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let (eve, _) = app.join("eve", "sandbox_visa_debit").await;
    for key in ["b1", "b1", "b2"] {
        assert_eq!(block(&app, &maya, "PUT", eve.id, key).await, StatusCode::NO_CONTENT);
    }
    let (_, mine) = app.get(&maya, "/v1/blocks").await;
    assert_eq!((mine.as_array().map(Vec::len), &mine[0]["handle"]), (Some(1), &json!("eve")));
    assert_eq!(app.get(&eve, "/v1/blocks").await.1, json!([]));
    let (_, feed) = app.get(&eve, "/v1/feed").await;
    assert!(!feed.to_string().contains("maya"), "nobody is told: {feed}");
    assert_eq!(app.pay(&maya, &app.order(&maya, card, &eve, "1.00")).await.0, StatusCode::CREATED);
    assert_eq!(block(&app, &maya, "PUT", maya.id, "b3").await, StatusCode::BAD_REQUEST);
    assert_eq!(block(&app, &maya, "PUT", app.id(), "b4").await, StatusCode::NOT_FOUND);
}

async fn a_report_is_kept_once_for_the_operator_and_only_so_many_a_day(app: TestApp) {
    let (maya, _) = app.join("maya", "sandbox_visa_debit").await;
    let (eve, _) = app.join("eve", "sandbox_visa_debit").await;
    let report = |id: &str, words: &str| json!({ "id": id, "person_id": eve.id, "reason": "scam", "words": words });
    let first = app.id().to_string();
    for _ in 0..2 {
        let (status, body) = app.change(&maya, "POST", "/v1/reports", &first, &report(&first, "sold nothing")).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
    }
    let kept = "SELECT COUNT(*) FROM report WHERE reason = 'scam' AND words = 'sold nothing'";
    assert_eq!(app.number(kept).await, 1);
    let other = app.change(&maya, "POST", "/v1/reports", &first, &report(&first, "something else")).await;
    assert_eq!(other.1["code"], "id_reused");
    // Three a day in these tests; each attempt counts, so that nobody can probe for free.
    let fourth = app.id().to_string();
    let (status, problem) = app.change(&maya, "POST", "/v1/reports", &fourth, &report(&fourth, "")).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{problem}");
    assert!(problem["retry_after_s"].as_i64().is_some_and(|s| s > 3_600));
    app.pass_ms(86_400_000);
    // The session has ended meanwhile; somebody else's bucket is their own.
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let id = app.id().to_string();
    assert_eq!(app.change(&liam, "POST", "/v1/reports", &id, &report(&id, "")).await.0, StatusCode::NO_CONTENT);
}

async fn report(app: &TestApp, by: &Person, about: Uuid, words: &str) -> Uuid {
    let id = app.id();
    let form = json!({ "id": id, "person_id": about, "reason": "scam", "words": words });
    assert_eq!(app.change(by, "POST", "/v1/reports", &id.to_string(), &form).await.0, StatusCode::NO_CONTENT);
    id
}

async fn the_operator_reads_and_closes_reports_beside_the_running_server(app: TestApp) {
    let (maya, _) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let (eve, _) = app.join("eve", "sandbox_visa_debit").await;
    let first = report(&app, &maya, eve.id, "asks for parcel fees").await;
    app.pass_ms(1_000);
    let second = report(&app, &liam, eve.id, "").await;
    let desk = app.desk().await;
    let open = desk.reports(false).await.unwrap();
    assert_eq!(open.iter().map(|filed| filed.id).collect::<Vec<_>>(), [first, second], "oldest first");
    let filed = desk.report(&first.simple().to_string()[..10]).await.unwrap();
    assert_eq!(
        (filed.by.as_str(), filed.about.as_str(), filed.words.as_str()),
        ("maya", "eve", "asks for parcel fees")
    );
    assert_eq!((filed.about_count, filed.suspended, filed.closed), (2, false, None));
    for bad in ["", "  ", "hidden\u{202e}"] {
        assert!(matches!(desk.close(&first.to_string(), bad).await, Err(OperatorError::Note)), "{bad:?}");
    }
    let closed = desk.close(&first.to_string(), "Spoke to both; suspended.").await.unwrap();
    assert_eq!(closed.closed, Some((app.now_ms(), "Spoke to both; suspended.".to_owned())));
    assert!(matches!(desk.close(&first.to_string(), "again").await, Err(OperatorError::Closed(id)) if id == first));
    assert_eq!(desk.reports(false).await.unwrap().len(), 1);
    assert_eq!(desk.reports(true).await.unwrap().len(), 2);
    let nobody = [app.id().to_string(), first.to_string()[..7].to_owned(), "%".repeat(8)];
    for id in nobody {
        assert!(matches!(desk.report(&id).await, Err(OperatorError::NoReport(_))), "{id}");
    }
}

async fn the_suspended_neither_pay_nor_ask_nor_are_paid_are_told_why_and_can_give_back(app: TestApp) {
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    let (eve, eves) = app.join("eve", "sandbox_visa_debit").await;
    let order = app.order(&maya, card, &eve, "20.00");
    app.pay(&maya, &order).await;
    app.payment_when(&maya, order.id, |payment| payment.state == PaymentState::Succeeded).await;
    let desk = app.desk().await;
    assert_eq!(desk.set_suspended("@Eve", true).await.unwrap(), "eve");
    assert!(matches!(desk.set_suspended("eve", true).await, Err(OperatorError::Already(..))));
    assert!(matches!(desk.set_suspended("nobody", true).await, Err(OperatorError::NoPerson(_))));

    let (status, problem) = app.pay(&eve, &app.order(&eve, eves, &maya, "5.00")).await;
    assert_eq!((status, &problem["bars"]), (StatusCode::FORBIDDEN, &json!(["disabled"])));
    let (_, problem) = app.pay(&maya, &app.order(&maya, card, &eve, "5.00")).await;
    assert_eq!((&problem["code"], &problem["bars"]), (&json!("payee_not_eligible"), &json!(["disabled"])));
    let (id, form) = ask_form(&app, "maya");
    assert_eq!(app.change(&eve, "POST", "/v1/requests", &id, &form).await.1["bars"], json!(["disabled"]));
    app.browser().open("/@eve").await.says("cannot be paid").says_not("<form");
    let me: Me = serde_json::from_value(app.get(&eve, "/v1/me").await.1).unwrap();
    assert_eq!((me.send_bars, me.receive_bars), (vec![Bar::Disabled], vec![Bar::Disabled]));
    let (_, feed) = app.get(&eve, "/v1/feed?after=0&limit=500").await;
    let last = feed["changes"].as_array().unwrap().last().unwrap()["body"].as_str().unwrap();
    assert!(
        matches!(serde_json::from_str(last).unwrap(), Subject::Me(me) if me.send_bars == [Bar::Disabled]),
        "{last}"
    );

    let back = crate::returns::giving(&app, &eve, order.id, (maya.id, "maya"), "20.00");
    assert_eq!(crate::returns::give_back(&app, &eve, &back).await.0, StatusCode::CREATED);
    app.payment_when(&eve, back.id, |payment| payment.state == PaymentState::Succeeded).await;
    desk.set_suspended("eve", false).await.unwrap();
    assert_eq!(app.pay(&eve, &app.order(&eve, eves, &maya, "5.00")).await.0, StatusCode::CREATED);
}
