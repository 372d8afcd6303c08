mod operator;

use crate::network::{Ether, EtherNetwork};
use crate::outside::{QuickClock, Seeded};
use ed25519_dalek::SigningKey;
use ledger::{Store, args};
use pay::{Handle, Money};
use protocol::body::{
    Amount, Join, Mode, NewDevice, NewRequest, NewSource, Payment, PaymentState, Policy, Request, Subject,
};
use protocol::{Order, SignedOrder};
use server::config::{Config, Mail, Timings};
use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use town::{Pace, Town};
use uuid::Uuid;
use wallet::{Clock, Credentials, Device, Network, Remote, WalletError};

/// How much faster than the world's the stories' clocks run.
const SPEED: u32 = 20;
/// How long anything in a story may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// The practice token of stories.
const TOKEN: &str = "token-of-a-story";
/// A password nobody tries first.
const PASSWORD: &str = "a long way to the harbor";

/// Where a story's server keeps its book.
pub enum Database {
    /// A file in the story's folder.
    Sqlite,
    /// A PostgreSQL database at this address.
    Postgres(String),
}

/// One server, the air around it, a clock, and a folder for everything.
pub struct World {
    /// What everything random follows from.
    pub seed: u64,
    /// Everybody's clock, unless set wrong.
    pub clock: Arc<QuickClock>,
    /// The network.
    pub ether: Arc<Ether>,
    /// Public address of the server.
    pub address: String,
    folder: TempDir,
    database: Database,
    mode: Mode,
    timings: Timings,
    running: Option<server::Started>,
    next: std::sync::atomic::AtomicU64,
}

/// The seeds to play: `JOURNEY_SEED` alone, else as many as `JOURNEY_SEEDS` says, else `count`.
pub fn seeds(count: u64) -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match number("JOURNEY_SEED") {
        Some(seed) => vec![seed],
        None => (1..=number("JOURNEY_SEEDS").unwrap_or(count)).collect(),
    }
}

/// Asks until the answer is there; a story that waits too long has failed.
///
/// # Panics
/// After a minute.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(began.elapsed() < PATIENCE, "it never came true: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

impl World {
    /// A sandbox server on SQLite.
    pub async fn new(seed: u64) -> World {
        World::with(seed, Mode::Sandbox, Database::Sqlite).await
    }

    /// A server of some mode on some database. In practice mode everybody needs the token.
    pub async fn with(seed: u64, mode: Mode, database: Database) -> World {
        eprintln!("JOURNEY_SEED={seed} plays this again");
        let address = if mode == Mode::Practice { "http://127.0.0.1:4871" } else { "https://pay.example" };
        let timings = Timings {
            reminder_ms: 1_000,
            expiry_tick_ms: 20,
            processor_wait_ms: 5_000,
            ask_again_ms: vec![40, 80, 150],
            ..Timings::default()
        };
        let mut world = World {
            seed,
            clock: Arc::new(QuickClock::new(SPEED)),
            ether: Ether::new(seed),
            address: address.into(),
            folder: tempfile::tempdir().expect("a folder"),
            database,
            mode,
            timings,
            running: None,
            next: std::sync::atomic::AtomicU64::new(1),
        };
        world.start_server().await;
        world
    }

    /// Starts the server, or starts it again where it was.
    pub async fn start_server(&mut self) {
        let (store, sandbox_store) = match &self.database {
            Database::Sqlite => {
                let file = self.folder.path().join("server.sqlite");
                let beside = self.folder.path().join("server.sqlite.sandbox");
                (open_file(&file).await, open_file(&beside).await)
            }
            Database::Postgres(url) => (open_url(url).await, open_url(url).await),
        };
        let rates = Config::practice(self.timings.clone()).rates;
        let mail = Mail::into_folder(self.folder("letters"));
        let config = Config { mode: self.mode, rates, timings: self.timings.clone(), mail, ..Config::default() };
        let started = server::start(server::Ingredients {
            config,
            public_url: self.address.clone(),
            store,
            sandbox_store,
            key: Some(SigningKey::from_bytes(&[7; 32])),
            clock: self.clock.clone(),
            randomness: Arc::new(Seeded::new(self.fresh_seed())),
            practice_token: (self.mode == Mode::Practice).then(|| TOKEN.to_owned()),
        })
        .await
        .expect("the server starts");
        self.ether.put(&self.address, server::router(started.server.clone()));
        self.running = Some(started);
    }

    /// Takes the server away, as when its machine is switched off.
    pub async fn stop_server(&mut self) {
        self.ether.take_away(&self.address);
        if let Some(running) = self.running.take() {
            running.close().await;
        }
    }

    /// Changes how long things take, from the next start of the server on.
    pub fn set_timings(&mut self, change: impl FnOnce(&mut Timings)) {
        change(&mut self.timings);
    }

    /// The server's own database.
    ///
    /// # Panics
    /// When the server was stopped.
    pub fn store(&self) -> &Store {
        &self.running.as_ref().expect("the server runs").server.store
    }

