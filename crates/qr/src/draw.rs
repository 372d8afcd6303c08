//! Text to a code: the smallest version, black on white with its quiet zone, an optional picture in the middle,
//! and never handed out before our own scanner has read it back.

mod encode;
mod paint;
mod picture;
mod segment;

use crate::{Effort, Luma, PictureError, scan};
use picture::Inset;

/// How much damage a code survives (ISO/IEC 18004, 7.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ecc {
    /// About 7 % of the codewords.
    L,
    /// About 15 %: screens and paper.
    #[default]
    M,
    /// About 25 %: with a picture in the middle, or stickers.
    Q,
    /// About 30 %.
    H,
}

/// Why a code was not drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// Nothing to say.
    #[error("no text")]
    Empty,
    /// More than a code of version 40 carries.
    #[error("text too long for a code")]
    TooLong,
    /// The picture for the middle was refused.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// Our scanner could not read the drawing back, so nobody gets it.
    #[error("the drawing could not be read back")]
    Unreadable,
    /// The size asked for is zero or beyond [`Luma::MAX_PIXELS`].
    #[error("size out of range")]
    Size,
}

/// White modules around every code (ISO/IEC 18004, 9.1).
pub const QUIET_ZONE: u32 = 4;

/// A code that was read back; sizes are in modules until painted.
#[derive(Debug, Clone)]
pub struct Drawing {
    side: u32,
    dark: Vec<bool>,
    inset: Option<Inset>,
}

/// Draws `text` with the smallest version that holds it.
pub fn draw(text: &str, ecc: Ecc) -> Result<Drawing, DrawError> {
    let (side, dark) = encode::modules(text, ecc)?;
    proved(Drawing { side, dark, inset: None }, text)
}

/// Draws `text` at level Q with a picture (PNG, JPEG, WebP or GIF bytes) in the middle. The picture is cut square
/// and re-encoded, so nothing hidden in the file (place, camera) is published with the code.
pub fn draw_with_picture(text: &str, file: &[u8]) -> Result<Drawing, DrawError> {
    let (side, dark) = encode::modules(text, Ecc::Q)?;
    let inset = Inset::new(side, file)?;
    proved(Drawing { side, dark, inset: Some(inset) }, text)
}

/// Reads the drawing back small and large; both must say exactly `text`.
fn proved(drawing: Drawing, text: &str) -> Result<Drawing, DrawError> {
    for pixels_per_module in [3, 6] {
        let image = drawing.to_luma(pixels_per_module)?;
        let read = scan(&image, Effort::Still);
        if !read.iter().any(|symbol| symbol.bytes == text.as_bytes()) || read.len() != 1 {
            return Err(DrawError::Unreadable);
        }
    }
    Ok(drawing)
}

/// The picture in the middle of a code, for who draws it in another way than here.
#[derive(Debug, Clone, Copy)]
pub struct Middle<'a> {
    /// First covered column and row, quiet zone not counted.
    pub start: u32,
    /// Covered modules in a row; the picture itself stays half a module inside.
    pub side: u32,
    /// Pixels in a row of the picture, which is square.
    pub pixel_side: u32,
    /// Red, green and blue of each pixel, row after row.
    pub rgb: &'a [u8],
}

