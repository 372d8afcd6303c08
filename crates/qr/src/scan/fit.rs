//! Laying the grid of a code over its picture: the modules whose colour is known must come out right, and every
//! other one must be clearly dark or clearly light.

use super::layout::{Layout, Place};
use super::patch::Patch;
use super::plane::{Plane, Point, Sheet};

/// A grid being laid.
pub(super) struct Fit<'a> {
    patch: &'a Patch,
    layout: &'a Layout,
    /// The grid as it lies now.
    pub(super) sheet: Sheet,
}

/// Weight of a module whose colour is not known beside one whose colour is.
const UNKNOWN: f32 = 0.4;

fn middle((x, y): Place) -> Point {
    [f32::from(x) + 0.5, f32::from(y) + 0.5]
}

impl<'a> Fit<'a> {
    /// A flat grid.
    pub(super) fn new(patch: &'a Patch, layout: &'a Layout, plane: Plane) -> Self {
        Fit { patch, layout, sheet: Sheet::flat(plane, layout.side) }
    }

    /// From -1 to about 1: how well the known modules agree.
    pub(super) fn agreement(&self) -> f32 {
        self.known(&self.sheet) / self.layout.known.len() as f32
    }

    fn known(&self, sheet: &Sheet) -> f32 {
        let one = |&(place, dark): &(Place, bool)| {
            let seen = self.patch.darkness(sheet.at(middle(place)));
            if dark { seen } else { -seen }
        };
        self.layout.known.iter().map(one).sum()
    }

    fn clear(&self, sheet: &Sheet, every: usize) -> f32 {
        let data = self.layout.data.iter().step_by(every);
        let sum: f32 = data.map(|&place| self.patch.darkness(sheet.at(middle(place))).abs()).sum();
        sum * every as f32 * UNKNOWN
    }

    fn score(&self, sheet: &Sheet, every: usize) -> f32 {
        self.known(sheet) + self.clear(sheet, every)
    }

    /// Moves the four anchors of the plane (three finders and the far corner) about, in ever smaller steps; the first
    /// ones, in modules, are given for each anchor.
    pub(super) fn lay_flat(&mut self, steps: [f32; 4]) {
        let side = self.layout.side as f32;
        let far = if self.layout.side > 21 { side - 6.5 } else { side - 3.5 };
        let anchors = [[3.5, 3.5], [side - 3.5, 3.5], [3.5, side - 3.5], [far, far]];
        let module = self.sheet.plane.scale_at([side / 2.0, side / 2.0]);
        let mut pixels = anchors.map(|anchor| self.sheet.plane.at(anchor));
        let every = 1 + self.layout.data.len() / 1500;
        let laid = |pixels: &[Point; 4]| Plane::through(&std::array::from_fn::<_, 4, _>(|n| (anchors[n], pixels[n])));
        let score = |fit: &Self, pixels: &[Point; 4]| {
            laid(pixels).map_or(f32::NEG_INFINITY, |plane| fit.score(&Sheet::flat(plane, fit.layout.side), every))
        };
        let mut best = score(self, &pixels);
        for finer in [1.0, 0.5, 0.25, 0.12, 0.06] {
            for _ in 0..3 {
                let before = best;
                for handle in (0..4).rev() {
                    let step = steps[handle] * finer * module;
                    best = improved(&mut pixels, best, &[handle], step, |pixels| score(self, pixels));
                }
                if best - before < before.abs() * 1e-3 {
                    break;
                }
            }
        }
        if let Some(plane) = laid(&pixels) {
            self.sheet.plane = plane;
        }
    }

    /// Bends the grid like paper around a bottle, then by a net of handles.
    pub(super) fn bend(&mut self) {
        let every = 1 + self.layout.data.len() / 1000;
        const GROUPS: [&[usize]; 9] = [&[1, 4, 7], &[3, 4, 5], &[1], &[3], &[5], &[7], &[8], &[4], &[2]];
        let mut bend = self.sheet.bend;
        let score = |fit: &Self, bend: &[Point; 9]| fit.score(&Sheet { bend: *bend, ..fit.sheet.clone() }, every);
        let mut best = score(self, &bend);
        for step in [1.5, 0.75, 0.4, 0.2, 0.1] {
            for _ in 0..2 {
                let before = best;
                for group in GROUPS {
                    best = improved(&mut bend, best, group, step, |bend| score(self, bend));
                }
                if best - before < before.abs() * 1e-3 {
                    break;
                }
            }
        }
        self.sheet.bend = bend;
    }

    /// Lets a net of handles give way, each by itself.
    pub(super) fn loosen(&mut self) {
        let every = 1 + self.layout.data.len() / 1500;
        let mut net = self.sheet.net;
        let score = |fit: &Self, net: &[Point; 25]| fit.score(&Sheet { net: *net, ..fit.sheet.clone() }, every);
        let mut best = score(self, &net);
        for step in [0.5, 0.25, 0.12] {
            for handle in 0..25 {
                best = improved(&mut net, best, &[handle], step, |net| score(self, net));
            }
        }
        self.sheet.net = net;
    }
}

/// Moves a group of handles by a step in the best of four directions, if that is better than staying.
fn improved<const N: usize>(
    handles: &mut [Point; N],
    best: f32,
    group: &[usize],
    step: f32,
    score: impl Fn(&[Point; N]) -> f32,
) -> f32 {
    let start = *handles;
    let mut top = best;
    for [dx, dy] in [[step, 0.0], [-step, 0.0], [0.0, step], [0.0, -step]] {
        let mut moved = start;
        for &handle in group {
            moved[handle] = [start[handle][0] + dx, start[handle][1] + dy];
        }
        let value = score(&moved);
        if value > top {
            (top, *handles) = (value, moved);
        }
    }
    top
}
