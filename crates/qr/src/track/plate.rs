//! A small square picture cut out of a frame along a map, and how two of them compare.

use super::warp::Warp;
use crate::Luma;

/// A square of grey levels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plate {
    /// Pixels in a row.
    pub(super) side: usize,
    /// Row after row.
    pub(super) levels: Vec<f32>,
}

impl Plate {
    /// The square `side` pixels wide whose pixels `map` takes into the frame. Beyond its edges the frame goes on as it
    /// ends there. Where the frame is finer than the square, several of its pixels make one.
    pub(super) fn cut(frame: &Luma<'_>, map: &Warp, side: usize) -> Plate {
        let middle = side as f32 / 2.0;
        let looks = map.growth([middle, middle]).round().clamp(1.0, 4.0) as usize;
        let part = |k: usize| (k as f32 + 0.5) / looks as f32;
        let share = 1.0 / (looks * looks) as f32;
        let mut levels = Vec::with_capacity(side * side);
        for y in 0..side {
            for x in 0..side {
                let mut sum = 0.0;
                for n in 0..looks * looks {
                    let point = [x as f32 + part(n % looks), y as f32 + part(n / looks)];
                    sum += between(frame, map.at(point));
                }
                levels.push(sum * share);
            }
        }
        Plate { side, levels }
    }

    /// The level between four pixels.
    pub(super) fn between(&self, [x, y]: [f32; 2]) -> f32 {
        let last = (self.side - 1) as f32;
        let (x, y) = ((x - 0.5).clamp(0.0, last), (y - 0.5).clamp(0.0, last));
        let (left, top) = ((x as usize).min(self.side - 2), (y as usize).min(self.side - 2));
        let (fx, fy) = (x - left as f32, y - top as f32);
        let place = top * self.side + left;
        let (upper, lower) = (&self.levels[place..place + 2], &self.levels[place + self.side..place + self.side + 2]);
        let along = |pair: &[f32]| pair[0] + (pair[1] - pair[0]) * fx;
        along(upper) + (along(lower) - along(upper)) * fy
    }

