//! Every code in a picture: a list of looks, from cheap to dear, each a way of preparing the grey picture, of
//! deciding what is black, and of finding symbols in that.

mod binary;
mod contain;
mod decode;
mod detect;
mod filter;

use rxing::common::BitMatrix;

use crate::{Luma, Symbol, Symbology};
use binary::Binary;
use contain::contained;
use detect::Detector;
use filter::Filter;

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
    /// The corner-stone detector's own thresholds.
    Grey,
}

const fn dark(filter: Filter, binary: Binary, detector: Detector) -> Look {
    Look { filter, seen: Seen::Dark(binary, detector) }
}

const fn light(filter: Filter, binary: Binary, detector: Detector) -> Look {
    Look { filter, seen: Seen::Light(binary, detector) }
}

use Binary::{Hybrid, LocalMean, NearMean, Otsu};
use Detector::{Rings, Stones};
use Filter::{Blur, Double, DoubleSharp, Half, Plain, Sharp, Third};

/// Looks at a preview frame.
const STREAM: &[Look] = &[
    dark(Plain, Hybrid, Rings),
    dark(Plain, LocalMean, Rings),
    dark(Blur, Hybrid, Rings),
    light(Plain, Hybrid, Rings),
    dark(Half, LocalMean, Rings),
];

/// Looks at a picture; the first [`ALWAYS`] are made even when a code was found, for its neighbours.
const STILL: &[Look] = &[
    dark(Plain, Hybrid, Rings),
    dark(Plain, LocalMean, Rings),
    dark(Blur, Hybrid, Rings),
    light(Plain, Hybrid, Rings),
    dark(Half, Hybrid, Rings),
    dark(Half, LocalMean, Rings),
    dark(Plain, Otsu, Rings),
    dark(Plain, LocalMean, Stones),
    dark(Double, Hybrid, Rings),
    dark(Sharp, Hybrid, Rings),
    dark(Blur, LocalMean, Rings),
    dark(Plain, NearMean, Rings),
    dark(Double, LocalMean, Rings),
    dark(Third, Hybrid, Rings),
    dark(Third, LocalMean, Rings),
    Look { filter: Plain, seen: Seen::Grey },
    dark(DoubleSharp, Hybrid, Rings),
    light(Plain, LocalMean, Rings),
    light(Half, LocalMean, Rings),
    light(Plain, Otsu, Rings),
    dark(Half, LocalMean, Stones),
    dark(Plain, Otsu, Stones),
    dark(Sharp, LocalMean, Stones),
    dark(DoubleSharp, LocalMean, Stones),
];

/// Looks that are always made at a still picture.
const ALWAYS: usize = 2;

/// Finds and reads every symbol in view, each once. It never panics, and a picture without a code gives nothing.
pub fn scan(image: &Luma<'_>, effort: Effort) -> Vec<Symbol> {
    let (looks, always) = match effort {
        Effort::Stream => (STREAM, 1),
        Effort::Still => (STILL, ALWAYS),
    };
    let mut bench = Bench::new(image);
    let mut found = Found::default();
    for (n, &look) in looks.iter().enumerate() {
        if n >= always && !found.sure.is_empty() {
            break;
        }
        for symbol in bench.look(look) {
            found.take(symbol);
        }
    }
    found.sure
}

/// The pictures made so far; neighbouring looks share them.
struct Bench<'a> {
    image: &'a Luma<'a>,
    grey: Option<(Filter, Luma<'static>)>,
    black: Option<(Filter, Binary, BitMatrix)>,
}

impl<'a> Bench<'a> {
    fn new(image: &'a Luma<'a>) -> Self {
        Bench { image, grey: None, black: None }
    }

    /// The symbols one look finds, in pixels of the original.
    fn look(&mut self, look: Look) -> Vec<Symbol> {
        let found = match look.seen {
            Seen::Grey => self.grey(look.filter).and_then(|grey| contained(|| detect::stones_in_grey(grey))),
            Seen::Dark(binary, detector) => {
                self.black(look.filter, binary).and_then(|black| contained(|| detector.find(black)))
            }
            Seen::Light(binary, detector) => self.black(look.filter, binary).and_then(|black| {
                let mut negative = black.clone();
                negative.flip_self();
                contained(|| detector.find(&negative))
            }),
        };
        let mut found = found.unwrap_or_default();
        let scale = look.filter.scale();
        for [x, y] in found.iter_mut().flat_map(|symbol| symbol.corners.iter_mut()) {
            (*x, *y) = (*x / scale, *y / scale);
        }
        found.retain(|symbol| symbol.corners.iter().flatten().all(|n| n.is_finite()));
        found
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
