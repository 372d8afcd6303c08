//! Modules told apart whose light runs together: how far it runs, the finders tell; and of all symbols the one is looked
//! for that would look like what is seen. That no module is darker than black is what an inverse filter cannot know.

mod seen;

use std::f32::consts::{PI, TAU};

use super::filter::transposed;
use super::layout::Layout;
use super::plane::{Point, Sheet};
use super::soft::Soft;
use super::wide::wide;
use seen::{Run, Seen, bar, place};

/// Looks at a module, each way.
const FINE: usize = 3;
/// Modules looked at around the symbol.
const AROUND: usize = 3;
/// Below this, light stays where it belongs: there is nothing to be told apart.
const RUNS_TOGETHER: f32 = 0.45;
/// Modules of a row from which on it would take too long: the work grows with their cube.
const LARGE: usize = 70;
/// Rounds of looking for the symbol.
const ROUNDS: usize = 30;
/// What a wave that hardly shows is held back by: the noise of a module as a share of its contrast, squared.
const NOISE: f32 = 1e-4;

/// Grey levels of a picture between its pixels; nothing outside.
pub(crate) type Grey<'a> = dyn Fn(Point) -> Option<f32> + 'a;

/// How soft the focus is on a code under a sheet: a deviation in modules.
pub(super) fn softness(grey: &Grey<'_>, sheet: &Sheet, side: usize) -> Option<f32> {
    Some(Seen::of(grey, sheet, side)?.softness(side)?.0)
}

/// The symbol that would look like this; nothing where light does not run together, and of large symbols.
pub(super) fn told(grey: &Grey<'_>, sheet: &Sheet, layout: &Layout) -> Option<Soft> {
    if layout.side > LARGE {
        return None;
    }
    let seen = Seen::of(grey, sheet, layout.side)?;
    let (soft, light) = seen.softness(layout.side)?;
    let run = Run { soft, way: [0.0; 2] };
    (soft >= RUNS_TOGETHER).then(|| Field::of(layout, run).approached(&seen.darkness(&light), seen.wide))
}

/// The same of a symbol that moved while it was seen.
pub(super) fn told_moved(grey: &Grey<'_>, sheet: &Sheet, layout: &Layout) -> Option<Soft> {
    if layout.side > LARGE {
        return None;
    }
    let seen = Seen::of(grey, sheet, layout.side)?;
    let (run, light) = seen.motion(layout.side)?;
    let dark = seen.spread(&seen.darkness(&light), run);
    Some(Field::of(layout, run).approached(&dark, seen.wide))
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
    /// How much of each wave is seen, squared.
    seen: Vec<f32>,
    /// Whether light ran another way than along rows and columns.
    slants: bool,
}

impl Field {
    fn of(layout: &Layout, run: Run) -> Field {
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
        let row = |n: usize| (0..wide * FINE).map(|look| bar(place(look) - module(n), 1.0, run.soft)).collect();
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
            seen: seen_of(wide, run),
            slants: run.way != [0.0; 2],
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
        if self.slants {
            waves = self.slanted(&waves);
        }
        waves.iter_mut().zip(&self.seen).for_each(|(wave, seen)| *wave /= seen + NOISE);
        if self.slants {
            waves = self.slanted(&waves);
        }
        self.turned(&self.turned(&waves))
    }

