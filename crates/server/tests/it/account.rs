//! A forgotten password, a lost device, another address, and leaving for good.

use crate::app::{PASSWORD, Person, TestApp, URL, Who};
use crate::browser::Shown;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use ed25519_dalek::SigningKey;
use protocol::{fingerprint, key_to_text};
use serde_json::{Value, json};
use server::config::{Config, Timings};
use std::time::{Duration, Instant};
use uuid::Uuid;

crate::on_both! {
    a_forgotten_password_is_set_anew_by_a_letter_once_and_every_session_ends,
    asking_for_a_password_tells_nobody_who_has_an_account,
    a_link_is_over_with_its_time_and_a_forged_one_opens_nothing,
    a_new_password_alone_lets_no_device_in,
    a_lost_device_is_replaced_by_a_letter_after_a_wait_and_the_old_ones_go_out,
    who_has_a_device_or_the_letter_stops_a_recovery,
    a_new_password_and_the_old_address_stop_a_recovery_begun_from_a_new_one,
    that_was_not_me_puts_out_a_device_that_was_let_in,
    another_address_counts_once_it_is_confirmed_and_can_be_taken_back,
    an_account_with_payments_under_way_is_not_closed_and_they_are_named,
    a_closed_account_opens_nothing_and_its_handle_is_never_free_again,
    nothing_personal_is_left_in_any_table_of_a_closed_account,
}

const NEW: &str = "another long password";

impl TestApp {
    pub async fn forgotten(&self, name: &str, language: &str) -> u16 {
        let body = json!({ "name": name, "language": language }).to_string();
        let request = Request::post("/v1/password/forgotten").header("content-type", "application/json");
        self.send(request.body(Body::from(body)).unwrap()).await.0.as_u16()
    }

    async fn press(&self, link: &str, fields: &[(&str, &str)]) -> Shown {
        let page = self.browser().open(link).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        self.browser().send(&page, fields).await
    }

    async fn sign_in_with(&self, person: &Person, password: &str) -> (StatusCode, Value) {
        let form = json!({ "handle": person.handle, "password": password, "device": { "id": person.device_id } });
        self.sign_in(&form, &person.key).await
    }
}

fn mail_of(handle: &str) -> String {
    format!("{handle}@mail.example")
}

async fn a_forgotten_password_is_set_anew_by_a_letter_once_and_every_session_ends(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    assert_eq!(app.forgotten("maya@mail.example", "fr-CA").await, 204);
    let letter = app.letter_to(&mail_of("maya"), 1).await;
    assert!(letter.text.contains("Un nouveau mot de passe a été demandé pour @maya"), "{}", letter.text);
    let link = letter.link();
    let short = app.press(&link, &[("password", "short"), ("again", "short")]).await;
    short.says("Too easy to guess").says("aria-invalid=\"true\"");
    app.press(&link, &[("password", NEW), ("again", "something else")]).await.says("The two are not the same");
    assert_eq!(app.get(&maya, "/v1/me").await.0, StatusCode::OK, "nothing happened yet");
    app.press(&link, &[("password", NEW), ("again", NEW)]).await.says("The new password is set");
    assert_eq!(app.browser().open(&link).await.status, StatusCode::GONE);
    assert_eq!(app.get(&maya, "/v1/me").await.1["code"], "signed_out");
    assert_eq!(app.sign_in_with(&maya, PASSWORD).await.1["code"], "wrong_credentials");
    assert_eq!(app.sign_in_with(&maya, NEW).await.0, StatusCode::OK, "the device stays known");
    assert!(app.letter_to(&mail_of("maya"), 2).await.text.contains("was changed"));
}

async fn asking_for_a_password_tells_nobody_who_has_an_account(app: TestApp) {
    app.join_as("maya", |_| {}).await;
    for name in ["maya", "nobody", "maya@mail.example", "nobody@mail.example"] {
        assert_eq!(app.forgotten(name, "en").await, 204, "{name}");
    }
    app.letter_to(&mail_of("maya"), 2).await;
    for name in ["maya", "nobody"] {
        let answers =
            [app.forgotten(name, "en").await, app.forgotten(name, "en").await, app.forgotten(name, "en").await];
        assert_eq!(answers, [204, 204, 204], "{name}");
        assert_eq!([app.forgotten(name, "en").await, app.forgotten(name, "en").await], [204, 429], "{name}");
    }
    app.no_letter_waits().await;
    assert_eq!(app.letters_to(&mail_of("maya")).len(), 5, "handle and address are one person");
    assert_eq!(app.number("SELECT COUNT(*) FROM mail_link").await, 1, "only the newest link opens something");
}

