//! A laid-out page as grey pixels, one a point. Letters are filled by counting, on each of a few lines through a row of
//! pixels, how much of each pixel lies inside their outlines.

use ttf_parser::{GlyphId, OutlineBuilder};

use crate::page::{Line, Page, Square};

/// Lines through each row of pixels.
const LINES: usize = 5;
/// Straight pieces that a curve is made of: enough for letters of a hand's height.
const PIECES: u8 = 8;

/// A straight piece of an outline, from one point to another.
type Edge = [(f32, f32); 2];

/// Grey pixels, white at first.
pub(crate) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Canvas { width, height, pixels: vec![255; width * height] }
    }

    /// Everything that stands on the page.
    pub(crate) fn draw(mut self, page: &Page<'_>) -> Vec<u8> {
        for square in &page.squares {
            self.code(square, page.code);
        }
        for line in &page.lines {
            self.line(line, page);
        }
        self.pixels
    }

    /// A code in whole pixels, so that its edges stay sharp; what is left of the place stays white around it.
    fn code(&mut self, square: &Square, code: &qr::Drawing) {
        let full = code.full_side();
        let scale = (square.side as u32 / full).max(1);
        let margin = (square.side as u32).saturating_sub(full * scale) / 2 + (full - code.modules()) / 2 * scale;
        let (left, top) = (square.x as u32 + margin, square.y as u32 + margin);
        for y in 0..code.modules() * scale {
            for x in 0..code.modules() * scale {
                if code.is_dark(x / scale, y / scale) {
                    self.darken((left + x) as usize, (top + y) as usize, 1.0, 0.0);
                }
            }
        }
    }

    fn line(&mut self, line: &Line, page: &Page<'_>) {
        let mut x = line.x;
        for glyph in &line.glyphs {
            let font = &page.fonts.parts[glyph.font];
            let scale = line.size / f32::from(font.face.units_per_em());
            let mut outline =
                Outline { edges: Vec::new(), origin: (x, line.y), scale, start: (0.0, 0.0), at: (0.0, 0.0) };
            // A space has none.
            let _ = font.face.outline_glyph(GlyphId(glyph.id), &mut outline);
            self.fill(&outline.edges, line.grey);
            x += glyph.advance * line.size / 1000.0;
        }
    }

    /// Fills what the edges go around (non-zero winding).
    fn fill(&mut self, edges: &[Edge], grey: f32) {
        let ends = || edges.iter().flatten().map(|(_, y)| *y);
        let top = ends().fold(f32::INFINITY, f32::min).max(0.0) as usize;
        let bottom = (ends().fold(0.0, f32::max).ceil() as usize).min(self.height);
        let mut cover = vec![0.0; self.width];
        for row in top..bottom {
            cover.fill(0.0);
            for part in 0..LINES {
                let y = row as f32 + (part as f32 + 0.5) / LINES as f32;
                for (from, to) in inside(edges, y) {
                    add(&mut cover, from, to);
                }
            }
            for (x, cover) in cover.iter().enumerate().filter(|(_, cover)| **cover > 0.0) {
                self.darken(x, row, cover / LINES as f32, grey);
            }
        }
    }

    fn darken(&mut self, x: usize, y: usize, cover: f32, grey: f32) {
        if x >= self.width {
            return;
        }
        if let Some(pixel) = self.pixels.get_mut(y * self.width + x) {
            let before = f32::from(*pixel);
            *pixel = (before + (grey * 255.0 - before) * cover.min(1.0)).round() as u8;
        }
    }
}

/// The stretches of a line at height `y` that lie inside.
fn inside(edges: &[Edge], y: f32) -> Vec<(f32, f32)> {
    let mut crossings: Vec<(f32, i32)> = edges
        .iter()
        .filter_map(|[(x0, y0), (x1, y1)]| {
            let down = *y0 <= y && y < *y1;
            let up = *y1 <= y && y < *y0;
            let at = || x0 + (y - y0) * (x1 - x0) / (y1 - y0);
            (down || up).then(|| (at(), if down { 1 } else { -1 }))
        })
        .collect();
    crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut winding, mut from, mut stretches) = (0, 0.0, Vec::new());
    for (x, direction) in crossings {
        if winding == 0 {
            from = x;
        }
        winding += direction;
        if winding == 0 {
            stretches.push((from, x));
        }
    }
    stretches
}

/// Adds what a stretch covers of each pixel.
fn add(cover: &mut [f32], from: f32, to: f32) {
    let (from, to) = (from.max(0.0), to.min(cover.len() as f32));
    let first = from as usize;
    for (x, cover) in cover.iter_mut().enumerate().skip(first) {
        let (left, right) = (x as f32, x as f32 + 1.0);
        if left >= to {
            break;
        }
        *cover += (to.min(right) - from.max(left)).max(0.0);
    }
}

/// An outline in straight pieces, in pixels with the origin at the top left.
struct Outline {
    edges: Vec<Edge>,
    origin: (f32, f32),
    scale: f32,
    start: (f32, f32),
    at: (f32, f32),
}

impl Outline {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.origin.0 + x * self.scale, self.origin.1 - y * self.scale)
    }

    fn to(&mut self, next: (f32, f32)) {
        self.edges.push([self.at, next]);
        self.at = next;
    }

    /// A curve by its points at equal steps.
    fn curve(&mut self, point: impl Fn(f32, f32) -> (f32, f32)) {
        for piece in 1..=PIECES {
            let t = f32::from(piece) / f32::from(PIECES);
            self.to(point(1.0 - t, t));
        }
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.at = self.place(x, y);
        self.start = self.at;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.to(self.place(x, y));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (a, b, c) = (self.at, self.place(x1, y1), self.place(x, y));
        let mix = |s: f32, t: f32, a: f32, b: f32, c: f32| s * s * a + 2.0 * s * t * b + t * t * c;
        self.curve(|s, t| (mix(s, t, a.0, b.0, c.0), mix(s, t, a.1, b.1, c.1)));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (a, b, c, d) = (self.at, self.place(x1, y1), self.place(x2, y2), self.place(x, y));
        let mix = |s: f32, t: f32, [a, b, c, d]: [f32; 4]| {
            s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
        };
        self.curve(|s, t| (mix(s, t, [a.0, b.0, c.0, d.0]), mix(s, t, [a.1, b.1, c.1, d.1])));
    }

    fn close(&mut self) {
        self.to(self.start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_with_a_hole_is_filled_to_the_fraction_of_a_pixel() {
        let mut canvas = Canvas::new(6, 6);
        let around = |a: f32, b: f32| [[(a, a), (b, a)], [(b, a), (b, b)], [(b, b), (a, b)], [(a, b), (a, a)]];
        let mut edges = around(0.5, 5.0).to_vec();
        edges.extend(around(2.0, 3.0).iter().rev().map(|[from, to]| [*to, *from]));
        canvas.fill(&edges, 0.0);
        let row: Vec<u8> = canvas.pixels[6 * 2..6 * 3].to_vec();
        assert_eq!(row, [128, 0, 255, 0, 0, 255], "half covered, full, the hole, full, outside");
    }
}
