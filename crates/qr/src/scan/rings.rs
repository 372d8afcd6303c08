//! Finder patterns in grey (ISO/IEC 18004, 6.3.3): where a picture is soft or noisy, black and white lose the rings that
//! grey still shows. A dark spot is one when dark and light stand around it as in a finder, however it is turned.

mod pattern;

use std::ops::Range;

use super::plane::Point;
use super::wide::wide;
use crate::Luma;
use pattern::{EIGHT, Pattern, TURNS};

/// A finder pattern that was seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ring {
    pub(super) at: Point,
    /// Pixels a module.
    pub(super) module: f32,
    /// How far dark and light are apart, in deviations of both.
    pub(super) clear: f32,
}

/// Pixels a module may measure.
const MODULES: [f32; 5] = [1.1, 1.4, 1.8, 2.3, 2.9];
/// Dark spots looked at in one picture.
const MOST_SPOTS: usize = 1000;
/// Middle squares looked at in one picture.
const MOST_BEGUN: usize = 150;
/// Finders told at most.
const MOST: usize = 14;
/// Grey levels by which a spot is darker than its surroundings.
const DARKER: u16 = 5;
/// Grey levels from dark to light within a few blocks, from which on a finder may lie there.
const RESTLESS: u8 = 20;
/// Side of the blocks that tell the surroundings, pixels.
const BLOCK: usize = 8;
/// Deviations by which middle and light ring differ at least before more is looked at.
const PROMISING: f32 = 1.5;
/// The same of a whole finder before its place is refined, and after.
const LIKELY: f32 = 1.1;
const CLEAR: f32 = 1.7;

/// Parts of a picture, blocks of pixels, in or beside which there are light and dark.
pub(super) struct Restless {
    across: usize,
    blocks: Vec<bool>,
}

impl Restless {
    pub(super) fn of(picture: &Luma<'_>) -> Restless {
        wide!((picture: &'w Luma<'w>) -> Restless { Restless::by_blocks(picture) })
    }

    #[inline(always)]
    fn by_blocks(picture: &Luma<'_>) -> Restless {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let (across, down) = (width / BLOCK, height / BLOCK);
        let mut ranges = vec![(u8::MAX, 0u8); across * down];
        for (y, row) in picture.pixels().chunks_exact(width).take(down * BLOCK).enumerate() {
            for (range, cells) in ranges[y / BLOCK * across..].iter_mut().zip(row.chunks_exact(BLOCK)) {
                let low = cells.iter().copied().fold(range.0, u8::min);
                *range = (low, cells.iter().copied().fold(range.1, u8::max));
            }
        }
        let whole = |n: usize| {
            let cells = around(n, across, down);
            let (low, high) =
                cells.fold((u8::MAX, 0), |(low, high), cell| (low.min(ranges[cell].0), high.max(ranges[cell].1)));
            high - low > RESTLESS
        };
        Restless { across, blocks: (0..across * down).map(whole).collect() }
    }

    /// Whether a row of pixels goes through any such part.
    pub(super) fn has_row(&self, y: usize) -> bool {
        let row = self.blocks.chunks_exact(self.across.max(1)).nth(y / BLOCK);
        row.is_some_and(|row| row.contains(&true))
    }

    /// Such parts that lie side by side: row of blocks, and columns from and to.
    fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        for (n, _) in self.blocks.iter().enumerate().filter(|(_, is)| **is) {
            let (row, column) = (n / self.across, n % self.across);
            match runs.last_mut() {
                Some((y, _, end)) if *y == row && *end == column => *end += 1,
                _ => runs.push((row, column, column + 1)),
            }
        }
        runs
    }
}

/// Places beside one, and it.
fn near(at: usize, end: usize) -> Range<usize> {
    at.saturating_sub(1)..(at + 2).min(end)
}

/// A block and those beside it, of so many each way.
fn around(n: usize, across: usize, down: usize) -> impl Iterator<Item = usize> {
    near(n / across, down).flat_map(move |y| near(n % across, across).map(move |x| y * across + x))
}

