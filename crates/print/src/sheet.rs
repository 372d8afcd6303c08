//! The papers, and where everything stands on each.

use crate::fit::{Fitted, Room};
use crate::letters::Weight::{Plain, Strong};
use crate::page::{Hang, MM, Page, height};
use crate::{Label, PrintError};

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sheet {
    /// A4, one large code.
    Poster,
    /// A6, one code.
    Card,
    /// A4 with 24 stickers of 63.5 × 33.9 mm (Avery L7159 and its like).
    Stickers,
    /// One sticker of 50 × 50 mm.
    Sticker,
}

impl Sheet {
    /// Width and height of the paper, millimetres.
    pub fn size_mm(self) -> (f32, f32) {
        match self {
            Sheet::Poster | Sheet::Stickers => (210.0, 297.0),
            Sheet::Card => (105.0, 148.0),
            Sheet::Sticker => (50.0, 50.0),
        }
    }

    /// Side of each code with its quiet zone, millimetres.
    pub fn code_mm(self) -> f32 {
        match self {
            Sheet::Poster => 140.0,
            Sheet::Card => 72.0,
            Sheet::Stickers => 31.0,
            Sheet::Sticker => 35.0,
        }
    }

    /// Codes on it.
    pub fn codes(self) -> usize {
        match self {
            Sheet::Stickers => STICKER_COLUMNS * STICKER_ROWS,
            Sheet::Poster | Sheet::Card | Sheet::Sticker => 1,
        }
    }
}

const STICKER_COLUMNS: usize = 3;
const STICKER_ROWS: usize = 8;
const STICKER_MM: (f32, f32) = (63.5, 33.9);
/// Left edge of the first sticker, top edge of the first sticker, and the gap between two columns.
const STICKERS_AT_MM: (f32, f32) = (7.25, 12.9);
const STICKER_GAP_MM: f32 = 2.5;

const BLACK: f32 = 0.0;
/// Dark enough for the smallest print.
const INK: f32 = 0.25;

pub(crate) fn lay_out(sheet: Sheet, page: &mut Page<'_>, label: &Label<'_>) -> Result<(), PrintError> {
    match sheet {
        Sheet::Poster => tall(page, label, sheet, 1.0),
        Sheet::Card => tall(page, label, sheet, 0.5),
        Sheet::Stickers => stickers(page, label),
        Sheet::Sticker => sticker(page, label),
    }
}

/// Headline, code, name, handle and link below each other; `scale` is 1 on A4.
fn tall(page: &mut Page<'_>, label: &Label<'_>, sheet: Sheet, scale: f32) -> Result<(), PrintError> {
    let (paper_width, paper_height) = sheet.size_mm();
    let (side, middle) = (sheet.code_mm() * MM, paper_width * MM / 2.0);
    let room = |size: f32, lines: usize| Room {
        width: (paper_width - 30.0 * scale) * MM,
        size: size * scale,
        lines,
        smallest: size * scale * 0.62,
    };
    let headline = page.fit(label.headline, Strong, room(46.0, 2))?;
    let top = page.text(headline, middle, 20.0 * scale * MM, Hang::Middle, BLACK);
    let code_top = top + 5.0 * scale * MM;
    page.square(middle - side / 2.0, code_top, side);
    let mut y = code_top + side + 3.0 * scale * MM;
    if let Some(amount) = label.amount {
        let amount = page.fit(amount, Strong, room(34.0, 1))?;
        y = page.text(amount, middle, y, Hang::Middle, BLACK) + 2.0 * scale * MM;
    }
    let name = page.fit(label.name, Strong, room(34.0, 3))?;
    y = page.text(name, middle, y, Hang::Middle, BLACK) + 1.0 * scale * MM;
    if label.name != label.handle {
        let handle = page.fit(label.handle, Plain, room(22.0, 2))?;
        y = page.text(handle, middle, y, Hang::Middle, INK) + 1.5 * scale * MM;
    }
    let link = page.fit(label.link, Plain, room(16.0, 3))?;
    page.text(link, middle, y, Hang::Middle, INK);
    let foot = page.fit(label.foot, Plain, room(13.0, 2))?;
    let foot_top = paper_height * MM - 12.0 * scale * MM - height(&foot);
    page.text(foot, middle, foot_top, Hang::Middle, INK);
    Ok(())
}

fn stickers(page: &mut Page<'_>, label: &Label<'_>) -> Result<(), PrintError> {
    let side = Sheet::Stickers.code_mm() * MM;
    let inner = (STICKER_MM.1 * MM - side) / 2.0;
    let text_left = inner + side;
    let width = STICKER_MM.0 * MM - text_left - 1.5 * MM;
    let column = texts(page, label, width, true)?;
    let tall: f32 = column.iter().map(|(text, _)| height(text)).sum();
    for row in 0..STICKER_ROWS {
        for place in 0..STICKER_COLUMNS {
            let left = (STICKERS_AT_MM.0 + place as f32 * (STICKER_MM.0 + STICKER_GAP_MM)) * MM;
            let top = (STICKERS_AT_MM.1 + row as f32 * STICKER_MM.1) * MM;
            page.square(left + inner, top + inner, side);
            let mut y = top + (STICKER_MM.1 * MM - tall) / 2.0;
            for (text, grey) in &column {
                y = page.text(text.clone(), left + text_left, y, Hang::Left, *grey);
            }
        }
    }
    Ok(())
}

fn sticker(page: &mut Page<'_>, label: &Label<'_>) -> Result<(), PrintError> {
    let (paper, _) = Sheet::Sticker.size_mm();
    let (side, middle) = (Sheet::Sticker.code_mm() * MM, paper * MM / 2.0);
    let top = 0.8 * MM;
    page.square(middle - side / 2.0, top, side);
    let column = texts(page, label, (paper - 5.0) * MM, false)?;
    let room = paper * MM - top - side - 1.2 * MM;
    let tall: f32 = column.iter().map(|(text, _)| height(text)).sum();
    let mut y = top + side + (room - tall).max(0.0) / 2.0;
    for (text, grey) in column {
        y = page.text(text, middle, y, Hang::Middle, grey);
    }
    Ok(())
}

/// Amount, name, handle and link for a sticker, top to bottom. Beside the code there is room for several lines.
fn texts(page: &Page<'_>, label: &Label<'_>, width: f32, beside: bool) -> Result<Vec<(Fitted, f32)>, PrintError> {
    let lines = |many: usize| if beside { many } else { 1 };
    let room = |size: f32, smallest: f32, lines: usize| Room { width, size, lines, smallest };
    let mut column = Vec::new();
    if let Some(amount) = label.amount {
        column.push((page.fit(amount, Strong, room(11.0, 7.0, 1))?, BLACK));
    }
    column.push((page.fit(label.name, Strong, room(11.0, 8.0, lines(3)))?, BLACK));
    if label.name != label.handle {
        column.push((page.fit(label.handle, Plain, room(8.0, 6.0, lines(2)))?, INK));
    }
    column.push((page.fit(label.link, Plain, room(6.0, 5.0, lines(4)))?, INK));
    Ok(column)
}
