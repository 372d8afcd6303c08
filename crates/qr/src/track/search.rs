//! What is tried in frames in which no code is known: every frame some of it, as far as its work goes, the rest in the
//! next ones.

use super::motion::{Motion, Motions};
use super::stack::Through;
use crate::scan::deblur::Blur;
use crate::scan::marks::{Blurred, Glance, Mark, Trio, marks};
use crate::scan::{grid, turn};
use crate::{Luma, Symbol};

/// Work left in one frame, counted in looks at a pixel: the same frames cost the same everywhere, whatever a clock says.
#[derive(Debug)]
pub(super) struct Purse(u64);

impl Purse {
    /// For one frame.
    pub(super) const fn full() -> Purse {
        Purse(9_500_000)
    }

    /// Whether there is work left for this many looks, which are then gone.
    pub(super) const fn pays(&mut self, looks: u64) -> bool {
        let enough = self.0 >= looks;
        if enough {
            self.0 -= looks;
        }
        enough
    }

    /// The same, where some must be left after it.
    const fn pays_keeping(&mut self, looks: u64, kept: u64) -> bool {
        self.0 >= looks + kept && self.pays(looks)
    }
}

/// Kept for reading what a search finds.
const READING: u64 = 5_000_000;
/// Looks of a flat grid that is laid and read.
pub(super) const GRID: u64 = 4_000_000;

/// Looks for a pixel that a motion is taken out of.
const SHARPENED: u64 = 15;

/// One kind of search.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Search {
    /// Marks in the frame as it came.
    Plain,
    /// Marks of codes that fill the frame.
    Large,
    /// Marks in a quarter of it at twice its size.
    Quarter,
    /// Codes in another picture made of the frame.
    Further,
    /// Codes in an enlarged quarter.
    Far,
    /// Marks once the next of [`MOTIONS`] is taken out.
    Moved,
    /// Marks once this soft focus, in pixels, is taken out.
    Soft(f32),
    /// The same in a quarter of the frame, of codes far away.
    SoftFar(f32),
}

/// Searches in their order, over and over.
const SEARCHES: &[Search] = &[
    Search::Plain,
    Search::Moved,
    Search::Soft(4.3),
    Search::Moved,
    Search::Moved,
    Search::Large,
    Search::SoftFar(0.7),
    Search::Moved,
    Search::Soft(2.6),
    Search::Moved,
    Search::Moved,
    Search::Further,
    Search::Soft(4.3),
    Search::Moved,
    Search::Plain,
    Search::Moved,
    Search::Moved,
    Search::SoftFar(0.7),
    Search::Soft(2.6),
    Search::Moved,
    Search::Quarter,
    Search::Moved,
    Search::Soft(4.3),
    Search::Moved,
    Search::Far,
];

/// The blur that every frame of a hand has a little of: taken out it costs little, and grey shows more marks than black
/// and white in any direction.
const LITTLE: Blur = Blur::Across(4.0);
/// Motions taken out in turn, pixels; a length that is a fifth off shows the marks as well.
const MOTIONS: &[Blur] = &[
    Blur::Across(13.0),
    Blur::Falling(10.0),
    Blur::Across(9.0),
    Blur::Rising(10.0),
    Blur::Down(9.0),
    Blur::Across(6.5),
    Blur::Across(17.0),
    Blur::Falling(14.0),
    Blur::Rising(14.0),
    Blur::Down(13.0),
];
/// Shares of a motion's length that are tried when it is read.
const LENGTHS: [f32; 3] = [1.0, 0.88, 1.13];

impl Search {
    /// Looks it takes in a frame of so many pixels.
    const fn looks(self, pixels: u64) -> u64 {
        match self {
            Search::Large | Search::Further => pixels,
            Search::Moved => pixels * 2,
            Search::Plain | Search::SoftFar(_) => pixels * 3,
            Search::Far | Search::Soft(_) => pixels * 4,
            Search::Quarter => pixels * 5,
        }
    }
}

/// What a frame without a known code shows.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) read: Vec<Symbol>,
    /// Single marks, for what to tell who holds the code.
    pub(super) marks: Vec<Mark>,
    /// Marks of a code that could not be read yet, and through what they were seen.
    pub(super) unread: Option<(Trio, Through)>,
}

/// Which search comes next.
#[derive(Debug, Clone, Default)]
pub(super) struct Searches {
    next: usize,
    motion: usize,
    motions: Motions,
    /// Which quarter, and which picture, each of the others comes to next.
    quarters: [u64; 3],
    further: u64,
}

