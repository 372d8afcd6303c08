//! Laying the grid of a code over its picture: the modules whose colour is known must come out right, and every
//! other one must be clearly dark or clearly light.

mod bend;

use super::layout::{Layout, Place, version_information, version_place};
use super::patch::{Patch, View};
use super::plane::{Plane, Point, Sheet};
use super::wide::wide;

/// A grid being laid.
pub(super) struct Fit<'a> {
    patch: &'a Patch,
    side: usize,
    /// Those of known modules first.
    spots: Vec<Spot>,
    known: usize,
    /// The grid as it lies now.
    pub(super) sheet: Sheet,
}

/// The middle of one module that is looked at while the grid is being laid.
#[derive(Clone, Copy)]
struct Spot {
    /// In modules, as the sheet is bent now.
    at: Point,
    home: Point,
    /// 1 for a module that must be dark, -1 for one that must be light, 0 for one that may be either.
    colour: f32,
    /// What it is worth that a module that may be either is clearly one.
    open: f32,
}

impl Spot {
    fn value(&self, darkness: f32) -> f32 {
        self.colour * darkness + self.open * darkness.abs()
    }
}

/// Spots whose darkness is told together.
const TOGETHER: usize = 8;

/// The value of spots in a view.
fn value(view: &View<'_>, spots: &[Spot]) -> f32 {
    wide!((view: &'w View<'w>, spots: &'w [Spot]) -> f32 { value_by_eights(view, spots) })
}

#[inline(always)]
fn value_by_eights(view: &View<'_>, spots: &[Spot]) -> f32 {
    let (eights, rest) = spots.as_chunks::<TOGETHER>();
    let mut sums = [0.0f32; TOGETHER];
    for eight in eights {
        let dark = view.darknesses([0, 1].map(|axis| std::array::from_fn::<_, TOGETHER, _>(|n| eight[n].at[axis])));
        for n in 0..TOGETHER {
            sums[n] += eight[n].value(dark[n]);
        }
    }
    sums.iter().sum::<f32>() + rest.iter().map(|spot| spot.value(view.darkness(spot.at))).sum::<f32>()
}

/// Agreement of version information from which on it is believed: its codewords differ in eight modules of eighteen.
const VERSION_TOLD: f32 = 0.5;

/// Weight of all modules whose colour is not known, each, beside one whose colour is.
const UNKNOWN: f32 = 0.4;
/// Modules of the data looked at, about.
const LOOKED_AT: usize = 400;
/// Agreement below which finer steps are not worth it.
const HOPELESS: f32 = 0.3;
/// A round of moves that brings less than this share of the score ends the rounds of its step.
const LITTLE: f32 = 1e-3;

fn spots(layout: &Layout) -> Vec<Spot> {
    let every = (layout.data.len() / LOOKED_AT).max(1);
    let middle = |(x, y): Place| [f32::from(x) + 0.5, f32::from(y) + 0.5];
    let spot = |place: Place, colour: f32, open: f32| Spot { at: middle(place), home: middle(place), colour, open };
    let known = layout.known.iter().map(|&(place, dark)| spot(place, if dark { 1.0 } else { -1.0 }, 0.0));
    let data = layout.data.iter().step_by(every).map(|&place| spot(place, 0.0, UNKNOWN * every as f32));
    known.chain(data).collect()
}

impl<'a> Fit<'a> {
    /// A flat grid.
    pub(super) fn new(patch: &'a Patch, layout: &Layout, plane: Plane) -> Self {
        Fit {
            patch,
            side: layout.side,
            spots: spots(layout),
            known: layout.known.len(),
            sheet: Sheet::flat(plane, layout.side),
        }
    }

    /// The version that the modules beside two finders tell, of this one and those next to it, where one does so clearly:
    /// they lie near what the grid was laid by, so it shows them even if it is of another version.
    pub(super) fn version_told(&self) -> Option<u32> {
        let view = self.patch.view(&self.sheet.plane);
        let laid = (self.side as u32 - 17) / 4;
        let agreement = |version: u32| -> f32 {
            // Of another version the same finders are more or fewer modules apart.
            let side = 17 + 4 * version as usize;
            let scale = (self.side - 7) as f32 / (side - 7) as f32;
            let at = |n: usize| 3.5 + (n as f32 + 0.5 - 3.5) * scale;
            let told = version_information(version).into_iter().enumerate().map(|(n, dark)| {
                let (near, far) = version_place(side, n);
                let seen = view.darkness([at(near), at(far)]) + view.darkness([at(far), at(near)]);
                if dark { seen } else { -seen }
            });
            told.sum::<f32>() / 36.0
        };
        let near = (laid.saturating_sub(2)..=laid + 2).filter(|version| (7..=40).contains(version));
        let best = near.map(|version| (agreement(version), version)).max_by(|a, b| a.0.total_cmp(&b.0))?;
        (best.0 > VERSION_TOLD).then_some(best.1)
    }

    /// From -1 to about 1: how well the known modules agree.
    pub(super) fn agreement(&self) -> f32 {
        self.agreement_on(&self.sheet.plane)
    }

    fn agreement_on(&self, plane: &Plane) -> f32 {
        let known = &self.spots[..self.known];
        value(&self.patch.view(plane), known) / known.len().max(1) as f32
    }

    /// Moves the four anchors of the plane (three finders and the far corner) about, in ever smaller steps; the first
    /// ones, in modules, are given for each anchor.
    pub(super) fn lay_flat(&mut self, steps: [f32; 4]) {
        let side = self.side as f32;
        let far = if self.side > 21 { side - 6.5 } else { side - 3.5 };
        let anchors = [[3.5, 3.5], [side - 3.5, 3.5], [3.5, side - 3.5], [far, far]];
        let module = self.sheet.plane.scale_at([side / 2.0, side / 2.0]);
        let mut pixels = anchors.map(|anchor| self.sheet.plane.at(anchor));
        let laid = |pixels: &[Point; 4]| Plane::through(&std::array::from_fn::<_, 4, _>(|n| (anchors[n], pixels[n])));
        let some: Vec<Spot> = self.spots.iter().copied().step_by(3).collect();
        let score = |pixels: &[Point; 4], spots: &[Spot]| {
            laid(pixels).map_or(f32::NEG_INFINITY, |plane| value(&self.patch.view(&plane), spots))
        };
        for finer in [1.0, 0.5, 0.25, 0.12, 0.06] {
            // What agrees with nothing after the wide steps will not after the narrow ones.
            if finer < 0.2 && laid(&pixels).is_none_or(|plane| self.agreement_on(&plane) < HOPELESS) {
                break;
            }
            let spots = if finer < 0.2 { &self.spots } else { &some };
            let mut best = score(&pixels, spots);
            for _ in 0..3 {
                let before = best;
                for handle in (0..4).rev() {
                    let start = pixels;
                    for [dx, dy] in around(steps[handle] * finer * module) {
                        let mut moved = start;
                        moved[handle] = [start[handle][0] + dx, start[handle][1] + dy];
                        let value = score(&moved, spots);
                        if value > best {
                            (best, pixels) = (value, moved);
                        }
                    }
                }
                if best - before < before.abs() * LITTLE {
                    break;
                }
            }
        }
        if let Some(plane) = laid(&pixels) {
            self.sheet.plane = plane;
        }
    }

    /// Lets a net of handles give way, each by itself.
    pub(super) fn loosen(&mut self) {
        let view = self.patch.view(&self.sheet.plane);
        let mut near: Vec<Vec<(usize, f32)>> = vec![Vec::new(); 25];
        for (n, spot) in self.spots.iter().enumerate() {
            for (handle, weight) in self.sheet.net_weights(spot.home) {
                if weight > 0.05 {
                    near[handle].push((n, weight));
                }
            }
        }
        for step in [0.5, 0.25, 0.12] {
            for (handle, near) in near.iter().enumerate() {
                let spots = &self.spots;
                let moved = |[dx, dy]: Point| -> f32 {
                    let at = |n: usize, w: f32| [spots[n].at[0] + w * dx, spots[n].at[1] + w * dy];
                    near.iter().map(|&(n, w)| spots[n].value(view.darkness(at(n, w)))).sum()
                };
                let stay = moved([0.0, 0.0]);
                let (value, [dx, dy]) = best_of(around(step), moved);
                if value > stay {
                    shift(&mut self.sheet.net[handle], [dx, dy]);
                    near.iter().for_each(|&(n, w)| shift(&mut self.spots[n].at, [w * dx, w * dy]));
                }
            }
        }
        self.sheet.is_bent = true;
    }
}

/// A step to each of the four sides.
fn around(step: f32) -> [Point; 4] {
    [[step, 0.0], [-step, 0.0], [0.0, step], [0.0, -step]]
}

fn shift(point: &mut Point, [dx, dy]: Point) {
    *point = [point[0] + dx, point[1] + dy];
}

fn best_of(moves: [Point; 4], value: impl Fn(Point) -> f32) -> (f32, Point) {
    let rated = moves.map(|step| (value(step), step));
    rated.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f32::NEG_INFINITY, [0.0; 2]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ecc, draw};

    #[test]
    fn a_grid_of_another_version_says_which_one_it_lies_on() {
        let drawing = draw(&"version seven or more ".repeat(6), Ecc::M).expect("drawn");
        let (picture, modules) = (drawing.to_luma(4).expect("drawn"), drawing.modules() as f32);
        let number = (drawing.modules() - 17) / 4;
        assert!(number > 7);
        // Four modules of white, four pixels a module.
        let places = [[7.5, 7.5], [modules + 0.5, 7.5], [7.5, modules + 0.5]].map(|at: Point| at.map(|n| n * 4.0));
        let end = picture.width() as f32;
        let patch = Patch::cut(&picture, &[[0.0, 0.0], [end, end]], 0.0, 4.0, false).expect("a patch");
        let told = |layout: &Layout| {
            let far = layout.side as f32 - 3.5;
            let homes = [[3.5, 3.5], [far, 3.5], [3.5, far]];
            let plane = Plane::affine(std::array::from_fn(|n| (homes[n], places[n]))).expect("a plane");
            Fit::new(&patch, layout, plane).version_told()
        };
        for other in [number - 1, number, number + 1] {
            assert_eq!(told(Layout::of(other).expect("a version")), Some(number), "laid as {other}");
        }
        assert_eq!(told(Layout::of(number + 6).expect("a version")), None, "too far off to be shown");
    }
}
