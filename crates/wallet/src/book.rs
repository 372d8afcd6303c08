//! One account's book: its encrypted database, the tables the wallet keeps beside the ledger's, and the rules by which
//! what the server says enters them.

mod actions;
mod agreed;
mod apply;
pub(crate) mod archived;
mod asks;
mod bills;
mod export;
mod groups;
pub(crate) mod history;
mod hold;
mod inbox;
mod listed;
mod mirror;
mod nearest;
mod opening;
mod orders;
mod pending;
mod people;
mod query;
mod restored;
mod returns;
mod rows;
mod salvage;
mod schedules;
mod stored;
mod tables;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use ed25519_dalek::SigningKey;
use ledger::{LedgerError, Store, Tx, args};
use protocol::body::{Me, Mode, ServerInfo, Session};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use crate::WalletError;
use crate::app::Event;
use crate::archive::About;
use crate::backup::Copying;
use crate::keys::{Opened, leaving_no_trace};
use crate::outside::{Clock, Probe, Random};
use crate::remote::{Device, Remote, SessionKeeper};
use crate::view::{BookKind, BookSummary, KeyStorage, Online};

pub(crate) use actions::{Action, Fate};
pub(crate) use apply::News;
pub(crate) use asks::{Ask, NewAsk};
pub(crate) use groups::own_currency;
pub use mirror::Totals;
pub(crate) use mirror::totals;
pub(crate) use opening::open_damaged;
pub(crate) use orders::{OutboxState, Outgoing};
pub(crate) use query::Day;
pub(crate) use rows::folded;
pub(crate) use salvage::{Salvaged, salvage};
pub(crate) use schedules::{Occurrence, StoredSchedule};

/// What is known about a book before its database is open; kept beside it in clear, so it names no person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Card {
    pub(crate) id: Uuid,
    pub(crate) kind: BookKind,
    pub(crate) server_url: String,
    pub(crate) server_name: String,
    pub(crate) holder: String,
    pub(crate) mode: Mode,
    pub(crate) key_storage: KeyStorage,
}

/// The secret half of the device's key: in one place of the memory, however often an account is copied.
#[derive(Clone)]
struct Secret(Arc<Zeroizing<[u8; 32]>>);

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <[u8; 32]>::deserialize(deserializer).map(|bytes| Secret(Arc::new(Zeroizing::new(bytes))))
    }
}

/// The account of a book. Lives only in the encrypted database.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) person_id: Uuid,
    pub(crate) device_id: Uuid,
    device_secret: Secret,
    pub(crate) handle: String,
    /// Practice only: nobody knows its password, so the app signs in again by itself.
    pub(crate) password: Option<String>,
    pub(crate) server_key: String,
    pub(crate) epoch: Uuid,
    /// The server said yes.
    pub(crate) joined: bool,
    /// When this device came to an account that was there before, by the server's clock. What happened earlier is
    /// history, not news.
    #[serde(default)]
    pub(crate) paired_at_ms: Option<i64>,
}

impl Drop for Account {
    fn drop(&mut self) {
        self.password.zeroize();
    }
}

impl Account {
    pub(crate) fn new(person_id: Uuid, device: &Device, handle: String, server: &ServerInfo) -> Self {
        Account {
            person_id,
            device_id: device.id,
            device_secret: leaving_no_trace(|| Secret(Arc::new(Zeroizing::new(device.key.to_bytes())))),
            handle,
            password: None,
            server_key: server.public_key.clone(),
            epoch: server.epoch,
            joined: false,
            paired_at_ms: None,
        }
    }

    /// Of a book that holds the history of an account: nothing is ever signed with it.
    pub(crate) fn of_history(about: &About, device: &Device) -> Self {
        Account {
            person_id: about.me.person.id,
            device_id: device.id,
            device_secret: leaving_no_trace(|| Secret(Arc::new(Zeroizing::new(device.key.to_bytes())))),
            handle: about.me.person.handle.clone(),
            password: None,
            server_key: about.server_key.clone(),
            epoch: about.epoch,
            joined: true,
            paired_at_ms: None,
        }
    }

