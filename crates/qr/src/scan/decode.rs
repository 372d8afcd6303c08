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
    Some(Content { text: text.and_then(|text| text_of(&text)), bytes })
}

/// The text, when it is one.
pub(super) fn text_of(text: &str) -> Option<String> {
    is_text(text).then(|| text.to_owned())
}

/// Binary data guessed into characters is full of control characters; text has only line ends and separators.
fn is_text(text: &str) -> bool {
    let allowed =
        |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{1d}' | '\u{1e}' | '\u{4}' | '\u{85}');
    !text.contains('\u{fffd}') && text.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use qrcode::{Color, EcLevel, Version, canvas::Canvas, ec::construct_codewords};

    /// The modules of a code of version 4 with these segments: values with their count of bits.
    fn modules(segments: &[(u16, usize)]) -> BitMatrix {
        let (version, level) = (Version::Normal(4), EcLevel::M);
        let mut bits: Vec<u8> = Vec::new();
        for &(value, count) in segments {
            bits.extend((0..count).rev().map(|n| (value >> n & 1) as u8));
        }
        bits.extend([0; 4]);
        bits.resize(bits.len().next_multiple_of(8), 0);
        let mut data: Vec<u8> = bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |n, bit| n << 1 | bit)).collect();
        data.extend([0xec, 0x11].into_iter().cycle().take(64 - data.len()));
        let (data, repair) = construct_codewords(&data, version, level).expect("it fits");
        let mut canvas = Canvas::new(version, level);
        canvas.draw_all_functional_patterns();
        canvas.draw_data(&data, &repair);
        let colours = canvas.apply_best_mask().into_colors();
        let mut matrix = BitMatrix::with_single_dimension(33).expect("a matrix");
        for (n, colour) in (0u32..).zip(colours) {
            matrix.set_bool(n % 33, n / 33, colour == Color::Dark);
        }
        matrix
    }

    /// Bytes after the mark of a character set (ISO/IEC 18004, 7.4.2), or after none.
    fn marked(set: Option<u16>, bytes: &[u8]) -> Content {
        let mut segments: Vec<(u16, usize)> = set.map(|set| [(7, 4), (set, 8)]).into_iter().flatten().collect();
        segments.extend([(4, 4), (bytes.len() as u16, 8)]);
        segments.extend(bytes.iter().map(|&byte| (u16::from(byte), 8)));
        content(&modules(&segments)).expect("read")
    }

    #[test]
    fn a_marked_character_set_is_believed_and_the_bytes_are_kept() {
        use encoding_rs::{GB18030, ISO_8859_2, SHIFT_JIS, UTF_8, WINDOWS_1251, WINDOWS_1252};
        let sets = [
            (26, UTF_8, "für 12,50 €"),
            (3, WINDOWS_1252, "crème brûlée"),
            (4, ISO_8859_2, "čaj, žemlje in šunka"),
            (22, WINDOWS_1251, "Счёт за обед"),
            (20, SHIFT_JIS, "お弁当の代金"),
            (32, GB18030, "午餐的账单"),
        ];
        for (set, encoding, text) in sets {
            let (bytes, _, lossy) = encoding.encode(text);
            assert!(!lossy, "{text}");
            let said = marked(Some(set), &bytes);
            assert_eq!((said.text.as_deref(), said.bytes.as_slice()), (Some(text), &*bytes), "set {set}");
        }
    }

    #[test]
    fn a_mark_is_believed_even_where_the_bytes_would_be_another_text_too() {
        let said = marked(Some(3), "é".as_bytes());
        assert_eq!((said.text.as_deref(), said.bytes.as_slice()), (Some("Ã©"), "é".as_bytes()));
        assert_eq!(marked(None, "é".as_bytes()).text.as_deref(), Some("é"));
    }

    #[test]
    fn kanji_are_read_and_their_bytes_are_shift_jis() {
        // 点 and 茗 are the examples of ISO/IEC 18004, 7.4.6.
        let said = content(&modules(&[(8, 4), (2, 8), (0x0d9f, 13), (0x1aaa, 13)])).expect("read");
        assert_eq!((said.text.as_deref(), said.bytes.as_slice()), (Some("点茗"), &[0x93, 0x5f, 0xe4, 0xaa][..]));
    }

    #[test]
    fn bytes_that_are_no_text_are_bytes() {
        let said = marked(None, &[0, 1, 2, 0xff, 0xfe, 3]);
        assert_eq!((said.text, said.bytes.as_slice()), (None, &[0, 1, 2, 0xff, 0xfe, 3][..]));
    }
}
