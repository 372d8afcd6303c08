use crate::fault::Fault;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Most buckets kept at once; when full, those that are whole again are dropped first.
const MOST_BUCKETS: usize = 50_000;

/// What is being limited. Buckets of different kinds never mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Accounts opened from one address.
    Join,
    /// Passwords tried for one account.
    Password,
    /// Passwords tried from one address.
    PasswordAddress,
    /// Changing calls of one person.
    Change,
    /// Reports to the operator by one person.
    Report,
    /// Letters asked for with one name.
    Letter,
    /// Letters asked for from one address.
    LetterAddress,
    /// Letters to one person, whatever name they were asked for with.
    LetterPerson,
    /// Calls without a session from one address.
    Visit,
    /// Payments that guests begin, from one address.
    Guest,
    /// Payments that guests begin, to one payee.
    GuestPayee,
}

/// Token buckets in memory: a restart forgives, which costs an attacker more than it gives.
#[derive(Default)]
pub struct Limits {
    buckets: Mutex<HashMap<(Kind, String), Bucket>>,
}

struct Bucket {
    /// Thousandths of a call that may still be made.
    left_milli: i64,
    at_ms: i64,
    size: i64,
    period_ms: i64,
}

impl Bucket {
    fn refill(&mut self, now_ms: i64) {
        let passed = now_ms.saturating_sub(self.at_ms).clamp(0, self.period_ms);
        let gained = i128::from(self.size) * 1000 * i128::from(passed) / i128::from(self.period_ms.max(1));
        self.left_milli = (self.left_milli + i64::try_from(gained).unwrap_or(0)).min(self.size * 1000);
        self.at_ms = now_ms;
    }
}

impl Limits {
    /// Takes one call of `size` per `period_ms` out of the bucket of `key`.
    pub fn take(&self, kind: Kind, key: &str, size: u32, period_ms: i64, now_ms: i64) -> Result<(), Fault> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST_BUCKETS {
            buckets.retain(|_, bucket| now_ms.saturating_sub(bucket.at_ms) < bucket.period_ms);
        }
        if buckets.len() >= MOST_BUCKETS {
            return Err(Fault::too_many(60));
        }
        let size = i64::from(size.max(1));
        let fresh = || Bucket { left_milli: size * 1000, at_ms: now_ms, size, period_ms };
        let bucket = buckets.entry((kind, key.to_owned())).or_insert_with(fresh);
        bucket.refill(now_ms);
        if bucket.left_milli >= 1000 {
            bucket.left_milli -= 1000;
            return Ok(());
        }
        let wait_ms = (1000 - bucket.left_milli) * period_ms / (size * 1000);
        Err(Fault::too_many(u32::try_from(wait_ms / 1000 + 1).unwrap_or(u32::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again_with_time() {
        let limits = Limits::default();
        let take = |now_ms| limits.take(Kind::Password, "maya", 3, 60_000, now_ms).is_ok();
        assert_eq!([take(0), take(0), take(0), take(0)], [true, true, true, false]);
        assert!(!take(19_000));
        assert!(take(40_000));
        assert!(limits.take(Kind::Password, "liam", 3, 60_000, 40_000).is_ok());
    }
}