    pub(crate) fn device(&self) -> Device {
        let key = leaving_no_trace(|| Arc::new(SigningKey::from_bytes(&self.device_secret.0)));
        Device { id: self.device_id, key }
    }
}

/// How far the feed was read.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) sequence: i64,
    /// Hash of the last link, hex.
    pub(crate) hash: String,
}

impl Default for Cursor {
    fn default() -> Self {
        Cursor { sequence: 0, hash: hex::encode(ledger::chain::GENESIS) }
    }
}

/// Names of the single facts a book keeps.
pub(crate) mod fact {
    pub(crate) const ACCOUNT: &str = "account";
    pub(crate) const SESSION: &str = "session";
    pub(crate) const ME: &str = "me";
    pub(crate) const SOURCES: &str = "sources";
    pub(crate) const CURSOR: &str = "cursor";
    pub(crate) const PIN: &str = "pin";
    pub(crate) const LOCK: &str = "lock";
    /// Evidence against the server; while it is there, nothing is written.
    pub(crate) const EVIDENCE: &str = "evidence";
    /// Evidence of a server that was put back from a backup, and that the person goes on with.
    pub(crate) const PAST_EVIDENCE: &str = "past_evidence";
    /// Ids of whom the account has blocked, as the server said last.
    pub(crate) const BLOCKED: &str = "blocked";
    pub(crate) const RECOVERY_KEPT: &str = "recovery_kept";
    /// What the server said about itself last.
    pub(crate) const SERVER: &str = "server";
    /// Saved filters of the list of payments.
    pub(crate) const VIEWS: &str = "views";
    /// Own accounts elsewhere.
    pub(crate) const WAYS: &str = "ways";
    /// Every payment of an older book is in the list's own table.
    pub(crate) const LISTED: &str = "listed";
}

/// Why nothing may be written.
const WRITABLE: u8 = 0;
const DAMAGED: u8 = 1;
const SERVER_CHANGED: u8 = 2;
const HISTORY: u8 = 3;

/// One open book.
pub(crate) struct Book {
    pub(crate) card: Card,
    pub(crate) folder: PathBuf,
    pub(crate) store: Store,
    pub(crate) account: RwLock<Option<Account>>,
    pub(crate) me: RwLock<Option<Me>>,
    pub(crate) remote: RwLock<Option<Arc<Remote>>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) probe: Arc<dyn Probe>,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) wake_sender: Notify,
    pub(crate) wake_reader: Notify,
    pub(crate) wake_calendar: Notify,
    pub(crate) online: Mutex<Online>,
    pub(crate) line: Mutex<crate::sender::Line>,
    /// One delivery and one pull at a time.
    pub(crate) delivering: tokio::sync::Mutex<()>,
    pub(crate) pulling: tokio::sync::Mutex<()>,
    pub(crate) server_checked: AtomicBool,
    pub(crate) copying: Copying,
    /// Changes the next page of the feed is asked for.
    pub(crate) feed_limit: AtomicU32,
    sealed: AtomicU8,
}

/// What a book needs from around it.
#[derive(Clone)]
pub(crate) struct Around {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) probe: Arc<dyn Probe>,
    pub(crate) events: broadcast::Sender<Event>,
}

impl Book {
    pub(crate) fn database_file(folder: &Path) -> PathBuf {
        folder.join("book.sqlite")
    }

