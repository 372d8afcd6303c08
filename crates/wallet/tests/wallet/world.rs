//! A scripted server in memory, and an app over it: time stands still unless moved, randomness is seeded.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use futures::StreamExt;
use futures::future::BoxFuture;
use pay::{Currency, Money};
use protocol::body::*;
use protocol::{Code, Problem, SignedOrder, SignedReturn};
use serde_json::{Value, json};
use uuid::Uuid;
use wallet::view::{AskMe, Hold, JoinForm, NewRequestForm, Settings};
use wallet::*;
use zeroize::Zeroizing;

pub const SERVER: &str = "https://pay.example";
pub const START_MS: i64 = 1_800_000_000_000;

pub struct TestClock(pub AtomicI64);

impl Clock for TestClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
    fn sleep(&self, ms: u64) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(std::time::Duration::from_millis(ms)))
    }
}

/// Splitmix64: the same bytes on every run.
pub struct Seeded(pub AtomicU64);

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (z ^ (z >> 31)) as u8;
        }
    }
}

#[derive(Default)]
pub struct TestSecrets {
    pub broken: std::sync::atomic::AtomicBool,
    pub entries: Mutex<HashMap<String, String>>,
}

impl Secrets for TestSecrets {
    fn get(&self, name: &str) -> Result<Zeroizing<String>, SecretsError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(SecretsError::Unavailable);
        }
        let entries = self.entries.lock().expect("lock");
        entries.get(name).cloned().map(Zeroizing::new).ok_or(SecretsError::Missing)
    }
    fn set(&self, name: &str, secret: &str) -> Result<(), SecretsError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(SecretsError::Unavailable);
        }
        self.entries.lock().expect("lock").insert(name.into(), secret.into());
        Ok(())
    }
    fn remove(&self, name: &str) -> Result<(), SecretsError> {
        self.entries.lock().expect("lock").remove(name);
        Ok(())
    }
}

/// Asks anybody for dollars, once, without an end.
pub fn asking(amount: &str) -> NewRequestForm {
    let policy = Policy { partial: PartialPolicy::Accept, over: OverPolicy::Accept, late: LatePolicy::Accept };
    let amount = Some(usd(amount));
    NewRequestForm {
        amount,
        note: String::new(),
        payer_handle: None,
        expires_at_ms: None,
        single_use: true,
        policy,
        ways: Vec::new(),
    }
}

/// What goes wrong with one exchange.
#[derive(Clone)]
pub enum Fault {
    /// All goes well this time.
    Nothing,
    /// No connection.
    Offline,
    /// Arrives, takes effect, the answer is lost.
    AnswerLost,
    /// Never arrives, nobody can tell.
    RequestLost,
    /// This answer instead; no effect.
    Answer(u16, Vec<u8>),
}

pub struct Server {
    pub state: Mutex<State>,
    pub clock: Arc<TestClock>,
    pub pokes: tokio::sync::broadcast::Sender<()>,
}

pub struct State {
    pub me: Person,
    pub epoch: Uuid,
    pub public_key: String,
    /// How far its clock is ahead of the app's.
    pub ahead_ms: i64,
    pub people: Vec<Person>,
    pub requests: Vec<Request>,
    pub payments: Vec<Payment>,
    /// How often each id was charged.
    pub charged: HashMap<Uuid, u32>,
    pub orders: Vec<(Uuid, Vec<u8>)>,
    pub feed: Vec<Change>,
    pub faults: VecDeque<(&'static str, Fault)>,
    pub blocked: Vec<Uuid>,
    pub reports: Vec<Value>,
    pub seen: Vec<String>,
    /// Ended by the server: only name and password open another.
    pub session_ended: bool,
}

/// Of the account.
pub const PASSWORD: &str = "correct horse battery";

pub fn person(n: u128, handle: &str, name: &str) -> Person {
    let key = protocol::key_to_text(&ed25519_dalek::SigningKey::from_bytes(&[n as u8; 32]).verifying_key());
    Person { id: Uuid::from_u128(n), handle: handle.into(), display_name: name.into(), public_key: key, picture: None }
}

pub fn usd(text: &str) -> Amount {
    Money::parse(text, Currency::USD).expect("amount").into()
}

pub fn minor(amount: &Amount) -> i64 {
    Money::try_from(amount).expect("money").minor()
}

impl Server {
    pub fn new(clock: Arc<TestClock>) -> Arc<Self> {
        let me = person(1, "nobody", "Nobody");
        let people = vec![person(20, "harbor", "Harbor Bakery"), person(21, "harbour", "Harbour Bakery")];
        let state = State {
            public_key: me.public_key.clone(),
            me,
            epoch: Uuid::from_u128(77),
            ahead_ms: 0,
            people,
            requests: vec![],
            payments: vec![],
            charged: HashMap::new(),
            orders: vec![],
            feed: vec![],
            faults: VecDeque::new(),
            blocked: vec![],
            reports: vec![],
            seen: vec![],
            session_ended: false,
        };
        Arc::new(Server { state: Mutex::new(state), clock, pokes: tokio::sync::broadcast::channel(16).0 })
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("lock")
    }

