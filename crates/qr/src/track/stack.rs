//! Several frames of one code that no single one of them lets read, laid over each other.

use super::align::Template;
use super::plate::{BURNT, Plate};
use super::warp::Warp;
use crate::scan::marks::Trio;
use crate::scan::{grid, turn};
use crate::{Effort, Luma, Symbol, scan};

/// A code in sight whose text is not known yet.
#[derive(Debug, Clone)]
pub(super) struct Stack {
    /// From the stack's pixels to the newest frame.
    map: Warp,
    /// How the map changed from the frame before.
    drift: [f32; 2],
    template: Template,
    sums: Vec<f32>,
    weights: Vec<f32>,
    /// Frames laid over each other.
    pub(super) frames: u32,
    /// Frames in a row in which it was not found.
    pub(super) missed: u32,
    /// Pixels a module in the newest frame.
    pub(super) module: f32,
    modules: u32,
    /// How sharp the sharpest frame was, and the newest.
    sharpest: f32,
    pub(super) sharpness: f32,
    /// Share of the newest frame's pixels there that are burnt out.
    pub(super) burnt: f32,
    /// Modules the code moved since the frame before.
    pub(super) motion: f32,
    read: u32,
}

/// Pixels of the stack for a module: as many as the reader likes.
const PIXELS: f32 = 4.0;
/// Modules around the code: its quiet zone, and room for an affine map that is not quite true.
const AROUND: f32 = 5.0;
/// Widest stack, pixels.
const WIDEST: f32 = 300.0;
/// Largest part of a frame that is read by itself, pixels; a larger code is seen well enough in the whole frame.
const MOST_PIXELS: usize = 200_000;
/// Pixels of the stack that are looked at when it is found again.
const POINTS: usize = 5000;
/// Below this another picture lies there.
const AGREES: f32 = 0.35;
/// What a stack is sharpened for in turn: a deviation in modules, and the noise of one frame as a share of contrast.
const FOCI: &[(f32, f32)] = &[(0.0, 0.0), (0.7, 0.03), (0.45, 0.1), (0.9, 0.01)];
/// The same of noisy frames, where sharpening makes more noise than it takes softness.
const NOISY_FOCI: &[(f32, f32)] = &[(0.0, 0.0), (0.35, 0.3)];
/// Frames that agree best are weighted most: the power of the ratio of sharpness.
const POWER: i32 = 4;

impl Stack {
    /// Begins with the frame in which three marks were seen.
    pub(super) fn begin(frame: &Luma<'_>, trio: &Trio) -> Option<Stack> {
        let modules = trio.modules();
        let pixels = PIXELS.min(WIDEST / (modules as f32 + 2.0 * AROUND));
        let side = ((modules as f32 + 2.0 * AROUND) * pixels) as usize / 4 * 4;
        let (near, far) = ((AROUND + 3.5) * pixels, (AROUND + modules as f32 - 3.5) * pixels);
        let places = trio.0.map(|mark| mark.at);
        let map = Warp::of_three([[near, near], [far, near], [near, far]], places)?;
        let plate = Plate::cut(frame, &map, side);
        let template = Template::new(&plate, POINTS)?;
        let mut stack = Stack {
            map,
            drift: [0.0; 2],
            template,
            sums: vec![0.0; side * side],
            weights: vec![0.0; side * side],
            frames: 0,
            missed: 0,
            module: trio.module(),
            modules,
            sharpest: plate.sharpness(),
            sharpness: plate.sharpness(),
            burnt: 0.0,
            motion: 0.0,
            read: 0,
        };
        stack.lay(&plate);
        Some(stack)
    }

