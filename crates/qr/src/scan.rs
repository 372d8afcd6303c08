//! Every code in a picture: a list of looks, from cheap to dear, each a way of preparing the grey picture, of
//! deciding what is black, and of finding symbols in that.

mod binary;
mod contain;
pub(crate) mod deblur;
mod decode;
mod detect;
pub(crate) mod filter;
mod finder;
mod fit;
mod grey;
pub(crate) mod grid;
#[cfg(test)]
mod hard;
mod lattice;
mod layout;
pub(crate) mod marks;
mod others;
pub(crate) mod part;
mod patch;
mod plane;
mod rings;
mod rows;
mod sample;
mod soft;
mod solomon;
pub(crate) mod turn;
pub(crate) mod wide;

use rxing::common::BitMatrix;

use crate::{Luma, Symbol, Symbology};
use binary::Binary;
use contain::contained;
use detect::Detector;
use filter::Filter;
use finder::{Finder, Finders, Three};
use grid::Outcome;
pub use others::scan_others;

/// How much work a picture is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// One of many preview frames: a few cheap looks, the next frame comes soon.
    Stream,
    /// A picture that will not come again: everything.
    Still,
}

/// One look at the picture.
#[derive(Debug, Clone, Copy)]
struct Look {
    filter: Filter,
    seen: Seen,
}

#[derive(Debug, Clone, Copy)]
enum Seen {
    /// Black and white, dark on light.
    Dark(Binary, Detector),
    /// Black and white, light on dark.
    Light(Binary, Detector),
}

const fn dark(filter: Filter, binary: Binary, detector: Detector) -> Look {
    Look { filter, seen: Seen::Dark(binary, detector) }
}

const fn light(filter: Filter, binary: Binary, detector: Detector) -> Look {
    Look { filter, seen: Seen::Light(binary, detector) }
}

use Binary::{Hybrid, LocalMean, NearMean};
use Detector::{Rings, Stones};
use Filter::{Blur, Half, Plain, Third};

/// What is done with a picture, one after the other until a code is read.
#[derive(Debug, Clone, Copy)]
enum Step {
    Look(Look),
    /// Grids are fitted to finders that led to nothing.
    Fit,
    /// Finders with torn rings are searched in the plain picture.
    Torn,
    /// Grids are fitted where only two finders of a code were seen.
    Guess,
    /// Grids are fitted to finders that only grey shows, in the picture at half its size or as it came.
    GreyOfHalf,
    Grey,
    /// A picture in which nothing yet looked like a finder is left.
    Leave,
}

const fn look_dark(filter: Filter, binary: Binary, detector: Detector) -> Step {
    Step::Look(dark(filter, binary, detector))
}

const fn look_light(filter: Filter, binary: Binary, detector: Detector) -> Step {
    Step::Look(light(filter, binary, detector))
}

/// Steps at a preview frame.
const STREAM: &[Step] = &[
    look_dark(Plain, Hybrid, Rings),
    look_dark(Plain, LocalMean, Rings),
    look_dark(Blur, Hybrid, Rings),
    look_light(Plain, Hybrid, Rings),
    look_dark(Half, LocalMean, Rings),
];

/// Steps at a picture; the first [`ALWAYS`] are made even when a code was found, if there may be
/// others beside it.
const STILL: &[Step] = &[
    look_dark(Plain, Hybrid, Rings),
    look_dark(Plain, LocalMean, Rings),
    Step::Fit,
    look_dark(Blur, Hybrid, Rings),
    look_light(Plain, Hybrid, Rings),
    look_dark(Half, Hybrid, Rings),
    look_dark(Half, LocalMean, Rings),
    Step::Fit,
    Step::GreyOfHalf,
    Step::Torn,
    Step::Fit,
    Step::Guess,
    look_dark(Plain, NearMean, Rings),
    look_dark(Third, Hybrid, Rings),
    look_dark(Third, LocalMean, Rings),
    look_light(Plain, LocalMean, Rings),
    Step::Fit,
    Step::Guess,
    Step::Grey,
    Step::Leave,
    look_dark(Plain, LocalMean, Stones),
];

