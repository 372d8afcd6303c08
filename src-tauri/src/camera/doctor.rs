//! What the camera doctor says to the page.

use camera::Examination;
use qr::{Advice, Meter};
use serde::{Deserialize, Serialize};
use wallet::ErrorCode;

use super::code;

/// One format that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct FormatTry {
    /// Width in pixels.
    pub(crate) width: u32,
    /// Height in pixels.
    pub(crate) height: u32,
    /// Layout of the bytes, as programs call it.
    pub(crate) pixels: String,
    /// Pictures a second that were asked for.
    pub(crate) frame_rate: u32,
    /// Milliseconds to its first picture; nothing when none came.
    pub(crate) first_ms: Option<u32>,
}

/// A program that has the camera open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct CameraHolder {
    /// Its number.
    pub(crate) pid: u32,
    /// Its name.
    pub(crate) name: String,
}

/// A camera, looked at closely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct CameraReport {
    /// The driver's name, where the system tells.
    pub(crate) driver: Option<String>,
    /// Formats asked for, in order.
    pub(crate) tried: Vec<FormatTry>,
    /// The format pictures came in.
    pub(crate) format: Option<FormatTry>,
    /// Pictures a second in tenths, as counted.
    pub(crate) rate_tenths: Option<u32>,
    /// Why there is no picture.
    pub(crate) fault: Option<ErrorCode>,
    /// Programs that have it open.
    pub(crate) holders: Vec<CameraHolder>,
}

/// What a person should change, the first thing that stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CameraAdvice {
    /// Nearly no light.
    TooDark,
    /// Burnt out.
    TooBright,
    /// No edge is sharp.
    OutOfFocus,
    /// A code is in sight, too small.
    MoveCloser,
    /// Nothing stands in the way.
    Good,
}

/// The newest picture, measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct CameraView {
    /// Mean brightness, 0 dark to 255.
    pub(crate) light: u8,
    /// Sharpness of the sharpest edges, 0 to 100.
    pub(crate) sharpness: u8,
    /// What to change.
    pub(crate) advice: CameraAdvice,
}

impl From<Examination> for CameraReport {
    fn from(found: Examination) -> Self {
        let shown = |format: camera::Format, first_ms| FormatTry {
            width: format.width,
            height: format.height,
            pixels: format!("{:?}", format.pixels).to_uppercase(),
            frame_rate: format.frame_rate,
            first_ms,
        };
        CameraReport {
            driver: found.driver,
            tried: found.tried.into_iter().map(|it| shown(it.format, it.first_ms)).collect(),
            format: found.format.map(|format| shown(format, found.first_ms)),
            rate_tenths: found.rate_tenths,
            fault: found.fault.as_ref().map(code),
            holders: found.holders.into_iter().map(|it| CameraHolder { pid: it.pid, name: it.name }).collect(),
        }
    }
}

impl From<Meter> for CameraView {
    fn from(meter: Meter) -> Self {
        let advice = match meter.advice {
            Advice::TooDark => CameraAdvice::TooDark,
            Advice::TooBright => CameraAdvice::TooBright,
            Advice::OutOfFocus => CameraAdvice::OutOfFocus,
            Advice::MoveCloser => CameraAdvice::MoveCloser,
            Advice::Good => CameraAdvice::Good,
        };
        CameraView { light: meter.light, sharpness: meter.sharpness, advice }
    }
}
