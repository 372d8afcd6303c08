use futures::future::BoxFuture;
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A clock that runs faster than the world's, from a fixed day on, and can be set wrong.
pub struct QuickClock {
    began: Instant,
    speed: u32,
    shift_ms: AtomicI64,
}

/// 2026-11-23 12:00 UTC.
const BEGIN_MS: i64 = 1_795_435_200_000;

impl QuickClock {
    /// A clock of this speed; 1 is the world's.
    pub fn new(speed: u32) -> Self {
        QuickClock { began: Instant::now(), speed: speed.max(1), shift_ms: AtomicI64::new(0) }
    }

    /// The same clock, set wrong by this much, milliseconds.
    pub fn shifted(&self, ms: i64) -> Self {
        let shift_ms = AtomicI64::new(self.shift_ms.load(Ordering::SeqCst) + ms);
        QuickClock { began: self.began, speed: self.speed, shift_ms }
    }

    /// Lets time jump ahead.
    pub fn jump(&self, ms: i64) {
        self.shift_ms.fetch_add(ms, Ordering::SeqCst);
    }

    fn now(&self) -> i64 {
        let quick = self.began.elapsed() * self.speed;
        BEGIN_MS + i64::try_from(quick.as_millis()).unwrap_or(i64::MAX / 2) + self.shift_ms.load(Ordering::SeqCst)
    }
}

impl wallet::Clock for QuickClock {
    fn now_ms(&self) -> i64 {
        self.now()
    }

    fn sleep(&self, ms: u64) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(Duration::from_millis(ms) / self.speed))
    }
}

impl server::clock::Clock for QuickClock {
    fn now_ms(&self) -> i64 {
        self.now()
    }
}

/// Randomness that follows from a seed.
pub struct Seeded(Mutex<StdRng>);

impl Seeded {
    /// Its first number follows from `seed`.
    pub fn new(seed: u64) -> Self {
        Seeded(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    fn bytes(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }

    /// A number below `end`.
    pub fn below(&self, end: u32) -> u32 {
        let mut bytes = [0; 8];
        self.bytes(&mut bytes);
        u32::try_from(u64::from_le_bytes(bytes) % u64::from(end.max(1))).unwrap_or(0)
    }
}

impl wallet::Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        self.bytes(bytes);
    }
}

impl server::clock::Randomness for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        self.bytes(bytes);
    }
}
