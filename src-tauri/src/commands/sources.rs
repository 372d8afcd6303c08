//! Cards and accounts money comes from and goes to.

use protocol::body::{Source, SourceOffer};
use uuid::Uuid;

use super::{Answer, Core};

/// All of them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sources(core: Core<'_>) -> Answer<Vec<Source>> {
    Ok(core.wallet().await?.sources().await?)
}

/// What can be added here.
#[tauri::command]
#[specta::specta]
pub(crate) async fn source_offers(core: Core<'_>) -> Answer<Vec<SourceOffer>> {
    Ok(core.wallet().await?.source_offers().await?)
}

/// Adds one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn add_source(core: Core<'_>, token: String, label: String) -> Answer<Vec<Source>> {
    Ok(core.wallet().await?.add_source(token, label).await?)
}

/// Gives one another name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rename_source(core: Core<'_>, id: Uuid, label: String) -> Answer<Vec<Source>> {
    Ok(core.wallet().await?.rename_source(id, label).await?)
}

/// Makes one the one used when nothing is chosen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_default_source(core: Core<'_>, id: Uuid) -> Answer<Vec<Source>> {
    Ok(core.wallet().await?.set_default_source(id).await?)
}

/// Takes one away.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_source(core: Core<'_>, id: Uuid) -> Answer<Vec<Source>> {
    Ok(core.wallet().await?.remove_source(id).await?)
}
