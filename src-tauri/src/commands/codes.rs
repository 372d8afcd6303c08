//! The own code: drawn, saved, copied.

use tauri::AppHandle;
use tauri_plugin_clipboard_manager::ClipboardExt;
use tauri_plugin_dialog::DialogExt;
use wallet::ErrorCode;
use wallet::view::{Code, CodeFormat, CodeOptions};

use super::{Answer, Core};
use crate::window;

/// Longest text that is copied, in bytes: a code's text is under 3 KB.
const LONGEST_COPY_BYTES: usize = 16_384;

/// The own code.
#[tauri::command]
#[specta::specta]
pub(crate) async fn my_code(core: Core<'_>, options: CodeOptions) -> Answer<Code> {
    Ok(core.wallet().await?.my_code(options).await?)
}

/// Asks where to save the own code, and saves it. Gives the path, or nothing when the person changed their mind.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_code(
    app: AppHandle,
    core: Core<'_>,
    options: CodeOptions,
    format: CodeFormat,
) -> Answer<Option<String>> {
    let file = core.wallet().await?.code_file(options, format).await?;
    let ending = match format {
        CodeFormat::Svg => "svg",
        CodeFormat::Png => "png",
    };
    let (chosen, choice) = tokio::sync::oneshot::channel();
    let mut dialog = app.dialog().file().add_filter(ending.to_uppercase(), &[ending]);
    dialog = dialog.set_file_name(format!("tessera.{ending}"));
    if let Some(main) = window::main(&app) {
        dialog = dialog.set_parent(&main);
    }
    dialog.save_file(move |path| drop(chosen.send(path)));
    let Some(path) = choice.await.map_err(|_| ErrorCode::Internal)? else { return Ok(None) };
    let path = path.into_path().map_err(|_| ErrorCode::FileFailed)?;
    tokio::fs::write(&path, file).await.map_err(wallet::WalletError::from)?;
    Ok(Some(path.display().to_string()))
}

/// Copies text.
#[tauri::command]
#[specta::specta]
pub(crate) fn copy_text(app: AppHandle, text: String) -> Answer<()> {
    if text.len() > LONGEST_COPY_BYTES {
        return Err(ErrorCode::TooLarge.into());
    }
    app.clipboard().write_text(text).map_err(|_| ErrorCode::Internal.into())
}
