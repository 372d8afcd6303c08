//! Codes in a stream of frames: what one frame does not show, several do; what was read is followed, not read again.

mod aim;
mod align;
mod followed;
mod motion;
mod plate;
mod search;
mod sequence;
mod stack;
mod warp;

use crate::scan::marks::Mark;
use crate::scan::{part, turn};
use crate::{Luma, Symbol, Symbology};
pub use aim::Aim;
use followed::Followed;
use search::{Purse, Searches};
use sequence::{Said, Sequences};
use stack::Stack;

/// Reads codes from the frames of a camera, one after another. It knows no clock: it counts frames.
#[derive(Debug, Clone, Default)]
pub struct Tracker {
    /// Frames seen.
    seen: u64,
    followed: Vec<Followed>,
    stack: Option<Begun>,
    told: Vec<Told>,
    sequences: Sequences,
    searches: Searches,
    /// What the light of an earlier frame called for.
    light: Option<Aim>,
}

/// What a frame showed, and those before it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sighting {
    /// Codes read for the first time, or again after they were away for [`Tracker::FORGOTTEN`] frames.
    pub new: Vec<Symbol>,
    /// Every code in sight whose text is known, the new ones too, with its corners in this frame.
    pub in_sight: Vec<Symbol>,
    /// Of a text spread over several codes, how many were seen and how many there are; nothing when none is missing.
    pub gathered: Option<(u8, u8)>,
    /// What to do so that a code in sight can be read; nothing when one is read, or none is seen.
    pub aim: Option<Aim>,
}

/// A stack, and what it began with.
#[derive(Debug, Clone)]
struct Begun {
    stack: Stack,
    module: f32,
}

/// A text that was told.
#[derive(Debug, Clone)]
struct Told {
    bytes: Vec<u8>,
    symbology: Symbology,
    last: u64,
}

/// Frames between two searches for further codes while one is followed.
const NEWCOMERS: u64 = 8;
/// Frames between two looks at the light.
const LIGHT: u64 = 9;
/// Frames in a row without a followed code, after which it is no longer followed.
const GONE: u32 = 6;
/// Frames in a row without a code that could not be read, after which its stack is given up.
const LOST: u32 = 3;
/// Frames laid over each other at most: if these do not show the text, it was no code.
const MOST_FRAMES: u32 = 90;

impl Tracker {
    /// Frames after which a code that was away is told again when it comes back: three seconds.
    pub const FORGOTTEN: u64 = 90;

    /// A tracker that has seen nothing.
    pub fn new() -> Tracker {
        Tracker::default()
    }

    /// Looks at the next frame.
    pub fn see(&mut self, frame: &Luma<'_>) -> Sighting {
        self.seen += 1;
        let now = self.seen;
        self.told.retain(|told| now - told.last < Self::FORGOTTEN);
        self.followed.iter_mut().for_each(|code| code.follow(frame));
        let lost = self.followed.iter().any(|code| code.missed > 0);
        let due = self.followed.is_empty() || lost || self.seen.is_multiple_of(NEWCOMERS);
        let (mut found, noisy) = if due { turn::first(frame) } else { (Vec::new(), false) };
        let mut aim = None;
        if found.is_empty() && self.followed.is_empty() {
            (found, aim) = self.look_longer(frame, noisy);
        } else if found.is_empty() && due {
            found = turn::further(frame, self.seen / NEWCOMERS, noisy);
        }
        if !found.is_empty() {
            self.stack = None;
        }
        let new: Vec<Symbol> = found.into_iter().filter_map(|symbol| self.take(frame, symbol)).collect();
        self.followed.retain(|code| code.missed < GONE);
        let followed = self.followed.iter().filter(|code| code.missed == 0 && !code.is_part).map(|code| &code.symbol);
        let mut in_sight: Vec<Symbol> = followed.cloned().collect();
        // One too plain to be followed is in sight all the same.
        in_sight.extend(new.iter().filter(|code| !self.followed.iter().any(|it| it.symbol == **code)).cloned());
        for code in &in_sight {
            self.remember(code);
        }
        Sighting { new, in_sight, gathered: self.sequences.gathered(), aim }
    }

