//! The picture in the middle of a code.

use std::io::Cursor;

use image::imageops::FilterType;
use image::{DynamicImage, RgbImage};

use super::DrawError;
use crate::picture::{PictureLimits, open};

/// Side of the stored picture, in pixels.
const PIXELS: u32 = 192;

/// A square of whole modules in the middle, and the picture shown there.
#[derive(Debug, Clone)]
pub(super) struct Inset {
    /// First covered column and row.
    pub(super) start: u32,
    /// Covered modules in a row.
    pub(super) side: u32,
    /// The picture, square, on white.
    pub(super) image: RgbImage,
    /// The same as a PNG file without metadata.
    pub(super) png: Vec<u8>,
}

impl Inset {
    /// A quarter of the code's width, odd, so that it sits on whole modules around the centre: 7 of 29. That covers
    /// about a sixteenth of the area, a quarter of what level Q repairs.
    pub(super) fn new(code_side: u32, file: &[u8]) -> Result<Self, DrawError> {
        let side = (code_side / 4) | 1;
        let picture = open(file, PictureLimits::default())?;
        let square = picture.width().min(picture.height());
        let (left, top) = ((picture.width() - square) / 2, (picture.height() - square) / 2);
        let small = picture.crop_imm(left, top, square, square).resize_exact(PIXELS, PIXELS, FilterType::Triangle);
        let image = on_white(&small);
        let mut png = Cursor::new(Vec::new());
        image.write_to(&mut png, image::ImageFormat::Png).map_err(|_| DrawError::Size)?;
        Ok(Inset { start: (code_side - side) / 2, side, image, png: png.into_inner() })
    }

    /// Whether the module belongs to the picture.
    pub(super) fn covers(&self, x: u32, y: u32) -> bool {
        let inside = |n: u32| (self.start..self.start + self.side).contains(&n);
        inside(x) && inside(y)
    }
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    let rgba = picture.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0;
        let mix = |c: u8| ((u32::from(c) * u32::from(a) + 255 * (255 - u32::from(a))) / 255) as u8;
        image::Rgb([mix(r), mix(g), mix(b)])
    })
}
