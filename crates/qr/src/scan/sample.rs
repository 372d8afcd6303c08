//! Grey modules to soft ones: local black and white from the modules around, and an equaliser that learns from the
//! code itself how much of its neighbours a blurred module shows.

use super::layout::Layout;
use super::patch::Patch;
use super::plane::{Sheet, solve};
use super::soft::Soft;

/// Grey levels at every half module of a symbol, one module beyond its edges included.
pub(super) struct Samples {
    side: usize,
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
        Samples { side, levels: levels(&centres, side), grey }
    }

    /// Darkness of half a module's place, told against the levels of a module.
    fn dark(&self, index: usize, level: Level) -> f32 {
        let grey = self.grey[index];
        // Beyond the picture's edge nothing is known.
        if grey.is_nan() { 0.0 } else { ((level.middle - grey) / level.reach).clamp(-2.0, 2.0) }
    }

    fn centre(&self, module: usize) -> usize {
        (module / self.side * 2 + 2) * (2 * self.side + 3) + module % self.side * 2 + 2
    }

    /// Every module by its own centre.
    pub(super) fn plain(&self) -> Soft {
        let values = (0..self.side * self.side).map(|n| self.dark(self.centre(n), self.levels[n])).collect();
        Soft { side: self.side, values }
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
            soft.values = taps.iter().map(|taps| weighted(taps).clamp(-1.5, 1.5)).collect();
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

/// Least squares over a good many modules, held back by a small penalty on every weight.
fn learnt(taps: &[[f32; WEIGHTS]], soft: &Soft, known: &[f32]) -> Option<[f32; WEIGHTS]> {
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

/// Means of the lighter and of the darker modules around each one.
fn levels(centres: &[f32], side: usize) -> Vec<Level> {
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
    let (light, dark) = (ratio(&light_sum, &light_count), ratio(&dark_sum, &dark_count));
    let mean = light.iter().zip(&dark).map(|(l, d)| (l - d).max(0.0)).sum::<f32>() / (2 * side * side) as f32;
    let level =
        |(&l, &d): (&f32, &f32)| Level { middle: (l + d) / 2.0, reach: ((l - d) / 2.0).max(mean * 0.4).max(1.0) };
    light.iter().zip(&dark).map(level).collect()
}

fn ratio(sums: &[f32], counts: &[f32]) -> Vec<f32> {
    sums.iter().zip(counts).map(|(sum, count)| sum / count.max(1.0)).collect()
}

/// For each module the sum over the square of [`AROUND`] modules each way, as far as it lies inside.
fn around(values: &[f32], side: usize) -> Vec<f32> {
    let line = |values: &[f32]| -> Vec<f32> {
        // Rows summed, and turned so that a second call sums columns and turns back.
        let mut out = vec![0.0; side * side];
        for (y, row) in values.chunks_exact(side).enumerate() {
            let mut sum: f32 = row[..AROUND.min(side)].iter().sum();
            for x in 0..side {
                sum += row.get(x + AROUND).unwrap_or(&0.0);
                sum -= x.checked_sub(AROUND + 1).map_or(0.0, |gone| row[gone]);
                out[x * side + y] = sum;
            }
        }
        out
    };
    line(&line(values))
}
