use crate::app::{Person, TestApp, Who};
use axum::http::StatusCode;
use ed25519_dalek::SigningKey;
use protocol::body::Session;
use serde_json::{Value, json};

crate::on_both! {
    joining_twice_with_the_same_form_is_one_account,
    handles_that_are_taken_alike_or_reserved_are_refused_with_the_verdict,
    forms_that_are_not_in_order_are_refused_with_the_reason,
    who_may_not_send_or_receive_is_told_why,
    sources_are_added_named_chosen_and_removed,
    cards_that_are_refused_say_which_rule,
    a_wrong_password_and_an_unknown_name_look_the_same,
    an_old_refresh_token_ends_the_session,
    a_lost_refresh_answer_can_be_asked_for_again,
    a_session_ends_with_its_time_and_with_signing_out,
    a_profile_keeps_its_picture_out_of_payments,
}

async fn joining_twice_with_the_same_form_is_one_account(app: TestApp) {
    let key = SigningKey::from_bytes(&[5; 32]);
    let form = app.join_form("maya", &key);
    let first = app.post_join(&form, &key).await;
    assert_eq!(first.0, StatusCode::CREATED);
    assert_eq!(app.post_join(&form, &key).await, first);
    let mut other = form.clone();
    other["password"] = json!("another good password");
    let (status, problem) = app.post_join(&other, &key).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("id_reused")));
    assert_eq!(app.number("SELECT COUNT(*) FROM person").await, 1);
}

async fn handles_that_are_taken_alike_or_reserved_are_refused_with_the_verdict(app: TestApp) {
    app.join_as("maria", |_| {}).await;
    let key = SigningKey::from_bytes(&[5; 32]);
    for (handle, verdict) in [
        ("maria", "taken"),
        ("rnaria", "look_alike"),
        ("adm1n", "reserved"),
        ("ab", "too_short"),
        ("a..b", "bad_character"),
    ] {
        let (status, problem) = app.post_join(&app.join_form(handle, &key), &key).await;
        assert_eq!(status, StatusCode::CONFLICT, "{handle}");
        assert_eq!((&problem["code"], &problem["handle"]), (&json!("handle_refused"), &json!(verdict)));
        let check = axum::http::Request::get(format!("/v1/handles/{handle}")).body(axum::body::Body::empty()).unwrap();
        assert_eq!(app.send(check).await.1["verdict"], verdict);
    }
}

async fn forms_that_are_not_in_order_are_refused_with_the_reason(app: TestApp) {
    app.join_as("first", |_| {}).await;
    let key = SigningKey::from_bytes(&[5; 32]);
    for (field, value, code) in [
        ("display_name", "Ma\u{202e}ya", "name_invalid"),
        ("display_name", "\u{200b}", "name_invalid"),
        ("email", "maya", "email_invalid"),
        ("email", "FIRST@mail.example", "email_taken"),
        ("password", "short", "password_weak"),
        ("password", "password123", "password_weak"),
        ("date_of_birth", "2001-02-29", "date_invalid"),
        ("date_of_birth", "2090-01-01", "date_invalid"),
        ("country", "usa", "malformed"),
        ("currency", "XAU", "malformed"),
    ] {
        let mut form = app.join_form("maya", &key);
        form[field] = json!(value);
        let (_, problem) = app.post_join(&form, &key).await;
        assert_eq!(problem["code"], code, "{field} {value:?}");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM person").await, 1);
}

async fn who_may_not_send_or_receive_is_told_why(app: TestApp) {
    let abroad = app.join_as("abroad", |form| form["country"] = json!("FR")).await;
    let young = app.join_as("young", |form| form["date_of_birth"] = json!("2015-01-01")).await;
    let (maya, _) = app.join("maya", "sandbox_prepaid_payroll").await;
    let bars = |me: &Value| (me["send_bars"].clone(), me["receive_bars"].clone());
    let none = (json!(["country", "no_sending_source"]), json!(["country", "no_receiving_source"]));
    assert_eq!(bars(&app.get(&abroad, "/v1/me").await.1), none);
    let none = (json!(["age", "no_sending_source"]), json!(["age", "no_receiving_source"]));
    assert_eq!(bars(&app.get(&young, "/v1/me").await.1), none);
    assert_eq!(bars(&app.get(&maya, "/v1/me").await.1), (json!([]), json!(["no_receiving_source"])));
    let (_, payee) = app.get(&maya, "/v1/people/abroad").await;
    assert_eq!(payee["receive_bars"], json!(["country", "no_receiving_source"]));
    let source = app.add_source(&abroad, "sandbox_visa_debit").await;
    let (status, problem) = app.pay(&abroad, &app.order(&abroad, source, &maya, "1.00")).await;
    assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("not_eligible")));
    assert_eq!(problem["bars"], json!(["country"]));
}

