//! The part of a picture where a code is thought to lie, cut out, shrunk to a few pixels a module, and once more with
//! its lighting taken out.

use super::filter::{mean, shrink};
use super::plane::{Plane, Point};
use super::wide::wide;
use crate::Luma;

/// A cut-out. Points are given in pixels of the whole picture.
pub(super) struct Patch {
    left: f32,
    top: f32,
    /// Pixels of the picture in one of the cut-out, each way.
    by: f32,
    grey: Luma<'static>,
    flat: Vec<i8>,
}

/// Pixels a module keeps at least when a large one is shrunk.
const FINE_ENOUGH: f32 = 3.5;
/// Radius of the surroundings a pixel's darkness is told against, in modules.
const SURROUNDINGS: f32 = 4.0;

impl Patch {
    /// Cuts out the box around `points`, with `margin` pixels more; `module` is about the size of a module in pixels.
    /// A `negative` shows dark what is light.
    pub(super) fn cut(image: &Luma<'_>, points: &[Point], margin: f32, module: f32, negative: bool) -> Option<Patch> {
        let low = |axis: usize| points.iter().map(|p| p[axis]).fold(f32::INFINITY, f32::min) - margin;
        let high = |axis: usize| points.iter().map(|p| p[axis]).fold(f32::NEG_INFINITY, f32::max) + margin;
        let whole = |n: f32| n.clamp(0.0, 100_000.0) as u32;
        let (left, top) = (whole(low(0)), whole(low(1)));
        let (right, bottom) = (whole(high(0).ceil()), whole(high(1).ceil()));
        let part = image.part(left, top, right.saturating_sub(left), bottom.saturating_sub(top))?;
        let by = (module / FINE_ENOUGH).floor().max(1.0) as u32;
        let grey = if by == 1 { part } else { shrink(&part, by)? };
        let grey = if negative { turned(&grey)? } else { grey };
        let radius = (module / by as f32 * SURROUNDINGS).round().max(2.0) as u32;
        let flat = flattened(&grey, radius)?;
        Some(Patch { left: left as f32, top: top as f32, by: by as f32, grey, flat })
    }

    /// The place of a point between the centres of pixels: the pixel up and to the left, and how far beyond.
    fn place(&self, [x, y]: Point) -> Option<(usize, f32, f32)> {
        let (x, y) = ((x - self.left) / self.by - 0.5, (y - self.top) / self.by - 0.5);
        let (width, height) = (self.grey.width() as usize, self.grey.height() as usize);
        let inside = x >= 0.0 && y >= 0.0 && x < (width - 1) as f32 && y < (height - 1) as f32;
        inside.then(|| {
            let (column, row) = (x as usize, y as usize);
            (row * width + column, x - column as f32, y - row as f32)
        })
    }

    /// The flattened picture as a plane sees it.
    pub(super) fn view(&self, plane: &Plane) -> View<'_> {
        let m = &plane.0;
        let moved = |row: usize, start: f32| -> [f32; 3] {
            let (by, start) = (f64::from(self.by), f64::from(start / self.by + 0.5));
            std::array::from_fn(|n| (m[row * 3 + n] / by - start * m[6 + n]) as f32)
        };
        View { patch: self, x: moved(0, self.left), y: moved(1, self.top), w: [6, 7, 8].map(|n| m[n] as f32) }
    }

    /// Grey level at a point, 0 black to 255; `None` outside.
    pub(super) fn grey(&self, point: Point) -> Option<f32> {
        let (n, right, down) = self.place(point)?;
        let (width, pixels) = (self.grey.width() as usize, self.grey.pixels());
        let at = |n: usize| f32::from(pixels[n]);
        let upper = at(n) + (at(n + 1) - at(n)) * right;
        let lower = at(n + width) + (at(n + width + 1) - at(n + width)) * right;
        Some(upper + (lower - upper) * down)
    }
}

fn turned(grey: &Luma<'_>) -> Option<Luma<'static>> {
    let pixels: Vec<u8> = grey.pixels().iter().map(|p| 255 - p).collect();
    Luma::new(grey.width(), grey.height(), pixels).ok()
}

/// A patch through a plane: points are modules.
pub(super) struct View<'a> {
    patch: &'a Patch,
    x: [f32; 3],
    y: [f32; 3],
    w: [f32; 3],
}