async fn a_link_is_over_with_its_time_and_a_forged_one_opens_nothing(app: TestApp) {
    app.join_as("maya", |_| {}).await;
    app.forgotten("maya", "en").await;
    let link = app.letter_to(&mail_of("maya"), 1).await.link();
    let mut forged = link.clone().into_bytes();
    let last = forged.len() - 5;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    for wrong in [String::from_utf8(forged).unwrap(), link[..link.len() - 1].to_owned(), "/m/x".into()] {
        assert_eq!(app.browser().open(&wrong).await.status, StatusCode::GONE, "{wrong}");
    }
    let stranger = app.browser().post(&link, "https://evil.example", &format!("password={NEW}&again={NEW}")).await;
    assert_eq!(stranger.status, StatusCode::FORBIDDEN);
    app.pass_ms(29 * 60_000);
    assert_eq!(app.browser().open(&link).await.status, StatusCode::OK);
    app.pass_ms(60_000);
    assert_eq!(app.browser().open(&link).await.status, StatusCode::GONE);
    assert_eq!(app.browser().post(&link, URL, "password=x").await.status, StatusCode::GONE);
}

struct Asking {
    id: Uuid,
    key: SigningKey,
}

impl Asking {
    fn new(app: &TestApp) -> Asking {
        Asking { id: app.id(), key: SigningKey::from_bytes(&app.random()) }
    }

    fn words(&self) -> String {
        fingerprint(&key_to_text(&self.key.verifying_key())).0.join(" ")
    }

    async fn send(&self, app: &TestApp, path: &str, form: &Value) -> (StatusCode, Value) {
        let who = Who { key: &self.key, device_id: self.id, token: None, clock_off_s: 0 };
        let key = self.id.to_string();
        app.send(app.signed(&who, "POST", path, Some(&key), form.to_string().as_bytes())).await
    }

    async fn ask(&self, app: &TestApp, password: &str) -> (StatusCode, Value) {
        let device = json!({ "id": self.id, "public_key": key_to_text(&self.key.verifying_key()), "name": "Laptop" });
        self.send(app, "/v1/devices", &json!({ "name": "maya", "password": password, "device": device })).await
    }

    async fn recover(&self, app: &TestApp, password: &str) -> (StatusCode, Value) {
        let form = json!({ "name": "maya", "password": password, "language": "en" });
        self.send(app, &format!("/v1/devices/{}/recovery", self.id), &form).await
    }

    async fn standing(&self, app: &TestApp) -> Value {
        app.send(Request::get(format!("/v1/devices/{}/standing", self.id)).body(Body::empty()).unwrap()).await.1
    }

