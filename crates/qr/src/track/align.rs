//! Where a plate lies in the next frame: a search for how far it moved, then the whole projective map to a fraction of
//! a pixel by inverse compositional alignment (Baker and Matthews 2004) of flattened pictures.

use super::plate::Plate;
use super::warp::Warp;
use crate::Luma;

/// A plate to be found again, prepared once.
#[derive(Debug, Clone)]
pub(super) struct Template {
    side: usize,
    fine: Level,
    middle: Level,
    coarse: Plate,
}

/// One resolution: what each pixel says about the map.
#[derive(Debug, Clone)]
struct Level {
    side: usize,
    points: Vec<Point>,
    /// Inverse of what they say together.
    inverse: [[f64; NUMBERS]; NUMBERS],
    /// Numbers in use: six for an affine map, eight for a projective one.
    numbers: usize,
}

/// A pixel that is looked at: where, its flattened level, and how that changes with each number of the map.
#[derive(Debug, Clone)]
struct Point {
    at: [f32; 2],
    level: f32,
    slope: [f32; NUMBERS],
}

const NUMBERS: usize = 8;
/// Radius of flattening, pixels of the level.
const FLAT: usize = 7;
/// Pixels of the coarse level a code may move from frame to frame beyond what was foreseen.
const FARTHEST: i32 = 6;
/// Pixels around the plate that are looked at when the map is refined.
const MARGIN: usize = 12;
/// Steps of refinement at most, at each level.
const STEPS: usize = 6;

/// Where it was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// From the plate to the frame.
    pub(super) map: Warp,
    /// How well it agrees: 1 is the same picture, 0 another one.
    pub(super) agreement: f32,
}

impl Template {
    /// At most `points` pixels of each resolution are looked at: more cost more and tell little more.
    pub(super) fn new(plate: &Plate, points: usize) -> Option<Template> {
        let half = plate.half();
        Some(Template {
            side: plate.side,
            fine: Level::new(plate, 8, points)?,
            middle: Level::new(&half, 6, points)?,
            coarse: half.half().flattened(FLAT / 2),
        })
    }

    /// Looks around a foreseen place. `far` allows for jumps, and costs more.
    pub(super) fn find(&self, frame: &Luma<'_>, foreseen: &Warp, far: bool) -> Option<Place> {
        let mut map = *foreseen;
        if far {
            map = map.after(&Warp::scaled(1.0, self.moved(frame, &map)));
        }
        let corner = map.after(&Warp::scaled(1.0, [-(MARGIN as f32); 2]));
        let around = Plate::cut(frame, &corner, self.side + 2 * MARGIN);
        // From the plate to the surroundings that were cut, first without a change.
        let start = Warp::scaled(1.0, [MARGIN as f32; 2]);
        let (larger, smaller) = (Warp::scaled(2.0, [0.0; 2]), Warp::scaled(0.5, [0.0; 2]));
        let there = self.middle.refined(&around.half().flattened(FLAT), smaller.after(&start).after(&larger))?;
        let flat = around.flattened(FLAT);
        let there = self.fine.refined(&flat, larger.after(&there).after(&smaller))?;
        let agreement = self.fine.agreement(&flat, &there);
        let map = corner.after(&there);
        map.is_finite().then_some(Place { map, agreement })
    }

    /// How far it moved, pixels of the plate: the best of all places around.
    fn moved(&self, frame: &Luma<'_>, map: &Warp) -> [f32; 2] {
        let side = self.coarse.side;
        let wide = side + 2 * FARTHEST as usize;
        let corner = map.after(&Warp::scaled(4.0, [-4.0 * FARTHEST as f32; 2]));
        let around = Plate::cut(frame, &corner, wide).flattened(FLAT / 2);
        let mut best = (f32::MIN, [0; 2]);
        for dy in -FARTHEST..=FARTHEST {
            for dx in -FARTHEST..=FARTHEST {
                let mut sum = 0.0;
                for y in (0..side).step_by(2) {
                    let row = (y as i32 + dy + FARTHEST) as usize * wide + (dx + FARTHEST) as usize;
                    let (here, there) = (&self.coarse.levels[y * side..][..side], &around.levels[row..][..side]);
                    sum += here.iter().zip(there).map(|(a, b)| a * b).sum::<f32>();
                }
                if sum > best.0 {
                    best = (sum, [dx, dy]);
                }
            }
        }
        best.1.map(|n| n as f32 * 4.0)
    }
}

impl Level {
    fn new(plate: &Plate, numbers: usize, most: usize) -> Option<Level> {
        let (flat, side) = (plate.flattened(FLAT), plate.side);
        let reach = side as f32 / 2.0;
        let step = (side * side).div_ceil(most).isqrt().max(1);
        let mut points = Vec::new();
        let mut sums = [[0.0f64; NUMBERS]; NUMBERS];
        for y in (1..side.saturating_sub(1)).step_by(step) {
            for x in (1..side - 1).step_by(step) {
                let place = y * side + x;
                // Per half side, so that all numbers are of one size.
                let along = (flat.levels[place + 1] - flat.levels[place - 1]) / 2.0 * reach;
                let down = (flat.levels[place + side] - flat.levels[place - side]) / 2.0 * reach;
                let at = [x as f32 + 0.5, y as f32 + 0.5];
                let [u, v] = at.map(|value| value / reach - 1.0);
                let turn = -(along * u + down * v);
                let slope = [along * u, along * v, along, down * u, down * v, down, turn * u, turn * v];
                for (sum, a) in sums.iter_mut().zip(slope).take(numbers) {
                    for (sum, b) in sum.iter_mut().zip(slope).take(numbers) {
                        *sum += f64::from(a * b);
                    }
                }
                points.push(Point { at, level: flat.levels[place], slope });
            }
        }
        Some(Level { side, points, inverse: inverse(sums, numbers)?, numbers })
    }

