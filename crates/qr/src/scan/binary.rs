//! Grey to black and white, in ways that fail on different pictures.

use rxing::common::{BitArray, BitMatrix};

use super::filter::Windows;
use super::wide::wide;
use crate::Luma;

/// One way of deciding what is black.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    /// 8×8 blocks with smoothed local thresholds; cheap, the first choice.
    Hybrid,
    /// Darker than the mean of the 51×51 pixels around.
    LocalMean,
    /// Darker than the mean of the 17×17 pixels around: small modules in strong shadows.
    NearMean,
}

impl Binary {
    /// Black (set) and white.
    pub(super) fn apply(self, image: &Luma<'_>) -> Option<BitMatrix> {
        match self {
            Binary::Hybrid if image.width().min(image.height()) < 5 * BLOCK as u32 => otsu(image),
            Binary::Hybrid => wide!((image: &'w Luma<'w>) -> Option<BitMatrix> { blocks(image) }),
            Binary::LocalMean => wide!((image: &'w Luma<'w>) -> Option<BitMatrix> { local_mean(image, 25) }),
            Binary::NearMean => wide!((image: &'w Luma<'w>) -> Option<BitMatrix> { local_mean(image, 8) }),
        }
    }
}

/// A pixel is black when it is this many grey levels darker than its surroundings, so that flat paper stays white.
const MARGIN: u32 = 4;

#[inline(always)]
fn local_mean(image: &Luma<'_>, radius: u32) -> Option<BitMatrix> {
    let mut rows = Rows::new(image)?;
    let mut windows = Windows::new(image, radius);
    while let Some(y) = windows.next_row() {
        let (sums, counts) = (&windows.sums, &windows.counts);
        rows.push(image.row(y), sums, counts, |p, sum, count| (u32::from(p) + MARGIN) * count < sum, y);
    }
    Some(rows.matrix)
}

fn otsu(image: &Luma<'_>) -> Option<BitMatrix> {
    let threshold = otsu_threshold(image.pixels());
    let mut rows = Rows::new(image)?;
    for y in 0..image.height() {
        let row = image.row(y);
        rows.push(row, row, row, |p, _, _| p <= threshold, y);
    }
    Some(rows.matrix)
}

/// A matrix being filled a row at a time, many pixels at once.
struct Rows {
    matrix: BitMatrix,
    black: Vec<u8>,
}

impl Rows {
    fn new(image: &Luma<'_>) -> Option<Rows> {
        let matrix = BitMatrix::new(image.width(), image.height()).ok()?;
        Some(Rows { matrix, black: vec![0; (image.width() as usize).next_multiple_of(64)] })
    }

    /// Decides a row by each pixel and what stands beside it in two more rows.
    #[inline(always)]
    fn push<A: Copy, B: Copy>(&mut self, row: &[u8], a: &[A], b: &[B], is_black: impl Fn(u8, A, B) -> bool, y: u32) {
        for (((black, &p), &a), &b) in self.black.iter_mut().zip(row).zip(a).zip(b) {
            *black = u8::from(is_black(p, a, b));
        }
        /// Gathers the lowest bits of eight bytes in the highest byte, the first lowest.
        const GATHER: u64 = 0x0102_0408_1020_4080;
        let eight = |bytes: &[u8]| {
            let bytes = bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
            (bytes.wrapping_mul(GATHER) >> 56) as usize
        };
        let word = |bytes: &[u8]| bytes.chunks_exact(8).rev().fold(0usize, |word, bytes| word << 8 | eight(bytes));
        const WORD: usize = usize::BITS as usize;
        let mut bits = BitArray::with_size(row.len());
        for (n, bytes) in self.black.chunks_exact(WORD).take(row.len().div_ceil(WORD)).enumerate() {
            bits.setBulk(n * WORD, word(bytes));
        }
        self.matrix.setRow(y, &bits);
    }
}

/// Side of a block with a threshold of its own, in pixels.
const BLOCK: usize = 8;
/// Grey levels that must lie between the darkest and the lightest pixel of a block before it is thought to hold both.
const CONTRAST: u8 = 24;

