//! Practice mode: the payments server and the town, inside this process, for this machine alone.
//! Only this file knows them. To the wallet they are a server like any other, with an address and a token.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pay::Handle;
use server::embedded::{self, DatabaseKey, Embedded, EmbeddedError, LedgerError};
use tokio::sync::Mutex;
use town::{Pace, Town, TownError};
use wallet::{ErrorCode, Internet, Random, SystemClock, SystemRandom};

/// Name of the file of the databases' key.
const KEY: &str = "server.key";
/// First of the ports tried; below the range systems hand out by themselves.
const FIRST_PORT: u16 = 20_000;
/// How many ports there are to choose from.
const PORTS: u16 = 10_000;
/// How many of them are tried on the very first start.
const TRIES: u16 = 20;

/// Where the practice server is and what opens it. The token is new at every start and never stored.
#[derive(Clone)]
pub(crate) struct Door {
    /// `http://127.0.0.1:PORT`, the same at every start: links and orders carry it.
    pub(crate) url: String,
    /// Must come with every call.
    pub(crate) token: String,
}

/// Why practice cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PracticeError {
    /// Its folder, its key or its port cannot be read or written.
    #[error("the practice folder: {0}")]
    Folder(#[from] std::io::Error),
    /// The file of the key or of the port holds something else.
    #[error("the practice folder holds a damaged file")]
    Damaged,
    /// The server does not start.
    #[error(transparent)]
    Server(#[from] EmbeddedError),
    /// The neighbours do not.
    #[error(transparent)]
    Town(#[from] TownError),
}

impl From<PracticeError> for ErrorCode {
    fn from(error: PracticeError) -> Self {
        match error {
            PracticeError::Folder(error) | PracticeError::Town(TownError::File(error)) => match error.kind() {
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
                _ => ErrorCode::FileFailed,
            },
            PracticeError::Damaged | PracticeError::Town(TownError::Damaged) => ErrorCode::DatabaseCorrupt,
            PracticeError::Server(EmbeddedError::Database(error)) => match error {
                LedgerError::DiskFull => ErrorCode::DiskFull,
                LedgerError::Locked => ErrorCode::DatabaseLocked,
                LedgerError::ReadOnly | LedgerError::Unavailable => ErrorCode::FileFailed,
                _ => ErrorCode::DatabaseCorrupt,
            },
            // Another program has the port that the links and orders of this book carry.
            PracticeError::Server(EmbeddedError::Listen(_)) => ErrorCode::Unavailable,
            PracticeError::Server(EmbeddedError::Start(_)) | PracticeError::Town(TownError::Network(_)) => {
                ErrorCode::Internal
            }
        }
    }
}

struct Living {
    server: embedded::Running,
    town: town::Running,
}

/// The practice world of this machine: asleep, or living once.
pub(crate) struct Practice {
    folder: PathBuf,
    living: Mutex<Option<Living>>,
}

impl Practice {
    /// A world kept in `folder`. Nothing starts yet.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Practice { folder, living: Mutex::new(None) }
    }

    /// Whether it was ever started here.
    pub(crate) fn exists(&self) -> bool {
        self.folder.join(KEY).exists()
    }

    /// Starts the server and the town, unless they live already.
    pub(crate) async fn start(&self) -> Result<Door, PracticeError> {
        let mut living = self.living.lock().await;
        if let Some(living) = living.as_ref() {
            return Ok(door(&living.server));
        }
        let server = serve(&self.folder).await?;
        let door = door(&server);
        let town = town::start(Town {
            server: door.url.clone(),
            practice_token: door.token.clone(),
            network: Arc::new(Internet),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            pace: Pace::default(),
            file: self.folder.join("town.json"),
        });
        let town = match town {
            Ok(town) => town,
            Err(error) => {
                server.shutdown().await;
                return Err(error.into());
            }
        };
        tracing::info!("practice is open");
        *living = Some(Living { server, town });
        Ok(door)
    }

    /// Tells the neighbours who moved in.
    pub(crate) async fn welcome(&self, handle: &str) {
        let Ok(handle) = Handle::parse(handle) else { return };
        if let Some(living) = self.living.lock().await.as_ref() {
            living.town.welcome(&handle);
        }
    }

    /// Stops the town, then the server. Everything is kept for the next time.
    pub(crate) async fn stop(&self) {
        let Some(living) = self.living.lock().await.take() else { return };
        living.town.stop().await;
        living.server.shutdown().await;
        tracing::info!("practice is closed");
    }
}

fn door(server: &embedded::Running) -> Door {
    Door { url: server.public_url(), token: server.token.clone() }
}

/// The server on the port it had before; on the first start, on the first of some ports that is free.
async fn serve(folder: &Path) -> Result<embedded::Running, PracticeError> {
    crate::folder::private(folder)?;
    let key = key(&folder.join(KEY))?;
    let (database, kept) = (folder.join("server.db"), folder.join("server.port"));
    let start = |port| embedded::start(Embedded::practice(database.clone(), DatabaseKey::new(key), port));
    if let Some(port) = known_port(&kept)? {
        return Ok(start(port).await?);
    }
    let luck = u16::from_be_bytes([key[0], key[1]]) % PORTS;
    let mut tried = 0;
    loop {
        let port = FIRST_PORT + (luck + tried) % PORTS;
        tried += 1;
        match start(port).await {
            Err(EmbeddedError::Listen(_)) if tried < TRIES => {}
            Err(error) => return Err(error.into()),
            Ok(server) => {
                std::fs::write(&kept, port.to_string())?;
                return Ok(server);
            }
        }
    }
}

fn known_port(file: &Path) -> Result<Option<u16>, PracticeError> {
    match std::fs::read_to_string(file) {
        Ok(text) => text.trim().parse().map(Some).map_err(|_| PracticeError::Damaged),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The key of the practice databases, made on the first start. Practice holds no real money, so a file only its owner
/// can read is enough.
fn key(file: &Path) -> Result<[u8; 32], PracticeError> {
    match std::fs::read(file) {
        Ok(bytes) => return bytes.try_into().map_err(|_| PracticeError::Damaged),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let mut key = [0; 32];
    SystemRandom.fill(&mut key);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut made = options.open(file)?;
    made.write_all(&key)?;
    made.sync_all()?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("server.key");
        let first = key(&file).expect("made");
        assert_ne!(first, [0; 32]);
        assert_eq!(key(&file).expect("read"), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).expect("facts").permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&file, b"short").expect("damaged");
        assert!(matches!(key(&file), Err(PracticeError::Damaged)));
    }

    #[tokio::test]
    async fn practice_starts_once_and_comes_back_at_the_same_address_with_another_token() {
        let folder = tempfile::tempdir().expect("folder");
        let practice = Practice::new(folder.path().join("practice"));
        let first = practice.start().await.expect("started");
        assert!(first.url.starts_with("http://127.0.0.1:"), "{}", first.url);
        assert_eq!(practice.start().await.expect("still").token, first.token);
        practice.stop().await;
        let again = practice.start().await.expect("again");
        assert_eq!(again.url, first.url);
        assert_ne!(again.token, first.token);
        practice.stop().await;
    }

    #[tokio::test]
    async fn a_taken_port_is_told_and_never_swapped_for_another() {
        let folder = tempfile::tempdir().expect("folder");
        let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = taken.local_addr().expect("address").port();
        std::fs::write(folder.path().join("server.port"), port.to_string()).expect("remembered");
        let error = Practice::new(folder.path().into()).start().await.map(|_| ()).expect_err("taken");
        assert_eq!(ErrorCode::from(error), ErrorCode::Unavailable);
    }
}
