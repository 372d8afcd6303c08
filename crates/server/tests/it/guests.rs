use crate::app::{Person, TestApp, URL, timings};
use axum::http::StatusCode;
use protocol::body::{Payment, Subject};
use serde_json::json;
use server::config::Timings;
use uuid::Uuid;

crate::on_both! {
    a_guest_pays_a_request_and_the_requester_sees_it,
    sending_the_form_twice_and_reloading_pays_once,
    a_form_that_was_used_does_not_pay_something_else,
    every_practice_card_does_what_it_says,
    a_card_that_is_refused_says_why_and_moves_nothing,
    the_bank_of_a_guest_asks_first,
    an_unknown_outcome_is_shown_as_unknown_and_resolves_to_one_charge,
    a_guest_who_leaves_or_is_declined_is_in_nobodys_way,
    who_comes_second_is_told_before_anything_is_charged,
    rules_for_part_over_and_late_money_hold_for_guests,
    the_rest_of_a_request_is_paid_once_by_one_form,
    a_typed_amount_is_read_or_asked_about,
    paypal_costs_what_was_shown,
    guests_are_limited_by_address_and_by_limit,
    a_guest_is_nobody_that_can_be_paid_or_signed_in,
    a_payment_begun_before_a_restart_goes_on_after_it,
}

/// What a person's feed says of payments, newest last.
async fn payments(app: &TestApp, person: &Person) -> Vec<Payment> {
    let (_, feed) = app.get(person, "/v1/feed?after=0&limit=500").await;
    let bodies = feed["changes"].as_array().unwrap().iter();
    let subjects = bodies.map(|change| serde_json::from_str(change["body"].as_str().unwrap()).unwrap());
    subjects.filter_map(|subject| if let Subject::Payment(payment) = subject { Some(payment) } else { None }).collect()
}

async fn liam_asks(app: &TestApp, amount: &str) -> (Person, Uuid, Uuid, String) {
    let (liam, source) = app.join("liam", "sandbox_visa_debit").await;
    let id = app.ask(&liam, amount, |_| {}).await;
    (liam, source, id, format!("/r/{}", pay::short_id(id)))
}

const CARD: &[(&str, &str)] = &[("method", "card"), ("name", "Ana López")];

async fn a_guest_pays_a_request_and_the_requester_sees_it(app: TestApp) {
    let (liam, source, id, path) = liam_asks(&app, "14.50").await;
    let browser = app.browser();
    let page = browser.open(&path).await;
    page.says("Name of liam").says("@liam").says("<i>$</i>14.50").says("lunch").says("Pay $14.50").says("<svg");
    let receipt = browser.pay(&path, CARD, "sandbox_visa_debit").await;
    assert!(receipt.path.starts_with("/v/"), "{}", receipt.path);
    receipt.says("Paid, practice").says("<i>$</i>14.50").says("the practice processor").says("practice money");
    receipt.says_not("Ana").says_not("lunch");
    let request = app.request_when(&liam, id, "paid").await;
    assert_eq!(request["paid"]["value"], "14.50");
    let received = payments(&app, &liam).await;
    assert_eq!(received.len(), 1);
    assert!(received[0].payer.is_guest());
    assert_eq!((received[0].payer.display_name.as_str(), received[0].request_id), ("Ana López", Some(id)));
    app.assert_book_is_square().await;
    assert_eq!(app.posted_to_source(source).await, 1450);
    browser
        .open(&path)
        .await
        .says("Paid")
        .says("nothing left to pay")
        .says_not("<form")
        .says_not("You pay")
        .says_not("another device");
}

