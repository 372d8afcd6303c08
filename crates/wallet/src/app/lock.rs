//! The lock: tasks ended, databases closed, keys dropped; and how a book opens again.
//!
//! The PIN stays inside the encrypted database. A try at unlocking fetches the key from where it is kept, opens the
//! database, counts the try there, and closes it again when the PIN was wrong: a stolen disk holds nothing to guess at.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use protocol::Code;
use uuid::Uuid;

use super::settings::{check_pin, has_pin, refuse};
use super::{App, Engine, Event, Inner};
use crate::WalletError;
use crate::book::{Book, Card, fact};
use crate::view::{KeyStorage, LockAfter, LockChoices, Online, Status};

/// How often the core looks whether anybody is still there.
const LOOK_MS: u64 = 1_000;
/// A session being renewed is waited for this long, so that the one new token is on disk before the keys go.
const SETTLE: Duration = Duration::from_secs(3);

/// The book in use while locked, open for its sender alone.
pub(super) struct Behind {
    book: Arc<Book>,
    sender: Engine,
}

impl Behind {
    /// Ends the sender and closes the database.
    pub(super) async fn close(self) {
        self.sender.end().await;
        self.book.put_away().await;
    }
}

impl App {
    /// Whether the book in use is closed behind a PIN or a passphrase.
    pub async fn is_locked(&self) -> bool {
        let shelf = self.inner.shelf.read().await;
        let current = shelf.places.iter().find(|place| Some(place.card.id) == shelf.current);
        current.is_some_and(|place| matches!(place.book, Err(WalletError::Locked | WalletError::PassphraseNeeded)))
    }

    /// [`WalletError::Locked`] while locked.
    pub async fn refuse_if_locked(&self) -> Result<(), WalletError> {
        if self.is_locked().await { Err(WalletError::Locked) } else { Ok(()) }
    }

    /// The person touched the app.
    pub fn report_input(&self) {
        self.inner.last_input_ms.store(self.inner.options.clock.now_ms(), Ordering::Relaxed);
    }

    /// Locks every book. [`Code::WrongState`] when neither a PIN nor a passphrase would open this one again.
    pub async fn lock_now(&self) -> Result<Status, WalletError> {
        self.lock().await?;
        self.status().await
    }

    /// Locks when nobody touched the app for as long as was chosen; true when it did. The app does this by itself.
    pub async fn lock_if_idle(&self) -> Result<bool, WalletError> {
        let (last, now) = (self.inner.last_input_ms.load(Ordering::Relaxed), self.inner.options.clock.now_ms());
        if now < last {
            // The clock was set back: the time from here on counts.
            self.inner.last_input_ms.store(now, Ordering::Relaxed);
        }
        let idle_ms = now.saturating_sub(last);
        if LockAfter::Minute.ms().is_none_or(|least| idle_ms < least) {
            return Ok(false);
        }
        let Ok(book) = self.book().await else { return Ok(false) };
        let after = choices(&book).await?.after.ms();
        if after.is_none_or(|after| idle_ms < after) || !can_lock(&book).await? {
            return Ok(false);
        }
        self.lock().await?;
        Ok(true)
    }

    /// Opens the book in use with its PIN. A wrong one is counted, also across restarts.
    pub async fn unlock_with_pin(&self, pin: &str) -> Result<Status, WalletError> {
        let _turn = self.inner.confirming.lock().await;
        self.unlock_if(async |book| check_pin(book, Some(pin)).await).await
    }

    /// Opens the book in use for the finger that the system has just recognised as its user's. [`Code::WrongState`] when
    /// that was not chosen, or there is no PIN that it stands for.
    pub async fn unlock_with_finger(&self) -> Result<Status, WalletError> {
        let _turn = self.inner.confirming.lock().await;
        self.unlock_if(async |book| {
            let chosen = has_pin(book).await? && choices(book).await?.by_finger;
            if chosen { Ok(()) } else { Err(refuse(Code::WrongState)) }
        })
        .await
    }

