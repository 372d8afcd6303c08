//! The wallet and practice behind the windows, opened off the main thread so that the window need not wait for them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use protocol::body::Amount;
use tauri::{AppHandle, Manager};
use tokio::sync::{Mutex, MutexGuard, watch};
use uuid::Uuid;
use wallet::view::{ArchiveProgress, BookKind, Draft, DuePayment, Status};
use wallet::{App, CommandError, ErrorCode, Event, Options, WalletError};

use crate::arguments::Begun;
use crate::camera::Desk;
use crate::desktop::{self, Desktop};
use crate::events::{self, Asked, Changed, ConfirmationClosed, FetchingHistory, Incoming};
use crate::practice::Practice;
use crate::window;

/// How long the end of the app waits for the books to close.
const CLOSING: Duration = Duration::from_secs(10);

/// What opening the wallet came to.
type Opened = Option<Result<App, CommandError>>;

/// Everything behind the windows.
pub(crate) struct Engine {
    folder: PathBuf,
    opened: watch::Sender<Opened>,
    practice: Practice,
    /// One payment is handed to the confirmation window at a time.
    preparing: Mutex<()>,
    /// Opening and closing cameras keep the order they were asked in.
    camera: Mutex<()>,
}

impl Engine {
    /// An engine that keeps everything in `folder`. Nothing is opened yet.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Engine {
            practice: Practice::new(folder.join("practice-server")),
            folder,
            opened: watch::Sender::new(None),
            preparing: Mutex::new(()),
            camera: Mutex::new(()),
        }
    }

    /// Opens the wallet, then practice if that is where the person was or wants to be; then tells the window of
    /// everything that happens. Ends with the app.
    pub(crate) async fn run(&self, app: &AppHandle, wants_practice: bool) {
        let opened = App::open(Options::for_this_machine(self.folder.clone())).await;
        if let Err(error) = &opened {
            tracing::error!(%error, "the wallet does not open");
        }
        self.opened.send_replace(Some(opened.map_err(CommandError::from)));
        let Ok(wallet) = self.behind_lock().await else { return };
        let mut news = wallet.events();
        if let Err(error) = self.return_to_practice(&wallet, wants_practice).await {
            tracing::error!(code = ?error.code, "practice does not open");
        }
        events::tell(app, &Changed);
        desktop::begin(app, &wallet).await;
        while let Some(event) = news.next().await {
            match event {
                Event::Changed | Event::Online(_) => events::tell(app, &Changed),
                Event::Locked => leave_nothing_shown(app).await,
                Event::Incoming(payment) => events::tell(app, &Incoming(payment)),
                Event::Asked(id) => {
                    if let Ok(Some(request)) = wallet.asked(id).await {
                        events::tell(app, &Asked(request));
                    }
                }
                Event::Fetching(how_far) => events::tell(app, &FetchingHistory(how_far)),
            }
        }
    }

    async fn return_to_practice(&self, wallet: &App, wanted: bool) -> Result<(), CommandError> {
        let status = wallet.status().await?;
        if status.locked || status.needs_passphrase {
            return Ok(());
        }
        let is_practice = |kind| kind == BookKind::Practice;
        let was = status.current.as_ref().is_some_and(|book| is_practice(book.kind));
        let has = status.books.iter().any(|book| is_practice(book.kind));
        if was || (wanted && has) {
            self.start_practice("").await?;
        }
        Ok(())
    }

    /// The wallet, as soon as it is open, or why it does not open; [`ErrorCode::Locked`] while it is locked.
    pub(crate) async fn wallet(&self) -> Result<App, CommandError> {
        let wallet = self.behind_lock().await?;
        wallet.refuse_if_locked().await?;
        Ok(wallet)
    }

    /// The wallet, locked or not: for the lock itself, the status, and the look of the app.
    pub(crate) async fn behind_lock(&self) -> Result<App, CommandError> {
        let mut opened = self.opened.subscribe();
        let opened = opened.wait_for(Option::is_some).await.map_err(|_| ErrorCode::Internal)?;
        opened.clone().unwrap_or_else(|| Err(ErrorCode::Internal.into()))
    }

    /// Where the page's engine keeps its own files; ours never put anything there.
    pub(crate) fn webview_folder(&self) -> PathBuf {
        self.folder.join("webview")
    }

    /// What there is on this machine, before anything is open.
    pub(crate) fn begun(&self) -> Begun {
        Begun { book: App::has_book_in_use(&self.folder), practice: self.practice.exists() }
    }

    /// Starts practice and opens its book; the name is used on the first time.
    pub(crate) async fn start_practice(&self, display_name: &str) -> Result<Status, CommandError> {
        let wallet = self.wallet().await?;
        let door = self.practice.start().await.map_err(|error| {
            tracing::error!(%error, "practice does not start");
            ErrorCode::from(error)
        })?;
        let status = wallet.join_practice(&door.url, &door.token, display_name).await?;
        if let Some(book) = &status.current {
            self.practice.welcome(&book.handle).await;
        }
        Ok(status)
    }

    /// After a lock: practice is the book in use again, with its server, which went on meanwhile as the world does.
    pub(crate) async fn after_unlock(&self, status: Status) -> Result<Status, CommandError> {
        if status.current.as_ref().is_some_and(|book| book.kind == BookKind::Practice) && !status.locked {
            return self.start_practice("").await;
        }
        Ok(status)
    }

    /// Leaves practice, then stops it.
    pub(crate) async fn stop_practice(&self) -> Result<Status, CommandError> {
        let status = self.wallet().await?.stop_practice().await?;
        self.practice.stop().await;
        Ok(status)
    }

    /// Goes over to another book. Practice runs exactly as long as its book is the one in use.
    pub(crate) async fn open_book(&self, id: Uuid) -> Result<Status, CommandError> {
        let wallet = self.wallet().await?;
        let books = wallet.status().await?.books;
        if books.iter().any(|book| book.id == id && book.kind == BookKind::Practice) {
            return self.start_practice("").await;
        }
        let status = wallet.open_book(id).await?;
        self.practice.stop().await;
        Ok(status)
    }

    /// Opens an archive as a book and goes over to it; practice stops, as for any other book.
    pub(crate) async fn restore_archive(
        &self,
        path: &Path,
        passphrase: String,
        tell: impl Fn(ArchiveProgress) + Send + Sync,
    ) -> Result<Status, CommandError> {
        let status = self.wallet().await?.restore_archive(path, passphrase, tell).await?;
        self.practice.stop().await;
        Ok(status)
    }

    /// Hands a payment to the wallet and to the window that confirms it.
    pub(crate) async fn prepare_payment(&self, app: &AppHandle, draft: Draft) -> Result<(), CommandError> {
        let wallet = self.wallet().await?;
        self.confirming(app, &wallet, wallet.prepare_payment(draft)).await
    }

    /// The same for an occurrence of a schedule.
    pub(crate) async fn prepare_scheduled_payment(
        &self,
        app: &AppHandle,
        draft: Draft,
        due: DuePayment,
    ) -> Result<(), CommandError> {
        let wallet = self.wallet().await?;
        self.confirming(app, &wallet, wallet.prepare_scheduled_payment(draft, due)).await
    }

    /// The same for a payment that is to be given back.
    pub(crate) async fn prepare_return(&self, app: &AppHandle, id: Uuid, amount: Amount) -> Result<(), CommandError> {
        let wallet = self.wallet().await?;
        self.confirming(app, &wallet, wallet.prepare_return(id, amount)).await
    }

    /// Lets the wallet prepare, then opens the window that confirms. While something is being confirmed there is
    /// no second, and what is shown there is never exchanged.
    async fn confirming(
        &self,
        app: &AppHandle,
        wallet: &App,
        preparing: impl Future<Output = Result<(), WalletError>> + Send,
    ) -> Result<(), CommandError> {
        let _one = self.preparing.lock().await;
        if window::confirm(app).is_some() {
            window::come_forward(app);
            return Err(ErrorCode::WrongState.into());
        }
        preparing.await?;
        let (closing, teller) = (wallet.clone(), app.clone());
        let closed = move || {
            let (wallet, app) = (closing.clone(), teller.clone());
            tauri::async_runtime::spawn(async move {
                // After a payment there is nothing left to cancel.
                drop(wallet.confirm_cancel().await);
                events::tell(&app, &ConfirmationClosed);
            });
        };
        if let Err(error) = window::open_confirm(app, closed) {
            tracing::error!(%error, "the confirmation window does not open");
            wallet.confirm_cancel().await?;
            return Err(ErrorCode::Internal.into());
        }
        Ok(())
    }

    /// Waits until cameras that were asked for before are open or closed.
    pub(crate) async fn camera_turn(&self) -> MutexGuard<'_, ()> {
        self.camera.lock().await
    }

    /// Closes the books and lets practice end in order, when the app ends.
    pub(crate) async fn end(&self) {
        let closing = async {
            if let Ok(wallet) = self.behind_lock().await {
                wallet.close().await;
            }
        };
        if tokio::time::timeout(CLOSING, closing).await.is_err() {
            tracing::error!("the wallet does not close");
        }
        self.practice.stop().await;
    }
}

/// Locked: the confirmation window, the camera and the notices go, and the page with everything it remembers gives way to the lock.
async fn leave_nothing_shown(app: &AppHandle) {
    window::close_confirm(app);
    app.state::<Desk>().close();
    window::go_to(app, "/lock");
    app.state::<Desktop>().withdraw_notices().await;
}
