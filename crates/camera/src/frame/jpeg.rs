//! JPEG frames, decoded no further than needed.

use std::borrow::Cow;

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::Luma;

/// No webcam is larger, and a header that lies must not cost memory.
const MAX_SIDE: usize = 4096;

/// The luma plane alone: the colour planes are neither transformed nor scaled.
pub(super) fn luma(bytes: &[u8]) -> Option<Luma> {
    let (width, height, pixels) = decoded(bytes, ColorSpace::Luma)?;
    Some(Luma { width, height, pixels })
}

/// Width, height and three bytes a pixel.
pub(super) fn rgb(bytes: &[u8]) -> Option<(u32, u32, Vec<u8>)> {
    decoded(bytes, ColorSpace::RGB)
}

fn decoded(bytes: &[u8], wanted: ColorSpace) -> Option<(u32, u32, Vec<u8>)> {
    let options =
        DecoderOptions::default().set_max_width(MAX_SIDE).set_max_height(MAX_SIDE).jpeg_set_out_colorspace(wanted);
    let complete = with_tables(bytes);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&*complete), options);
    let pixels = decoder.decode().ok()?;
    let (width, height) = decoder.dimensions()?;
    let channels = if wanted == ColorSpace::Luma { 1 } else { 3 };
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    let size = usize::try_from(u64::from(width) * u64::from(height)).ok()?;
    (pixels.len() == size.checked_mul(channels)?).then_some((width, height, pixels))
}

/// Many webcams leave the Huffman tables out of every frame (USB video class, "Motion-JPEG payload": the
/// default tables of ITU-T T.81 annex K are meant). The marker AVI files use tells the decoder so.
fn with_tables(bytes: &[u8]) -> Cow<'_, [u8]> {
    const AVI1: [u8; 18] = *b"\xff\xe0\x00\x10AVI1\0\0\0\0\0\0\0\0\0\0";
    match bytes {
        [0xff, 0xd8, rest @ ..] if !names_tables(rest) => Cow::Owned([&[0xff, 0xd8], &AVI1[..], rest].concat()),
        _ => Cow::Borrowed(bytes),
    }
}

/// Whether a Huffman table segment (DHT) comes before the picture data (SOS).
fn names_tables(mut segments: &[u8]) -> bool {
    const DHT: u8 = 0xc4;
    const SOS: u8 = 0xda;
    while let [0xff, marker, high, low, ..] = *segments {
        match marker {
            DHT => return true,
            SOS => return false,
            _ => {}
        }
        let length = 2 + usize::from(u16::from_be_bytes([high, low]));
        segments = segments.get(length..).unwrap_or_default();
    }
    // Not walkable: leave it to the decoder.
    true
}
