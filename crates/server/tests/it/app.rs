//! A server in this process, and people with devices who sign what they send.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use http_body_util::BodyExt;
use ledger::testing::Postgres;
use ledger::{Store, args};
use protocol::body::{Amount, Payment, Session};
use protocol::{Attempt, Order, SignedOrder, key_to_text, sign_attempt};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use serde_json::{Value, json};
use server::clock::{Clock, Randomness};
use server::config::{Config, Mail, MailBy, Rates, Timings};
use server::{Ingredients, Server, Started};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

pub const URL: &str = "https://pay.example";
pub const PASSWORD: &str = "correct horse battery";

pub struct MovedClock(AtomicI64);

impl Clock for MovedClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

pub struct Seeded(Mutex<StdRng>);

impl Randomness for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill_bytes(bytes);
    }
}

#[derive(Clone)]
pub enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

pub struct TestApp {
    pub server: Server,
    started: Started,
    place: Place,
    folder: Arc<TempDir>,
    pub clock: Arc<MovedClock>,
    rng: Arc<Seeded>,
}

pub struct Person {
    pub id: Uuid,
    pub handle: String,
    pub device_id: Uuid,
    pub key: SigningKey,
    pub session: Session,
}

pub fn timings() -> Timings {
    Timings {
        expiry_tick_ms: 10,
        ask_again_ms: vec![20],
        reminder_ms: 10_000,
        sandbox_lost_answers: 2,
        ..Timings::default()
    }
}

fn config(timings: Timings) -> Config {
    let rates = Rates {
        joins_per_hour: 1000,
        passwords_per_minute: 1000,
        changes_per_minute: 10_000,
        visits_per_minute: 1000,
        guests_per_hour: 1000,
        guests_per_payee_per_hour: 1000,
        reports_per_day: 3,
        letters_per_hour: 5,
    };
    Config { rates, timings, ..Config::default() }
}

fn postgres() -> &'static Postgres {
    static POSTGRES: OnceLock<Postgres> = OnceLock::new();
    POSTGRES.get_or_init(|| Postgres::start().expect("a PostgreSQL of our own"))
}

impl TestApp {
    pub async fn sqlite() -> TestApp {
        let folder = TempDir::new().unwrap();
        let place = Place::Sqlite(folder.path().join("server.db"));
        TestApp::open(place, folder, config(timings())).await
    }

    pub async fn postgres() -> TestApp {
        let url = tokio::task::spawn_blocking(|| postgres().new_database().unwrap()).await.unwrap();
        TestApp::open(Place::Postgres(url), TempDir::new().unwrap(), config(timings())).await
    }

    async fn open(place: Place, folder: TempDir, config: Config) -> TestApp {
        let clock = Arc::new(MovedClock(AtomicI64::new(1_795_435_200_000)));
        let rng = Arc::new(Seeded(Mutex::new(StdRng::seed_from_u64(7))));
        let started = start(&place, folder.path(), config, &clock, &rng).await;
        TestApp { server: started.server.clone(), started, place, folder: Arc::new(folder), clock, rng }
    }

    /// Stops, and starts again on the same database with other times.
    pub async fn restart(self, timings: Timings) -> TestApp {
        self.restart_with(config(timings)).await
    }

    pub async fn restart_with(self, config: Config) -> TestApp {
        let TestApp { place, folder, clock, rng, server, started } = self;
        started.close().await;
        drop((server, started));
        let started = start(&place, folder.path(), config, &clock, &rng).await;
        TestApp { server: started.server.clone(), started, place, folder, clock, rng }
    }

    pub fn config() -> Config {
        config(timings())
    }