async fn sending_the_form_twice_and_reloading_pays_once(app: TestApp) {
    let (liam, source) = app.join("liam", "sandbox_visa_debit").await;
    let browser = app.browser();
    let page = browser.open("/@liam/25.00-USD").await;
    // Both at once, as an impatient finger does it.
    let (first, second) = tokio::join!(browser.send(&page, CARD), browser.send(&page, CARD));
    assert_eq!(first.path, second.path, "one page of the processor");
    let choice = [("decision", "pay"), ("source", "sandbox_visa_debit")];
    let (paid, again) = tokio::join!(browser.send(&first, &choice), browser.send(&first, &choice));
    assert_eq!(paid.path, again.path);
    paid.says("Paid, practice");
    // Back to the processor's page, back to the form, reload of everything.
    let other = [("decision", "pay"), ("source", "sandbox_mastercard_debit")];
    assert_eq!(browser.send(&first, &other).await.path, paid.path);
    assert_eq!(browser.send(&page, CARD).await.path, paid.path);
    browser.open(&first.path).await.says("was answered");
    browser.open(&paid.path).await.says("Paid, practice");
    assert_eq!(app.number("SELECT COUNT(*) FROM payment").await, 1);
    assert_eq!(payments(&app, &liam).await.len(), 1);
    app.assert_book_is_square().await;
    assert_eq!(app.posted_to_source(source).await, 2500);
}