/// Sets of finders fitted at most in one picture.
const MAX_FITS: usize = 6;
/// Guessed sets fitted at most in one picture.
const MAX_GUESSES: usize = 10;
/// Sets fitted at most for the sake of neighbours, once a code was read.
const MAX_NEIGHBOURS: usize = 2;

/// Torn finders looked at in one picture.
const MAX_TORN: usize = 20;

/// Steps that are always made at a still picture.
const ALWAYS: usize = 3;

/// Largest picture that gets every look, in pixels; larger ones are shrunk first.
const WORKING_PIXELS: u64 = 4_000_000;

/// Finds and reads every symbol in view, each once. It never panics, and a picture without a code gives nothing.
pub fn scan(image: &Luma<'_>, effort: Effort) -> Vec<Symbol> {
    let pixels = |by: u32| u64::from(image.width() / by) * u64::from(image.height() / by);
    let by = (1..).find(|&by| pixels(by) <= WORKING_PIXELS).unwrap_or(1);
    let small = if by == 1 { None } else { filter::shrink(image, by) };
    let Some(small) = small else { return all_looks(image, effort) };
    let mut found = all_looks(&small, effort);
    for [x, y] in found.iter_mut().flat_map(|symbol| symbol.corners.iter_mut()) {
        (*x, *y) = (*x * by as f32, *y * by as f32);
    }
    if found.is_empty() && effort == Effort::Still {
        // A small code in a large photograph: one cheap look at every pixel.
        let mut full = Found::default();
        Bench::new(image).look(dark(Plain, Hybrid, Rings)).into_iter().for_each(|symbol| full.take(symbol));
        found = full.sure;
    }
    found
}

fn all_looks(image: &Luma<'_>, effort: Effort) -> Vec<Symbol> {
    let (steps, always) = match effort {
        Effort::Stream => (STREAM, 1),
        Effort::Still => (STILL, ALWAYS),
    };
    let mut bench = Bench::new(image);
    let mut found = Found::default();
    for (n, &step) in steps.iter().enumerate() {
        // A code alone in view leaves no finder over; what is left over may belong to its neighbours.
        if !found.sure.is_empty() && (n >= always || bench.finders.is_empty()) {
            break;
        }
        match step {
            Step::Torn | Step::Guess if !bench.unread.is_empty() => {}
            // The second detector sees corners that the first does not join; what was joined, grids were fitted to.
            Step::Look(Look { seen: Seen::Dark(_, Stones), .. }) if !bench.fitted.is_empty() => {}
            Step::Look(look) => bench.look(look).into_iter().for_each(|symbol| found.take(symbol)),
            Step::Fit => bench.fit(&mut found),
            Step::Torn => bench.search_torn(),
            Step::Guess => bench.guess(&mut found),
            Step::GreyOfHalf => bench.fit_grey_of_half(&mut found),
            Step::Grey => bench.fit_grey(&mut found),
            Step::Leave if bench.finders.is_empty() => break,
            Step::Leave => {}
        }
    }
    found.sure
}

/// The pictures made so far; neighbouring looks share them.
struct Bench<'a> {
    image: &'a Luma<'a>,
    grey: Option<(Filter, Luma<'static>)>,
    black: Option<(Filter, Binary, BitMatrix)>,
    /// Finders of codes that were not read.
    finders: Finders,
    /// Middles of the sets of finders that were fitted already.
    fitted: Vec<[f32; 2]>,
    /// Finders of the sets with a guessed one that were fitted already: guesses about one pair differ by which way is
    /// up, not by the middle.
    guessed: Vec<[[f32; 2]; 3]>,
    /// Middles of codes on which a grid lies well and which could not be read all the same.
    unread: Vec<[f32; 2]>,
}

