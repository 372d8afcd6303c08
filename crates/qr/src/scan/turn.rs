//! A frame of a stream: one cheap look always, the others in turn, since the next frame comes soon.

use super::Binary::{Hybrid, LocalMean};
use super::Detector::Rings;
use super::Filter::{Blur, Double, Half, Plain, Third};
use super::{Bench, Found, Look, dark, detect, light};
use crate::{Luma, Symbol};

/// Looks at a frame in which the first saw nothing, one a frame.
const IN_TURN: &[Look] = &[
    dark(Plain, LocalMean, Rings),
    dark(Half, LocalMean, Rings),
    light(Plain, Hybrid, Rings),
    dark(Blur, Hybrid, Rings),
    dark(Half, Hybrid, Rings),
];

/// Looks at a frame full of noise, one a frame: at its own size it is only specks.
const NOISY: &[Look] = &[dark(Half, LocalMean, Rings), dark(Third, LocalMean, Rings), dark(Third, Hybrid, Rings)];

/// The first look, and whether the frame is full of noise.
pub(crate) fn first(frame: &Luma<'_>) -> (Vec<Symbol>, bool) {
    let mut bench = Bench::new(frame);
    if bench.black(Plain, Hybrid).is_none_or(detect::is_noisy) {
        return (Vec::new(), true);
    }
    (sure(&mut bench, &[dark(Plain, Hybrid, Rings)]), false)
}

/// Another look, each turn another one.
pub(crate) fn further(frame: &Luma<'_>, turn: u64, noisy: bool) -> Vec<Symbol> {
    let looks = if noisy { NOISY } else { IN_TURN };
    let look = looks[(turn % looks.len() as u64) as usize];
    sure(&mut Bench::new(frame), &[look])
}

/// Codes far away, of fewer than two pixels a module: a quarter of the frame at twice its size. Every second turn it is
/// the middle, where people hold what they show.
pub(crate) fn far(frame: &Luma<'_>, turn: u64) -> Vec<Symbol> {
    let Some((part, left, top)) = quarter(frame, turn) else { return Vec::new() };
    let mut found = sure(&mut Bench::new(&part), &[dark(Double, Hybrid, Rings)]);
    for [x, y] in found.iter_mut().flat_map(|symbol| symbol.corners.iter_mut()) {
        (*x, *y) = (*x + left as f32, *y + top as f32);
    }
    found
}

/// The part of the frame that is enlarged this turn, and where it lies.
pub(super) fn quarter(frame: &Luma<'_>, turn: u64) -> Option<(Luma<'static>, u32, u32)> {
    let (width, height) = (frame.width() / 2, frame.height() / 2);
    let (left, top) = match turn % 8 {
        1 => (0, 0),
        3 => (width, 0),
        5 => (0, height),
        7 => (width, height),
        _ => (width / 2, height / 2),
    };
    Some((frame.part(left, top, width, height)?, left, top))
}

fn sure(bench: &mut Bench<'_>, looks: &[Look]) -> Vec<Symbol> {
    let mut found = Found::default();
    for &look in looks {
        bench.look(look).into_iter().for_each(|symbol| found.take(symbol));
    }
    found.sure
}
