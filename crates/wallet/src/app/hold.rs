//! How long a confirmed payment waits before it leaves, and taking it back while it does.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use pay::Money;
use protocol::Code;
use protocol::body::Request;
use uuid::Uuid;

use super::App;
use super::settings::refuse;
use crate::WalletError;
use crate::view::{Found, FoundKind, Hold, LONGEST_HOLD_S};

/// Most scanned requests remembered.
const REMEMBERED: usize = 64;

/// Requests whose codes were seen in a frame or a picture since the app started. What is typed, pasted or handed over
/// by another program is not here: only the core says what was scanned.
#[derive(Default)]
pub(super) struct Scanned(Mutex<VecDeque<Uuid>>);

impl Scanned {
    /// Remembers what a scan found.
    pub(super) fn saw(&self, found: &Found) {
        let (FoundKind::Request, Some(request)) = (found.kind, &found.request) else { return };
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.contains(&request.id) {
            seen.push_back(request.id);
            let surplus = seen.len().saturating_sub(REMEMBERED);
            seen.drain(..surplus);
        }
    }

    /// Whether this request was scanned and says itself that it is for `amount`.
    pub(super) fn asked_for(&self, request: Option<&Request>, amount: Money) -> bool {
        request.is_some_and(|request| {
            let asked = request.amount.as_ref().and_then(|asked| Money::try_from(asked).ok());
            let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            asked == Some(amount) && seen.contains(&request.id)
        })
    }
}

impl App {
    /// Takes a payment back that still waits on this device.
    pub async fn undo_payment(&self, id: Uuid) -> Result<(), WalletError> {
        let book = self.book().await?;
        let _turn = book.delivering.lock().await;
        book.undo_order(id).await?;
        book.changed();
        Ok(())
    }
}

/// How long one payment waits, milliseconds. A large one waits however it was found; a scanned request with its own
/// amount does not wait for being the first, because whoever shows it stands there and waits too.
pub(super) fn hold_ms(hold: &Hold, amount: Money, first_payment: bool, scanned: bool) -> i64 {
    // A limit that is no amount of this currency counts as passed: rather a wait too many.
    let large = Money::parse(&hold.large, amount.currency());
    let is_small = large.is_ok_and(|large| amount.compare(large).is_ok_and(|order| order.is_lt()));
    let seconds = match (is_small, scanned, first_payment) {
        (false, _, _) | (true, false, true) => hold.first_or_large_s,
        (true, true, _) => hold.scanned_s,
        (true, false, false) => hold.typed_s,
    };
    i64::from(seconds.min(LONGEST_HOLD_S)) * 1000
}

/// Whether the choices can be kept.
pub(super) fn check_hold(hold: &Hold) -> Result<(), WalletError> {
    let longest = hold.scanned_s.max(hold.typed_s).max(hold.first_or_large_s);
    if longest > LONGEST_HOLD_S {
        return Err(refuse(Code::TooLarge));
    }
    let whole = (1..=9).contains(&hold.large.len()) && hold.large.bytes().all(|b| b.is_ascii_digit());
    if whole { Ok(()) } else { Err(refuse(Code::AmountInvalid)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pay::Currency;

    #[test]
    fn the_wait_follows_from_how_much_to_whom_and_how_they_were_found() {
        let hold = Hold { scanned_s: 1, typed_s: 10, first_or_large_s: 30, large: "200".into() };
        let wait = |text: &str, first, scanned| {
            hold_ms(&hold, Money::parse(text, Currency::USD).expect("money"), first, scanned) / 1000
        };
        assert_eq!(wait("199.99", false, true), 1);
        assert_eq!(wait("199.99", true, true), 1);
        assert_eq!(wait("199.99", false, false), 10);
        assert_eq!(wait("199.99", true, false), 30);
        for (first, scanned) in [(false, false), (false, true), (true, false), (true, true)] {
            assert_eq!(wait("200.00", first, scanned), 30);
        }
    }

    #[test]
    fn only_choices_that_mean_something_are_kept() {
        assert!(check_hold(&Hold::default()).is_ok());
        for bad in ["", "-1", "1.5", "1e9", "abc", "1234567890"] {
            assert!(check_hold(&Hold { large: bad.into(), ..Hold::default() }).is_err(), "{bad:?}");
        }
        assert!(check_hold(&Hold { typed_s: LONGEST_HOLD_S + 1, ..Hold::default() }).is_err());
    }
}