    /// The server's pages and calls, for somebody who comes without an app.
    ///
    /// # Panics
    /// When the server was stopped.
    pub fn router(&self) -> axum::Router {
        server::router(self.running.as_ref().expect("the server runs").server.clone())
    }

    /// The practice server's token.
    pub fn token(&self) -> &'static str {
        TOKEN
    }

    /// A way through the air.
    pub fn network(&self) -> Arc<dyn Network> {
        Arc::new(EtherNetwork(Arc::clone(&self.ether)))
    }

    /// A folder of this name inside the story's.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Another seed, following from the world's.
    pub fn fresh_seed(&self) -> u64 {
        let step = self.next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(step)
    }

    /// Lets the town's people move in, at a quick pace.
    pub fn town(&self) -> town::Running {
        town::start(Town {
            server: self.address.clone(),
            practice_token: TOKEN.into(),
            network: self.network(),
            clock: self.clock.clone(),
            random: Arc::new(Seeded::new(self.fresh_seed())),
            pace: Pace { moment_ms: 1_000 },
            file: self.folder("town.json"),
        })
        .expect("the town starts")
    }

    /// Somebody with an account and a card of this token, but without our app.
    pub async fn somebody(&self, handle: &str, card: &str) -> Resident {
        let random = Arc::new(Seeded::new(self.fresh_seed()));
        let device = Device::make(&*self.clock, &*random);
        let transport = self.network().open(&self.address).expect("a way");
        let credentials = Credentials { name: handle.into(), password: PASSWORD.to_owned().into() };
        let mut remote = Remote::new(&self.address, transport, self.clock.clone(), random.clone())
            .with_device(device.clone())
            .with_credentials(credentials);
        if self.mode == Mode::Practice {
            remote = remote.with_practice_token(TOKEN);
        }
        let new_id = || wallet::new_id(&*self.clock, &*random);
        let (person_id, source_id) = (new_id(), new_id());
        let join = Join {
            id: person_id,
            display_name: format!("{handle} Example"),
            handle: handle.into(),
            email: format!("{handle}@mail.example"),
            password: PASSWORD.into(),
            date_of_birth: "1990-02-03".into(),
            country: "US".into(),
            currency: "USD".into(),
            device: NewDevice { id: device.id, public_key: device.public_key(), name: "Story".into() },
        };
        remote.join(&join).await.expect("joined");
        let source = NewSource { id: source_id, token: card.into(), label: String::new() };
        remote.add_source(&source).await.expect("a card");
        Resident { person_id, source_id, handle: handle.into(), device, remote, random, clock: self.clock.clone() }
    }

    /// [`audit`] of the server's database.
    pub async fn audit(&self) -> BTreeMap<Uuid, (i64, i64)> {
        audit(self.store()).await
    }
}

/// Checks the server's book: every entry has its twin, nobody's account holds anything, nothing is reserved for a
/// payment that is over. Gives what each person's posted payments moved: (sent, received), minor units.
///
/// # Panics
/// When the book is wrong.
pub async fn audit(store: &Store) -> BTreeMap<Uuid, (i64, i64)> {
    let mut tx = store.read().await.expect("a view");
    let sums = "SELECT CAST(COALESCE(SUM(posted_debit), 0) AS BIGINT), CAST(COALESCE(SUM(posted_credit), 0) AS BIGINT),
            CAST(COALESCE(SUM(reserved_debit), 0) AS BIGINT), CAST(COALESCE(SUM(reserved_credit), 0) AS BIGINT) FROM ledger_account";
    let row = tx.row(sums, args![]).await.expect("sums").expect("a row");
    let [debit, credit, held_debit, held_credit] = [0, 1, 2, 3].map(|i| row.i64(i).expect("a sum"));
    assert_eq!(debit, credit, "the book does not add up");
    assert_eq!(held_debit, held_credit, "reservations do not add up");
    let pooled = "SELECT id FROM ledger_account WHERE floor = 'zero' AND posted_debit <> posted_credit";
    assert!(tx.rows(pooled, args![]).await.expect("rows").is_empty(), "somebody's money stayed inside");
    let loose = "SELECT t.id FROM ledger_transfer t JOIN payment p ON p.id = t.payment_id WHERE t.state = 'reserved'
            AND p.state NOT IN ('processing', 'requires_action')";
    assert!(tx.rows(loose, args![]).await.expect("rows").is_empty(), "money is held for a payment that is over");
    let mut moved = BTreeMap::<Uuid, (i64, i64)>::new();
    let paid = "SELECT payer_id, payee_id, amount_minor, fee_minor FROM payment WHERE state = 'succeeded'";
    for row in tx.rows(paid, args![]).await.expect("rows") {
        let (amount, fee) = (row.i64(2).expect("amount"), row.i64(3).expect("fee"));
        moved.entry(row.uuid(0).expect("payer")).or_default().0 += amount + fee;
        moved.entry(row.uuid(1).expect("payee")).or_default().1 += amount;
    }
    let posted = "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM ledger_transfer WHERE state = 'posted'
            AND debit IN (SELECT id FROM ledger_account WHERE floor = 'none')";
    let drawn = tx.row(posted, args![]).await.expect("sum").expect("a row").i64(0).expect("a sum");
    assert_eq!(drawn, moved.values().map(|(sent, _)| sent).sum::<i64>(), "payments and transfers disagree");
    moved
}

