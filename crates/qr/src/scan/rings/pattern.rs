//! Where a finder is dark and where it is light, as points that are looked at eight at a time.

use crate::scan::plane::Point;

/// Points on a circle and on a square.
const POINTS: usize = 16;
/// Ways a finder may be turned, in a quarter turn.
pub(super) const TURNS: usize = 5;
/// Points looked at together.
pub(super) const EIGHT: usize = 8;

/// Where a finder, or its middle, is dark and light, in modules from its middle.
pub(super) struct Pattern {
    pub(super) eights: Vec<Eight>,
    /// Points that are dark, and that are light.
    pub(super) counts: [f32; 2],
}

/// Eight points: where they are, and 1 for those that are dark and that are light; for one too many neither.
#[derive(Default)]
pub(super) struct Eight {
    pub(super) across: [f32; EIGHT],
    pub(super) down: [f32; EIGHT],
    pub(super) is_dark: [f32; EIGHT],
    pub(super) is_light: [f32; EIGHT],
}

impl Pattern {
    fn of(dark: &[Point], light: &[Point]) -> Pattern {
        let dark_first = dark.iter().map(|at| (at, true)).chain(light.iter().map(|at| (at, false)));
        let all: Vec<(&Point, bool)> = dark_first.collect();
        let eight = |points: &[(&Point, bool)]| {
            let mut eight = Eight::default();
            for (n, &(&[u, v], is_dark)) in points.iter().enumerate() {
                (eight.across[n], eight.down[n]) = (u, v);
                (eight.is_dark[n], eight.is_light[n]) = if is_dark { (1.0, 0.0) } else { (0.0, 1.0) };
            }
            eight
        };
        Pattern { eights: all.chunks(EIGHT).map(eight).collect(), counts: [dark.len() as f32, light.len() as f32] }
    }

    /// The middle square, and the light around it.
    pub(super) fn core() -> Pattern {
        let (dark, light) = core();
        Pattern::of(&dark, &light)
    }

    /// A whole finder, turned by so many parts of a quarter.
    pub(super) fn finder(turn: usize) -> Pattern {
        let (mut dark, mut light) = core();
        let (sin, cos) = (turn as f32 / TURNS as f32 * std::f32::consts::FRAC_PI_2).sin_cos();
        let turned = |[u, v]: Point, far: f32| [(u * cos - v * sin) * far, (u * sin + v * cos) * far];
        dark.extend((0..POINTS).map(|n| turned(square(n), 3.0)));
        light.extend((0..POINTS).map(|n| turned(square(n), 4.0)));
        Pattern::of(&dark, &light)
    }
}

/// The dark points of a finder's middle, and the light ones around it.
fn core() -> (Vec<Point>, Vec<Point>) {
    let around = CIRCLE.into_iter().skip(1).step_by(4);
    let light = CIRCLE.into_iter().step_by(2).map(|[u, v]| [2.2 * u, 2.2 * v]);
    ([[0.0; 2]].into_iter().chain(around).collect(), light.collect())
}

/// Points of a circle of radius one.
const CIRCLE: [Point; POINTS] = {
    const A: f32 = 0.923_88;
    const B: f32 = std::f32::consts::FRAC_1_SQRT_2;
    const C: f32 = 0.382_683;
    [
        [1.0, 0.0],
        [A, C],
        [B, B],
        [C, A],
        [0.0, 1.0],
        [-C, A],
        [-B, B],
        [-A, C],
        [-1.0, 0.0],
        [-A, -C],
        [-B, -B],
        [-C, -A],
        [0.0, -1.0],
        [C, -A],
        [B, -B],
        [A, -C],
    ]
};

/// Points along the rim of a square with half a side of one.
fn square(n: usize) -> Point {
    let along = (n % 4) as f32 * 0.5 - 0.75;
    match n / 4 {
        0 => [1.0, along],
        1 => [-along, 1.0],
        2 => [-1.0, -along],
        _ => [along, -1.0],
    }
}
