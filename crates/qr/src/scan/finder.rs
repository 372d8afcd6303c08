//! Finder patterns seen so far, and which three of them may belong to one code.

use rxing::Point as Spot;
use rxing::common::BitMatrix;
use rxing::common::cpp_essentials::{ConcentricPattern, FindConcentricPatternCorners};
use rxing::qrcode::cpp_port::detector::GenerateFinderPatternSets;

use super::plane::Point;

/// One finder pattern, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finder {
    pub(super) centre: Point,
    /// About seven modules.
    pub(super) size: f32,
    /// The middle line of its dark ring: corners three modules from the centre each way, in the order of a walk.
    pub(super) ring: Option<[Point; 4]>,
    /// Light on dark.
    pub(super) negative: bool,
}

/// Three finders of one code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Three {
    pub(super) top_left: Finder,
    pub(super) top_right: Finder,
    pub(super) bottom_left: Finder,
    /// One of them was not seen but put where two others would have it.
    pub(super) guessed: bool,
}

impl Finder {
    /// A pattern found in black and white, with its ring traced.
    pub(super) fn traced(matrix: &BitMatrix, pattern: ConcentricPattern, negative: bool) -> Finder {
        let point = |p: Spot| [p.x, p.y];
        let ring = FindConcentricPatternCorners(matrix, pattern.p, pattern.size, 2).map(|quad| quad.0.map(point));
        Finder { centre: point(pattern.p), size: pattern.size as f32, ring, negative }
    }

    /// One of which only the middle is known.
    pub(super) fn torn(centre: Point, size: f32) -> Finder {
        Finder { centre, size, ring: None, negative: false }
    }

    /// The same in a picture `scale` times as large.
    pub(super) fn scaled(self, scale: f32) -> Finder {
        let point = |[x, y]: Point| [x * scale, y * scale];
        Finder {
            centre: point(self.centre),
            size: self.size * scale,
            ring: self.ring.map(|ring| ring.map(point)),
            negative: self.negative,
        }
    }

    /// One module to the right and one down along the ring, in pixels, turned as the picture's axes are.
    fn frame(&self) -> Option<[Point; 2]> {
        let [a, b, c, d] = self.ring?;
        let mean = |axis: usize, p: [Point; 4]| (p[1][axis] - p[0][axis] + p[3][axis] - p[2][axis]) / 12.0;
        let one = [mean(0, [a, b, d, c]), mean(1, [a, b, d, c])];
        let other = [mean(0, [a, d, b, c]), mean(1, [a, d, b, c])];
        let area = one[0] * other[1] - one[1] * other[0];
        if area.abs() < 0.3 {
            None
        } else if area > 0.0 {
            Some([one, other])
        } else {
            Some([other, one])
        }
    }

    /// Pixels of a module in the direction of another point.
    pub(super) fn module_towards(&self, other: Point) -> f32 {
        let Some(ring) = self.ring else { return self.size / 7.0 };
        let way = [other[0] - self.centre[0], other[1] - self.centre[1]];
        let edge = |n: usize| [ring[(n + 1) % 4][0] - ring[n][0], ring[(n + 1) % 4][1] - ring[n][1]];
        let along = |e: Point| ((e[0] * way[0] + e[1] * way[1]) / e[0].hypot(e[1]).max(f32::EPSILON)).abs();
        let best = (0..4).map(edge).max_by(|a, b| along(*a).total_cmp(&along(*b)));
        // Opposite edges differ in perspective; their mean is the finder's own measure.
        let best = best.unwrap_or(way);
        let turned = (0..4)
            .map(edge)
            .filter(|e| (e[0] * best[0] + e[1] * best[1]).abs() > 0.7 * e[0].hypot(e[1]) * best[0].hypot(best[1]));
        let (sum, count) = turned.fold((0.0, 0.0), |(sum, count), e| (sum + e[0].hypot(e[1]), count + 1.0));
        if count > 0.0 { sum / count / 6.0 } else { self.size / 7.0 }
    }
}

impl Three {
    /// The middle of the code, were it flat and seen from the front.
    pub(super) fn middle(&self) -> Point {
        [0, 1].map(|axis| (self.top_right.centre[axis] + self.bottom_left.centre[axis]) / 2.0)
    }
}

/// Finders of all looks, each once.
#[derive(Default)]
pub(super) struct Finders(Vec<Finder>);

/// Finders kept at most.
const MAX_KEPT: usize = 60;

