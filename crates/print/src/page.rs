//! A page being laid out: codes and lines of text at places in points from the top left.

use crate::PrintError;
use crate::fit::{Fitted, Room, fit, width};
use crate::letters::{Fonts, Glyph, Weight};

/// Points in a millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;
/// Distance of two base lines, in sizes.
const LEADING: f32 = 1.18;
/// Height of a line above its base, in sizes.
const ASCENT: f32 = 0.82;

/// Where a line of text hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hang {
    /// From `x` to the right.
    Left,
    /// Around `x`.
    Middle,
}

/// A line of text at its place.
pub(crate) struct Line {
    pub(crate) x: f32,
    /// Base line, from the top.
    pub(crate) y: f32,
    pub(crate) size: f32,
    pub(crate) glyphs: Vec<Glyph>,
    pub(crate) grey: f32,
}

/// A code at its place: the top left of its quiet zone, and the side with it.
pub(crate) struct Square {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) side: f32,
}

/// Something drawn that is neither a letter nor a code; places in points from the top left.
pub(crate) enum Shape {
    /// A filled rectangle.
    Block { x: f32, y: f32, width: f32, height: f32, grey: f32 },
    /// A thin line, 0.75 points.
    Rule { from: (f32, f32), to: (f32, f32) },
    /// A dashed line to cut along.
    Cut { from: (f32, f32), to: (f32, f32) },
    /// Scissors on a cut, that cut to the right or down.
    Scissors { at: (f32, f32), down: bool },
}

pub(crate) struct Page<'a> {
    pub(crate) fonts: &'a Fonts,
    pub(crate) code: &'a qr::Drawing,
    pub(crate) lines: Vec<Line>,
    pub(crate) squares: Vec<Square>,
    pub(crate) shapes: Vec<Shape>,
}

impl<'a> Page<'a> {
    pub(crate) fn new(fonts: &'a Fonts, code: &'a qr::Drawing) -> Self {
        Page { fonts, code, lines: Vec::new(), squares: Vec::new(), shapes: Vec::new() }
    }

    /// A text that fits the room; nothing is on the page yet.
    pub(crate) fn fit(&self, text: &str, weight: Weight, room: Room) -> Result<Fitted, PrintError> {
        fit(self.fonts, text, weight, room)
    }

    /// Puts a text on the page with its top at `y`, and gives the place below it.
    pub(crate) fn text(&mut self, text: Fitted, x: f32, y: f32, hang: Hang, grey: f32) -> f32 {
        let size = text.size;
        let mut base = y + size * ASCENT;
        let below = y + height(&text);
        for glyphs in text.lines {
            let x = match hang {
                Hang::Left => x,
                Hang::Middle => x - width(&glyphs, size) / 2.0,
            };
            self.lines.push(Line { x, y: base, size, glyphs, grey });
            base += size * LEADING;
        }
        below
    }

    pub(crate) fn square(&mut self, x: f32, y: f32, side: f32) {
        self.squares.push(Square { x, y, side });
    }
}

/// Height of a text, in points.
pub(crate) fn height(text: &Fitted) -> f32 {
    text.lines.len() as f32 * text.size * LEADING
}