impl Drawing {
    /// The picture in the middle, if there is one.
    pub fn middle(&self) -> Option<Middle<'_>> {
        let inset = self.inset.as_ref()?;
        let (start, side, pixel_side) = (inset.start, inset.side, inset.image.width());
        Some(Middle { start, side, pixel_side, rgb: inset.image.as_raw() })
    }

    /// Modules in a row, without the quiet zone.
    pub fn modules(&self) -> u32 {
        self.side
    }

    /// Modules in a row with the quiet zone on both sides.
    pub fn full_side(&self) -> u32 {
        self.side + 2 * QUIET_ZONE
    }

    /// Whether the module at column `x`, row `y` is black; false outside, and where the picture lies.
    pub fn is_dark(&self, x: u32, y: u32) -> bool {
        let covered = self.inset.as_ref().is_some_and(|inset| inset.covers(x, y));
        x < self.side && y < self.side && !covered && self.dark[(y * self.side + x) as usize]
    }

    /// An SVG whose user unit is one module; `module_px` sets the default size in CSS pixels.
    pub fn to_svg(&self, module_px: u32) -> String {
        paint::svg(self, module_px)
    }

    /// A grey raster with this many pixels a module.
    pub fn to_luma(&self, pixels_per_module: u32) -> Result<Luma<'static>, DrawError> {
        paint::luma(self, pixels_per_module)
    }

    /// Side in pixels, and red, green, blue and opacity of each, with this many pixels a module.
    pub fn to_rgba(&self, pixels_per_module: u32) -> Result<(u32, Vec<u8>), DrawError> {
        paint::rgba(self, pixels_per_module)
    }

    /// A PNG file with this many pixels a module: grey, or in colour when there is a picture.
    pub fn to_png(&self, pixels_per_module: u32) -> Result<Vec<u8>, DrawError> {
        paint::png(self, pixels_per_module)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::decode;
    use proptest::prelude::*;

    fn photo() -> Vec<u8> {
        let image = image::RgbImage::from_fn(90, 60, |x, y| image::Rgb([(x * 2) as u8, (y * 4) as u8, 40]));
        let mut file = std::io::Cursor::new(Vec::new());
        image.write_to(&mut file, image::ImageFormat::Png).expect("in memory");
        file.into_inner()
    }

    #[test]
    fn an_upper_case_link_needs_a_smaller_code_than_the_same_in_lower_case() {
        let upper = draw("HTTPS://PAY.EXAMPLE/R/0123456789ABCDEFGHJKMNPQRS", Ecc::M).expect("drawn");
        let lower = draw("https://pay.example/r/0123456789abcdefghjkmnpqrs", Ecc::M).expect("drawn");
        assert_eq!((upper.modules(), lower.modules()), (29, 33));
    }

    #[test]
    fn the_quiet_zone_is_white_on_every_side_of_every_output() {
        let drawing = draw("tessera", Ecc::M).expect("drawn");
        let image = drawing.to_luma(2).expect("painted");
        assert_eq!(image.width(), (drawing.modules() + 8) * 2);
        for y in 0..image.height() {
            for (x, &p) in image.row(y).iter().enumerate() {
                let margin = |n: u32| n < 8 || n >= image.width() - 8;
                assert!(p == 255 || !(margin(x as u32) || margin(y)), "black in the quiet zone at {x},{y}");
            }
        }
        assert!(drawing.to_svg(8).contains("viewBox=\"0 0 29 29\""), "21 modules and 4 on each side");
    }

    #[test]
    fn a_picture_covers_whole_modules_in_the_middle_and_the_code_still_reads() {
        let drawing = draw_with_picture("https://pay.example/@ana", &photo()).expect("drawn");
        let png = drawing.to_png(8).expect("painted");
        let read = scan(&decode(&png).expect("our own PNG"), Effort::Still);
        assert_eq!(read[0].text.as_deref(), Some("https://pay.example/@ana"));
        let middle = drawing.modules() / 2;
        assert!(!drawing.is_dark(middle, middle));
        assert!(drawing.to_svg(8).contains("data:image/png;base64,"));
    }

    #[test]
    fn an_svg_draws_the_same_modules_as_the_raster() {
        let drawing = draw("https://pay.example/@ana/25.00-USD", Ecc::M).expect("drawn");
        let svg = drawing.to_svg(4);
        let mut dark = std::collections::HashSet::new();
        let path = svg.split(" d=\"").nth(2).and_then(|rest| rest.split('"').next()).expect("a path");
        for run in path.split('M').skip(1) {
            let numbers: Vec<u32> = run
                .split(|c: char| !c.is_ascii_digit())
                .filter(|t| !t.is_empty())
                .map(|t| t.parse().expect("digits"))
                .collect();
            for x in numbers[0]..numbers[0] + numbers[2] {
                dark.insert((x - QUIET_ZONE, numbers[1] - QUIET_ZONE));
            }
        }
        for y in 0..drawing.modules() {
            for x in 0..drawing.modules() {
                assert_eq!(dark.contains(&(x, y)), drawing.is_dark(x, y), "{x},{y}");
            }
        }
    }

    #[test]
    fn what_cannot_be_drawn_says_why() {
        assert_eq!(draw("", Ecc::M).map(|_| ()), Err(DrawError::Empty));
        assert_eq!(draw(&"x".repeat(3000), Ecc::L).map(|_| ()), Err(DrawError::TooLong));
        let refused = draw_with_picture("x", b"not a picture").map(|_| ());
        assert_eq!(refused, Err(DrawError::Picture(PictureError::UnknownFormat)));
        assert_eq!(draw("x", Ecc::M).and_then(|d| d.to_luma(0)).map(|_| ()), Err(DrawError::Size));
        assert_eq!(draw("x", Ecc::M).and_then(|d| d.to_luma(100_000)).map(|_| ()), Err(DrawError::Size));
    }

    /// What the Java port in rxing reads, whose decoder is not that of our scanner; its detector is not asked.
    fn read_by_another(drawing: &Drawing) -> Option<String> {
        use rxing::common::HybridBinarizer;
        use rxing::{BinaryBitmap, Luma8LuminanceSource, Reader as _, qrcode::QRCodeReader};
        let image = drawing.to_luma(6).ok()?;
        let source = Luma8LuminanceSource::new(image.pixels().to_vec(), image.width(), image.height()).ok()?;
        let hints = rxing::DecodeHints { PureBarcode: Some(true), ..Default::default() };
        let read = QRCodeReader.decode_with_hints(&mut BinaryBitmap::new(HybridBinarizer::new(source)), &hints).ok()?;
        Some(read.getText().to_owned())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn another_reader_reads_what_we_draw(text in "([0-9]{1,24}|[A-Z$%*+./:-]{1,24}|[a-zé한ß日\n]{1,24}){1,5}", level in 0..4usize) {
            let drawing = draw(&text, [Ecc::L, Ecc::M, Ecc::Q, Ecc::H][level]).expect("drawn");
            prop_assert_eq!(read_by_another(&drawing), Some(text));
        }

        #[test]
        fn a_smaller_version_would_not_hold_it(text in "[0-9]{0,40}[A-Z /:]{0,40}[a-zü]{1,40}[0-9]{0,40}") {
            let drawing = draw(&text, Ecc::M).expect("drawn");
            // The library's own way of parting, in the version below.
            let version = (drawing.modules() as i16 - 17) / 4;
            if version > 1 && text.is_ascii() {
                let mut bits = qrcode::bits::Bits::new(qrcode::Version::Normal(version - 1));
                let fits = bits.push_optimal_data(text.as_bytes()).is_ok() && bits.push_terminator(qrcode::EcLevel::M).is_ok();
                prop_assert!(!fits, "version {} holds it", version - 1);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_text_we_draw_we_read(text in "[\\PC\n]{1,120}") {
            let drawing = draw(&text, Ecc::M);
            prop_assert!(drawing.is_ok(), "{drawing:?}");
        }

        #[test]
        fn kanji_and_kana_stay_utf8(text in "[ぁ-ん一-龠]{1,60}") {
            prop_assert!(draw(&text, Ecc::L).is_ok());
        }
    }
}
