//! Corner marks of codes that cannot be read yet: where to look again, and what to tell who holds the code.

use rxing::common::BitMatrix;
use rxing::common::cpp_essentials::ConcentricPattern;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets};

use super::binary::Binary;
use super::contain::contained;
use super::deblur::Blur;
use super::filter::{Filter, mean, shrink};
use super::rings::{Restless, Ring, rings};
use super::turn::quarter;
use crate::Luma;

/// A corner mark (ISO/IEC 18004, 5.3.2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mark {
    /// Its middle, pixels.
    pub(crate) at: [f32; 2],
    /// Pixels a module.
    pub(crate) module: f32,
}

/// Three marks that may belong to one code: top left, top right, bottom left of the upright code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Trio(pub(crate) [Mark; 3]);

/// How a picture is prepared before marks are looked for; each finds marks the others miss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glance {
    /// As it came.
    Plain,
    /// 2×2 averages against a threshold that noise does not move: strong noise.
    Calm,
    /// 3×3 box, the same: noise over small modules.
    Calmer,
    /// 4×4 averages, the same: the strongest noise, and codes that fill the frame.
    Calmest,
    /// A quarter of the frame at twice its size: codes far away. The number chooses the quarter.
    Quarter(u64),
}

/// Trios taken from one picture at most.
const MOST_TRIOS: usize = 4;
/// Marks paired at most: noise looks like thousands of them.
const MOST_MARKS: usize = 40;

/// Marks in a picture, and how they go together, the likeliest first.
pub(crate) fn marks(picture: &Luma<'_>, glance: Glance) -> (Vec<Mark>, Vec<Trio>) {
    match glance {
        Glance::Plain => look(picture, 1.0, Binary::NearMean),
        Glance::Calm => shrink(picture, 2).map(|small| look(&small, 2.0, Binary::Hybrid)).unwrap_or_default(),
        Glance::Calmer => mean(picture, 1).map(|soft| look(&soft, 1.0, Binary::Hybrid)).unwrap_or_default(),
        Glance::Calmest => shrink(picture, 4).map(|small| look(&small, 4.0, Binary::Hybrid)).unwrap_or_default(),
        Glance::Quarter(turn) => enlarged(picture, turn).unwrap_or_default(),
    }
}

/// A frame, or a part of it, in which marks are looked for once a blur is taken out.
pub(crate) struct Blurred {
    picture: Luma<'static>,
    restless: Restless,
    /// Pixels of the frame in one of the picture.
    by: f32,
    corner: [u32; 2],
}

/// Noise in good light, as a share of a code's contrast, squared, and that of motion, whose inverse reaches farther.
const GRAIN: f32 = 3e-3;
const GRAIN_OF_MOTION: f32 = 1e-2;

impl Blurred {
    /// The same with noise smoothed away, and with it modules of less than three pixels.
    pub(crate) fn calm(frame: &Luma<'_>) -> Option<Blurred> {
        let picture = mean(&shrink(frame, 2)?, 1)?;
        Some(Blurred { restless: Restless::of(&picture), picture, by: 2.0, corner: [0, 0] })
    }

    /// A picture as it came.
    pub(super) fn whole(picture: &Luma<'_>) -> Blurred {
        let picture = picture.clone().into_owned();
        Blurred { restless: Restless::of(&picture), picture, by: 1.0, corner: [0, 0] }
    }

    /// 2×2 averages: nearly everything is larger than that.
    pub(crate) fn half(frame: &Luma<'_>) -> Option<Blurred> {
        let picture = shrink(frame, 2)?;
        Some(Blurred { restless: Restless::of(&picture), picture, by: 2.0, corner: [0, 0] })
    }

    /// A quarter of the frame as it came: codes far away. The number chooses the quarter.
    pub(crate) fn quarter(frame: &Luma<'_>, turn: u64) -> Option<Blurred> {
        let (picture, left, top) = quarter(frame, turn)?;
        Some(Blurred { restless: Restless::of(&picture), picture, by: 1.0, corner: [left, top] })
    }

    /// The picture they are looked for in.
    pub(crate) fn picture(&self) -> &Luma<'static> {
        &self.picture
    }

    /// Marks in black and white, and how they go together.
    pub(crate) fn marks(&self) -> (Vec<Mark>, Vec<Trio>) {
        let (marks, trios) = look(&self.picture, self.by, Binary::NearMean);
        moved((marks, trios), self.corner[0], self.corner[1])
    }

    /// Looks at a pixel that taking out this motion costs beyond a short one.
    pub(crate) fn looks(&self, blur: Blur) -> u64 {
        let rows = (0..self.picture.height() as usize).filter(|&y| self.restless.has_row(y)).count() as u64;
        rows * u64::from(self.picture.width()) * blur.scaled(1.0 / self.by).length() as u64 / 3
    }

    /// What belongs together once this blur, in pixels of the frame, is taken out.
    pub(crate) fn trios(&self, blur: Blur) -> Vec<Trio> {
        self.sharpened(blur).map(|(_, trios)| trios).unwrap_or_default()
    }

    /// The picture without this blur, and what belongs together in it, in pixels of the frame.
    pub(super) fn sharpened(&self, blur: Blur) -> Option<(Luma<'static>, Vec<Trio>)> {
        let noise = if matches!(blur, Blur::Soft(_)) { GRAIN } else { GRAIN_OF_MOTION };
        let sharp = blur.scaled(1.0 / self.by).undone(&self.picture, noise, |y| self.restless.has_row(y))?;
        let trios = self.seen_in(&sharp);
        Some((sharp, trios))
    }

    /// What belongs together in the picture as it is.
    pub(crate) fn seen(&self) -> Vec<Trio> {
        self.seen_in(&self.picture)
    }

    fn seen_in(&self, picture: &Luma<'_>) -> Vec<Trio> {
        let seen = rings(picture, &self.restless).iter().map(fine).collect();
        let found = contained(|| joined(seen, self.by / FINE)).unwrap_or_default();
        moved(found, self.corner[0], self.corner[1]).1
    }
}

