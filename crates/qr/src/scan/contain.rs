//! Third-party decoders may panic on a hostile picture. A panic in here is an unread stage, not a crash, and it
//! says nothing on standard error.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic inside becomes `None`, silently. Panics elsewhere are reported as before.
pub(super) fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CONTAINED.get() {
                report(info);
            }
        }));
    });
    let outer = CONTAINED.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work)).ok();
    CONTAINED.set(outer);
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_panic_of_a_decoder_is_an_unread_stage_and_is_not_reported() {
        static REPORTED: AtomicUsize = AtomicUsize::new(0);
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let ours = info.payload().downcast_ref::<&str>().is_some_and(|text| text.starts_with("contain-test"));
            if ours {
                REPORTED.fetch_add(1, Ordering::SeqCst);
            } else {
                before(info);
            }
        }));
        assert_eq!(contained(|| 7), Some(7));
        let unread: Option<()> = contained(|| panic!("contain-test inside"));
        assert_eq!(unread, None);
        // The hook may already have been wrapped by another test of this process; then ours sits above it and
        // only the flag below can be seen.
        assert!(!CONTAINED.get(), "the mark is taken off again");
        let outside = panic::catch_unwind(|| panic!("contain-test outside"));
        assert!(outside.is_err());
        assert!(REPORTED.load(Ordering::SeqCst) >= 1, "panics elsewhere are still reported");
    }
}
