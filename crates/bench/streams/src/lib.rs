//! Camera streams with a code in them, made from a seed: 720p, grey, 30 pictures a second. The same kind and seed
//! give the same pixels on every machine. What a lens, a hand and a lamp do is modelled; a camera's own sharpening and
//! compression are not. It never reads a file or a clock. Start with [`Stream`].

mod lens;
mod pose;
mod random;
mod scene;
mod story;
mod text;

pub use story::Kind;

use lens::Lens;
use qr::Luma;
use random::Random;
use scene::Scene;
use story::Story;

/// Pixels in a row.
pub const WIDTH: u32 = 1280;
/// Rows.
pub const HEIGHT: u32 = 720;
/// Pictures a second.
pub const RATE: u32 = 30;

/// One stream, picture after picture.
pub struct Stream {
    text: String,
    scene: Scene,
    story: Story,
    lens: Lens,
    noise: Random,
    next: u32,
}

impl Stream {
    /// The stream of this kind and seed.
    pub fn new(kind: Kind, seed: u64) -> Stream {
        let mut random = Random::new(seed.wrapping_mul(0x9e37_79b9).wrapping_add(kind as u64 + 1));
        let text = text::payment(&mut random);
        let scene = Scene::new(&text, &mut random);
        let story = Story::new(kind, scene.side(), &mut random);
        Stream { text, scene, story, lens: Lens::default(), noise: random.split(), next: 0 }
    }

    /// What the code says.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Pictures it has.
    pub fn pictures(&self) -> u32 {
        self.story.pictures
    }

    /// Where the code's corners are in a picture, pixels: top left, top right, bottom right, bottom left of the upright
    /// code, in the middle of the exposure.
    pub fn corners(&self, picture: u32) -> [[f32; 2]; 4] {
        let poses = self.story.moment(picture).poses;
        let half = self.scene.side() / 2.0;
        let corners = [[-half, -half], [half, -half], [half, half], [-half, half]];
        let map = poses.get(poses.len() / 2).map(|pose| pose.to_picture());
        map.map_or(corners, |map| corners.map(|[x, y]| map.at(x, y)))
    }

    /// The first picture with the whole code in it: before that nobody can read it.
    pub fn whole_from(&self) -> u32 {
        let whole = |n: &u32| self.story.moment(*n).poses.iter().all(|pose| self.scene.is_whole(pose));
        (0..self.story.pictures).find(whole).unwrap_or(self.story.pictures)
    }
}

impl Iterator for Stream {
    type Item = Luma<'static>;

    fn next(&mut self) -> Option<Luma<'static>> {
        if self.next >= self.story.pictures {
            return None;
        }
        let moment = self.story.moment(self.next);
        self.next += 1;
        let light = self.scene.light(&moment.poses);
        let pixels = self.lens.picture(light, &moment, &mut self.noise);
        Luma::new(WIDTH, HEIGHT, pixels).ok()
    }
}

#[cfg(test)]
mod tests;