    /// Opens or creates the database. A damaged one is opened for reading when that is still possible.
    pub(crate) async fn open(card: Card, folder: &Path, key: &Opened, around: Around) -> Result<Book, WalletError> {
        let file = Book::database_file(folder);
        let copying = Copying::default();
        let writable = if card.kind == BookKind::History { HISTORY } else { WRITABLE };
        let (store, sealed) = match opening::open_checked(&file, key, &copying, around.clock.now_ms()).await {
            Ok(store) => (store, writable),
            Err(WalletError::DatabaseCorrupt) => (open_damaged(folder, key).await?, DAMAGED),
            Err(error) => return Err(error),
        };
        let book = Book {
            card,
            folder: folder.to_owned(),
            store,
            account: RwLock::new(None),
            me: RwLock::new(None),
            remote: RwLock::new(None),
            clock: around.clock,
            random: around.random,
            probe: around.probe,
            events: around.events,
            wake_sender: Notify::new(),
            wake_reader: Notify::new(),
            wake_calendar: Notify::new(),
            online: Mutex::new(Online::Offline),
            line: Mutex::default(),
            delivering: tokio::sync::Mutex::new(()),
            pulling: tokio::sync::Mutex::new(()),
            server_checked: AtomicBool::new(false),
            copying,
            feed_limit: AtomicU32::new(crate::reader::FIRST_PAGE),
            sealed: AtomicU8::new(sealed),
        };
        *write(&book.account) = book.fact(fact::ACCOUNT).await?;
        *write(&book.me) = book.fact(fact::ME).await?;
        if sealed == WRITABLE && book.fact::<serde_json::Value>(fact::EVIDENCE).await?.is_some() {
            book.sealed.store(SERVER_CHANGED, Ordering::Relaxed);
        }
        Ok(book)
    }

    /// The card and, once open and joined, who it belongs to.
    pub(crate) fn summary(&self) -> BookSummary {
        let me = read(&self.me);
        let (handle, name) =
            me.as_ref().map_or_else(Default::default, |me| (me.person.handle.clone(), me.person.display_name.clone()));
        self.card.summary(handle, name)
    }

    pub(crate) fn is_joined(&self) -> bool {
        read(&self.account).as_ref().is_some_and(|account| account.joined)
    }

    pub(crate) fn account(&self) -> Result<Account, WalletError> {
        read(&self.account).clone().filter(|account| account.joined).ok_or(WalletError::NotJoined)
    }

    pub(crate) fn me(&self) -> Result<Me, WalletError> {
        read(&self.me).clone().ok_or(WalletError::NotJoined)
    }

    pub(crate) fn remote(&self) -> Result<Arc<Remote>, WalletError> {
        read(&self.remote).clone().ok_or(WalletError::Offline)
    }

    /// The server has ended the session; what is here can be read all the same.
    pub(crate) fn is_signed_out(&self) -> bool {
        read(&self.remote).as_ref().is_some_and(|remote| remote.is_signed_out())
    }

    /// Another device has put this one out.
    pub(crate) fn is_device_refused(&self) -> bool {
        read(&self.remote).as_ref().is_some_and(|remote| remote.is_device_refused())
    }

    /// The account was closed, here or on another device.
    pub(crate) fn is_account_closed(&self) -> bool {
        read(&self.remote).as_ref().is_some_and(|remote| remote.is_account_closed())
    }

    /// Whether something may be written, and if not, why.
    pub(crate) fn writable(&self) -> Result<(), WalletError> {
        match self.sealed.load(Ordering::Relaxed) {
            WRITABLE => Ok(()),
            DAMAGED => Err(WalletError::DatabaseCorrupt),
            HISTORY => Err(WalletError::ReadOnly),
            _ => Err(WalletError::ServerChanged),
        }
    }

    /// The server's time as far as we know it.
    pub(crate) fn now_ms(&self) -> i64 {
        read(&self.remote).as_ref().map_or_else(|| self.clock.now_ms(), |remote| remote.server_now_ms())
    }

    /// Begins a write, if the book may be written.
    pub(crate) async fn begin(&self) -> Result<Tx, WalletError> {
        self.writable()?;
        Ok(self.store.begin().await?)
    }

    /// A fact, or nothing when it was never kept.
    pub(crate) async fn fact<T: DeserializeOwned>(&self, name: &'static str) -> Result<Option<T>, WalletError> {
        let mut tx = self.store.read().await?;
        read_fact(&mut tx, name).await
    }

    /// Keeps a fact in a commit of its own.
    pub(crate) async fn keep<T: Serialize>(&self, name: &'static str, value: &T) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        keep_fact(&mut tx, name, value).await?;
        Ok(tx.commit().await?)
    }

    /// Keeps the account and remembers it.
    pub(crate) async fn keep_account(&self, account: Account) -> Result<(), WalletError> {
        self.keep(fact::ACCOUNT, &account).await?;
        *write(&self.account) = Some(account);
        Ok(())
    }

