//! The key that works everywhere, on systems where none can be held yet.

use super::Everywhere;

/// No key.
#[derive(Default)]
pub(super) struct Key;

impl Key {
    /// Holds nothing.
    pub(super) fn hold(&self, _keys: Option<&str>, _pressed: impl Fn() + Send + 'static) {}

    /// The desktop's own.
    pub(super) fn standing(&self) -> Everywhere {
        Everywhere::DesktopsOwn
    }
}