impl Finders {
    /// Keeps a finder unless it is known already; one with a traced ring replaces one without.
    pub(super) fn take(&mut self, new: Finder) {
        let near = |old: &Finder| {
            let far = (old.centre[0] - new.centre[0]).hypot(old.centre[1] - new.centre[1]);
            far < old.size.max(new.size) * 0.3 && old.negative == new.negative
        };
        match self.0.iter().position(near) {
            Some(n) if self.0[n].ring.is_none() && new.ring.is_some() => self.0[n] = new,
            None if self.0.len() < MAX_KEPT => self.0.push(new),
            _ => {}
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets of three that may be one code, the most plausible first: those that fit the slant of their corner, then
    /// those that look like a corner as it is.
    pub(super) fn threes(&self) -> Vec<Three> {
        let mut threes = self.slanted();
        threes.extend([false, true].into_iter().flat_map(|negative| self.threes_of(negative)));
        threes
    }

    /// Sets of three measured in the modules of their corner, however strongly that is slanted.
    fn slanted(&self) -> Vec<Three> {
        let mut rated: Vec<(f32, Three)> = Vec::new();
        for corner in &self.0 {
            let Some(frame) = corner.frame() else { continue };
            let mates = self.0.iter().filter(|other| other.negative == corner.negative);
            let sides: Vec<Side<'_>> = mates.filter_map(|other| Side::of(frame, corner, other)).collect();
            for (one, next) in sides.iter().flat_map(|one| sides.iter().map(move |next| (one, next))) {
                let uneven = (one.modules / next.modules).ln().abs();
                if (one.way + 1) % 4 == next.way && uneven < UNEVEN {
                    let three =
                        Three { top_left: *corner, top_right: *one.mate, bottom_left: *next.mate, guessed: false };
                    rated.push((uneven + one.off + next.off, three));
                }
            }
        }
        rated.sort_by(|a, b| a.0.total_cmp(&b.0));
        rated.truncate(MAX_SLANTED);
        rated.into_iter().map(|(_, three)| three).collect()
    }

    /// Sets in which one finder is guessed from two traced ones, the closest pairs first.
    pub(super) fn twos(&self) -> Vec<Three> {
        let traced: Vec<&Finder> = self.0.iter().filter(|finder| finder.ring.is_some()).collect();
        let pairs = traced.iter().enumerate().flat_map(|(n, a)| traced[n + 1..].iter().map(move |b| (*a, *b)));
        let mut pairs: Vec<(&Finder, &Finder)> = pairs.filter(|(a, b)| alike(a, b)).collect();
        let far = |(a, b): &(&Finder, &Finder)| (a.centre[0] - b.centre[0]).hypot(a.centre[1] - b.centre[1]);
        pairs.sort_by(|a, b| far(a).total_cmp(&far(b)));
        pairs.truncate(MAX_PAIRS);
        pairs.into_iter().flat_map(|(a, b)| guesses(a, b)).collect()
    }

    fn threes_of(&self, negative: bool) -> Vec<Three> {
        let chosen: Vec<&Finder> = self.0.iter().filter(|finder| finder.negative == negative).collect();
        let pattern =
            |f: &&Finder| ConcentricPattern { p: Spot::new(f.centre[0], f.centre[1]), size: f.size.round() as i32 };
        let mut patterns: Vec<ConcentricPattern> = chosen.iter().map(pattern).collect();
        let back = |p: ConcentricPattern| chosen.iter().find(|f| f.centre == [p.p.x, p.p.y]).map(|f| **f);
        let sets = GenerateFinderPatternSets(&mut patterns).into_iter();
        sets.filter_map(|set| {
            Some(Three {
                top_left: back(set.tl)?,
                top_right: back(set.tr)?,
                bottom_left: back(set.bl)?,
                guessed: false,
            })
        })
        .collect()
    }
}

/// Sets of the slanted kind tried at most.
const MAX_SLANTED: usize = 6;
/// How different the sides of a code may look in the modules of one corner, as a logarithm: the far end of a steep
/// view has smaller modules.
const UNEVEN: f32 = 0.5;

/// Another finder, seen from a corner along one of its axes.
struct Side<'a> {
    mate: &'a Finder,
    /// 0 to 3: right, down, left, up, as the corner's ring was walked.
    way: usize,
    modules: f32,
    /// How far beside the axis, as a share of the way.
    off: f32,
}

impl<'a> Side<'a> {
    fn of([right, down]: [Point; 2], corner: &Finder, mate: &'a Finder) -> Option<Side<'a>> {
        let area = right[0] * down[1] - right[1] * down[0];
        let [dx, dy] = [mate.centre[0] - corner.centre[0], mate.centre[1] - corner.centre[1]];
        let (u, v) = ((dx * down[1] - dy * down[0]) / area, (dy * right[0] - dx * right[1]) / area);
        let (along, beside) = if u.abs() > v.abs() { (u, v) } else { (v, u) };
        let way = match (u.abs() > v.abs(), along > 0.0) {
            (true, true) => 0,
            (false, true) => 1,
            (true, false) => 2,
            (false, false) => 3,
        };
        let off = (beside / along).abs();
        let modules = along.abs();
        (off < 0.25 && (12.0..180.0).contains(&modules)).then_some(Side { mate, way, modules, off })
    }
}

/// Pairs of finders tried at most.
const MAX_PAIRS: usize = 4;

/// Two finders of one size and colour, as far from each other as those of one code.
fn alike(a: &Finder, b: &Finder) -> bool {
    let (one, other) = (a.module_towards(b.centre), b.module_towards(a.centre));
    let far = (a.centre[0] - b.centre[0]).hypot(a.centre[1] - b.centre[1]);
    let modules = far * 2.0 / (one + other).max(f32::EPSILON);
    a.negative == b.negative && one.max(other) < 1.5 * one.min(other) && (12.0..240.0).contains(&modules)
}

/// The codes two finders may belong to: along an edge, to either side of it and with the corner at either end, or
/// across, with the corner on either side.
fn guesses(a: &Finder, b: &Finder) -> Vec<Three> {
    let [ax, ay] = a.centre;
    let [dx, dy] = [b.centre[0] - ax, b.centre[1] - ay];
    let put = |centre: Point| Finder { centre, size: (a.size + b.size) / 2.0, ring: None, negative: a.negative };
    let three = |corner: &Finder, next: &Finder, last: &Finder| Three {
        top_left: *corner,
        top_right: *next,
        bottom_left: *last,
        guessed: true,
    };
    if slant(a, [dx, dy]) > 0.38 && slant(b, [dx, dy]) > 0.38 {
        let middle = [ax + dx / 2.0, ay + dy / 2.0];
        let (one, other) = ([middle[0] + dy / 2.0, middle[1] - dx / 2.0], [middle[0] - dy / 2.0, middle[1] + dx / 2.0]);
        return vec![three(&put(one), b, a), three(&put(other), a, b)];
    }
    // Turned right as the picture's axes are: a quarter turn from across to down.
    let down = |[x, y]: Point| [x - dy, y + dx];
    let up = |[x, y]: Point| [x + dy, y - dx];
    vec![
        three(a, b, &put(down(a.centre))),
        three(b, &put(down(b.centre)), a),
        three(b, a, &put(up(b.centre))),
        three(a, &put(up(a.centre)), b),
    ]
}

/// How far a direction is from the edges of a finder: 0 along one, near 0.8 (a radian) on the diagonal.
fn slant(finder: &Finder, [dx, dy]: Point) -> f32 {
    let Some(ring) = finder.ring else { return 0.0 };
    let edge = [ring[1][0] - ring[0][0], ring[1][1] - ring[0][1]];
    let quarter = std::f32::consts::FRAC_PI_2;
    let turn = (dy.atan2(dx) - edge[1].atan2(edge[0])).rem_euclid(quarter);
    turn.min(quarter - turn)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A finder whose modules are `right` and `down` in pixels, `u` and `v` of them from the origin.
    fn finder([right, down]: [Point; 2], u: f32, v: f32) -> Finder {
        let at = |u: f32, v: f32| [200.0 + u * right[0] + v * down[0], 100.0 + u * right[1] + v * down[1]];
        let ring = [at(u - 3.0, v - 3.0), at(u + 3.0, v - 3.0), at(u + 3.0, v + 3.0), at(u - 3.0, v + 3.0)];
        Finder { centre: at(u, v), size: 14.0, ring: Some(ring), negative: false }
    }

    #[test]
    fn three_finders_of_a_code_are_joined_however_steeply_it_is_seen() {
        for frame in [[[3.0, 0.0], [0.0, 3.0]], [[1.0, 0.8], [-0.6, 4.0]], [[-2.0, 2.0], [-2.5, -1.5]]] {
            let mut finders = Finders::default();
            let [corner, right, down] = [(0.0, 0.0), (26.0, 0.0), (0.0, 26.0)].map(|(u, v)| finder(frame, u, v));
            // One of something else, far off both axes.
            [down, finder(frame, 61.0, 43.0), corner, right].into_iter().for_each(|one| finders.take(one));
            let three = finders.threes().into_iter().next().expect("three");
            let centres = [three.top_left, three.top_right, three.bottom_left].map(|finder| finder.centre);
            assert_eq!(centres, [corner, right, down].map(|finder| finder.centre), "{frame:?}");
        }
    }
}