    pub fn fault(&self, path: &'static str, fault: Fault) {
        self.state().faults.push_back((path, fault));
    }

    pub fn publish(&self, subject: &Subject) {
        let body = serde_json::to_string(subject).expect("json");
        self.publish_text(body);
    }

    pub fn publish_text(&self, body: String) {
        let at_ms = self.clock.now_ms();
        let mut state = self.state();
        let previous = state
            .feed
            .last()
            .map_or(ledger::chain::GENESIS, |c| hex::decode(&c.hash).expect("hex").try_into().expect("32 bytes"));
        let sequence = state.feed.len() as i64 + 1;
        let hash = ledger::chain::hash(&previous, state.me.id, sequence, at_ms, &body);
        state.feed.push(Change {
            sequence,
            at_ms,
            previous_hash: hex::encode(previous),
            hash: hex::encode(hash),
            body,
        });
        drop(state);
        let _ = self.pokes.send(());
    }

    /// Somebody pays us.
    pub fn pay_us(&self, id: u128, from: usize, amount: &str, note: &str) {
        let now = self.clock.now_ms();
        let payer = self.state().people[from].clone();
        let payee = self.state().me.clone();
        let payment = Payment {
            id: Uuid::from_u128(id),
            payer,
            payee,
            amount: usd(amount),
            fee: None,
            source_id: None,
            request_id: None,
            returns: None,
            returned: None,
            note: note.into(),
            state: PaymentState::Succeeded,
            outcome_unknown: false,
            failure: None,
            action_url: None,
            verified_by: Some("sandbox".into()),
            receipt: Some(format!("{}/V/{id}", SERVER.to_uppercase())),
            created_at_ms: now,
            updated_at_ms: now,
        };
        self.state().payments.push(payment.clone());
        self.publish(&Subject::Payment(payment));
    }

    fn me_body(state: &State) -> Me {
        Me {
            person: state.me.clone(),
            currency: "USD".into(),
            country: "US".into(),
            send_bars: vec![],
            receive_bars: vec![],
        }
    }