/// The clearest finders in the restless parts of a sharpened picture.
pub(super) fn rings(picture: &Luma<'_>, restless: &Restless) -> Vec<Ring> {
    let grey = Grey::new(picture);
    let mut found: Vec<Ring> = Vec::new();
    let spots = grey.spots(restless);
    let mut begun: Vec<Begun> = spots.into_iter().filter_map(|spot| grey.begun(spot)).collect();
    begun.sort_by(|a, b| b.contrast.total_cmp(&a.contrast));
    begun.truncate(MOST_BEGUN);
    for ring in begun.iter().filter_map(|begun| grey.ring(begun)) {
        let near = |old: &Ring| (old.at[0] - ring.at[0]).hypot(old.at[1] - ring.at[1]) < 3.0 * old.module;
        match found.iter_mut().find(|old| near(old)) {
            Some(old) if old.clear < ring.clear => *old = ring,
            Some(_) => {}
            None => found.push(ring),
        }
    }
    found.sort_by(|a, b| b.clear.total_cmp(&a.clear));
    found.truncate(MOST);
    found
}

/// Sums of samples of one colour.
#[derive(Clone, Copy)]
struct Shade {
    sum: f32,
    squares: f32,
    count: f32,
}

impl Shade {
    fn mean(&self) -> f32 {
        self.sum / self.count
    }

    fn scatter(&self) -> f32 {
        (self.squares - self.sum * self.sum / self.count).max(0.0)
    }
}

/// Deviations between two shades.
fn apart(dark: &Shade, light: &Shade) -> f32 {
    let deviation = ((dark.scatter() + light.scatter()) / (dark.count + light.count)).sqrt();
    (light.mean() - dark.mean()) / (deviation + 1.0)
}

struct Grey<'a> {
    width: usize,
    height: usize,
    pixels: &'a [u8],
    core: Pattern,
    finders: [Pattern; TURNS],
}