impl Searches {
    /// Makes the searches this frame's work goes to, until one finds something.
    pub(super) fn go(&mut self, frame: &Luma<'_>, purse: &mut Purse) -> Shown {
        let pixels = frame.pixels().len() as u64;
        let half = Blurred::half(frame);
        self.motions.see(half.as_ref().map(Blurred::picture));
        let mut shown = Shown::default();
        if tell(frame, half.as_ref().map(Blurred::marks).unwrap_or_default(), &mut shown, purse) {
            return shown;
        }
        let _ = purse.pays(2 * pixels);
        let grey = half.as_ref().map(|half| half.trios(LITTLE)).unwrap_or_default();
        if settle_grey(frame, &grey, &mut shown, purse) {
            return shown;
        }
        let mut motion = None;
        for n in 0..SEARCHES.len() {
            let search = SEARCHES[self.next % SEARCHES.len()];
            if search == Search::Moved && motion == Some(Motion::Still) {
                self.next += 1;
                continue;
            }
            // One at least, so that none is put off for ever in a large frame.
            if !purse.pays_keeping(search.looks(pixels), READING) && n > 0 {
                break;
            }
            self.next += 1;
            if self.make(search, frame, (half.as_ref(), &mut motion), &mut shown, purse) {
                break;
            }
        }
        shown
    }

    /// Makes one search. True when it found something.
    fn make(
        &mut self,
        search: Search,
        frame: &Luma<'_>,
        (half, motion): (Option<&Blurred>, &mut Option<Motion>),
        shown: &mut Shown,
        purse: &mut Purse,
    ) -> bool {
        match search {
            Search::Plain => look(frame, Glance::Plain, shown, purse),
            Search::Large => look(frame, Glance::Calmest, shown, purse),
            Search::Quarter => look(frame, Glance::Quarter(next(&mut self.quarters[0])), shown, purse),
            Search::Further => {
                shown.read = turn::further(frame, next(&mut self.further), false);
                !shown.read.is_empty()
            }
            Search::Far => {
                shown.read = turn::far(frame, next(&mut self.quarters[1]));
                !shown.read.is_empty()
            }
            Search::Moved => {
                self.motion += 1;
                let motion = *motion.get_or_insert_with(|| self.motions.motion());
                let blur = match motion {
                    Motion::Unknown => MOTIONS.get(self.motion % MOTIONS.len()).copied(),
                    moving => moving.blur(self.motion),
                };
                // A long way takes many taps.
                let pays = |blur: &Blur| purse.pays(half.map_or(0, |half| half.looks(*blur)));
                let Some(blur) = blur.filter(pays) else { return false };
                let trio = half.and_then(|half| half.trios(blur).into_iter().next());
                shown.read = trio.and_then(|trio| read_moved(frame, &trio, blur, purse)).into_iter().collect();
                trio.is_some()
            }
            Search::Soft(deviation) => focus(half, deviation, shown),
            Search::SoftFar(deviation) => {
                let part = Blurred::quarter(frame, next(&mut self.quarters[2]) + 1);
                focus(part.as_ref(), deviation, shown)
            }
        }
    }
}

fn next(turn: &mut u64) -> u64 {
    *turn += 1;
    *turn
}

/// Looks for marks and reads what they belong to. True when there are any that belong together.
fn look(frame: &Luma<'_>, glance: Glance, shown: &mut Shown, purse: &mut Purse) -> bool {
    tell(frame, marks(frame, glance), shown, purse)
}

/// The same of marks that were looked for.
fn tell(frame: &Luma<'_>, (seen, trios): (Vec<Mark>, Vec<Trio>), shown: &mut Shown, purse: &mut Purse) -> bool {
    shown.marks.extend(seen);
    settle(frame, &trios, shown, purse)
}

/// Looks for marks once this soft focus is taken out. True when there are any that belong together.
fn focus(picture: Option<&Blurred>, deviation: f32, shown: &mut Shown) -> bool {
    let trios = picture.map(|picture| picture.trios(Blur::Soft(deviation))).unwrap_or_default();
    shown.unread = trios.first().map(|trio| (*trio, Through::Soft(deviation)));
    shown.unread.is_some()
}