    /// Averages of 2×2 pixels.
    pub(super) fn half(&self) -> Plate {
        let side = self.side / 2;
        let at = |x: usize, y: usize| self.levels[y * self.side + x];
        let four = |n: usize| {
            let (x, y) = (n % side * 2, n / side * 2);
            (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4.0
        };
        Plate { side, levels: (0..side * side).map(four).collect() }
    }

    /// What deviates from its surroundings, in deviations: shadows, bands and exposure are gone, edges stay. Burnt out
    /// pixels are as their surroundings.
    pub(super) fn flattened(&self, radius: usize) -> Plate {
        let mean = self.softened(radius);
        let squares = Plate { side: self.side, levels: self.levels.iter().map(|v| v * v).collect() }.softened(radius);
        let flat = |((&value, &mean), &square): ((&f32, &f32), &f32)| {
            let deviation = (square - mean * mean).max(0.0).sqrt();
            if value >= BURNT { 0.0 } else { ((value - mean) / (deviation + GRAIN)).clamp(-2.0, 2.0) }
        };
        let levels = self.levels.iter().zip(&mean.levels).zip(&squares.levels).map(flat).collect();
        Plate { side: self.side, levels }
    }

    /// Averages over a square of this radius, cut at the edges.
    pub(super) fn softened(&self, radius: usize) -> Plate {
        let rows = box_rows(&self.levels, self.side, radius);
        let turned = transposed(&rows, self.side);
        let both = box_rows(&turned, self.side, radius);
        Plate { side: self.side, levels: transposed(&both, self.side) }
    }

    /// Filtered along rows and columns by the same odd number of taps; beyond the edges the plate goes on as it ends.
    pub(super) fn filtered(&self, taps: &[f32]) -> Plate {
        let rows = tapped(&self.levels, self.side, taps);
        let both = tapped(&transposed(&rows, self.side), self.side, taps);
        Plate { side: self.side, levels: transposed(&both, self.side) }
    }

    /// How abruptly neighbours differ, over how much all differ: more is sharper.
    pub(super) fn sharpness(&self) -> f32 {
        let count = self.levels.len() as f32;
        let mean = self.levels.iter().sum::<f32>() / count;
        let spread = (self.levels.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / count).sqrt();
        let rows = self.levels.chunks_exact(self.side);
        let steps: f32 = rows.flat_map(|row| row.windows(2)).map(|pair| (pair[1] - pair[0]).powi(2)).sum();
        (steps / count).sqrt() / (spread + 1.0)
    }

    /// The share of pixels that are burnt out.
    pub(super) fn burnt(&self) -> f32 {
        self.levels.iter().filter(|&&value| value >= BURNT).count() as f32 / self.levels.len().max(1) as f32
    }
}

/// A level from which on light is lost.
pub(super) const BURNT: f32 = 250.0;
/// Deviation below which surroundings are plain, grey levels.
const GRAIN: f32 = 3.0;

/// The level between four pixels; a pixel's level is that of its middle.
fn between(frame: &Luma<'_>, [x, y]: [f32; 2]) -> f32 {
    let (width, height) = (frame.width() as usize, frame.height() as usize);
    let (x, y) = ((x - 0.5).clamp(0.0, (width - 1) as f32), (y - 0.5).clamp(0.0, (height - 1) as f32));
    let (left, top) = (x as usize, y as usize);
    let (right, below) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let (fx, fy) = (x - left as f32, y - top as f32);
    let pixels = frame.pixels();
    let at = |x: usize, y: usize| f32::from(pixels[y * width + x]);
    let (upper, lower) = (&(at(left, top), at(right, top)), &(at(left, below), at(right, below)));
    let along = |pair: &(f32, f32)| pair.0 + (pair.1 - pair.0) * fx;
    along(upper) + (along(lower) - along(upper)) * fy
}

fn box_rows(levels: &[f32], side: usize, radius: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(levels.len());
    let mut sums = vec![0.0f32; side + 1];
    for row in levels.chunks_exact(side) {
        for (n, value) in row.iter().enumerate() {
            sums[n + 1] = sums[n] + value;
        }
        for n in 0..side {
            let (from, to) = (n.saturating_sub(radius), (n + radius + 1).min(side));
            out.push((sums[to] - sums[from]) / (to - from) as f32);
        }
    }
    out
}

fn tapped(levels: &[f32], side: usize, taps: &[f32]) -> Vec<f32> {
    let reach = taps.len() / 2;
    let mut out = vec![0.0f32; levels.len()];
    let mut wide = vec![0.0f32; side + 2 * reach];
    for (row, into) in levels.chunks_exact(side).zip(out.chunks_exact_mut(side)) {
        wide[..reach].fill(row[0]);
        wide[reach..reach + side].copy_from_slice(row);
        wide[reach + side..].fill(row[side - 1]);
        for (n, tap) in taps.iter().enumerate() {
            for (sum, value) in into.iter_mut().zip(&wide[n..]) {
                *sum += tap * value;
            }
        }
    }
    out
}

fn transposed(levels: &[f32], side: usize) -> Vec<f32> {
    let mut out = vec![0.0; levels.len()];
    for (y, row) in levels.chunks_exact(side).enumerate() {
        for (x, value) in row.iter().enumerate() {
            out[x * side + y] = *value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(side: u32, square: u32) -> Luma<'static> {
        let dark = |n: u32| (n % side / square + n / side / square).is_multiple_of(2);
        let pixels: Vec<u8> = (0..side * side).map(|n| if dark(n) { 40 } else { 200 }).collect();
        Luma::new(side, side, pixels).expect("sizes agree")
    }

    #[test]
    fn a_plate_cut_without_a_map_is_the_picture() {
        let picture = checks(32, 5);
        let plate = Plate::cut(&picture, &Warp::SAME, 32);
        assert!(plate.levels.iter().zip(picture.pixels()).all(|(a, b)| (a - f32::from(*b)).abs() < 1e-3));
        let moved = Plate::cut(&picture, &Warp::scaled(1.0, [5.0, 0.0]), 16);
        assert_eq!(moved.levels[0], f32::from(picture.pixels()[5]));
    }

    #[test]
    fn a_shadow_is_gone_after_flattening() {
        let plate = Plate::cut(&checks(64, 4), &Warp::SAME, 64);
        let shaded = |n: usize| plate.levels[n] * (0.3 + 0.7 * (n % 64) as f32 / 64.0);
        let shadow = Plate { side: 64, levels: (0..64 * 64).map(shaded).collect() };
        let (one, other) = (plate.flattened(6), shadow.flattened(6));
        let apart = one.levels.iter().zip(&other.levels).map(|(a, b)| (a - b).abs()).sum::<f32>() / 4096.0;
        assert!(apart < 0.2, "{apart}");
    }

    #[test]
    fn softening_makes_a_plate_less_sharp() {
        let plate = Plate::cut(&checks(64, 6), &Warp::SAME, 64);
        assert!(plate.softened(2).sharpness() < plate.sharpness() * 0.8);
    }
}
