//! Opening the app and its books: folders, locks, keys, and the line to the server of the book in use.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use protocol::body::Session;
use serde::{Deserialize, Serialize};
use tokio::sync::{RwLock, broadcast};
use uuid::Uuid;

use super::settings::remove_pin;
use super::{App, Engine, Inner, Options, Place, Shelf, blocking};
use crate::WalletError;
use crate::book::{Book, Card, fact, write};
use crate::keys::{Opened, Pin, Vault, read_json, write_json};
use crate::remote::{Credentials, Remote, SessionKeeper};
use crate::view::{BookKind, KeyStorage, Online, Status};

/// Beyond this the person is told that the clock is wrong, seconds.
const CLOCK_TOLERANCE_S: i64 = 300;

/// How often, and how long between, the lock is tried: an app that is just ending still has it for a moment.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// Takes the lock of the folder. [`WalletError::DatabaseLocked`] when another instance goes on holding it.
fn hold(lock: &File) -> Result<(), WalletError> {
    for _ in 0..LOCK_TRIES {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Err(WalletError::DatabaseLocked)
}

/// Which book was in use when the app ended.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    current: Option<Uuid>,
}

/// The file of [`Kept`].
const KEPT: &str = "current.json";

fn kept(folder: &Path) -> Kept {
    read_json(&folder.join(KEPT)).unwrap_or_default()
}

impl App {
    /// Whether a book was in use when the app last ended, without opening anything.
    pub fn has_book_in_use(folder: &Path) -> bool {
        kept(folder).current.is_some()
    }

    /// Opens the app: takes the lock, opens every book whose key is at hand, and goes on with the one in use last.
    /// [`WalletError::DatabaseLocked`] when another instance has the folder.
    pub async fn open(options: Options) -> Result<App, WalletError> {
        let folder = options.folder.clone();
        let (lock, cards, kept) = blocking(move || {
            private_folder(&folder)?;
            let lock = File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
            hold(&lock)?;
            Ok((lock, cards(&folder)?, kept(&folder)))
        })
        .await?;
        let (events, _) = broadcast::channel(256);
        let last_input_ms = AtomicI64::new(options.clock.now_ms());
        let inner = Inner {
            options,
            _lock: lock,
            shelf: RwLock::new(Shelf::default()),
            events,
            confirmation: Mutex::new(None),
            confirming: tokio::sync::Mutex::new(()),
            exporting: Mutex::new(None),
            last_code: Mutex::new(None),
            last_input_ms,
            scanned: super::hold::Scanned::default(),
        };
        let app = App { inner: Arc::new(inner) };
        for (folder, card) in cards {
            let (book, by_finger) = app.open_at_start(&card, &folder).await;
            app.inner.shelf.write().await.places.push(Place { card, folder, book, by_finger });
        }
        let known = |id: &Uuid, shelf: &Shelf| shelf.places.iter().any(|place| place.card.id == *id);
        let mut shelf = app.inner.shelf.write().await;
        shelf.current = kept.current.filter(|id| known(id, &shelf));
        drop(shelf);
        app.set_to_work().await?;
        if app.inner.options.background {
            app.watch_idleness();
            app.watch_backups();
        }
        Ok(app)
    }

    /// The state of the whole app.
    pub async fn status(&self) -> Result<Status, WalletError> {
        let shelf = self.inner.shelf.read().await;
        let summary = |place: &Place| match &place.book {
            Ok(book) => book.summary(),
            Err(WalletError::Locked) => place.card.unnamed(),
            Err(_) => place.card.summary(String::new(), String::new()),
        };
        let listed = |place: &&Place| place.book.as_ref().map_or(true, |book| book.is_joined());
        let current = shelf.current.and_then(|id| shelf.places.iter().filter(listed).find(|place| place.card.id == id));
        let damaged = current.is_some_and(|place| matches!(place.book, Err(WalletError::DatabaseCorrupt)));
        let locked = current.is_some_and(|place| matches!(place.book, Err(WalletError::Locked)));
        let mut status = Status {
            books: shelf.places.iter().filter(listed).map(summary).collect(),
            current: current.map(summary),
            online: Online::Offline,
            asking: false,
            clock_off_s: None,
            pin_set: locked,
            key_storage: current.map_or(KeyStorage::Keyring, |place| place.card.key_storage),
            read_only: damaged,
            // No passphrase mends what is damaged.
            needs_passphrase: !damaged && !locked && current.is_some_and(|place| place.book.is_err()),
            locked,
            by_finger: locked && current.is_some_and(|place| place.by_finger),
            signed_out: false,
            device_refused: false,
            account_closed: false,
            server_changed: false,
        };
        if let Some(Ok(book)) = current.map(|place| &place.book) {
            status.online = *book.online.lock().unwrap_or_else(|e| e.into_inner());
            status.asking = book.is_asking().await?;
            status.clock_off_s = book.remote().ok().and_then(|remote| clock_off_s(remote.offset_ms()));
            status.pin_set = book.fact::<Pin>(fact::PIN).await?.is_some();
            status.server_changed = book.writable() == Err(WalletError::ServerChanged);
            status.read_only = book.writable().is_err();
            status.device_refused = book.is_device_refused();
            status.account_closed = book.is_account_closed();
            status.signed_out = book.is_signed_out() && !status.device_refused && !status.account_closed;
        }
        Ok(status)
    }

