//! Flat and bent surfaces: from modules of a symbol to pixels of a picture.

/// A point, in modules or in pixels.
pub(super) type Point = [f32; 2];

/// A projective map of the plane, by rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane(pub(super) [f64; 9]);

impl Plane {
    /// The map that takes each first point to its second, as nearly as possible in the sense of least squares; four
    /// pairs fix it. `None` when the points do not span a plane.
    pub(super) fn through(pairs: &[(Point, Point)]) -> Option<Plane> {
        if pairs.len() < 4 {
            return None;
        }
        // Both sides are moved to their middle and scaled, or the equations would be badly conditioned.
        let (from, to) = (Scale::of(pairs.iter().map(|p| p.0)), Scale::of(pairs.iter().map(|p| p.1)));
        let mut normal = [[0.0f64; 9]; 8];
        for &(a, b) in pairs {
            let ([u, v], [x, y]) = (from.apply(a), to.apply(b));
            add_row(&mut normal, [u, v, 1.0, 0.0, 0.0, 0.0, -u * x, -v * x], x);
            add_row(&mut normal, [0.0, 0.0, 0.0, u, v, 1.0, -u * y, -v * y], y);
        }
        let h = solve(&mut normal)?;
        let inner = Plane([h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], 1.0]);
        let plane = to.inverse().after(&inner).after(&from.matrix());
        plane.0.iter().all(|n| n.is_finite()).then_some(plane)
    }

    /// The affine map through three pairs.
    pub(super) fn affine(pairs: [(Point, Point); 3]) -> Option<Plane> {
        let [(a, p), (b, q), (c, r)] = pairs;
        let fourth = |a: Point, b: Point, c: Point| [b[0] + c[0] - a[0], b[1] + c[1] - a[1]];
        Plane::through(&[(a, p), (b, q), (c, r), (fourth(a, b, c), fourth(p, q, r))])
    }

    fn after(&self, first: &Plane) -> Plane {
        let cell = |n: usize| (0..3).map(|k| self.0[n / 3 * 3 + k] * first.0[k * 3 + n % 3]).sum();
        Plane(std::array::from_fn(cell))
    }

    /// Where a point goes.
    pub(super) fn at(&self, [u, v]: Point) -> Point {
        let (m, u, v) = (&self.0, f64::from(u), f64::from(v));
        let w = m[6] * u + m[7] * v + m[8];
        [((m[0] * u + m[1] * v + m[2]) / w) as f32, ((m[3] * u + m[4] * v + m[5]) / w) as f32]
    }

    /// Pixels a module measures around a point: the square root of its area.
    pub(super) fn scale_at(&self, [u, v]: Point) -> f32 {
        let ([a, b], [c, d], [e, f]) = (self.at([u, v]), self.at([u + 0.5, v]), self.at([u, v + 0.5]));
        (4.0 * ((c - a) * (f - b) - (d - b) * (e - a))).abs().sqrt()
    }
}

/// Moves points to their middle and to a mean distance of one.
struct Scale {
    middle: [f64; 2],
    factor: f64,
}

impl Scale {
    fn of(points: impl Iterator<Item = Point> + Clone) -> Scale {
        let count = points.clone().count() as f64;
        let mean = |axis: usize| points.clone().map(|p| f64::from(p[axis])).sum::<f64>() / count;
        let middle = [mean(0), mean(1)];
        let far = |p: Point| (f64::from(p[0]) - middle[0]).hypot(f64::from(p[1]) - middle[1]);
        let spread = points.clone().map(far).sum::<f64>() / count;
        Scale { middle, factor: if spread > 0.0 { 1.0 / spread } else { 1.0 } }
    }

    fn apply(&self, p: Point) -> [f64; 2] {
        std::array::from_fn(|n| (f64::from(p[n]) - self.middle[n]) * self.factor)
    }

    fn matrix(&self) -> Plane {
        let ([x, y], f) = (self.middle, self.factor);
        Plane([f, 0.0, -x * f, 0.0, f, -y * f, 0.0, 0.0, 1.0])
    }

    fn inverse(&self) -> Plane {
        let ([x, y], f) = (self.middle, self.factor);
        Plane([1.0 / f, 0.0, x, 0.0, 1.0 / f, y, 0.0, 0.0, 1.0])
    }
}

pub(super) fn add_row<const N: usize, const M: usize>(normal: &mut [[f64; M]; N], row: [f64; N], value: f64) {
    for (line, &a) in normal.iter_mut().zip(&row) {
        for (cell, &b) in line.iter_mut().zip(row.iter().chain([&value])) {
            *cell += a * b;
        }
    }
}

/// Solves N equations by elimination with pivots; the last of the M = N + 1 columns is the right side.
pub(super) fn solve<const N: usize, const M: usize>(rows: &mut [[f64; M]; N]) -> Option<[f64; N]> {
    for n in 0..N {
        let pivot = (n..N).max_by(|&a, &b| rows[a][n].abs().total_cmp(&rows[b][n].abs()))?;
        rows.swap(n, pivot);
        if rows[n][n].abs() < 1e-12 {
            return None;
        }
        let line = rows[n];
        for row in rows.iter_mut().skip(n + 1) {
            let factor = row[n] / line[n];
            row.iter_mut().zip(&line).skip(n).for_each(|(cell, &above)| *cell -= factor * above);
        }
    }
    let mut solution = [0.0; N];
    for n in (0..N).rev() {
        let known: f64 = (n + 1..N).map(|k| rows[n][k] * solution[k]).sum();
        solution[n] = (rows[n][M - 1] - known) / rows[n][n];
    }
    Some(solution)
}