    /// Opens the book in use, and closes it again when it may not be open.
    async fn unlock_if(&self, may: impl AsyncFnOnce(&Book) -> Result<(), WalletError>) -> Result<Status, WalletError> {
        let Some((card, folder)) = self.closed_place().await? else { return self.status().await };
        if card.key_storage == KeyStorage::Passphrase {
            return Err(WalletError::PassphraseNeeded);
        }
        if let Some(book) = self.behind(card.id).await {
            may(&book).await?;
            return self.put_back(book).await;
        }
        let book = match self.open_place(&card, &folder).await {
            Ok(book) => book,
            Err(error) => {
                // Too damaged to ask for its PIN; what takes its place has one.
                self.note_damage(card.id, &error).await;
                return Err(error);
            }
        };
        if let Err(error) = may(&book).await {
            book.put_away().await;
            return Err(error);
        }
        self.put_back(book).await
    }

    /// What was chosen about the lock of the book in use.
    pub async fn lock_choices(&self) -> Result<LockChoices, WalletError> {
        choices(&*self.book().await?).await
    }

    /// Changes it. What makes it easier to get in wants the PIN, when there is one.
    pub async fn set_lock_choices(&self, wanted: LockChoices, pin: Option<String>) -> Result<LockChoices, WalletError> {
        let _turn = self.inner.confirming.lock().await;
        let book = self.book().await?;
        if wanted.loosens(&choices(&book).await?) {
            check_pin(&book, pin.as_deref()).await?;
        }
        book.keep(fact::LOCK, &wanted).await?;
        book.changed();
        Ok(wanted)
    }

    async fn lock(&self) -> Result<(), WalletError> {
        // Whoever is confirming finishes first.
        let _turn = self.inner.confirming.lock().await;
        let current = self.any_book().await?;
        if !can_lock(&current).await? {
            return Err(refuse(Code::WrongState));
        }
        let chosen = choices(&current).await?;
        let sends = current.is_joined() && current.writable().is_ok() && chosen.send_while_locked;
        self.forget_shown();
        let (engine, books) = {
            let mut shelf = self.inner.shelf.write().await;
            let mut books = Vec::new();
            for place in shelf.places.iter_mut().filter(|place| place.book.is_ok()) {
                let closed = match place.card.key_storage {
                    KeyStorage::Passphrase => WalletError::PassphraseNeeded,
                    KeyStorage::Keyring | KeyStorage::File => WalletError::Locked,
                };
                place.by_finger = place.card.id == current.card.id && chosen.by_finger;
                books.extend(std::mem::replace(&mut place.book, Err(closed)).ok());
            }
            (shelf.engine.take(), books)
        };
        let _ = self.inner.events.send(Event::Locked);
        let remote = current.remote().ok();
        let settled = match &remote {
            Some(remote) => tokio::time::timeout(SETTLE, remote.settled()).await.ok(),
            None => None,
        };
        if let Some(engine) = engine {
            engine.end().await;
        }
        drop(settled);
        for book in books {
            if sends && book.card.id == current.card.id {
                let sender = Engine::start_sender(&book);
                self.inner.shelf.write().await.behind = Some(Behind { book, sender });
            } else {
                book.put_away().await;
            }
        }
        let _ = self.inner.events.send(Event::Changed);
        Ok(())
    }

    /// Card and folder of the book in use, when it is closed.
    pub(super) async fn closed_place(&self) -> Result<Option<(Card, PathBuf)>, WalletError> {
        let shelf = self.inner.shelf.read().await;
        let current = shelf.current.ok_or(WalletError::NotJoined)?;
        let place = shelf.places.iter().find(|place| place.card.id == current).ok_or(WalletError::NotJoined)?;
        Ok(place.book.is_err().then(|| (place.card.clone(), place.folder.clone())))
    }

    /// A book that stayed open for its sender.
    pub(super) async fn behind(&self, id: Uuid) -> Option<Arc<Book>> {
        let shelf = self.inner.shelf.read().await;
        shelf.behind.as_ref().map(|behind| &behind.book).filter(|book| book.card.id == id).map(Arc::clone)
    }

