//! What a server did that closed the book: shown, and saved for whoever can judge it.

use tauri::AppHandle;
use wallet::view::Evidence;

use super::{Answer, Core};
use crate::save;

/// What the server did, or nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn evidence(core: Core<'_>) -> Answer<Option<Evidence>> {
    Ok(core.wallet().await?.evidence().await?)
}

/// Asks where to save the evidence, and saves it. Gives the path, or nothing when the person changed their mind.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_evidence(app: AppHandle, core: Core<'_>) -> Answer<Option<String>> {
    let file = core.wallet().await?.evidence_file().await?;
    save::through_dialog(&app, "tessera-evidence", "json", file).await
}
