//! The own code: drawn, saved, copied.

use tauri::AppHandle;
use tauri_plugin_clipboard_manager::ClipboardExt;
use wallet::ErrorCode;
use wallet::view::{Code, CodeFormat, CodeOptions};

use super::{Answer, Core};
use crate::save;

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
    save::through_dialog(&app, "tessera", ending, file).await
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