/// Handles of a bend: the corners, the middles of the edges and the centre, row by row, between which there is a parabola each
/// way; then how far the quarters of each row are drawn apart or together, and those of each column. A row around a bottle is
/// a sine, of which a parabola has nothing.
pub(super) const BENDS: usize = 11;
pub(super) const QUARTERS_ACROSS: usize = 9;
pub(super) const QUARTERS_DOWN: usize = 10;

/// A surface that may be bent: a plane seen through a sheet of handles whose shifts, in modules, are spread smoothly.
#[derive(Clone)]
pub(super) struct Sheet {
    pub(super) plane: Plane,
    side: f32,
    /// Whether any handle may have been shifted.
    pub(super) is_bent: bool,
    pub(super) bend: [Point; BENDS],
    /// Shifts at a 5 × 5 net; between them straight.
    pub(super) net: [Point; 25],
}

impl Sheet {
    /// A flat sheet of `side` modules.
    pub(super) fn flat(plane: Plane, side: usize) -> Sheet {
        Sheet { plane, side: side as f32, is_bent: false, bend: [[0.0; 2]; BENDS], net: [[0.0; 2]; 25] }
    }

    /// How much each handle of the bend moves a point.
    pub(super) fn bend_weights(&self, [u, v]: Point) -> [f32; BENDS] {
        let (across, down) = (parabolas(u / self.side), parabolas(v / self.side));
        std::array::from_fn(|n| match n {
            QUARTERS_ACROSS => quarters(u / self.side),
            QUARTERS_DOWN => quarters(v / self.side),
            _ => across[n % 3] * down[n / 3],
        })
    }

    /// Which handles of the net move a point, and how much.
    pub(super) fn net_weights(&self, [u, v]: Point) -> [(usize, f32); 4] {
        let ((column, right), (row, low)) = (cell(u / self.side), cell(v / self.side));
        let first = row * 5 + column;
        [
            (first, (1.0 - right) * (1.0 - low)),
            (first + 1, right * (1.0 - low)),
            (first + 5, (1.0 - right) * low),
            (first + 6, right * low),
        ]
    }

    /// Where a point in modules lies in the picture.
    pub(super) fn at(&self, point: Point) -> Point {
        if !self.is_bent {
            return self.plane.at(point);
        }
        let bend = self.bend.iter().zip(self.bend_weights(point));
        let net = self.net_weights(point).map(|(handle, weight)| (&self.net[handle], weight));
        let moves = bend.chain(net);
        self.plane.at(moves.fold(point, |[u, v], ([x, y], weight)| [u + weight * x, v + weight * y]))
    }
}

/// Weights of the values at 0, ½ and 1 in the parabola through them.
fn parabolas(t: f32) -> [f32; 3] {
    [(1.0 - t) * (1.0 - 2.0 * t), 4.0 * t * (1.0 - t), t * (2.0 * t - 1.0)]
}

/// The cubic that is 0 at 0, ½ and 1, and about 1 and -1 between them.
fn quarters(t: f32) -> f32 {
    20.8 * t * (t - 0.5) * (t - 1.0)
}

/// The quarter a place from 0 to 1 lies in, and how far into it.
fn cell(t: f32) -> (usize, f32) {
    let scaled = (t * 4.0).clamp(0.0, 4.0);
    let n = (scaled as usize).min(3);
    (n, scaled - n as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: Point, b: Point) -> bool {
        (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-2
    }

    #[test]
    fn four_points_fix_a_plane_and_more_agree_with_it() {
        let corners: [(Point, Point); 4] = [
            ([3.5, 3.5], [100.0, 120.0]),
            ([21.5, 3.5], [300.0, 90.0]),
            ([3.5, 21.5], [130.0, 340.0]),
            ([18.5, 18.5], [280.0, 260.0]),
        ];
        let plane = Plane::through(&corners).expect("a plane");
        assert!(corners.iter().all(|&(from, to)| near(plane.at(from), to)));
        let more: Vec<(Point, Point)> =
            (0..30).map(|n| [n as f32 % 7.0, n as f32 / 3.0]).map(|p| (p, plane.at(p))).collect();
        let again = Plane::through(&more).expect("a plane");
        assert!(near(again.at([25.0, 25.0]), plane.at([25.0, 25.0])));
    }

    #[test]
    fn points_on_a_line_are_no_plane() {
        let line: Vec<(Point, Point)> = (0..6).map(|n| ([n as f32, n as f32], [n as f32 * 3.0, 7.0])).collect();
        assert!(Plane::through(&line).is_none());
    }

    #[test]
    fn a_handle_moves_its_own_place_by_its_shift_and_others_not() {
        let unit = Plane::affine([([0.0, 0.0], [0.0, 0.0]), ([1.0, 0.0], [1.0, 0.0]), ([0.0, 1.0], [0.0, 1.0])])
            .expect("a plane");
        let mut sheet = Sheet::flat(unit, 40);
        sheet.is_bent = true;
        sheet.bend[1] = [0.5, -2.0];
        sheet.net[18] = [1.0, 1.0];
        assert!(near(sheet.at([20.0, 0.0]), [20.5, -2.0]));
        assert!(near(sheet.at([30.0, 30.0]), {
            let weight = parabolas(0.75)[1] * parabolas(0.75)[0];
            [31.0 + 0.5 * weight, 31.0 - 2.0 * weight]
        }));
        assert!(near(sheet.at([40.0, 40.0]), [40.0, 40.0]));
    }
}
