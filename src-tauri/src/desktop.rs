//! What the desktop around the window gives and takes: notices, the tray, one key that works everywhere, the start with
//! the session, the session's own lock, and word of a newer version. Where it gives nothing the app goes on without.

mod autostart;
#[cfg(target_os = "linux")]
mod everywhere;
#[cfg(not(target_os = "linux"))]
#[path = "desktop/nowhere.rs"]
mod everywhere;
#[cfg(target_os = "linux")]
mod finger;
#[cfg(not(target_os = "linux"))]
#[path = "desktop/no_finger.rs"]
mod finger;
#[cfg(target_os = "linux")]
mod notices;
#[cfg(not(target_os = "linux"))]
#[path = "desktop/plain_notices.rs"]
mod notices;
#[cfg(target_os = "linux")]
mod session;
mod tray;
mod update;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager};
use tokio::sync::{Notify, OnceCell};
use uuid::Uuid;
use wallet::view::{DeskChoices, NewVersion};
use wallet::{App, CommandError, ErrorCode};

use crate::engine::Engine;
use crate::events::{self, Changed, GoTo};
use crate::window;

pub(crate) use tray::TrayWords;

/// A place of the app that the desktop can lead to. None of them moves money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Place {
    /// One payment.
    Payment {
        /// Which.
        id: Uuid,
    },
    /// What others ask for.
    Requests,
    /// The scan screen.
    Scan,
    /// A new request.
    NewRequest,
}

/// A notice of the system, in the window's words.
#[derive(Debug, Clone, Deserialize, specta::Type)]
pub(crate) struct Notice {
    /// First line.
    pub(crate) title: String,
    /// The rest.
    pub(crate) body: String,
    /// Shown instead of both while the session is locked: it names nobody and no amount.
    pub(crate) covered: String,
    /// The word on its one button.
    pub(crate) show: String,
    /// Where pressing it leads.
    pub(crate) place: Place,
}

/// How the key stands that works in every app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Everywhere {
    /// None was chosen.
    Off,
    /// It works.
    On,
    /// Another app has it.
    Taken,
    /// Here the desktop keeps such keys to itself.
    DesktopsOwn,
}

/// What the desktop gives.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type)]
pub(crate) struct Surroundings {
    /// There is a tray, and the app is in it.
    tray: bool,
    /// The key that works in every app.
    everywhere: Everywhere,
    /// Whether the app starts with the session; none where that is not known.
    autostart: Option<bool>,
    /// This version.
    version: String,
    /// There is a fingerprint reader that knows this user.
    finger: bool,
    /// A newer one, when whoever runs this installation tells of it.
    newer: Option<NewVersion>,
}

/// The app's side of the desktop.
#[derive(Default)]
pub(crate) struct Desktop {
    notices: notices::Notices,
    tray: tray::Corner,
    everywhere: everywhere::Key,
    newer: std::sync::Mutex<Option<NewVersion>>,
    /// Closing the window leaves the app in the tray.
    keep_in_tray: AtomicBool,
    /// The main window is unseen, and the tray is the way back to it.
    in_tray: AtomicBool,
    /// The session is locked: whoever stands there may not be its owner.
    covered: AtomicBool,
    /// Whether there is a fingerprint reader: asked once, because asking may start the system's service for it.
    reader: OnceCell<bool>,
    /// Ends the wait for a finger, whoever waits.
    no_finger: Notify,
    /// Held while a finger is waited for: there is one reader.
    at_reader: tokio::sync::Mutex<()>,
}

impl Desktop {
    /// With the window unseen until the tray turns out not to be there.
    pub(crate) fn starting(in_tray: bool) -> Self {
        Desktop { in_tray: AtomicBool::new(in_tray), ..Desktop::default() }
    }

    /// Whether the main window is to stay unseen.
    pub(crate) fn is_in_tray(&self) -> bool {
        self.in_tray.load(Ordering::Relaxed)
    }

    /// The main window is seen again.
    pub(crate) fn left_tray(&self) {
        self.in_tray.store(false, Ordering::Relaxed);
    }

    /// Whether closing the window puts it in the tray instead; if so, it counts as there.
    pub(crate) fn enters_tray(&self) -> bool {
        let enters = self.keep_in_tray.load(Ordering::Relaxed) && self.tray.is_there();
        if enters {
            self.in_tray.store(true, Ordering::Relaxed);
        }
        enters
    }

