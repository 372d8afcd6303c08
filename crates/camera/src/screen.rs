//! What the screens show at this moment, in grey, one picture a screen.
//!
//! On X11 the picture is asked for directly. On Wayland only the desktop's portal may take one, and it asks the person;
//! it writes a file, which is read and removed at once. Elsewhere there is no way yet.

use thiserror::Error;

use crate::frame::Luma;

#[cfg(target_os = "linux")]
mod portal;
#[cfg(target_os = "linux")]
mod x11;

/// Why there is no picture of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ScreenError {
    /// The system, or the person asked by it, said no.
    #[error("the system does not give the screen away")]
    Denied,
    /// There is no way to ask here.
    #[error("this system has no way to ask for the screen")]
    Unsupported,
    /// The display answered in a way we do not read.
    #[error("the display reports errors")]
    Faulty,
}

/// A picture of each screen. Blocking; on Wayland until the person has answered the system's question.
///
/// # Errors
/// [`ScreenError`]; a screen that shows nothing is not an error.
pub fn screens() -> Result<Vec<Luma>, ScreenError> {
    #[cfg(target_os = "linux")]
    {
        let announced = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        // An X11 program under Wayland sees only other X11 programs: ask the desktop.
        if announced("WAYLAND_DISPLAY") { portal::screens() } else { x11::screens() }
    }
    #[cfg(not(target_os = "linux"))]
    Err(ScreenError::Unsupported)
}
