//! Projective maps of the plane.

/// A map from one picture's pixels to another's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Warp([[f32; 3]; 3]);

impl Warp {
    #[cfg(test)]
    pub(super) const SAME: Warp = Warp([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);

    /// The first three numbers make x, the next three y, the last three what both are divided by.
    pub(super) const fn of(rows: [[f32; 3]; 3]) -> Warp {
        Warp(rows)
    }

    /// Scaled, then moved.
    pub(super) const fn scaled(scale: f32, by: [f32; 2]) -> Warp {
        Warp([[scale, 0.0, by[0]], [0.0, scale, by[1]], [0.0, 0.0, 1.0]])
    }

    /// The affine map that takes three points there.
    pub(super) fn of_three(from: [[f32; 2]; 3], to: [[f32; 2]; 3]) -> Option<Warp> {
        let [a, b, c] = from;
        let (u, v) = ([b[0] - a[0], b[1] - a[1]], [c[0] - a[0], c[1] - a[1]]);
        let area = u[0] * v[1] - u[1] * v[0];
        if area.abs() < 1e-3 {
            return None;
        }
        let row = |k: usize| {
            let (along, down) = (to[1][k] - to[0][k], to[2][k] - to[0][k]);
            let (p, q) = ((along * v[1] - down * u[1]) / area, (down * u[0] - along * v[0]) / area);
            [p, q, to[0][k] - p * a[0] - q * a[1]]
        };
        Some(Warp([row(0), row(1), [0.0, 0.0, 1.0]]))
    }

    pub(super) fn at(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [a, b, c] = self.0.map(|[p, q, r]| p * x + q * y + r);
        [a / c, b / c]
    }

    /// Where points of one row go, by how far along it they lie.
    pub(super) fn along_row(&self, y: f32) -> impl Fn(f32) -> [f32; 2] + use<> {
        let rows = self.0.map(|[p, q, r]| [p, q * y + r]);
        move |x| {
            let [a, b, c] = rows.map(|[p, start]| p * x + start);
            let share = 1.0 / c;
            [a * share, b * share]
        }
    }

    /// First `before`, then this.
    pub(super) fn after(&self, before: &Warp) -> Warp {
        let entry = |r: usize, c: usize| (0..3).map(|k| self.0[r][k] * before.0[k][c]).sum();
        let product: [[f32; 3]; 3] = [0, 1, 2].map(|r| [0, 1, 2].map(|c| entry(r, c)));
        let last = product[2][2];
        Warp(product.map(|row| row.map(|value| value / last)))
    }

    /// The way back; nothing when everything falls on one line.
    pub(super) fn inverse(&self) -> Option<Warp> {
        let m = &self.0;
        let cofactor = |r: usize, c: usize| {
            let (r1, r2, c1, c2) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3);
            m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
        };
        let adjugate: [[f32; 3]; 3] = [0, 1, 2].map(|r| [0, 1, 2].map(|c| cofactor(c, r)));
        let last = adjugate[2][2];
        (last.abs() > 1e-9).then(|| Warp(adjugate.map(|row| row.map(|value| value / last))))
    }

    /// How many pixels there one pixel here becomes, around a point.
    pub(super) fn growth(&self, at: [f32; 2]) -> f32 {
        let [here, right, below] = [at, [at[0] + 1.0, at[1]], [at[0], at[1] + 1.0]].map(|point| self.at(point));
        let (u, v) = ([right[0] - here[0], right[1] - here[1]], [below[0] - here[0], below[1] - here[1]]);
        (u[0] * v[1] - u[1] * v[0]).abs().sqrt()
    }

    pub(super) fn is_finite(&self) -> bool {
        self.0.iter().flatten().all(|value| value.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: [f32; 2], b: [f32; 2]) -> bool {
        (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-2
    }

    #[test]
    fn there_and_back_again_is_where_one_was() {
        let there = Warp::of([[1.1, 0.2, 30.0], [-0.1, 0.9, 12.0], [1e-4, -2e-4, 1.0]]);
        let back = there.inverse().expect("not flat");
        for point in [[0.0, 0.0], [100.0, 20.0], [7.0, 300.0]] {
            assert!(near(back.at(there.at(point)), point));
            assert!(near(back.after(&there).at(point), point));
        }
        assert!(Warp::of([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 1.0]]).inverse().is_none());
    }

    #[test]
    fn three_points_go_where_they_are_sent() {
        let (from, to) = ([[3.0, 4.0], [30.0, 5.0], [2.0, 40.0]], [[14.0, 14.0], [90.0, 14.0], [14.0, 90.0]]);
        let map = Warp::of_three(from, to).expect("not flat");
        assert!(from.iter().zip(to).all(|(&point, wanted)| near(map.at(point), wanted)));
        assert!(Warp::of_three([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]], to).is_none());
    }
}