impl<'a> Bench<'a> {
    fn new(image: &'a Luma<'a>) -> Self {
        Bench {
            image,
            grey: None,
            black: None,
            finders: Finders::default(),
            fitted: Vec::new(),
            guessed: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// The symbols one look finds, in pixels of the original.
    fn look(&mut self, look: Look) -> Vec<Symbol> {
        let mut traced = Vec::new();
        let scale = look.filter.scale();
        let mut trace = |matrix: &BitMatrix, detector: Detector, negative: bool| {
            let (found, left) = detector.find(matrix);
            traced.extend(left.into_iter().map(|p| Finder::traced(matrix, p, negative).scaled(1.0 / scale)));
            found
        };
        let found = match look.seen {
            Seen::Dark(binary, detector) => {
                self.black(look.filter, binary).and_then(|black| contained(|| trace(black, detector, false)))
            }
            Seen::Light(binary, detector) => self.black(look.filter, binary).and_then(|black| {
                let mut negative = black.clone();
                negative.flip_self();
                contained(|| trace(&negative, detector, true))
            }),
        };
        traced.into_iter().for_each(|finder| self.finders.take(finder));
        let mut found = found.unwrap_or_default();
        for [x, y] in found.iter_mut().flat_map(|symbol| symbol.corners.iter_mut()) {
            (*x, *y) = (*x / scale, *y / scale);
        }
        found.retain(|symbol| symbol.corners.iter().flatten().all(|n| n.is_finite()));
        found
    }

    /// Fits a grid to sets of three finders that were not fitted yet and lie in no code that was read.
    fn fit(&mut self, found: &mut Found) {
        for three in self.finders.threes() {
            self.fit_one(&three, found);
        }
    }

    /// Adds finders of which only the middle is whole.
    fn search_torn(&mut self) {
        let Some(black) = self.black(Plain, LocalMean) else { return };
        let torn = rows::torn(black, MAX_TORN);
        torn.into_iter().for_each(|(centre, size)| self.finders.take(Finder::torn(centre, size)));
    }

    /// The same with one finder of three guessed.
    fn guess(&mut self, found: &mut Found) {
        for three in self.finders.twos() {
            self.fit_one(&three, found);
        }
    }

    fn fit_one(&mut self, three: &Three, found: &mut Found) {
        let middle = three.middle();
        let near = |p: &[f32; 2], far: f32| (p[0] - middle[0]).hypot(p[1] - middle[1]) < far;
        let finders = [three.top_left, three.top_right, three.bottom_left].map(|finder| finder.centre);
        let tried = if three.guessed {
            self.guessed.contains(&finders)
        } else {
            self.fitted.iter().any(|p| near(p, three.top_left.size / 7.0))
        };
        let hopeless = self.is_hopeless(three);
        let (count, most) = match (three.guessed, found.sure.is_empty()) {
            (true, _) => (self.guessed.len(), MAX_GUESSES),
            (false, true) => (self.fitted.len(), MAX_FITS),
            (false, false) => (self.fitted.len(), MAX_NEIGHBOURS),
        };
        if count >= most || tried || hopeless || found.holds(middle) {
            return;
        }
        if three.guessed {
            self.guessed.push(finders)
        } else {
            self.fitted.push(middle)
        }
        let image = self.image;
        match contained(|| grid::read(image, three)) {
            Some(Outcome::Read(symbol)) => found.take(symbol),
            // A wrong guess can lie nearly as well as the right one.
            Some(Outcome::Unread) if !three.guessed => self.unread.push(middle),
            Some(Outcome::Unread | Outcome::NoCode) | None => {}
        }
    }

    /// Whether a grid lies well where three finders are, and cannot be read.
    fn is_hopeless(&self, three: &Three) -> bool {
        let [x, y] = three.middle();
        self.unread.iter().any(|p| (p[0] - x).hypot(p[1] - y) < three.top_left.size)
    }

    fn grey(&mut self, filter: Filter) -> Option<&Luma<'_>> {
        if filter == Filter::Plain {
            return Some(self.image);
        }
        if self.grey.as_ref().is_none_or(|(made, _)| *made != filter) {
            self.grey = Some((filter, filter.apply(self.image)?));
        }
        self.grey.as_ref().map(|(_, grey)| grey)
    }

    fn black(&mut self, filter: Filter, binary: Binary) -> Option<&BitMatrix> {
        if self.black.as_ref().is_none_or(|(f, b, _)| (*f, *b) != (filter, binary)) {
            let grey = self.grey(filter)?;
            let matrix = contained(|| binary.apply(grey)).flatten()?;
            self.black = Some((filter, binary, matrix));
        }
        self.black.as_ref().map(|(_, _, matrix)| matrix)
    }
}

/// What is believed and what waits for a second witness.
#[derive(Default)]
struct Found {
    sure: Vec<Symbol>,
    unproved: Vec<Symbol>,
}

impl Found {
    /// Whether a point lies in a code that was read.
    fn holds(&self, [x, y]: [f32; 2]) -> bool {
        self.sure.iter().any(|known| {
            let [a, b] = centre(known);
            (a - x).hypot(b - y) < reach(known) * 0.9
        })
    }

