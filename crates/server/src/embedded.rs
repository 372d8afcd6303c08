//! The server inside another process, on the loopback address only: practice mode, and tests.

use crate::clock::{Clock, Randomness, SystemClock, SystemRandomness};
use crate::config::{Config, Mail, Timings};
use crate::fault::Fault;
use crate::router;
use crate::start::{Ingredients, Started, start as start_server};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ledger::Store;
use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use ledger::{DatabaseKey, LedgerError};

/// What an embedded server needs.
pub struct Embedded {
    /// Its SQLite file; the sandbox processor keeps a second one beside it, named with `.sandbox` at the end.
    pub database: PathBuf,
    /// Encrypts both. Tests may go without, and then the server's key lies in the file in clear.
    pub key: Option<DatabaseKey>,
    /// Port on 127.0.0.1; 0 takes a free one. Links and signed orders carry the port: keep it between starts.
    pub port: u16,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub randomness: Arc<dyn Randomness>,
    /// How long things take; [`practice_timings`] for people.
    pub timings: Timings,
}

impl Embedded {
    /// Practice mode on this machine: system clock and randomness, short waits.
    pub fn practice(database: PathBuf, key: DatabaseKey, port: u16) -> Embedded {
        Embedded {
            database,
            key: Some(key),
            port,
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
            timings: practice_timings(),
        }
    }
}

/// Times short enough to practise with: a lost answer is known after some seconds, a reminder is possible after ten.
pub fn practice_timings() -> Timings {
    Timings {
        reminder_ms: 10_000,
        expiry_tick_ms: 250,
        processor_wait_ms: 3_000,
        sandbox_charge_ms: 300,
        recovery_wait_ms: 0,
        ..Timings::default()
    }
}

/// Why the embedded server does not run.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The database cannot be opened.
    #[error("the practice database cannot be opened: {0}")]
    Database(LedgerError),
    /// The port cannot be had.
    #[error("the practice server cannot listen on 127.0.0.1")]
    Listen(#[source] std::io::Error),
    /// It did not start.
    #[error("the practice server did not start")]
    Start(#[source] Fault),
}

/// A running embedded server. Dropping it ends its tasks; [`Running::shutdown`] also waits for them.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Value of the header [`protocol::path::PRACTICE_TOKEN_HEADER`] that every API call must carry.
    pub token: String,
    /// The server's Ed25519 key, base64url without padding.
    pub public_key: String,
    started: Started,
    serving: Option<JoinHandle<()>>,
}

impl Running {
    /// `http://127.0.0.1:PORT`: what signatures and orders must name.
    pub fn public_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The server itself, to call its router in process.
    pub fn server(&self) -> crate::Server {
        self.started.server.clone()
    }

    /// Stops listening, lets calls under way end, and closes the database.
    pub async fn shutdown(mut self) {
        self.started.stop();
        if let Some(serving) = self.serving.take() {
            // A serving task that ended with a defect has nothing left to wait for.
            let _ = serving.await;
        }
        self.started.close().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.started.stop();
    }
}

/// Opens the databases and listens.
pub async fn start(embedded: Embedded) -> Result<Running, EmbeddedError> {
    let Embedded { database, key, port, clock, randomness, timings } = embedded;
    // The port first: whoever tries another when it is taken leaves no open database behind.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(EmbeddedError::Listen)?;
    let address = listener.local_addr().map_err(EmbeddedError::Listen)?;
    let (store, sandbox_store) = open(&database, key).await.map_err(EmbeddedError::Database)?;
    let token = URL_SAFE_NO_PAD.encode(randomness.bytes::<32>());
    let started = start_server(Ingredients {
        config: Config { mail: Mail::into_folder(letters(&database)), ..Config::practice(timings) },
        public_url: format!("http://{address}"),
        store,
        sandbox_store,
        key: None,
        clock,
        randomness,
        practice_token: Some(token.clone()),
    })
    .await
    .map_err(EmbeddedError::Start)?;
    let server = started.server.clone();
    let public_key = protocol::key_to_text(&server.key.verifying_key());
    let mut stopping = server.stopping.clone();
    let service = router::router(server).into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move {
        let stopped = async move {
            // An error means that the server is gone, which is what is waited for.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        };
        if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(stopped).await {
            tracing::error!(%error, "the practice server stopped listening");
        }
    });
    Ok(Running { address, token, public_key, started, serving: Some(serving) })
}

/// The server's database and the sandbox's.
async fn open(database: &Path, key: Option<DatabaseKey>) -> Result<(Store, Store), LedgerError> {
    let store = Store::open_sqlite(database, key.clone()).await?;
    match Store::open_sqlite(&beside(database), key).await {
        Ok(sandbox) => Ok((store, sandbox)),
        Err(error) => {
            store.close().await;
            Err(error)
        }
    }
}

/// Where practice's letters lie. Few are written: nobody knows the password of a practice account.
fn letters(database: &Path) -> PathBuf {
    database.with_file_name("letters")
}

fn beside(database: &Path) -> PathBuf {
    let mut name = OsString::from(database.as_os_str());
    name.push(".sandbox");
    PathBuf::from(name)
}
