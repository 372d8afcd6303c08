//! Requests from people this book does not know.

use uuid::Uuid;
use wallet::view::StrangerRequest;

use super::{Answer, Core};

/// All of them that still can be answered.
#[tauri::command]
#[specta::specta]
pub(crate) async fn inbox(core: Core<'_>) -> Answer<Vec<StrangerRequest>> {
    Ok(core.wallet().await?.inbox().await?)
}

/// Puts one on the board.
#[tauri::command]
#[specta::specta]
pub(crate) async fn let_request_in(core: Core<'_>, id: Uuid) -> Answer<()> {
    Ok(core.wallet().await?.let_request_in(id).await?)
}

/// The note of one, nothing covered.
#[tauri::command]
#[specta::specta]
pub(crate) async fn uncovered_note(core: Core<'_>, id: Uuid) -> Answer<String> {
    Ok(core.wallet().await?.uncovered_note(id).await?)
}
