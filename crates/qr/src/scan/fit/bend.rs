//! Bending a grid like paper around a bottle.

use super::{Fit, LITTLE, Spot, TOGETHER, around, best_of, shift};
use crate::scan::grid::alignment_pattern;
use crate::scan::layout::Layout;
use crate::scan::patch::View;
use crate::scan::plane::{BENDS, Point, QUARTERS_ACROSS, QUARTERS_DOWN, add_row, solve};
use crate::scan::wide::wide;

impl Fit<'_> {
    /// Bends the grid like paper around a bottle: from several first guesses, of which the best is refined.
    pub(in crate::scan) fn bend(&mut self, layout: &Layout) {
        let view = self.patch.view(&self.sheet.plane);
        let weights: Vec<[f32; BENDS]> = self.spots.iter().map(|spot| self.sheet.bend_weights(spot.home)).collect();
        let bending = |every: usize| Bending::new(&view, &self.spots, &weights, every);
        let coarse = bending(4);
        let mut begun: Vec<(f32, Bend)> = FIRST_BENDS
            .iter()
            .map(|&(group, step)| {
                let mut bend = [[0.0; 2]; BENDS];
                group.iter().for_each(|&n| shift(&mut bend[n], step));
                (coarse.refined(&mut bend, &[0.75], 1), bend)
            })
            .collect();
        if let Some(mut bend) = self.bend_by_patterns(&view, layout) {
            begun.push((coarse.refined(&mut bend, &[0.75], 1), bend));
        }
        // Most first guesses are far behind after one round.
        begun.sort_by(|a, b| b.0.total_cmp(&a.0));
        begun.truncate(PROMISING_BENDS);
        let begun = begun.into_iter().map(|(_, mut bend)| {
            coarse.refined(&mut bend, &[0.75], 1);
            (coarse.refined(&mut bend, &[0.4], 2), bend)
        });
        let best = begun.max_by(|a, b| a.0.total_cmp(&b.0));
        let mut bend = best.map_or([[0.0; 2]; BENDS], |(_, bend)| bend);
        bending(3).refined(&mut bend, &[0.75, 0.4], 2);
        bending(1).refined(&mut bend, &[0.2, 0.1], 2);
        self.sheet.bend = bend;
        self.sheet.is_bent = true;
        for (spot, w) in self.spots.iter_mut().zip(&weights) {
            spot.at = spot.home;
            w.iter().zip(&bend).for_each(|(w, [dx, dy])| shift(&mut spot.at, [w * dx, w * dy]));
        }
    }

    /// The bend that the alignment patterns tell, each looked for where those already found, and the finders, have it.
    fn bend_by_patterns(&self, view: &View<'_>, layout: &Layout) -> Option<Bend> {
        let far = self.side as f32 - 3.5;
        let mut found: Vec<(Point, Point)> = [[3.5, 3.5], [far, 3.5], [3.5, far]].map(|at| (at, [0.0; 2])).to_vec();
        let mut left = patterns(layout);
        let away = |a: Point, b: Point| (a[0] - b[0]).hypot(a[1] - b[1]);
        while !left.is_empty() {
            let nearest = |at: &Point| found.iter().map(|(known, _)| away(*known, *at)).fold(f32::MAX, f32::min);
            let next = (0..left.len()).min_by(|&a, &b| nearest(&left[a]).total_cmp(&nearest(&left[b])))?;
            let home = left.swap_remove(next);
            let bend = self.bend_through(&found)?;
            let weights = self.sheet.bend_weights(home);
            let foreseen = [0, 1].map(|axis| home[axis] + (0..BENDS).map(|n| weights[n] * bend[n][axis]).sum::<f32>());
            let search = |middle: Point, steps: i32, step: f32| {
                let tries = (-steps..=steps).flat_map(|y| (-steps..=steps).map(move |x| [x as f32, y as f32]));
                let places = tries.map(|[x, y]| [middle[0] + x * step, middle[1] + y * step]);
                let rated = places.map(|at| (alignment_pattern(view, at) / 25.0 - 0.03 * away(at, foreseen), at));
                rated.max_by(|a, b| a.0.total_cmp(&b.0))
            };
            let (_, coarse) = search(foreseen, PATTERN_STEPS, 0.5)?;
            let (score, at) = search(coarse, 2, 0.2)?;
            if score > PATTERN {
                found.push((home, [at[0] - home[0], at[1] - home[1]]));
            }
        }
        if found.len() >= 3 + FEW_PATTERNS { self.bend_through(&found) } else { None }
    }

    /// The least bend that shifts these places by about as much as they are.
    fn bend_through(&self, shifted: &[(Point, Point)]) -> Option<Bend> {
        let mut bend = [[0.0; 2]; BENDS];
        for axis in [0, 1] {
            let mut normal = [[0.0f64; BENDS + 1]; BENDS];
            for (home, shift) in shifted {
                let weights = self.sheet.bend_weights(*home).map(f64::from);
                add_row(&mut normal, weights, f64::from(shift[axis]));
            }
            normal.iter_mut().enumerate().for_each(|(n, line)| line[n] += STIFF);
            for (bend, shift) in bend.iter_mut().zip(solve(&mut normal)?) {
                bend[axis] = shift as f32;
            }
        }
        Some(bend)
    }
}

