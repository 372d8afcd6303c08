//! The desktop around the window: notices, tray, the start with the session.

use tauri::{AppHandle, State};

use super::{Answer, Core};
use crate::desktop::{Desktop, Notice, Surroundings, TrayWords};

/// What the desktop gives.
#[tauri::command]
#[specta::specta]
pub(crate) async fn surroundings(app: AppHandle, core: Core<'_>, desktop: State<'_, Desktop>) -> Answer<Surroundings> {
    core.wallet().await?;
    Ok(desktop.surroundings(&app).await)
}

/// Starts the app with the session, or not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_autostart(
    app: AppHandle,
    core: Core<'_>,
    desktop: State<'_, Desktop>,
    on: bool,
) -> Answer<Surroundings> {
    core.wallet().await?;
    desktop.set_autostart(&app, on)?;
    Ok(desktop.surroundings(&app).await)
}

/// Puts the app in the tray, or changes what the tray says, in the window's words.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_tray(app: AppHandle, desktop: State<'_, Desktop>, words: TrayWords) -> Answer<()> {
    desktop.show_tray(&app, words).await;
    Ok(())
}

/// Shows a notice of the system, in the window's words. While the session is locked it says the covered ones.
#[tauri::command]
#[specta::specta]
pub(crate) async fn notify(app: AppHandle, desktop: State<'_, Desktop>, notice: Notice) -> Answer<()> {
    desktop.notify(&app, &notice).await
}
