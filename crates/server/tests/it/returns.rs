use crate::app::{Person, TestApp, timings};
use axum::http::StatusCode;
use protocol::body::{Amount, FailureReason, Payment, PaymentState, Subject};
use protocol::{ReturnOrder, SignedReturn};
use serde_json::{Value, json};
use server::config::Timings;
use uuid::Uuid;

crate::on_both! {
    money_goes_back_in_parts_to_its_source_and_never_more_than_came,
    two_parts_at_once_never_exceed_the_whole,
    the_same_return_twice_moves_money_once,
    an_unknown_outcome_of_a_return_resolves_to_one_refund,
    a_return_in_the_middle_of_a_restart_is_settled,
    a_refund_that_is_refused_gives_nothing_back_and_can_be_tried_again,
    only_who_was_paid_can_give_back_and_only_what_they_signed,
    neither_a_block_nor_a_removed_card_nor_a_limit_keeps_money_from_going_back,
    a_fee_stays_paid_when_the_payment_goes_back,
    a_guest_is_given_back_and_the_receipt_says_so,
}

fn usd(value: &str) -> Amount {
    Amount { value: value.into(), currency: "USD".into() }
}

fn over(payment: &Payment) -> bool {
    payment.state == PaymentState::Succeeded
}

/// Maya has paid liam 20 dollars.
async fn paid(app: &TestApp, card: &str, till: &str) -> (Person, Uuid, Person, Uuid, Uuid) {
    let (maya, source) = app.join("maya", card).await;
    let (liam, target) = app.join("liam", till).await;
    let order = app.order(&maya, source, &liam, "20.00");
    assert_eq!(app.pay(&maya, &order).await.0, StatusCode::CREATED);
    app.payment_when(&maya, order.id, over).await;
    (maya, source, liam, target, order.id)
}

pub fn giving(app: &TestApp, by: &Person, payment_id: Uuid, to: (Uuid, &str), amount: &str) -> ReturnOrder {
    ReturnOrder {
        id: app.id(),
        server: crate::app::URL.into(),
        payee_id: by.id,
        device_id: by.device_id,
        payment_id,
        payer_id: to.0,
        payer_handle: to.1.into(),
        payer_name: format!("Name of {}", to.1),
        amount: usd(amount),
        confirmed_at_ms: app.now_ms(),
        expires_at_ms: app.now_ms() + 86_400_000,
    }
}

async fn post(app: &TestApp, by: &Person, signed: &SignedReturn) -> (StatusCode, Value) {
    let body = serde_json::to_value(signed).unwrap();
    app.change(by, "POST", "/v1/returns", &signed.order.id.to_string(), &body).await
}

pub async fn give_back(app: &TestApp, by: &Person, order: &ReturnOrder) -> (StatusCode, Value) {
    post(app, by, &order.clone().sign(&by.key).unwrap()).await
}

/// What a person's feed says last of a payment.
async fn told(app: &TestApp, person: &Person, id: Uuid) -> Payment {
    let (_, feed) = app.get(person, "/v1/feed?after=0&limit=500").await;
    let bodies = feed["changes"].as_array().unwrap().iter().rev();
    let mut subjects = bodies.map(|change| serde_json::from_str(change["body"].as_str().unwrap()).unwrap());
    let found = subjects.find_map(|subject| match subject {
        Subject::Payment(payment) if payment.id == id => Some(payment),
        _ => None,
    });
    found.expect("told of it")
}

/// What came back to a source, and how often the sandbox refunded.
async fn refunds(app: &TestApp, source: Uuid) -> (i64, i64) {
    let refunds = "SELECT COUNT(*) FROM sandbox_refund WHERE state = 'given_back'";
    let sandbox = app.sandbox_number(refunds).await;
    (app.posted_to_source(source).await, sandbox)
}

