//! Image files in memory (PNG, JPEG, WebP, GIF) to grey pictures, within limits that a lying header cannot pass.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::{Luma, LumaError};

/// What an image file may cost before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureLimits {
    /// Largest file, in bytes.
    pub file_bytes: usize,
    /// Largest width or height, in pixels.
    pub side: u32,
    /// Largest picture, in pixels.
    pub pixels: u64,
}

impl Default for PictureLimits {
    /// 32 MB, 20,000 pixels a side, 60 megapixels.
    fn default() -> Self {
        PictureLimits { file_bytes: 32 << 20, side: 20_000, pixels: 60_000_000 }
    }
}

/// Why a file is not a picture we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// No bytes at all.
    #[error("empty file")]
    Empty,
    /// The file is larger than the limit.
    #[error("file of {bytes} bytes is over the limit of {limit}")]
    FileTooLarge {
        /// The file's size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Not PNG, JPEG, WebP or GIF.
    #[error("not a PNG, JPEG, WebP or GIF picture")]
    UnknownFormat,
    /// The picture says it is larger than the limit; nothing was allocated for it.
    #[error("picture of {width}×{height} is over the limit")]
    TooManyPixels {
        /// Declared width.
        width: u32,
        /// Declared height.
        height: u32,
    },
    /// The file ends early or contradicts itself.
    #[error("damaged or cut-off picture")]
    Damaged,
}

impl From<LumaError> for PictureError {
    fn from(error: LumaError) -> Self {
        match error {
            LumaError::Empty | LumaError::WrongLength { .. } => PictureError::Damaged,
            LumaError::TooLarge { .. } => PictureError::TooManyPixels { width: 0, height: 0 },
        }
    }
}

/// Decodes an image file within the usual limits, turned as its EXIF orientation says, on white where transparent.
pub fn decode(file: &[u8]) -> Result<Luma<'static>, PictureError> {
    decode_within(file, PictureLimits::default())
}

/// Decodes an image file within given limits.
pub fn decode_within(file: &[u8], limits: PictureLimits) -> Result<Luma<'static>, PictureError> {
    let picture = open(file, limits)?;
    let grey = flatten(&picture);
    Ok(Luma::new(picture.width(), picture.height(), grey)?)
}

/// The decoded, turned picture in its own colours; for the few places that show or embed it.
pub(crate) fn open(file: &[u8], limits: PictureLimits) -> Result<DynamicImage, PictureError> {
    if file.is_empty() {
        return Err(PictureError::Empty);
    }
    if file.len() > limits.file_bytes {
        return Err(PictureError::FileTooLarge { bytes: file.len(), limit: limits.file_bytes });
    }
    let format = image::guess_format(file).map_err(|_| PictureError::UnknownFormat)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif) {
        return Err(PictureError::UnknownFormat);
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut cost = Limits::default();
    cost.max_image_width = Some(limits.side);
    cost.max_image_height = Some(limits.side);
    cost.max_alloc = Some(limits.pixels.saturating_mul(8));
    reader.limits(cost);
    let decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if width > limits.side || height > limits.side || u64::from(width) * u64::from(height) > limits.pixels {
        return Err(PictureError::TooManyPixels { width, height });
    }
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    picture.apply_orientation(orientation(file));
    Ok(picture)
}

fn refused(error: image::ImageError) -> PictureError {
    match error {
        image::ImageError::Limits(_) => PictureError::TooManyPixels { width: 0, height: 0 },
        image::ImageError::Unsupported(_) => PictureError::UnknownFormat,
        image::ImageError::Decoding(_)
        | image::ImageError::Encoding(_)
        | image::ImageError::Parameter(_)
        | image::ImageError::IoError(_) => PictureError::Damaged,
    }
}

/// The EXIF orientation (tag 0x0112), or upright when there is none or it cannot be read.
fn orientation(file: &[u8]) -> Orientation {
    let upright = Orientation::NoTransforms;
    let Ok(exif) = exif::Reader::new().read_from_container(&mut Cursor::new(file)) else { return upright };
    let value = exif
        .get_field(exif::Tag::Orientation, exif::In::PRIMARY)
        .and_then(|field| field.value.get_uint(0))
        .and_then(|n| u8::try_from(n).ok());
    value.and_then(Orientation::from_exif).unwrap_or(upright)
}

/// Grey, with transparent parts laid on white paper: codes saved with a transparent ground stay readable.
pub(crate) fn flatten(picture: &DynamicImage) -> Vec<u8> {
    if !picture.color().has_alpha() {
        return picture.to_luma8().into_raw();
    }
    let on_white = |grey: u8, alpha: u8| {
        let (grey, alpha) = (u32::from(grey), u32::from(alpha));
        ((grey * alpha + 255 * (255 - alpha)) / 255) as u8
    };
    picture.to_luma_alpha8().pixels().map(|pixel| on_white(pixel.0[0], pixel.0[1])).collect()
}