    /// Finds the code in the next frame and lays it on top. False when it is not there.
    pub(super) fn add(&mut self, frame: &Luma<'_>) -> bool {
        let foreseen = Warp::scaled(1.0, self.drift).after(&self.map);
        let place = self.template.find(frame, &foreseen, true);
        let Some(place) = place.filter(|place| place.agreement > AGREES && self.is_sane(frame, &place.map)) else {
            self.missed += 1;
            return false;
        };
        let middle = [self.side() as f32 / 2.0; 2];
        let (before, now) = (self.map.at(middle), place.map.at(middle));
        self.drift = [now[0] - before[0], now[1] - before[1]];
        self.module = place.map.growth(middle) * self.pixels();
        self.motion = self.drift[0].hypot(self.drift[1]) / self.module;
        self.map = place.map;
        self.missed = 0;
        self.lay(&Plate::cut(frame, &self.map, self.side()));
        // What is looked for is the clearest picture there is.
        if self.frames.is_power_of_two() || self.frames.is_multiple_of(8) {
            self.template = Template::new(&self.mean(), POINTS).unwrap_or_else(|| self.template.clone());
        }
        true
    }

    fn lay(&mut self, plate: &Plate) {
        (self.sharpness, self.burnt) = (plate.sharpness(), plate.burnt());
        self.sharpest = self.sharpest.max(self.sharpness);
        self.frames += 1;
        let weight = (self.sharpness * 10.0).powi(POWER);
        for ((sum, weights), &level) in self.sums.iter_mut().zip(&mut self.weights).zip(&plate.levels) {
            let weight = if level >= BURNT { weight * 0.02 } else { weight };
            *sum += level * weight;
            *weights += weight;
        }
    }

    fn side(&self) -> usize {
        self.sums.len().isqrt()
    }

    /// Pixels of the stack for a module.
    fn pixels(&self) -> f32 {
        self.side() as f32 / (self.modules as f32 + 2.0 * AROUND)
    }

    fn mean(&self) -> Plate {
        let levels = self.sums.iter().zip(&self.weights).map(|(sum, weight)| sum / weight.max(1e-9)).collect();
        Plate { side: self.side(), levels }
    }

    /// A map that shrinks, blows up or throws the code out of the frame is a wrong one.
    fn is_sane(&self, frame: &Luma<'_>, map: &Warp) -> bool {
        let side = self.side() as f32;
        let [x, y] = map.at([side / 2.0, side / 2.0]);
        let inside = x > 0.0 && y > 0.0 && x < frame.width() as f32 && y < frame.height() as f32;
        let growth = map.growth([side / 2.0; 2]) / self.map.growth([side / 2.0; 2]);
        inside && (0.7..1.4).contains(&growth)
    }

    /// Whether the frame shows the code so much larger than the stack was begun with that a new one tells more.
    pub(super) fn is_outgrown(&self, begun: f32) -> bool {
        self.module > begun * 1.5 && begun < PIXELS
    }

    /// Its corners in the newest frame, in the order of a [`Symbol`].
    pub(super) fn corners(&self) -> [[f32; 2]; 4] {
        let (near, far) = (AROUND * self.pixels(), (AROUND + self.modules as f32) * self.pixels());
        [[near, near], [far, near], [far, far], [near, far]].map(|corner| self.map.at(corner))
    }

    /// The frame's own picture of the code, then all frames together in one way; each call another way, so that none
    /// costs much. The grid is known in both; what it does not open is searched anew every second call, for the grid may
    /// be the wrong one.
    pub(super) fn read(&mut self, frame: &Luma<'_>, noisy: bool) -> Vec<Symbol> {
        self.read += 1;
        let fitted = grid::read_flat(frame, self.finders().map(|at| self.map.at(at)), self.module, self.modules);
        let found: Vec<Symbol> = fitted.into_iter().collect();
        let found = if found.is_empty() { self.read_together(noisy) } else { found };
        if found.is_empty() && self.read.is_multiple_of(2) { self.read_here(frame) } else { found }
    }

    /// Middles of the three finders, in pixels of the stack.
    fn finders(&self) -> [[f32; 2]; 3] {
        let (near, far) = ((AROUND + 3.5) * self.pixels(), (AROUND + self.modules as f32 - 3.5) * self.pixels());
        [[near, near], [far, near], [near, far]]
    }