impl<'a> Grey<'a> {
    fn new(picture: &'a Luma<'_>) -> Grey<'a> {
        Grey {
            width: picture.width() as usize,
            height: picture.height() as usize,
            pixels: picture.pixels(),
            core: Pattern::core(),
            finders: std::array::from_fn(Pattern::finder),
        }
    }

    /// Pixels that are darkest around and darker than what is farther off, the darkest of them.
    fn spots(&self, restless: &Restless) -> Vec<(usize, usize)> {
        let grey = self;
        wide!((grey: &'w Grey<'w>, restless: &'w Restless) -> Vec<(usize, usize)> { grey.darkest(restless) })
    }

    #[inline(always)]
    fn darkest(&self, restless: &Restless) -> Vec<(usize, usize)> {
        if self.height < 2 * BLOCK || self.width < 2 * BLOCK {
            return Vec::new();
        }
        let blocks = self.blocks();
        let mut spots: Vec<(u16, (usize, usize))> = Vec::new();
        for (row, from, to) in restless.runs() {
            let columns = (from * BLOCK).max(2)..(to * BLOCK).min(self.width - 2);
            let rows = (row * BLOCK).max(2)..((row + 1) * BLOCK).min(self.height - 2);
            self.spots_of(columns, rows, |level, x, y| {
                let around = blocks.get(row * restless.across + x / BLOCK).copied().unwrap_or_default();
                let depth = around.saturating_sub(level);
                if depth > DARKER * 9 {
                    spots.push((depth, (x, y)));
                }
            });
        }
        if spots.len() > MOST_SPOTS {
            spots.select_nth_unstable_by(MOST_SPOTS, |a, b| b.0.cmp(&a.0));
            spots.truncate(MOST_SPOTS);
        }
        spots.into_iter().map(|(_, spot)| spot).collect()
    }

    /// Tells each pixel of a part whose three by three pixels are darker than those beside it, with their sum.
    #[inline(always)]
    fn spots_of(&self, columns: Range<usize>, rows: Range<usize>, mut tell: impl FnMut(u16, usize, usize)) {
        let width = columns.len() + 2;
        let mut sums = vec![0u16; width * (rows.len() + 2)];
        for (sums, y) in sums.chunks_exact_mut(width).zip(rows.start - 1..) {
            for y in y - 1..=y + 1 {
                let row = &self.pixels[y * self.width + columns.start - 2..][..width + 2];
                for (sum, three) in sums.iter_mut().zip(row.windows(3)) {
                    *sum += three.iter().map(|&pixel| u16::from(pixel)).sum::<u16>();
                }
            }
        }
        for (n, y) in rows.enumerate() {
            let [above, here, below] = [0, 1, 2].map(|k| &sums[(n + k) * width..][..width]);
            for (m, x) in columns.clone().enumerate() {
                let level = here[m + 1];
                if level < here[m] && level <= here[m + 2] && level < above[m + 1] && level <= below[m + 1] {
                    tell(level, x, y);
                }
            }
        }
    }

    /// Nine times the mean of three by three blocks around each block.
    #[inline(always)]
    fn blocks(&self) -> Vec<u16> {
        let (across, down) = (self.width / BLOCK, self.height / BLOCK);
        let mut sums = vec![0u32; across * down];
        for (y, row) in self.pixels.chunks_exact(self.width).take(down * BLOCK).enumerate() {
            for (sum, cells) in sums[y / BLOCK * across..].iter_mut().zip(row.chunks_exact(BLOCK)) {
                *sum += cells.iter().map(|&pixel| u32::from(pixel)).sum::<u32>();
            }
        }
        let mean = |n: usize| {
            let cells = around(n, across, down);
            let (sum, count) = cells.fold((0, 0), |(sum, count), cell| (sum + sums[cell], count + 1));
            (sum * 9 / (count * (BLOCK * BLOCK) as u32)) as u16
        };
        (0..across * down).map(mean).collect()
    }

    /// The dark and the light of a pattern in its place, of so many pixels a module; nothing where it is not all inside.
    fn shades(&self, pattern: &Pattern, at: Point, module: f32) -> Option<[Shade; 2]> {
        let grey = self;
        wide!((grey: &'w Grey<'w>, pattern: &'w Pattern, at: Point, module: f32) -> Option<[Shade; 2]> {
            grey.shades_by_eights(pattern, at, module)
        })
    }

    #[inline(always)]
    fn shades_by_eights(&self, pattern: &Pattern, [x, y]: Point, module: f32) -> Option<[Shade; 2]> {
        let (most_x, most_y) = ((self.width - 1) as f32, (self.height - 1) as f32);
        let mut sums = [[[0.0f32; EIGHT]; 2]; 2];
        for eight in &pattern.eights {
            let (mut right, mut down, mut corner, mut inside) = ([0.0f32; EIGHT], [0.0f32; EIGHT], [0i32; EIGHT], true);
            for n in 0..EIGHT {
                let (x, y) = (x + module * eight.across[n], y + module * eight.down[n]);
                inside &= x >= 0.0 && y >= 0.0 && x < most_x && y < most_y;
                let (column, row) = (x as i32, y as i32);
                (right[n], down[n]) = (x - column as f32, y - row as f32);
                corner[n] = row.wrapping_mul(self.width as i32).wrapping_add(column);
            }
            if !inside {
                return None;
            }
            let mut four = [[0.0f32; EIGHT]; 4];
            for n in 0..EIGHT {
                let upper = self.pixels.get(corner[n] as usize..)?;
                let (&[a, b], &[c, d]) = (upper.first_chunk()?, upper.get(self.width..)?.first_chunk()?);
                for (four, level) in four.iter_mut().zip([a, b, c, d]) {
                    four[n] = f32::from(level);
                }
            }
            let [a, b, c, d] = four;
            for n in 0..EIGHT {
                let (upper, lower) = (a[n] + (b[n] - a[n]) * right[n], c[n] + (d[n] - c[n]) * right[n]);
                let level = upper + (lower - upper) * down[n];
                for ([sum, squares], is) in sums.iter_mut().zip([&eight.is_dark, &eight.is_light]) {
                    let share = level * is[n];
                    sum[n] += share;
                    squares[n] += share * level;
                }
            }
        }
        let shade = |which: usize| {
            let [sum, squares] = sums[which].map(|lanes| lanes.iter().sum::<f32>());
            Shade { sum, squares, count: pattern.counts[which] }
        };
        Some([shade(0), shade(1)])
    }

    /// How clearly a whole finder is there, turned by so many parts of a quarter.
    fn clear(&self, at: Point, module: f32, turn: usize) -> Option<f32> {
        let [dark, light] = self.shades(&self.finders[turn], at, module)?;
        Some(apart(&dark, &light))
    }

    /// Whether light stands around a dark spot, and how light.
    fn begun(&self, (x, y): (usize, usize)) -> Option<Begun> {
        let at = [x as f32, y as f32];
        let contrast = |&module: &f32| {
            let [dark, light] = self.shades(&self.core, at, module)?;
            let contrast = light.mean() - dark.mean();
            (contrast > f32::from(DARKER) && apart(&dark, &light) > PROMISING).then_some(contrast)
        };
        let contrasts = MODULES.map(|module| contrast(&module));
        let most = contrasts.iter().flatten().copied().max_by(f32::total_cmp)?;
        Some(Begun { at, contrast: most, modules: contrasts.map(|contrast| contrast.is_some()) })
    }

    /// The finder around a dark spot.
    fn ring(&self, begun: &Begun) -> Option<Ring> {
        let at = begun.at;
        let modules = MODULES.into_iter().zip(begun.modules).filter_map(|(module, is)| is.then_some(module));
        let ways = modules.flat_map(|module| (0..TURNS).map(move |turn| (module, turn)));
        let tried = ways.filter_map(|(module, turn)| Some((self.clear(at, module, turn)?, module, turn)));
        let (clear, module, turn) = tried.max_by(|a, b| a.0.total_cmp(&b.0))?;
        let mut best = Ring { at, module, clear };
        if clear < LIKELY {
            return None;
        }
        for step in [0.6, 0.3] {
            let start = best;
            for n in 0..27 {
                let module = start.module * (1.0 + 0.2 * step * ((n / 9) as f32 - 1.0));
                let at = [start.at[0] + ((n % 3) as f32 - 1.0) * step, start.at[1] + ((n / 3 % 3) as f32 - 1.0) * step];
                if let Some(clear) = self.clear(at, module, turn).filter(|clear| *clear > best.clear) {
                    best = Ring { at, module, clear };
                }
            }
        }
        // A pixel's level is that of its middle.
        best.at = best.at.map(|n| n + 0.5);
        (best.clear > CLEAR).then_some(best)
    }
}

/// A dark spot with light around it.
struct Begun {
    at: Point,
    /// Grey levels between both.
    contrast: f32,
    /// Of which [`MODULES`] it may be.
    modules: [bool; MODULES.len()],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::filter::{mean, shrink};
    use crate::{Ecc, draw};

    fn seen(picture: &Luma<'_>) -> Vec<Ring> {
        rings(picture, &Restless::of(picture))
    }

    #[test]
    fn three_finders_of_a_soft_code_are_seen_where_they_are() {
        let drawing = draw("https://pay.example/@ana", Ecc::M).expect("drawn");
        let large = drawing.to_luma(9).expect("drawn");
        // Two and a quarter pixels a module, and softer than a module is wide.
        let soft = mean(&shrink(&large, 4).expect("large"), 1).expect("soft");
        let (near, far) = (7.5 * 2.25, (f32::from(drawing.modules() as u16) + 0.5) * 2.25);
        let found = seen(&soft);
        assert_eq!(found.len(), 3, "{found:?}");
        for [x, y] in [[near, near], [far, near], [near, far]] {
            let there = |ring: &&Ring| (ring.at[0] - x).hypot(ring.at[1] - y) < 1.5;
            let ring = found.iter().find(there).expect("a finder");
            assert!((1.7..2.9).contains(&ring.module), "{ring:?}");
        }
    }

    #[test]
    fn noise_and_plain_squares_are_no_finders() {
        let noise: Vec<u8> = (0..300 * 200u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let squares: Vec<u8> =
            (0..300 * 200).map(|n| if n % 300 / 9 % 2 + n / 300 / 9 % 2 == 0 { 30 } else { 200 }).collect();
        for pixels in [noise, squares] {
            assert!(seen(&Luma::new(300, 200, pixels).expect("sizes agree")).len() < 3);
        }
        assert!(seen(&Luma::new(3, 200, vec![9; 600]).expect("sizes agree")).is_empty());
    }
}
