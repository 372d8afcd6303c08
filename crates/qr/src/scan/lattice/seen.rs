//! What the finders of a symbol tell of its light: how far it runs, and what is white and what is black.

use std::f32::consts::{PI, TAU};
use std::ops::Range;

use super::{AROUND, FINE, Grey};
use crate::scan::plane::{Point, Sheet};

/// Soft foci that are tried: deviations in modules.
const SHARPEST: f32 = 0.3;
const SOFTEST: f32 = 1.4;
const STEP: f32 = 0.05;
/// Ways of a motion that are tried, in half a turn, and its lengths in modules.
const WAYS: usize = 12;
const LENGTHS: [f32; 5] = [0.8, 1.2, 1.6, 2.0, 2.4];
/// The soft focus that goes with it: first, and then one of these.
const FOCUS: f32 = 0.35;
const FOCI: [f32; 3] = [0.25, FOCUS, 0.5];
/// Moments that stand for the whole motion.
const MOMENTS: usize = 7;
/// Modules of a finder, from its outer edge inwards, and of the white around it, that no other module shines into.
const INSIDE: f32 = 5.0;
const OUTSIDE: f32 = 2.5;

/// How light runs: in a soft focus of this deviation in modules, and along the way, to the right and down, that a symbol
/// moved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) soft: f32,
    pub(super) way: Point,
}

impl Run {
    /// Where the symbol was at each moment, from where it was in the middle of them.
    fn moments(&self) -> [Point; MOMENTS] {
        std::array::from_fn(|n| self.way.map(|way| way * ((n as f32 + 0.5) / MOMENTS as f32 - 0.5)))
    }
}

/// Something that changes evenly over a symbol: at its corner, and by a module to the right and down.
pub(super) type Slope = [f32; 3];

/// White, and the way from there to black.
pub(super) type Light = [Slope; 2];

/// What one finder looks like: white, the way to black, and how much of it is not explained.
struct Told {
    white: f32,
    reach: f32,
    left: f32,
}

/// Grey levels of a symbol and its surroundings, [`FINE`] to a module.
pub(super) struct Seen {
    pub(super) wide: usize,
    grey: Vec<f32>,
}

impl Seen {
    pub(super) fn of(grey: &Grey<'_>, sheet: &Sheet, side: usize) -> Option<Seen> {
        let wide = (side + 2 * AROUND) * FINE;
        let at = |n: usize| grey(sheet.at([place(n % wide), place(n / wide)]));
        Some(Seen { wide, grey: (0..wide * wide).map(at).collect::<Option<_>>()? })
    }

    /// The soft focus that explains the finders best, and their light.
    pub(super) fn softness(&self, side: usize) -> Option<(f32, Light)> {
        let steps = ((SOFTEST - SHARPEST) / STEP).round() as usize;
        let told = |n: usize| finders(side).map(|finder| self.softened(finder, side, SHARPEST + n as f32 * STEP));
        let tried: Vec<[Told; 3]> = (0..=steps).map(told).collect();
        let left: Vec<f32> = tried.iter().map(left_of).collect();
        let best = (0..left.len()).min_by(|&a, &b| left[a].total_cmp(&left[b]))?;
        let soft = SHARPEST + (best as f32 + lowest(&left, best)) * STEP;
        Some((soft, light(&tried[best], side)))
    }

    /// The motion that explains the finders best, and their light.
    pub(super) fn motion(&self, side: usize) -> Option<(Run, Light)> {
        let way = |turn: f32, length: f32| [(turn * PI).cos() * length, (turn * PI).sin() * length];
        let told = |turn: f32, length: f32, bars: &Bars| {
            let run = Run { soft: bars.soft, way: way(turn, length) };
            (run, finders(side).map(|finder| self.moved(finder, side, run, bars)))
        };
        let least = |a: &(Run, [Told; 3]), b: &(Run, [Told; 3])| left_of(&a.1).total_cmp(&left_of(&b.1));
        let bars = FOCI.map(Bars::of);
        let turns = (0..WAYS).map(|n| n as f32 / WAYS as f32);
        let tried = turns.flat_map(|turn| LENGTHS.map(|length| (turn, length)));
        let rated = tried.map(|(turn, length)| (told(turn, length, &bars[1]), (turn, length)));
        let (_, (turn, length)) = rated.min_by(|a, b| least(&a.0, &b.0))?;
        let near = [-0.5, 0.0, 0.5].into_iter().flat_map(|t| [-0.2, 0.0, 0.2].map(|l| (t, l)));
        let near = near.flat_map(|(t, l)| bars.each_ref().map(|bars| told(turn + t / WAYS as f32, length + l, bars)));
        let (run, told) = near.min_by(least)?;
        Some((run, light(&told, side)))
    }