impl View<'_> {
    /// How dark a point is beside its surroundings: about 1 dark, -1 light, 0 outside.
    pub(super) fn darkness(&self, point: Point) -> f32 {
        let [dark] = self.darknesses(point.map(|n| [n]));
        dark
    }

    /// The same of several points, whose sums are made side by side.
    #[inline(always)]
    pub(super) fn darknesses<const N: usize>(&self, [across, along]: [[f32; N]; 2]) -> [f32; N] {
        let (width, height) = (self.patch.grey.width() as usize, self.patch.grey.height() as usize);
        let (most_x, most_y) = ((width - 1) as f32, (height - 1) as f32);
        let (mut right, mut down, mut corner, mut inside) = ([0.0f32; N], [0.0f32; N], [0i32; N], [0.0f32; N]);
        for n in 0..N {
            let of = |m: &[f32; 3]| m[0] * across[n] + m[1] * along[n] + m[2];
            let w = 1.0 / of(&self.w);
            let (x, y) = (of(&self.x) * w, of(&self.y) * w);
            let is_inside = x >= 0.0 && y >= 0.0 && x < most_x && y < most_y;
            let (x, y) = if is_inside { (x, y) } else { (0.0, 0.0) };
            let (column, row) = (x as i32, y as i32);
            (right[n], down[n]) = (x - column as f32, y - row as f32);
            corner[n] = row * width as i32 + column;
            inside[n] = if is_inside { 1.0 / UNIT } else { 0.0 };
        }
        let flat = &self.patch.flat;
        let mut four = [[0.0f32; N]; 4];
        for n in 0..N {
            let at = corner[n] as usize;
            let Some(&[a, b]) = flat.get(at..).and_then(<[i8]>::first_chunk) else { continue };
            let Some(&[c, d]) = flat.get(at + width..).and_then(<[i8]>::first_chunk) else { continue };
            for (four, level) in four.iter_mut().zip([a, b, c, d]) {
                four[n] = f32::from(level);
            }
        }
        let [a, b, c, d] = four;
        std::array::from_fn(|n| {
            let (upper, lower) = (a[n] + (b[n] - a[n]) * right[n], c[n] + (d[n] - c[n]) * right[n]);
            (upper + (lower - upper) * down[n]) * inside[n]
        })
    }
}

/// Full darkness in the flattened picture.
const UNIT: f32 = 80.0;

/// Difference from the local mean over the local mean difference, so that shadows and weak print look alike.
fn flattened(grey: &Luma<'_>, radius: u32) -> Option<Vec<i8>> {
    let middle = mean(grey, radius)?;
    let away: Vec<u8> = grey.pixels().iter().zip(middle.pixels()).map(|(&p, &m)| p.abs_diff(m)).collect();
    let everywhere = away.iter().map(|&d| u32::from(d)).sum::<u32>() as f32 / away.len() as f32;
    let spread = mean(&Luma::new(grey.width(), grey.height(), away).ok()?, radius)?;
    let least = (everywhere * 0.3).max(2.0);
    let (grey, middle, spread) = (grey.pixels(), middle.pixels(), spread.pixels());
    Some(wide!((grey: &'w [u8], middle: &'w [u8], spread: &'w [u8], least: f32) -> Vec<i8> {
        against(grey, middle, spread, least)
    }))
}

/// Levels told against the means around them, in spreads of `least` at least.
#[inline(always)]
fn against(grey: &[u8], middle: &[u8], spread: &[u8], least: f32) -> Vec<i8> {
    let flat = |((&p, &m), &s): ((&u8, &u8), &u8)| {
        let dark = (f32::from(m) - f32::from(p)) / f32::from(s).max(least);
        (dark * UNIT).clamp(-1.4 * UNIT, 1.4 * UNIT) as i8
    };
    grey.iter().zip(middle).zip(spread).map(flat).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripes_are_as_dark_in_a_shadow_as_in_the_sun_and_in_their_place() {
        let stripe = |x: usize| if (x / 4).is_multiple_of(2) { 40 } else { 200 };
        let light = |x: usize, y: usize| if y < 60 { stripe(x) } else { stripe(x) / 4 };
        let pixels: Vec<u8> = (0..160 * 120).map(|n| light(n % 160, n / 160) as u8).collect();
        let image = Luma::new(160, 120, pixels).expect("sizes agree");
        let patch = Patch::cut(&image, &[[40.0, 20.0], [120.0, 110.0]], 8.0, 4.0, false).expect("a patch");
        let same = Plane([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        let view = patch.view(&same);
        for (x, dark) in [(66.0, true), (70.0, false)] {
            let (sun, shadow) = (view.darkness([x, 30.0]), view.darkness([x, 100.0]));
            assert!(sun.abs() > 0.8 && shadow.abs() > 0.8, "{sun} {shadow}");
            assert_eq!((sun > 0.0, shadow > 0.0), (dark, dark));
        }
        assert_eq!(patch.grey([66.0, 30.0]), Some(40.0));
        assert_eq!(patch.grey([5.0, 5.0]), None);
    }
}
