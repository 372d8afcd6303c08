//! A forgotten password, another e-mail address, leaving for good, and a server that was put back from a backup.

use protocol::account::EmailStanding;
use wallet::view::{ActivityRow, Comparison, Status};

use super::{Answer, Core};

/// Asks a server for an e-mail with a link to set a new password.
#[tauri::command]
#[specta::specta]
pub(crate) async fn forgotten_password(core: Core<'_>, address: String, name: String, language: String) -> Answer<()> {
    Ok(core.wallet().await?.forgotten_password(&address, &name, &language).await?)
}

/// The address that e-mails go to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn email(core: Core<'_>) -> Answer<EmailStanding> {
    Ok(core.wallet().await?.email().await?)
}

/// Asks for another address.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_email(
    core: Core<'_>,
    email: String,
    password: String,
    language: String,
) -> Answer<EmailStanding> {
    Ok(core.wallet().await?.change_email(email, password, language).await?)
}

/// Closes the account for good, unless payments are under way: then it gives those.
#[tauri::command]
#[specta::specta]
pub(crate) async fn close_account(core: Core<'_>, password: String, language: String) -> Answer<Vec<ActivityRow>> {
    Ok(core.wallet().await?.close_account(password, language).await?)
}

/// Removes the book of a closed account from this device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_book(core: Core<'_>) -> Answer<Status> {
    Ok(core.wallet().await?.remove_book().await?)
}

/// What a server that was put back from a backup lost, compared with this book.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restored_server(core: Core<'_>) -> Answer<Comparison> {
    Ok(core.wallet().await?.restored_server().await?)
}

/// Keeps the own book and goes on with that server.
#[tauri::command]
#[specta::specta]
pub(crate) async fn follow_restored_server(core: Core<'_>) -> Answer<Status> {
    Ok(core.wallet().await?.follow_restored_server().await?)
}
