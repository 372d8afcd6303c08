//! Modules told apart whose light runs together: how far it runs, the finders tell; and of all symbols the one is looked
//! for that would look like what is seen. That no module is darker than black is what an inverse filter cannot know.

use std::f32::consts::{PI, TAU};

use super::filter::transposed;
use super::layout::Layout;
use super::plane::{Point, Sheet};
use super::soft::Soft;
use super::wide::wide;

/// Looks at a module, each way.
const FINE: usize = 3;
/// Modules looked at around the symbol.
const AROUND: usize = 3;
/// Soft foci that are tried: deviations in modules.
const SHARPEST: f32 = 0.3;
const SOFTEST: f32 = 1.4;
const STEP: f32 = 0.05;
/// Below this, light stays where it belongs: there is nothing to be told apart.
const RUNS_TOGETHER: f32 = 0.45;
/// Modules of a row from which on it would take too long: the work grows with their cube.
const LARGE: usize = 70;
/// Modules of a finder, from its outer edge inwards, and of the white around it, that no other module shines into.
const INSIDE: f32 = 5.0;
const OUTSIDE: f32 = 2.5;
/// Rounds of looking for the symbol.
const ROUNDS: usize = 30;
/// What a wave that hardly shows is held back by: the noise of a module as a share of its contrast, squared.
const NOISE: f32 = 1e-4;

/// Grey levels of a picture between its pixels; nothing outside.
pub(crate) type Grey<'a> = dyn Fn(Point) -> Option<f32> + 'a;

/// How soft the focus is on a code under a sheet: a deviation in modules.
pub(super) fn softness(grey: &Grey<'_>, sheet: &Sheet, side: usize) -> Option<f32> {
    Some(Seen::of(grey, sheet, side)?.explained(side)?.0)
}

/// The symbol that would look like this; nothing where light does not run together, and of large symbols.
pub(super) fn told(grey: &Grey<'_>, sheet: &Sheet, layout: &Layout) -> Option<Soft> {
    if layout.side > LARGE {
        return None;
    }
    let seen = Seen::of(grey, sheet, layout.side)?;
    let (soft, light) = seen.explained(layout.side)?;
    (soft >= RUNS_TOGETHER).then(|| Field::of(layout, soft).approached(&seen.darkness(&light), seen.wide))
}

/// Grey levels of a symbol and its surroundings, [`FINE`] to a module.
struct Seen {
    wide: usize,
    grey: Vec<f32>,
}

/// Something that changes evenly over a symbol: at its corner, and by a module to the right and down.
type Slope = [f32; 3];

/// What one finder looks like: white, the way to black, and how much of it is not explained.
struct Told {
    white: f32,
    reach: f32,
    left: f32,
}

impl Seen {
    fn of(grey: &Grey<'_>, sheet: &Sheet, side: usize) -> Option<Seen> {
        let wide = (side + 2 * AROUND) * FINE;
        let at = |n: usize| grey(sheet.at([place(n % wide), place(n / wide)]));
        Some(Seen { wide, grey: (0..wide * wide).map(at).collect::<Option<_>>()? })
    }

    /// The soft focus that explains the finders best; white, and the way from there to black.
    fn explained(&self, side: usize) -> Option<(f32, [Slope; 2])> {
        let side = side as f32;
        let finders = [[3.5, 3.5], [side - 3.5, 3.5], [3.5, side - 3.5]];
        let steps = ((SOFTEST - SHARPEST) / STEP).round() as usize;
        let told = |n: usize| finders.map(|finder| self.finder(finder, side, SHARPEST + n as f32 * STEP));
        let tried: Vec<[Told; 3]> = (0..=steps).map(told).collect();
        let left: Vec<f32> = tried.iter().map(|told| told.iter().map(|told| told.left).sum()).collect();
        let best = (0..left.len()).min_by(|&a, &b| left[a].total_cmp(&left[b]))?;
        let soft = SHARPEST + (best as f32 + lowest(&left, best)) * STEP;
        let [corner, right, below] = &tried[best];
        let slope = |[corner, right, below]: [f32; 3]| {
            let [across, down] = [right, below].map(|end| (end - corner) / (side - 7.0));
            [corner - 3.5 * (across + down), across, down]
        };
        let white = slope([corner.white, right.white, below.white]);
        Some((soft, [white, slope([corner.reach, right.reach, below.reach])]))
    }