    fn read_here(&self, frame: &Luma<'_>) -> Vec<Symbol> {
        let corners = self.corners();
        let room = self.module * AROUND;
        let low = |k: usize| (corners.iter().map(|c| c[k]).fold(f32::MAX, f32::min) - room).max(0.0);
        let high = |k: usize| (corners.iter().map(|c| c[k]).fold(f32::MIN, f32::max) + room).max(0.0);
        let (left, top) = (low(0), low(1));
        let (width, height) = ((high(0) - left).max(0.0), (high(1) - top).max(0.0));
        let part = frame.part(left as u32, top as u32, width as u32, height as u32);
        let Some(part) = part.filter(|part| part.pixels().len() < MOST_PIXELS) else { return Vec::new() };
        let (mut found, noisy) = turn::first(&part);
        if found.is_empty() {
            found = turn::further(&part, u64::from(self.read / 2), noisy);
        }
        for [x, y] in found.iter_mut().flat_map(|symbol| symbol.corners.iter_mut()) {
            (*x, *y) = (*x + left.floor(), *y + top.floor());
        }
        found
    }

    fn read_together(&mut self, noisy: bool) -> Vec<Symbol> {
        let way = self.read / 2;
        let mean = self.mean();
        // Modules of soft focus, and the noise that is left after so many frames.
        let ways = if noisy { NOISY_FOCI } else { FOCI };
        let (softness, noise) = ways[way as usize % ways.len()];
        let noise = noise / (self.frames as f32).clamp(1.0, 12.0);
        let picture = if softness > 0.0 { sharpened(&mean, softness * self.pixels(), noise) } else { mean };
        let Some(picture) = stretched(&picture) else { return Vec::new() };
        let mut found = if self.read.is_multiple_of(2) {
            grid::read_flat(&picture, self.finders(), self.pixels(), self.modules).into_iter().collect()
        } else {
            scan(&picture, Effort::Stream)
        };
        for corner in found.iter_mut().flat_map(|symbol| symbol.corners.iter_mut()) {
            *corner = self.map.at(*corner);
        }
        found
    }
}

/// Undoes a soft focus of this deviation in pixels, as far as noise of this share of the contrast lets one (Wiener).
/// A Gaussian's rows and columns part, and so do those of its inverse.
fn sharpened(plate: &Plate, deviation: f32, noise: f32) -> Plate {
    let reach = (deviation * 4.0).ceil() as usize + 4;
    let count = 8 * reach;
    let turn = |n: usize| n as f32 / count as f32 * std::f32::consts::TAU;
    let gain = |n: usize| {
        let kept = (-(turn(n) * deviation).powi(2) / 2.0).exp();
        kept / (kept * kept + noise)
    };
    let tap = |x: usize| {
        let waves = (1..count / 2).map(|n| 2.0 * gain(n) * (turn(n) * x as f32).cos());
        (gain(0) + waves.sum::<f32>()) / count as f32
    };
    let side: Vec<f32> = (0..=reach).map(tap).collect();
    let sum = side[0] + 2.0 * side[1..].iter().sum::<f32>();
    let taps: Vec<f32> = (0..=2 * reach).map(|n| side[n.abs_diff(reach)] / sum).collect();
    plate.filtered(&taps)
}

/// As grey bytes, from the darkest hundredth to the lightest.
fn stretched(plate: &Plate) -> Option<Luma<'static>> {
    let mut sorted = plate.levels.clone();
    let edge = sorted.len() / 100;
    let last = sorted.len() - 1 - edge;
    let high = *sorted.select_nth_unstable_by(last, f32::total_cmp).1;
    let low = *sorted.select_nth_unstable_by(edge, f32::total_cmp).1;
    let scale = 235.0 / (high - low).max(1.0);
    let pixels: Vec<u8> = plate.levels.iter().map(|v| ((v - low) * scale + 10.0).clamp(0.0, 255.0) as u8).collect();
    Luma::new(plate.side as u32, plate.side as u32, pixels).ok()
}
