//! Several frames of one code that no single one of them lets read, laid over each other.

use super::align::Template;
use super::plate::{BURNT, Plate};
use super::search::{GRID, Purse};
use super::warp::Warp;
use crate::scan::grid::Outcome;
use crate::scan::marks::Trio;
use crate::scan::{deblur, grid, turn};
use crate::{Effort, Luma, Symbol, scan};

/// Through what the marks of a code were seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Through {
    /// In black and white.
    Nothing,
    /// In grey, which sees marks where there are none more often.
    Grey,
    /// In grey once soft focus of this deviation was taken out.
    Soft(f32),
}

impl Through {
    fn in_modules(self, module: f32) -> Through {
        if let Through::Soft(pixels) = self { Through::Soft(pixels / module) } else { self }
    }

    pub(super) const fn is_soft(self) -> bool {
        matches!(self, Through::Soft(_))
    }
}

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
    /// Through what its marks were seen, in modules.
    through: Through,
    /// Whether a grid was seen to lie on it.
    lies: bool,
}

/// Pixels of the stack for a module: as many as the reader likes.
const PIXELS: f32 = 4.0;
/// Modules around the code: its quiet zone, and room for an affine map that is not quite true.
const AROUND: f32 = 5.0;
/// Widest stack, pixels.
const WIDEST: f32 = 240.0;
/// Largest part of a frame that is read by itself, pixels; a larger code is seen well enough in the whole frame.
const MOST_PIXELS: usize = 200_000;
/// Looks that telling modules apart is worth.
const TOLD_APART: u64 = 2_500_000;
/// Looks for a pixel of the stack when a frame is laid on top, when it is sharpened, and for a pixel of a part of the
/// frame that is searched anew.
const ADDED: u64 = 20;
const SHARPENED: u64 = 30;
const SEARCHED: u64 = 15;
/// The latter where specks look like marks everywhere.
const SEARCHED_IN_NOISE: u64 = 45;
/// Pixels of the stack that are looked at when it is found again.
const POINTS: usize = 3500;
/// Below this another picture lies there.
const AGREES: f32 = 0.35;
/// What a stack is sharpened for in turn: a deviation in modules, and the noise of one frame as a share of contrast.
const FOCI: &[(f32, f32)] = &[(0.0, 0.0), (0.7, 0.03), (0.45, 0.1), (0.9, 0.01)];
/// The same of noisy frames, where sharpening makes more noise than it takes softness.
const NOISY_FOCI: &[(f32, f32)] = &[(0.0, 0.0), (0.35, 0.3)];
/// Frames that agree best are weighted most: the power of the ratio of sharpness.
const POWER: i32 = 4;

/// What is read.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// The newest frame, by the grid that is known.
    Frame,
    /// All frames together.
    Together,
    /// The newest frame there, searched anew.
    Here,
}

