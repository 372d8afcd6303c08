//! What the core tells the window without being asked. Each goes to the main window alone.

use qr::Aim;
use serde::{Deserialize, Serialize};
use tauri::AppHandle;
use tauri_specta::Event;
use wallet::CommandError;
use wallet::view;

use crate::desktop::Place;
use crate::link::Refused;
use crate::window::MAIN;

/// Something shown has changed: ask again.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
pub(crate) struct Changed;

/// The camera read codes: all in sight, told when one of them is new.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
#[tauri_specta(event_name = "found")]
pub(crate) struct CameraFound(pub(crate) Vec<view::Found>);

/// A code is in sight that cannot be read yet, and what would help; nothing when nothing is in the way any more.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
pub(crate) struct CameraAim(pub(crate) Option<Aim>);

/// A text is spread over several codes and some are still missing; nothing when none is.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
pub(crate) struct CameraGathered(pub(crate) Option<Gathered>);

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct Gathered {
    /// Codes read.
    pub(crate) read: u8,
    /// Codes there are.
    pub(crate) of: u8,
}

/// The camera is open and has no picture, and why. Over as soon as a picture comes.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
pub(crate) struct CameraTrouble(pub(crate) CommandError);

/// Money arrived.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
pub(crate) struct Incoming(pub(crate) protocol::body::Payment);

/// Somebody who may ask asks for money.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
pub(crate) struct Asked(pub(crate) protocol::body::Request);

/// A notice, the tray or a key of the desktop leads to a place of the app.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
pub(crate) struct GoTo(pub(crate) Place);

/// How far a long fetch of the account's history is; nothing when it has ended.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
#[tauri_specta(event_name = "fetching")]
pub(crate) struct FetchingHistory(pub(crate) Option<view::Fetching>);

/// The person confirmed a payment in the confirmation window.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
#[tauri_specta(event_name = "confirmed")]
pub(crate) struct PaymentConfirmed(pub(crate) view::Confirmed);

/// The confirmation window is gone and nothing was paid.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
pub(crate) struct ConfirmationClosed;

/// The system handed over a link of ours; it is shown, never opened by itself.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
pub(crate) struct OpenLink(pub(crate) String);

/// The system handed over something that is no link of ours; it was ignored.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
pub(crate) struct LinkRefused(pub(crate) Refused);

/// Tells the main window. A window that is gone misses nothing: it asks for everything when it comes.
pub(crate) fn tell<E: Event + Serialize + Clone>(app: &AppHandle, event: &E) {
    if let Err(error) = event.emit_to(app, tauri::EventTarget::webview_window(MAIN)) {
        tracing::warn!(%error, event = E::NAME, "event not delivered");
    }
}
