//! The lock. These are the commands that are answered while locked, beside `status` and the look of the app.

use tauri::State;
use wallet::ErrorCode;
use wallet::view::{LockChoices, Status};

use super::{Answer, Core};
use crate::desktop::Desktop;

/// Locks the books now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn lock_now(core: Core<'_>) -> Answer<Status> {
    Ok(core.wallet().await?.lock_now().await?)
}

/// Opens the book in use with its PIN.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock_with_pin(core: Core<'_>, desktop: State<'_, Desktop>, pin: String) -> Answer<Status> {
    let status = core.behind_lock().await?.unlock_with_pin(&pin).await?;
    desktop.forget_finger();
    core.after_unlock(status).await
}

/// Waits for the finger of the system's user and opens the book in use, where that was chosen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock_with_finger(core: Core<'_>, desktop: State<'_, Desktop>) -> Answer<Status> {
    let wallet = core.behind_lock().await?;
    if !wallet.status().await?.by_finger {
        return Err(ErrorCode::WrongState.into());
    }
    desktop.recognise_finger().await?;
    let status = wallet.unlock_with_finger().await?;
    core.after_unlock(status).await
}

/// What was chosen about the lock.
#[tauri::command]
#[specta::specta]
pub(crate) async fn lock_choices(core: Core<'_>) -> Answer<LockChoices> {
    Ok(core.wallet().await?.lock_choices().await?)
}

/// Changes it; what makes it easier to get in wants the PIN.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_lock_choices(core: Core<'_>, choices: LockChoices, pin: Option<String>) -> Answer<LockChoices> {
    Ok(core.wallet().await?.set_lock_choices(choices, pin).await?)
}

/// Somebody is there: a key, a pointer, a wheel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn report_input(core: Core<'_>) -> Answer<()> {
    core.behind_lock().await?.report_input();
    Ok(())
}