    /// The right PIN, passphrase or recovery key was given: the book is in use again, and so are the others that have
    /// no PIN of their own.
    pub(super) async fn put_back(&self, book: Arc<Book>) -> Result<Status, WalletError> {
        let (behind, others) = {
            let mut shelf = self.inner.shelf.write().await;
            let mut others = Vec::new();
            for place in &mut shelf.places {
                if place.card.id == book.card.id {
                    place.book = Ok(Arc::clone(&book));
                } else if matches!(place.book, Err(WalletError::Locked)) {
                    others.push((place.card.clone(), place.folder.clone()));
                }
            }
            (shelf.behind.take(), others)
        };
        if let Some(behind) = behind {
            behind.sender.end().await;
        }
        for (card, folder) in others {
            let opened = self.open_unless_locked(&card, &folder).await;
            let mut shelf = self.inner.shelf.write().await;
            if let Some(place) = shelf.places.iter_mut().find(|place| place.card.id == card.id) {
                place.book = opened;
            }
        }
        self.report_input();
        self.set_to_work().await?;
        book.changed();
        self.status().await
    }

    /// Opens a book, and closes it again when it has a PIN that nobody has given.
    async fn open_unless_locked(&self, card: &Card, folder: &Path) -> Result<Arc<Book>, WalletError> {
        let book = self.open_place(card, folder).await?;
        if has_pin(&book).await? {
            book.put_away().await;
            return Err(WalletError::Locked);
        }
        Ok(book)
    }

    /// Opens a book when the app starts; one that starts locked is closed again, and may open by a finger.
    pub(super) async fn open_at_start(&self, card: &Card, folder: &Path) -> (Result<Arc<Book>, WalletError>, bool) {
        let book = match self.open_place(card, folder).await {
            Ok(book) => book,
            Err(error) => return (Err(error), false),
        };
        match starts_locked(&book).await {
            Ok(None) => (Ok(book), false),
            Ok(Some(choices)) => {
                book.put_away().await;
                (Err(WalletError::Locked), choices.by_finger)
            }
            Err(error) => (Err(error), false),
        }
    }

    pub(super) fn forget_shown(&self) {
        *self.inner.confirmation.lock().unwrap_or_else(|e| e.into_inner()) = None;
        *self.inner.last_code.lock().unwrap_or_else(|e| e.into_inner()) = None;
    }

    /// Looks after the time without input, for as long as the app lives.
    pub(super) fn watch_idleness(&self) {
        let (inner, clock) = (Arc::downgrade(&self.inner), Arc::clone(&self.inner.options.clock));
        tokio::spawn(async move {
            loop {
                clock.sleep(LOOK_MS).await;
                let Some(inner): Option<Arc<Inner>> = inner.upgrade() else { return };
                // What could not be looked up is looked up again in a moment.
                let _ = App { inner }.lock_if_idle().await;
            }
        });
    }
}

impl Book {
    /// Closes the database; a copy under way ends.
    pub(super) async fn close(&self) {
        self.copying.stop.store(true, Ordering::Relaxed);
        self.store.close().await;
    }

    /// Closes the database and drops every key, token and person that this book holds in memory.
    pub(super) async fn put_away(&self) {
        self.close().await;
        *crate::book::write(&self.remote) = None;
        *crate::book::write(&self.account) = None;
        *crate::book::write(&self.me) = None;
        *self.online.lock().unwrap_or_else(|e| e.into_inner()) = Online::Offline;
    }
}

/// What was chosen for a book; the usual when nothing was.
pub(super) async fn choices(book: &Book) -> Result<LockChoices, WalletError> {
    Ok(book.fact(fact::LOCK).await?.unwrap_or_default())
}

/// What was chosen, when the book has a PIN and starts locked.
async fn starts_locked(book: &Book) -> Result<Option<LockChoices>, WalletError> {
    if !has_pin(book).await? {
        return Ok(None);
    }
    Ok(Some(choices(book).await?).filter(|choices| choices.at_start))
}

/// Whether something would open the book again.
async fn can_lock(book: &Book) -> Result<bool, WalletError> {
    Ok(book.card.key_storage == KeyStorage::Passphrase || has_pin(book).await?)
}