impl Stack {
    /// Begins with the frame in which three marks were seen.
    pub(super) fn begin(frame: &Luma<'_>, trio: &Trio, through: Through) -> Option<Stack> {
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
            through: through.in_modules(trio.module()),
            lies: false,
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
    /// be the wrong one. Where the marks were seen in soft focus only, that is mostly taken out of the newest frame or of all
    /// together.
    pub(super) fn read(&mut self, frame: &Luma<'_>, noisy: bool, purse: &mut Purse) -> Vec<Symbol> {
        let side = self.sums.len() as u64;
        let softly = self.through.is_soft() && !(self.read + 1).is_multiple_of(4);
        if softly && !purse.pays(GRID + side * SHARPENED + TOLD_APART) {
            return Vec::new();
        }
        self.read += 1;
        if softly {
            // While a lens finds its focus, the newest frame is the sharpest; all together have less noise.
            let newest = self.read.is_multiple_of(2).then(|| Plate::cut(frame, &self.map, self.side()));
            return self.read_plate(&newest.unwrap_or_else(|| self.mean()), noisy);
        }
        let _ = purse.pays(side * ADDED);
        // What does not come first this time comes first the next.
        let ways: &[Way] = if self.through.is_soft() {
            &[Way::Frame, Way::Here]
        } else if self.read.is_multiple_of(2) {
            &[Way::Together, Way::Here, Way::Frame]
        } else {
            &[Way::Frame, Way::Together]
        };
        ways.iter()
            .map(|&way| self.read_by(way, frame, noisy, purse))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// Reads in one way, if there is work left for it.
    fn read_by(&mut self, way: Way, frame: &Luma<'_>, noisy: bool, purse: &mut Purse) -> Vec<Symbol> {
        let side = self.sums.len() as u64;
        match way {
            Way::Frame if purse.pays(GRID) => {
                let finders = self.finders().map(|at| self.map.at(at));
                let laid = grid::laid_flat(frame, None, finders, (self.module, self.modules));
                self.heard(laid)
            }
            Way::Together if purse.pays(GRID + side * SHARPENED) => self.read_plate(&self.mean(), noisy),
            Way::Here => self.read_here(frame, if noisy { SEARCHED_IN_NOISE } else { SEARCHED }, purse),
            Way::Frame | Way::Together => Vec::new(),
        }
    }

    /// Whether marks seen in soft focus belong to nothing, or were seen so long ago that they are clearer now.
    pub(super) fn is_stale(&self) -> bool {
        match self.through {
            Through::Nothing => false,
            Through::Grey => !self.lies && self.read >= GREY_READS,
            Through::Soft(_) => self.read >= if self.lies { SOFT_READS } else { FALSE_READS },
        }
    }

    /// What a grid came to.
    fn heard(&mut self, laid: Outcome) -> Vec<Symbol> {
        self.lies |= matches!(laid, Outcome::Unread);
        if let Outcome::Read(symbol) = laid { vec![symbol] } else { Vec::new() }
    }

    /// Middles of the three finders, in pixels of the stack.
    fn finders(&self) -> [[f32; 2]; 3] {
        let (near, far) = ((AROUND + 3.5) * self.pixels(), (AROUND + self.modules as f32 - 3.5) * self.pixels());
        [[near, near], [far, near], [near, far]]
    }

    fn read_here(&self, frame: &Luma<'_>, looks: u64, purse: &mut Purse) -> Vec<Symbol> {
        let corners = self.corners();
        let room = self.module * AROUND;
        let low = |k: usize| (corners.iter().map(|c| c[k]).fold(f32::MAX, f32::min) - room).max(0.0);
        let high = |k: usize| (corners.iter().map(|c| c[k]).fold(f32::MIN, f32::max) + room).max(0.0);
        let (left, top) = (low(0), low(1));
        let (width, height) = ((high(0) - left).max(0.0), (high(1) - top).max(0.0));
        let part = frame.part(left as u32, top as u32, width as u32, height as u32);
        let affordable =
            |part: &Luma<'_>| part.pixels().len() < MOST_PIXELS && purse.pays(part.pixels().len() as u64 * looks);
        let Some(part) = part.filter(affordable) else { return Vec::new() };
        let (mut found, noisy) = turn::first(&part);
        if found.is_empty() {
            found = turn::further(&part, u64::from(self.read / 2), noisy);
        }
        for [x, y] in found.iter_mut().flat_map(|symbol| symbol.corners.iter_mut()) {
            (*x, *y) = (*x + left.floor(), *y + top.floor());
        }
        found
    }

    /// Reads a picture of the code in the stack's pixels, once soft focus is taken out of it.
    fn read_plate(&mut self, plate: &Plate, noisy: bool) -> Vec<Symbol> {
        let grey = |at: [f32; 2]| Some(plate.between(at));
        let (softness, noise) = self.focus(noisy, &grey);
        let noise = noise / (self.frames as f32).clamp(1.0, 12.0);
        let sharp = (softness > 0.0).then(|| sharpened(plate, softness * self.pixels(), noise));
        let Some(picture) = stretched(sharp.as_ref().unwrap_or(plate)) else { return Vec::new() };
        let mut found = if self.read.is_multiple_of(2) || self.through.is_soft() {
            let soft: Option<&grid::Grey<'_>> = self.through.is_soft().then_some(&grey);
            let laid = grid::laid_flat(&picture, soft, self.finders(), (self.pixels(), self.modules));
            self.heard(laid)
        } else {
            scan(&picture, Effort::Stream)
        };
        for corner in found.iter_mut().flat_map(|symbol| symbol.corners.iter_mut()) {
            *corner = self.map.at(*corner);
        }
        found
    }

    /// Modules of soft focus that are taken out next, and the noise of one frame.
    fn focus(&self, noisy: bool, grey: &grid::Grey<'_>) -> (f32, f32) {
        if let Through::Soft(soft) = self.through {
            let told = grid::softness(grey, self.finders(), self.modules);
            return (told.unwrap_or(soft), SOFT_NOISE);
        }
        let ways = if noisy { NOISY_FOCI } else { FOCI };
        ways[(self.read / 2) as usize % ways.len()]
    }
}

/// Noise of one frame in soft focus, as a share of contrast, when the grid is laid.
const SOFT_NOISE: f32 = 0.01;
/// Reads of a stack begun in soft focus, after which it is begun anew.
const SOFT_READS: u32 = 16;
/// The same where no grid was seen to lie there, and where no soft focus was taken out.
const FALSE_READS: u32 = 2;
const GREY_READS: u32 = 6;

/// Undoes a soft focus of this deviation in pixels, as far as noise of this share of the contrast lets one (Wiener).
/// A Gaussian's rows and columns part, and so do those of its inverse.
fn sharpened(plate: &Plate, deviation: f32, noise: f32) -> Plate {
    plate.filtered(&deblur::soft_focus(deviation, noise))
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
