//! Image files in memory (PNG, JPEG, WebP, GIF) to grey pictures, within limits that a lying header cannot pass.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::{Luma, LumaError, Symbol};

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

/// Longest side of a thumbnail, in pixels.
const THUMB_SIDE: u32 = 120;

/// The place of a symbol in its picture, with a rim around, as a small grey PNG file.
pub fn thumbnail(picture: &Luma<'_>, symbol: &Symbol) -> Option<Vec<u8>> {
    let [xs, ys] = [0, 1].map(|axis| symbol.corners.map(|corner| corner[axis]));
    let span = |all: [f32; 4]| {
        let (from, to) = all.iter().fold((f32::MAX, f32::MIN), |(a, b), &n| (a.min(n), b.max(n)));
        let rim = (to - from) * 0.2;
        ((from - rim).max(0.0) as u32, (to + rim).max(0.0) as u32)
    };
    let ((left, right), (top, bottom)) = (span(xs), span(ys));
    let part = picture.part(left, top, right.saturating_sub(left), bottom.saturating_sub(top))?;
    let image = image::GrayImage::from_raw(part.width(), part.height(), part.pixels().to_vec())?;
    let small = image::DynamicImage::ImageLuma8(image).thumbnail(THUMB_SIDE, THUMB_SIDE);
    let mut file = std::io::Cursor::new(Vec::new());
    small.write_to(&mut file, image::ImageFormat::Png).ok()?;
    Some(file.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ExtendedColorType, GrayImage, ImageEncoder};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let image = GrayImage::from_fn(width, height, |x, y| image::Luma([((x * 13) ^ (y * 7)) as u8]));
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, ImageFormat::Png).expect("in memory");
        file.into_inner()
    }

    /// CRC-32 of a PNG chunk (ISO 3309), so that the lying header passes for well-formed.
    fn crc(data: &[u8]) -> u32 {
        !data.iter().fold(!0u32, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 })
        })
    }

    fn lying(width: u32, height: u32) -> Vec<u8> {
        let mut file = png(8, 8);
        file[16..20].copy_from_slice(&width.to_be_bytes());
        file[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = crc(&file[12..29]);
        file[29..33].copy_from_slice(&sum.to_be_bytes());
        file
    }

    #[test]
    fn a_header_that_declares_60000_by_60000_is_refused_without_allocating() {
        let refused = decode(&lying(60_000, 60_000));
        assert!(matches!(refused, Err(PictureError::TooManyPixels { .. })), "{refused:?}");
        assert_eq!(decode(&lying(15_000, 15_000)), Err(PictureError::TooManyPixels { width: 15_000, height: 15_000 }));
        assert_eq!(decode(&lying(4_000, 4_000)), Err(PictureError::Damaged), "a lie within the limits");
    }

    #[test]
    fn every_cut_of_a_file_is_an_error_and_never_a_panic() {
        let file = png(40, 30);
        for end in 0..file.len() - 12 {
            let read = decode(&file[..end]);
            assert!(read.is_err(), "cut at {end}");
        }
        assert_eq!(decode(&[]), Err(PictureError::Empty));
        assert_eq!(decode(b"%PDF-1.7 and so on"), Err(PictureError::UnknownFormat));
        assert_eq!(decode(&[0u8; 4096]), Err(PictureError::UnknownFormat));
    }

    #[test]
    fn a_file_over_the_limit_is_refused_by_its_length() {
        let limits = PictureLimits { file_bytes: 100, ..PictureLimits::default() };
        let file = png(60, 60);
        let expected = PictureError::FileTooLarge { bytes: file.len(), limit: 100 };
        assert_eq!(decode_within(&file, limits), Err(expected));
    }

    #[test]
    fn ten_megabytes_of_noise_are_decoded_or_refused_quickly() {
        let side = 3_300u32;
        let mut state = 1u32;
        let noise: Vec<u8> = (0..side * side)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        let mut file = Vec::new();
        let encoder = image::codecs::png::PngEncoder::new(&mut file);
        encoder.write_image(&noise, side, side, ExtendedColorType::L8).expect("in memory");
        assert!(file.len() > 10_000_000);
        let read = decode(&file).expect("within the limits");
        assert_eq!((read.width(), read.height()), (side, side));
    }

    #[test]
    fn transparent_parts_are_white_paper() {
        let image = image::RgbaImage::from_fn(4, 4, |x, _| image::Rgba([0, 0, 0, if x < 2 { 0 } else { 255 }]));
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, ImageFormat::Png).expect("in memory");
        let read = decode(&file.into_inner()).expect("a picture");
        assert_eq!(read.row(0), [255, 255, 0, 0]);
    }

    #[test]
    fn a_jpeg_is_turned_as_its_exif_says() {
        let image = GrayImage::from_fn(16, 8, |x, _| image::Luma([if x < 8 { 0 } else { 255 }]));
        let mut jpeg = Cursor::new(Vec::new());
        image.write_to(&mut jpeg, ImageFormat::Jpeg).expect("in memory");
        let jpeg = jpeg.into_inner();
        // APP1 with a TIFF header and one entry: orientation 6, turn right by a quarter.
        let exif: &[u8] = b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
        let read = decode(&turned).expect("a picture");
        assert_eq!((read.width(), read.height()), (8, 16));
        assert!(read.row(0).iter().all(|&p| p < 60) && read.row(15).iter().all(|&p| p > 200));
    }
}
