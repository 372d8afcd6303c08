//! A real camera through nokhwa, on the capture thread that owns it.
//!
//! What nokhwa does that shapes this file: it frees a device only when the camera is dropped; a stopped
//! camera cannot be started again; reading an unplugged one returns errors as fast as it is asked; its
//! Linux binding panics on some drivers; and it tells the operating system's error only as text.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use nokhwa::error::NokhwaError;
use nokhwa::utils::{CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType};
use nokhwa::{Buffer, Camera};

use crate::device::{self, Device, DeviceId};
use crate::doctor::{Try, ms};
use crate::error::CameraError;
use crate::format::{self, Format, Pixels, Preference};
use crate::frame::Frame;
use crate::slot::Slot;

/// Pauses between looks for a camera that went away.
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

const READABLE: [FrameFormat; 6] = [
    FrameFormat::YUYV,
    FrameFormat::NV12,
    FrameFormat::MJPEG,
    FrameFormat::GRAY,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
];

/// Streams into `slot` until it is closed. The first picture, or the reason there is none, goes to
/// `opened`. A camera that worked once is looked for again, ever more slowly, when it goes away.
pub(crate) fn run(id: &DeviceId, wish: Preference, slot: &Slot, opened: &Sender<Result<(), CameraError>>) {
    let mut has_worked = false;
    let mut pause = SHORTEST_PAUSE;
    while !slot.is_closed() {
        let mut deliver = |frame: Frame| {
            slot.put(frame);
            pause = SHORTEST_PAUSE;
            if !has_worked {
                has_worked = true;
                // Nobody waits any more when the first picture took long: they see it in the slot.
                drop(opened.send(Ok(())));
            }
        };
        let fault =
            catch_unwind(AssertUnwindSafe(|| session(id, wish, slot, &mut deliver))).unwrap_or(CameraError::Faulty);
        if !has_worked {
            slot.fail(fault.clone());
            drop(opened.send(Err(fault)));
            return;
        }
        slot.fail(if fault == CameraError::NoCamera { CameraError::Vanished } else { fault });
        slot.pause(pause);
        pause = LONGEST_PAUSE.min(pause * 2);
    }
}

/// From finding the camera to the reason it stopped. The camera is dropped, so released, on return.
fn session(id: &DeviceId, wish: Preference, slot: &Slot, deliver: &mut dyn FnMut(Frame)) -> CameraError {
    let (mut camera, first) = match started(id, wish, slot) {
        Ok(started) => started,
        Err(fault) => return fault,
    };
    let rate = first.format().frame_rate;
    deliver(first);
    while !slot.is_closed() {
        match camera.frame() {
            Ok(buffer) => deliver(framed(&buffer, rate)),
            Err(error) => return while_streaming(&error),
        }
    }
    CameraError::Closed
}

/// The first format that not only opens but sends a picture.
fn started(id: &DeviceId, wish: Preference, slot: &Slot) -> Result<(Camera, Frame), CameraError> {
    let devices = device::list()?;
    let device = device::matching(&devices, id).ok_or(CameraError::NoCamera)?;
    let offered = offered(device)?;
    let tried = format::in_order(&offered, wish);
    for &format in &tried {
        if slot.is_closed() {
            return Err(CameraError::Closed);
        }
        let begun = Instant::now();
        let answer = attempt(device, format);
        slot.note(Try { format, first_ms: answer.is_ok().then(|| ms(begun.elapsed())) });
        match answer {
            Ok(started) => return Ok(started),
            Err(error) if is_unfed(device, &error) => return Err(CameraError::NoProducer),
            Err(error) => {
                if let Some(fault) = decisive(&error) {
                    return Err(fault);
                }
            }
        }
    }
    Err(CameraError::NoUsableFormat { tried })
}

/// What the camera says it can do; nothing for a driver that does not say.
fn offered(device: &Device) -> Result<Vec<Format>, CameraError> {
    let any = RequestedFormat::with_formats(RequestedFormatType::None, &READABLE);
    match Camera::new(CameraIndex::Index(device.index), any) {
        Ok(mut camera) => {
            let formats = camera.compatible_camera_formats().unwrap_or_default();
            Ok(formats.into_iter().map(Format::of).collect())
        }
        Err(error) => decisive(&error).map_or_else(|| Ok(Vec::new()), Err),
    }
}

fn attempt(device: &Device, format: Format) -> Result<(Camera, Frame), NokhwaError> {
    match first_picture(device, format) {
        // nokhwa reads the format the last program left behind before it sets ours, and gives up on one it
        // does not know and on rates like 7.5 a second.
        Err(NokhwaError::GetPropertyError { property, .. })
            if property == property::FRAME_RATE || property == property::LAYOUT =>
        {
            settle(device.index, format);
            first_picture(device, format)
        }
        answer => answer,
    }
}

fn first_picture(device: &Device, format: Format) -> Result<(Camera, Frame), NokhwaError> {
    let exact = RequestedFormat::with_formats(RequestedFormatType::Exact(format.wanted()), &READABLE);
    let mut camera = Camera::new(CameraIndex::Index(device.index), exact)?;
    camera.open_stream()?;
    let first = framed(&camera.frame()?, format.frame_rate);
    Ok((camera, first))
}

/// Puts a device into a format without nokhwa. Whether it worked is seen when nokhwa opens it.
#[cfg(target_os = "linux")]
fn settle(index: u32, format: Format) {
    use v4l::video::{Capture, capture::Parameters};
    let Some(device) = usize::try_from(index).ok().and_then(|index| v4l::Device::new(index).ok()) else { return };
    let code = v4l::FourCC::new(&format.pixels.code());
    let _ = Capture::set_format(&device, &v4l::Format::new(format.width, format.height, code));
    let _ = Capture::set_params(&device, &Parameters::with_fps(format.frame_rate));
}

