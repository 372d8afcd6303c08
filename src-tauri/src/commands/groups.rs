//! Dividing a bill, collecting, and who paid.

use uuid::Uuid;
use wallet::view::{CollectForm, GroupDetail, GroupRow, Reminded, SplitForm, SplitPreview};

use super::{Answer, Core};

/// What a bill would be divided into.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_split(core: Core<'_>, split: SplitForm) -> Answer<SplitPreview> {
    Ok(core.wallet().await?.preview_split(split).await?)
}

/// Divides a bill and asks everybody.
#[tauri::command]
#[specta::specta]
pub(crate) async fn make_split(core: Core<'_>, split: SplitForm) -> Answer<Uuid> {
    Ok(core.wallet().await?.make_split(split).await?)
}

/// Collects for something.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_collection(core: Core<'_>, collect: CollectForm) -> Answer<Uuid> {
    Ok(core.wallet().await?.start_collection(collect).await?)
}

/// Every bill and collection.
#[tauri::command]
#[specta::specta]
pub(crate) async fn groups(core: Core<'_>) -> Answer<Vec<GroupRow>> {
    Ok(core.wallet().await?.groups().await?)
}

/// One of them, with who paid.
#[tauri::command]
#[specta::specta]
pub(crate) async fn group(core: Core<'_>, id: Uuid) -> Answer<GroupDetail> {
    Ok(core.wallet().await?.group(id).await?)
}

/// Reminds everybody who has not paid.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remind_group(core: Core<'_>, id: Uuid) -> Answer<Vec<Reminded>> {
    Ok(core.wallet().await?.remind_group(id).await?)
}

/// Takes back what is not paid.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_group(core: Core<'_>, id: Uuid) -> Answer<GroupDetail> {
    Ok(core.wallet().await?.cancel_group(id).await?)
}
