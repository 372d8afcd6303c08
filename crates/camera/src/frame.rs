//! One picture as the camera sent it, turned into luma or a small colour preview only when somebody asks.

use bytes::Bytes;

use crate::format::{Format, Pixels};

mod jpeg;
mod preview;

/// Bytes before the pixels of a preview: width, then height, each a little-endian `u32`.
pub const PREVIEW_HEADER_BYTES: usize = 8;

/// One picture as the camera sent it. Cloning shares the bytes.
#[derive(Clone)]
pub struct Frame {
    format: Format,
    bytes: Bytes,
}

impl std::fmt::Debug for Frame {
    /// The format only: a picture of a room does not belong in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({})", self.format)
    }
}

/// A grey picture: one byte a pixel, row after row, no padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Luma {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `width * height` bytes, 0 dark.
    pub pixels: Vec<u8>,
}

impl std::fmt::Debug for Luma {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Luma({}x{})", self.width, self.height)
    }
}

impl Frame {
    pub(crate) fn new(format: Format, bytes: Bytes) -> Self {
        Self { format, bytes }
    }

    /// The format this picture came in.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The grey picture a scanner reads. A copy for raw formats, a luma-only decode for JPEG.
    /// `None` for a torn or unreadable picture: not an error, the next one is a moment away.
    #[must_use]
    pub fn luma(&self) -> Option<Luma> {
        if self.format.pixels == Pixels::Mjpg {
            return jpeg::luma(&self.bytes);
        }
        let size = self.size()?;
        let raw = self.raw(size)?;
        let pixels = match self.format.pixels {
            // In YUYV the luma is every second byte.
            Pixels::Yuyv => raw.iter().step_by(2).copied().collect(),
            Pixels::Nv12 | Pixels::Grey => raw.get(..size)?.to_vec(),
            Pixels::Rgb => raw.as_chunks::<3>().0.iter().map(|&[r, g, b]| grey(r, g, b)).collect(),
            Pixels::Bgr => raw.as_chunks::<3>().0.iter().map(|&[b, g, r]| grey(r, g, b)).collect(),
            Pixels::Mjpg => return None,
        };
        Some(Luma { width: self.format.width, height: self.format.height, pixels })
    }

    /// A colour picture at most `max_width` wide for a binary channel to the screen: the
    /// [`PREVIEW_HEADER_BYTES`] of header, then RGBA rows as a canvas' `ImageData` takes them. Raw because
    /// encoding costs more than it saves on a channel inside one machine: 640x360 is 0.9 MB.
    /// Not mirrored; the screen does that. `None` for an unreadable picture.
    #[must_use]
    pub fn preview(&self, max_width: u32) -> Option<Vec<u8>> {
        if self.format.pixels == Pixels::Mjpg {
            let (width, height, rgb) = jpeg::rgb(&self.bytes)?;
            return Some(preview::scaled(Pixels::Rgb, width, height, &rgb, max_width));
        }
        let raw = self.raw(self.size()?)?;
        Some(preview::scaled(self.format.pixels, self.format.width, self.format.height, raw, max_width))
    }

    fn size(&self) -> Option<usize> {
        let size = usize::try_from(self.format.width).ok()?.checked_mul(usize::try_from(self.format.height).ok()?)?;
        (size > 0).then_some(size)
    }

    /// The bytes that belong to the picture; drivers pad the end, and a torn frame is too short.
    fn raw(&self, size: usize) -> Option<&[u8]> {
        let even = self.format.width.is_multiple_of(2) && self.format.height.is_multiple_of(2);
        let needed = match self.format.pixels {
            Pixels::Yuyv if self.format.width.is_multiple_of(2) => size.checked_mul(2)?,
            Pixels::Nv12 if even => size.checked_add(size / 2)?,
            Pixels::Grey => size,
            Pixels::Rgb | Pixels::Bgr => size.checked_mul(3)?,
            Pixels::Yuyv | Pixels::Nv12 | Pixels::Mjpg => return None,
        };
        self.bytes.get(..needed)
    }
}

/// ITU-R BT.601 luma of a colour, in 256ths.
fn grey(r: u8, g: u8, b: u8) -> u8 {
    let sum = 77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b);
    u8::try_from(sum >> 8).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests;
