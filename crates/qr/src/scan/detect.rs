//! Black and white to sampled symbols: two detectors of different temper.

use rxing::Point;
use rxing::common::cpp_essentials::ConcentricPattern;
use rxing::common::{BitMatrix, DetectorRXingResult as _};
use rxing::qrcode::cpp_port::detector::{GenerateFinderPatternSets, SampleMQR, SampleQR, SampleRMQR};

use super::decode::content;
use super::rows;
use crate::{Symbol, Symbology};

/// How symbols are looked for in black and white.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detector {
    /// Concentric rings joined to sets of three, with alignment patterns searched: the strong one.
    Rings,
    /// Flood-filled corner stones with a fitted perspective: succeeds on some bent and dirty codes.
    Stones,
}

impl Detector {
    /// Every symbol found, in pixels of `matrix`, and the finders of those that could not be read.
    pub(super) fn find(self, matrix: &BitMatrix) -> (Vec<Symbol>, Vec<ConcentricPattern>) {
        match self {
            Detector::Rings => rings(matrix),
            Detector::Stones => (stones(matrix), Vec::new()),
        }
    }
}

/// The sampler names the corners row by row: top left, top right, bottom left, bottom right.
fn corners(points: &[Point]) -> Option<[[f32; 2]; 4]> {
    let [top_left, top_right, bottom_left, bottom_right] = points.first_chunk::<4>()?;
    Some([top_left, top_right, bottom_right, bottom_left].map(|point| [point.x, point.y]))
}

/// Finder patterns tried at most: noise can look like thousands of them.
const MAX_PATTERNS: usize = 120;
/// Sets of three tried at most in one picture.
const MAX_SETS: usize = 60;

fn rings(matrix: &BitMatrix) -> (Vec<Symbol>, Vec<ConcentricPattern>) {
    let mut patterns = rows::patterns(matrix, MAX_PATTERNS);
    let mut used = Vec::new();
    let mut found = Vec::new();
    for set in GenerateFinderPatternSets(&mut patterns).into_iter().take(MAX_SETS) {
        if [set.bl, set.tl, set.tr].iter().any(|pattern| used.contains(pattern)) {
            continue;
        }
        let Ok(sampled) = SampleQR(matrix, &set) else { continue };
        let (Some(said), Some(corners)) = (content(sampled.getBits()), corners(sampled.getPoints())) else { continue };
        used.extend([set.bl, set.tl, set.tr]);
        found.push(Symbol { bytes: said.bytes, text: said.text, symbology: Symbology::Qr, corners });
    }
    patterns.retain(|pattern| !used.contains(pattern));
    for pattern in &patterns {
        let micro = SampleMQR(matrix, *pattern).ok().map(|sampled| (sampled, Symbology::MicroQr));
        let rectangular = || SampleRMQR(matrix, *pattern).ok().map(|sampled| (sampled, Symbology::RectangularMicroQr));
        let Some((sampled, symbology)) = micro.or_else(rectangular) else { continue };
        if let (Some(said), Some(corners)) = (content(sampled.getBits()), corners(sampled.getPoints())) {
            found.push(Symbol { bytes: said.bytes, text: said.text, symbology, corners });
        }
    }
    (found, patterns)
}

/// Changes of colour along a row, in percent of its pixels, above which the second detector is not asked: it tries
/// pairs of corner-like spots, each pair on a copy of the picture, and noise has thousands.
const MAX_CHANGES_PERCENT: u64 = 15;

/// Whether a picture is too restless for the second detector.
pub(super) fn is_noisy(matrix: &BitMatrix) -> bool {
    let (width, height) = (matrix.width(), matrix.height());
    let changes = |y: u32| (1..width).filter(|&x| matrix.get(x, y) != matrix.get(x - 1, y)).count() as u64;
    let rows = (0..height).step_by(4);
    let pixels = rows.len() as u64 * u64::from(width);
    rows.map(changes).sum::<u64>() * 100 > pixels * MAX_CHANGES_PERCENT
}

fn stones(matrix: &BitMatrix) -> Vec<Symbol> {
    if is_noisy(matrix) {
        return Vec::new();
    }
    let (width, height) = (matrix.width() as usize, matrix.height() as usize);
    let black = |x: usize, y: usize| matrix.get(x as u32, y as u32);
    let mut prepared = rqrr::PreparedImage::prepare_from_bitmap(width, height, black);
    prepared.detect_grids().iter().filter_map(symbol_of_grid).collect()
}

/// Modules are read through the same decoder as the other detector's, mirrored codes included.
fn symbol_of_grid<G: rqrr::BitGrid>(grid: &rqrr::Grid<G>) -> Option<Symbol> {
    let side = grid.grid.size();
    if !(21..=177).contains(&side) {
        return None;
    }
    let mut modules = BitMatrix::new(side as u32, side as u32).ok()?;
    for y in 0..side {
        for x in 0..side {
            modules.set_bool(x as u32, y as u32, grid.grid.bit(y, x));
        }
    }
    let said = content(&modules)?;
    let corners = grid.bounds.map(|point| [point.x as f32, point.y as f32]);
    Some(Symbol { bytes: said.bytes, text: said.text, symbology: Symbology::Qr, corners })
}