    /// Uses another book.
    pub async fn open_book(&self, id: Uuid) -> Result<Status, WalletError> {
        self.refuse_if_locked().await?;
        self.use_book(Some(id)).await?;
        self.status().await
    }

    /// Opens the book in use with its passphrase.
    pub async fn unlock_with_passphrase(&self, passphrase: &str) -> Result<Status, WalletError> {
        let passphrase = zeroize::Zeroizing::new(passphrase.to_owned());
        self.unlock(move |vault| vault.open_with_passphrase(&passphrase)).await?;
        self.status().await
    }

    /// Opens the book in use with its recovery key. A PIN that kept it locked was forgotten, and is taken away.
    pub async fn restore_with_recovery_key(&self, key: &str) -> Result<Status, WalletError> {
        let key = zeroize::Zeroizing::new(key.to_owned());
        let forgotten = self.status().await?.locked;
        if let Some(book) = self.unlock(move |vault| vault.open_with_recovery(&key)).await?
            && forgotten
        {
            remove_pin(&book).await?;
        }
        self.status().await
    }

    /// Opens the book in use with the key that `find` finds; nothing to do when it is open.
    async fn unlock(
        &self,
        find: impl FnOnce(Vault) -> Result<Opened, WalletError> + Send + 'static,
    ) -> Result<Option<Arc<Book>>, WalletError> {
        let _turn = self.inner.confirming.lock().await;
        let Some((card, folder)) = self.closed_place().await? else { return Ok(None) };
        let vault = self.vault(card.id, &folder);
        let key = blocking(move || find(vault)).await?;
        let book = match self.behind(card.id).await {
            Some(book) => book,
            None => match Book::open(card.clone(), &folder, &key, self.around()).await {
                Ok(book) => Arc::new(book),
                Err(error) => {
                    self.note_damage(card.id, &error).await;
                    return Err(error);
                }
            },
        };
        self.put_back(Arc::clone(&book)).await?;
        Ok(Some(book))
    }

    pub(super) fn vault(&self, id: Uuid, folder: &Path) -> Vault {
        let Options { secrets, random, .. } = &self.inner.options;
        Vault::new(folder, id, Arc::clone(secrets), Arc::clone(random))
    }

    pub(super) async fn open_place(&self, card: &Card, folder: &Path) -> Result<Arc<Book>, WalletError> {
        let (vault, storage) = (self.vault(card.id, folder), card.key_storage);
        let key = blocking(move || vault.open(storage)).await?;
        Ok(Arc::new(Book::open(card.clone(), folder, &key, self.around()).await?))
    }

    /// Makes a book for an account that is about to be opened, or finds the one an earlier attempt made.
    pub(super) async fn make_book(
        &self,
        card: Card,
        folder: PathBuf,
        passphrase: Option<String>,
    ) -> Result<(Arc<Book>, Option<String>), WalletError> {
        let vault = self.vault(card.id, &folder);
        let may_use_file = card.kind == BookKind::Practice;
        let (made_folder, mut card) = (folder.clone(), card);
        let new = blocking(move || {
            private_folder(&made_folder)?;
            vault.make(passphrase.as_deref(), may_use_file)
        })
        .await?;
        card.key_storage = new.storage;
        let book = Arc::new(Book::open(card.clone(), &folder, &new.key, self.around()).await?);
        write_json(&folder.join("book.json"), &card)?;
        let mut shelf = self.inner.shelf.write().await;
        shelf.places.push(Place { card, folder, book: Ok(Arc::clone(&book)), by_finger: false });
        Ok((book, Some(new.recovery.to_text().to_string())))
    }

    /// The place of a book that is there already.
    pub(super) async fn find_book(&self, folder: &Path) -> Option<Result<Arc<Book>, WalletError>> {
        let shelf = self.inner.shelf.read().await;
        shelf.places.iter().find(|place| place.folder == folder).map(|place| place.book.clone())
    }

