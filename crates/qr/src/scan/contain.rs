//! Third-party decoders may panic on a hostile picture. A panic in here is an unread stage, not a crash, and it
//! says nothing on standard error.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// A panic hook that passes on every panic but the contained ones.
fn outside_only(
    report: impl Fn(&PanicHookInfo<'_>) + Send + Sync + 'static,
) -> impl Fn(&PanicHookInfo<'_>) + Send + Sync {
    move |info| {
        if !CONTAINED.get() {
            report(info);
        }
    }
}

/// Runs `work`; a panic inside becomes `None`, silently. Panics elsewhere are reported as before.
pub(super) fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| panic::set_hook(Box::new(outside_only(panic::take_hook()))));
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
        panic::set_hook(Box::new(outside_only(move |info| {
            let ours = info.payload().downcast_ref::<&str>().is_some_and(|text| text.starts_with("contain-test"));
            if ours {
                REPORTED.fetch_add(1, Ordering::SeqCst);
            } else {
                before(info);
            }
        })));
        assert_eq!(contained(|| 7), Some(7));
        assert_eq!(contained(|| -> u8 { panic!("contain-test inside") }), None);
        let nested = contained(|| contained(|| -> u8 { panic!("contain-test deeper") }));
        assert_eq!(nested, Some(None));
        assert_eq!(REPORTED.load(Ordering::SeqCst), 0, "contained panics are silent");
        assert!(panic::catch_unwind(|| panic!("contain-test outside")).is_err());
        assert_eq!(REPORTED.load(Ordering::SeqCst), 1, "panics elsewhere are still reported");
    }
}