/// What is seen for the first time is read at once where it can be: the hand may be steady in this frame alone.
fn settle(frame: &Luma<'_>, trios: &[Trio], shown: &mut Shown, purse: &mut Purse) -> bool {
    for trio in trios.iter().take_while(|_| purse.pays(GRID)) {
        let read = grid::read_flat(frame, trio.0.map(|mark| mark.at), trio.module(), trio.modules());
        shown.read.extend(read);
        if !shown.read.is_empty() {
            return true;
        }
    }
    shown.unread = trios.first().map(|trio| (*trio, Through::Nothing));
    !trios.is_empty()
}

/// The same of marks that grey shows.
fn settle_grey(frame: &Luma<'_>, trios: &[Trio], shown: &mut Shown, purse: &mut Purse) -> bool {
    let settled = settle(frame, trios, shown, purse);
    shown.unread = shown.unread.map(|(trio, _)| (trio, Through::Grey));
    settled
}

/// What a frame full of noise shows, each turn in another way: in black and white noise leaves little.
pub(super) fn in_noise(frame: &Luma<'_>, turn: u64, purse: &mut Purse) -> Shown {
    let mut shown = Shown::default();
    // What smooths noise away takes the smallest modules with it.
    let grey = if turn.is_multiple_of(2) { Blurred::calm(frame) } else { Blurred::half(frame) };
    let _ = purse.pays(2 * frame.pixels().len() as u64);
    let trios = grey.map(|grey| grey.seen()).unwrap_or_default();
    if settle_grey(frame, &trios, &mut shown, purse) {
        return shown;
    }
    if turn.is_multiple_of(3) {
        shown.read = turn::further(frame, turn / 3, true);
    }
    if shown.read.is_empty() {
        let glance = [Glance::Calmest, Glance::Calm, Glance::Calmer][turn as usize % 3];
        look(frame, glance, &mut shown, purse);
    }
    shown
}

/// Reads the code of three marks that were seen once a motion was taken out.
fn read_moved(frame: &Luma<'_>, trio: &Trio, blur: Blur, purse: &mut Purse) -> Option<Symbol> {
    let corners = trio.0.map(|mark| mark.at);
    let far = [0, 1].map(|k| corners[1][k] + corners[2][k] - corners[0][k]);
    let room = trio.module() * 9.0;
    let low = |k: usize| corners.iter().chain([&far]).map(|at| at[k]).fold(f32::MAX, f32::min) - room;
    let high = |k: usize| corners.iter().chain([&far]).map(|at| at[k]).fold(f32::MIN, f32::max) + room;
    let (left, top) = (low(0).max(0.0).floor(), low(1).max(0.0).floor());
    let (width, height) = ((high(0) - left).max(0.0), (high(1) - top).max(0.0));
    let part = frame.part(left as u32, top as u32, width as u32, height as u32)?;
    let moved = corners.map(|[x, y]| [x - left, y - top]);
    let looks = GRID + part.pixels().len() as u64 * SHARPENED;
    let mut symbol = LENGTHS.iter().take_while(|_| purse.pays(looks)).find_map(|&share| {
        let sharp = blur.scaled(share).undone(&part, GRAIN, |_| true)?;
        grid::read_flat(&sharp, moved, trio.module(), trio.modules())
    })?;
    symbol.corners = symbol.corners.map(|[x, y]| [x + left, y + top]);
    Some(symbol)
}

/// Noise while a motion is taken out, as a share of a code's contrast, squared.
const GRAIN: f32 = 5e-3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purse_pays_as_long_as_there_is_something_in_it() {
        let mut purse = Purse::full();
        assert!(purse.pays_keeping(4_000_000, 5_000_000) && !purse.pays_keeping(4_000_000, 5_000_000));
        assert!(purse.pays(5_000_000) && !purse.pays(5_000_000));
    }

    #[test]
    fn every_search_has_its_turn_also_in_frames_too_large_for_their_work() {
        for (width, height) in [(1280, 720), (2560, 1440)] {
            let frame = Luma::new(width, height, vec![140; (width * height) as usize]).expect("sizes agree");
            let mut searches = Searches::default();
            let frames = (1..=SEARCHES.len()).take_while(|_| {
                let mut purse = Purse::full();
                searches.go(&frame, &mut purse);
                searches.next < SEARCHES.len()
            });
            let (frames, least) = (frames.count(), if width > 2000 { SEARCHES.len() / 2 } else { 4 });
            assert!((least..SEARCHES.len()).contains(&frames), "{frames} frames of {width} pixels");
        }
    }
}
