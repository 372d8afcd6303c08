//! What was decided here and is not with the server yet.

use uuid::Uuid;
use wallet::view::PendingRow;

use super::{Answer, Core};

/// Everything that waits, and what was refused and not seen yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pending(core: Core<'_>) -> Answer<Vec<PendingRow>> {
    Ok(core.wallet().await?.pending().await?)
}

/// Takes away what never left, or what was refused and has been seen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn take_back(core: Core<'_>, id: Uuid) -> Answer<Vec<PendingRow>> {
    Ok(core.wallet().await?.take_back(id).await?)
}