    fn answer(&self, request: &HttpRequest) -> (u16, Value) {
        let now = self.clock.now_ms();
        let path = request.path.split('?').next().unwrap_or_default().to_owned();
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let header = |name: &str| request.headers.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
        let open = path == "/v1/server" || path.starts_with("/v1/handles/");
        let session = path.starts_with("/v1/sessions") || path == "/v1/people";
        let mut state = self.state();
        let signs_in = path == "/v1/sessions" && request.method == "POST";
        if signs_in && body["password"] != PASSWORD {
            return refuse(Code::WrongCredentials);
        }
        state.session_ended &= !signs_in;
        if !open && !signs_in && (state.session_ended || (!session && header("authorization").is_none())) {
            return refuse(Code::SignedOut);
        }
        if request.method != "GET" && header("signature").is_none() {
            return refuse(Code::BadSignature);
        }
        if let Some(input) = header("signature-input") {
            let created: i64 =
                input.split("created=").nth(1).and_then(|r| r.split(';').next()).expect("created").parse().expect("s");
            let server_now = now + state.ahead_ms;
            if (created - server_now / 1000).abs() > 300 {
                let problem = Problem { time_ms: Some(server_now), ..Problem::from(Code::ClockSkew) };
                return (401, serde_json::to_value(problem).expect("json"));
            }
        }
        let method = request.method.as_str();
        let source = |id: u128| {
            json!({ "id": Uuid::from_u128(id), "kind": "card", "card_class": "visa_debit", "label": "Visa",
            "hint": "4242", "is_default": true, "send_bar": null, "receive_bar": null })
        };
        match (method, path.as_str()) {
            ("GET", "/v1/server") => (
                200,
                json!({ "name": "Test", "public_url": SERVER, "public_key": state.public_key,
                "epoch": state.epoch, "mode": "sandbox", "holder": "nobody", "contact": "x", "time_ms": now + state.ahead_ms,
                "eligibility": { "countries": ["US"], "minimum_age_years": 18, "currencies": ["USD"] }, "payment_limits": [] }),
            ),
            ("GET", p) if p.starts_with("/v1/handles/") => (200, json!({ "verdict": "free" })),
            ("POST", "/v1/people") => {
                let join: Join = serde_json::from_value(body).expect("join");
                state.me = Person {
                    id: join.id,
                    handle: join.handle,
                    display_name: join.display_name,
                    public_key: join.device.public_key,
                    picture: None,
                };
                (201, serde_json::to_value(Self::me_body(&state)).expect("json"))
            }
            ("POST", "/v1/sessions" | "/v1/sessions/refresh") => (
                200,
                json!({ "person_id": state.me.id, "device_id": Uuid::nil(),
                "access_token": "access", "access_expires_at_ms": now + state.ahead_ms + 900_000,
                "refresh_token": "refresh", "refresh_expires_at_ms": now + 9_000_000 }),
            ),
            ("GET", "/v1/me") => (200, serde_json::to_value(Self::me_body(&state)).expect("json")),
            ("GET", "/v1/sources") => (200, json!([source(50)])),
            ("POST", "/v1/quotes") => {
                let ask: QuoteAsk = serde_json::from_value(body).expect("ask");
                (
                    200,
                    json!({ "lines": [{ "source_id": Uuid::from_u128(50), "fee": usd("0.00"), "total": ask.amount, "bar": null }],
                    "send_bars": [], "receive_bars": [], "over_limit": null, "near": null }),
                )
            }
            ("POST", "/v1/requests") => {
                let new: NewRequest = serde_json::from_value(body).expect("request");
                let made = Request {
                    id: new.id,
                    requester: state.me.clone(),
                    payer: state.people.iter().find(|it| Some(&it.handle) == new.payer_handle.as_ref()).cloned(),
                    amount: new.amount,
                    currency: "USD".into(),
                    paid: usd("0.00"),
                    note: new.note,
                    state: RequestState::Open,
                    viewed: false,
                    overpaid: false,
                    paid_late: false,
                    policy: new.policy,
                    single_use: new.single_use,
                    group: new.group,
                    ways: new.ways,
                    elsewhere: None,
                    expires_at_ms: new.expires_at_ms,
                    reminded_at_ms: None,
                    created_at_ms: now,
                    updated_at_ms: now,
                    version: 1,
                };
                state.requests.push(made.clone());
                (201, serde_json::to_value(made).expect("json"))
            }
            ("GET", p) if p.starts_with("/v1/requests/") => {
                let id = Uuid::parse_str(&p[13..]).expect("id");
                state
                    .requests
                    .iter()
                    .find(|r| r.id == id)
                    .map_or(refuse(Code::NotFound), |r| (200, serde_json::to_value(r).expect("json")))
            }
            ("GET", p) if p.starts_with("/v1/people/") => {
                match state.people.iter().chain([&state.me]).find(|x| x.handle == p[11..]) {
                    None => refuse(Code::NotFound),
                    Some(found) => (
                        200,
                        json!({ "person": found, "currency": "USD", "receive_bars": [], "holder": "nobody", "name_checked_at_ms": null }),
                    ),
                }
            }
            ("GET", "/v1/blocks") => {
                let people: Vec<&Person> = state.people.iter().filter(|p| state.blocked.contains(&p.id)).collect();
                (200, serde_json::to_value(people).expect("json"))
            }
            ("PUT" | "DELETE", p) if p.starts_with("/v1/blocks/") => {
                let id = Uuid::parse_str(&p[11..]).expect("id");
                state.blocked.retain(|known| *known != id);
                if method == "PUT" {
                    state.blocked.push(id);
                }
                (204, Value::Null)
            }
            ("POST", "/v1/reports") => {
                state.reports.push(body);
                (204, Value::Null)
            }
            ("GET", "/v1/feed") => {
                let after: i64 = request
                    .path
                    .split("after=")
                    .nth(1)
                    .and_then(|r| r.split('&').next())
                    .expect("after")
                    .parse()
                    .expect("n");
                let changes: Vec<Change> =
                    state.feed.iter().filter(|c| c.sequence > after).take(100).cloned().collect();
                let more = changes.last().is_some_and(|c| (c.sequence as usize) < state.feed.len());
                (
                    200,
                    json!({ "epoch": state.epoch, "changes": changes, "more": more, "last_sequence": state.feed.len(),
                    "time_ms": now + state.ahead_ms }),
                )
            }
            ("POST", "/v1/returns") => self.take_return(&mut state, request, now),
            ("POST", "/v1/payments") => self.take_order(&mut state, request, now),
            ("GET", p) if p.starts_with("/v1/payments/") => {
                let id = Uuid::parse_str(&p[13..]).expect("id");
                state
                    .payments
                    .iter()
                    .find(|x| x.id == id)
                    .map_or(refuse(Code::NotFound), |x| (200, serde_json::to_value(x).expect("json")))
            }
            _ => refuse(Code::NotFound),
        }
    }

