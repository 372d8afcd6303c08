//! Codes: from the camera, from pictures, from text.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use qr::Aim;
use specta::datatype::DataType;
use tauri::ipc::{Channel, InvokeResponseBody, IpcResponse};
use tauri::{AppHandle, Manager, WebviewWindow};
use wallet::view::Found;
use wallet::{App, CommandError, ErrorCode};

use super::{Answer, Core};
use crate::camera::doctor::{CameraReport, CameraView};
use crate::camera::{self, Camera, Desk, Watcher};
use crate::events::{self, CameraAim, CameraFound, CameraGathered, CameraTrouble, Gathered};
use crate::screen;

/// A picture for the screen, sent as it is: never as JSON.
pub(crate) struct Preview(Vec<u8>);

impl IpcResponse for Preview {
    fn body(self) -> tauri::Result<InvokeResponseBody> {
        Ok(InvokeResponseBody::Raw(self.0))
    }
}

impl specta::Type for Preview {
    fn definition(_: &mut specta::Types) -> DataType {
        specta_typescript::define("ArrayBuffer").into()
    }
}

/// The cameras plugged in now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cameras(core: Core<'_>) -> Answer<Vec<Camera>> {
    let remembered = core.wallet().await?.settings().await?.camera_id;
    blocking(move || camera::list(remembered)).await
}

/// Opens a camera and remembers it. Previews come as bytes on the channel: width and height as little-endian `u32`,
/// then RGBA; codes come as events.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_camera(
    window: WebviewWindow,
    core: Core<'_>,
    id: Option<String>,
    channel: Channel<Preview>,
) -> Answer<()> {
    let turn = core.camera_turn().await;
    let wallet = core.wallet().await?;
    let mut settings = wallet.settings().await?;
    let asked = id.is_some();
    let remembered = settings.camera_id.clone();
    let screen = Arc::new(ScanScreen { window: window.clone(), channel, wallet: wallet.clone() });
    let opened = blocking(move || {
        let id = camera::choose(id, remembered)?;
        window.state::<Desk>().open(&id, screen)?;
        Ok(id)
    })
    .await?;
    drop(turn);
    if asked && settings.camera_id.as_deref() != Some(opened.as_str()) {
        settings.camera_id = Some(opened.as_str().to_owned());
        wallet.set_settings(settings).await?;
    }
    Ok(())
}

/// Releases the camera.
#[tauri::command]
#[specta::specta]
pub(crate) async fn close_camera(app: AppHandle, core: Core<'_>) -> Answer<()> {
    let _turn = core.camera_turn().await;
    blocking(move || {
        app.state::<Desk>().close();
        Ok(())
    })
    .await
}

/// Codes in a picture, given as base64 of its file.
#[tauri::command]
#[specta::specta]
pub(crate) async fn scan_image(core: Core<'_>, picture: String) -> Answer<Vec<Found>> {
    Ok(core.wallet().await?.scan_image(picture).await?)
}

/// Codes in a picture file.
#[tauri::command]
#[specta::specta]
pub(crate) async fn scan_path(core: Core<'_>, path: String) -> Answer<Vec<Found>> {
    Ok(core.wallet().await?.scan_path(path.into()).await?)
}

/// Codes on the screens, with our own windows out of the way.
#[tauri::command]
#[specta::specta]
pub(crate) async fn scan_screen(app: AppHandle, core: Core<'_>) -> Answer<Vec<Found>> {
    let wallet = core.wallet().await?;
    let screens = screen::look(&app).await?;
    Ok(wallet.scan_screens(screens.into_iter().map(|it| (it.width, it.height, it.pixels)).collect()).await?)
}

/// Looks at a camera closely: closes the open one, opens this one for a moment. Takes some seconds.
#[tauri::command]
#[specta::specta]
pub(crate) async fn examine_camera(app: AppHandle, core: Core<'_>, id: String) -> Answer<CameraReport> {
    // No camera opens behind the lock.
    core.wallet().await?;
    let _turn = core.camera_turn().await;
    blocking(move || {
        app.state::<Desk>().close();
        let id = camera::choose(Some(id), None)?;
        Ok(::camera::examine(&id).into())
    })
    .await
}

/// How good the open camera's newest picture is for reading codes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn camera_view(app: AppHandle, core: Core<'_>) -> Answer<Option<CameraView>> {
    core.wallet().await?;
    blocking(move || Ok(app.state::<Desk>().measure().map(CameraView::from))).await
}

/// What a typed, pasted or handed-over text is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_text(core: Core<'_>, text: String) -> Answer<Found> {
    Ok(core.wallet().await?.read_text(&text).await?)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| ErrorCode::Internal)?
}

/// The scan screen, seen from the camera.
struct ScanScreen {
    window: WebviewWindow,
    channel: Channel<Preview>,
    wallet: App,
}

impl Watcher for ScanScreen {
    fn show(&self, preview: Vec<u8>, taken: Arc<AtomicU64>) {
        if self.channel.send(Preview(preview)).is_err() {
            return;
        }
        // The page runs what it is told in order: when it has run this, it has been told of the picture.
        let told = self.window.eval_with_callback("0", move |_| {
            taken.fetch_sub(1, Ordering::AcqRel);
        });
        if let Err(error) = told {
            tracing::debug!(%error, "the page does not answer");
        }
    }

    fn name(&self, codes: Vec<qr::Symbol>) -> Answer<Vec<Found>> {
        Ok(tauri::async_runtime::block_on(self.wallet.name_codes(codes))?)
    }

    fn found(&self, found: Vec<Found>) {
        events::tell(self.window.app_handle(), &CameraFound(found));
    }

    fn aim(&self, aim: Option<Aim>) {
        events::tell(self.window.app_handle(), &CameraAim(aim));
    }

    fn gathered(&self, gathered: Option<(u8, u8)>) {
        let gathered = gathered.map(|(read, of)| Gathered { read, of });
        events::tell(self.window.app_handle(), &CameraGathered(gathered));
    }

    fn trouble(&self, error: CommandError) {
        events::tell(self.window.app_handle(), &CameraTrouble(error));
    }
}
