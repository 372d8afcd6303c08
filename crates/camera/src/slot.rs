//! The place between the capture thread and its readers: room for one frame, the newest.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::doctor::Try;
use crate::error::CameraError;
use crate::frame::Frame;

#[derive(Debug, Default)]
struct State {
    newest: Option<Frame>,
    /// Frames put so far; a reader that has seen this number waits for the next one.
    count: u64,
    fault: Option<CameraError>,
    closed: bool,
    /// Formats asked for; only the doctor looks at them.
    tries: Vec<Try>,
}

/// Tries remembered: a camera that comes and goes is tried again and again.
const MOST_TRIES: usize = 24;

/// One frame, many readers. A frame nobody took in time is simply gone.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    state: Mutex<State>,
    changed: Condvar,
}

impl Slot {
    /// The state is plain data, valid whatever the thread that held the lock was doing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the frame; a fault before it is over.
    pub(crate) fn put(&self, frame: Frame) {
        let mut state = self.lock();
        state.newest = Some(frame);
        state.count += 1;
        state.fault = None;
        self.changed.notify_all();
    }

    /// Says why no frames come. Readers who wait are told at once.
    pub(crate) fn fail(&self, fault: CameraError) {
        let mut state = self.lock();
        state.newest = None;
        state.fault = Some(fault);
        self.changed.notify_all();
    }

    /// Remembers a format that was asked for.
    pub(crate) fn note(&self, tried: Try) {
        let mut state = self.lock();
        if state.tries.len() < MOST_TRIES {
            state.tries.push(tried);
        }
    }

    /// Formats asked for so far.
    pub(crate) fn tries(&self) -> Vec<Try> {
        self.lock().tries.clone()
    }

    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Pauses the capture thread, but no longer than until the stream is dropped.
    pub(crate) fn pause(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut state = self.lock();
        while !state.closed {
            let Some(left) = until.checked_duration_since(Instant::now()) else { return };
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The newest frame put after number `seen`, which is moved on to it.
    pub(crate) fn take(&self, seen: &mut u64, patience: Duration) -> Result<Frame, CameraError> {
        let until = Instant::now() + patience;
        let mut state = self.lock();
        loop {
            if state.closed {
                return Err(CameraError::Closed);
            }
            if let Some(fault) = &state.fault {
                return Err(fault.clone());
            }
            if let Some(frame) = state.newest.as_ref().filter(|_| state.count > *seen) {
                *seen = state.count;
                return Ok(frame.clone());
            }
            let left = until.checked_duration_since(Instant::now()).ok_or(CameraError::Silent)?;
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Format, Pixels};
    use std::sync::Arc;

    const SOON: Duration = Duration::from_secs(20);

    fn grey(shade: u8) -> Frame {
        let format = Format { width: 1, height: 1, pixels: Pixels::Grey, frame_rate: 30 };
        Frame::new(format, vec![shade].into())
    }

    fn shade(frame: &Frame) -> u8 {
        frame.luma().unwrap().pixels[0]
    }

    #[test]
    fn a_slow_reader_gets_the_newest_frame_and_no_older_one() {
        let slot = Slot::default();
        let mut seen = 0;
        for n in 1..=9 {
            slot.put(grey(n));
        }
        assert_eq!(shade(&slot.take(&mut seen, SOON).unwrap()), 9);
        assert_eq!(slot.take(&mut seen, Duration::ZERO).unwrap_err(), CameraError::Silent);
    }

    #[test]
    fn two_readers_each_get_every_newest_frame_once() {
        let slot = Slot::default();
        let (mut scanner, mut preview) = (0, 0);
        slot.put(grey(1));
        assert_eq!(shade(&slot.take(&mut scanner, SOON).unwrap()), 1);
        slot.put(grey(2));
        assert_eq!(shade(&slot.take(&mut scanner, SOON).unwrap()), 2);
        assert_eq!(shade(&slot.take(&mut preview, SOON).unwrap()), 2);
    }

    #[test]
    fn a_waiting_reader_wakes_for_a_frame_a_fault_and_the_end() {
        let slot = Arc::new(Slot::default());
        let waiting = |seen: u64| {
            let slot = Arc::clone(&slot);
            std::thread::spawn(move || slot.take(&mut { seen }, SOON).map(|frame| shade(&frame)))
        };
        let reader = waiting(0);
        slot.put(grey(7));
        assert_eq!(reader.join().unwrap(), Ok(7));
        let reader = waiting(1);
        slot.fail(CameraError::Vanished);
        assert_eq!(reader.join().unwrap(), Err(CameraError::Vanished));
        slot.put(grey(8));
        let reader = waiting(2);
        slot.close();
        assert_eq!(reader.join().unwrap(), Err(CameraError::Closed));
    }

    #[test]
    fn a_frame_after_a_fault_ends_the_fault_and_an_older_frame_is_not_shown_again() {
        let slot = Slot::default();
        let mut seen = 0;
        slot.put(grey(1));
        slot.fail(CameraError::Vanished);
        assert_eq!(slot.take(&mut seen, SOON).unwrap_err(), CameraError::Vanished);
        slot.put(grey(2));
        assert_eq!(shade(&slot.take(&mut seen, SOON).unwrap()), 2);
    }

    #[test]
    fn a_pause_ends_when_the_stream_is_closed() {
        let slot = Arc::new(Slot::default());
        let pausing = Arc::clone(&slot);
        let started = Instant::now();
        let thread = std::thread::spawn(move || pausing.pause(Duration::from_secs(600)));
        slot.close();
        thread.join().unwrap();
        assert!(started.elapsed() < Duration::from_secs(60));
    }
}