    /// QR codes carry enough error correction to be believed at once. The micro kinds carry little and a corner of
    /// an ordinary code resembles them, so they need two looks that agree, and no QR code in the same place.
    fn take(&mut self, symbol: Symbol) {
        if self.sure.iter().any(|known| overlap(known, &symbol)) {
            return;
        }
        if symbol.symbology == Symbology::Qr {
            self.sure.push(symbol);
            return;
        }
        let same = |other: &Symbol| {
            other.symbology == symbol.symbology && other.bytes == symbol.bytes && overlap(other, &symbol)
        };
        if self.unproved.iter().any(same) { self.sure.push(symbol) } else { self.unproved.push(symbol) }
    }
}

fn centre(symbol: &Symbol) -> [f32; 2] {
    let sum = symbol.corners.iter().fold([0.0, 0.0], |[x, y], corner| [x + corner[0], y + corner[1]]);
    [sum[0] / 4.0, sum[1] / 4.0]
}

/// Half of the longer diagonal, in pixels.
fn reach(symbol: &Symbol) -> f32 {
    let [a, b, c, d] = symbol.corners;
    let length = |p: [f32; 2], q: [f32; 2]| (p[0] - q[0]).hypot(p[1] - q[1]);
    length(a, c).max(length(b, d)) / 2.0
}

/// Two symbols in one place: their centres are nearer than the larger one's half side.
fn overlap(a: &Symbol, b: &Symbol) -> bool {
    let ([ax, ay], [bx, by]) = (centre(a), centre(b));
    (ax - bx).hypot(ay - by) < reach(a).max(reach(b)) * 0.7
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ecc, draw};
    use proptest::prelude::*;

