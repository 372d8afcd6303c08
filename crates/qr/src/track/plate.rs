//! A small square picture cut out of a frame along a map, and how two of them compare.

use super::warp::Warp;
use crate::Luma;
use crate::scan::filter::transposed;
use crate::scan::wide::wide;

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
        let by = map.growth([middle, middle]).round().clamp(1.0, 4.0) as usize;
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let levels = if by == 1 || width.min(height) < by {
            sampled(frame.pixels(), width, map, side)
        } else {
            let coarse = Coarse::of(frame, bounds(map, side), by);
            let share = 1.0 / by as f32;
            let moved = Warp::scaled(share, coarse.corner.map(|n| n as f32 * -share)).after(map);
            sampled(&coarse.levels, coarse.width, &moved, side)
        };
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
        let side = self.side;
        let row = |y: usize| &self.levels[y * side..][..side];
        let mut columns = vec![0.0f32; side];
        for y in 0..radius.min(side) {
            columns.iter_mut().zip(row(y)).for_each(|(sum, value)| *sum += value);
        }
        let mut levels = Vec::with_capacity(side * side);
        let mut sums = vec![0.0f32; side + 1];
        for y in 0..side {
            if y + radius < side {
                columns.iter_mut().zip(row(y + radius)).for_each(|(sum, value)| *sum += value);
            }
            if y > radius {
                columns.iter_mut().zip(row(y - radius - 1)).for_each(|(sum, value)| *sum -= value);
            }
            let rows = (y + radius + 1).min(side) - y.saturating_sub(radius);
            box_row(&columns, radius, 1.0 / rows as f32, &mut sums, &mut levels);
        }
        Plate { side, levels }
    }

    /// Filtered along rows and columns by the same odd number of taps; beyond the edges the plate goes on as it ends.
    pub(super) fn filtered(&self, taps: &[f32]) -> Plate {
        let tapped = |levels: &[f32]| {
            let side = self.side;
            wide!((levels: &'w [f32], side: usize, taps: &'w [f32]) -> Vec<f32> { tapped(levels, side, taps) })
        };
        let both = tapped(&transposed(&tapped(&self.levels), self.side));
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

/// A part of a frame, of which each pixel is the mean of several.
struct Coarse {
    /// Where it begins in the frame, pixels of the frame.
    corner: [usize; 2],
    width: usize,
    levels: Vec<f32>,
}

impl Coarse {
    /// The pixels of a frame from `low` to `high`, as far as there are any and one at least, `by` each way in one.
    fn of(frame: &Luma<'_>, [low, high]: [[f32; 2]; 2], by: usize) -> Coarse {
        let size = [frame.width() as usize, frame.height() as usize];
        let corner = [0, 1].map(|k| (low[k].max(0.0) as usize).min(size[k] - by));
        let count = [0, 1].map(|k| ((high[k].max(0.0) as usize).min(size[k]).saturating_sub(corner[k]) / by).max(1));
        let share = 1.0 / (by * by) as f32;
        let mut levels = Vec::with_capacity(count[0] * count[1]);
        let mut sums = vec![0u16; count[0] * by];
        for y in 0..count[1] {
            sums.fill(0);
            for dy in 0..by {
                let row = &frame.row((corner[1] + y * by + dy) as u32)[corner[0]..];
                sums.iter_mut().zip(row).for_each(|(sum, &pixel)| *sum += u16::from(pixel));
            }
            levels.extend(sums.chunks_exact(by).map(|cells| f32::from(cells.iter().sum::<u16>()) * share));
        }
        Coarse { corner, width: count[0], levels }
    }
}

/// The lowest and the highest pixels that a square needs of the picture a map leads to.
fn bounds(map: &Warp, side: usize) -> [[f32; 2]; 2] {
    let far = side as f32;
    let corners = [[0.0, 0.0], [far, 0.0], [far, far], [0.0, far]].map(|corner| map.at(corner));
    let low = |k: usize| corners.iter().map(|corner| corner[k]).fold(f32::MAX, f32::min) - ROOM;
    let high = |k: usize| corners.iter().map(|corner| corner[k]).fold(f32::MIN, f32::max) + ROOM;
    [[low(0), low(1)], [high(0), high(1)]]
}

/// Pixels around what a square covers that are looked at between pixels.
const ROOM: f32 = 8.0;

/// The levels where a map leads from each pixel of a square, row after row; a pixel's level is that of its middle.
fn sampled<P: Copy + Into<f32>>(pixels: &[P], width: usize, map: &Warp, side: usize) -> Vec<f32> {
    let height = pixels.len() / width;
    let (last_x, last_y) = ((width - 1) as f32, (height - 1) as f32);
    let mut levels = Vec::with_capacity(side * side);
    for y in 0..side {
        let along = map.along_row(y as f32 + 0.5);
        levels.extend((0..side).map(|x| {
            let [x, y] = along(x as f32 + 0.5);
            let (x, y) = ((x - 0.5).clamp(0.0, last_x), (y - 0.5).clamp(0.0, last_y));
            let (left, top) = (x as usize, y as usize);
            let (fx, fy) = (x - left as f32, y - top as f32);
            let (place, right) = (top * width + left, usize::from(left + 1 < width));
            let below = if top + 1 < height { width } else { 0 };
            let at = |n: usize| -> f32 { pixels.get(n).map_or(0.0, |&pixel| pixel.into()) };
            let (a, b, c, d) = (at(place), at(place + right), at(place + below), at(place + below + right));
            let (upper, lower) = (a + (b - a) * fx, c + (d - c) * fx);
            upper + (lower - upper) * fy
        }));
    }
    levels
}

/// Averages of one row over a radius each way, times a share.
fn box_row(row: &[f32], radius: usize, share: f32, sums: &mut [f32], out: &mut Vec<f32>) {
    let side = row.len();
    let mut sum = 0.0;
    for (into, value) in sums[1..].iter_mut().zip(row) {
        sum += value;
        *into = sum;
    }
    let (inner, whole) = (side.saturating_sub(radius), share / (2 * radius + 1) as f32);
    let mean = |n: usize| {
        let (from, to) = (n.saturating_sub(radius), (n + radius + 1).min(side));
        (sums[to] - sums[from]) * share / (to - from) as f32
    };
    if inner <= radius {
        out.extend((0..side).map(mean));
        return;
    }
    out.extend((0..radius).map(mean));
    out.extend(sums[2 * radius + 1..].iter().zip(&*sums).map(|(to, from)| (to - from) * whole));
    out.extend((inner..side).map(mean));
}

#[inline(always)]
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
    fn a_coarse_plate_is_the_mean_of_what_it_covers_also_at_the_edge_of_the_frame() {
        // A slope is its own mean.
        let slope: Vec<u8> = (0..90 * 90).map(|n| (n % 90 + n / 90) as u8).collect();
        let picture = Luma::new(90, 90, slope).expect("sizes agree");
        for start in [[0.0, 0.0], [7.0, 15.0], [-30.0, 40.0], [80.0, 85.0], [300.0, -200.0]] {
            let plate = Plate::cut(&picture, &Warp::scaled(3.0, start), 20);
            let at = |k: usize, n: usize| (start[k] + 3.0 * (n as f32 + 0.5)).clamp(1.5, 88.5) - 0.5;
            let apart = |n: usize| (plate.levels[n] - at(0, n % 20) - at(1, n / 20)).abs();
            assert!((0..400).all(|n| apart(n) < 2.5), "{start:?}");
        }
    }

    #[test]
    fn softening_is_the_mean_of_the_square_around() {
        let side = 21usize;
        let levels: Vec<f32> = (0..side * side).map(|n| (n * 7919 % 251) as f32).collect();
        let plate = Plate { side, levels };
        for radius in [1, 4, 12, 30] {
            let soft = plate.softened(radius);
            let near = |a: usize| a.saturating_sub(radius)..(a + radius + 1).min(side);
            let mean = |n: usize| {
                let all = near(n / side).flat_map(|y| near(n % side).map(move |x| y * side + x));
                let (sum, count) = all.fold((0.0, 0.0), |(sum, count), at| (sum + plate.levels[at], count + 1.0));
                sum / count
            };
            assert!((0..side * side).all(|n| (soft.levels[n] - mean(n)).abs() < 0.01), "{radius}");
        }
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
