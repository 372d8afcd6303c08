//! A code whose text is known, followed from frame to frame without reading it again.

use super::align::Template;
use super::plate::Plate;
use super::warp::Warp;
use crate::{Luma, Symbol};

/// A known code.
#[derive(Debug, Clone)]
pub(super) struct Followed {
    /// What it says, with its corners in the newest frame.
    pub(super) symbol: Symbol,
    /// The bytes that were read, which are a part of what it says when it belongs to a sequence.
    pub(super) read: Vec<u8>,
    /// A part of a text that is not whole yet.
    pub(super) is_part: bool,
    template: Template,
    map: Warp,
    drift: [f32; 2],
    /// Frames in a row in which it was not found.
    pub(super) missed: u32,
}

/// Pixels of the plate it is followed by.
const SIDE: usize = 56;
/// Pixels of the plate that are looked at.
const POINTS: usize = 900;
/// Share of the code's side that is looked at around it.
const MARGIN: f32 = 0.08;
/// Below this something else lies there.
const AGREES: f32 = 0.5;

impl Followed {
    pub(super) fn begin(frame: &Luma<'_>, symbol: Symbol, read: Vec<u8>, is_part: bool) -> Option<Followed> {
        let (near, far) = (SIDE as f32 * MARGIN, SIDE as f32 * (1.0 - MARGIN));
        let [top_left, top_right, _, bottom_left] = symbol.corners;
        let map = Warp::of_three([[near, near], [far, near], [near, far]], [top_left, top_right, bottom_left])?;
        let template = Template::new(&Plate::cut(frame, &map, SIDE), POINTS)?;
        Some(Followed { symbol, read, is_part, template, map, drift: [0.0; 2], missed: 0 })
    }

    /// Finds it in the next frame.
    pub(super) fn follow(&mut self, frame: &Luma<'_>) {
        let foreseen = Warp::scaled(1.0, self.drift).after(&self.map);
        let agrees = |far: bool| {
            self.template.find(frame, &foreseen, far).filter(|it| it.agreement > AGREES && self.is_sane(frame, &it.map))
        };
        let Some(place) = agrees(false).or_else(|| agrees(true)) else {
            self.missed += 1;
            self.drift = [0.0; 2];
            return;
        };
        let middle = [SIDE as f32 / 2.0; 2];
        let (before, now) = (self.map.at(middle), place.map.at(middle));
        self.drift = [now[0] - before[0], now[1] - before[1]];
        if let Some(back) = self.map.inverse() {
            let step = place.map.after(&back);
            self.symbol.corners = self.symbol.corners.map(|corner| step.at(corner));
        }
        self.map = place.map;
        self.missed = 0;
    }

    fn is_sane(&self, frame: &Luma<'_>, map: &Warp) -> bool {
        let middle = [SIDE as f32 / 2.0; 2];
        let [x, y] = map.at(middle);
        let inside = x > 0.0 && y > 0.0 && x < frame.width() as f32 && y < frame.height() as f32;
        inside && (0.75..1.33).contains(&(map.growth(middle) / self.map.growth(middle)))
    }
}