#[cfg(not(target_os = "linux"))]
fn settle(_index: u32, _format: Format) {}

/// What nokhwa calls the things it cannot read from a device.
mod property {
    pub(super) const FRAME_RATE: &str = "V4L2 FrameRate";
    pub(super) const LAYOUT: &str = "FrameFormat";
    pub(super) const CURRENT_FORMAT: &str = "parameters";
}

/// A virtual camera has no format at all until a program feeds it.
fn is_unfed(device: &Device, error: &NokhwaError) -> bool {
    let NokhwaError::GetPropertyError { property, .. } = error else { return false };
    device.is_virtual && property == property::CURRENT_FORMAT
}

fn framed(buffer: &Buffer, frame_rate: u32) -> Frame {
    let size = buffer.resolution();
    let pixels = Pixels::of(buffer.source_frame_format());
    let format = Format { width: size.width(), height: size.height(), pixels, frame_rate };
    Frame::new(format, buffer.buffer_bytes())
}

/// A fault no other format would cure.
fn decisive(error: &NokhwaError) -> Option<CameraError> {
    match os_error(&error.to_string())? {
        errno::NO_ENTRY | errno::NO_DEVICE | errno::NO_ADDRESS => Some(CameraError::NoCamera),
        errno::NOT_PERMITTED | errno::ACCESS => Some(CameraError::PermissionDenied),
        errno::BUSY => Some(CameraError::Busy),
        _ => None,
    }
}

fn while_streaming(error: &NokhwaError) -> CameraError {
    match decisive(error) {
        Some(CameraError::NoCamera) => CameraError::Vanished,
        Some(fault) => fault,
        None => CameraError::Faulty,
    }
}

/// Linux error numbers, which is all that tells these cases apart.
mod errno {
    pub(super) const NOT_PERMITTED: i32 = 1;
    pub(super) const NO_ENTRY: i32 = 2;
    pub(super) const NO_ADDRESS: i32 = 6;
    pub(super) const ACCESS: i32 = 13;
    pub(super) const BUSY: i32 = 16;
    pub(super) const NO_DEVICE: i32 = 19;
}

/// The number in "… (os error 16)", the form `std::io::Error` prints.
fn os_error(text: &str) -> Option<i32> {
    let (_, rest) = text.rsplit_once("(os error ")?;
    rest.split_once(')')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open_error(number: i32) -> NokhwaError {
        let why = std::io::Error::from_raw_os_error(number);
        NokhwaError::OpenDeviceError("0".into(), format!("V4L2 Error: {why}"))
    }

    fn read_error(number: i32) -> NokhwaError {
        NokhwaError::ReadFrameError(std::io::Error::from_raw_os_error(number).to_string())
    }

    #[test]
    fn every_reason_a_camera_does_not_open_has_its_own_error() {
        assert_eq!(decisive(&open_error(2)), Some(CameraError::NoCamera));
        assert_eq!(decisive(&open_error(19)), Some(CameraError::NoCamera));
        assert_eq!(decisive(&open_error(13)), Some(CameraError::PermissionDenied));
        assert_eq!(decisive(&open_error(16)), Some(CameraError::Busy));
        let busy = NokhwaError::OpenStreamError("Device or resource busy (os error 16)".into());
        assert_eq!(decisive(&busy), Some(CameraError::Busy));
    }

    #[test]
    fn a_refused_format_is_a_reason_to_try_the_next_one() {
        assert_eq!(decisive(&open_error(22)), None);
        let rejected =
            NokhwaError::GetPropertyError { property: "CameraFormat".into(), error: "Failed to Fufill".into() };
        assert_eq!(decisive(&rejected), None);
    }

    #[test]
    fn only_a_virtual_camera_without_any_format_waits_for_a_program() {
        let unfed = |is_virtual, property: &str| {
            let device = Device { id: DeviceId::stored("webcam:0:x"), name: "x".into(), is_virtual, index: 0 };
            let error = "Invalid argument (os error 22)".into();
            is_unfed(&device, &NokhwaError::GetPropertyError { property: property.into(), error })
        };
        assert!(unfed(true, "parameters"));
        assert!(!unfed(false, "parameters"), "glass needs no program");
        assert!(!unfed(true, "FrameFormat"), "fed, in a layout we cannot read");
    }

    #[test]
    fn a_camera_that_goes_away_while_streaming_has_vanished() {
        assert_eq!(while_streaming(&read_error(19)), CameraError::Vanished);
        assert_eq!(while_streaming(&read_error(5)), CameraError::Faulty);
        assert_eq!(while_streaming(&NokhwaError::ReadFrameError("Stream Not Started".into())), CameraError::Faulty);
    }

    #[test]
    fn only_a_well_formed_error_number_is_believed() {
        assert_eq!(os_error("Busy (os error 16)"), Some(16));
        for text in ["", "os error 16", "(os error )", "(os error x)", "(os error 16"] {
            assert_eq!(os_error(text), None, "{text}");
        }
    }

    #[test]
    fn a_camera_that_is_not_there_is_reported_to_the_opener() {
        let slot = Slot::default();
        let (opened, answer) = std::sync::mpsc::channel();
        run(&DeviceId::stored("webcam:250:Nowhere"), Preference::default(), &slot, &opened);
        assert_eq!(answer.recv().unwrap(), Err(CameraError::NoCamera));
    }
}