    async fn until(&self, app: &TestApp, state: &str) {
        let until = Instant::now() + Duration::from_secs(10);
        while self.standing(app).await["state"] != state {
            assert!(Instant::now() < until, "still {}", self.standing(app).await);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn sign_in(&self, app: &TestApp) -> (StatusCode, Value) {
        app.sign_in(&json!({ "handle": "maya", "password": PASSWORD, "device": { "id": self.id } }), &self.key).await
    }
}

async fn a_new_password_alone_lets_no_device_in(app: TestApp) {
    app.join_as("maya", |_| {}).await;
    app.forgotten("maya", "en").await;
    let link = app.letter_to(&mail_of("maya"), 1).await.link();
    app.press(&link, &[("password", NEW), ("again", NEW)]).await;
    let laptop = Asking::new(&app);
    assert_eq!(laptop.ask(&app, NEW).await.1["state"], "pairing");
    let form = json!({ "handle": "maya", "password": NEW, "device": { "id": laptop.id } });
    assert_eq!(app.sign_in(&form, &laptop.key).await.1["code"], "device_refused");
    assert_eq!(laptop.recover(&app, PASSWORD).await.1["code"], "wrong_credentials");
    let thief = Asking { id: laptop.id, key: SigningKey::from_bytes(&[8; 32]) };
    assert_eq!(thief.recover(&app, NEW).await.1["code"], "bad_signature");
}

async fn a_lost_device_is_replaced_by_a_letter_after_a_wait_and_the_old_ones_go_out(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    let laptop = Asking::new(&app);
    assert_eq!(laptop.recover(&app, PASSWORD).await.1["code"], "not_found", "it has to ask first");
    laptop.ask(&app, PASSWORD).await;
    assert_eq!(laptop.recover(&app, PASSWORD).await.1["state"], "pairing");
    app.pass_ms(20 * 60_000);
    assert_eq!(laptop.standing(&app).await["state"], "pairing", "it waits as long as its letter");
    let letter = app.letter_to(&mail_of("maya"), 1).await;
    assert!(letter.text.contains(&laptop.words()) && letter.text.contains("“Laptop”"), "{}", letter.text);
    let page = app.browser().open(&letter.link()).await;
    page.says(&laptop.words()).says("comes in after a waiting time");
    assert_eq!(laptop.standing(&app).await["state"], "pairing", "looking is not pressing");
    let due_at_ms = app.now_ms() + 86_400_000;
    app.browser().send(&page, &[]).await.says("Until then it can be stopped");
    assert_eq!(laptop.standing(&app).await, json!({ "state": "recovering", "due_at_ms": due_at_ms }));
    assert!(app.letter_to(&mail_of("maya"), 2).await.text.contains("Stop it here"));
    let (_, session) = app.sign_in_with(&maya, PASSWORD).await;
    let maya = Person { session: serde_json::from_value(session).unwrap(), ..maya };
    let (_, devices) = app.get(&maya, "/v1/devices").await;
    let listed = devices.as_array().unwrap().iter().find(|device| device["id"] == json!(laptop.id)).unwrap();
    assert_eq!((&listed["state"], &listed["due_at_ms"]), (&json!("recovering"), &json!(due_at_ms)));
    assert_eq!(laptop.sign_in(&app).await.1["code"], "device_refused", "not yet");
    app.pass_ms(86_400_000 - 1);
    tokio::time::sleep(Duration::from_millis(40)).await;
    assert_eq!(laptop.standing(&app).await["state"], "recovering");
    app.pass_ms(1);
    laptop.until(&app, "active").await;
    assert_eq!(laptop.sign_in(&app).await.0, StatusCode::OK);
    assert_eq!(app.get(&maya, "/v1/me").await.1["code"], "device_refused");
    assert_eq!(app.sign_in_with(&maya, PASSWORD).await.1["code"], "device_refused");
    assert!(app.letter_to(&mail_of("maya"), 3).await.text.contains("All other devices are out"));
}

async fn who_has_a_device_or_the_letter_stops_a_recovery(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    let mut letters = 0;
    for by_letter in [true, false] {
        let laptop = Asking::new(&app);
        laptop.ask(&app, PASSWORD).await;
        laptop.recover(&app, PASSWORD).await;
        letters += 1;
        let let_in = app.letter_to(&mail_of("maya"), letters).await.link();
        app.press(&let_in, &[]).await;
        letters += 1;
        let stop = app.letter_to(&mail_of("maya"), letters).await.link();
        if by_letter {
            app.press(&stop, &[]).await.says("It is out");
        } else {
            let path = format!("/v1/devices/{}", laptop.id);
            assert_eq!(app.change(&maya, "DELETE", &path, "k1", &Value::Null).await.0, StatusCode::NO_CONTENT);
        }
        app.pass_ms(2 * 86_400_000);
        tokio::time::sleep(Duration::from_millis(40)).await;
        assert_eq!(laptop.standing(&app).await["state"], "gone");
        assert_eq!(app.browser().open(&stop).await.status, StatusCode::GONE);
        assert_eq!(app.browser().open(&let_in).await.status, StatusCode::GONE);
        app.pass_ms(-2 * 86_400_000);
        assert_eq!(app.get(&maya, "/v1/me").await.0, StatusCode::OK, "the old device goes on");
    }
}

async fn a_new_password_and_the_old_address_stop_a_recovery_begun_from_a_new_one(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    change_email(&app, &maya, "thief@mail.example", PASSWORD).await;
    let confirm = app.letter_to("thief@mail.example", 1).await.link();
    app.press(&confirm, &[]).await;
    let undo = app.letter_to(&mail_of("maya"), 1).await.link();
    let mut to_thief = 1;
    for by_password in [true, false] {
        let password = if by_password { PASSWORD } else { NEW };
        let theirs = Asking::new(&app);
        theirs.ask(&app, password).await;
        theirs.recover(&app, password).await;
        let let_in = app.letter_to("thief@mail.example", to_thief + 1).await.link();
        app.press(&let_in, &[]).await;
        to_thief += 2;
        let told = app.letter_to(&mail_of("maya"), if by_password { 2 } else { 3 }).await;
        assert!(told.text.contains("Stop it here"), "the old address hears of it too: {}", told.text);
        app.letter_to("thief@mail.example", to_thief).await;
        if by_password {
            app.forgotten("maya", "en").await;
            to_thief += 1;
            let link = app.letter_to("thief@mail.example", to_thief).await.link();
            app.press(&link, &[("password", NEW), ("again", NEW)]).await.says("The new password is set");
            to_thief += 1;
            app.letter_to("thief@mail.example", to_thief).await;
        } else {
            app.press(&undo, &[]).await.says("Taken back");
        }
        assert_eq!(theirs.standing(&app).await["state"], "gone");
    }
}

async fn that_was_not_me_puts_out_a_device_that_was_let_in(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    let laptop = Asking::new(&app);
    laptop.ask(&app, PASSWORD).await;
    let form = json!({ "public_key": key_to_text(&laptop.key.verifying_key()) });
    app.change(&maya, "POST", &format!("/v1/devices/{}/confirm", laptop.id), "k1", &form).await;
    assert_eq!(laptop.sign_in(&app).await.0, StatusCode::OK);
    let link = app.letter_to(&mail_of("maya"), 1).await.link();
    app.press(&link, &[]).await.says("It is out");
    assert_eq!(laptop.sign_in(&app).await.1["code"], "device_refused");
    assert_eq!(app.get(&maya, "/v1/me").await.0, StatusCode::OK);
}

async fn change_email(app: &TestApp, who: &Person, email: &str, password: &str) -> (StatusCode, Value) {
    let form = json!({ "email": email, "password": password, "language": "en" });
    app.change(who, "PUT", "/v1/me/email", &app.id().to_string(), &form).await
}

async fn another_address_counts_once_it_is_confirmed_and_can_be_taken_back(app: TestApp) {
    let maya = app.join_as("maya", |_| {}).await;
    app.join_as("liam", |_| {}).await;
    assert_eq!(change_email(&app, &maya, "new@mail.example", "wrong").await.1["code"], "wrong_credentials");
    assert_eq!(change_email(&app, &maya, "liam@mail.example", PASSWORD).await.1["code"], "email_taken");
    assert_eq!(change_email(&app, &maya, "New@mail.example", PASSWORD).await.0, StatusCode::NO_CONTENT);
    let standing = json!({ "email": "maya@mail.example", "asked": "new@mail.example" });
    assert_eq!(app.get(&maya, "/v1/me/email").await.1, standing);
    let link = app.letter_to("new@mail.example", 1).await.link();
    app.press(&link, &[]).await.says("Confirmed");
    assert_eq!(app.get(&maya, "/v1/me/email").await.1, json!({ "email": "new@mail.example", "asked": null }));
    app.forgotten("maya", "en").await;
    let stolen = app.letter_to("new@mail.example", 2).await.link();
    let undo = app.letter_to(&mail_of("maya"), 1).await.link();
    app.pass_ms(10 * 60_000);
    app.press(&undo, &[]).await.says("Taken back");
    assert_eq!(app.get(&maya, "/v1/me/email").await.1["email"], "maya@mail.example");
    assert_eq!(
        app.browser().open(&stolen).await.status,
        StatusCode::GONE,
        "what went to the other address opens nothing"
    );
    assert_eq!(app.browser().open(&undo).await.status, StatusCode::GONE);
}

async fn close(app: &TestApp, who: &Person, password: &str) -> (StatusCode, Value) {
    let id = app.id();
    let form = json!({ "id": id, "password": password, "language": "en" });
    app.change(who, "POST", "/v1/me/closing", &id.to_string(), &form).await
}

async fn an_account_with_payments_under_way_is_not_closed_and_they_are_named(app: TestApp) {
    let (maya, source) = app.join("maya", "sandbox_visa_needs_action").await;
    let (liam, _) = app.join("liam", "sandbox_visa_debit").await;
    let order = app.order(&maya, source, &liam, "5.00");
    app.pay(&maya, &order).await;
    app.payment_when(&maya, order.id, |payment| payment.action_url.is_some()).await;
    for person in [&maya, &liam] {
        let (status, problem) = close(&app, person, PASSWORD).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("payments_open")));
        assert_eq!(problem["payments"], json!([order.id]));
    }
    app.change(&maya, "POST", &format!("/v1/payments/{}/cancel", order.id), "k1", &Value::Null).await;
    app.payment_when(&maya, order.id, |payment| payment.action_url.is_none()).await;
    assert_eq!(close(&app, &maya, "wrong password").await.1["code"], "wrong_credentials");
    assert_eq!(close(&app, &maya, PASSWORD).await.0, StatusCode::NO_CONTENT);
    app.assert_book_is_square().await;
}