    /// Writes down what the server did and closes the book for writing.
    pub(crate) async fn seal_with_evidence(&self, evidence: serde_json::Value) -> Result<(), WalletError> {
        self.keep(fact::EVIDENCE, &evidence).await?;
        self.sealed.store(SERVER_CHANGED, Ordering::Relaxed);
        self.changed();
        Ok(())
    }

    /// Tells the window to ask again.
    pub(crate) fn changed(&self) {
        // Nobody may be listening.
        let _ = self.events.send(Event::Changed);
    }

    pub(crate) fn is_offline(&self) -> bool {
        *self.online.lock().unwrap_or_else(|e| e.into_inner()) == Online::Offline
    }

    pub(crate) fn set_online(&self, online: Online) {
        let before = std::mem::replace(&mut *self.online.lock().unwrap_or_else(|e| e.into_inner()), online);
        if before != online {
            let _ = self.events.send(Event::Online(online));
            self.changed();
        }
    }
}

impl SessionKeeper for Book {
    fn keep<'a>(&'a self, session: &'a Session) -> futures::future::BoxFuture<'a, Result<(), WalletError>> {
        Box::pin(self.keep(fact::SESSION, session))
    }
}

impl Card {
    /// What may be said of a book while it is locked: that there is one.
    pub(crate) fn unnamed(&self) -> BookSummary {
        let nothing = String::new;
        BookSummary {
            server_url: nothing(),
            server_name: nothing(),
            holder: nothing(),
            ..self.summary(nothing(), nothing())
        }
    }

    pub(crate) fn summary(&self, handle: String, display_name: String) -> BookSummary {
        BookSummary {
            id: self.id,
            kind: self.kind,
            server_url: self.server_url.clone(),
            server_name: self.server_name.clone(),
            handle,
            display_name,
            holder: self.holder.clone(),
            mode: self.mode,
        }
    }
}

pub(crate) async fn read_fact<T: DeserializeOwned>(tx: &mut Tx, name: &'static str) -> Result<Option<T>, WalletError> {
    let row = tx.row("SELECT body FROM wallet_fact WHERE name = $1", args![name]).await?;
    // One of the facts is the account with its key.
    row.map(|row| leaving_no_trace(|| rows::from_json(&row.text(0)?))).transpose()
}

pub(crate) async fn keep_fact<T: Serialize>(tx: &mut Tx, name: &'static str, value: &T) -> Result<(), WalletError> {
    let sql =
        "INSERT INTO wallet_fact (name, body) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET body = excluded.body";
    let body = Zeroizing::new(rows::to_json(value)?);
    tx.execute(sql, args![name, body.as_str()]).await?;
    Ok(())
}

pub(crate) fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(|poisoned| poisoned.into_inner())
}

pub(crate) fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl From<LedgerError> for WalletError {
    fn from(error: LedgerError) -> Self {
        use LedgerError as L;
        match error {
            L::WrongKey | L::Corrupt => WalletError::DatabaseCorrupt,
            L::Locked | L::Unavailable | L::Conflict => WalletError::DatabaseLocked,
            L::DiskFull => WalletError::DiskFull,
            L::ReadOnly | L::Newer { .. } => WalletError::ReadOnly,
            L::Money(error) => error.into(),
            L::Duplicate | L::Constraint | L::AppendOnly | L::Statement(_) | L::Column(_) => {
                WalletError::Fault("a statement did not fit the tables")
            }
            L::MigrationChanged { .. } => WalletError::Fault("migration changed"),
            L::UnknownAccount(_)
            | L::UnknownTransfer(_)
            | L::IdReused(_)
            | L::CurrencyMismatch(_)
            | L::NothingMoved(_)
            | L::SameAccount(_)
            | L::BelowFloor(_)
            | L::Overflow(_)
            | L::AlreadyPosted(_)
            | L::AlreadyVoided(_)
            | L::NotPosted(_)
            | L::AlreadyReversed(_)
            | L::IsReversal(_) => WalletError::BadAnswer,
        }
    }
}
