//! Modules to bytes: format, version, error correction and segments (ISO/IEC 18004), for every detector alike.

use rxing::common::BitMatrix;
use rxing::qrcode::cpp_port::decoder::Decode;

/// What the modules of one symbol say.
pub(super) struct Content {
    pub(super) bytes: Vec<u8>,
    pub(super) text: Option<String>,
}

/// Reads sampled modules; `None` when error correction or the grammar of segments fails, or nothing is carried.
pub(super) fn content(modules: &BitMatrix) -> Option<Content> {
    let result = Decode(modules).ok()?;
    if !result.isValid() || result.error().is_some() {
        return None;
    }
    let said = result.content();
    let bytes = said.bytes().to_vec();
    if bytes.is_empty() {
        return None;
    }
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) if !said.has_eci => Some(text.to_owned()),
        _ => Some(result.text()),
    };
    Some(Content { text: text.filter(|text| is_text(text)), bytes })
}

/// Binary data guessed into characters is full of control characters; text has only line ends and separators.
fn is_text(text: &str) -> bool {
    let allowed =
        |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{1d}' | '\u{1e}' | '\u{4}' | '\u{85}');
    !text.contains('\u{fffd}') && text.chars().all(allowed)
}
