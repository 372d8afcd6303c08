//! The camera behind the scan screen: one at a time, its newest picture to the page, its codes to the wallet.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use camera::{CameraError, Device, DeviceId, Frames, Preference, Stream};
use qr::{Aim, Luma, Meter, Symbol};
use serde::{Deserialize, Serialize};
use wallet::view::Found;
use wallet::{CommandError, ErrorCode};

/// Folder whose pictures stand in for a camera, for developers and for finding faults.
const FOLDER: &str = "TESSERA_CAMERA_FOLDER";
/// Widest preview, in pixels: sharp enough to aim with.
const PREVIEW_WIDTH: u32 = 640;
/// Shortest time between two previews.
const PREVIEW_PACE: Duration = Duration::from_millis(40);
/// How long a reader waits for a picture before it looks whether it should end.
const PATIENCE: Duration = Duration::from_millis(400);
/// Pause after a fault, so that an unplugged camera costs nothing.
const FAULT_PAUSE: Duration = Duration::from_millis(250);
/// Previews on their way to the page; a page that does not take them gets no more.
const UNDER_WAY: u64 = 2;

/// What becomes of a camera's pictures.
pub(crate) trait Watcher: Send + Sync + 'static {
    /// A preview is ready. `taken` counts down when the page has it.
    fn show(&self, preview: Vec<u8>, taken: Arc<AtomicU64>);
    /// Says what the codes in sight are. Asked when one of them is new.
    fn name(&self, codes: Vec<Symbol>) -> Result<Vec<Found>, CommandError>;
    /// Every code in sight, told when one of them was not in sight before.
    fn found(&self, found: Vec<Found>);
    /// What would let the code in sight be read; nothing when nothing is in the way any more.
    fn aim(&self, aim: Option<Aim>);
    /// Of a text spread over several codes, how many were read and how many there are; nothing when none is missing.
    fn gathered(&self, gathered: Option<(u8, u8)>);
    /// There is no picture now, and why.
    fn trouble(&self, error: CommandError);
}

/// The one camera that may be open.
#[derive(Default)]
pub(crate) struct Desk(Mutex<Option<Open>>);

/// An open camera: dropped, its threads end and the device is free.
struct Open {
    ended: Arc<AtomicBool>,
    stream: Option<Stream>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        drop(self.stream.take());
    }
}

impl Desk {
    /// Opens a camera, after closing the one before. Blocking, up to some seconds.
    pub(crate) fn open(&self, id: &DeviceId, watcher: Arc<dyn Watcher>) -> Result<(), CommandError> {
        let mut desk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(desk.take());
        let stream = camera::open(id, Preference::default()).map_err(|error| reason(&error))?;
        let ended = Arc::new(AtomicBool::new(false));
        let open = Open { ended: Arc::clone(&ended), stream: Some(stream) };
        for (name, work) in [("preview", preview as Work), ("scan", watch::scan as Work)] {
            let Some(frames) = open.stream.as_ref().map(Stream::frames) else { continue };
            let (ended, watcher) = (Arc::clone(&ended), Arc::clone(&watcher));
            let thread = std::thread::Builder::new().name(name.into());
            thread.spawn(move || work(frames, &ended, watcher.as_ref())).map_err(|_| ErrorCode::Internal)?;
        }
        *desk = Some(open);
        Ok(())
    }

    /// How good the newest picture is for reading codes; nothing while there is none. Blocking, for a moment.
    pub(crate) fn measure(&self) -> Option<Meter> {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut frames = open.as_ref()?.stream.as_ref()?.frames();
        drop(open);
        let luma = frames.next(PATIENCE).ok()?.luma()?;
        Some(qr::measure(&Luma::new(luma.width, luma.height, luma.pixels).ok()?))
    }

    /// Closes the camera, if one is open. The device is free afterwards. Blocking, up to some seconds.
    pub(crate) fn close(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

type Work = fn(Frames, &AtomicBool, &dyn Watcher);

/// Shows the newest picture, as fast as the page takes them.
fn preview(mut frames: Frames, ended: &AtomicBool, watcher: &dyn Watcher) {
    let under_way = Arc::new(AtomicU64::new(0));
    let mut told = None;
    while !ended.load(Ordering::Acquire) {
        let begun = Instant::now();
        match frames.next(PATIENCE) {
            Ok(frame) => {
                told = None;
                if under_way.load(Ordering::Acquire) < UNDER_WAY
                    && let Some(picture) = frame.preview(PREVIEW_WIDTH)
                {
                    under_way.fetch_add(1, Ordering::AcqRel);
                    watcher.show(picture, Arc::clone(&under_way));
                }
                std::thread::sleep(PREVIEW_PACE.saturating_sub(begun.elapsed()));
            }
            Err(CameraError::Closed) => return,
            Err(fault) => {
                let code = code(&fault);
                if told.replace(code) != Some(code) {
                    tracing::info!(%fault, "no picture");
                    watcher.trouble(code.into());
                }
                std::thread::sleep(FAULT_PAUSE);
            }
        }
    }
}

/// A camera, as the page lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct Camera {
    /// What to open.
    pub(crate) id: String,
    /// The name its maker gave it.
    pub(crate) name: String,
    /// Made by a program, not by glass.
    pub(crate) is_virtual: bool,
    /// The one that opens when none is asked for.
    pub(crate) is_chosen: bool,
}

/// Cameras there are now. A folder standing in for one stands alone. Blocking.
pub(crate) fn list(remembered: Option<String>) -> Result<Vec<Camera>, CommandError> {
    if let Some(folder) = folder() {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let id = DeviceId::folder(&folder).as_str().to_owned();
        return Ok(vec![Camera { id, name, is_virtual: true, is_chosen: true }]);
    }
    let devices = camera::list().map_err(|error| reason(&error))?;
    let remembered = remembered.map(DeviceId::stored);
    let chosen = camera::preferred(&devices, remembered.as_ref());
    let shown = |device: &Device| Camera {
        id: device.id.as_str().to_owned(),
        name: device.name.clone(),
        is_virtual: device.is_virtual,
        is_chosen: chosen == Some(device),
    };
    Ok(devices.iter().map(shown).collect())
}

/// The camera to open: the folder standing in for one, the one asked for, the remembered one, the first. Blocking.
pub(crate) fn choose(asked: Option<String>, remembered: Option<String>) -> Result<DeviceId, CommandError> {
    if let Some(folder) = folder() {
        return Ok(DeviceId::folder(&folder));
    }
    let devices = camera::list().map_err(|error| reason(&error))?;
    let wish = asked.or(remembered).map(DeviceId::stored);
    let device = camera::preferred(&devices, wish.as_ref()).ok_or(ErrorCode::NoCamera)?;
    Ok(device.id.clone())
}

fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn reason(error: &CameraError) -> CommandError {
    tracing::info!(%error, "camera not opened");
    code(error).into()
}

pub(crate) fn code(error: &CameraError) -> ErrorCode {
    match error {
        CameraError::NoCamera | CameraError::NoProducer | CameraError::EmptyFolder => ErrorCode::NoCamera,
        CameraError::Busy => ErrorCode::CameraBusy,
        CameraError::PermissionDenied => ErrorCode::CameraDenied,
        CameraError::Vanished | CameraError::Silent | CameraError::Faulty | CameraError::Closed => {
            ErrorCode::CameraVanished
        }
        CameraError::NoUsableFormat { .. } => ErrorCode::CameraFormat,
    }
}

pub(crate) mod doctor;
pub(crate) mod watch;

#[cfg(test)]
mod tests;
