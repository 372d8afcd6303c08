//! The own code: drawn, copied.

use tauri::AppHandle;
use tauri_plugin_clipboard_manager::ClipboardExt;
use wallet::ErrorCode;
use wallet::view::{Code, CodeOptions};

use super::{Answer, Core};

/// Longest text that is copied, in bytes: a code's text is under 3 KB.
const LONGEST_COPY_BYTES: usize = 16_384;

/// The own code.
#[tauri::command]
#[specta::specta]
pub(crate) async fn my_code(core: Core<'_>, options: CodeOptions) -> Answer<Code> {
    Ok(core.wallet().await?.my_code(options).await?)
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
