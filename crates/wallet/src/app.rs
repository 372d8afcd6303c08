//! The app: its books, which one is in use, and one method for each command of the window.

mod account;
mod activity;
mod archive;
mod backup;
mod bills;
mod code;
mod confirm;
mod devices;
mod evidence;
mod give_back;
mod groups;
mod hold;
mod inbox;
mod known;
mod leaving;
mod limits;
mod lock;
mod open;
mod pending;
mod people;
mod receipt;
mod requests;
mod restored;
mod scan;
mod schedules;
mod settings;
mod share;
mod sources;
mod split;
mod update;
mod ways;

use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::sync::{Arc, Mutex};

use protocol::body::Payment;
use tokio::sync::{RwLock, broadcast};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::book::{Around, Book, Card};
use crate::keys::Secrets;
use crate::outside::{Clock, NoProbe, Probe, Random, SystemClock, SystemRandom};
use crate::transport::Network;
use crate::view::{Code, CodeOptions, Fetching, Online};
use crate::{Internet, Keyring, WalletError, calendar, reader, sender};

pub use activity::Action;
pub(crate) use bills::StoredBill;
use confirm::Pending;
use lock::Behind;
pub(crate) use open::private_folder;
pub use update::UpdateSource;

/// What an app is made of.
#[derive(Clone)]
pub struct Options {
    /// Where everything is kept; made when it is not there.
    pub folder: PathBuf,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Keyring.
    pub secrets: Arc<dyn Secrets>,
    /// Ways to servers.
    pub network: Arc<dyn Network>,
    /// For tests that end the process at a chosen point.
    pub probe: Arc<dyn Probe>,
    /// Sends and syncs by itself. Without it only [`App::sync_now`] does.
    pub background: bool,
}

impl Options {
    /// The real ones.
    pub fn for_this_machine(folder: PathBuf) -> Self {
        Options {
            folder,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            secrets: Arc::new(Keyring),
            network: Arc::new(Internet),
            probe: Arc::new(NoProbe),
            background: true,
        }
    }
}

/// Something the window should know without asking.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "told a few times a minute at most")]
pub enum Event {
    /// Something shown may have changed.
    Changed,
    /// The books were locked: nothing of them may stay on a screen.
    Locked,
    /// Money arrived.
    Incoming(Payment),
    /// Somebody asks for money; [`App::asked`] says whether they may ring.
    Asked(Uuid),
    /// The server answers, or does not.
    Online(Online),
    /// How far a long fetch of the account's history is; `None` when it has ended.
    Fetching(Option<Fetching>),
}

/// What happens from now on.
pub struct Events(broadcast::Receiver<Event>);

impl Events {
    /// The next event; `None` when the app has ended. Whoever is too slow gets one [`Event::Changed`] for all missed.
    pub async fn next(&mut self) -> Option<Event> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Event::Changed),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

/// The whole app. Cheap to clone; must be opened inside a tokio runtime.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    options: Options,
    /// Held for as long as the app lives, so that no second instance opens the same books.
    _lock: File,
    shelf: RwLock<Shelf>,
    events: broadcast::Sender<Event>,
    confirmation: Mutex<Option<Pending>>,
    /// One confirmation, and one PIN, at a time.
    confirming: tokio::sync::Mutex<()>,
    /// Set to call the running export off.
    exporting: Mutex<Option<Arc<AtomicBool>>>,
    last_code: Mutex<Option<(Uuid, CodeOptions, Code)>>,
    /// When the person last touched the app, by this machine's clock.
    last_input_ms: AtomicI64,
    scanned: hold::Scanned,
}

/// Every book, and the one in use.
#[derive(Default)]
struct Shelf {
    places: Vec<Place>,
    current: Option<Uuid>,
    engine: Option<Engine>,
    behind: Option<Behind>,
}

struct Place {
    card: Card,
    folder: PathBuf,
    /// Open, or why it is not.
    book: Result<Arc<Book>, WalletError>,
    /// While it is locked: the system's fingerprint reader opens it too.
    by_finger: bool,
}

/// The tasks of the book in use; they end with it.
struct Engine(Vec<JoinHandle<()>>);

impl Engine {
    fn start(book: &Arc<Book>) -> Self {
        let (send, pull, line) = (Arc::clone(book), Arc::clone(book), Arc::clone(book));
        let days = Arc::clone(book);
        Engine(vec![
            tokio::spawn(async move { calendar::run(&days).await }),
            tokio::spawn(async move { sender::run(&send).await }),
            tokio::spawn(async move { reader::run(&pull).await }),
            tokio::spawn(async move { reader::listen(&line).await }),
        ])
    }

    /// The sender alone, while locked.
    fn start_sender(book: &Arc<Book>) -> Self {
        let send = Arc::clone(book);
        Engine(vec![tokio::spawn(async move { sender::run(&send).await })])
    }

    /// Ends the tasks and waits until they have let go of the book.
    async fn end(mut self) {
        for task in std::mem::take(&mut self.0) {
            task.abort();
            // Aborted or ended: both are what was wanted.
            let _ = task.await;
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

impl App {
    /// What happens from now on.
    pub fn events(&self) -> Events {
        Events(self.inner.events.subscribe())
    }

    /// Ends the work in the background and closes every database, so that what is in their logs is in their files.
    ///
    /// A process has to do this before it ends: SQLCipher gives its memory and its keys back at exit, whether or not a
    /// thread of a database still writes with them.
    pub async fn close(&self) {
        let (behind, books) = {
            let mut shelf = self.inner.shelf.write().await;
            shelf.engine = None;
            let books: Vec<_> = shelf.places.iter().filter_map(|place| place.book.clone().ok()).collect();
            (shelf.behind.take(), books)
        };
        if let Some(behind) = behind {
            behind.close().await;
        }
        for book in books {
            book.close().await;
        }
    }

    /// Sends what is due and pulls what is new, now.
    pub async fn sync_now(&self) -> Result<(), WalletError> {
        let book = self.book().await?;
        book.hurry_orders().await?;
        let made = calendar::turn(&book).await;
        let delivered = sender::deliver_due(&book).await;
        reader::pull(&book).await?;
        made.and(delivered)
    }

    /// The book in use, joined or not.
    async fn any_book(&self) -> Result<Arc<Book>, WalletError> {
        let shelf = self.inner.shelf.read().await;
        let current = shelf.current.ok_or(WalletError::NotJoined)?;
        let place = shelf.places.iter().find(|place| place.card.id == current).ok_or(WalletError::NotJoined)?;
        match &place.book {
            Ok(book) => Ok(Arc::clone(book)),
            Err(WalletError::PassphraseNeeded) => Err(WalletError::Locked),
            Err(error) => Err(error.clone()),
        }
    }

    /// The book in use.
    async fn book(&self) -> Result<Arc<Book>, WalletError> {
        let book = self.any_book().await?;
        if book.is_joined() { Ok(book) } else { Err(WalletError::NotJoined) }
    }

    fn around(&self) -> Around {
        let Options { clock, random, probe, .. } = &self.inner.options;
        Around {
            clock: Arc::clone(clock),
            random: Arc::clone(random),
            probe: Arc::clone(probe),
            events: self.inner.events.clone(),
        }
    }

    fn new_id(&self) -> Uuid {
        crate::new_id(&*self.inner.options.clock, &*self.inner.options.random)
    }
}

/// Work that would hold up the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, WalletError> + Send + 'static,
) -> Result<T, WalletError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| WalletError::Fault("a task ended early"))?
}
