//! Notices where there is no session bus: shown, and that is all.

use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;
use wallet::{CommandError, ErrorCode};

use super::Place;

/// The notices of this app.
#[derive(Default)]
pub(super) struct Notices;

impl Notices {
    /// Shows a notice. [`ErrorCode::Internal`] when the system refuses.
    pub(super) async fn show(
        &self,
        app: &AppHandle,
        title: &str,
        body: &str,
        _action: &str,
        _place: Place,
    ) -> Result<(), CommandError> {
        app.notification().builder().title(title).body(body).show().map_err(|_| ErrorCode::Internal.into())
    }

    /// These cannot be taken away.
    pub(super) async fn withdraw(&self) {}
}