async fn sources_are_added_named_chosen_and_removed(app: TestApp) {
    let (maya, visa) = app.join("maya", "sandbox_visa_debit").await;
    let paypal = app.add_source(&maya, "sandbox_paypal").await;
    let form = json!({ "label": "Holiday", "is_default": true });
    let (status, source) = app.change(&maya, "PATCH", &format!("/v1/sources/{paypal}"), "k1", &form).await;
    assert_eq!(status, StatusCode::OK, "{source}");
    assert_eq!((&source["label"], &source["is_default"]), (&json!("Holiday"), &json!(true)));
    let (status, _) = app.change(&maya, "DELETE", &format!("/v1/sources/{paypal}"), "k2", &Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, sources) = app.get(&maya, "/v1/sources").await;
    assert_eq!(sources.as_array().map(Vec::len), Some(1));
    assert_eq!((&sources[0]["id"], &sources[0]["is_default"]), (&json!(visa), &json!(true)));
    let liam = app.join_as("liam", |_| {}).await;
    let (status, _) = app.change(&liam, "DELETE", &format!("/v1/sources/{visa}"), "k3", &Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

async fn cards_that_are_refused_say_which_rule(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    let (_, offers) = app.get(&maya, "/v1/sources/offers").await;
    assert_eq!(offers.as_array().map(Vec::len), Some(13));
    for (token, bar) in
        [("sandbox_credit", "credit_card"), ("sandbox_other_debit", "other_network"), ("sandbox_health", "health_card")]
    {
        let id = app.id();
        let form = json!({ "id": id, "token": token, "label": "" });
        let (status, problem) = app.change(&maya, "POST", "/v1/sources", &id.to_string(), &form).await;
        assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("source_refused")));
        assert_eq!(problem["bars"], json!([bar]));
    }
}

async fn a_wrong_password_and_an_unknown_name_look_the_same(app: TestApp) {
    let key = SigningKey::from_bytes(&[5; 32]);
    let form = app.join_form("maya", &key);
    app.post_join(&form, &key).await;
    let mut wrong = form.clone();
    wrong["password"] = json!("not the password");
    let mut unknown = form.clone();
    unknown["handle"] = json!("nobody");
    let answers = (app.sign_in(&wrong, &key).await, app.sign_in(&unknown, &key).await);
    assert_eq!(answers.0, answers.1);
    assert_eq!(answers.0.1["code"], "wrong_credentials");
    let mut elsewhere = form.clone();
    elsewhere["device"]["id"] = json!(app.id());
    assert_eq!(app.sign_in(&elsewhere, &key).await.1["code"], "device_refused");
    let stranger = SigningKey::from_bytes(&[6; 32]);
    assert_eq!(app.sign_in(&form, &stranger).await.1["code"], "bad_signature");
}

async fn refresh(app: &TestApp, person: &Person, token: &str) -> (StatusCode, Value) {
    let who = Who { token: None, ..person.who() };
    let body = json!({ "refresh_token": token }).to_string();
    app.send(app.signed(&who, "POST", "/v1/sessions/refresh", None, body.as_bytes())).await
}

async fn an_old_refresh_token_ends_the_session(app: TestApp) {
    let mut maya = app.join_as("maya", |_| {}).await;
    let first = maya.session.refresh_token.clone();
    let (status, session) = refresh(&app, &maya, &first).await;
    assert_eq!(status, StatusCode::OK, "{session}");
    maya.session = serde_json::from_value(session).unwrap();
    assert_eq!(app.get(&maya, "/v1/me").await.0, StatusCode::OK);
    assert_eq!(refresh(&app, &maya, &first).await.1["code"], "signed_out");
    assert_eq!(app.get(&maya, "/v1/me").await.1["code"], "signed_out");
    assert_eq!(refresh(&app, &maya, &maya.session.refresh_token).await.1["code"], "signed_out");
}

async fn a_lost_refresh_answer_can_be_asked_for_again(app: TestApp) {
    let mut maya = app.join_as("maya", |_| {}).await;
    let first = maya.session.refresh_token.clone();
    let (_, lost) = refresh(&app, &maya, &first).await;
    let (status, again) = refresh(&app, &maya, &first).await;
    assert_eq!(status, StatusCode::OK, "{again}");
    let lost: Session = serde_json::from_value(lost).unwrap();
    maya.session = serde_json::from_value(again).unwrap();
    assert_ne!(lost.access_token, maya.session.access_token);
    assert_eq!(app.get(&maya, "/v1/me").await.0, StatusCode::OK);
}

async fn a_session_ends_with_its_time_and_with_signing_out(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    let stranger =
        Person { key: SigningKey::from_bytes(&[9; 32]), session: maya.session.clone(), handle: String::new(), ..maya };
    let out = app.signed(&stranger.who(), "DELETE", "/v1/sessions", None, b"");
    assert_eq!(app.send(out).await.1["code"], "bad_signature");
    app.pass_ms(15 * 60_000);
    assert_eq!(app.get(&stranger, "/v1/me").await.1["code"], "signed_out");
    let liam = app.join_as("liam", |_| {}).await;
    let out = app.signed(&liam.who(), "DELETE", "/v1/sessions", None, b"");
    assert_eq!(app.send(out).await.0, StatusCode::NO_CONTENT);
    assert_eq!(app.get(&liam, "/v1/me").await.1["code"], "signed_out");
}

async fn a_profile_keeps_its_picture_out_of_payments(app: TestApp) {
    let (maya, _) = app.join("maya", "sandbox_visa_debit").await;
    let picture = "iVBORw0KGgo=";
    let form = json!({ "display_name": "Maya Chen", "picture": picture });
    let (status, me) = app.change(&maya, "PUT", "/v1/me", "k1", &form).await;
    assert_eq!((status, &me["person"]["picture"]), (StatusCode::OK, &json!(picture)));
    for bad in ["PHN2Zz4=", "???"] {
        let form = json!({ "display_name": "Maya", "picture": bad });
        assert_eq!(app.change(&maya, "PUT", "/v1/me", "k2", &form).await.1["code"], "malformed");
    }
    let id = app.ask(&maya, "5.00", |_| {}).await;
    let (_, request) = app.get(&maya, &format!("/v1/requests/{id}")).await;
    assert_eq!(
        (&request["requester"]["display_name"], &request["requester"]["picture"]),
        (&json!("Maya Chen"), &Value::Null)
    );
}
