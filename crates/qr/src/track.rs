//! Codes in a stream of frames: what one frame does not show, several do; what was read is followed, not read again.

mod aim;
mod align;
mod followed;
mod plate;
mod stack;
mod warp;

use crate::scan::marks::{Glance, Mark, marks};
use crate::{Effort, Luma, Symbol, Symbology, scan};
pub use aim::Aim;
use followed::Followed;
use stack::Stack;

/// Reads codes from the frames of a camera, one after another. It knows no clock: it counts frames.
#[derive(Debug, Clone, Default)]
pub struct Tracker {
    /// Frames seen.
    seen: u64,
    followed: Vec<Followed>,
    stack: Option<Begun>,
    told: Vec<Told>,
}

/// What a frame showed, and those before it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sighting {
    /// Codes read for the first time, or again after they were away for [`Tracker::FORGOTTEN`] frames.
    pub new: Vec<Symbol>,
    /// Every code in sight whose text is known, the new ones too, with its corners in this frame.
    pub in_sight: Vec<Symbol>,
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
        self.followed.iter_mut().for_each(|code| code.follow(frame));
        let lost = self.followed.iter().any(|code| code.missed > 0);
        let due = self.followed.is_empty() || lost || self.seen.is_multiple_of(NEWCOMERS);
        let mut found = if due { scan(frame, Effort::Stream) } else { Vec::new() };
        let mut aim = None;
        if found.is_empty() && self.followed.is_empty() {
            (found, aim) = self.look_longer(frame);
        }
        if !found.is_empty() {
            self.stack = None;
        }
        let new: Vec<Symbol> = found.into_iter().filter_map(|symbol| self.take(frame, symbol)).collect();
        self.followed.retain(|code| code.missed < GONE);
        let followed = self.followed.iter().filter(|code| code.missed == 0).map(|code| &code.symbol);
        let mut in_sight: Vec<Symbol> = followed.cloned().collect();
        // One too plain to be followed is in sight all the same.
        in_sight.extend(new.iter().filter(|code| !self.followed.iter().any(|it| it.symbol == **code)).cloned());
        for code in &in_sight {
            self.remember(code);
        }
        Sighting { new, in_sight, aim }
    }

    /// What this frame and those before it show together.
    fn look_longer(&mut self, frame: &Luma<'_>) -> (Vec<Symbol>, Option<Aim>) {
        if let Some(begun) = &mut self.stack {
            let there = begun.stack.add(frame);
            let over = begun.stack.missed >= LOST || begun.stack.frames > MOST_FRAMES;
            if over || begun.stack.is_outgrown(begun.module) {
                self.stack = None;
            } else {
                let found = if there { begun.stack.read() } else { Vec::new() };
                return (found, aim::of_stack(frame, &begun.stack));
            }
        }
        let glances = [Glance::Plain, Glance::Half, Glance::Soft, Glance::Quarter];
        let (seen, trios) = marks(frame, glances[(self.seen % 4) as usize]);
        let stack = trios.iter().find_map(|trio| Stack::begin(frame, trio));
        self.stack = stack.map(|stack| Begun { module: stack.module, stack });
        let Some(begun) = &mut self.stack else { return (Vec::new(), self.aim_without_code(frame, &seen)) };
        (begun.stack.read(), aim::of_stack(frame, &begun.stack))
    }

    fn aim_without_code(&self, frame: &Luma<'_>, marks: &[Mark]) -> Option<Aim> {
        aim::of_marks(frame, marks).or_else(|| aim::of_light(frame))
    }

    /// A code that was read: followed from now on. Given back when it is to be told.
    fn take(&mut self, frame: &Luma<'_>, symbol: Symbol) -> Option<Symbol> {
        let known = self.told.iter().any(|told| told.is_of(&symbol));
        self.remember(&symbol);
        let same = |code: &Followed| code.symbol.bytes == symbol.bytes && near(&code.symbol, &symbol);
        self.followed.retain(|code| !same(code) && (code.missed == 0 || code.symbol.bytes != symbol.bytes));
        self.followed.extend(Followed::begin(frame, symbol.clone()));
        (!known).then_some(symbol)
    }

    fn remember(&mut self, symbol: &Symbol) {
        let now = self.seen;
        self.told.retain(|told| now - told.last < Self::FORGOTTEN);
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

/// Whether two symbols lie in one place: their middles are nearer than half of a side.
fn near(a: &Symbol, b: &Symbol) -> bool {
    let middle = |symbol: &Symbol, k: usize| symbol.corners.iter().map(|corner| corner[k]).sum::<f32>() / 4.0;
    let side = (a.corners[0][0] - a.corners[1][0]).hypot(a.corners[0][1] - a.corners[1][1]);
    (middle(a, 0) - middle(b, 0)).hypot(middle(a, 1) - middle(b, 1)) < side / 2.0
}

#[cfg(test)]
mod tests;
