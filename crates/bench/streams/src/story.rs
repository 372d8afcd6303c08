//! What happens in a stream: at each picture, where the code lies and what lens, lamp and hand do.

use std::f32::consts::{PI, TAU};

use crate::pose::Pose;
use crate::random::Random;
use crate::{HEIGHT, RATE, WIDTH};

/// The kinds of stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A hand that does not hold still: every picture is smeared, some less.
    Shake,
    /// The lens finds its focus.
    Focus,
    /// A lamp's reflection wanders over the code.
    Glare,
    /// A code on a flickering screen: dark bands roll through the picture.
    Bands,
    /// The code comes in on one side and leaves on the other.
    Passing,
    /// Small and far, and coming nearer.
    Approach,
    /// Hardly any light: the picture is mostly noise.
    Dark,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 7] =
        [Kind::Shake, Kind::Focus, Kind::Glare, Kind::Bands, Kind::Passing, Kind::Approach, Kind::Dark];

    /// Its name in figures.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Shake => "shake",
            Kind::Focus => "focus",
            Kind::Glare => "glare",
            Kind::Bands => "bands",
            Kind::Passing => "passing",
            Kind::Approach => "approach",
            Kind::Dark => "dark",
        }
    }
}

/// A reflection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glare {
    /// Pixels.
    pub(crate) at: [f32; 2],
    /// Deviations along and across, pixels.
    pub(crate) size: [f32; 2],
    /// Radians.
    pub(crate) turn: f32,
    /// Grey levels added in its middle.
    pub(crate) light: f32,
}

/// Dark bands across the picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Band {
    /// Rows from band to band.
    pub(crate) period: f32,
    /// Where they are, in periods.
    pub(crate) phase: f32,
    /// Share of the light that is missing in a band.
    pub(crate) depth: f32,
    /// How abrupt its edges are; 1 is a sine.
    pub(crate) steep: f32,
}

/// One picture.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    /// Where the code lay in turn during the exposure.
    pub(crate) poses: Vec<Pose>,
    /// Deviation of the lens' blur, pixels.
    pub(crate) blur: f32,
    pub(crate) glares: Vec<Glare>,
    pub(crate) bands: Vec<Band>,
    /// Share of the light that came in, before amplification.
    pub(crate) gain: f32,
    /// Deviation of the sensor's noise, grey levels before amplification.
    pub(crate) noise: f32,
    /// What the picture is multiplied by in the end.
    pub(crate) exposure: f32,
}

/// A swing of the hand: so many pixels, so often a second.
#[derive(Debug, Clone, Copy)]
struct Swing {
    reach: [f32; 2],
    rate: f32,
    phase: [f32; 2],
}

/// Everything that was decided from the seed.
pub(crate) struct Story {
    kind: Kind,
    pub(crate) pictures: u32,
    start: Pose,
    side: f32,
    swings: Vec<Swing>,
    /// Seconds the shutter is open.
    shutter: f32,
    blur: f32,
    /// What each kind makes of these, 0 to 1.
    chances: [f32; 8],
}

/// Seconds of all streams but those of a code passing by.
const SECONDS: f32 = 3.0;
/// Seconds of those.
const PASSING: f32 = 2.0;

impl Story {
    pub(crate) fn new(kind: Kind, side: f32, random: &mut Random) -> Story {
        let module = match kind {
            Kind::Shake | Kind::Passing => random.between(3.2, 5.0),
            Kind::Dark | Kind::Bands => random.between(2.6, 4.5),
            Kind::Approach => random.between(0.85, 1.05),
            Kind::Focus | Kind::Glare => random.between(3.0, 5.5),
        };
        let swing = |random: &mut Random, reach: f32, rate: f32| Swing {
            reach: [reach * random.between(0.5, 1.0), reach * random.between(0.4, 0.9)],
            rate: rate * random.between(0.8, 1.25),
            phase: [random.between(0.0, TAU), random.between(0.0, TAU)],
        };
        // Drift of the arm, sway of the wrist, tremor of the fingers.
        let strength = if kind == Kind::Shake { random.between(6.0, 10.0) } else { 1.0 };
        let swings = vec![
            swing(random, 8.0 * strength, 0.6),
            swing(random, 3.0 * strength, 2.2),
            swing(random, 0.7 * strength, 9.0),
        ];
        let roll = if random.chance(0.35) { random.between(-PI, PI) } else { random.between(-0.2, 0.2) };
        let tilt = [random.between(-0.25, 0.25), random.between(-0.25, 0.25)];
        let away = [random.between(-120.0, 120.0), random.between(-40.0, 40.0)];
        let at = [WIDTH as f32 / 2.0 + away[0], HEIGHT as f32 / 2.0 + away[1]];
        let seconds = if kind == Kind::Passing { PASSING } else { SECONDS };
        let chances = std::array::from_fn(|_| random.between(0.0, 1.0));
        Story {
            kind,
            pictures: (seconds * RATE as f32) as u32,
            start: Pose { at, module, roll, tilt },
            side,
            swings,
            shutter: random.between(0.018, 0.03),
            blur: random.between(0.5, 0.8),
            chances,
        }
    }

