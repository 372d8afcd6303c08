//! Codes of which only grey shows the finders: small ones, moved ones, those under a raster or in weak print.

use super::deblur::Blur;
use super::finder::{Finder, Three};
use super::grid::{self, Outcome};
use super::marks::{Blurred, Trio};
use super::{Bench, Found, contained};
use crate::Luma;

/// What is taken out of the picture at half its size, pixels of the whole; each shows finders that the other leaves unseen.
const IN_HALF: [Blur; 2] = [Blur::Across(5.0), Blur::Down(5.0)];
/// The same in the picture as it came, for modules of hardly more than a pixel.
const IN_WHOLE: Blur = Blur::Soft(0.7);

impl Bench<'_> {
    /// Fits grids to finders that black and white do not show, of modules of more than two pixels.
    pub(super) fn fit_grey_of_half(&mut self, found: &mut Found) {
        let Some(half) = Blurred::half(self.image) else { return };
        let mut tried = Vec::new();
        for blur in IN_HALF {
            self.fit_trios(&half.trios(blur), None, &mut tried, found);
            if !found.sure.is_empty() {
                return;
            }
        }
    }

    /// The same of modules of hardly more than a pixel.
    pub(super) fn fit_grey(&mut self, found: &mut Found) {
        if let Some((sharp, trios)) = Blurred::whole(self.image).sharpened(IN_WHOLE) {
            self.fit_trios(&trios, Some(&sharp), &mut Vec::new(), found);
        }
    }

    /// Fits grids to each that was not tried before: in the picture, and in what was made of it to see the finders.
    fn fit_trios(&mut self, trios: &[Trio], sharp: Option<&Luma<'_>>, tried: &mut Vec<Trio>, found: &mut Found) {
        for &trio in trios {
            let [top_left, top_right, bottom_left] = trio.0.map(|mark| Finder::torn(mark.at, mark.module * 7.0));
            let three = Three { top_left, top_right, bottom_left, guessed: false };
            let is_known = tried.iter().any(|other| other.is_about(&trio)) || found.holds(three.middle());
            if is_known || self.is_hopeless(&three) {
                continue;
            }
            tried.push(trio);
            let read = |sharp| contained(|| grid::read_grey(self.image, sharp, &three)).unwrap_or(Outcome::NoCode);
            let outcome = match (read(None), sharp) {
                (Outcome::Unread | Outcome::NoCode, Some(sharp)) => read(Some(sharp)),
                (outcome, _) => outcome,
            };
            match outcome {
                Outcome::Read(symbol) => found.take(symbol),
                Outcome::Unread => self.unread.push(three.middle()),
                Outcome::NoCode => {}
            }
        }
    }
}