async fn money_goes_back_in_parts_to_its_source_and_never_more_than_came(app: TestApp) {
    let (maya, card, liam, _, id) = paid(&app, "sandbox_visa_debit", "sandbox_mastercard_debit").await;
    let part = giving(&app, &liam, id, (maya.id, "maya"), "7.50");
    let (status, made) = give_back(&app, &liam, &part).await;
    assert_eq!((status, &made["state"], &made["returns"]), (StatusCode::CREATED, &json!("processing"), &json!(id)));
    let given = app.payment_when(&liam, part.id, over).await;
    assert_eq!((given.verified_by.as_deref(), given.fee), (Some("sandbox"), Some(usd("0.00"))));
    assert_eq!(app.payment_when(&maya, part.id, over).await.returns, Some(id), "whoever paid sees it come back");
    for person in [&maya, &liam] {
        assert_eq!(told(&app, person, id).await.returned, Some(usd("7.50")), "both sides are told");
        assert_eq!(told(&app, person, part.id).await.state, PaymentState::Succeeded);
    }
    app.assert_book_is_square().await;
    assert_eq!(refunds(&app, card).await, (750, 1), "to the card it came from");
    let (status, problem) = give_back(&app, &liam, &giving(&app, &liam, id, (maya.id, "maya"), "12.51")).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("return_too_much")));
    assert_eq!(problem["limit"]["value"], "12.50");
    let rest = giving(&app, &liam, id, (maya.id, "maya"), "12.50");
    give_back(&app, &liam, &rest).await;
    app.payment_when(&liam, rest.id, over).await;
    let whole = told(&app, &maya, id).await;
    assert_eq!((whole.returned, whole.state), (Some(usd("20.00")), PaymentState::Succeeded));
    let (_, problem) = give_back(&app, &liam, &giving(&app, &liam, id, (maya.id, "maya"), "0.01")).await;
    assert_eq!(problem["code"], "return_too_much");
    let again = giving(&app, &maya, rest.id, (liam.id, "liam"), "1.00");
    assert_eq!(give_back(&app, &maya, &again).await.1["code"], "not_returnable", "a return is not given back again");
    app.assert_book_is_square().await;
    assert_eq!(refunds(&app, card).await, (2000, 2));
}

async fn two_parts_at_once_never_exceed_the_whole(app: TestApp) {
    let (maya, card, liam, _, id) = paid(&app, "sandbox_visa_debit", "sandbox_visa_debit").await;
    let parts: Vec<_> = (0..4).map(|_| giving(&app, &liam, id, (maya.id, "maya"), "9.00")).collect();
    let answers = futures::future::join_all(parts.iter().map(|part| give_back(&app, &liam, part))).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).count(), 2);
    for (part, (status, _)) in parts.iter().zip(&answers) {
        if *status == StatusCode::CREATED {
            app.payment_when(&liam, part.id, over).await;
        }
    }
    assert_eq!(refunds(&app, card).await, (1800, 2));
    app.assert_book_is_square().await;
}

async fn the_same_return_twice_moves_money_once(app: TestApp) {
    let (maya, card, liam, _, id) = paid(&app, "sandbox_visa_debit", "sandbox_visa_debit").await;
    let order = giving(&app, &liam, id, (maya.id, "maya"), "20.00");
    let (first, second) = tokio::join!(give_back(&app, &liam, &order), give_back(&app, &liam, &order));
    assert_eq!(first, second);
    app.payment_when(&liam, order.id, over).await;
    assert_eq!(give_back(&app, &liam, &order).await, first, "the stored reply, also after it was settled");
    let mut other = order.clone();
    other.amount = usd("1.00");
    assert_eq!(give_back(&app, &liam, &other).await.1["code"], "id_reused");
    assert_eq!(refunds(&app, card).await, (2000, 1));
    app.assert_book_is_square().await;
}

async fn an_unknown_outcome_of_a_return_resolves_to_one_refund(app: TestApp) {
    let (maya, card, liam, _, id) = paid(&app, "sandbox_visa_times_out", "sandbox_visa_debit").await;
    let app = app.restart(Timings { ask_again_ms: vec![200], ..timings() }).await;
    let order = giving(&app, &liam, id, (maya.id, "maya"), "20.00");
    give_back(&app, &liam, &order).await;
    app.payment_when(&liam, order.id, |payment| payment.outcome_unknown).await;
    assert_eq!(told(&app, &liam, id).await.returned, None, "not before it is known");
    let done = app.payment_when(&liam, order.id, over).await;
    assert!(!done.outcome_unknown);
    assert_eq!(refunds(&app, card).await, (2000, 1));
    app.assert_book_is_square().await;
}

