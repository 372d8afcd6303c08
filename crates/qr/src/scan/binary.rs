//! Grey to black and white, in ways that fail on different pictures.

use rxing::common::{BitMatrix, HybridBinarizer};
use rxing::{Binarizer as _, Luma8Source};

use super::filter::for_each_window;
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
    /// One threshold for the picture, where it best parts dark from light.
    Otsu,
}

impl Binary {
    /// Black (set) and white.
    pub(super) fn apply(self, image: &Luma<'_>) -> Option<BitMatrix> {
        match self {
            Binary::Hybrid => {
                let source = Luma8Source::new_with_slice(image.pixels(), image.width(), image.height()).ok()?;
                HybridBinarizer::new(source).get_black_matrix().ok().cloned()
            }
            Binary::LocalMean => local_mean(image, 25),
            Binary::NearMean => local_mean(image, 8),
            Binary::Otsu => otsu(image),
        }
    }
}

/// A pixel is black when it is this many grey levels darker than its surroundings, so that flat paper stays white.
const MARGIN: u32 = 4;

fn local_mean(image: &Luma<'_>, radius: u32) -> Option<BitMatrix> {
    let mut matrix = BitMatrix::new(image.width(), image.height()).ok()?;
    for_each_window(image, radius, |y, sums, counts| {
        for (x, ((&p, &sum), &count)) in image.row(y).iter().zip(sums).zip(counts).enumerate() {
            if (u32::from(p) + MARGIN) * count < sum {
                matrix.set(x as u32, y);
            }
        }
    });
    Some(matrix)
}

fn otsu(image: &Luma<'_>) -> Option<BitMatrix> {
    let threshold = otsu_threshold(image.pixels());
    let mut matrix = BitMatrix::new(image.width(), image.height()).ok()?;
    for y in 0..image.height() {
        for (x, &p) in image.row(y).iter().enumerate() {
            if p <= threshold {
                matrix.set(x as u32, y);
            }
        }
    }
    Some(matrix)
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
        for way in [Binary::Hybrid, Binary::LocalMean, Binary::Otsu] {
            let matrix = way.apply(&image).expect("a matrix");
            assert!(matrix.get(42, 60), "{way:?} sees the square");
            assert!(!matrix.get(20, 60), "{way:?} leaves paper white");
        }
    }
}