async fn a_closed_account_opens_nothing_and_its_handle_is_never_free_again(app: TestApp) {
    let (maya, source) = app.join("maya", "sandbox_visa_debit").await;
    let (liam, card) = app.join("liam", "sandbox_visa_debit").await;
    let order = app.order(&maya, source, &liam, "5.00");
    let (status, body) = app.pay(&maya, &order).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    app.payment_when(&maya, order.id, |payment| payment.verified_by.is_some()).await;
    let request = app.ask(&maya, "3.00", |_| {}).await;
    assert_eq!(close(&app, &maya, PASSWORD).await.0, StatusCode::NO_CONTENT);
    assert_eq!(app.get(&maya, "/v1/me").await.1["code"], "account_closed");
    assert_eq!(close(&app, &maya, PASSWORD).await.1["code"], "account_closed");
    assert_eq!(app.sign_in_with(&maya, PASSWORD).await.1["code"], "wrong_credentials");
    assert_eq!(app.get(&liam, "/v1/people/maya").await.1["code"], "not_found");
    let check = Request::get("/v1/handles/maya").body(Body::empty()).unwrap();
    assert_eq!(app.send(check).await.1["verdict"], "taken");
    app.request_when(&liam, request, "canceled").await;
    let back = app.order(&liam, card, &maya, "1.00");
    assert_eq!(app.pay(&liam, &back).await.1["code"], "payee_not_eligible");
    let (_, kept) = app.get(&liam, &format!("/v1/payments/{}", order.id)).await;
    assert_eq!((&kept["state"], &kept["payer"]["display_name"]), (&json!("succeeded"), &json!("maya")));
    app.assert_book_is_square().await;
    assert!(app.letter_to(&mail_of("maya"), 1).await.text.contains("This was the last e-mail"));
}

