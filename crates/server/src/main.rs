//! `tessera-server`: the payments server as a program of its own.

mod reports;

use clap::Parser;
use ed25519_dalek::SigningKey;
use ledger::{LedgerError, Store, feed};
use server::clock::{Randomness, SystemClock, SystemRandomness};
use server::config::{Config, ConfigError, Secret};
use server::operator::OperatorError;
use server::{Fault, Started};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// The self-hosted payments server. TLS is the reverse proxy's, in front of it.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Arguments {
    #[command(flatten)]
    serve: Option<Serve>,
    #[command(subcommand)]
    task: Option<Task>,
}

#[derive(clap::Subcommand)]
enum Task {
    /// What people reported, and what to do about it. The server may go on running.
    Reports(reports::Reports),
}

#[derive(clap::Args)]
struct Serve {
    /// Address to listen on, for example 127.0.0.1:8080.
    #[arg(long)]
    listen: SocketAddr,
    /// `sqlite:FILE` or `postgres://…`; without it the environment's TESSERA_DATABASE, which is the place for an address
    /// that holds a password: others on this machine can read arguments.
    #[arg(long)]
    database: Option<String>,
    /// The address people use, for example https://pay.example.
    #[arg(long)]
    public_url: String,
    /// Say it once, on the first start after a backup was put back: a new epoch begins, and apps stop until their owner
    /// has seen what was lost.
    #[arg(long)]
    restored: bool,
    /// Configuration file (TOML). See tessera-server.example.toml.
    #[arg(long)]
    config: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("the configuration file {path} cannot be read: {error}")]
    ConfigFile { path: String, error: std::io::Error },
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("--public-url must be https://HOST (or http:// on the loopback address), without path or query")]
    PublicUrl,
    #[error("--database must be sqlite:FILE or postgres://…")]
    DatabaseKind,
    #[error("there is no database at {0}")]
    NoDatabase(String),
    #[error("the database cannot be opened: {0}")]
    Database(#[from] LedgerError),
    #[error("the key file {path} cannot be read or written: {error}")]
    KeyFile { path: String, error: std::io::Error },
    #[error("the server's key must be 64 hex digits (TESSERA_SERVER_KEY, or the key file)")]
    Key,
    #[error("cannot listen on {address}: {error}")]
    Listen { address: SocketAddr, error: std::io::Error },
    #[error("serving ended: {0}")]
    Serve(std::io::Error),
    #[error(transparent)]
    Server(#[from] Fault),
    #[error(transparent)]
    Operator(#[from] OperatorError),
    #[error("the terminal cannot be written to: {0}")]
    Print(#[from] std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let done = match Arguments::parse() {
        Arguments { task: Some(Task::Reports(asked)), .. } => reports::run(asked).await,
        Arguments { serve: Some(serve), .. } => run(serve).await,
        Arguments { serve: None, task: None } => Err(StartError::PublicUrl),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Serve) -> Result<(), StartError> {
    let public_url = check_public_url(&arguments.public_url)?;
    let mut config = read_config(arguments.config.as_deref())?;
    config.mail.password = Secret(std::env::var("TESSERA_SMTP_PASSWORD").ok());
    let key = server_key(&config.key_file)?;
    let (store, sandbox_store) = open(&named_database(arguments.database)?, arguments.restored).await?;
    let started = server::start(server::Ingredients {
        config,
        public_url: public_url.clone(),
        store,
        sandbox_store,
        key: Some(key),
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        practice_token: None,
    })
    .await?;
    let started = Arc::new(started);
    let served = serve(started.clone(), arguments.listen, &public_url).await;
    started.close().await;
    served
}

/// Answers at the address until it is told to stop.
async fn serve(started: Arc<Started>, address: SocketAddr, public_url: &str) -> Result<(), StartError> {
    let listening = |error| StartError::Listen { address, error };
    let listener = TcpListener::bind(address).await.map_err(listening)?;
    tracing::info!(listen = %listener.local_addr().map_err(listening)?, %public_url, "ready");
    let service = server::router(started.server.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let stop = async move {
        asked_to_stop().await;
        tracing::info!("stopping");
        started.stop();
    };
    axum::serve(listener, service).with_graceful_shutdown(stop).await.map_err(StartError::Serve)
}

/// The database that was named, else that of the environment.
fn named_database(argument: Option<String>) -> Result<String, StartError> {
    argument.or_else(|| std::env::var("TESSERA_DATABASE").ok()).ok_or(StartError::DatabaseKind)
}

/// Signed requests name the public address, so it must be exactly what people's apps use.
fn check_public_url(text: &str) -> Result<String, StartError> {
    let url = url::Url::parse(text).map_err(|_| StartError::PublicUrl)?;
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if scheme && bare && url.password().is_none() {
        Ok(url.origin().ascii_serialization())
    } else {
        Err(StartError::PublicUrl)
    }
}

fn read_config(path: Option<&Path>) -> Result<Config, StartError> {
    let Some(path) = path else { return Ok(Config::default()) };
    let unreadable = |error| StartError::ConfigFile { path: path.display().to_string(), error };
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    Ok(Config::from_toml(&text)?)
}

/// From the environment, else from the file, else made and written to the file (mode 0600).
fn server_key(path: &Path) -> Result<SigningKey, StartError> {
    let trouble = |error| StartError::KeyFile { path: path.display().to_string(), error };
    let text = match std::env::var("TESSERA_SERVER_KEY") {
        Ok(text) => text,
        Err(_) => match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let fresh = hex::encode((&SystemRandomness as &dyn Randomness).bytes::<32>());
                write_key(path, &fresh).map_err(trouble)?;
                tracing::info!(file = %path.display(), "a new server key was made; keep a copy");
                fresh
            }
            Err(error) => return Err(trouble(error)),
        },
    };
    let bytes = hex::decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.map(|bytes| SigningKey::from_bytes(&bytes)).ok_or(StartError::Key)
}

fn write_key(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

/// The server's database and the sandbox's: two SQLite files, or two pools on one PostgreSQL. Under a new epoch when it was
/// restored from a backup.
async fn open(database: &str, restored: bool) -> Result<(Store, Store), StartError> {
    let sandbox = if database.starts_with("sqlite:") { format!("{database}.sandbox") } else { database.to_owned() };
    let mut store = open_one(database).await?;
    if restored {
        let begun = begin_epoch(&store).await;
        store = store.if_ready(begun).await?;
    }
    match open_one(&sandbox).await {
        Ok(sandbox) => Ok((store, sandbox)),
        Err(error) => {
            store.close().await;
            Err(error)
        }
    }
}

async fn open_one(database: &str) -> Result<Store, StartError> {
    if let Some(file) = database.strip_prefix("sqlite:") {
        return Ok(Store::open_sqlite(Path::new(file), None).await?);
    }
    #[cfg(feature = "postgres")]
    if database.starts_with("postgres://") || database.starts_with("postgresql://") {
        return Ok(Store::open_postgres(database).await?);
    }
    Err(StartError::DatabaseKind)
}

/// What apps saw after the backup was made is not in it: under a new epoch none takes what comes now for a rewritten book.
async fn begin_epoch(store: &Store) -> Result<(), LedgerError> {
    let epoch = (&SystemRandomness as &dyn Randomness).id();
    let mut tx = store.begin().await?;
    feed::restart(&mut tx, epoch).await?;
    tx.commit().await?;
    tracing::info!(%epoch, "a new epoch begins");
    Ok(())
}

async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // Without signals the program can only be ended from outside, which every store here survives.
    let _ = interrupted.await;
}
