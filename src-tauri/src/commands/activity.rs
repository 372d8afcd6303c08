//! What happened: the first screen, the list, one payment.

use tauri::AppHandle;
use uuid::Uuid;
use wallet::view::{ActivityPage, ActivityQuery, Home, PaymentDetail};

use super::{Answer, Core};
use crate::{browser, day};

/// The first screen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn home(core: Core<'_>) -> Answer<Home> {
    Ok(core.wallet().await?.home(day::offset_minutes()).await?)
}

/// A page of payments.
#[tauri::command]
#[specta::specta]
pub(crate) async fn activity(core: Core<'_>, query: ActivityQuery) -> Answer<ActivityPage> {
    Ok(core.wallet().await?.activity(query).await?)
}

/// One payment with its story.
#[tauri::command]
#[specta::specta]
pub(crate) async fn payment(core: Core<'_>, id: Uuid) -> Answer<PaymentDetail> {
    Ok(core.wallet().await?.payment(id).await?)
}

/// A note only this device knows.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_private_note(core: Core<'_>, payment_id: Uuid, text: String) -> Answer<()> {
    Ok(core.wallet().await?.set_private_note(payment_id, &text).await?)
}

/// Calls a payment off, while that is possible.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_payment(core: Core<'_>, id: Uuid) -> Answer<()> {
    Ok(core.wallet().await?.cancel_payment(id).await?)
}

/// Opens the page where the bank asks something, in the system's browser.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_action(app: AppHandle, core: Core<'_>, payment_id: Uuid) -> Answer<()> {
    let action = core.wallet().await?.action(payment_id).await?;
    browser::open(&app, &action.url, &action.server)
}

/// Takes a payment back that still waits on this device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_payment(core: Core<'_>, id: Uuid) -> Answer<()> {
    Ok(core.wallet().await?.undo_payment(id).await?)
}