    fn code(text: &str, scale: u32) -> Luma<'static> {
        draw(text, Ecc::M).and_then(|drawing| drawing.to_luma(scale)).expect("drawn")
    }

    /// Grey paper with pictures laid on it.
    fn paper(width: u32, height: u32, laid: &[(&Luma<'_>, u32, u32)]) -> Luma<'static> {
        let mut pixels = vec![225u8; width as usize * height as usize];
        for (image, left, top) in laid {
            for y in 0..image.height() {
                let start = ((top + y) * width + left) as usize;
                pixels[start..start + image.width() as usize].copy_from_slice(image.row(y));
            }
        }
        Luma::new(width, height, pixels).expect("sizes agree")
    }

    fn texts(image: &Luma<'_>, effort: Effort) -> Vec<String> {
        let mut texts: Vec<String> = scan(image, effort).into_iter().filter_map(|symbol| symbol.text).collect();
        texts.sort();
        texts
    }

    #[test]
    fn every_code_in_view_is_read_once_also_two_that_say_the_same() {
        let (one, two) = (code("https://pay.example/@ana", 4), code("https://pay.example/@bob", 4));
        let image = paper(640, 480, &[(&one, 10, 10), (&two, 300, 30), (&one, 200, 280)]);
        let expected = ["https://pay.example/@ana", "https://pay.example/@ana", "https://pay.example/@bob"];
        assert_eq!(texts(&image, Effort::Still), expected);
        assert_eq!(texts(&image, Effort::Stream), expected);
    }

    #[test]
    fn corners_lie_where_the_code_lies() {
        let one = code("https://pay.example/@ana", 4);
        let image = paper(640, 480, &[(&one, 200, 100)]);
        let found = scan(&image, Effort::Still);
        let (start, end) = (16.0, one.width() as f32 - 16.0);
        let expected = [[start, start], [end, start], [end, end], [start, end]].map(|[x, y]| [x + 200.0, y + 100.0]);
        for (corner, wanted) in found[0].corners.iter().zip(expected) {
            let off = (corner[0] - wanted[0]).hypot(corner[1] - wanted[1]);
            assert!(off < 8.0, "{corner:?} instead of {wanted:?}");
        }
    }

    #[test]
    fn light_on_dark_mirrored_and_turned_codes_are_read() {
        let image = paper(400, 400, &[(&code("tessera", 6), 60, 60)]);
        let (w, h) = (image.width() as usize, image.height() as usize);
        let at = |x: usize, y: usize| image.pixels()[y * w + x];
        let negative: Vec<u8> = image.pixels().iter().map(|p| 255 - p).collect();
        let mirrored: Vec<u8> = (0..h).flat_map(|y| (0..w).rev().map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect();
        let turned: Vec<u8> = (0..h).flat_map(|y| (0..w).map(move |x| (y, w - 1 - x))).map(|(x, y)| at(x, y)).collect();
        for pixels in [negative, mirrored, turned] {
            let image = Luma::new(400, 400, pixels).expect("sizes agree");
            assert_eq!(texts(&image, Effort::Still), ["tessera"]);
        }
    }

    #[test]
    fn pictures_without_a_code_give_nothing() {
        let mut state = 7u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let side = 256usize;
        let noise: Vec<u8> = (0..side * side).map(|_| random()).collect();
        let coarse: Vec<u8> = (0..32 * 32).map(|_| if random() < 128 { 0 } else { 255 }).collect();
        let blocks: Vec<u8> = (0..side * side).map(|i| coarse[(i / side / 8) * 32 + (i % side) / 8]).collect();
        let stripes: Vec<u8> =
            (0..side * side).map(|i| if ((i % side) / 7).is_multiple_of(2) { 20 } else { 240 }).collect();
        let rings: Vec<u8> = (0..side * side)
            .map(|i| {
                let far = (i % side).abs_diff(128).max((i / side).abs_diff(128));
                if (far / 9).is_multiple_of(2) { 10 } else { 250 }
            })
            .collect();
        for pixels in [noise, blocks, stripes, rings, vec![128; side * side]] {
            let image = Luma::new(side as u32, side as u32, pixels).expect("sizes agree");
            assert_eq!(scan(&image, Effort::Still), []);
        }
    }

    #[test]
    fn a_megapixel_of_noise_costs_bounded_work() {
        let mut state = 3u32;
        let noise: Vec<u8> = (0..1_000_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        let image = Luma::new(1000, 1000, noise).expect("sizes agree");
        let start = std::time::Instant::now();
        assert_eq!(scan(&image, Effort::Still), []);
        // Half a second alone; minutes when the pairwise detector is let loose on it.
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_picture_however_odd_makes_it_panic(width in 1u32..70, height in 1u32..70, seed in any::<u64>()) {
            let pixels: Vec<u8> = (0..u64::from(width * height)).map(|i| (seed.wrapping_mul(i * 2 + 1) >> 56) as u8).collect();
            let image = Luma::new(width, height, pixels).expect("sizes agree");
            let _ = scan(&image, Effort::Still);
            let _ = scan(&image, Effort::Stream);
        }
    }
}