    /// The map from the plate to a flattened picture, step by step from a near one.
    fn refined(&self, seen: &Plate, start: Warp) -> Option<Warp> {
        let mut map = start;
        for _ in 0..STEPS {
            let mut sums = [0.0f32; NUMBERS];
            for Point { at, level, slope } in &self.points {
                let seen = seen.between(map.at(*at));
                // A burnt-out pixel says nothing.
                let apart = if seen == 0.0 { 0.0 } else { seen - level };
                for (sum, value) in sums.iter_mut().zip(slope) {
                    *sum += value * apart;
                }
            }
            let change: [f32; NUMBERS] = std::array::from_fn(|r| {
                (0..self.numbers).map(|c| self.inverse[r][c] * f64::from(sums[c])).sum::<f64>() as f32
            });
            map = map.after(&increment(&change, self.side)?);
            if !map.is_finite() {
                return None;
            }
            if change.iter().all(|value| value.abs() * (self.side as f32) < 0.05) {
                break;
            }
        }
        Some(map)
    }

    /// Correlation of the plate with what lies there.
    fn agreement(&self, seen: &Plate, map: &Warp) -> f32 {
        let (mut product, mut first, mut second) = (0.0f32, 1e-6f32, 1e-6f32);
        for Point { at, level, .. } in &self.points {
            let there = seen.between(map.at(*at));
            product += level * there;
            first += level * level;
            second += there * there;
        }
        product / (first * second).sqrt()
    }
}

/// The inverse of a small change of the map, in pixels of the plate.
fn increment(change: &[f32; NUMBERS], side: usize) -> Option<Warp> {
    let [a, b, c, d, e, f, g, h] = *change;
    let reach = side as f32 / 2.0;
    let units = Warp::scaled(1.0 / reach, [-1.0, -1.0]);
    let small = Warp::of([[1.0 + a, b, c], [d, 1.0 + e, f], [g, h, 1.0]]);
    Some(Warp::scaled(reach, [reach, reach]).after(&small.inverse()?).after(&units))
}

/// Gauss and Jordan, with a little added to the diagonal so that a plain picture is no accident.
fn inverse(mut m: [[f64; NUMBERS]; NUMBERS], numbers: usize) -> Option<[[f64; NUMBERS]; NUMBERS]> {
    let mut out = [[0.0; NUMBERS]; NUMBERS];
    let trace: f64 = (0..numbers).map(|k| m[k][k]).sum();
    for k in 0..numbers {
        out[k][k] = 1.0;
        m[k][k] += trace * 1e-6;
    }
    for k in 0..numbers {
        let pivot = m[k][k];
        if pivot.abs() < 1e-9 {
            return None;
        }
        for c in 0..numbers {
            m[k][c] /= pivot;
            out[k][c] /= pivot;
        }
        let (pivots, wholes) = (m[k], out[k]);
        for r in (0..numbers).filter(|&r| r != k) {
            let factor = m[r][k];
            for c in 0..numbers {
                m[r][c] -= factor * pivots[c];
                out[r][c] -= factor * wholes[c];
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ecc, draw};

    fn code() -> Luma<'static> {
        draw("https://pay.example/@ana", Ecc::M).and_then(|drawing| drawing.to_luma(6)).expect("drawn")
    }

    /// Where the plate's corners and middle land, against where they should.
    fn farthest(found: &Warp, truth: &Warp, side: f32) -> f32 {
        let points = [[0.0, 0.0], [side, 0.0], [side, side], [0.0, side], [side / 2.0, side / 2.0]];
        let apart = |point| {
            let (a, b) = (found.at(point), truth.at(point));
            (a[0] - b[0]).hypot(a[1] - b[1])
        };
        points.into_iter().map(apart).fold(0.0, f32::max)
    }

    #[test]
    fn a_turned_tilted_and_moved_code_is_found_to_a_fraction_of_a_pixel() {
        let picture = code();
        let side = 120;
        let start = Warp::scaled(picture.width() as f32 / side as f32, [0.0, 0.0]);
        let template = Template::new(&Plate::cut(&picture, &start, side), 5000).expect("not plain");
        let truth = Warp::of([[1.02, -0.03, 9.0], [0.025, 0.99, -7.0], [2e-5, -3e-5, 1.0]]).after(&start);
        let back = truth.after(&start.inverse().expect("not flat")).inverse().expect("not flat");
        let moved = Plate::cut(&picture, &back, picture.width() as usize);
        let pixels: Vec<u8> = moved.levels.iter().map(|&v| (v * 0.6 + 30.0) as u8).collect();
        let moved = Luma::new(picture.width(), picture.width(), pixels).expect("sizes agree");
        let place = template.find(&moved, &start, true).expect("found");
        assert!(place.agreement > 0.7, "{place:?}");
        assert!(farthest(&place.map, &truth, side as f32) < 0.7, "{}", farthest(&place.map, &truth, side as f32));
    }

    #[test]
    fn another_picture_does_not_agree() {
        let picture = code();
        let side = 120;
        let start = Warp::scaled(picture.width() as f32 / side as f32, [0.0, 0.0]);
        let template = Template::new(&Plate::cut(&picture, &start, side), 5000).expect("not plain");
        let other = draw("something else entirely, and longer", Ecc::M).and_then(|d| d.to_luma(6)).expect("drawn");
        let place = template.find(&other, &start, true);
        assert!(place.is_none_or(|place| place.agreement < 0.6), "{place:?}");
    }
}
