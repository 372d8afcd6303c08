//! Frames from a webcam, or from a folder of pictures standing in for one, always the newest and never a queue; and
//! pictures of the screens.
//! It never decodes a code, draws a window, asks for permission, or keeps a device after its [`Stream`] is dropped.
//! Start at [`list`] and [`open`]; then [`Stream::frames`], [`Frame::luma`] for a scanner and [`Frame::preview`] for a screen.

mod device;
mod doctor;
mod error;
mod folder;
mod format;
mod frame;
mod screen;
mod slot;
mod stream;
mod webcam;

pub use device::{Device, DeviceId, list, preferred};
pub use doctor::{Examination, Holder, Try, examine};
pub use error::CameraError;
pub use format::{Format, Pixels, Preference};
pub use frame::{Frame, Luma, PREVIEW_HEADER_BYTES};
pub use screen::{ScreenError, screens};
pub use stream::{Frames, Stream, open};
