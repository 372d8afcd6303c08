use crate::clock::{Clock, Randomness};
use crate::config::{Config, Timings};
use crate::fault::Fault;
use crate::feed::Hub;
use crate::limits::Limits;
use crate::mail;
use crate::payments::{self, book};
use crate::people;
use crate::processor::Processor;
use crate::processor::sandbox::Sandbox;
use crate::requests;
use crate::schema;
use crate::signed::Nonces;
use crate::state::{Parts, Server};
use crate::writer::{Effects, Writer};
use ed25519_dalek::SigningKey;
use ledger::{Store, args, feed};
use pay::Currency;
use std::sync::Arc;
use tokio::sync::{Notify, Semaphore, mpsc, watch};

/// What a server is made of.
pub struct Ingredients {
    /// The operator's decisions.
    pub config: Config,
    /// Own public address, no trailing slash.
    pub public_url: String,
    /// The server's database.
    pub store: Store,
    /// The sandbox processor's own.
    pub sandbox_store: Store,
    /// The server's key; `None`: kept in the database (practice, whose database is encrypted).
    pub key: Option<SigningKey>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub randomness: Arc<dyn Randomness>,
    /// Practice mode's token.
    pub practice_token: Option<String>,
}

/// A server whose tasks run; serve [`crate::router`] of it.
pub struct Started {
    /// For the router.
    pub server: Server,
    sandbox_store: Store,
    stop: watch::Sender<bool>,
}

impl Started {
    /// Ends the tasks and the live lines. What was accepted and not settled is settled after the next start.
    pub fn stop(&self) {
        // Nobody may be listening any more; then all has ended already.
        let _ = self.stop.send(true);
    }

    /// [`Self::stop`], then closes the databases once nobody uses them.
    pub async fn close(&self) {
        self.stop();
        self.server.store.close().await;
        self.sandbox_store.close().await;
    }
}

/// Makes the tables, opens the processor, and goes on with whatever was left unfinished. The databases of a server that
/// cannot start are closed.
pub async fn start(ingredients: Ingredients) -> Result<Started, Fault> {
    let (store, sandbox_store) = (ingredients.store.clone(), ingredients.sandbox_store.clone());
    let started = begin(ingredients).await;
    if started.is_err() {
        store.close().await;
        sandbox_store.close().await;
    }
    started
}

async fn begin(ingredients: Ingredients) -> Result<Started, Fault> {
    let Ingredients { config, public_url, store, sandbox_store, key, clock, randomness, practice_token } = ingredients;
    store.migrate(schema::NAME, schema::MIGRATIONS).await?;
    let currencies = config.limits.iter().filter_map(|limit| Currency::from_code(&limit.currency).ok());
    book::open_fees(&store, &currencies.collect::<Vec<_>>()).await?;
    let epoch = feed::epoch(&mut store.read().await?).await?;
    let key = match key {
        Some(key) => key,
        None => kept_key(&store, &*randomness).await?,
    };
    let processor = open_sandbox(sandbox_store.clone(), &clock, &randomness, &config.timings).await?;
    let hub = Arc::new(Hub::default());
    let (settle, accepted) = mpsc::unbounded_channel();
    let post = mail::open(&config.mail, &public_url)?;
    let letter_bell = Arc::new(Notify::new());
    let (listeners, to_settle, bell, scrubbed) = (hub.clone(), settle.clone(), letter_bell.clone(), store.clone());
    let writer = Writer::start(store.clone(), clock.clone(), move |effects: Effects| {
        listeners.end(&effects.ended);
        listeners.poke(&effects.pokes);
        if effects.letters {
            bell.notify_one();
        }
        if effects.scrub {
            tokio::spawn(people::scrub(scrubbed.clone()));
        }
        for payment_id in effects.settle {
            // Without a receiver the server is stopping; the payment is asked about after the next start.
            let _ = to_settle.send(payment_id);
        }
    });
    let (stop, stopping) = watch::channel(false);
    let server = Server::new(Parts {
        config,
        public_url,
        key,
        epoch,
        store,
        writer,
        post,
        letter_bell,
        clock,
        randomness,
        processor,
        hub,
        limits: Limits::default(),
        nonces: Nonces::default(),
        hashing: Arc::new(Semaphore::new(2)),
        settle,
        practice_token,
        stopping,
    });
    for payment_id in payments::unfinished(&server).await? {
        server.settle.send(payment_id).map_err(|_| Fault::Stopping)?;
    }
    tokio::spawn(payments::keep_settling(server.clone(), accepted));
    tokio::spawn(requests::keep_expiring(server.clone()));
    tokio::spawn(people::keep_letting_in(server.clone()));
    tokio::spawn(mail::keep_sending(server.clone()));
    Ok(Started { server, sandbox_store, stop })
}

async fn open_sandbox(
    store: Store,
    clock: &Arc<dyn Clock>,
    randomness: &Arc<dyn Randomness>,
    timings: &Timings,
) -> Result<Arc<dyn Processor>, Fault> {
    Ok(Arc::new(Sandbox::open(store, clock.clone(), randomness.clone(), timings).await?))
}

/// The key kept in an encrypted database, made when there is none.
async fn kept_key(store: &Store, randomness: &dyn Randomness) -> Result<SigningKey, Fault> {
    const FIND: &str = "SELECT secret FROM server_secret WHERE name = 'key'";
    const KEEP: &str = "INSERT INTO server_secret (name, secret) VALUES ('key', $1)";
    let mut tx = store.begin().await?;
    let secret = match tx.row(FIND, args![]).await? {
        Some(row) => row.bytes::<32>(0)?,
        None => {
            let fresh = randomness.bytes::<32>();
            tx.execute(KEEP, args![fresh]).await?;
            fresh
        }
    };
    tx.commit().await?;
    Ok(SigningKey::from_bytes(&secret))
}
