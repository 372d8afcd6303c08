//! Text to modules.

use std::ops::Range;

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

use super::segment::{Mode, Sizes, segments};
use super::{DrawError, Ecc};

/// Side and modules, row after row, of the smallest code that holds `text`.
pub(super) fn modules(text: &str, ecc: Ecc) -> Result<(u32, Vec<bool>), DrawError> {
    if text.is_empty() {
        return Err(DrawError::Empty);
    }
    let level = match ecc {
        Ecc::L => EcLevel::L,
        Ecc::M => EcLevel::M,
        Ecc::Q => EcLevel::Q,
        Ecc::H => EcLevel::H,
    };
    let bits = Sizes::ALL.into_iter().find_map(|sizes| {
        let parts = segments(text.as_bytes(), sizes);
        sizes.versions().find_map(|version| fill(text.as_bytes(), &parts, Version::Normal(version), level))
    });
    let code = QrCode::with_bits(bits.ok_or(DrawError::TooLong)?, level).map_err(|_| DrawError::TooLong)?;
    let side = code.width() as u32;
    Ok((side, code.into_colors().into_iter().map(|color| color == Color::Dark).collect()))
}

/// The data of a code of this version; nothing when it does not fit.
fn fill(text: &[u8], parts: &[(Mode, Range<usize>)], version: Version, level: EcLevel) -> Option<Bits> {
    let mut bits = Bits::new(version);
    for (mode, range) in parts {
        let data = &text[range.clone()];
        match mode {
            Mode::Numeric => bits.push_numeric_data(data),
            Mode::Alphanumeric => bits.push_alphanumeric_data(data),
            Mode::Byte => bits.push_byte_data(data),
        }
        .ok()?;
    }
    bits.push_terminator(level).ok()?;
    Some(bits)
}
