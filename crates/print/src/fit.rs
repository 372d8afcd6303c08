//! Texts that fit: smaller before broken, broken between words before inside them, and never cut.

use crate::PrintError;
use crate::letters::{Fonts, Glyph, Weight};

/// Room for a text, in points.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub(crate) width: f32,
    /// Wished size.
    pub(crate) size: f32,
    /// Lines it may take before it gets smaller than [`Room::smallest`].
    pub(crate) lines: usize,
    /// Size at which breaking is better than shrinking.
    pub(crate) smallest: f32,
}

/// A text in lines, all of one size in points.
#[derive(Debug, Clone)]
pub(crate) struct Fitted {
    pub(crate) size: f32,
    pub(crate) lines: Vec<Vec<Glyph>>,
}

/// Each try is this much smaller than the one before.
const STEP: f32 = 0.96;

/// Width of a line in points.
pub(crate) fn width(line: &[Glyph], size: f32) -> f32 {
    line.iter().map(|glyph| glyph.advance).sum::<f32>() * size / 1000.0
}

/// The largest setting of the text in the room.
pub(crate) fn fit(fonts: &Fonts, text: &str, weight: Weight, room: Room) -> Result<Fitted, PrintError> {
    let glyphs = fonts.set(text.trim(), weight).ok_or(PrintError::Letters)?;
    let mut size = room.size;
    loop {
        let broken_at = if size > room.smallest { 1 } else { room.lines };
        let lines = broken(&glyphs, size, room.width);
        if lines.len() <= broken_at || size < 1.0 {
            return Ok(Fitted { size, lines });
        }
        // Larger in several lines is better than tiny in one.
        size = if size > room.smallest { (size * STEP).max(room.smallest) } else { size * STEP };
    }
}

/// The text in as few lines as it needs at this size.
fn broken(glyphs: &[Glyph], size: f32, room: f32) -> Vec<Vec<Glyph>> {
    let mut lines: Vec<Vec<Glyph>> = vec![Vec::new()];
    for word in glyphs.split_inclusive(|glyph| matches!(glyph.letter, ' ' | '/')) {
        let bare_width = width(bare(word), size);
        let last = lines.last().map_or(0.0, |line| width(line, size));
        if last > 0.0 && last + bare_width > room {
            lines.push(Vec::new());
        }
        for &glyph in word {
            let used = lines.last().map_or(0.0, |line| width(line, size));
            // A word longer than the line is broken where the line ends.
            if used > 0.0 && glyph.letter != ' ' && used + width(&[glyph], size) > room {
                lines.push(Vec::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push(glyph);
            }
        }
    }
    for line in &mut lines {
        while line.last().is_some_and(|glyph| glyph.letter == ' ') {
            line.pop();
        }
    }
    lines
}

fn bare(word: &[Glyph]) -> &[Glyph] {
    match word.split_last() {
        Some((last, rest)) if last.letter == ' ' => rest,
        _ => word,
    }
}