    /// What this frame and those before it show together.
    fn look_longer(&mut self, frame: &Luma<'_>, noisy: bool) -> (Vec<Symbol>, Option<Aim>) {
        let mut purse = Purse::full();
        if let Some(begun) = &mut self.stack {
            let there = begun.stack.add(frame);
            let over = begun.stack.missed >= LOST || begun.stack.frames > MOST_FRAMES || begun.stack.is_stale();
            if over || begun.stack.is_outgrown(begun.module) {
                self.stack = None;
            } else if there {
                return (begun.stack.read(frame, noisy, &mut purse), self.aim_at_stack(frame));
            }
        }
        let shown =
            if noisy { search::in_noise(frame, self.seen, &mut purse) } else { self.searches.go(frame, &mut purse) };
        if self.stack.is_some() || !shown.read.is_empty() {
            return (shown.read, None);
        }
        let Some((trio, through)) = shown.unread else {
            return (Vec::new(), self.aim_without_code(frame, &shown.marks));
        };
        let stack = Stack::begin(frame, &trio, through);
        self.stack = stack.map(|stack| Begun { module: stack.module, stack });
        match &mut self.stack {
            Some(begun) if through.is_soft() => (begun.stack.read(frame, noisy, &mut purse), self.aim_at_stack(frame)),
            Some(_) => (Vec::new(), self.aim_at_stack(frame)),
            None => (Vec::new(), None),
        }
    }

    /// What helps a code that is in sight and not read.
    fn aim_at_stack(&mut self, frame: &Luma<'_>) -> Option<Aim> {
        self.measure_light(frame);
        let begun = self.stack.as_ref()?;
        aim::of_stack(frame, &begun.stack, self.light)
    }

    /// Light changes slowly: it is measured now and then.
    fn measure_light(&mut self, frame: &Luma<'_>) {
        if self.seen.is_multiple_of(LIGHT) || self.seen == 1 {
            self.light = aim::of_light(frame);
        }
    }

    fn aim_without_code(&mut self, frame: &Luma<'_>, marks: &[Mark]) -> Option<Aim> {
        self.measure_light(frame);
        aim::of_marks(frame, marks).or(self.light)
    }

    /// A code that was read: followed from now on. Given back when it is to be told. A part of a text is told when it
    /// makes the text whole, as the whole.
    fn take(&mut self, frame: &Luma<'_>, mut symbol: Symbol) -> Option<Symbol> {
        let same = |code: &Followed| code.read == symbol.bytes;
        let again = self.followed.iter().any(|code| same(code) && code.missed == 0 && near(&code.symbol, &symbol));
        if again {
            return None;
        }
        self.followed.retain(|code| !same(code) || code.missed == 0);
        let read = symbol.bytes.clone();
        let part = around(frame, &symbol).and_then(|picture| part::part(&picture, &read));
        let mut is_part = false;
        if let Some(part) = part {
            let said = Said { bytes: symbol.bytes.clone(), text: symbol.text.clone() };
            match self.sequences.take(part, said) {
                Some(whole) => (symbol.bytes, symbol.text) = (whole.bytes, whole.text),
                None => is_part = true,
            }
        }
        self.followed.extend(Followed::begin(frame, symbol.clone(), read, is_part));
        if is_part {
            return None;
        }
        let known = self.told.iter().any(|told| told.is_of(&symbol));
        self.remember(&symbol);
        (!known).then_some(symbol)
    }

    fn remember(&mut self, symbol: &Symbol) {
        let now = self.seen;
        match self.told.iter_mut().find(|told| told.is_of(symbol)) {
            Some(told) => told.last = now,
            None => self.told.push(Told { bytes: symbol.bytes.clone(), symbology: symbol.symbology, last: now }),
        }
    }
}

impl Told {
    fn is_of(&self, symbol: &Symbol) -> bool {
        self.bytes == symbol.bytes && self.symbology == symbol.symbology
    }
}

/// The part of a frame with a symbol and its quiet zone.
fn around(frame: &Luma<'_>, symbol: &Symbol) -> Option<Luma<'static>> {
    let low = |k: usize| symbol.corners.iter().map(|corner| corner[k]).fold(f32::MAX, f32::min);
    let high = |k: usize| symbol.corners.iter().map(|corner| corner[k]).fold(f32::MIN, f32::max);
    let room = (high(0) - low(0)).max(high(1) - low(1)) * 0.2;
    let (left, top) = ((low(0) - room).max(0.0), (low(1) - room).max(0.0));
    let (width, height) = ((high(0) + room - left).max(0.0), (high(1) + room - top).max(0.0));
    frame.part(left as u32, top as u32, width as u32, height as u32)
}

/// Whether two symbols lie in one place: their middles are nearer than half of a side.
fn near(a: &Symbol, b: &Symbol) -> bool {
    let middle = |symbol: &Symbol, k: usize| symbol.corners.iter().map(|corner| corner[k]).sum::<f32>() / 4.0;
    let side = (a.corners[0][0] - a.corners[1][0]).hypot(a.corners[0][1] - a.corners[1][1]);
    (middle(a, 0) - middle(b, 0)).hypot(middle(a, 1) - middle(b, 1)) < side / 2.0
}
