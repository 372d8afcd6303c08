//! The people of the book. Nothing here moves money.

use uuid::Uuid;
use wallet::view::{KnownPerson, ReportForm};

use super::{Answer, Core};

/// Everybody.
#[tauri::command]
#[specta::specta]
pub(crate) async fn people(core: Core<'_>) -> Answer<Vec<KnownPerson>> {
    Ok(core.wallet().await?.people().await?)
}

/// Blocks a person, or no longer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_blocked(core: Core<'_>, person_id: Uuid, blocked: bool) -> Answer<Vec<KnownPerson>> {
    Ok(core.wallet().await?.set_blocked(person_id, blocked).await?)
}

/// Keeps that the four words were compared, or that they are not to be relied on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_words_compared(core: Core<'_>, person_id: Uuid, compared: bool) -> Answer<Vec<KnownPerson>> {
    Ok(core.wallet().await?.set_words_compared(person_id, compared).await?)
}

/// Tells the operator about a person.
#[tauri::command]
#[specta::specta]
pub(crate) async fn report_person(core: Core<'_>, form: ReportForm) -> Answer<()> {
    Ok(core.wallet().await?.report_person(form).await?)
}

/// Takes a payee's new key, when these are its four words.
#[tauri::command]
#[specta::specta]
pub(crate) async fn accept_new_key(core: Core<'_>, handle: String, four_words: String) -> Answer<()> {
    Ok(core.wallet().await?.accept_new_key(&handle, &four_words).await?)
}
