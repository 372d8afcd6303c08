//! A folder of pictures standing in for a camera: the same stream, without glass.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::time::Duration;

use crate::error::CameraError;
use crate::format::{Format, Pixels};
use crate::frame::Frame;
use crate::slot::Slot;

const FRAME_RATE: u32 = 15;
/// Each picture is held for about half a second.
const FRAMES_PER_PICTURE: u32 = 8;
const PICTURE_NAMES: [&str; 5] = ["png", "jpg", "jpeg", "webp", "gif"];
/// The longest side read; a larger picture is skipped before its pixels are unpacked.
const MAX_SIDE: u32 = 4096;

/// Shows the pictures by name, again and again, until `slot` is closed. The folder is read anew each
/// round, so pictures put there later appear.
pub(crate) fn run(folder: &Path, slot: &Slot, opened: &Sender<Result<(), CameraError>>) {
    let mut has_worked = false;
    while !slot.is_closed() {
        let fault = match pictures(folder) {
            Ok(paths) => {
                let mut shown = 0;
                for frame in paths.iter().filter_map(|path| read(path)) {
                    shown += 1;
                    show(&frame, slot, || {
                        if !has_worked {
                            has_worked = true;
                            drop(opened.send(Ok(())));
                        }
                    });
                }
                (shown == 0).then_some(CameraError::EmptyFolder)
            }
            Err(fault) => Some(fault),
        };
        let Some(fault) = fault else { continue };
        slot.fail(fault.clone());
        if !has_worked {
            drop(opened.send(Err(fault)));
            return;
        }
        slot.pause(Duration::from_millis(500));
    }
}

fn show(frame: &Frame, slot: &Slot, mut on_frame: impl FnMut()) {
    for _ in 0..FRAMES_PER_PICTURE {
        if slot.is_closed() {
            return;
        }
        slot.put(frame.clone());
        on_frame();
        slot.pause(Duration::from_secs(1) / FRAME_RATE);
    }
}

/// The picture files of the folder, in the order of their names.
fn pictures(folder: &Path) -> Result<Vec<PathBuf>, CameraError> {
    let entries = std::fs::read_dir(folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => CameraError::PermissionDenied,
        _ => CameraError::NoCamera,
    })?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| is_picture(path)).collect();
    paths.sort();
    Ok(paths)
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| PICTURE_NAMES.contains(&ending.as_str()))
}

/// `None` for a file that is no picture, half written, or far too large: the next one is tried.
fn read(path: &Path) -> Option<Frame> {
    let mut reader = image::ImageReader::open(path).ok()?.with_guessed_format().ok()?;
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    reader.limits(limits);
    let picture = reader.decode().ok()?.into_rgb8();
    let format =
        Format { width: picture.width(), height: picture.height(), pixels: Pixels::Rgb, frame_rate: FRAME_RATE };
    Some(Frame::new(format, picture.into_raw().into()))
}
