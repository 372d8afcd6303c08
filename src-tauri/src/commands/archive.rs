//! One file with everything: made, opened as a book, brought in as history.

use std::path::Path;

use tauri::AppHandle;
use tauri::ipc::Channel;
use tauri_plugin_dialog::DialogExt;
use uuid::Uuid;
use wallet::ErrorCode;
use wallet::view::{ArchiveMade, ArchiveProgress, HistoryPage, HistoryQuery, Origin, Status};

use super::{Answer, Core};
use crate::window;

/// The end of an archive's name.
const ENDING: &str = "tessera-archive";

/// Asks where to, and writes everything of the book in use there; nothing when the person changed their mind.
#[tauri::command]
#[specta::specta]
pub(crate) async fn make_archive(
    app: AppHandle,
    core: Core<'_>,
    passphrase: String,
    channel: Channel<ArchiveProgress>,
) -> Answer<Option<ArchiveMade>> {
    let wallet = core.wallet().await?;
    let book = wallet.status().await?.current.ok_or(ErrorCode::NotJoined)?;
    let (chosen, choice) = tokio::sync::oneshot::channel();
    let mut dialog = app.dialog().file().add_filter("Tessera", &[ENDING]);
    dialog = dialog.set_file_name(format!("{}.{ENDING}", book.handle));
    if let Some(main) = window::main(&app) {
        dialog = dialog.set_parent(&main);
    }
    dialog.save_file(move |path| drop(chosen.send(path)));
    let Some(path) = choice.await.map_err(|_| ErrorCode::Internal)? else { return Ok(None) };
    let path = path.into_path().map_err(|_| ErrorCode::FileFailed)?;
    // A page that is gone hears nothing; the file is written all the same.
    Ok(Some(wallet.make_archive(&path, passphrase, |at| drop(channel.send(at))).await?))
}

/// Asks which archive; nothing when the person changed their mind. Opens nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_archive(app: AppHandle, core: Core<'_>) -> Answer<Option<String>> {
    core.wallet().await?;
    let (chosen, choice) = tokio::sync::oneshot::channel();
    let mut dialog = app.dialog().file().add_filter("Tessera", &[ENDING]);
    if let Some(main) = window::main(&app) {
        dialog = dialog.set_parent(&main);
    }
    dialog.pick_file(move |path| drop(chosen.send(path)));
    let Some(path) = choice.await.map_err(|_| ErrorCode::Internal)? else { return Ok(None) };
    Ok(Some(path.into_path().map_err(|_| ErrorCode::FileFailed)?.display().to_string()))
}

/// Opens an archive as a book to read, and goes over to it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_archive(
    core: Core<'_>,
    path: String,
    passphrase: String,
    channel: Channel<ArchiveProgress>,
) -> Answer<Status> {
    core.restore_archive(Path::new(&path), passphrase, |at| drop(channel.send(at))).await
}

/// Takes an archive into the book in use as history.
#[tauri::command]
#[specta::specta]
pub(crate) async fn bring_in_history(
    core: Core<'_>,
    path: String,
    passphrase: String,
    channel: Channel<ArchiveProgress>,
) -> Answer<Origin> {
    let wallet = core.wallet().await?;
    Ok(wallet.bring_in_history(Path::new(&path), passphrase, |at| drop(channel.send(at))).await?)
}

/// A page of what archives brought in.
#[tauri::command]
#[specta::specta]
pub(crate) async fn history(core: Core<'_>, search: HistoryQuery) -> Answer<HistoryPage> {
    Ok(core.wallet().await?.history(&search).await?)
}

/// Lets a history go.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_history(core: Core<'_>, id: Uuid) -> Answer<()> {
    Ok(core.wallet().await?.remove_history(id).await?)
}
