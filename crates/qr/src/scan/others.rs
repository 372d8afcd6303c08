//! Codes that are no QR codes: PDF417 (ISO/IEC 15438), Aztec (ISO/IEC 24778) and Data Matrix (ISO/IEC 16022), read by a
//! library as it comes. They are looked for when somebody gives a whole picture and no QR code is in it, never in a stream.

use rxing::aztec::AztecReader;
use rxing::common::HybridBinarizer;
use rxing::datamatrix::DataMatrixReader;
use rxing::pdf417::PDF417Reader;
use rxing::{BinaryBitmap, DecodeHints, Luma8LuminanceSource, RXingResult, Reader};

use super::contain::contained;
use super::decode::text_of;
use crate::{Luma, Symbol, Symbology};

/// Pictures with more pixels are not looked through: it would take many seconds.
const MOST_PIXELS: usize = 16_000_000;

/// The first code of each kind in the picture. Half a second and more for a large one.
pub fn scan_others(picture: &Luma<'_>) -> Vec<Symbol> {
    if picture.pixels().len() > MOST_PIXELS {
        return Vec::new();
    }
    let pixels = picture.pixels().to_vec();
    let Ok(source) = Luma8LuminanceSource::new(pixels, picture.width(), picture.height()) else { return Vec::new() };
    let mut image = BinaryBitmap::new(HybridBinarizer::new(source));
    let found = [
        (Symbology::Pdf417, read(&mut image, PDF417Reader)),
        (Symbology::Aztec, read(&mut image, AztecReader)),
        (Symbology::DataMatrix, read(&mut image, DataMatrixReader)),
    ];
    found.into_iter().filter_map(|(symbology, read)| symbol(symbology, &read?)).collect()
}

fn read(
    image: &mut BinaryBitmap<HybridBinarizer<Luma8LuminanceSource>>,
    mut reader: impl Reader,
) -> Option<RXingResult> {
    let hints = DecodeHints { TryHarder: Some(true), ..Default::default() };
    contained(|| reader.decode_with_hints(image, &hints).ok()).flatten()
}

fn symbol(symbology: Symbology, read: &RXingResult) -> Option<Symbol> {
    let said = read.getText();
    // Without a mark of another character set each byte was made one letter.
    let bytes: Result<Vec<u8>, _> = said.chars().map(|c| u8::try_from(u32::from(c))).collect();
    let bytes = bytes.unwrap_or_else(|_| said.as_bytes().to_vec());
    if bytes.is_empty() {
        return None;
    }
    let text = std::str::from_utf8(&bytes).unwrap_or(said);
    Some(Symbol { text: text_of(text), symbology, corners: around(read), bytes })
}

/// The upright rectangle around what was found.
fn around(read: &RXingResult) -> [[f32; 2]; 4] {
    let points = read.getPoints();
    let span = |of: fn(&rxing::Point) -> f32| {
        let of = || points.iter().map(of);
        (of().fold(f32::INFINITY, f32::min), of().fold(f32::NEG_INFINITY, f32::max))
    };
    let ((left, right), (top, bottom)) = (span(|point| point.x), span(|point| point.y));
    if points.is_empty() {
        return [[0.0; 2]; 4];
    }
    [[left, top], [right, top], [right, bottom], [left, bottom]]
}
