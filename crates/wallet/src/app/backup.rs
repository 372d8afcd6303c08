//! Copies of the books: made by themselves, on asking, and put in the place of a damaged book.

use std::path::PathBuf;
use std::sync::Arc;

use ledger::Store;
use protocol::Code;

use super::settings::refuse;
use super::{App, Inner, blocking};
use crate::WalletError;
use crate::backup::{self, Kept};
use crate::book::{Book, Card, Salvaged, open_damaged, salvage};
use crate::keys::Opened;
use crate::view::{Backup, BackupWhy, Backups, KeyStorage, Restored};

/// How often the core looks whether a day has passed.
const LOOK_MS: u64 = 60_000;

impl App {
    /// The copies of the book in use, damaged or not.
    pub async fn backups(&self) -> Result<Backups, WalletError> {
        let (card, folder, book) = self.place_in_use().await?;
        let open = book.as_ref().ok();
        let there = folder.clone();
        let found = blocking(move || Ok(backup::kept(&there))).await?;
        let key = match open {
            Some(_) => None,
            None => self.key_at_hand(&card, &folder).await,
        };
        let mut kept = Vec::with_capacity(found.len());
        for copy in found {
            kept.push(looked_into(copy, open.map(|book| &**book), key.as_ref()).await);
        }
        Ok(Backups {
            folder: backup::folder(&folder).display().to_string(),
            kept,
            trouble: open.and_then(|book| book.copying.trouble()),
            can_restore: is_damaged(&book),
            asks_passphrase: card.key_storage == KeyStorage::Passphrase,
        })
    }

    /// Makes a copy of the book in use now. A book that cannot be relied on is not copied over good copies.
    pub async fn make_backup(&self) -> Result<Backups, WalletError> {
        let book = self.book().await?;
        if let Err(WalletError::DatabaseCorrupt) = book.writable() {
            return Err(WalletError::DatabaseCorrupt);
        }
        let made = book.copying.make(&book.store, &book.folder, BackupWhy::Asked, book.clock.now_ms()).await;
        book.changed();
        made?;
        self.backups().await
    }

    /// Copies every open book whose newest copy is a day old; true when one was made. The app does this by itself.
    pub async fn back_up_if_due(&self) -> Result<bool, WalletError> {
        let books: Vec<Arc<Book>> = {
            let shelf = self.inner.shelf.read().await;
            shelf.places.iter().filter_map(|place| place.book.as_ref().ok()).map(Arc::clone).collect()
        };
        let mut made = false;
        for book in books.into_iter().filter(|book| book.is_joined() && book.writable().is_ok()) {
            let (folder, now_ms) = (book.folder.clone(), book.clock.now_ms());
            if blocking(move || Ok(backup::is_due(&backup::kept(&folder), now_ms))).await? {
                let before = book.copying.trouble();
                let copied = book.copying.make(&book.store, &book.folder, BackupWhy::Daily, now_ms).await;
                if copied.is_ok() || book.copying.trouble() != before {
                    book.changed();
                }
                copied?;
                made = true;
            }
        }
        Ok(made)
    }

    /// Puts a copy in the place of the damaged book in use. The damaged one is set aside, and what it alone held is
    /// carried over as far as it can be read: orders that wait, under their ids, notes, bills, known keys. What the
    /// server knows comes with the next pull. The passphrase is asked where the book's key is under one.
    pub async fn restore_backup(&self, name: &str, passphrase: Option<String>) -> Result<Restored, WalletError> {
        self.refuse_if_locked().await?;
        let _turn = self.inner.confirming.lock().await;
        let (card, folder, book) = self.place_in_use().await?;
        if !is_damaged(&book) {
            return Err(refuse(Code::WrongState));
        }
        let key = self.key_given(&card, &folder, passphrase).await?;
        let (place, wanted) = (folder.clone(), name.to_owned());
        let ready = blocking(move || backup::lay_ready(&place, &wanted)).await?;
        let damaged = match &book {
            Ok(book) => Some(book.store.clone()),
            Err(_) => open_damaged(&folder, &key).await.ok(),
        };
        let salvaged = fill(&ready, &key, damaged.as_ref()).await?;
        self.close_damaged(&card, book.ok(), damaged).await;
        let aside = backup::damaged_name(self.inner.options.clock.now_ms())?;
        backup::set_aside(&folder, &aside).await?;
        let place = folder.clone();
        blocking(move || backup::take_place(&place, &ready)).await?;
        let opened = self.open_at_start(&card, &folder).await;
        let mut shelf = self.inner.shelf.write().await;
        if let Some(place) = shelf.places.iter_mut().find(|place| place.card.id == card.id) {
            (place.book, place.by_finger) = opened;
        }
        drop(shelf);
        self.set_to_work().await?;
        let _ = self.inner.events.send(super::Event::Changed);
        let Salvaged { orders, all_read } = salvaged;
        Ok(Restored { status: self.status().await?, orders, all_read })
    }

