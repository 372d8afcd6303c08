//! Accounts: practice, servers, the own profile, locks.

use protocol::body::{HandleCheck, Me, ServerInfo};
use uuid::Uuid;
use wallet::view::{JoinForm, Joined, Status};

use super::{Answer, Core};

/// The state of the whole app.
#[tauri::command]
#[specta::specta]
pub(crate) async fn status(core: Core<'_>) -> Answer<Status> {
    Ok(core.behind_lock().await?.status().await?)
}

/// Starts the embedded server and the town, and opens the practice book, made on the first time.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_practice(core: Core<'_>, display_name: String) -> Answer<Status> {
    core.start_practice(&display_name).await
}

/// Closes the practice book; the town and its server stop.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_practice(core: Core<'_>) -> Answer<Status> {
    core.stop_practice().await
}

/// Goes over to another account of this machine.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_book(core: Core<'_>, id: Uuid) -> Answer<Status> {
    core.open_book(id).await
}

/// Facts about a server, before any account.
#[tauri::command]
#[specta::specta]
pub(crate) async fn look_at_server(core: Core<'_>, address: String) -> Answer<ServerInfo> {
    Ok(core.wallet().await?.look_at_server(&address).await?)
}

/// Whether a handle can be had there.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_handle(core: Core<'_>, address: String, handle: String) -> Answer<HandleCheck> {
    Ok(core.wallet().await?.check_handle(&address, &handle).await?)
}

/// Opens an account on a server.
#[tauri::command]
#[specta::specta]
pub(crate) async fn join(core: Core<'_>, form: JoinForm) -> Answer<Joined> {
    Ok(core.wallet().await?.join(form).await?)
}

/// The person says that the recovery key is kept.
#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_recovery_kept(core: Core<'_>) -> Answer<()> {
    Ok(core.wallet().await?.confirm_recovery_kept().await?)
}

/// The own account.
#[tauri::command]
#[specta::specta]
pub(crate) async fn me(core: Core<'_>) -> Answer<Me> {
    Ok(core.wallet().await?.me().await?)
}

/// Changes the public part of the own account. The picture is base64.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_profile(core: Core<'_>, display_name: String, picture: Option<String>) -> Answer<Me> {
    Ok(core.wallet().await?.set_profile(display_name, picture).await?)
}

/// Signs in again after the server has ended the session.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in(core: Core<'_>, password: String) -> Answer<Status> {
    Ok(core.wallet().await?.sign_in(&password).await?)
}

/// Opens a locked book.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock_with_passphrase(core: Core<'_>, passphrase: String) -> Answer<Status> {
    let status = core.behind_lock().await?.unlock_with_passphrase(&passphrase).await?;
    core.after_unlock(status).await
}

/// Opens a book whose keyring or passphrase is lost.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_with_recovery_key(core: Core<'_>, key: String) -> Answer<Status> {
    let status = core.behind_lock().await?.restore_with_recovery_key(&key).await?;
    core.after_unlock(status).await
}