    fn take_return(&self, state: &mut State, request: &HttpRequest, now: i64) -> (u16, Value) {
        let signed: SignedReturn = serde_json::from_slice(&request.body).expect("return");
        let order = signed.order.clone();
        if let Some((_, body)) = state.orders.iter().find(|(id, _)| *id == order.id) {
            if *body != request.body {
                return refuse(Code::IdReused);
            }
            let known = state.payments.iter().find(|p| p.id == order.id).expect("payment");
            return (201, serde_json::to_value(known).expect("json"));
        }
        let key = protocol::device_key_from_text(&state.me.public_key).expect("key");
        if signed.verify(&key).is_err() {
            return refuse(Code::OrderSignature);
        }
        let original = state.payments.iter_mut().find(|p| p.id == order.payment_id).expect("payment");
        let gone = original.returned.as_ref().map_or(0, minor) + minor(&order.amount);
        if gone > minor(&original.amount) {
            return refuse(Code::ReturnTooMuch);
        }
        original.returned = Some(Money::new(gone, Currency::USD).expect("money").into());
        let payment = Payment {
            id: order.id,
            payer: original.payee.clone(),
            payee: original.payer.clone(),
            amount: order.amount,
            fee: Some(usd("0.00")),
            returns: Some(original.id),
            returned: None,
            note: String::new(),
            created_at_ms: now,
            updated_at_ms: now,
            ..original.clone()
        };
        state.orders.push((order.id, request.body.clone()));
        *state.charged.entry(order.id).or_default() += 1;
        state.payments.push(payment.clone());
        (201, serde_json::to_value(payment).expect("json"))
    }

