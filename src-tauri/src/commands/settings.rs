//! What the person chose about the app.

use tauri::{AppHandle, State};
use wallet::view::Settings;

use super::{Answer, Core};
use crate::desktop::Desktop;

/// The choices.
#[tauri::command]
#[specta::specta]
pub(crate) async fn settings(core: Core<'_>) -> Answer<Settings> {
    Ok(core.behind_lock().await?.settings().await?)
}

/// Changes them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_settings(
    app: AppHandle,
    core: Core<'_>,
    desktop: State<'_, Desktop>,
    settings: Settings,
) -> Answer<Settings> {
    let kept = core.behind_lock().await?.set_settings(settings).await?;
    desktop.apply(&app, &kept.desk);
    Ok(kept)
}

/// Sets, changes or (with `next` missing) takes away the PIN. `new` would be a reserved word in the bindings.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_pin(core: Core<'_>, old: Option<String>, next: Option<String>) -> Answer<()> {
    Ok(core.wallet().await?.set_pin(old, next).await?)
}