    /// Does what was chosen. The key that works everywhere is kept even where it cannot be held.
    pub(crate) fn apply(&self, app: &AppHandle, choices: &DeskChoices) {
        self.keep_in_tray.store(choices.keep_in_tray, Ordering::Relaxed);
        let pressing = app.clone();
        self.everywhere.hold(choices.scan_everywhere.as_deref(), move || lead(&pressing, &Place::Scan));
    }

    /// What the desktop gives.
    pub(crate) async fn surroundings(&self, app: &AppHandle) -> Surroundings {
        Surroundings {
            tray: self.tray.is_there(),
            everywhere: self.everywhere.standing(),
            autostart: autostart::is_on(app),
            version: env!("CARGO_PKG_VERSION").into(),
            finger: *self.reader.get_or_init(finger::is_there).await,
            newer: self.newer.lock().unwrap_or_else(|e| e.into_inner()).clone(),
        }
    }

    /// Waits until the system has recognised its user's finger. One waits at a time: the one before is sent away.
    pub(crate) async fn recognise_finger(&self) -> Result<(), CommandError> {
        self.no_finger.notify_waiters();
        let _turn = self.at_reader.lock().await;
        tokio::select! {
            () = self.no_finger.notified() => Err(ErrorCode::WrongState.into()),
            recognised = finger::recognise() => match recognised {
                Ok(true) => Ok(()),
                Ok(false) => Err(ErrorCode::FingerUnknown.into()),
                Err(error) => {
                    tracing::info!(%error, "the fingerprint reader");
                    Err(ErrorCode::NoFingerReader.into())
                }
            },
        }
    }

    /// The book is open: nobody waits for a finger any more.
    pub(crate) fn forget_finger(&self) {
        self.no_finger.notify_waiters();
    }

    /// Starts the app with the session, or not.
    pub(crate) fn set_autostart(&self, app: &AppHandle, on: bool) -> Result<(), CommandError> {
        autostart::set(app, on).map_err(|error| {
            tracing::warn!(%error, on, "the start with the session was not changed");
            ErrorCode::FileFailed.into()
        })
    }

    /// Puts the app in the tray, or changes what the tray says.
    pub(crate) async fn show_tray(&self, app: &AppHandle, words: TrayWords) {
        self.tray.show(app, words).await;
        if self.is_in_tray() && !self.tray.is_there() {
            window::come_forward(app);
        }
    }

    /// Shows a notice of the system.
    pub(crate) async fn notify(&self, app: &AppHandle, notice: &Notice) -> Result<(), CommandError> {
        let covered = self.covered.load(Ordering::Relaxed);
        let (title, body) = if covered { (notice.covered.as_str(), "") } else { (&*notice.title, &*notice.body) };
        self.notices.show(app, title, body, &notice.show, notice.place.clone()).await
    }

    /// Locked: no notice of the app stays on the screen.
    pub(crate) async fn withdraw_notices(&self) {
        self.notices.withdraw().await;
    }

    fn take_newer(&self, newer: NewVersion) {
        *self.newer.lock().unwrap_or_else(|e| e.into_inner()) = Some(newer);
    }
}

/// Begins what needs the open wallet.
pub(crate) async fn begin(app: &AppHandle, wallet: &App) {
    let desktop = app.state::<Desktop>();
    match wallet.settings().await {
        Ok(settings) => desktop.apply(app, &settings.desk),
        Err(error) => tracing::warn!(%error, "the choices about the desktop are not known"),
    }
    #[cfg(target_os = "linux")]
    session::listen(app.clone());
    let (app, wallet) = (app.clone(), wallet.clone());
    tauri::async_runtime::spawn(update::watch(wallet, move |newer| {
        app.state::<Desktop>().take_newer(newer);
        events::tell(&app, &Changed);
    }));
}

/// Brings the window to the front, and to a place. While locked it shows the lock.
fn lead(app: &AppHandle, place: &Place) {
    window::come_forward(app);
    events::tell(app, &GoTo(place.clone()));
}

/// Locks the books, where something would open them again.
async fn lock(app: &AppHandle) {
    let engine = Arc::clone(&app.state::<Arc<Engine>>());
    let locked = match engine.wallet().await {
        Ok(wallet) => wallet.lock_now().await.map_err(CommandError::from).map(drop),
        Err(error) => Err(error),
    };
    if let Err(error) = locked {
        tracing::info!(code = ?error.code, "not locked");
    }
}
