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

/// For Swiss bills, whose standard names the faces it takes; this one is a part of Liberation Sans.
const BILL_PLAIN: [Part; 1] = [("BillSans-Regular", include_bytes!("../fonts/bill-400.ttf"))];
const BILL_STRONG: [Part; 1] = [("BillSans-Bold", include_bytes!("../fonts/bill-700.ttf"))];

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
pub(crate) struct Fonts {
    pub(crate) parts: Vec<Font>,
    /// So many of them are plain, the others strong.
    plain: usize,
}

/// A letter set in one of the fonts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Glyph {
    /// Place in [`Fonts::parts`].
    pub(crate) font: usize,
    pub(crate) id: u16,
    pub(crate) letter: char,
    /// Thousandths of the size.
    pub(crate) advance: f32,
}

impl Fonts {
    pub(crate) fn load() -> Result<Self, PrintError> {
        Fonts::of(&PLAIN, &STRONG)
    }

    pub(crate) fn load_for_bills() -> Result<Self, PrintError> {
        Fonts::of(&BILL_PLAIN, &BILL_STRONG)
    }

    fn of(plain: &[Part], strong: &[Part]) -> Result<Self, PrintError> {
        let parts = plain.iter().chain(strong).map(|part| Font::load(*part)).collect::<Result<_, _>>()?;
        Ok(Fonts { parts, plain: plain.len() })
    }

    /// The text in glyphs; nothing when a letter of it is in none of the fonts.
    pub(crate) fn set(&self, text: &str, weight: Weight) -> Option<Vec<Glyph>> {
        let parts = match weight {
            Weight::Plain => 0..self.plain,
            Weight::Strong => self.plain..self.parts.len(),
        };
        let one = |letter: char| {
            parts.clone().find_map(|font| {
                let id = self.parts[font].face.glyph_index(letter).filter(|id| id.0 != 0)?.0;
                Some(Glyph { font, id, letter, advance: self.parts[font].advance(id) })
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