async fn a_return_in_the_middle_of_a_restart_is_settled(app: TestApp) {
    let (maya, card, liam, _, id) = paid(&app, "sandbox_visa_debit", "sandbox_visa_debit").await;
    let app = app.restart(Timings { sandbox_charge_ms: 60_000, processor_wait_ms: 120_000, ..timings() }).await;
    let order = giving(&app, &liam, id, (maya.id, "maya"), "20.00");
    assert_eq!(give_back(&app, &liam, &order).await.0, StatusCode::CREATED);
    let app = app.restart(timings()).await;
    app.payment_when(&liam, order.id, over).await;
    assert_eq!(told(&app, &maya, id).await.returned, Some(usd("20.00")));
    assert_eq!(refunds(&app, card).await, (2000, 1));
    app.assert_book_is_square().await;
}

async fn a_refund_that_is_refused_gives_nothing_back_and_can_be_tried_again(app: TestApp) {
    // The money was spent: the card it was paid to has nothing to give.
    let (maya, card, liam, _, id) = paid(&app, "sandbox_visa_debit", "sandbox_visa_declines").await;
    let order = giving(&app, &liam, id, (maya.id, "maya"), "20.00");
    give_back(&app, &liam, &order).await;
    let refused = |payment: &Payment| payment.state == PaymentState::RequiresPaymentMethod;
    let payment = app.payment_when(&liam, order.id, refused).await;
    assert_eq!(payment.failure, Some(FailureReason::InsufficientFunds));
    assert_eq!(told(&app, &liam, id).await.returned, None);
    assert_eq!(app.get(&maya, &format!("/v1/payments/{}", order.id)).await.0, StatusCode::NOT_FOUND);
    let again = giving(&app, &liam, id, (maya.id, "maya"), "20.00");
    assert_eq!(give_back(&app, &liam, &again).await.0, StatusCode::CREATED, "what failed is not counted as gone");
    app.payment_when(&liam, again.id, refused).await;
    assert_eq!(refunds(&app, card).await, (0, 0));
    app.assert_book_is_square().await;
}

async fn only_who_was_paid_can_give_back_and_only_what_they_signed(app: TestApp) {
    let (maya, card, liam, _, id) = paid(&app, "sandbox_visa_debit", "sandbox_visa_debit").await;
    let (eve, _) = app.join("eve", "sandbox_visa_debit").await;
    let code = |answer: (StatusCode, Value)| answer.1["code"].as_str().unwrap_or("taken").to_owned();
    assert_eq!(code(give_back(&app, &maya, &giving(&app, &maya, id, (liam.id, "liam"), "1.00")).await), "not_found");
    assert_eq!(code(give_back(&app, &eve, &giving(&app, &eve, id, (maya.id, "maya"), "1.00")).await), "not_found");
    let good = giving(&app, &liam, id, (maya.id, "maya"), "1.00");
    let mut elsewhere = good.clone();
    elsewhere.payer_id = eve.id;
    assert_eq!(code(give_back(&app, &liam, &elsewhere).await), "malformed", "nobody chooses where it goes");
    let mut forged = good.clone().sign(&liam.key).unwrap();
    forged.order.amount = usd("19.00");
    assert_eq!(code(post(&app, &liam, &forged).await), "order_signature");
    let mut other = good.clone();
    other.server = "https://evil.example".into();
    assert_eq!(code(give_back(&app, &liam, &other).await), "order_signature");
    for bad in [usd("0.00"), Amount { value: "1.00".into(), currency: "EUR".into() }] {
        let order = ReturnOrder { amount: bad, ..good.clone() };
        assert_eq!(code(give_back(&app, &liam, &order).await), "amount_invalid");
    }
    let mut old = good.clone();
    old.expires_at_ms = app.now_ms();
    assert_eq!(code(give_back(&app, &liam, &old).await), "order_expired");
    // An order of a payment is no return, and a return is none.
    let order = app.order(&liam, card, &maya, "1.00").sign(&liam.key).unwrap();
    let cross = SignedReturn { order: good, signature: order.signature };
    assert_eq!(code(post(&app, &liam, &cross).await), "order_signature");
    assert_eq!(refunds(&app, card).await, (0, 0));
}

