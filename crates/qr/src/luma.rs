use std::borrow::Cow;

/// A grey picture: one byte a pixel, rows from the top, 0 is black. Born checked, so nobody after it needs to.
#[derive(Clone, PartialEq, Eq)]
pub struct Luma<'a> {
    width: u32,
    height: u32,
    pixels: Cow<'a, [u8]>,
}

/// Why some bytes are not a grey picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LumaError {
    /// Width or height is zero.
    #[error("picture without pixels")]
    Empty,
    /// More pixels than [`Luma::MAX_PIXELS`].
    #[error("picture of {pixels} pixels is too large")]
    TooLarge {
        /// Pixels it would have.
        pixels: u64,
    },
    /// The buffer's length is not width × height.
    #[error("{actual} bytes where {expected} were expected")]
    WrongLength {
        /// Width × height.
        expected: usize,
        /// Bytes given.
        actual: usize,
    },
}

impl<'a> Luma<'a> {
    /// The largest picture taken, in pixels (100 megapixels).
    pub const MAX_PIXELS: u64 = 100_000_000;

    /// A picture over its pixels, owned or borrowed.
    pub fn new(width: u32, height: u32, pixels: impl Into<Cow<'a, [u8]>>) -> Result<Self, LumaError> {
        let pixels = pixels.into();
        let count = u64::from(width) * u64::from(height);
        if count == 0 {
            return Err(LumaError::Empty);
        }
        if count > Self::MAX_PIXELS {
            return Err(LumaError::TooLarge { pixels: count });
        }
        let expected = width as usize * height as usize;
        if pixels.len() != expected {
            return Err(LumaError::WrongLength { expected, actual: pixels.len() });
        }
        Ok(Luma { width, height, pixels })
    }

    /// A part of the picture, as far as it lies inside; nothing when no pixel does.
    pub fn part(&self, left: u32, top: u32, width: u32, height: u32) -> Option<Luma<'static>> {
        let right = left.saturating_add(width).min(self.width);
        let bottom = top.saturating_add(height).min(self.height);
        if left >= right || top >= bottom {
            return None;
        }
        let rows = (top..bottom).flat_map(|y| &self.row(y)[left as usize..right as usize]);
        Luma::new(right - left, bottom - top, rows.copied().collect::<Vec<u8>>()).ok()
    }

    /// Pixels in a row.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// All pixels, row after row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// One row, from the top; empty below the picture.
    pub fn row(&self, y: u32) -> &[u8] {
        let start = y as usize * self.width as usize;
        self.pixels.get(start..start + self.width as usize).unwrap_or_default()
    }

    /// The picture as a PNG file; nothing when it cannot be written, which a picture born checked always can.
    pub fn to_png(&self) -> Option<Vec<u8>> {
        let mut file = std::io::Cursor::new(Vec::new());
        let image = image::GrayImage::from_raw(self.width, self.height, self.pixels.to_vec())?;
        image.write_to(&mut file, image::ImageFormat::Png).ok()?;
        Some(file.into_inner())
    }

    /// The same picture with pixels of its own.
    pub fn into_owned(self) -> Luma<'static> {
        Luma { width: self.width, height: self.height, pixels: Cow::Owned(self.pixels.into_owned()) }
    }

    /// The same picture, borrowed.
    pub fn as_borrowed(&self) -> Luma<'_> {
        Luma { width: self.width, height: self.height, pixels: Cow::Borrowed(&self.pixels) }
    }
}

impl std::fmt::Debug for Luma<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Luma({}×{})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_refused_unless_its_size_is_true() {
        assert!(Luma::new(2, 3, vec![0; 6]).is_ok());
        assert_eq!(Luma::new(2, 3, vec![0; 5]), Err(LumaError::WrongLength { expected: 6, actual: 5 }));
        assert_eq!(Luma::new(0, 3, vec![]), Err(LumaError::Empty));
        assert_eq!(Luma::new(60_000, 60_000, vec![]), Err(LumaError::TooLarge { pixels: 3_600_000_000 }));
    }
}
