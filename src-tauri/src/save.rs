//! Saving a file where the person says, through the system's dialog.

use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;
use wallet::{CommandError, ErrorCode};

use crate::window;

/// Asks where to save `file`, offering `name.ending`. Gives the path, or nothing when the person changed their mind.
pub(crate) async fn through_dialog(
    app: &AppHandle,
    name: &str,
    ending: &str,
    file: Vec<u8>,
) -> Result<Option<String>, CommandError> {
    let (chosen, choice) = tokio::sync::oneshot::channel();
    let mut dialog = app.dialog().file().add_filter(ending.to_uppercase(), &[ending]);
    dialog = dialog.set_file_name(format!("{name}.{ending}"));
    if let Some(main) = window::main(app) {
        dialog = dialog.set_parent(&main);
    }
    dialog.save_file(move |path| drop(chosen.send(path)));
    let Some(path) = choice.await.map_err(|_| ErrorCode::Internal)? else { return Ok(None) };
    let path = path.into_path().map_err(|_| ErrorCode::FileFailed)?;
    tokio::fs::write(&path, file).await.map_err(wallet::WalletError::from)?;
    Ok(Some(path.display().to_string()))
}
