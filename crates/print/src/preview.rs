//! The picture that chats show beside a link: who asks, how much, and the code.

use crate::fit::Room;
use crate::letters::Weight::{Plain, Strong};
use crate::letters::{Fonts, can_print};
use crate::page::{Hang, Page};
use crate::raster::Canvas;
use crate::{Label, PrintError};

/// Size that chats expect, pixels.
pub const PREVIEW_SIZE: (u32, u32) = (1200, 630);
const EDGE: f32 = 64.0;
const CODE: f32 = 500.0;
const GAP: f32 = 40.0;
const BLACK: f32 = 0.0;
const INK: f32 = 0.35;

/// The picture, grey. Uses the label's headline, amount, name, handle and foot; each fits, none is cut.
pub fn preview(code: &qr::Drawing, label: &Label<'_>) -> Result<qr::Luma<'static>, PrintError> {
    let fonts = Fonts::load()?;
    let mut page = Page::new(&fonts, code);
    let (width, height) = (PREVIEW_SIZE.0 as f32, PREVIEW_SIZE.1 as f32);
    page.square(width - CODE - EDGE / 2.0, (height - CODE) / 2.0, CODE);
    let room = |size, lines, smallest| Room { width: width - CODE - EDGE * 1.5 - GAP, size, lines, smallest };
    let name = if can_print(label.name) { label.name } else { label.handle };
    let mut y = EDGE;
    let headline = page.fit(label.headline, Plain, room(36.0, 2, 28.0))?;
    y = page.text(headline, EDGE, y, Hang::Left, INK) + 12.0;
    if let Some(amount) = label.amount {
        let amount = page.fit(amount, Strong, room(116.0, 1, 40.0))?;
        y = page.text(amount, EDGE, y, Hang::Left, BLACK) + 20.0;
    }
    let large = if label.amount.is_some() { 48.0 } else { 76.0 };
    let name = page.fit(name, Strong, room(large, 3, 38.0))?;
    y = page.text(name, EDGE, y, Hang::Left, BLACK) + 8.0;
    let handle = page.fit(label.handle, Plain, room(32.0, 1, 20.0))?;
    page.text(handle, EDGE, y, Hang::Left, INK);
    let foot = page.fit(label.foot, Plain, room(26.0, 2, 20.0))?;
    let foot_height = crate::page::height(&foot);
    page.text(foot, EDGE, height - EDGE - foot_height, Hang::Left, INK);
    let pixels = Canvas::new(PREVIEW_SIZE.0 as usize, PREVIEW_SIZE.1 as usize).draw(&page);
    qr::Luma::new(PREVIEW_SIZE.0, PREVIEW_SIZE.1, pixels).map_err(|_| PrintError::Font)
}
