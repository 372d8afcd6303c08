//! Codes in the pictures of an open camera: which are new, and what to do when one is in sight and not read.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use camera::{CameraError, Frames};
use qr::{Aim, Luma, Sighting, Tracker};
use wallet::ErrorCode;

use super::{FAULT_PAUSE, PATIENCE, Watcher};

/// Pause before codes that could not be named are asked about again.
pub(super) const ASK_AGAIN: Duration = Duration::from_millis(600);
/// How long the same has to stand in the way before it is said: words that flicker help nobody.
const SAID_AFTER: Duration = Duration::from_millis(450);

/// Looks for codes in the newest picture, again and again.
pub(super) fn scan(mut frames: Frames, ended: &AtomicBool, watcher: &dyn Watcher) {
    let mut watch = Watch::default();
    while !ended.load(Ordering::Acquire) {
        let luma = match frames.next(PATIENCE) {
            Ok(frame) => frame.luma(),
            Err(CameraError::Closed) => return,
            Err(_) => {
                std::thread::sleep(FAULT_PAUSE);
                continue;
            }
        };
        let frame = luma.and_then(|luma| Luma::new(luma.width, luma.height, luma.pixels).ok());
        let Some(frame) = frame else { continue };
        let sighting = watch.tracker.see(&frame);
        if ended.load(Ordering::Acquire) {
            return;
        }
        watch.tell(sighting, Instant::now(), watcher);
    }
}

/// What was seen so far, and what of it was said.
#[derive(Default)]
struct Watch {
    tracker: Tracker,
    /// A code came that nobody was asked about yet.
    unnamed: bool,
    asked: Option<Instant>,
    /// The fault that was told.
    told: Option<ErrorCode>,
    aim: Steady,
    /// What was told of a text spread over several codes.
    gathered: Option<(u8, u8)>,
}

impl Watch {
    fn tell(&mut self, sighting: Sighting, now: Instant, watcher: &dyn Watcher) {
        if let Some(aim) = self.aim.next(sighting.aim, now) {
            watcher.aim(aim);
        }
        if sighting.gathered != self.gathered {
            self.gathered = sighting.gathered;
            watcher.gathered(sighting.gathered);
        }
        self.unnamed |= !sighting.new.is_empty();
        let waited = self.asked.is_none_or(|asked| now.duration_since(asked) >= ASK_AGAIN);
        if sighting.in_sight.is_empty() || !self.unnamed || (!waited && sighting.new.is_empty()) {
            return;
        }
        self.asked = Some(now);
        match watcher.name(sighting.in_sight) {
            Ok(found) => {
                (self.told, self.unnamed) = (None, false);
                watcher.found(found);
            }
            Err(error) if self.told.replace(error.code) != Some(error.code) => watcher.trouble(error),
            Err(_) => {}
        }
    }
}

/// Says only what lasts.
#[derive(Default)]
struct Steady {
    now: Option<Aim>,
    since: Option<Instant>,
    said: Option<Aim>,
}

impl Steady {
    /// What is to be said now, if it is another thing than before.
    fn next(&mut self, aim: Option<Aim>, now: Instant) -> Option<Option<Aim>> {
        if aim != self.now {
            (self.now, self.since) = (aim, Some(now));
        }
        let lasts = self.since.is_some_and(|since| now.duration_since(since) >= SAID_AFTER);
        (lasts && self.said != aim).then(|| {
            self.said = aim;
            aim
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::tests::Page;

    #[test]
    fn how_many_codes_of_a_text_were_read_is_told_when_it_changes() {
        let (mut watch, page) = (Watch::default(), Page::default());
        for gathered in [None, Some((1, 3)), Some((1, 3)), Some((2, 3)), None, None] {
            watch.tell(Sighting { gathered, ..Sighting::default() }, Instant::now(), &page);
        }
        assert_eq!(*page.gathered.lock().expect("lock"), [Some((1, 3)), Some((2, 3)), None]);
    }

    #[test]
    fn only_what_stands_in_the_way_for_a_while_is_said_and_said_once() {
        let (mut steady, start) = (Steady::default(), Instant::now());
        let mut at = |ms: u64, aim| steady.next(aim, start + Duration::from_millis(ms));
        assert_eq!(at(0, Some(Aim::Nearer)), None);
        assert_eq!(at(200, Some(Aim::Glare)), None, "something else for a moment");
        assert_eq!(at(300, Some(Aim::Nearer)), None);
        assert_eq!(at(800, Some(Aim::Nearer)), Some(Some(Aim::Nearer)));
        assert_eq!(at(900, Some(Aim::Nearer)), None, "said already");
        assert_eq!(at(1000, None), None);
        assert_eq!(at(1500, None), Some(None));
    }
}
