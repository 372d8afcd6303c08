//! Text to modules.

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

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
    let bits = (1..=40).find_map(|version| fill(text, Version::Normal(version), level)).ok_or(DrawError::TooLong)?;
    let code = QrCode::with_bits(bits, level).map_err(|_| DrawError::TooLong)?;
    let side = code.width() as u32;
    Ok((side, code.into_colors().into_iter().map(|color| color == Color::Dark).collect()))
}

/// ASCII is split into numeric, alphanumeric and byte segments, whichever is shortest. Anything else is one byte
/// segment of UTF-8: the segment optimiser may otherwise turn some UTF-8 pairs into Kanji mode, which says them in
/// Shift-JIS.
fn fill(text: &str, version: Version, level: EcLevel) -> Option<Bits> {
    let mut bits = Bits::new(version);
    if text.is_ascii() {
        bits.push_optimal_data(text.as_bytes()).ok()?;
    } else {
        bits.push_byte_data(text.as_bytes()).ok()?;
    }
    bits.push_terminator(level).ok()?;
    Some(bits)
}
