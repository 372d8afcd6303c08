//! One file with everything: written from a book, opened on a new machine, brought in as history elsewhere.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ledger::Store;
use protocol::Code;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::settings::refuse;
use super::{App, Place, blocking};
use crate::archive::{self, About, Facts, Line, SHORTEST_PASSPHRASE};
use crate::book::{Account, Book, Card, history, read, write};
use crate::remote::Device;
use crate::view::{ArchiveMade, ArchiveProgress, BookKind, HistoryPage, HistoryQuery, KeyStorage, Origin, Status};
use crate::{WalletError, new_id};

/// Lines taken in at once.
const PIECE: usize = 200;

impl App {
    /// Writes everything of the book in use to `path` under a passphrase, and reads it back, until
    /// [`App::cancel_export`]. [`WalletError::Stopped`] when it was called off.
    pub async fn make_archive(
        &self,
        path: &Path,
        passphrase: String,
        tell: impl Fn(ArchiveProgress) + Send + Sync,
    ) -> Result<ArchiveMade, WalletError> {
        if passphrase.chars().count() < SHORTEST_PASSPHRASE {
            return Err(refuse(Code::PasswordWeak));
        }
        let book = self.book().await?;
        let payments = archive::write(&book, path, passphrase, &self.begin_export(), tell).await?;
        Ok(ArchiveMade { path: path.display().to_string(), payments })
    }

    /// Opens an archive as a book that can be read and searched, and uses it. The archive is read to its end first.
    /// [`WalletError::WrongPassphrase`], [`WalletError::NotAnArchive`], [`WalletError::ArchiveNewer`],
    /// [`WalletError::ArchiveCut`], [`WalletError::ArchiveChanged`], [`WalletError::ArchiveContradicts`].
    pub async fn restore_archive(
        &self,
        path: &Path,
        passphrase: String,
        tell: impl Fn(ArchiveProgress) + Send + Sync,
    ) -> Result<Status, WalletError> {
        self.refuse_if_locked().await?;
        let stop = self.begin_export();
        tell(ArchiveProgress { done: 0, total: 0, checking: true });
        let facts = look_through(path, &passphrase, &stop).await?;
        let (book, new) = self.history_book(&facts.about, &passphrase).await?;
        if let Err(error) = bring_in(&book, path, passphrase, &stop, facts.payments, tell).await {
            if new {
                self.forget_book(&book).await?;
            }
            return Err(error);
        }
        self.use_book(Some(book.card.id)).await?;
        self.status().await
    }

    /// Takes an archive's payments into the book in use as history, and its bills. They are in no sum and no balance,
    /// and the server never hears of them. Nothing is kept of an archive that does not hold.
    pub async fn bring_in_history(
        &self,
        path: &Path,
        passphrase: String,
        tell: impl Fn(ArchiveProgress) + Send + Sync,
    ) -> Result<Origin, WalletError> {
        let book = self.book().await?;
        book.writable()?;
        let brought = bring_in(&book, path, passphrase, &self.begin_export(), 0, tell).await?;
        book.changed();
        Ok(brought)
    }

    /// Lets a history go; what this book has itself stays.
    pub async fn remove_history(&self, id: Uuid) -> Result<(), WalletError> {
        let book = self.book().await?;
        book.remove_history(id).await?;
        book.changed();
        Ok(())
    }

    /// A page of what archives brought in, newest first.
    pub async fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, WalletError> {
        self.book().await?.history(query).await
    }

    /// Notes and bills of this account's history come along to the book that goes on with it.
    pub(super) async fn carry_history(&self, book: &Book) -> Result<(), WalletError> {
        let me = book.account()?;
        for history in self.history_books().await {
            let same = read(&history.account).as_ref().is_some_and(|own| own.person_id == me.person_id);
            if same && history.card.server_url == book.card.server_url {
                book.hand_on_notes(&history).await?;
            }
        }
        Ok(())
    }

    async fn history_books(&self) -> Vec<Arc<Book>> {
        let shelf = self.inner.shelf.read().await;
        let of_archive = shelf.places.iter().filter(|place| place.card.kind == BookKind::History);
        of_archive.filter_map(|place| place.book.as_ref().ok()).map(Arc::clone).collect()
    }

