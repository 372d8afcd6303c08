//! Texts from codes before anybody sees them: one line, without characters that hide or reorder others.

/// Longest text handed on, in characters.
const MAX_CHARS: usize = 500;

/// Characters that reorder or hide others, or end a line where one does not expect it.
fn hides(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a text carries such characters.
pub(crate) fn has_hidden(text: &str) -> bool {
    text.chars().any(hides)
}

/// The text as it may be shown: line breaks and tabs become one space, hidden characters a visible mark.
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars().take(MAX_CHARS) {
        match c {
            '\n' | '\r' | '\t' if out.ends_with(' ') => {}
            '\n' | '\r' | '\t' => out.push(' '),
            c if hides(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_become_visible_marks_and_lines_one_line() {
        assert_eq!(shown("  Caf\u{e9}\r\nBar \n"), "Café Bar");
        assert_eq!(shown("abc\u{202e}def\u{200b}\u{2028}\u{7}"), "abc\u{fffd}def\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(shown("你好 мир"), "你好 мир");
        assert!(has_hidden("a\u{85}b") && !has_hidden("a\r\nb"));
    }
}