    /// The folder of everything this server writes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn pass_ms(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill(&mut bytes);
        bytes
    }

    pub fn id(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.random()).into_uuid()
    }

    pub async fn raw(&self, request: Request<Body>) -> Response {
        server::router(self.server.clone()).oneshot(request).await.unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.raw(request).await;
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub async fn get(&self, person: &Person, path: &str) -> (StatusCode, Value) {
        let request = Request::get(path).header("authorization", format!("Bearer {}", person.session.access_token));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A signed request, not yet sent, so that tests can spoil it.
    pub fn signed(&self, who: &Who<'_>, method: &str, path: &str, key: Option<&str>, body: &[u8]) -> Request<Body> {
        let target = format!("{URL}{path}");
        let attempt = Attempt { method, target_uri: &target, body, idempotency_key: key };
        let now_s = self.now_ms().div_euclid(1000) + who.clock_off_s;
        let headers = sign_attempt(&attempt, who.key, who.device_id, self.random(), now_s);
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .header("content-digest", headers.content_digest)
            .header("signature-input", headers.signature_input)
            .header("signature", headers.signature);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if let Some(token) = who.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.body(Body::from(body.to_vec())).unwrap()
    }

    pub async fn change(
        &self,
        person: &Person,
        method: &str,
        path: &str,
        key: &str,
        body: &Value,
    ) -> (StatusCode, Value) {
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(self.signed(&person.who(), method, path, Some(key), &bytes)).await
    }

    pub fn join_form(&self, handle: &str, key: &SigningKey) -> Value {
        json!({
            "id": self.id(), "display_name": format!("Name of {handle}"), "handle": handle,
            "email": format!("{handle}@mail.example"), "password": PASSWORD, "date_of_birth": "1990-04-01",
            "country": "US", "currency": "USD",
            "device": { "id": self.id(), "public_key": key_to_text(&key.verifying_key()), "name": "Desk" }
        })
    }

    pub async fn post_join(&self, form: &Value, key: &SigningKey) -> (StatusCode, Value) {
        let device_id: Uuid = serde_json::from_value(form["device"]["id"].clone()).unwrap();
        let who = Who { key, device_id, token: None, clock_off_s: 0 };
        let body = form.to_string();
        self.send(self.signed(&who, "POST", "/v1/people", form["id"].as_str(), body.as_bytes())).await
    }

    pub async fn sign_in(&self, form: &Value, key: &SigningKey) -> (StatusCode, Value) {
        let device_id: Uuid = serde_json::from_value(form["device"]["id"].clone()).unwrap();
        let who = Who { key, device_id, token: None, clock_off_s: 0 };
        let body = json!({ "name": form["handle"], "password": form["password"], "device_id": device_id }).to_string();
        self.send(self.signed(&who, "POST", "/v1/sessions", None, body.as_bytes())).await
    }

    /// Joins and signs in, with a form changed by `change`.
    pub async fn join_as(&self, handle: &str, change: impl FnOnce(&mut Value)) -> Person {
        let key = SigningKey::from_bytes(&self.random());
        let mut form = self.join_form(handle, &key);
        change(&mut form);
        let (status, me) = self.post_join(&form, &key).await;
        assert_eq!(status, StatusCode::CREATED, "{me}");
        let (status, session) = self.sign_in(&form, &key).await;
        assert_eq!(status, StatusCode::OK, "{session}");
        let session: Session = serde_json::from_value(session).unwrap();
        Person { id: session.person_id, handle: handle.to_owned(), device_id: session.device_id, key, session }
    }

    /// Joins, signs in, and adds a source.
    pub async fn join(&self, handle: &str, token: &str) -> (Person, Uuid) {
        let person = self.join_as(handle, |_| {}).await;
        let source = self.add_source(&person, token).await;
        (person, source)
    }

    pub async fn add_source(&self, person: &Person, token: &str) -> Uuid {
        let id = self.id();
        let form = json!({ "id": id, "token": token, "label": "" });
        let (status, body) = self.change(person, "POST", "/v1/sources", &id.to_string(), &form).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        id
    }

    pub fn order(&self, payer: &Person, source: Uuid, payee: &Person, amount: &str) -> Order {
        let usd = |value: &str| Amount { value: value.into(), currency: "USD".into() };
        Order {
            id: self.id(),
            server: URL.into(),
            payer_id: payer.id,
            device_id: payer.device_id,
            payee_id: payee.id,
            payee_handle: payee.handle.clone(),
            payee_name: format!("Name of {}", payee.handle),
            amount: usd(amount),
            fee: usd("0.00"),
            source_id: source,
            request_id: None,
            note: "two coffees".into(),
            confirmed_at_ms: self.now_ms(),
            expires_at_ms: self.now_ms() + 86_400_000,
        }
    }

    pub async fn pay(&self, payer: &Person, order: &Order) -> (StatusCode, Value) {
        match order.clone().sign(&payer.key) {
            Ok(signed) => self.post_order(payer, &signed).await,
            // Not even money: send it with some signature.
            Err(_) => {
                let signed = SignedOrder { order: order.clone(), signature: URL_SAFE_NO_PAD.encode([0; 64]) };
                self.post_order(payer, &signed).await
            }
        }
    }

    pub async fn post_order(&self, payer: &Person, signed: &SignedOrder) -> (StatusCode, Value) {
        let body = serde_json::to_value(signed).unwrap();
        self.change(payer, "POST", "/v1/payments", &signed.order.id.to_string(), &body).await
    }

    /// Asks for the payment until it is as wanted, ten seconds at most.
    pub async fn payment_when(&self, person: &Person, id: Uuid, wanted: impl Fn(&Payment) -> bool) -> Payment {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let (status, body) = self.get(person, &format!("/v1/payments/{id}")).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            let payment: Payment = serde_json::from_value(body).unwrap();
            if wanted(&payment) {
                return payment;
            }
            assert!(Instant::now() < until, "still {payment:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub async fn request_when(&self, person: &Person, id: Uuid, state: &str) -> Value {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let (status, body) = self.get(person, &format!("/v1/requests/{id}")).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            if body["state"] == state {
                return body;
            }
            assert!(Instant::now() < until, "still {body}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Makes a request with rules `partial`, `over`, `late`.
    pub async fn ask(&self, requester: &Person, amount: &str, change: impl FnOnce(&mut Value)) -> Uuid {
        let id = self.id();
        let mut form = json!({
            "id": id, "amount": { "value": amount, "currency": "USD" }, "note": "lunch", "payer_handle": null,
            "expires_at_ms": null, "single_use": true,
            "policy": { "partial": "accept", "over": "accept", "late": "accept" }
        });
        change(&mut form);
        let (status, body) = self.change(requester, "POST", "/v1/requests", &id.to_string(), &form).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        id
    }

    /// One number out of the database.
    pub async fn number(&self, sql: &'static str) -> i64 {
        self.server.store.read().await.unwrap().row(sql, args![]).await.unwrap().unwrap().i64(0).unwrap()
    }

    /// The operator, at work beside the server with a way of their own to the database.
    pub async fn desk(&self) -> server::operator::Desk {
        let store = match &self.place {
            Place::Sqlite(path) => Store::open_sqlite(path, None).await.unwrap(),
            Place::Postgres(url) => Store::open_postgres(url).await.unwrap(),
        };
        server::operator::Desk::open(store, TestApp::config(), self.clock.clone()).await.unwrap()
    }

    /// One number out of the sandbox's own database.
    pub async fn sandbox_number(&self, sql: &'static str) -> i64 {
        let store = match &self.place {
            Place::Sqlite(path) => Store::open_sqlite(&path.with_extension("sandbox"), None).await.unwrap(),
            Place::Postgres(url) => Store::open_postgres(url).await.unwrap(),
        };
        let number = store.read().await.unwrap().row(sql, args![]).await.unwrap().unwrap().i64(0).unwrap();
        store.close().await;
        number
    }

    /// Debits equal credits, nothing is held, and every person's account is at zero.
    pub async fn assert_book_is_square(&self) {
        let sums = "SELECT CAST(SUM(posted_debit) - SUM(posted_credit) AS BIGINT) FROM ledger_account";
        assert_eq!(self.number(sums).await, 0);
        let held = "SELECT CAST(SUM(reserved_debit) + SUM(reserved_credit) + SUM(held) AS BIGINT) FROM ledger_account";
        assert_eq!(self.number(held).await, 0);
        let people = "SELECT COUNT(*) FROM ledger_account WHERE floor = 'zero' AND posted_debit <> posted_credit";
        assert_eq!(self.number(people).await, 0);
        assert!(self.number("SELECT COUNT(*) FROM ledger_account WHERE floor = 'zero'").await > 0);
    }

    pub async fn posted_to_source(&self, source: Uuid) -> i64 {
        let id = server::book::source_account(source, pay::Currency::USD);
        let sql = "SELECT posted_credit FROM ledger_account WHERE id = $1";
        self.server.store.read().await.unwrap().row(sql, args![id]).await.unwrap().unwrap().i64(0).unwrap()
    }
}

/// Letters go into a folder, unless the configuration says how they leave, or names an empty folder: then none do.
async fn start(
    place: &Place,
    folder: &Path,
    mut config: Config,
    clock: &Arc<MovedClock>,
    rng: &Arc<Seeded>,
) -> Started {
    if config.mail.by == MailBy::Nothing && config.mail.folder != Path::new("") {
        config.mail = Mail::into_folder(folder.join("letters"));
    }
    let (store, sandbox_store) = match place {
        Place::Sqlite(path) => (
            Store::open_sqlite(path, None).await.unwrap(),
            Store::open_sqlite(&path.with_extension("sandbox"), None).await.unwrap(),
        ),
        Place::Postgres(url) => (Store::open_postgres(url).await.unwrap(), Store::open_postgres(url).await.unwrap()),
    };
    server::start(Ingredients {
        config,
        public_url: URL.into(),
        store,
        sandbox_store,
        key: Some(SigningKey::from_bytes(&[3; 32])),
        clock: clock.clone(),
        randomness: rng.clone(),
        practice_token: None,
    })
    .await
    .unwrap()
}

/// Who signs, and how.
pub struct Who<'a> {
    pub key: &'a SigningKey,
    pub device_id: Uuid,
    pub token: Option<&'a str>,
    pub clock_off_s: i64,
}

impl Person {
    pub fn who(&self) -> Who<'_> {
        Who { key: &self.key, device_id: self.device_id, token: Some(&self.session.access_token), clock_off_s: 0 }
    }
}

/// Runs each story on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($($story:ident),* $(,)?) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() { super::$story($crate::app::TestApp::sqlite().await).await })* }
        mod postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() { super::$story($crate::app::TestApp::postgres().await).await })* }
    };
}
