//! Grey modules to soft ones: local black and white from the modules around, and an equaliser that learns from the
//! code itself how much of its neighbours a blurred module shows.

use super::layout::Layout;
use super::patch::Patch;
use super::plane::{Sheet, solve};
use super::soft::Soft;
use super::wide::wide;

/// Grey levels at every half module of a symbol, one module beyond its edges included.
pub(super) struct Samples {
    side: usize,
    /// Grey level from which on light hides what is under it, see [`glare_from`].
    glare: f32,
    /// `2 · side + 3` columns and rows; that of a module's centre is twice its own plus two.
    grey: Vec<f32>,
    levels: Vec<Level>,
}

/// What separates dark from light around a module, and by how much they differ from that.
#[derive(Clone, Copy)]
struct Level {
    middle: f32,
    reach: f32,
}

/// Modules around that tell a module's black and white.
const AROUND: usize = 4;
/// The same where light changes within a few modules.
const NEAR: usize = 2;
/// Taps of the equaliser each way, half a module apart.
const TAPS: usize = 5;
/// All taps and a constant.
const WEIGHTS: usize = TAPS * TAPS + 1;
/// Rounds of learning from what was read.
const ROUNDS: usize = 3;

impl Samples {
    /// Looks at every half module through the sheet.
    pub(super) fn take(patch: &Patch, sheet: &Sheet, side: usize) -> Samples {
        let wide = 2 * side + 3;
        let place = |n: usize| (n as f32 - 1.0) / 2.0;
        let at = |n: usize| patch.grey(sheet.at([place(n % wide), place(n / wide)])).unwrap_or(f32::NAN);
        let grey: Vec<f32> = (0..wide * wide).map(at).collect();
        let centres: Vec<f32> = (0..side * side).map(|n| grey[(n / side * 2 + 2) * wide + n % side * 2 + 2]).collect();
        Samples { side, glare: glare_from(&centres), levels: levels(&centres, side, AROUND), grey }
    }

    /// Darkness of half a module's place, told against the levels of a module.
    fn dark(&self, index: usize, level: Level) -> f32 {
        let grey = self.grey[index];
        // Beyond the picture's edge nothing is known.
        if grey.is_nan() { 0.0 } else { ((level.middle - grey) / level.reach).clamp(-2.0, 2.0) }
    }

    /// How far a module can be believed: hardly where glare hides it.
    fn trust(&self, module: usize) -> f32 {
        if self.grey[self.centre(module)] >= self.glare { 0.1 } else { 1.0 }
    }

    fn centre(&self, module: usize) -> usize {
        (module / self.side * 2 + 2) * (2 * self.side + 3) + module % self.side * 2 + 2
    }

    /// Every module by its own centre.
    pub(super) fn plain(&self) -> Soft {
        self.told_by(&self.levels)
    }

    /// The same, told against its closest surroundings only: the rims of glare and of hard shadows.
    pub(super) fn near(&self) -> Soft {
        let centres: Vec<f32> = (0..self.side * self.side).map(|n| self.grey[self.centre(n)]).collect();
        self.told_by(&levels(&centres, self.side, NEAR))
    }

    fn told_by(&self, levels: &[Level]) -> Soft {
        let one = |n: usize| self.dark(self.centre(n), levels[n]) * self.trust(n);
        Soft { side: self.side, values: (0..self.side * self.side).map(one).collect() }
    }

    /// Every module by its surroundings, weighted as serves best to foretell the modules that are known and those
    /// that seemed sure the round before.
    pub(super) fn equalised(&self, layout: &Layout) -> Soft {
        let mut soft = self.plain();
        let mut known = vec![0.0f32; self.side * self.side];
        for &((x, y), dark) in &layout.known {
            known[usize::from(y) * self.side + usize::from(x)] = if dark { 1.0 } else { -1.0 };
        }
        let taps: Vec<[f32; WEIGHTS]> = (0..known.len()).map(|n| self.taps(n)).collect();
        for _ in 0..ROUNDS {
            let Some(weights) = learnt(&taps, &soft, &known) else { break };
            let weighted =
                |taps: &[f32; WEIGHTS]| taps.iter().zip(&weights).map(|(tap, weight)| tap * weight).sum::<f32>();
            let one = |(n, taps): (usize, &[f32; WEIGHTS])| weighted(taps).clamp(-1.5, 1.5) * self.trust(n);
            soft.values = taps.iter().enumerate().map(one).collect();
        }
        soft
    }

    fn taps(&self, module: usize) -> [f32; WEIGHTS] {
        let (centre, wide, level) = (self.centre(module), 2 * self.side + 3, self.levels[module]);
        let mut taps = [1.0; WEIGHTS];
        for (n, tap) in taps.iter_mut().take(TAPS * TAPS).enumerate() {
            *tap = self.dark(centre + n / TAPS * wide + n % TAPS - 2 * wide - 2, level);
        }
        taps
    }
}

/// Equations of least squares.
type Normal = [[f32; WEIGHTS + 1]; WEIGHTS];