fn enlarged(picture: &Luma<'_>, turn: u64) -> Option<(Vec<Mark>, Vec<Trio>)> {
    let (part, left, top) = quarter(picture, turn)?;
    Some(moved(look(&Filter::Double.apply(&part)?, 0.5, Binary::NearMean), left, top))
}

/// What was seen in a part, in pixels of the whole.
fn moved((mut marks, mut trios): (Vec<Mark>, Vec<Trio>), left: u32, top: u32) -> (Vec<Mark>, Vec<Trio>) {
    let moved = |mark: &mut Mark| mark.at = [mark.at[0] + left as f32, mark.at[1] + top as f32];
    marks.iter_mut().chain(trios.iter_mut().flat_map(|trio| trio.0.iter_mut())).for_each(moved);
    (marks, trios)
}

/// The mean of what is near parts a soft white ring from the black around it where a wider one does not, and makes
/// specks of noise.
fn look(picture: &Luma<'_>, scale: f32, binary: Binary) -> (Vec<Mark>, Vec<Trio>) {
    let black = contained(|| binary.apply(picture)).flatten();
    black.and_then(|black| contained(|| found(&black, scale))).unwrap_or_default()
}

fn found(black: &BitMatrix, scale: f32) -> (Vec<Mark>, Vec<Trio>) {
    let mut patterns = FindFinderPatterns(black, true, 0);
    patterns.truncate(MOST_MARKS);
    joined(patterns, scale)
}

/// All patterns as marks, and those that go together; `scale` leads to pixels of the frame.
fn joined(mut patterns: Vec<ConcentricPattern>, scale: f32) -> (Vec<Mark>, Vec<Trio>) {
    let mark = |pattern: &ConcentricPattern| Mark {
        at: [pattern.p.x * scale, pattern.p.y * scale],
        module: pattern.size as f32 * scale / 7.0,
    };
    let all = patterns.iter().map(mark).collect();
    let sets = GenerateFinderPatternSets(&mut patterns);
    let trios = sets.iter().map(|set| Trio([mark(&set.tl), mark(&set.tr), mark(&set.bl)]));
    (all, trios.filter(Trio::is_likely).take(MOST_TRIOS).collect())
}

/// A finder seen in grey, in finer parts of a pixel.
fn fine(ring: &Ring) -> ConcentricPattern {
    ConcentricPattern {
        p: rxing::Point::new(ring.at[0] * FINE, ring.at[1] * FINE),
        size: (ring.module * 7.0 * FINE).round() as i32,
    }
}

/// Patterns are joined by whole numbers: in so many parts of a pixel they lose little.
const FINE: f32 = 8.0;

impl Trio {
    /// Pixels a module, of all three.
    pub(crate) fn module(&self) -> f32 {
        self.0.iter().map(|mark| mark.module).sum::<f32>() / 3.0
    }

    /// Whether another has its marks within a module of these, and is as many modules wide.
    pub(super) fn is_about(&self, other: &Trio) -> bool {
        let near = |(a, b): (&Mark, &Mark)| (a.at[0] - b.at[0]).hypot(a.at[1] - b.at[1]) < a.module;
        self.modules() == other.modules() && self.0.iter().zip(&other.0).all(near)
    }

    /// Pixels from the first mark to the second, and to the third.
    fn sides(&self) -> [f32; 2] {
        let [corner, right, below] = self.0.map(|mark| mark.at);
        [right, below].map(|end| (end[0] - corner[0]).hypot(end[1] - corner[1]))
    }

    /// Modules in a row of the code, as far as marks tell; a version has 17 and four times its number.
    pub(crate) fn modules(&self) -> u32 {
        let [across, down] = self.sides();
        let counted = (across + down) / 2.0 / self.module() + 7.0;
        let version = ((counted - 17.0) / 4.0).round().clamp(1.0, 40.0);
        17 + 4 * version as u32
    }

    /// Marks of one size around a nearly right angle, as far apart as those of a code people show to a camera.
    fn is_likely(&self) -> bool {
        let [across, down] = self.sides();
        let sizes = self.0.map(|mark| mark.module);
        let even = |values: &[f32], slack: f32| {
            let most = values.iter().copied().fold(0.0, f32::max);
            values.iter().all(|&value| value * slack > most)
        };
        let counted = (across + down) / 2.0 / self.module() + 7.0;
        even(&sizes, 1.5) && even(&[across, down], 1.6) && (18.0..110.0).contains(&counted)
    }
}
