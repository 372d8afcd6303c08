//! Saving a file where the person says, through the system's dialog.

use std::path::PathBuf;

use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;
use wallet::{CommandError, ErrorCode};

use crate::window;

/// Asks where to save, offering `name.ending`. Nothing when the person changed their mind.
pub(crate) async fn choose(app: &AppHandle, name: &str, ending: &str) -> Result<Option<PathBuf>, CommandError> {
    let (chosen, choice) = tokio::sync::oneshot::channel();
    let mut dialog = app.dialog().file().add_filter(ending.to_uppercase(), &[ending]);
    dialog = dialog.set_file_name(format!("{name}.{ending}"));
    if let Some(main) = window::main(app) {
        dialog = dialog.set_parent(&main);
    }
    dialog.save_file(move |path| drop(chosen.send(path)));
    let Some(path) = choice.await.map_err(|_| ErrorCode::Internal)? else { return Ok(None) };
    Ok(Some(path.into_path().map_err(|_| ErrorCode::FileFailed)?))
}

/// Asks where to save `file`, offering `name.ending`, and saves it. Gives the path, or nothing when the person changed
/// their mind.
pub(crate) async fn through_dialog(
    app: &AppHandle,
    name: &str,
    ending: &str,
    file: Vec<u8>,
) -> Result<Option<String>, CommandError> {
    let Some(path) = choose(app, name, ending).await? else { return Ok(None) };
    tokio::fs::write(&path, file).await.map_err(wallet::WalletError::from)?;
    Ok(Some(path.display().to_string()))
}