async fn a_form_that_was_used_does_not_pay_something_else(app: TestApp) {
    let (_, source) = app.join("liam", "sandbox_visa_debit").await;
    let browser = app.browser();
    let page = browser.open("/@liam").await;
    let of = |amount| [("method", "card"), ("amount", amount)];
    let checkout = browser.send(&page, &of("10")).await;
    let other = browser.send(&page, &of("11")).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    other.says("$10.00").says("/pay/");
    browser.send(&checkout, &[("decision", "pay"), ("source", "sandbox_visa_debit")]).await.says("$</i>10.00");
    assert_eq!(browser.send(&page, &of("11")).await.status, StatusCode::CONFLICT);
    // A form for another page, an id or a time that is not ours, and a form that lay for hours.
    let body = page.form(&of("10"));
    let old = browser.open("/@liam").await;
    for bad in [body.replace("token=", "token=0"), body.replace("served=1", "served=2"), String::new()] {
        assert_eq!(browser.post("/begin/@liam", URL, &bad).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    assert_eq!(browser.post("/begin/@liam/9.00-USD", URL, &body).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(browser.post("/begin/@liam", "https://evil.example", &body).await.status, StatusCode::FORBIDDEN);
    app.pass_ms(2 * 3_600_000);
    browser.send(&old, &of("10")).await.says("open for too long");
    assert_eq!(app.posted_to_source(source).await, 1000);
}

async fn every_practice_card_does_what_it_says(app: TestApp) {
    let (_, source) = app.join("liam", "sandbox_visa_debit").await;
    let browser = app.browser();
    let good = [
        "sandbox_visa_debit",
        "sandbox_mastercard_debit",
        "sandbox_prepaid_reloadable",
        "sandbox_prepaid_payroll",
        "sandbox_government",
        "sandbox_government_send_only",
    ];
    for token in good {
        browser.pay("/@liam/1.00-USD", CARD, token).await.says("Paid, practice");
    }
    let declined = browser.pay("/@liam/1.00-USD", CARD, "sandbox_visa_declines").await;
    declined.says("not enough in the account").says("No money moved").says_not("Paid,");
    browser.open(&declined.path).await.says("not enough in the account");
    assert_eq!(app.posted_to_source(source).await, 600);
    app.assert_book_is_square().await;
}

async fn a_card_that_is_refused_says_why_and_moves_nothing(app: TestApp) {
    let (_, source) = app.join("liam", "sandbox_visa_debit").await;
    let browser = app.browser();
    let page = browser.open("/@liam/1.00-USD").await;
    let checkout = browser.send(&page, CARD).await;
    for (token, why) in [
        ("sandbox_credit", "Credit cards are not taken here"),
        ("sandbox_other_debit", "Only Visa and Mastercard debit"),
        ("sandbox_health", "Health cards can pay for health only"),
        ("sandbox_paypal", "Choose one first"),
        ("<b>", "Choose one first"),
        ("", "Choose one first"),
    ] {
        let refused = browser.send(&checkout, &[("decision", "pay"), ("source", token)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{token}");
        refused.says(&format!("<b>{why}"));
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM payment").await, 0);
    let paid = browser.send(&checkout, &[("decision", "pay"), ("source", "sandbox_visa_debit")]).await;
    paid.says("Paid, practice");
    assert_eq!(app.posted_to_source(source).await, 100);
}

async fn the_bank_of_a_guest_asks_first(app: TestApp) {
    let (liam, source, id, path) = liam_asks(&app, "14.50").await;
    let browser = app.browser();
    let asked = browser.pay(&path, CARD, "sandbox_visa_needs_action").await;
    asked.says("The bank asks you to confirm").says_not("Paid,");
    let bank = asked.html.split("href=\"/sandbox/action/").nth(1).unwrap().split('"').next().unwrap();
    let page = browser.open(&format!("/sandbox/action/{bank}")).await;
    let done = browser.send(&page, &[]).await;
    done.says("Approved");
    browser.open(&asked.path).await.says("Paid, practice");
    app.request_when(&liam, id, "paid").await;
    assert_eq!(app.posted_to_source(source).await, 1450);
    app.assert_book_is_square().await;
}

async fn an_unknown_outcome_is_shown_as_unknown_and_resolves_to_one_charge(app: TestApp) {
    let app = app.restart(Timings { ask_again_ms: vec![300], ..timings() }).await;
    let (liam, source, id, path) = liam_asks(&app, "14.50").await;
    let browser = app.browser();
    let unknown = browser.pay(&path, CARD, "sandbox_visa_times_out").await;
    unknown.says("Do not pay again").says("Look again").says_not("Paid,").says_not("proof");
    browser.open(&path).await.says("on its way").says_not("<form");
    app.request_when(&liam, id, "paid").await;
    browser.open(&unknown.path).await.says("Paid, practice");
    assert_eq!(app.posted_to_source(source).await, 1450);
    app.assert_book_is_square().await;
}

async fn a_guest_who_leaves_or_is_declined_is_in_nobodys_way(app: TestApp) {
    let (liam, source, id, path) = liam_asks(&app, "14.50").await;
    let browser = app.browser();
    let page = browser.open(&path).await;
    let dawdling = browser.send(&page, CARD).await;
    assert_eq!(app.request_when(&liam, id, "open").await["paid"]["value"], "0.00");
    let left = browser.send(&dawdling, &[("decision", "leave")]).await;
    left.says("You left before paying");
    assert_eq!(browser.send(&page, CARD).await.path, left.path, "this form is done with");
    browser.pay(&path, CARD, "sandbox_visa_declines").await.says("The bank said no");
    app.request_when(&liam, id, "open").await;
    browser.pay(&path, CARD, "sandbox_visa_debit").await.says("Paid, practice");
    assert_eq!(app.posted_to_source(source).await, 1450);
    app.assert_book_is_square().await;
}

async fn who_comes_second_is_told_before_anything_is_charged(app: TestApp) {
    let (_, source, _, path) = liam_asks(&app, "14.50").await;
    let browser = app.browser();
    let (one, two) = (browser.open(&path).await, browser.open(&path).await);
    let (one, two) = (browser.send(&one, CARD).await, browser.send(&two, CARD).await);
    let choice = [("decision", "pay"), ("source", "sandbox_visa_debit")];
    browser.send(&one, &choice).await.says("Paid, practice");
    let second = browser.send(&two, &choice).await;
    second.says("It was paid meanwhile").says("No money moved").says_not("Paid,");
    browser.open(&second.path).await.says("It was paid meanwhile");
    assert_eq!(app.number("SELECT COUNT(*) FROM payment").await, 1);
    assert_eq!(app.posted_to_source(source).await, 1450);
    app.assert_book_is_square().await;
}

async fn rules_for_part_over_and_late_money_hold_for_guests(app: TestApp) {
    let (liam, source) = app.join("liam", "sandbox_visa_debit").await;
    let browser = app.browser();
    let soft = app.ask(&liam, "10.00", |_| {}).await;
    let path = format!("/r/{}", pay::short_id(soft));
    let of = |amount| [("method", "card"), ("amount", amount)];
    browser.pay(&path, &of("4"), "sandbox_visa_debit").await.says("<i>$</i>4.00");
    app.request_when(&liam, soft, "partially_paid").await;
    browser.open(&path).await.says("Still to pay").says("<i>$</i>6.00").says("$4.00 of $10.00 has been paid");
    let rest = browser.open(&path).await;
    browser.pay(&path, &of("7,00"), "sandbox_visa_debit").await.says("<i>$</i>7.00");
    assert_eq!(app.request_when(&liam, soft, "paid").await["overpaid"], true);
    // A form shows what it pays, whatever came since: this one showed $6.00 and finds the request paid.
    browser.send(&rest, CARD).await.says("It was paid meanwhile");
    assert_eq!(
        browser.post(&rest.action(), URL, &rest.form(CARD).replace("asked=6.00", "asked=1.00")).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(app.posted_to_source(source).await, 1100);

    let strict = |form: &mut serde_json::Value| {
        form["policy"] = json!({ "partial": "refuse", "over": "refuse", "late": "refuse" });
    };
    let end_ms = app.now_ms() + 60_000;
    let hard = app.ask(&liam, "10.00", |form| {
        strict(form);
        form["expires_at_ms"] = json!(end_ms);
    });
    let hard = hard.await;
    let path = format!("/r/{}", pay::short_id(hard));
    let page = browser.open(&path).await;
    page.says("Can be paid until").says_not("Pay another amount");
    let checkout = browser.send(&page, &of("4")).await;
    checkout.says("<i>$</i>10.00");
    app.pass_ms(60_000);
    browser.send(&page, CARD).await;
    let late = browser.send(&checkout, &[("decision", "pay"), ("source", "sandbox_visa_debit")]).await;
    late.says("expired").says("No money moved");
    app.request_when(&liam, hard, "expired").await;
    browser.open(&path).await.says("This code has expired").says_not("<form");

    let end_ms = app.now_ms() + 60_000;
    let kind = app.ask(&liam, "10.00", |form| form["expires_at_ms"] = json!(end_ms)).await;
    app.pass_ms(60_000);
    app.request_when(&liam, kind, "expired").await;
    let path = format!("/R/{}", pay::short_id(kind));
    browser.open(&path).await.says("can still be paid");
    browser.pay(&path, CARD, "sandbox_visa_debit").await.says("Paid, practice");
    assert_eq!(app.request_when(&liam, kind, "paid").await["paid_late"], true);
    app.assert_book_is_square().await;
}

async fn the_rest_of_a_request_is_paid_once_by_one_form(app: TestApp) {
    let (liam, source, id, path) = liam_asks(&app, "10.00").await;
    let browser = app.browser();
    browser.pay(&path, &[("method", "card"), ("amount", "4")], "sandbox_visa_debit").await;
    app.request_when(&liam, id, "partially_paid").await;
    let page = browser.open(&path).await;
    let checkout = browser.send(&page, CARD).await;
    let paid = browser.send(&checkout, &[("decision", "pay"), ("source", "sandbox_visa_debit")]).await;
    paid.says("<i>$</i>6.00");
    assert_eq!(browser.send(&page, CARD).await.path, paid.path, "also when nothing is left to pay");
    assert_eq!(app.posted_to_source(source).await, 1000);
}

async fn a_typed_amount_is_read_or_asked_about(app: TestApp) {
    app.join("liam", "sandbox_visa_debit").await;
    let browser = app.browser();
    let page = browser.open("/@liam").await;
    page.says("Amount in USD").says("inputmode=\"decimal\"");
    let of = |amount| [("method", "card"), ("amount", amount), ("name", "Ana"), ("message", "rent")];
    for (amount, says) in [
        ("1,234", "two amounts"),
        ("", "Type an amount"),
        ("-5", "not an amount"),
        ("0.001", "Too many decimals"),
        ("5000", "$2,999.00 at most"),
        ("\"><img src=x>", "not an amount"),
    ] {
        let back = browser.send(&page, &of(amount)).await;
        assert!(back.status.is_client_error(), "{amount}");
        back.says(says).says("value=\"Ana\"").says("value=\"rent\"").says_not("<img");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM guest_order").await, 0);
    browser.send(&page, &of("1234,50")).await.says("<i>$</i>1,234.50");
}

async fn paypal_costs_what_was_shown(app: TestApp) {
    let (_, source) = app.join("liam", "sandbox_visa_debit").await;
    let browser = app.browser();
    let page = browser.open("/@liam/100.00-USD").await;
    page.says("$3.20 fee");
    let checkout = browser.send(&page, &[("method", "paypal")]).await;
    checkout.says("<i>$</i>103.20").says("Includes a fee of $3.20").says_not("Visa");
    browser.send(&checkout, &[("decision", "pay"), ("source", "sandbox_paypal")]).await.says("<i>$</i>100.00");
    assert_eq!(app.posted_to_source(source).await, 10_000);
    app.assert_book_is_square().await;
}

async fn guests_are_limited_by_address_and_by_limit(app: TestApp) {
    let mut config = TestApp::config();
    config.rates.guests_per_hour = 2;
    let app = app.restart_with(config).await;
    app.join("liam", "sandbox_visa_debit").await;
    let browser = app.browser();
    let pages = [browser.open("/@liam/1.00-USD").await, browser.open("/@liam/1.00-USD").await];
    for page in &pages {
        browser.send(page, CARD).await.says("Practice checkout");
    }
    let third = browser.open("/@liam/1.00-USD").await;
    let refused = browser.send(&third, CARD).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    refused.says("Too many tries from here").says("min.");
    browser.send(&pages[0], CARD).await.says("Practice checkout");
    let mut config = TestApp::config();
    config.rates.guests_per_payee_per_hour = 1;
    let app = app.restart_with(config).await;
    let browser = app.browser();
    browser.pay("/@liam/1.00-USD", CARD, "sandbox_visa_debit").await.says("Paid, practice");
    let page = browser.open("/@liam/1.00-USD").await;
    assert_eq!(browser.send(&page, CARD).await.status, StatusCode::TOO_MANY_REQUESTS);
}

async fn a_guest_is_nobody_that_can_be_paid_or_signed_in(app: TestApp) {
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let (maya, card) = app.join("maya", "sandbox_visa_debit").await;
    app.browser().pay("/@liam/1.00-USD", CARD, "sandbox_visa_debit").await;
    let guest = payments(&app, &liam).await.remove(0).payer;
    assert_eq!(app.get(&maya, &format!("/v1/people/{}", guest.handle)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(app.browser().open(&format!("/@{}", guest.handle)).await.status, StatusCode::NOT_FOUND);
    let mut order = app.order(&maya, card, &liam, "1.00");
    (order.payee_id, order.payee_handle) = (guest.id, guest.handle.clone());
    assert_eq!(app.pay(&maya, &order).await.1["code"], "payee_not_eligible");
    let key = ed25519_dalek::SigningKey::from_bytes(&[5; 32]);
    let form = app.join_form(&guest.handle, &key);
    assert_eq!(app.sign_in(&form, &key).await.1["code"], "wrong_credentials");
    assert_eq!(app.post_join(&form, &key).await.1["handle"], "reserved");
    let names = "SELECT COUNT(*) FROM guest_order WHERE display_name <> ''";
    assert_eq!(app.number(names).await, 0, "the name is kept once");
    // A request for one person is not for whoever found the link.
    let id = app.ask(&liam, "5.00", |form| form["payer_handle"] = json!("maya")).await;
    let path = format!("/r/{}", pay::short_id(id));
    let page = app.browser().open(&path).await;
    page.says("It is for one person").says("tessera://").says_not("<form").says_not("liam").says_not("lunch");
    page.says_not("5.00");
    assert_eq!(app.browser().post(&format!("/begin{path}"), URL, "method=card").await.status, StatusCode::NOT_FOUND);
}

async fn a_payment_begun_before_a_restart_goes_on_after_it(app: TestApp) {
    let (_, source) = app.join("liam", "sandbox_visa_debit").await;
    let page = app.browser().open("/@liam/3.00-USD").await;
    let checkout = app.browser().send(&page, CARD).await;
    let app = app.restart(Timings { sandbox_charge_ms: 60_000, processor_wait_ms: 120_000, ..timings() }).await;
    let choice = [("decision", "pay"), ("source", "sandbox_visa_debit")];
    let processing = app.browser().send(&checkout, &choice).await;
    processing.says("Processing").says("not paid yet").says_not("Paid,");
    let app = app.restart(timings()).await;
    app.browser().open(&processing.path).await.says("Paid, practice");
    let again = app.browser().send(&page, CARD).await;
    again.says("Paid, practice");
    assert_eq!(app.number("SELECT COUNT(*) FROM payment").await, 1);
    assert_eq!(app.posted_to_source(source).await, 300);
    app.assert_book_is_square().await;
}