    /// A passphrase or a recovery key opened nothing because the file behind it is damaged: from now on that is said.
    pub(super) async fn note_damage(&self, id: uuid::Uuid, error: &WalletError) {
        if *error == WalletError::DatabaseCorrupt {
            let mut shelf = self.inner.shelf.write().await;
            if let Some(place) = shelf.places.iter_mut().find(|place| place.card.id == id) {
                place.book = Err(WalletError::DatabaseCorrupt);
            }
        }
    }

    /// Looks after daily copies, for as long as the app lives.
    pub(super) fn watch_backups(&self) {
        let (inner, clock) = (Arc::downgrade(&self.inner), Arc::clone(&self.inner.options.clock));
        tokio::spawn(async move {
            loop {
                clock.sleep(LOOK_MS).await;
                let Some(inner): Option<Arc<Inner>> = inner.upgrade() else { return };
                // What went wrong is kept beside the book, for the settings to say.
                let _ = App { inner }.back_up_if_due().await;
            }
        });
    }

    async fn place_in_use(&self) -> Result<(Card, PathBuf, Result<Arc<Book>, WalletError>), WalletError> {
        let shelf = self.inner.shelf.read().await;
        let current = shelf.current.ok_or(WalletError::NotJoined)?;
        let place = shelf.places.iter().find(|place| place.card.id == current).ok_or(WalletError::NotJoined)?;
        Ok((place.card.clone(), place.folder.clone(), place.book.clone()))
    }

    async fn close_damaged(&self, card: &Card, book: Option<Arc<Book>>, damaged: Option<Store>) {
        let mut shelf = self.inner.shelf.write().await;
        shelf.engine = None;
        if let Some(place) = shelf.places.iter_mut().find(|place| place.card.id == card.id) {
            place.book = Err(WalletError::DatabaseCorrupt);
        }
        drop(shelf);
        self.forget_shown();
        if let Some(damaged) = damaged {
            damaged.close().await;
        }
        if let Some(book) = book {
            book.put_away().await;
        }
    }

    /// The key where nobody has to be asked for it.
    async fn key_at_hand(&self, card: &Card, folder: &std::path::Path) -> Option<Opened> {
        let (vault, storage) = (self.vault(card.id, folder), card.key_storage);
        blocking(move || vault.open(storage)).await.ok()
    }

    async fn key_given(
        &self,
        card: &Card,
        folder: &std::path::Path,
        passphrase: Option<String>,
    ) -> Result<Opened, WalletError> {
        let (vault, storage) = (self.vault(card.id, folder), card.key_storage);
        let passphrase = passphrase.map(zeroize::Zeroizing::new);
        blocking(move || match (storage, passphrase) {
            (KeyStorage::Passphrase, Some(passphrase)) => vault.open_with_passphrase(&passphrase),
            (KeyStorage::Passphrase, None) => Err(WalletError::PassphraseNeeded),
            (KeyStorage::Keyring | KeyStorage::File, _) => vault.open(storage),
        })
        .await
    }
}

/// Opens the copy, checks it, brings its tables up to date and carries over what the damaged book alone holds.
async fn fill(ready: &std::path::Path, key: &Opened, damaged: Option<&Store>) -> Result<Salvaged, WalletError> {
    let store = Store::open_sqlite_as_it_is(ready, Some(key.database_key())).await?;
    let salvaged = async {
        store.integrity_check().await?;
        salvage(&store, damaged).await
    }
    .await;
    // Closing moves the write-ahead log into the file, which then is the whole book.
    store.close().await;
    salvaged
}

fn is_damaged(book: &Result<Arc<Book>, WalletError>) -> bool {
    match book {
        Ok(book) => book.writable() == Err(WalletError::DatabaseCorrupt),
        Err(error) => *error == WalletError::DatabaseCorrupt,
    }
}

async fn looked_into(copy: Kept, book: Option<&Book>, key: Option<&Opened>) -> Backup {
    let opened = match (book, key) {
        (Some(book), _) => book.store.beside(&copy.path).await.ok(),
        (None, Some(key)) => Store::open_sqlite_read_only(&copy.path, Some(key.database_key())).await.ok(),
        (None, None) => None,
    };
    let payments = match &opened {
        Some(store) => backup::payments(store).await.ok(),
        None => None,
    };
    if let Some(store) = opened {
        store.close().await;
    }
    let Kept { name, made_at_ms, why, .. } = copy;
    Backup { name, made_at_ms, why, payments }
}