    /// Waves along rows and columns to waves that go any way, and back.
    fn slanted(&self, waves: &[f32]) -> Vec<f32> {
        let wide = self.wide;
        let at = |x: usize, y: usize| waves[y * wide + x];
        let one = |n: usize| {
            let (x, y) = (n % wide, n / wide);
            let (back, up) = ((wide - x) % wide, (wide - y) % wide);
            (at(x, y) + at(back, y) + at(x, up) - at(back, up)) / 2.0
        };
        (0..waves.len()).map(one).collect()
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

/// How much is seen of all waves of a field, squared: a module is as wide as it is, light runs, and finer waves look like
/// them when modules are told by their middles.
fn seen_of(wide: usize, run: Run) -> Vec<f32> {
    const FINER: [f32; 5] = [-2.0, -1.0, 0.0, 1.0, 2.0];
    let one = |turns: f32| {
        let module = if turns == 0.0 { 1.0 } else { (PI * turns).sin() / (PI * turns) };
        (module * (-2.0 * (PI * run.soft * turns).powi(2)).exp()).powi(2)
    };
    let turns = |n: usize| if 2 * n <= wide { n as f32 / wide as f32 } else { n as f32 / wide as f32 - 1.0 };
    let single: Vec<[f32; 5]> = (0..wide).map(|n| FINER.map(|finer| one(turns(n) + finer))).collect();
    let moved = |across: f32, down: f32| {
        let turns = PI * (across * run.way[0] + down * run.way[1]);
        if turns.abs() < 1e-4 { 1.0 } else { (turns.sin() / turns).powi(2) }
    };
    let wave = |n: usize| {
        let (x, y) = (n % wide, n / wide);
        if run.way == [0.0; 2] {
            return single[x].iter().sum::<f32>() * single[y].iter().sum::<f32>();
        }
        let rows = FINER.iter().zip(&single[y]);
        let row = |(finer, seen): (&f32, &f32)| {
            let line = FINER.iter().zip(&single[x]);
            line.map(|(more, s)| s * seen * moved(turns(x) + more, turns(y) + finer)).sum::<f32>()
        };
        rows.map(row).sum()
    };
    (0..wide * wide).map(wave).collect()
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
        run_together(Run { soft, way: [0.0; 2] })
    }

    /// The same of a code that moved.
    fn run_together(run: Run) -> (&'static Layout, Vec<bool>, Luma<'static>) {
        let drawing = draw("https://pay.example.org/@maya/12.50-EUR?note=Bread+and+olives", Ecc::M).expect("fits");
        let side = drawing.modules() as usize;
        let dark: Vec<bool> = (0..side * side).map(|n| drawing.is_dark((n % side) as u32, (n / side) as u32)).collect();
        let wide = (side + 2 * WHITE) * PIXELS;
        let mut black = vec![0.0f32; wide * wide];
        let moments = if run.way == [0.0; 2] { 1 } else { 15 };
        for moment in 0..moments {
            let part = (moment as f32 + 0.5) / moments as f32 - 0.5;
            let rows = run.way.map(|way| -> Vec<Vec<f32>> {
                let middle = |n: usize| (n as f32 + 0.5) / PIXELS as f32 - WHITE as f32 - way * part;
                let row = |n: usize| (0..side).map(|m| bar(middle(n) - m as f32 - 0.5, 1.0, run.soft)).collect();
                (0..wide).map(row).collect()
            });
            for (n, black) in black.iter_mut().enumerate() {
                let (across, down) = (&rows[0][n % wide], &rows[1][n / wide]);
                let line = |y: usize| (0..side).filter(|x| dark[y * side + x]).map(|x| across[x]).sum::<f32>();
                let shown: f32 = (0..side).filter(|&y| down[y] > 1e-4).map(|y| line(y) * down[y]).sum();
                *black += shown / moments as f32;
            }
        }
        let level = |n: usize| (210.0 - 60.0 * (n % wide) as f32 / wide as f32) * (1.0 - 0.85 * black[n]);
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
    fn modules_of_a_code_that_moved_are_told_apart_along_its_way() {
        for way in [[2.3, 0.0], [0.5, 2.2], [1.6, -1.7]] {
            let (layout, dark, picture) = run_together(Run { soft: 0.35, way });
            let (patch, sheet) = laid(&picture, layout.side);
            let grey = |at: Point| patch.grey(at);
            let seen = Seen::of(&grey, &sheet, layout.side).expect("it lies inside");
            let (run, _) = seen.motion(layout.side).expect("a motion");
            // There and back is one way.
            let off = |sign: f32| (run.way[0] - sign * way[0]).hypot(run.way[1] - sign * way[1]);
            assert!(off(1.0).min(off(-1.0)) < 0.4, "{way:?}: {run:?}");
            let plain = super::super::sample::Samples::take(&patch, &sheet, layout.side).plain();
            assert!(wrong(&plain, &dark) > dark.len() / 20, "{}", wrong(&plain, &dark));
            let apart = told_moved(&grey, &sheet, layout).expect("of a size that is told");
            assert!(wrong(&apart, &dark) < dark.len() / 50, "{way:?}: {}", wrong(&apart, &dark));
        }
    }

    #[test]
    fn where_light_stays_in_its_module_nothing_is_done() {
        let (layout, _, picture) = softened(0.3);
        let (patch, sheet) = laid(&picture, layout.side);
        assert!(told(&|at| patch.grey(at), &sheet, layout).is_none());
    }
}