    /// A value in a range, the same for the whole stream.
    fn choice(&self, which: usize, low: f32, high: f32) -> f32 {
        low + (high - low) * self.chances[which]
    }

    /// Where the code is at this second.
    fn pose(&self, second: f32) -> Pose {
        let mut pose = self.start;
        for swing in &self.swings {
            for k in 0..2 {
                pose.at[k] += swing.reach[k] * (TAU * swing.rate * second + swing.phase[k]).sin();
            }
            pose.roll += swing.reach[0] * 0.0006 * (TAU * swing.rate * second + swing.phase[1]).cos();
        }
        match self.kind {
            Kind::Approach => {
                let near = self.choice(0, 2.4, 3.2);
                pose.module = self.start.module * (near / self.start.module).powf(second / SECONDS);
            }
            Kind::Passing => {
                let way = if self.chances[0] < 0.5 { 1.0 } else { -1.0 };
                // It is shown for a moment: slow in the middle, fast at both ends.
                let (from_middle, slow) = (second / PASSING - 0.5, self.choice(1, 0.15, 0.4));
                let along = 2.0 * from_middle * (slow + (1.0 - slow) * (2.0 * from_middle).powi(2));
                let beside = WIDTH as f32 / 2.0 + (self.side / 2.0 + 8.0) * pose.module;
                pose.at[0] = WIDTH as f32 / 2.0 + way * along * beside;
            }
            _ => {}
        }
        pose
    }

    fn glares(&self, second: f32) -> Vec<Glare> {
        let extent = self.side * self.start.module;
        let count = 1 + usize::from(self.chances[6] > 0.5);
        let one = |n: usize| {
            let from = self.choice(n, 0.0, TAU);
            // It comes over the middle and leaves over the rim.
            let far = extent * (second / SECONDS) * self.choice(n + 1, 0.5, 0.9);
            let at = [self.start.at[0] + far * from.cos(), self.start.at[1] + far * from.sin()];
            let size = [extent * self.choice(n + 2, 0.10, 0.2), extent * self.choice(n + 3, 0.14, 0.28)];
            Glare { at, size, turn: from, light: self.choice(4, 180.0, 340.0) }
        };
        (0..count).map(one).collect()
    }

    fn bands(&self, second: f32) -> Vec<Band> {
        let one =
            |period: f32, speed: f32, depth: f32, steep: f32| Band { period, phase: speed * second, depth, steep };
        vec![
            one(
                self.choice(0, 60.0, 220.0),
                self.choice(1, 1.1, 4.7),
                self.choice(2, 0.6, 0.9),
                self.choice(3, 2.0, 8.0),
            ),
            one(self.choice(4, 6.0, 16.0), self.choice(5, 0.7, 6.1), self.choice(6, 0.2, 0.55), 1.0),
        ]
    }

    /// How far the code moves while the shutter is open decides how often it has to be looked at.
    fn exposure_poses(&self, second: f32) -> Vec<Pose> {
        let (open, close) = (self.pose(second), self.pose(second + self.shutter));
        let way = (open.at[0] - close.at[0]).hypot(open.at[1] - close.at[1]);
        let looks = (way * 1.2).ceil().clamp(1.0, 24.0);
        (0..looks as usize).map(|n| self.pose(second + self.shutter * (n as f32 + 0.5) / looks)).collect()
    }

    /// What picture `n` is made from.
    pub(crate) fn moment(&self, n: u32) -> Moment {
        let second = n as f32 / RATE as f32;
        let mut moment = Moment {
            poses: self.exposure_poses(second),
            blur: self.blur,
            glares: Vec::new(),
            bands: Vec::new(),
            gain: 1.0,
            noise: 1.2,
            exposure: 1.0,
        };
        match self.kind {
            Kind::Focus => {
                let (far, pace) = (self.choice(0, 1.3, 2.2), self.choice(1, 0.8, 1.6));
                moment.blur = self.blur.hypot(self.start.module * far * (-second / pace).exp());
                moment.noise = 1.6;
            }
            Kind::Glare => moment.glares = self.glares(second),
            Kind::Bands => {
                moment.bands = self.bands(second);
                moment.noise = 2.0;
            }
            Kind::Dark => {
                moment.gain = self.choice(0, 0.012, 0.04);
                moment.exposure = self.choice(1, 0.4, 0.7);
            }
            Kind::Approach => moment.noise = 2.0,
            Kind::Shake | Kind::Passing => {}
        }
        moment
    }
}
