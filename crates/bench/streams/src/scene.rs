//! The room and the paper with the code: how much light comes from every direction, before the lens.

use qr::{Ecc, draw};

use crate::pose::Pose;
use crate::random::Random;
use crate::{HEIGHT, WIDTH};

/// Pixels the room reaches beyond the picture on each side, so that a hand can move the camera over it.
const BEYOND: usize = 160;
/// Modules of paper around the code beyond its quiet zone.
const PAPER: f32 = 6.0;
/// Points looked at across a pixel.
const ACROSS: usize = 3;

pub(crate) struct Scene {
    side: u32,
    dark: Vec<bool>,
    ink: f32,
    paper: f32,
    room: Vec<f32>,
}

/// Light of every pixel, row after row; 0 is black, 255 what the camera can just still see.
pub(crate) type Light = Vec<f32>;

impl Scene {
    pub(crate) fn new(text: &str, random: &mut Random) -> Scene {
        // The texts are made here and fit every code; an empty drawing would show in the tests of this crate.
        let (side, dark) = match draw(text, Ecc::M) {
            Ok(drawing) => {
                let side = drawing.modules();
                (side, (0..side * side).map(|n| drawing.is_dark(n % side, n / side)).collect())
            }
            Err(_) => (1, vec![false]),
        };
        let (ink, paper) = (random.between(18.0, 50.0), random.between(170.0, 225.0));
        Scene { side, dark, ink, paper, room: room(random) }
    }

    /// Modules in a row.
    pub(crate) fn side(&self) -> f32 {
        self.side as f32
    }

    fn reach(&self) -> f32 {
        self.side() / 2.0 + 4.0 + PAPER
    }

    /// Whether the code and half of its quiet zone lie in the picture.
    pub(crate) fn is_whole(&self, pose: &Pose) -> bool {
        let (map, reach) = (pose.to_picture(), self.side() / 2.0 + 2.0);
        [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].iter().all(|[x, y]| {
            let [x, y] = map.at(x * reach, y * reach);
            x >= 0.0 && y >= 0.0 && x < WIDTH as f32 && y < HEIGHT as f32
        })
    }

    /// Light of a point of the plane; nothing beside the paper.
    fn light_at(&self, [x, y]: [f32; 2]) -> Option<f32> {
        let reach = self.reach();
        if x.abs() > reach || y.abs() > reach {
            return None;
        }
        let half = self.side() / 2.0;
        let (column, row) = ((x + half).floor(), (y + half).floor());
        let inside = |n: f32| n >= 0.0 && n < self.side();
        let dark = inside(column) && inside(row) && self.dark[row as usize * self.side as usize + column as usize];
        Some(if dark { self.ink } else { self.paper })
    }

    /// What comes in during one exposure, in which the paper lay like this in turn.
    pub(crate) fn light(&self, poses: &[Pose]) -> Light {
        let Some(first) = poses.first() else { return vec![0.0; (WIDTH * HEIGHT) as usize] };
        let mut light = self.room_behind(first);
        let bounds = poses.iter().map(|pose| pose.bounds(self.reach())).reduce(around).unwrap_or_default();
        let maps: Vec<_> = poses.iter().map(|pose| pose.to_code()).collect();
        // A moving picture is looked at often enough as it is.
        let across = if poses.len() > 2 { 2 } else { ACROSS };
        let looks = (across * across * maps.len()) as f32;
        for y in bounds[1]..bounds[3] {
            for x in bounds[0]..bounds[2] {
                let behind = light[y * WIDTH as usize + x];
                let mut sum = 0.0;
                for map in &maps {
                    for n in 0..across * across {
                        let part = |k: usize| (k as f32 + 0.5) / across as f32;
                        let point = map.at(x as f32 + part(n % across), y as f32 + part(n / across));
                        sum += self.light_at(point).unwrap_or(behind);
                    }
                }
                light[y * WIDTH as usize + x] = sum / looks;
            }
        }
        light
    }

    /// The room moves with the camera as the code does, half as far.
    fn room_behind(&self, pose: &Pose) -> Light {
        let shift = |at: f32, middle: u32| ((at - middle as f32 / 2.0) / 2.0).clamp(-(BEYOND as f32), BEYOND as f32);
        let (dx, dy) = (shift(pose.at[0], WIDTH), shift(pose.at[1], HEIGHT));
        let (left, top) = ((BEYOND as f32 - dx) as usize, (BEYOND as f32 - dy) as usize);
        let stride = WIDTH as usize + 2 * BEYOND;
        let row = |y: usize| &self.room[(y + top) * stride + left..][..WIDTH as usize];
        (0..HEIGHT as usize).flat_map(row).copied().collect()
    }
}

fn around(a: [usize; 4], b: [usize; 4]) -> [usize; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// Walls, furniture and print: slow shades, boxes and lines of bars.
fn room(random: &mut Random) -> Vec<f32> {
    let (width, height) = (WIDTH as usize + 2 * BEYOND, HEIGHT as usize + 2 * BEYOND);
    let (base, slope, turn) = (random.between(60.0, 150.0), random.between(10.0, 60.0), random.between(0.0, 6.3));
    let shade = |x: usize, y: usize| {
        let along = x as f32 / width as f32 * turn.cos() + y as f32 / height as f32 * turn.sin();
        base + slope * along
    };
    let mut room: Vec<f32> = (0..width * height).map(|n| shade(n % width, n / width)).collect();
    let mut fill = |x: usize, y: usize, w: usize, h: usize, value: f32| {
        for row in y.min(height)..(y + h).min(height) {
            room[row * width..][x.min(width)..(x + w).min(width)].fill(value);
        }
    };
    for _ in 0..4 + random.below(10) {
        let (w, h) = (30 + random.below(400), 30 + random.below(300));
        fill(random.below(width), random.below(height), w, h, random.between(20.0, 220.0));
    }
    for _ in 0..random.below(12) {
        let (mut x, y, ink, h) =
            (random.below(width), random.below(height), random.between(20.0, 90.0), 8 + random.below(20));
        for _ in 0..10 + random.below(40) {
            let w = 1 + random.below(6);
            fill(x, y, w, h, ink);
            x += w + 2 + random.below(8);
        }
    }
    room
}
