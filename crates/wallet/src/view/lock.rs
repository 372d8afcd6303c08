//! The lock, as a person sets it. Kept in the encrypted book, so that whoever can write files cannot loosen it.

use serde::{Deserialize, Serialize};

/// How long without input until the book locks itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum LockAfter {
    /// One minute.
    Minute,
    /// Five.
    FiveMinutes,
    /// Fifteen.
    QuarterHour,
    /// Sixty.
    Hour,
    /// Only when it is told to.
    Never,
}

impl LockAfter {
    /// Milliseconds; nothing for never.
    pub(crate) const fn ms(self) -> Option<i64> {
        match self {
            LockAfter::Minute => Some(60_000),
            LockAfter::FiveMinutes => Some(5 * 60_000),
            LockAfter::QuarterHour => Some(15 * 60_000),
            LockAfter::Hour => Some(60 * 60_000),
            LockAfter::Never => None,
        }
    }
}

/// What the PIN is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum PinFor {
    /// At every payment, and to unlock.
    EveryPayment,
    /// Only to unlock.
    UnlockOnly,
}

/// Everything a person can choose about the lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct LockChoices {
    /// Locks by itself after this long without input.
    pub after: LockAfter,
    /// Starts locked.
    pub at_start: bool,
    /// Confirmed payments that wait still leave while locked. The database stays open for the sender alone.
    pub send_while_locked: bool,
    /// What the PIN is asked for.
    pub pin_for: PinFor,
    /// The system's fingerprint reader unlocks it too. Payments are confirmed by the PIN all the same.
    #[serde(default)]
    pub by_finger: bool,
}

impl Default for LockChoices {
    fn default() -> Self {
        LockChoices {
            after: LockAfter::QuarterHour,
            at_start: true,
            send_while_locked: false,
            pin_for: PinFor::EveryPayment,
            by_finger: false,
        }
    }
}

impl LockChoices {
    /// Whether somebody at an open app would gain by changing `before` into this.
    pub(crate) fn loosens(&self, before: &LockChoices) -> bool {
        self.after > before.after
            || (before.at_start && !self.at_start)
            || (self.send_while_locked && !before.send_while_locked)
            || (self.by_finger && !before.by_finger)
            || (self.pin_for == PinFor::UnlockOnly && before.pin_for == PinFor::EveryPayment)
    }
}