    /// Explains a finder by a soft focus.
    fn softened(&self, [x, y]: Point, side: usize, soft: f32) -> Told {
        let bars = |middle: f32| -> Vec<[f32; 3]> {
            looks(middle, side).map(|n| [7.0, 5.0, 3.0].map(|width| bar(place(n) - middle, width, soft))).collect()
        };
        let (columns, rows) = (bars(x), bars(y));
        self.explained([x, y], side, |column, row| dark(&columns[column], &rows[row]))
    }

    /// Explains a finder by a motion.
    fn moved(&self, [x, y]: Point, side: usize, run: Run, bars: &Bars) -> Told {
        let along = |middle: f32, axis: usize| -> Vec<[[f32; 3]; MOMENTS]> {
            looks(middle, side).map(|n| run.moments().map(|at| bars.at(place(n) - middle - at[axis]))).collect()
        };
        let (columns, rows) = (along(x, 0), along(y, 1));
        self.explained([x, y], side, |column, row| {
            let moments = columns[column].iter().zip(&rows[row]);
            moments.map(|(across, down)| dark(across, down)).sum::<f32>() / MOMENTS as f32
        })
    }

    /// Explains a finder of which it is known how dark each look is (least squares).
    fn explained(&self, [x, y]: Point, side: usize, dark: impl Fn(usize, usize) -> f32) -> Told {
        let [mut count, mut d, mut dd, mut g, mut gd, mut gg] = [0.0f32; 6];
        for (row, y) in looks(y, side).enumerate() {
            for (column, x) in looks(x, side).enumerate() {
                let (dark, grey) = (dark(column, row), self.grey[y * self.wide + x]);
                (count, d, dd) = (count + 1.0, d + dark, dd + dark * dark);
                (g, gd, gg) = (g + grey, gd + grey * dark, gg + grey * grey);
            }
        }
        let (spread, together) = (dd - d * d / count, gd - g * d / count);
        let slope = together / spread.max(f32::EPSILON);
        Told { white: (g - slope * d) / count, reach: -slope, left: gg - g * g / count - slope * together }
    }

    /// How dark every look is, 0 white to 1 black.
    pub(super) fn darkness(&self, light: &Light) -> Vec<f32> {
        let one = |(n, grey): (usize, &f32)| {
            let (x, y) = (place(n % self.wide), place(n / self.wide));
            let [white, reach] = light.map(|[corner, across, down]| corner + across * x + down * y);
            ((white - grey) / reach.max(1.0)).clamp(-0.5, 1.5)
        };
        self.grey.iter().enumerate().map(one).collect()
    }

    /// Looks spread along the way of a motion.
    pub(super) fn spread(&self, looks: &[f32], run: Run) -> Vec<f32> {
        let taps: Vec<([i32; 2], f32)> = run.moments().into_iter().flat_map(around).collect();
        let wide = self.wide as i32;
        let at = |x: i32, y: i32| {
            let inside = x >= 0 && y >= 0 && x < wide && y < wide;
            if inside { looks[(y * wide + x) as usize] } else { 0.0 }
        };
        let one = |n: i32| -> f32 {
            let sum: f32 = taps.iter().map(|([x, y], weight)| at(n % wide + x, n / wide + y) * weight).sum();
            sum / MOMENTS as f32
        };
        (0..wide * wide).map(one).collect()
    }
}

