//! Handing a code on: the clipboard, files, paper.

use tauri::AppHandle;
use tauri::image::Image;
use tauri_plugin_clipboard_manager::ClipboardExt;
use wallet::view::{Saved, ShareFile, ShareForm, ShareSubject, ShareWords};
use wallet::{CommandError, ErrorCode};

use super::{Answer, Core};
use crate::save;

/// Longest of the window's words, in bytes.
const LONGEST_WORDS_BYTES: usize = 400;

/// Copies a code as text; a signature as HTML with a plain twin.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_shared(
    app: AppHandle,
    core: Core<'_>,
    subject: ShareSubject,
    form: ShareForm,
    words: ShareWords,
) -> Answer<()> {
    let text = core.wallet().await?.share_text(subject, form, checked(words)?).await?;
    let copied = match text.html {
        Some(html) => app.clipboard().write_html(html, Some(text.plain)),
        None => app.clipboard().write_text(text.plain),
    };
    copied.map_err(|_| ErrorCode::Internal.into())
}

/// Copies a code as a picture.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_shared_picture(app: AppHandle, core: Core<'_>, subject: ShareSubject) -> Answer<()> {
    let (side, pixels) = core.wallet().await?.share_picture(subject).await?;
    app.clipboard().write_image(&Image::new_owned(pixels, side, side)).map_err(|_| ErrorCode::Internal.into())
}

/// Asks where to save a code, alone or on paper, and saves it. Nothing when the person changed their mind.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_shared(
    app: AppHandle,
    core: Core<'_>,
    subject: ShareSubject,
    file: ShareFile,
    words: ShareWords,
) -> Answer<Option<Saved>> {
    let made = core.wallet().await?.share_file(subject, file, checked(words)?).await?;
    let saved = save::through_dialog(&app, stem(file), made.ending, made.bytes).await?;
    Ok(saved.map(|path| Saved { path, name_left_out: made.name_left_out }))
}

fn stem(file: ShareFile) -> &'static str {
    match file {
        ShareFile::Svg | ShareFile::Png => "tessera",
        ShareFile::Poster => "tessera-poster-a4",
        ShareFile::Card => "tessera-card-a6",
        ShareFile::Stickers => "tessera-stickers-a4",
        ShareFile::Sticker => "tessera-sticker-50mm",
    }
}

fn checked(words: ShareWords) -> Result<ShareWords, CommandError> {
    let ShareWords { language, headline, foot, pay } = &words;
    let fits = [language, headline, foot, pay].iter().all(|text| text.len() <= LONGEST_WORDS_BYTES);
    if fits { Ok(words) } else { Err(ErrorCode::TooLarge.into()) }
}
