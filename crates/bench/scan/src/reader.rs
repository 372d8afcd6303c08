//! The scanners that are compared.

use std::cell::Cell;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

use qr::{Effort, Luma};
use rxing::{BarcodeFormat, DecodeHints};

/// One scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Ours, at full effort.
    Ours,
    /// The crate rqrr.
    Rqrr,
    /// The crate rxing with its filters.
    Rxing,
    /// The crate quircs.
    Quircs,
    /// The C++ library zxing-cpp.
    ZxingCpp,
}

impl Reader {
    /// Ours first.
    pub const ALL: [Reader; 5] = [Reader::Ours, Reader::Rqrr, Reader::Rxing, Reader::Quircs, Reader::ZxingCpp];

    /// Its name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Reader::Ours => "ours",
            Reader::Rqrr => "rqrr",
            Reader::Rxing => "rxing",
            Reader::Quircs => "quircs",
            Reader::ZxingCpp => "zxing-cpp",
        }
    }

    /// The bytes of every code it reads. A scanner that panics has read nothing.
    pub fn read(self, picture: &Luma<'_>) -> Vec<Vec<u8>> {
        contained(|| match self {
            Reader::Ours => qr::scan(picture, Effort::Still).into_iter().map(|symbol| symbol.bytes).collect(),
            Reader::Rqrr => rqrr(picture),
            Reader::Rxing => rxing(picture),
            Reader::Quircs => quircs(picture),
            Reader::ZxingCpp => zxing_cpp(picture),
        })
    }
}

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Panics of a scanner are not printed; all others are.
pub fn silence_contained_panics() {
    let report = take_hook();
    set_hook(Box::new(move |info| {
        if !INSIDE.get() {
            report(info);
        }
    }));
}

fn contained<T: Default>(work: impl FnOnce() -> T) -> T {
    INSIDE.set(true);
    let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or_default();
    INSIDE.set(false);
    done
}

fn rqrr(picture: &Luma<'_>) -> Vec<Vec<u8>> {
    let (width, height, pixels) = (picture.width() as usize, picture.height() as usize, picture.pixels());
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    let bytes = |grid: &rqrr::Grid<_>| {
        let mut bytes = Vec::new();
        grid.decode_to(&mut bytes).ok().map(|_| bytes)
    };
    prepared.detect_grids().iter().filter_map(bytes).collect()
}

/// Its filters with which it reads most; one code a picture is all that way gives.
fn rxing(picture: &Luma<'_>) -> Vec<Vec<u8>> {
    let formats =
        HashSet::from([BarcodeFormat::QR_CODE, BarcodeFormat::MICRO_QR_CODE, BarcodeFormat::RECTANGULAR_MICRO_QR_CODE]);
    let mut hints = DecodeHints {
        PossibleFormats: Some(formats),
        TryHarder: Some(true),
        AlsoInverted: Some(true),
        ..DecodeHints::default()
    };
    let (width, height, pixels) = (picture.width(), picture.height(), picture.pixels().to_vec());
    let read = rxing::helpers::detect_in_luma_filtered_with_hints(pixels, width, height, None, &mut hints);
    read.into_iter().map(|read| read.getText().as_bytes().to_vec()).collect()
}

fn quircs(picture: &Luma<'_>) -> Vec<Vec<u8>> {
    let mut decoder = quircs::Quirc::default();
    let found = decoder.identify(picture.width() as usize, picture.height() as usize, picture.pixels());
    found.filter_map(|code| Some(code.ok()?.decode().ok()?.payload)).collect()
}

fn zxing_cpp(picture: &Luma<'_>) -> Vec<Vec<u8>> {
    use zxingcpp::{BarcodeFormat, ImageFormat, ImageView};
    let view = ImageView::from_slice(picture.pixels(), picture.width(), picture.height(), ImageFormat::Lum);
    let formats = [BarcodeFormat::QRCode, BarcodeFormat::MicroQRCode, BarcodeFormat::RMQRCode];
    let reader =
        zxingcpp::read().formats(formats).try_harder(true).try_rotate(true).try_invert(true).try_downscale(true);
    let read = view.and_then(|view| reader.from(&view)).unwrap_or_default();
    read.iter().map(|code| code.bytes()).filter(|bytes| !bytes.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scanner_reads_an_easy_code_and_nothing_in_grey() {
        let drawn = qr::draw("https://pay.example/@ana", qr::Ecc::M).and_then(|drawing| drawing.to_luma(5));
        let code = drawn.expect("drawn");
        let grey = Luma::new(300, 200, vec![128; 60_000]).expect("sizes agree");
        for reader in Reader::ALL {
            assert_eq!(reader.read(&code), [b"https://pay.example/@ana".to_vec()], "{reader:?}");
            assert!(reader.read(&grey).is_empty(), "{reader:?}");
        }
    }
}
