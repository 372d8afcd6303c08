use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use protocol::Code;
use serde::{Deserialize, Serialize};

use super::wrap::argon;
use crate::WalletError;
use crate::outside::Random;

/// Wrong tries before waiting begins.
const FREE_TRIES: u32 = 3;
/// The first wait, doubled with each further wrong try.
const FIRST_WAIT_MS: i64 = 30_000;
const LONGEST_WAIT_MS: i64 = 3_600_000;

/// The PIN's hash and its back-off, kept in the encrypted database so that a restart forgets nothing. It gates
/// confirmations and the lock and wraps no key: a million PINs are tried in hours.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pin {
    hash: String,
    failures: u32,
    last_failure_ms: i64,
}

impl Pin {
    /// A new PIN of 6 to 12 digits.
    pub(crate) fn make(pin: &str, random: &dyn Random) -> Result<Self, WalletError> {
        if !(6..=12).contains(&pin.len()) || !pin.bytes().all(|b| b.is_ascii_digit()) {
            return Err(WalletError::Invalid(Code::Malformed));
        }
        let fault = |_| WalletError::Fault("PIN hash");
        let mut salt = [0; 16];
        random.fill(&mut salt);
        let salt = SaltString::encode_b64(&salt).map_err(fault)?;
        let hash = argon()?.hash_password(pin.as_bytes(), &salt).map_err(fault)?.to_string();
        Ok(Pin { hash, failures: 0, last_failure_ms: 0 })
    }

    /// How long until the next try, milliseconds. A clock that was set back makes the wait longer, never shorter.
    fn wait_ms(&self, now_ms: i64) -> i64 {
        let Some(doublings) = self.failures.checked_sub(FREE_TRIES) else { return 0 };
        let wait = FIRST_WAIT_MS.saturating_mul(1 << doublings.min(10)).min(LONGEST_WAIT_MS);
        let passed = now_ms.saturating_sub(self.last_failure_ms).max(0);
        wait.saturating_sub(passed).max(0)
    }

    /// Counts a try as wrong, before it is known: a process killed while checking has used its try.
    pub(crate) fn charge(&mut self, now_ms: i64) -> Result<(), WalletError> {
        let wait_ms = self.wait_ms(now_ms);
        if wait_ms > 0 {
            let retry_after_s = u32::try_from((wait_ms + 999) / 1000).unwrap_or(u32::MAX);
            return Err(WalletError::PinWait { retry_after_s });
        }
        self.failures = self.failures.saturating_add(1);
        self.last_failure_ms = now_ms;
        Ok(())
    }

    /// Checks a try that was charged; right ones clear the count.
    pub(crate) fn check(&mut self, pin: &str) -> Result<(), WalletError> {
        let hash = PasswordHash::new(&self.hash).map_err(|_| WalletError::DatabaseCorrupt)?;
        argon()?.verify_password(pin.as_bytes(), &hash).map_err(|_| WalletError::WrongPin)?;
        self.failures = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::SystemRandom;

    #[test]
    fn a_pin_is_six_to_twelve_digits() {
        for bad in ["", "12345", "1234567890123", "12345a", "１２３４５６"] {
            assert_eq!(Pin::make(bad, &SystemRandom).err(), Some(WalletError::Invalid(Code::Malformed)), "{bad}");
        }
    }

    #[test]
    fn wrong_pins_wait_longer_each_time_and_setting_the_clock_back_does_not_help() {
        let mut pin = Pin::make("246810", &SystemRandom).expect("pin");
        for _ in 0..3 {
            assert_eq!(pin.charge(1_000_000), Ok(()));
        }
        assert_eq!(pin.charge(1_000_000), Err(WalletError::PinWait { retry_after_s: 30 }));
        assert_eq!(pin.charge(0), Err(WalletError::PinWait { retry_after_s: 30 }));
        assert_eq!(pin.charge(1_030_000), Ok(()));
        assert_eq!(pin.charge(1_030_001), Err(WalletError::PinWait { retry_after_s: 60 }));
        pin.failures = u32::MAX;
        assert_eq!(pin.wait_ms(1_030_000), LONGEST_WAIT_MS);
        assert_eq!(pin.check("246811"), Err(WalletError::WrongPin));
        assert_eq!(pin.check("246810"), Ok(()));
        assert_eq!(pin.wait_ms(1_030_000), 0);
    }
}