async fn neither_a_block_nor_a_removed_card_nor_a_limit_keeps_money_from_going_back(app: TestApp) {
    let (maya, card, liam, till, id) = paid(&app, "sandbox_prepaid_payroll", "sandbox_visa_debit").await;
    let block = format!("/v1/blocks/{}", liam.id);
    app.change(&maya, "PUT", &block, "b", &Value::Null).await;
    assert_eq!(app.change(&maya, "DELETE", &format!("/v1/sources/{card}"), "s", &Value::Null).await.0, 204);
    assert_eq!(app.change(&liam, "DELETE", &format!("/v1/sources/{till}"), "s", &Value::Null).await.0, 204);
    let order = giving(&app, &liam, id, (maya.id, "maya"), "20.00");
    assert_eq!(give_back(&app, &liam, &order).await.0, StatusCode::CREATED);
    app.payment_when(&liam, order.id, over).await;
    assert_eq!(refunds(&app, card).await, (2000, 1), "a card that only sends takes its own money back");
    let sources = app.add_source(&liam, "sandbox_visa_debit").await;
    let (eve, _) = app.join("eve", "sandbox_visa_debit").await;
    for _ in 0..3 {
        assert_eq!(app.pay(&liam, &app.order(&liam, sources, &eve, "2999.00")).await.0, StatusCode::CREATED);
    }
    let last = app.order(&liam, sources, &eve, "1003.00");
    assert_eq!(app.pay(&liam, &last).await.0, StatusCode::CREATED, "what was given back is not counted as sent");
}

async fn a_fee_stays_paid_when_the_payment_goes_back(app: TestApp) {
    let (maya, paypal) = app.join("maya", "sandbox_paypal").await;
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let mut order = app.order(&maya, paypal, &liam, "100.00");
    order.fee = usd("3.20");
    app.pay(&maya, &order).await;
    app.payment_when(&maya, order.id, over).await;
    let back = giving(&app, &liam, order.id, (maya.id, "maya"), "100.00");
    give_back(&app, &liam, &back).await;
    app.payment_when(&liam, back.id, over).await;
    assert_eq!(refunds(&app, paypal).await, (10_000, 1));
    let fees = "SELECT COUNT(*) FROM ledger_account WHERE posted_credit = 320 AND posted_debit = 0";
    assert_eq!(app.number(fees).await, 1);
    app.assert_book_is_square().await;
}

async fn a_guest_is_given_back_and_the_receipt_says_so(app: TestApp) {
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let browser = app.browser();
    let form = [("method", "card"), ("name", "Ana López"), ("amount", "20.00")];
    let receipt = browser.pay("/@liam", &form, "sandbox_visa_debit").await;
    receipt.says("Paid, practice").says_not("eturned");
    let id: Uuid = pay::parse_short_id(receipt.path.rsplit('/').next().unwrap().split('?').next().unwrap()).unwrap();
    let came = told(&app, &liam, id).await;
    assert!(came.payer.is_guest());
    let part = giving(&app, &liam, id, (came.payer.id, &came.payer.handle), "5.00");
    assert_eq!(give_back(&app, &liam, &part).await.0, StatusCode::CREATED);
    app.payment_when(&liam, part.id, over).await;
    browser
        .open(&receipt.path)
        .await
        .says("Partly returned")
        .says("$5.00 went back to the card")
        .says("Paid, practice");
    let rest = giving(&app, &liam, id, (came.payer.id, &came.payer.handle), "15.00");
    give_back(&app, &liam, &rest).await;
    app.payment_when(&liam, rest.id, over).await;
    browser.open(&receipt.path).await.says("Returned").says("$20.00 went back").says_not("Paid, practice");
    browser.open(&format!("{}?lang=fr", receipt.path.split('?').next().unwrap())).await.says("Rendu");
    let of_return = browser.open(&format!("/v/{}", pay::short_id(rest.id))).await;
    of_return.says_not("Ana").says_not("$15.00");
    app.assert_book_is_square().await;
}