    /// Explains a finder by a soft focus (least squares).
    fn finder(&self, [x, y]: Point, side: f32, soft: f32) -> Told {
        let (columns, rows) = (bars(x, side, soft), bars(y, side, soft));
        let [mut count, mut d, mut dd, mut g, mut gd, mut gg] = [0.0f32; 6];
        for (y, down) in &rows {
            for (x, across) in &columns {
                let dark = across[0] * down[0] - across[1] * down[1] + across[2] * down[2];
                let grey = self.grey[y * self.wide + x];
                (count, d, dd) = (count + 1.0, d + dark, dd + dark * dark);
                (g, gd, gg) = (g + grey, gd + grey * dark, gg + grey * grey);
            }
        }
        let (spread, together) = (dd - d * d / count, gd - g * d / count);
        let slope = together / spread.max(f32::EPSILON);
        Told { white: (g - slope * d) / count, reach: -slope, left: gg - g * g / count - slope * together }
    }

    /// How dark every look is, 0 white to 1 black.
    fn darkness(&self, light: &[Slope; 2]) -> Vec<f32> {
        let one = |(n, grey): (usize, &f32)| {
            let (x, y) = (place(n % self.wide), place(n / self.wide));
            let [white, reach] = light.map(|[corner, across, down]| corner + across * x + down * y);
            ((white - grey) / reach.max(1.0)).clamp(-0.5, 1.5)
        };
        self.grey.iter().enumerate().map(one).collect()
    }
}

/// How far from its lowest point a curve through that and its neighbours is lowest.
fn lowest(curve: &[f32], at: usize) -> f32 {
    match at.checked_sub(1).and_then(|before| curve.get(before..=at + 1)) {
        Some(&[before, here, after]) => ((before - after) / (2.0 * (before - 2.0 * here + after))).clamp(-0.5, 0.5),
        _ => 0.0,
    }
}

/// Where a look lies, in modules.
fn place(look: usize) -> f32 {
    (look as f32 + 0.5) / FINE as f32 - AROUND as f32
}

/// The looks along one side of a finder, and how much each shows of its three squares, the largest first.
fn bars(middle: f32, side: f32, soft: f32) -> Vec<(usize, [f32; 3])> {
    let (low, high) = if middle < side / 2.0 { (-OUTSIDE, INSIDE) } else { (side - INSIDE, side + OUTSIDE) };
    let look = |at: f32| ((at + AROUND as f32) * FINE as f32) as usize;
    (look(low)..look(high)).map(|n| (n, [7.0, 5.0, 3.0].map(|width| bar(place(n) - middle, width, soft)))).collect()
}

