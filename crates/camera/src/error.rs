//! Everything that can go wrong between a camera and us, each case with one thing a person can do about it.

use thiserror::Error;

use crate::format::Format;

/// Why there is no picture. Closed: the words for each case live in the UI.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CameraError {
    /// No such camera is plugged in, or the folder is not there.
    #[error("no such camera")]
    NoCamera,
    /// Another program is using the camera.
    #[error("the camera is in use by another program")]
    Busy,
    /// This account may not open the camera (on Linux: not in the group `video`).
    #[error("permission to use the camera is denied")]
    PermissionDenied,
    /// The camera went away while it was streaming. The stream keeps looking for it and resumes by itself.
    #[error("the camera was unplugged")]
    Vanished,
    /// The camera offers no picture format we can read.
    #[error("none of {} picture formats worked", tried.len())]
    NoUsableFormat {
        /// The formats that were asked for, in order; empty when the device offered none.
        tried: Vec<Format>,
    },
    /// A virtual camera that no program is feeding at the moment.
    #[error("the virtual camera is not started")]
    NoProducer,
    /// The camera is open and sends nothing. Frames may still come.
    #[error("the camera sends no frames")]
    Silent,
    /// The driver answers with errors. The stream keeps trying.
    #[error("the camera driver reports errors")]
    Faulty,
    /// The folder standing in for a camera holds no readable picture.
    #[error("the folder holds no readable picture")]
    EmptyFolder,
    /// The stream was closed while somebody was waiting for its frames.
    #[error("the stream is closed")]
    Closed,
}