/// Middles of a symbol's alignment patterns.
fn patterns(layout: &Layout) -> Vec<Point> {
    let lines: Vec<f32> = layout.version.getAlignmentPatternCenters().iter().map(|&n| n as f32 + 0.5).collect();
    let last = layout.side as f32 - 6.5;
    let in_finder = |x: f32, y: f32| (x == 6.5 && (y == 6.5 || y == last)) || (x == last && y == 6.5);
    let all = lines.iter().flat_map(|&y| lines.iter().map(move |&x| (x, y)));
    all.filter(|&(x, y)| !in_finder(x, y)).map(|(x, y)| [x, y]).collect()
}

/// The middle column and the middle row of the handles of a bend.
const ACROSS: &[usize] = &[1, 4, 7];
const DOWN: &[usize] = &[3, 4, 5];
/// Handles that are moved together: whole columns and rows first, then each by itself.
const GROUPS: [&[usize]; 11] =
    [ACROSS, DOWN, &[QUARTERS_ACROSS], &[QUARTERS_DOWN], &[1], &[3], &[5], &[7], &[8], &[4], &[2]];
/// Bends tried first, in modules. Timing patterns repeat after two modules, so a grid that begins a module off may
/// settle in a wrong place.
const FIRST_BENDS: [(&[usize], Point); 11] = [
    (ACROSS, [0.0, 0.0]),
    (ACROSS, [1.2, 0.0]),
    (ACROSS, [-1.2, 0.0]),
    (ACROSS, [0.0, 1.8]),
    (ACROSS, [0.0, -1.8]),
    (DOWN, [0.0, 1.2]),
    (DOWN, [0.0, -1.2]),
    (DOWN, [1.8, 0.0]),
    (DOWN, [-1.8, 0.0]),
    (&[QUARTERS_ACROSS], [-1.0, 0.0]),
    (&[QUARTERS_DOWN], [0.0, -1.0]),
];

/// First guesses that are refined.
const PROMISING_BENDS: usize = 6;

/// How clearly an alignment pattern is seen at least, half modules it is looked for each way, and how many tell a bend.
const PATTERN: f32 = 0.5;
const PATTERN_STEPS: i32 = 5;
const FEW_PATTERNS: usize = 3;
/// What holds a handle back that no pattern is near.
const STIFF: f64 = 0.02;

/// Shifts of the handles of a bend.
type Bend = [Point; BENDS];

/// Spots while a grid is being bent, in eights: each with how far every group of handles carries it, so that a move costs
/// one sum a spot and not one for each handle.
struct Bending<'a> {
    view: &'a View<'a>,
    homes: [Vec<f32>; 2],
    weights: Vec<[f32; BENDS]>,
    colours: Vec<f32>,
    opens: Vec<f32>,
    carried: [Vec<f32>; GROUPS.len()],
}

impl<'a> Bending<'a> {
    /// Every so many of the spots, and as many without a value as make eights of them.
    fn new(view: &'a View<'a>, spots: &[Spot], weights: &[[f32; BENDS]], every: usize) -> Self {
        let none = Spot { at: [0.0; 2], home: [0.0; 2], colour: 0.0, open: 0.0 };
        let mut spots: Vec<Spot> = spots.iter().copied().step_by(every).collect();
        let mut weights: Vec<[f32; BENDS]> = weights.iter().copied().step_by(every).collect();
        spots.resize(spots.len().next_multiple_of(TOGETHER), none);
        weights.resize(spots.len(), [0.0; BENDS]);
        let by_group = |group: &[usize]| weights.iter().map(|w| group.iter().map(|&n| w[n]).sum()).collect();
        Bending {
            view,
            homes: [0, 1].map(|axis| spots.iter().map(|spot| spot.home[axis]).collect()),
            colours: spots.iter().map(|spot| spot.colour).collect(),
            opens: spots.iter().map(|spot| spot.open).collect(),
            carried: GROUPS.map(by_group),
            weights,
        }
    }

    /// Where the spots are under a bend.
    fn places(&self, bend: &Bend) -> [Vec<f32>; 2] {
        [0, 1].map(|axis| {
            let moved = |(home, weights): (&f32, &[f32; BENDS])| {
                weights.iter().zip(bend).fold(*home, |sum, (weight, shift)| sum + weight * shift[axis])
            };
            self.homes[axis].iter().zip(&self.weights).map(moved).collect()
        })
    }

