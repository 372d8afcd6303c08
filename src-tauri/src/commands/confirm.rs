//! The confirmation window's commands. Tauri refuses them to any other window; they look again themselves.

use tauri::{AppHandle, WebviewWindow};
use wallet::view::{Confirmation, Confirmed};
use wallet::{CommandError, ErrorCode};

use super::{Answer, Core};
use crate::events::{self, PaymentConfirmed};
use crate::window::{self, CONFIRM};

/// The payment that waits, as the core holds it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_view(window: WebviewWindow, core: Core<'_>) -> Answer<Confirmation> {
    only_confirm(window.label())?;
    Ok(core.wallet().await?.confirm_view().await?)
}

/// Signs and sends it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_pay(
    app: AppHandle,
    window: WebviewWindow,
    core: Core<'_>,
    pin: Option<String>,
) -> Answer<Confirmed> {
    only_confirm(window.label())?;
    let confirmed = core.wallet().await?.confirm_pay(pin).await?;
    events::tell(&app, &PaymentConfirmed(confirmed));
    window::close_confirm(&app);
    Ok(confirmed)
}

/// Forgets it and closes the window.
#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_cancel(app: AppHandle, window: WebviewWindow, core: Core<'_>) -> Answer<()> {
    only_confirm(window.label())?;
    core.wallet().await?.confirm_cancel().await?;
    window::close_confirm(&app);
    Ok(())
}

/// The second lock, behind the capability.
fn only_confirm(label: &str) -> Result<(), CommandError> {
    if label == CONFIRM { Ok(()) } else { Err(ErrorCode::NothingToConfirm.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_confirmation_window_passes_the_second_lock() {
        assert!(only_confirm(CONFIRM).is_ok());
        for label in [window::MAIN, "", "confirm2", "CONFIRM"] {
            assert_eq!(only_confirm(label), Err(ErrorCode::NothingToConfirm.into()), "{label}");
        }
    }
}
