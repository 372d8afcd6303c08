//! A look at the screens, with the app's own windows out of the way.

use std::time::Duration;

use camera::{Luma, ScreenError};
use tauri::{AppHandle, Manager, PhysicalPosition, WebviewWindow};
use wallet::{CommandError, ErrorCode};

/// How long the desktop may take to paint what was behind our windows; some let them fade.
const UNCOVERED: Duration = Duration::from_millis(450);

/// What every screen shows behind our windows. The pictures stay in memory.
pub(crate) async fn look(app: &AppHandle) -> Result<Vec<Luma>, CommandError> {
    let _aside = Aside::step(app);
    tokio::time::sleep(UNCOVERED).await;
    let shots = tokio::task::spawn_blocking(camera::screens).await.map_err(|_| ErrorCode::Internal)?;
    shots.map_err(|error| {
        tracing::info!(%error, "no picture of the screen");
        match error {
            ScreenError::Denied => ErrorCode::ScreenDenied,
            ScreenError::Unsupported => ErrorCode::ScreenUnsupported,
            ScreenError::Faulty => ErrorCode::Internal,
        }
        .into()
    })
}

/// Our windows, unseen; they come back where they were when this is dropped, whatever happened.
struct Aside(Vec<(WebviewWindow, Option<PhysicalPosition<i32>>)>);

impl Aside {
    fn step(app: &AppHandle) -> Self {
        let mut aside = Aside(Vec::new());
        for window in app.webview_windows().into_values() {
            if window.is_visible().unwrap_or(false) {
                let place = window.outer_position().ok();
                if let Err(error) = window.hide() {
                    tracing::warn!(%error, label = window.label(), "window not hidden");
                }
                aside.0.push((window, place));
            }
        }
        aside
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        for (window, place) in &self.0 {
            let shown = window.show().and_then(|()| match place {
                Some(place) => window.set_position(*place),
                None => Ok(()),
            });
            if let Err(error) = shown.and_then(|()| window.set_focus()) {
                tracing::warn!(%error, label = window.label(), "window not shown again");
            }
        }
    }
}