/// Their sums over the modules that are learnt from, and how many these are.
#[inline(always)]
fn equations(taps: &[[f32; WEIGHTS]], soft: &Soft, known: &[f32]) -> (Normal, f64) {
    let mut normal = [[0.0f32; WEIGHTS + 1]; WEIGHTS];
    let every = (taps.len() / LEARNT_FROM).max(1);
    let mut count = 0.0;
    for n in 0..taps.len() {
        // In steps when there are many, but all that are known.
        if known[n] == 0.0 && n % every != 0 {
            continue;
        }
        let (target, trust) =
            if known[n] == 0.0 { (soft.values[n].signum(), soft.values[n].abs().min(1.0)) } else { (known[n], 1.0) };
        count += 1.0;
        for (line, tap) in normal.iter_mut().zip(&taps[n]) {
            let scaled = tap * trust;
            line.iter_mut().zip(&taps[n]).for_each(|(cell, tap)| *cell += scaled * tap);
            line[WEIGHTS] += scaled * target;
        }
    }
    (normal, count)
}

/// Least squares over a good many modules, held back by a small penalty on every weight.
fn learnt(taps: &[[f32; WEIGHTS]], soft: &Soft, known: &[f32]) -> Option<[f32; WEIGHTS]> {
    let (normal, count) = wide!((taps: &'w [[f32; WEIGHTS]], soft: &'w Soft, known: &'w [f32]) -> (Normal, f64) {
        equations(taps, soft, known)
    });
    let mut normal = normal.map(|line| line.map(f64::from));
    for (n, line) in normal.iter_mut().enumerate() {
        line[n] += count * PENALTY;
    }
    solve(&mut normal).map(|weights| weights.map(|weight| weight as f32))
}

/// Modules of the data the equaliser learns from, about.
const LEARNT_FROM: usize = 700;
/// Penalty on the square of each weight, per module.
const PENALTY: f64 = 0.01;

/// White paper of a code is lighter than this grey level only where the picture is overexposed.
const OVEREXPOSED: f32 = 240.0;

/// The level above which a module shows glare and not paper: overexposed, and much lighter than the usual white of
/// the code. A code that is overexposed altogether has no such level.
fn glare_from(centres: &[f32]) -> f32 {
    let mut sorted: Vec<f32> = centres.iter().copied().filter(|g| !g.is_nan()).collect();
    sorted.sort_by(f32::total_cmp);
    let share = |part: f32| sorted.get((sorted.len() as f32 * part) as usize).copied().unwrap_or(f32::INFINITY);
    let (dark, light) = (share(0.15), share(0.65));
    OVEREXPOSED.max(light + 0.25 * (light - dark))
}

/// Means of the lighter and of the darker modules around each one.
fn levels(centres: &[f32], side: usize, reach: usize) -> Vec<Level> {
    let around = |values: &[f32], side: usize| around(values, side, reach);
    let seen: Vec<f32> = centres.iter().map(|g| if g.is_nan() { 0.0 } else { *g }).collect();
    let there: Vec<f32> = centres.iter().map(|g| f32::from(u8::from(!g.is_nan()))).collect();
    let split = ratio(&around(&seen, side), &around(&there, side));
    let class = |light: bool| -> (Vec<f32>, Vec<f32>) {
        let belongs = |n: usize| there[n] > 0.0 && (seen[n] > split[n]) == light;
        let sums = (0..seen.len()).map(|n| if belongs(n) { seen[n] } else { 0.0 }).collect::<Vec<_>>();
        let counts = (0..seen.len()).map(|n| f32::from(u8::from(belongs(n)))).collect::<Vec<_>>();
        (around(&sums, side), around(&counts, side))
    };
    let ((light_sum, light_count), (dark_sum, dark_count)) = (class(true), class(false));
    // Where there is one class only, as in glare, nothing separates it from the other.
    let mean_of = |sums: &[f32], counts: &[f32]| -> Vec<f32> {
        let one = |n: usize| if counts[n] > 0.5 { sums[n] / counts[n] } else { split[n] };
        (0..sums.len()).map(one).collect()
    };
    let (light, dark) = (mean_of(&light_sum, &light_count), mean_of(&dark_sum, &dark_count));
    let mean = light.iter().zip(&dark).map(|(l, d)| (l - d).max(0.0)).sum::<f32>() / (2 * side * side) as f32;
    let level =
        |(&l, &d): (&f32, &f32)| Level { middle: (l + d) / 2.0, reach: ((l - d) / 2.0).max(mean * 0.4).max(1.0) };
    light.iter().zip(&dark).map(level).collect()
}

fn ratio(sums: &[f32], counts: &[f32]) -> Vec<f32> {
    sums.iter().zip(counts).map(|(sum, count)| sum / count.max(1.0)).collect()
}

/// For each module the sum over the square of `reach` modules each way, as far as it lies inside.
fn around(values: &[f32], side: usize, reach: usize) -> Vec<f32> {
    let line = |values: &[f32]| -> Vec<f32> {
        // Rows summed, and turned so that a second call sums columns and turns back.
        let mut out = vec![0.0; side * side];
        for (y, row) in values.chunks_exact(side).enumerate() {
            let mut sum: f32 = row[..reach.min(side)].iter().sum();
            for x in 0..side {
                sum += row.get(x + reach).unwrap_or(&0.0);
                sum -= x.checked_sub(reach + 1).map_or(0.0, |gone| row[gone]);
                out[x * side + y] = sum;
            }
        }
        out
    };
    line(&line(values))
}