/// The four looks around a place so many modules off, and the share of each.
fn around(off: Point) -> [([i32; 2], f32); 4] {
    let [x, y] = off.map(|modules| modules * FINE as f32);
    let (left, top) = (x.floor(), y.floor());
    let (right, down) = (x - left, y - top);
    [[0, 0], [1, 0], [0, 1], [1, 1]].map(|[a, b]| {
        let share = |one: i32, far: f32| if one == 1 { far } else { 1.0 - far };
        ([left as i32 + a, top as i32 + b], share(a, right) * share(b, down))
    })
}

/// Middles of the three finders.
fn finders(side: usize) -> [Point; 3] {
    let far = side as f32 - 3.5;
    [[3.5, 3.5], [far, 3.5], [3.5, far]]
}

fn left_of(told: &[Told; 3]) -> f32 {
    told.iter().map(|told| told.left).sum()
}

/// The light of a whole symbol, by that of its finders.
fn light([corner, right, below]: &[Told; 3], side: usize) -> Light {
    let slope = |[corner, right, below]: [f32; 3]| {
        let [across, down] = [right, below].map(|end| (end - corner) / (side as f32 - 7.0));
        [corner - 3.5 * (across + down), across, down]
    };
    [slope([corner.white, right.white, below.white]), slope([corner.reach, right.reach, below.reach])]
}

/// How far from its lowest point a curve through that and its neighbours is lowest.
fn lowest(curve: &[f32], at: usize) -> f32 {
    match at.checked_sub(1).and_then(|before| curve.get(before..=at + 1)) {
        Some(&[before, here, after]) => ((before - after) / (2.0 * (before - 2.0 * here + after))).clamp(-0.5, 0.5),
        _ => 0.0,
    }
}

/// Where a look lies, in modules.
pub(super) fn place(look: usize) -> f32 {
    (look as f32 + 0.5) / FINE as f32 - AROUND as f32
}

/// The looks along one side of a finder.
fn looks(middle: f32, side: usize) -> Range<usize> {
    let side = side as f32;
    let (low, high) = if middle < side / 2.0 { (-OUTSIDE, INSIDE) } else { (side - INSIDE, side + OUTSIDE) };
    let look = |at: f32| ((at + AROUND as f32) * FINE as f32) as usize;
    look(low)..look(high)
}

/// How dark a look at a finder is, by how much it shows of its three squares along a row and along a column.
fn dark(across: &[f32; 3], down: &[f32; 3]) -> f32 {
    across[0] * down[0] - across[1] * down[1] + across[2] * down[2]
}

/// How much shows of a finder's three squares, the largest first, by how far a look is from its middle: in one soft
/// focus.
struct Bars {
    soft: f32,
    table: Vec<[f32; 3]>,
}

impl Bars {
    /// Steps a module, and modules from the middle beyond which nothing shows.
    const STEPS: f32 = 16.0;
    const REACH: f32 = 9.0;

    fn of(soft: f32) -> Bars {
        let shown = |n: usize| [7.0, 5.0, 3.0].map(|width| bar(n as f32 / Self::STEPS, width, soft));
        Bars { soft, table: (0..(Self::REACH * Self::STEPS) as usize).map(shown).collect() }
    }

    fn at(&self, away: f32) -> [f32; 3] {
        self.table.get((away.abs() * Self::STEPS + 0.5) as usize).copied().unwrap_or_default()
    }
}

/// How much of a bar of this width shows so far from its middle, in a soft focus of this deviation.
pub(super) fn bar(away: f32, width: f32, soft: f32) -> f32 {
    below((away + width / 2.0) / soft) - below((away - width / 2.0) / soft)
}

/// The share of a normal distribution below so many deviations (Abramowitz and Stegun, 26.2.17).
fn below(deviations: f32) -> f32 {
    const POWERS: [f32; 5] = [1.330_274_4, -1.821_255_9, 1.781_477_9, -0.356_563_78, 0.319_381_53];
    let t = 1.0 / (1.0 + 0.231_641_9 * deviations.abs());
    let sum = POWERS.iter().fold(0.0, |sum, power| (sum + power) * t);
    let beyond = (-deviations * deviations / 2.0).exp() / TAU.sqrt() * sum;
    if deviations > 0.0 { 1.0 - beyond } else { beyond }
}