    /// The book for the history of an account, and whether it was made just now. Without a keyring the archive's
    /// passphrase opens it.
    async fn history_book(&self, about: &About, passphrase: &str) -> Result<(Arc<Book>, bool), WalletError> {
        for book in self.history_books().await {
            let same = read(&book.account).as_ref().is_some_and(|own| own.person_id == about.me.person.id);
            if same && book.card.server_url == about.server_url {
                return Ok((book, false));
            }
        }
        let card = Card {
            id: self.new_id(),
            kind: BookKind::History,
            server_url: about.server_url.clone(),
            server_name: about.server_name.clone(),
            holder: about.holder.clone(),
            mode: about.mode,
            key_storage: KeyStorage::Keyring,
        };
        let folder = super::open::histories(&self.inner.options.folder).join(card.id.to_string());
        let (book, _) = self.make_book(card, folder, Some(passphrase.to_owned())).await?;
        // A key that no server knows: a book wants one, and this one signs nothing.
        let device = Device::make(&*book.clock, &*book.random);
        let account = Account::of_history(about, &device);
        history::move_in(&book.store, &account, &about.me).await?;
        *write(&book.account) = Some(account);
        *write(&book.me) = Some(about.me.clone());
        Ok((book, true))
    }

    /// Takes back a book that could not be filled.
    async fn forget_book(&self, book: &Book) -> Result<(), WalletError> {
        self.inner.shelf.write().await.places.retain(|place: &Place| place.card.id != book.card.id);
        book.put_away().await;
        let folder = book.folder.clone();
        blocking(move || Ok(std::fs::remove_dir_all(folder)?)).await
    }
}

/// Reads an archive to its end and keeps nothing.
async fn look_through(path: &Path, passphrase: &str, stop: &Arc<AtomicBool>) -> Result<Facts, WalletError> {
    let (path, passphrase, stop) = (path.to_owned(), zeroize::Zeroizing::new(passphrase.to_owned()), Arc::clone(stop));
    blocking(move || archive::walk(&path, &passphrase, &stop, |_| Ok(()))).await
}

async fn bring_in(
    book: &Book,
    path: &Path,
    passphrase: String,
    stop: &Arc<AtomicBool>,
    total: u64,
    tell: impl Fn(ArchiveProgress) + Send + Sync,
) -> Result<Origin, WalletError> {
    let id = new_id(&*book.clock, &*book.random);
    history::begin(&book.store, id).await?;
    let taken = take_in(&book.store, id, path.to_owned(), passphrase, stop, total, tell).await;
    match taken {
        Ok(facts) => {
            let count = u32::try_from(facts.payments).unwrap_or(u32::MAX);
            history::end(&book.store, id, &facts.about).await?;
            Ok(facts.about.origin(id, count))
        }
        Err(error) => {
            history::undo(&book.store).await?;
            Err(error)
        }
    }
}

async fn take_in(
    store: &Store,
    id: Uuid,
    path: PathBuf,
    passphrase: String,
    stop: &Arc<AtomicBool>,
    total: u64,
    tell: impl Fn(ArchiveProgress) + Send + Sync,
) -> Result<Facts, WalletError> {
    let (give, mut pieces) = mpsc::channel::<Vec<Line>>(2);
    let (passphrase, stop) = (zeroize::Zeroizing::new(passphrase), Arc::clone(stop));
    let reading = tokio::spawn(blocking(move || {
        let mut piece = Vec::with_capacity(PIECE);
        let facts = archive::walk(&path, &passphrase, &stop, |line| {
            piece.push(line);
            if piece.len() < PIECE {
                return Ok(());
            }
            // Nobody takes it any more: something failed there, and is told there.
            give.blocking_send(std::mem::take(&mut piece)).map_err(|_| WalletError::Stopped)
        })?;
        give.blocking_send(piece).map_err(|_| WalletError::Stopped)?;
        Ok(facts)
    }));
    let total = u32::try_from(total).unwrap_or(u32::MAX);
    let mut done = 0;
    while let Some(piece) = pieces.recv().await {
        history::take(store, id, &piece).await?;
        done += piece.iter().filter(|line| matches!(line, Line::Payment(_))).count() as u32;
        tell(ArchiveProgress { done, total, checking: false });
    }
    reading.await.map_err(|_| WalletError::Fault("a task ended early"))?
}
