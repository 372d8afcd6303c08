//! Our letters: Hanken Grotesk as on the screen, and Noto Sans for Greek, Cyrillic and rarer Latin letters. Each font
//! comes in the parts it is published in; the first that has a letter sets it.

use ttf_parser::Face;
use unicode_normalization::UnicodeNormalization;

use crate::PrintError;

/// How heavy letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// For reading.
    Plain,
    /// For names.
    Strong,
}

/// Name in the file, bytes. The first of each weight is asked first.
type Part = (&'static str, &'static [u8]);

const PLAIN: [Part; 2] = [
    ("HankenGrotesk-Regular", include_bytes!("../fonts/hanken-400.ttf")),
    ("HankenGroteskExt-Regular", include_bytes!("../fonts/hanken-ext-400.ttf")),
];
const STRONG: [Part; 7] = [
    ("HankenGrotesk-SemiBold", include_bytes!("../fonts/hanken-600.ttf")),
    ("HankenGroteskExt-SemiBold", include_bytes!("../fonts/hanken-ext-600.ttf")),
    ("NotoSansLatinExt-SemiBold", include_bytes!("../fonts/noto-latin-ext-600.ttf")),
    ("NotoSansGreek-SemiBold", include_bytes!("../fonts/noto-greek-600.ttf")),
    ("NotoSansGreekExt-SemiBold", include_bytes!("../fonts/noto-greek-ext-600.ttf")),
    ("NotoSansCyrillic-SemiBold", include_bytes!("../fonts/noto-cyrillic-600.ttf")),
    ("NotoSansCyrillicExt-SemiBold", include_bytes!("../fonts/noto-cyrillic-ext-600.ttf")),
];

/// One part of a font, ready to be asked.
pub(crate) struct Font {
    pub(crate) name: &'static str,
    pub(crate) bytes: &'static [u8],
    pub(crate) face: Face<'static>,
}

impl Font {
    fn load((name, bytes): Part) -> Result<Self, PrintError> {
        Ok(Font { name, bytes, face: Face::parse(bytes, 0).map_err(|_| PrintError::Font)? })
    }

    /// Font units in thousandths of the size.
    pub(crate) fn thousandths(&self, units: f32) -> f32 {
        units * 1000.0 / f32::from(self.face.units_per_em())
    }

    /// Width of a glyph in thousandths of the size.
    pub(crate) fn advance(&self, glyph: u16) -> f32 {
        self.thousandths(f32::from(self.face.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or_default()))
    }
}

/// Every part of both weights.
pub(crate) struct Fonts(pub(crate) Vec<Font>);

/// A letter set in one of the fonts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Glyph {
    /// Place in [`Fonts`].
    pub(crate) font: usize,
    pub(crate) id: u16,
    pub(crate) letter: char,
    /// Thousandths of the size.
    pub(crate) advance: f32,
}

impl Fonts {
    pub(crate) fn load() -> Result<Self, PrintError> {
        Ok(Fonts(PLAIN.into_iter().chain(STRONG).map(Font::load).collect::<Result<_, _>>()?))
    }

    /// The text in glyphs; nothing when a letter of it is in none of the fonts.
    pub(crate) fn set(&self, text: &str, weight: Weight) -> Option<Vec<Glyph>> {
        let parts = match weight {
            Weight::Plain => 0..PLAIN.len(),
            Weight::Strong => PLAIN.len()..PLAIN.len() + STRONG.len(),
        };
        let one = |letter: char| {
            parts.clone().find_map(|font| {
                let id = self.0[font].face.glyph_index(letter).filter(|id| id.0 != 0)?.0;
                Some(Glyph { font, id, letter, advance: self.0[font].advance(id) })
            })
        };
        // One letter with its accent is one glyph; loose accents would need shaping.
        text.nfc().map(one).collect()
    }
}

/// Whether every letter of the name is in our fonts.
pub fn can_print(name: &str) -> bool {
    !name.trim().is_empty() && Fonts::load().is_ok_and(|fonts| fonts.set(name, Weight::Strong).is_some())
}