/// Somebody whose name, address and everything else is found nowhere else.
async fn zenobia(app: &TestApp) -> Person {
    app.join_as("zen.x", |form| {
        form["display_name"] = json!("Zenobia Quillfeather");
        form["email"] = json!("quill.feather@palmyra.example");
        form["date_of_birth"] = json!("1971-08-19");
        form["device"]["name"] = json!("Palmyran Desk");
    })
    .await
}

const TRACES: [&str; 5] = ["zenobia", "quillfeather", "quill.feather", "palmyra", "1971-08-19"];

async fn nothing_personal_is_left_in_any_table_of_a_closed_account(app: TestApp) {
    let zen = zenobia(&app).await;
    app.add_source(&zen, "sandbox_visa_debit").await;
    let form = json!({ "display_name": "Zenobia Quillfeather II", "picture": null });
    app.change(&zen, "PUT", "/v1/me", "k1", &form).await;
    app.ask(&zen, "3.00", |_| {}).await;
    app.forgotten("zen.x", "en").await;
    app.letter_to("quill.feather@palmyra.example", 1).await;
    change_email(&app, &zen, "other@palmyra.example", PASSWORD).await;
    assert_eq!(close(&app, &zen, PASSWORD).await.0, StatusCode::NO_CONTENT);
    app.letter_to("quill.feather@palmyra.example", 2).await;
    app.no_letter_waits().await;
    for sql in [
        "SELECT COUNT(*) FROM person_personal",
        "SELECT COUNT(*) FROM mail_link",
        "SELECT COUNT(*) FROM ledger_feed",
        "SELECT COUNT(*) FROM ledger_replay WHERE reply <> ''",
        "SELECT COUNT(*) FROM source WHERE hint <> '' OR label <> '' OR token <> ''",
        "SELECT COUNT(*) FROM device WHERE name <> '' OR revoked_at_ms IS NULL",
    ] {
        assert_eq!(app.number(sql).await, 0, "{sql}");
    }
    app.assert_book_is_square_or_empty().await;
}

