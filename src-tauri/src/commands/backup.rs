//! Copies of the book on this machine.

use wallet::view::{Backups, Restored};

use super::{Answer, Core};

/// The copies of the book in use, damaged or not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn backups(core: Core<'_>) -> Answer<Backups> {
    Ok(core.wallet().await?.backups().await?)
}

/// Makes a copy now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn make_backup(core: Core<'_>) -> Answer<Backups> {
    Ok(core.wallet().await?.make_backup().await?)
}

/// Puts a copy in the place of the damaged book; practice goes on with its server.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_backup(core: Core<'_>, name: String, passphrase: Option<String>) -> Answer<Restored> {
    let restored = core.wallet().await?.restore_backup(&name, passphrase).await?;
    let status = core.after_unlock(restored.status).await?;
    Ok(Restored { status, ..restored })
}
