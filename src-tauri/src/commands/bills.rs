//! Payment codes of other systems: handed to another app by a press, or kept as a note.

use tauri::AppHandle;
use uuid::Uuid;
use wallet::ErrorCode;
use wallet::view::{Bill, Handover};

use super::{Answer, Core};
use crate::browser;

/// How the code could be given to another app; nothing when it cannot. Opens nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn handover(core: Core<'_>, text: String) -> Answer<Option<Handover>> {
    Ok(core.wallet().await?.handover(&text).await?)
}

/// Asks the system to open the code in whatever app is there for it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_handover(app: AppHandle, core: Core<'_>, text: String) -> Answer<()> {
    let handover = core.wallet().await?.handover(&text).await?.ok_or(ErrorCode::Malformed)?;
    browser::hand_over(&app, &handover)
}

/// Every bill.
#[tauri::command]
#[specta::specta]
pub(crate) async fn bills(core: Core<'_>) -> Answer<Vec<Bill>> {
    Ok(core.wallet().await?.bills().await?)
}

/// Keeps a code to be paid elsewhere.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_bill(core: Core<'_>, text: String, note: String) -> Answer<Bill> {
    Ok(core.wallet().await?.save_bill(&text, &note).await?)
}

/// Says that a bill was paid elsewhere, or that it was not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_bill(core: Core<'_>, id: Uuid, paid: bool) -> Answer<()> {
    Ok(core.wallet().await?.mark_bill(id, paid).await?)
}

/// A note only this device knows.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_bill_note(core: Core<'_>, id: Uuid, note: String) -> Answer<()> {
    Ok(core.wallet().await?.set_bill_note(id, &note).await?)
}

/// Forgets a bill.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_bill(core: Core<'_>, id: Uuid) -> Answer<()> {
    Ok(core.wallet().await?.remove_bill(id).await?)
}