    fn take_order(&self, state: &mut State, request: &HttpRequest, now: i64) -> (u16, Value) {
        let signed: SignedOrder = serde_json::from_slice(&request.body).expect("order");
        let order = signed.order.clone();
        if let Some((_, body)) = state.orders.iter().find(|(id, _)| *id == order.id) {
            if *body != request.body {
                return refuse(Code::IdReused);
            }
            let known = state.payments.iter().find(|p| p.id == order.id).expect("payment");
            return (201, serde_json::to_value(known).expect("json"));
        }
        let key = protocol::device_key_from_text(&state.me.public_key).expect("key");
        if signed.verify(&key).is_err() {
            return refuse(Code::OrderSignature);
        }
        let payee = state.people.iter().find(|p| p.id == order.payee_id).expect("payee").clone();
        let payment = Payment {
            id: order.id,
            payer: state.me.clone(),
            payee,
            amount: order.amount,
            fee: Some(order.fee),
            source_id: Some(order.source_id),
            request_id: order.request_id,
            returns: None,
            returned: None,
            note: order.note,
            state: PaymentState::Succeeded,
            outcome_unknown: false,
            failure: None,
            action_url: None,
            verified_by: Some("sandbox".into()),
            receipt: None,
            created_at_ms: now,
            updated_at_ms: now,
        };
        state.orders.push((order.id, request.body.clone()));
        *state.charged.entry(order.id).or_default() += 1;
        state.payments.push(payment.clone());
        (201, serde_json::to_value(payment).expect("json"))
    }
}

fn refuse(code: Code) -> (u16, Value) {
    (code.status(), serde_json::to_value(Problem::from(code)).expect("json"))
}

pub struct Line(pub Arc<Server>);

impl Transport for Line {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let fault = {
            let mut state = self.0.state();
            state.seen.push(format!("{request:?}"));
            let matches = state.faults.front().is_some_and(|(path, _)| format!("{request:?}").starts_with(path));
            if matches { state.faults.pop_front().map(|(_, fault)| fault) } else { None }
        };
        let answered =
            |(status, body): (u16, Value)| HttpResponse { status, body: serde_json::to_vec(&body).expect("json") };
        let result = match fault {
            None | Some(Fault::Nothing) => Ok(answered(self.0.answer(&request))),
            Some(Fault::Offline) => Err(TransportError::Unreachable),
            Some(Fault::RequestLost) => Err(TransportError::Lost),
            Some(Fault::Answer(status, body)) => Ok(HttpResponse { status, body }),
            Some(Fault::AnswerLost) => {
                self.0.answer(&request);
                Err(TransportError::Lost)
            }
        };
        Box::pin(async move { result })
    }

    fn listen(&self, _request: HttpRequest) -> BoxFuture<'_, Result<Pokes, TransportError>> {
        let pokes = self.0.pokes.subscribe();
        let stream =
            futures::stream::unfold(
                pokes,
                |mut pokes| async move { pokes.recv().await.ok().map(|()| (Ok(Poke), pokes)) },
            );
        Box::pin(async move { Ok(stream.boxed()) })
    }
}

struct Cable(Arc<Server>);

impl Network for Cable {
    fn open(&self, _server: &str) -> Result<Arc<dyn Transport>, TransportError> {
        Ok(Arc::new(Line(Arc::clone(&self.0))))
    }
}

pub struct World {
    pub folder: tempfile::TempDir,
    pub clock: Arc<TestClock>,
    pub secrets: Arc<TestSecrets>,
    pub server: Arc<Server>,
    pub probe: Arc<dyn Probe>,
    pub background: bool,
    /// Nothing waits, unless a story is about waiting.
    pub hold: Hold,
    runs: AtomicU64,
}

impl World {
    pub fn new() -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(START_MS)));
        World {
            folder: tempfile::tempdir().expect("folder"),
            secrets: Arc::default(),
            server: Server::new(Arc::clone(&clock)),
            clock,
            probe: Arc::new(NoProbe),
            background: false,
            hold: Hold::none(),
            runs: AtomicU64::new(1),
        }
    }

    pub fn wait(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn options(&self, folder: &Path) -> Options {
        Options {
            folder: folder.to_owned(),
            clock: self.clock.clone(),
            random: Arc::new(Seeded(AtomicU64::new(self.runs.fetch_add(1, Ordering::SeqCst)))),
            secrets: self.secrets.clone(),
            network: Arc::new(Cable(Arc::clone(&self.server))),
            probe: Arc::clone(&self.probe),
            background: self.background,
        }
    }

    pub async fn open(&self) -> Result<App, WalletError> {
        let app = App::open(self.options(self.folder.path())).await?;
        app.set_settings(Settings { hold: self.hold.clone(), ask_me: AskMe::Anyone, ..app.settings().await? }).await?;
        Ok(app)
    }

    pub async fn joined(&self) -> App {
        let app = self.open().await.expect("opened");
        app.join(form()).await.expect("joined");
        app
    }
}

pub fn form() -> JoinForm {
    JoinForm {
        address: "pay.example".into(),
        display_name: "Zoraida Quintanilla".into(),
        handle: "zoraida".into(),
        email: "z@example.org".into(),
        password: PASSWORD.into(),
        date_of_birth: "1990-01-01".into(),
        country: "US".into(),
        currency: "USD".into(),
        passphrase: None,
    }
}
