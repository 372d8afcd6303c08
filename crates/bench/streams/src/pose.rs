//! Where the code lies before the camera.

use crate::{HEIGHT, WIDTH};

/// How a plane stands before the lens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pose {
    /// Where the middle of the code is seen, pixels.
    pub(crate) at: [f32; 2],
    /// Pixels a module, seen from the front.
    pub(crate) module: f32,
    /// Turn in the plane, radians.
    pub(crate) roll: f32,
    /// Turn about the picture's x and y axes, radians.
    pub(crate) tilt: [f32; 2],
}

/// Focal length over the picture's width: a laptop's camera.
const FOCAL: f32 = 0.95;

/// A projective map of the plane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Map([[f32; 3]; 3]);

impl Map {
    pub(crate) fn at(&self, x: f32, y: f32) -> [f32; 2] {
        let [a, b, c] = self.0.map(|[p, q, r]| p * x + q * y + r);
        [a / c, b / c]
    }

    /// The map the other way: the adjugate, which differs from the inverse by a factor that divides out.
    fn inverse(&self) -> Map {
        let m = &self.0;
        let minor = |r: usize, c: usize| {
            let (r1, r2, c1, c2) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3);
            m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
        };
        Map([0, 1, 2].map(|r| [0, 1, 2].map(|c| minor(c, r))))
    }
}

impl Pose {
    /// From modules around the middle of the code to pixels.
    pub(crate) fn to_picture(self) -> Map {
        let focal = FOCAL * WIDTH as f32;
        let far = focal / self.module;
        let (sin, cos) = self.roll.sin_cos();
        let (sx, cx) = self.tilt[0].sin_cos();
        let (sy, cy) = self.tilt[1].sin_cos();
        // Rolled first, then turned about x, then about y; only where the plane's two directions go matters.
        let turned = |x: f32, y: f32| {
            let (y, z) = (y * cx, y * sx);
            [x * cy + z * sy, y, z * cy - x * sy]
        };
        let (u, v) = (turned(cos, sin), turned(-sin, cos));
        let [mx, my] = self.at;
        let row = |k: usize, middle: f32| [focal * u[k] + middle * u[2], focal * v[k] + middle * v[2], middle * far];
        Map([row(0, mx), row(1, my), [u[2], v[2], far]])
    }

    /// From pixels to modules around the middle of the code.
    pub(crate) fn to_code(self) -> Map {
        self.to_picture().inverse()
    }

    /// The smallest upright box, cut at the picture's edges, around everything within `reach` modules of the middle:
    /// left, top, right, bottom. Empty when nothing is in the picture.
    pub(crate) fn bounds(self, reach: f32) -> [usize; 4] {
        let map = self.to_picture();
        let corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(|[x, y]| map.at(x * reach, y * reach));
        let low = |k: usize| corners.iter().map(|c| c[k]).fold(f32::INFINITY, f32::min);
        let high = |k: usize| corners.iter().map(|c| c[k]).fold(f32::NEG_INFINITY, f32::max);
        let cut = |v: f32, end: u32| v.clamp(0.0, end as f32) as usize;
        [cut(low(0), WIDTH), cut(low(1), HEIGHT), cut(high(0) + 2.0, WIDTH), cut(high(1) + 2.0, HEIGHT)]
    }
}
