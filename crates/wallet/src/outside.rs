//! What the app takes from the world as parameters: time, randomness, and a place for tests to stop it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::future::BoxFuture;
use rand::RngCore;
use uuid::Uuid;

/// Time.
pub trait Clock: Send + Sync + 'static {
    /// Unix milliseconds by this machine.
    fn now_ms(&self) -> i64;
    /// Ends after this many milliseconds.
    fn sleep(&self, ms: u64) -> BoxFuture<'static, ()>;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn sleep(&self, ms: u64) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(Duration::from_millis(ms)))
    }
}

/// Randomness good enough for keys.
pub trait Random: Send + Sync + 'static {
    /// Fills all bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rngs::OsRng.fill_bytes(bytes);
    }
}

/// A fresh UUIDv7.
pub fn new_id(clock: &dyn Clock, random: &dyn Random) -> Uuid {
    let mut tail = [0; 10];
    random.fill(&mut tail);
    let ms = u64::try_from(clock.now_ms()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(ms, &tail).into_uuid()
}

/// Between half of `ms` and all of it, so that many apps do not come back at the same moment.
pub(crate) fn jitter(random: &dyn Random, ms: u64) -> u64 {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    ms / 2 + u64::from_le_bytes(bytes) % (ms / 2 + 1)
}

/// Where a payment can be when the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KillPoint {
    /// The order is stored here; nothing has left.
    StoredNotSent,
    /// The order has left; its answer has not been looked at.
    SentNotAnswered,
    /// The answer was read; nothing of it is stored.
    AnsweredNotApplied,
}

/// Told when a payment passes a [`KillPoint`], so that a test can end the process exactly there.
pub trait Probe: Send + Sync + 'static {
    /// The payment under way is at `point` now.
    fn reached(&self, point: KillPoint);
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProbe;

impl Probe for NoProbe {
    fn reached(&self, _point: KillPoint) {}
}