/// Thresholds by blocks of 8×8 pixels, each the mean over 5×5 blocks.
#[inline(always)]
fn blocks(image: &Luma<'_>) -> Option<BitMatrix> {
    let across = (image.width() as usize).div_ceil(BLOCK);
    let down = (image.height() as usize).div_ceil(BLOCK);
    let points = block_points(image, across, down);
    let mut rows = Rows::new(image)?;
    let mut thresholds = vec![0u8; across * BLOCK];
    for block_y in 0..down {
        let top = block_y.clamp(2, down - 3) - 2;
        let column = |x: usize| (top..top + 5).map(|y| u32::from(points[y * across + x])).sum::<u32>();
        let columns: Vec<u32> = (0..across).map(column).collect();
        for (block_x, cells) in thresholds.chunks_exact_mut(BLOCK).enumerate() {
            let left = block_x.clamp(2, across - 3) - 2;
            cells.fill((columns[left..left + 5].iter().sum::<u32>() / 25) as u8);
        }
        for y in block_y * BLOCK..((block_y + 1) * BLOCK).min(image.height() as usize) {
            rows.push(image.row(y as u32), &thresholds, &thresholds, |p, t, _| p <= t, y as u32);
        }
    }
    Some(rows.matrix)
}

/// What each block takes for the border between dark and light: its mean, or where it shows one colour only, what its
/// neighbours above and to the left say about that colour.
#[inline(always)]
fn block_points(image: &Luma<'_>, across: usize, down: usize) -> Vec<u8> {
    let width = image.width() as usize;
    let mut points = vec![0u8; across * down];
    let (mut sums, mut lows, mut highs) = (vec![0u16; width], vec![0u8; width], vec![0u8; width]);
    for block_y in 0..down {
        // The last row of blocks is moved up, so that each has all its rows.
        let top = (block_y * BLOCK).min(image.height() as usize - BLOCK);
        sums.fill(0);
        lows.fill(255);
        highs.fill(0);
        for y in top..top + BLOCK {
            let row = image.row(y as u32);
            for (((&p, sum), low), high) in row.iter().zip(&mut sums).zip(&mut lows).zip(&mut highs) {
                *sum += u16::from(p);
                *low = (*low).min(p);
                *high = (*high).max(p);
            }
        }
        for block_x in 0..across {
            let left = (block_x * BLOCK).min(width - BLOCK);
            let cells = left..left + BLOCK;
            let low = lows[cells.clone()].iter().min().copied().unwrap_or_default();
            let high = highs[cells.clone()].iter().max().copied().unwrap_or_default();
            let sum: u32 = sums[cells].iter().map(|&sum| u32::from(sum)).sum();
            let here = block_y * across + block_x;
            points[here] = if high - low > CONTRAST {
                (sum / (BLOCK * BLOCK) as u32) as u8
            } else if block_x == 0 || block_y == 0 {
                low / 2
            } else {
                let [above, left, corner] = [here - across, here - 1, here - across - 1].map(|n| u32::from(points[n]));
                let around = ((above + 2 * left + corner) / 4) as u8;
                if low < around { around } else { low / 2 }
            };
        }
    }
    points
}

/// The level where the variance between the dark and the light class is largest (Otsu 1979).
fn otsu_threshold(pixels: &[u8]) -> u8 {
    let mut histogram = [0u64; 256];
    for &p in pixels {
        histogram[usize::from(p)] += 1;
    }
    let total = pixels.len() as f64;
    let sum_all: f64 = histogram.iter().enumerate().map(|(level, &n)| level as f64 * n as f64).sum();
    let (mut below, mut sum_below, mut best, mut threshold) = (0.0, 0.0, 0.0, 0u8);
    for (level, &n) in (0u8..=254).zip(&histogram) {
        below += n as f64;
        sum_below += f64::from(level) * n as f64;
        let above = total - below;
        if below == 0.0 || above == 0.0 {
            continue;
        }
        let gap = sum_below / below - (sum_all - sum_below) / above;
        let between = below * above * gap * gap;
        if between > best {
            (best, threshold) = (between, level);
        }
    }
    threshold
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_parts_a_dark_square_from_light_paper() {
        let (side, dark) = (120usize, 40..80);
        let mut pixels = vec![200u8; side * side];
        for y in dark.clone() {
            pixels[y * side + dark.start..y * side + dark.end].fill(60);
        }
        let image = Luma::new(side as u32, side as u32, pixels).expect("sizes agree");
        for way in [Binary::Hybrid, Binary::LocalMean, Binary::NearMean] {
            let matrix = way.apply(&image).expect("a matrix");
            assert!(matrix.get(42, 60), "{way:?} sees the square");
            assert!(!matrix.get(20, 60), "{way:?} leaves paper white");
        }
    }
}