/// How much of a bar of this width shows so far from its middle, in a soft focus of this deviation.
fn bar(away: f32, width: f32, soft: f32) -> f32 {
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

/// All modules of a symbol and white around them, and how light runs between them.
struct Field {
    side: usize,
    /// Modules in a row of the field: the white is wide enough that what leaves on one side, and comes back on the
    /// other, meets nothing.
    wide: usize,
    /// What a module is known to be.
    known: Vec<Option<f32>>,
    /// For each module of a row, how much of it every look shows.
    shows: Vec<Vec<f32>>,
    /// Waves of a row, each a row: orthonormal, and the same by columns.
    waves: Vec<f32>,
    /// How much of each wave is seen, squared, of one direction.
    seen: Vec<f32>,
}

impl Field {
    fn of(layout: &Layout, soft: f32) -> Field {
        let (side, wide) = (layout.side, layout.side + 2 * AROUND);
        let mut known = vec![Some(0.0); wide * wide];
        let at = |x: usize, y: usize| (y + AROUND) * wide + x + AROUND;
        for y in 0..side {
            known[at(0, y)..at(side, y)].fill(None);
        }
        for &((x, y), dark) in &layout.known {
            known[at(usize::from(x), usize::from(y))] = Some(f32::from(u8::from(dark)));
        }
        let module = |n: usize| n as f32 + 0.5 - AROUND as f32;
        let row = |n: usize| (0..wide * FINE).map(|look| bar(place(look) - module(n), 1.0, soft)).collect();
        let wave = |n: usize| {
            let turn = TAU * ((n / wide) * (n % wide)) as f32 / wide as f32;
            (turn.cos() + turn.sin()) / (wide as f32).sqrt()
        };
        Field {
            side,
            wide,
            known,
            shows: (0..wide).map(row).collect(),
            waves: (0..wide * wide).map(wave).collect(),
            seen: (0..wide).map(|n| shown(n.min(wide - n) as f32 / wide as f32, soft)).collect(),
        }
    }

    /// The modules that would look like this: least squares between bounds, by turns of two steps, of which the one knows
    /// how light runs and the other what a module can be (ADMM).
    fn approached(&self, dark: &[f32], looks: usize) -> Soft {
        let told = self.gathered(dark, looks);
        let mut within: Vec<f32> = self.known.iter().map(|known| known.unwrap_or(0.5)).collect();
        let mut apart = vec![0.0f32; told.len()];
        for _ in 0..ROUNDS {
            let pulled =
                told.iter().zip(&within).zip(&apart).map(|((told, within), apart)| told + NOISE * (within - apart));
            let free = self.undone(pulled.collect());
            for (((within, apart), free), known) in within.iter_mut().zip(&mut apart).zip(free).zip(&self.known) {
                *within = known.unwrap_or((free + *apart).clamp(0.0, 1.0));
                *apart += free - *within;
            }
        }
        let rows = within.chunks_exact(self.wide).skip(AROUND).take(self.side);
        let values = rows.flat_map(|row| row[AROUND..][..self.side].iter().map(|value| value * 2.0 - 1.0)).collect();
        Soft { side: self.side, values }
    }

    /// What all looks together say of each module.
    fn gathered(&self, dark: &[f32], looks: usize) -> Vec<f32> {
        let along = |lines: &[f32], length: usize| -> Vec<f32> {
            // Turned, so that a second call goes the other way and turns back.
            let of = |shows: &Vec<f32>, line: &[f32]| {
                line.iter().zip(shows).map(|(dark, shows)| dark * shows).sum::<f32>() / FINE as f32
            };
            self.shows.iter().flat_map(|shows| lines.chunks_exact(length).map(|line| of(shows, line))).collect()
        };
        along(&along(dark, looks), looks)
    }

    /// Each wave made as strong again as it was before light ran, as far as noise lets one.
    fn undone(&self, values: Vec<f32>) -> Vec<f32> {
        let mut waves = self.turned(&self.turned(&values));
        for (row, down) in waves.chunks_exact_mut(self.wide).zip(&self.seen) {
            row.iter_mut().zip(&self.seen).for_each(|(wave, across)| *wave /= across * down + NOISE);
        }
        self.turned(&self.turned(&waves))
    }

    /// The waves of each column, as rows.
    fn turned(&self, values: &[f32]) -> Vec<f32> {
        let (waves, side) = (self.waves.as_slice(), self.wide);
        let out =
            wide!((values: &'w [f32], waves: &'w [f32], side: usize) -> Vec<f32> { product(values, waves, side) });
        transposed(&out, side)
    }
}

/// The product of two square matrices.
#[inline(always)]
fn product(left: &[f32], right: &[f32], side: usize) -> Vec<f32> {
    let mut out = vec![0.0f32; left.len()];
    for (row, into) in left.chunks_exact(side).zip(out.chunks_exact_mut(side)) {
        for (value, line) in row.iter().zip(right.chunks_exact(side)) {
            into.iter_mut().zip(line).for_each(|(sum, cell)| *sum += value * cell);
        }
    }
    out
}

/// How much is seen of a wave of so many turns a module, squared: a module is as wide as it is, light runs, and finer
/// waves look like it when modules are told by their middles.
fn shown(turns: f32, soft: f32) -> f32 {
    let one = |turns: f32| {
        let module = if turns == 0.0 { 1.0 } else { (PI * turns).sin() / (PI * turns) };
        (module * (-2.0 * (PI * soft * turns).powi(2)).exp()).powi(2)
    };
    [-2.0, -1.0, 0.0, 1.0, 2.0].iter().map(|finer| one(turns + finer)).sum()
}

#[cfg(test)]
mod tests {
    use super::super::patch::Patch;
    use super::super::plane::Plane;
    use super::*;
    use crate::{Ecc, Luma, draw};

    /// Pixels a module.
    const PIXELS: usize = 4;
    /// Modules of white around the drawing.
    const WHITE: usize = 8;

    /// A code, its modules, and its picture in a soft focus of this deviation, in uneven light.
    fn softened(soft: f32) -> (&'static Layout, Vec<bool>, Luma<'static>) {
        let drawing = draw("https://pay.example.org/@maya/12.50-EUR?note=Bread+and+olives", Ecc::M).expect("fits");
        let side = drawing.modules() as usize;
        let dark: Vec<bool> = (0..side * side).map(|n| drawing.is_dark((n % side) as u32, (n / side) as u32)).collect();
        let wide = (side + 2 * WHITE) * PIXELS;
        let middle = |n: usize| (n as f32 + 0.5) / PIXELS as f32 - WHITE as f32;
        let row = |n: usize| -> Vec<f32> { (0..side).map(|m| bar(middle(n) - m as f32 - 0.5, 1.0, soft)).collect() };
        let rows: Vec<Vec<f32>> = (0..wide).map(row).collect();
        let level = |n: usize| {
            let (across, down) = (&rows[n % wide], &rows[n / wide]);
            let line = |y: usize| (0..side).filter(|x| dark[y * side + x]).map(|x| across[x]).sum::<f32>();
            let black: f32 = (0..side).map(|y| line(y) * down[y]).sum();
            (210.0 - 60.0 * (n % wide) as f32 / wide as f32) * (1.0 - 0.85 * black)
        };
        let pixels: Vec<u8> = (0..wide * wide).map(|n| (level(n) + 0.5) as u8).collect();
        let number = (side as u32 - 17) / 4;
        (Layout::of(number).expect("a version"), dark, Luma::new(wide as u32, wide as u32, pixels).expect("agree"))
    }

    fn laid(picture: &Luma<'_>, side: usize) -> (Patch, Sheet) {
        let (by, off) = (PIXELS as f64, (WHITE * PIXELS) as f64);
        let sheet = Sheet::flat(Plane([by, 0.0, off, 0.0, by, off, 0.0, 0.0, 1.0]), side);
        let end = picture.width() as f32 - 1.0;
        let patch = Patch::cut(picture, &[[1.0, 1.0], [end, end]], 0.0, PIXELS as f32, false).expect("a patch");
        (patch, sheet)
    }

    fn wrong(soft: &Soft, dark: &[bool]) -> usize {
        soft.values.iter().zip(dark).filter(|(value, dark)| (**value > 0.0) != **dark).count()
    }

    #[test]
    fn finders_tell_how_soft_the_focus_is() {
        for soft in [0.5, 0.7, 0.9, 1.1] {
            let (layout, _, picture) = softened(soft);
            let (patch, sheet) = laid(&picture, layout.side);
            let told = softness(&|at| patch.grey(at), &sheet, layout.side).expect("it lies inside");
            assert!((told - soft).abs() < 0.03, "{soft}: {told}");
        }
    }

    #[test]
    fn modules_are_told_apart_of_which_a_quarter_looks_wrong() {
        let (layout, dark, picture) = softened(0.9);
        let (patch, sheet) = laid(&picture, layout.side);
        let plain = super::super::sample::Samples::take(&patch, &sheet, layout.side).plain();
        assert!(wrong(&plain, &dark) > dark.len() / 6, "{}", wrong(&plain, &dark));
        let apart = told(&|at| patch.grey(at), &sheet, layout).expect("light runs together");
        assert!(wrong(&apart, &dark) < dark.len() / 50, "{}", wrong(&apart, &dark));
        assert_eq!(
            apart.read(layout).expect("it is read").text.as_deref(),
            Some("https://pay.example.org/@maya/12.50-EUR?note=Bread+and+olives")
        );
    }

    #[test]
    fn where_light_stays_in_its_module_nothing_is_done() {
        let (layout, _, picture) = softened(0.3);
        let (patch, sheet) = laid(&picture, layout.side);
        assert!(told(&|at| patch.grey(at), &sheet, layout).is_none());
    }
}