async fn open_file(file: &Path) -> Store {
    Store::open_sqlite(file, None).await.expect("the database opens")
}

async fn open_url(url: &str) -> Store {
    Store::open_postgres(url).await.expect("the database opens")
}

/// An amount of US dollars.
pub fn usd(value: &str) -> Amount {
    Amount { value: value.into(), currency: "USD".into() }
}

/// Minor units of an amount.
///
/// # Panics
/// When it is not money.
pub fn minor(amount: &Amount) -> i64 {
    Money::try_from(amount).expect("money").minor()
}

/// Somebody whose every move a story makes by hand: an account, a device and a card, through the app's own client.
pub struct Resident {
    /// Their id.
    pub person_id: Uuid,
    /// Their card.
    pub source_id: Uuid,
    /// Their handle.
    pub handle: String,
    /// Their device.
    pub device: Device,
    /// Their line.
    pub remote: Remote,
    random: Arc<Seeded>,
    clock: Arc<QuickClock>,
}

impl Resident {
    /// A fresh id.
    pub fn new_id(&self) -> Uuid {
        wallet::new_id(&*self.clock, &*self.random)
    }

    /// A signed order; nothing is sent.
    pub async fn order(&self, payee: &str, amount: &str, request_id: Option<Uuid>) -> SignedOrder {
        let payee = self.remote.payee(&Handle::parse(payee).expect("a handle")).await.expect("a payee").person;
        let now_ms = self.clock.now_ms();
        let order = Order {
            id: self.new_id(),
            server: self.remote.server().to_owned(),
            payer_id: self.person_id,
            device_id: self.device.id,
            payee_id: payee.id,
            payee_handle: payee.handle,
            payee_name: payee.display_name,
            amount: usd(amount),
            fee: usd("0.00"),
            source_id: self.source_id,
            request_id,
            note: String::new(),
            confirmed_at_ms: now_ms,
            expires_at_ms: now_ms + 600_000,
        };
        order.sign(&self.device.key).expect("signed")
    }

    /// Pays.
    pub async fn pay(&self, payee: &str, amount: &str, request_id: Option<Uuid>) -> Result<Payment, WalletError> {
        self.remote.pay(&self.order(payee, amount, request_id).await).await
    }

    /// What a request for one payment looks like.
    pub fn asking(&self, payer: Option<&str>, amount: &str) -> NewRequest {
        NewRequest {
            id: self.new_id(),
            amount: Some(usd(amount)),
            note: "for the story".into(),
            payer_handle: payer.map(str::to_owned),
            expires_at_ms: None,
            single_use: true,
            policy: accepting(),
            group: None,
            ways: Vec::new(),
        }
    }

    /// Everything the feed says now, newest body of each payment and request.
    pub async fn see(&self) -> (BTreeMap<Uuid, Payment>, BTreeMap<Uuid, Request>) {
        let (mut payments, mut requests, mut cursor) = (BTreeMap::new(), BTreeMap::new(), 0);
        loop {
            let page = self.remote.feed(cursor, 500).await.expect("a page");
            for change in &page.changes {
                match serde_json::from_str(&change.body).expect("a subject") {
                    Subject::Payment(payment) => drop(payments.insert(payment.id, payment)),
                    Subject::Request(request) => drop(requests.insert(request.id, request)),
                    Subject::Me(_) | Subject::Sources { .. } => {}
                }
                cursor = change.sequence;
            }
            if !page.more {
                return (payments, requests);
            }
        }
    }

    /// Waits until a request satisfies `wanted`.
    pub async fn until_request(&self, id: Uuid, what: &str, wanted: impl Fn(&Request) -> bool) -> Request {
        eventually(what, || async { self.see().await.1.remove(&id).filter(|request| wanted(request)) }).await
    }

    /// Waits until a payment is over.
    pub async fn until_over(&self, id: Uuid) -> Payment {
        let over =
            |payment: &Payment| !matches!(payment.state, PaymentState::Processing | PaymentState::RequiresAction);
        eventually("the payment is over", || async { self.see().await.0.remove(&id).filter(over) }).await
    }
}

/// Rules that take whatever comes.
pub fn accepting() -> Policy {
    use protocol::body::{LatePolicy, OverPolicy, PartialPolicy};
    Policy { partial: PartialPolicy::Accept, over: OverPolicy::Accept, late: LatePolicy::Accept }
}