    pub(super) async fn use_book(&self, id: Option<Uuid>) -> Result<(), WalletError> {
        let mut shelf = self.inner.shelf.write().await;
        if id.is_some_and(|id| shelf.places.iter().all(|place| place.card.id != id)) {
            return Err(WalletError::NotJoined);
        }
        shelf.engine = None;
        shelf.current = id;
        drop(shelf);
        *self.inner.confirmation.lock().unwrap_or_else(|e| e.into_inner()) = None;
        write_json(&self.inner.options.folder.join(KEPT), &Kept { current: id })?;
        self.set_to_work().await
    }

    /// Gives the book in use its line, if it can have one, and its tasks.
    pub(super) async fn set_to_work(&self) -> Result<(), WalletError> {
        let Ok(book) = self.book().await else { return Ok(()) };
        if book.remote().is_err() && book.card.kind == BookKind::Server {
            let server = book.card.server_url.clone();
            self.attach(&book, &server, None).await?;
        }
        self.start_engine(&book).await
    }

    pub(super) async fn start_engine(&self, book: &Arc<Book>) -> Result<(), WalletError> {
        if book.writable().is_err() {
            return Ok(());
        }
        book.recover_orders().await?;
        book.hurry_orders().await?;
        if book.remote().is_ok() {
            book.set_online(Online::Connecting);
            if self.inner.options.background {
                self.inner.shelf.write().await.engine = Some(Engine::start(book));
            }
        }
        Ok(())
    }

    /// A line to a server nobody has an account on yet.
    pub(super) fn line(&self, server: &str) -> Result<Remote, WalletError> {
        let Options { network, clock, random, .. } = &self.inner.options;
        Ok(Remote::new(server, network.open(server)?, Arc::clone(clock), Arc::clone(random)))
    }

    /// Gives a book its line to `server`, with device, session and, in practice, credentials.
    pub(super) async fn attach(&self, book: &Arc<Book>, server: &str, token: Option<&str>) -> Result<(), WalletError> {
        let mut remote = self.line(server)?;
        if let Some(token) = token {
            remote = remote.with_practice_token(token);
        }
        let account = crate::book::read(&book.account).clone();
        if let Some(account) = account {
            let session: Option<Session> = book.fact(fact::SESSION).await?;
            remote =
                remote.with_device(account.device()).with_session(session, Arc::clone(book) as Arc<dyn SessionKeeper>);
            if let Some(password) = &account.password {
                let password = zeroize::Zeroizing::new(password.clone());
                remote = remote.with_credentials(Credentials { name: account.handle.clone(), password });
            }
        }
        *write(&book.remote) = Some(Arc::new(remote));
        Ok(())
    }
}

fn clock_off_s(offset_ms: i64) -> Option<i32> {
    let off_s = offset_ms / 1000;
    (off_s.abs() > CLOCK_TOLERANCE_S)
        .then(|| i32::try_from(off_s).unwrap_or(if off_s < 0 { i32::MIN } else { i32::MAX }))
}

/// Where the practice book is.
pub(super) fn practice_folder(data: &Path) -> PathBuf {
    data.join("practice")
}

/// Where the books are that archives were opened as.
pub(super) fn histories(data: &Path) -> PathBuf {
    data.join("histories")
}

/// Where the book of an account on a server is: a folder named by the host.
pub(super) fn server_folder(data: &Path, server: &str) -> PathBuf {
    let host = server.split_once("://").map_or(server, |(_, rest)| rest);
    let safe: String =
        host.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' }).collect();
    data.join("servers").join(safe)
}

fn cards(data: &Path) -> Result<Vec<(PathBuf, Card)>, WalletError> {
    let mut folders = vec![practice_folder(data)];
    if let Ok(servers) = fs::read_dir(data.join("servers")) {
        let mut found: Vec<PathBuf> = servers.filter_map(|entry| Some(entry.ok()?.path())).collect();
        found.sort();
        folders.extend(found);
    }
    if let Ok(found) = fs::read_dir(histories(data)) {
        folders.extend(found.filter_map(|entry| Some(entry.ok()?.path())));
    }
    let with_card = |folder: PathBuf| {
        let file = folder.join("book.json");
        file.exists().then(|| Ok((folder, read_json(&file)?)))
    };
    folders.into_iter().filter_map(with_card).collect()
}

pub(crate) fn private_folder(folder: &Path) -> Result<(), WalletError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(folder)?)
}