    /// The value of all spots when one group is moved on from where they are.
    fn score(&self, places: &[Vec<f32>; 2], group: usize, way: Point) -> f32 {
        let all = self;
        wide!((all: &'w Bending<'w>, places: &'w [Vec<f32>; 2], group: usize, way: Point) -> f32 {
            all.score_by_eights(places, group, way)
        })
    }

    #[inline(always)]
    fn score_by_eights(&self, [across, along]: &[Vec<f32>; 2], group: usize, [dx, dy]: Point) -> f32 {
        let (across, _) = across.as_chunks::<TOGETHER>();
        let (along, _) = along.as_chunks::<TOGETHER>();
        let (carried, _) = self.carried[group].as_chunks::<TOGETHER>();
        let (colours, _) = self.colours.as_chunks::<TOGETHER>();
        let (opens, _) = self.opens.as_chunks::<TOGETHER>();
        let mut sums = [0.0f32; TOGETHER];
        for ((((x, y), carried), colour), open) in across.iter().zip(along).zip(carried).zip(colours).zip(opens) {
            let moved =
                |at: &[f32; TOGETHER], by: f32| std::array::from_fn::<_, TOGETHER, _>(|n| at[n] + carried[n] * by);
            let dark = self.view.darknesses([moved(x, dx), moved(y, dy)]);
            for n in 0..TOGETHER {
                sums[n] += colour[n] * dark[n] + open[n] * dark[n].abs();
            }
        }
        sums.iter().sum()
    }

    /// Moves the groups of handles about in the given steps, so many rounds at most in each; tells the score reached.
    fn refined(&self, bend: &mut Bend, steps: &[f32], rounds: usize) -> f32 {
        let mut places = self.places(bend);
        let mut best = self.score(&places, 0, [0.0; 2]);
        for &step in steps {
            for _ in 0..rounds {
                let before = best;
                for (n, group) in GROUPS.iter().enumerate() {
                    let (value, way) = best_of(around(step), |way| self.score(&places, n, way));
                    if value > best {
                        best = value;
                        group.iter().for_each(|&handle| shift(&mut bend[handle], way));
                        for (places, by) in places.iter_mut().zip(way) {
                            places.iter_mut().zip(&self.carried[n]).for_each(|(at, carried)| *at += carried * by);
                        }
                    }
                }
                if best - before < before.abs() * LITTLE {
                    break;
                }
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::patch::Patch;
    use crate::scan::plane::Plane;
    use crate::{Ecc, Luma, draw};

    #[test]
    fn alignment_patterns_tell_how_a_code_is_bent() {
        let drawing = draw(&"around a bottle ".repeat(16), Ecc::M).expect("drawn");
        let straight = drawing.to_luma(4).expect("drawn");
        let (width, modules) = (straight.width() as usize, drawing.modules() as f32);
        let layout = Layout::of((drawing.modules() - 17) / 4).expect("a version");
        // Two modules down in the middle; each with four modules of white around it, four pixels a module.
        let sag = |u: f32| 2.0 * (std::f32::consts::PI * (u + 4.0) / (modules + 8.0)).sin();
        let at = |n: usize| {
            let (x, y) = (n % width, n / width);
            let from = y as f32 - 4.0 * sag(x as f32 / 4.0 - 4.0);
            if from < 0.0 { 255 } else { straight.row(from as u32)[x] }
        };
        let bent: Vec<u8> = (0..straight.pixels().len()).map(at).collect();
        let picture = Luma::new(straight.width(), straight.height(), bent).expect("sizes agree");
        let end = width as f32;
        let patch = Patch::cut(&picture, &[[0.0, 0.0], [end, end]], 0.0, 4.0, false).expect("a patch");
        let far = modules - 3.5;
        let homes: [Point; 3] = [[3.5, 3.5], [far, 3.5], [3.5, far]];
        let seen = homes.map(|[u, v]| [(u + 4.0) * 4.0, (v + 4.0 + sag(u)) * 4.0]);
        let plane = Plane::affine(std::array::from_fn(|n| (homes[n], seen[n]))).expect("a plane");
        let fit = Fit::new(&patch, layout, plane);
        let patterns = patterns(layout);
        assert!(patterns.len() >= 6, "{patterns:?}");
        let bend = fit.bend_by_patterns(&patch.view(&plane), layout).expect("patterns are seen");
        for home in &patterns {
            let weights = fit.sheet.bend_weights(*home);
            let [x, y] = [0, 1].map(|axis| (0..BENDS).map(|n| weights[n] * bend[n][axis]).sum::<f32>());
            let off = y - (sag(home[0]) - sag(3.5));
            assert!(x.abs() < 0.5 && off.abs() < 0.5, "{home:?}: {x} {y}");
        }
    }
}