impl TestApp {
    async fn assert_book_is_square_or_empty(&self) {
        assert_eq!(self.number("SELECT COUNT(*) FROM ledger_entry").await, 0);
    }
}

/// Where in the server's files the text stands, in any case.
fn traces(app: &TestApp, wanted: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(app.folder()).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file())
    {
        let bytes = std::fs::read(&file).unwrap().to_ascii_lowercase();
        for text in wanted {
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(format!("{text} in {}", file.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_byte_of_a_closed_account_is_left_in_the_servers_files() {
    let app = TestApp::sqlite().await;
    // Others before and after, so that pages are shared, split and filled again.
    for number in 0..30 {
        app.join_as(&format!("before{number}"), |_| {}).await;
    }
    let zen = zenobia(&app).await;
    let picture = format!("iVBORw0KGgpB{}", "QUFB".repeat(4_000));
    for (key, name) in [("k1", "Zenobia Quillfeather"), ("k2", "Quillfeather, Zenobia")] {
        let form = json!({ "display_name": name, "picture": picture });
        assert_eq!(app.change(&zen, "PUT", "/v1/me", key, &form).await.0, StatusCode::OK);
    }
    for number in 0..30 {
        app.join_as(&format!("after{number}"), |_| {}).await;
    }
    app.forgotten("quill.feather@palmyra.example", "en").await;
    app.letter_to("quill.feather@palmyra.example", 1).await;
    assert!(!traces(&app, &TRACES).is_empty(), "it can be found while it is there");
    assert_eq!(close(&app, &zen, PASSWORD).await.0, StatusCode::NO_CONTENT);
    app.letter_to("quill.feather@palmyra.example", 2).await;
    app.no_letter_waits().await;
    let until = Instant::now() + Duration::from_secs(10);
    while !traces(&app, &TRACES).is_empty() {
        assert!(Instant::now() < until, "{:?}", traces(&app, &TRACES));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_waiting_time_a_recovered_device_is_in_at_once() {
    let app = TestApp::sqlite().await;
    let timings = Timings { recovery_wait_ms: 0, ..crate::app::timings() };
    let app = app.restart_with(Config { timings, ..TestApp::config() }).await;
    let maya = app.join_as("maya", |_| {}).await;
    let laptop = Asking::new(&app);
    laptop.ask(&app, PASSWORD).await;
    laptop.recover(&app, PASSWORD).await;
    let link = app.letter_to(&mail_of("maya"), 1).await.link();
    app.press(&link, &[]).await.says("it is let in now");
    laptop.until(&app, "active").await;
    assert_eq!(app.get(&maya, "/v1/me").await.1["code"], "device_refused");
    let out = app.letter_to(&mail_of("maya"), 2).await.link();
    app.press(&out, &[]).await.says("It is out");
    assert_eq!(laptop.standing(&app).await["state"], "gone");
}
