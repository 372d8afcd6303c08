//! A small colour picture straight from the camera's own layout, touching only the pixels it shows.

use crate::format::Pixels;

/// Header and RGBA rows of `raw`, which holds a whole picture, scaled down to at most `max_width`.
pub(super) fn scaled(pixels: Pixels, width: u32, height: u32, raw: &[u8], max_width: u32) -> Vec<u8> {
    let out_width = width.min(max_width.max(1));
    let tall = u64::from(height) * u64::from(out_width) / u64::from(width.max(1));
    let out_height = u32::try_from(tall).unwrap_or(height).clamp(1, height.max(1));
    let columns: Vec<usize> = (0..out_width).map(|x| nearest(x, out_width, width)).collect();
    let rows = (0..out_height).map(|y| nearest(y, out_height, height));
    let picture = Picture { pixels, width: whole(width), height: whole(height), raw };
    let mut out = Vec::with_capacity(super::PREVIEW_HEADER_BYTES + 4 * columns.len() * whole(out_height));
    out.extend(out_width.to_le_bytes());
    out.extend(out_height.to_le_bytes());
    for y in rows {
        for &x in &columns {
            let [r, g, b] = picture.colour(x, y).unwrap_or_default();
            out.extend([r, g, b, u8::MAX]);
        }
    }
    out
}

/// The source pixel under the middle of output pixel `at`.
fn nearest(at: u32, out_side: u32, side: u32) -> usize {
    let middle = (2 * u64::from(at) + 1) * u64::from(side) / (2 * u64::from(out_side.max(1)));
    usize::try_from(middle).unwrap_or_default()
}

fn whole(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

struct Picture<'a> {
    pixels: Pixels,
    width: usize,
    height: usize,
    raw: &'a [u8],
}

impl Picture<'_> {
    fn colour(&self, x: usize, y: usize) -> Option<[u8; 3]> {
        let at = y * self.width + x;
        let byte = |index: usize| self.raw.get(index).copied();
        match self.pixels {
            Pixels::Yuyv => {
                let pair = 2 * (at & !1);
                Some(rgb(byte(2 * at)?, byte(pair + 1)?, byte(pair + 3)?))
            }
            Pixels::Nv12 => {
                let pair = self.width * self.height + (y / 2) * self.width + (x & !1);
                Some(rgb(byte(at)?, byte(pair)?, byte(pair + 1)?))
            }
            Pixels::Grey => byte(at).map(|shade| [shade; 3]),
            Pixels::Rgb => Some([byte(3 * at)?, byte(3 * at + 1)?, byte(3 * at + 2)?]),
            Pixels::Bgr => Some([byte(3 * at + 2)?, byte(3 * at + 1)?, byte(3 * at)?]),
            // Decoded to RGB before it comes here.
            Pixels::Mjpg => None,
        }
    }
}

/// ITU-R BT.601, video range (luma 16..=235), in 256ths: what webcams send in raw formats.
fn rgb(y: u8, u: u8, v: u8) -> [u8; 3] {
    let (c, d, e) = (298 * (i32::from(y) - 16) + 128, i32::from(u) - 128, i32::from(v) - 128);
    [c + 409 * e, c - 100 * d - 208 * e, c + 516 * d].map(|n| u8::try_from((n >> 8).clamp(0, 255)).unwrap_or_default())
}
