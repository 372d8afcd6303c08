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
    let done = panic::catch_unwind(AssertUnwindSafe(|| {
        #[cfg(test)]
        tests::panic_if_due();
        work()
    }))
    .ok();
    CONTAINED.set(outer);
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ecc, Effort, Luma, draw, scan};
    use std::sync::atomic::{AtomicUsize, Ordering};

    thread_local! {
        /// Contained stages until one panics.
        static DUE: Cell<Option<usize>> = const { Cell::new(None) };
    }

    /// Panics inside the stage whose turn it is.
    pub(super) fn panic_if_due() {
        let due = DUE.get();
        DUE.set(due.and_then(|left| left.checked_sub(1)));
        assert_ne!(due, Some(0), "contain-test stage");
    }

    /// What a still picture says when the stage of this number panics, and whether it came to that stage.
    fn read_with_panic_at(stage: usize, picture: &Luma<'_>) -> (usize, bool) {
        DUE.set(Some(stage));
        let found = scan(picture, Effort::Still).len();
        (found, DUE.replace(None).is_none())
    }

    #[test]
    fn a_panic_in_any_stage_of_a_scan_is_contained_and_the_other_stages_go_on() {
        let code = draw("https://pay.example/@ana", Ecc::M).and_then(|drawing| drawing.to_luma(5)).expect("drawn");
        assert_eq!(read_with_panic_at(usize::MAX, &code), (1, false));
        // Without the first stages the code is read by later ones.
        for stage in 0..2 {
            assert_eq!(read_with_panic_at(stage, &code), (1, true), "stage {stage}");
        }
        // A picture that nothing reads comes to every stage there is.
        let half =
            Luma::new(code.width(), code.height() / 2, &code.pixels()[..(code.width() * (code.height() / 2)) as usize]);
        let half = half.expect("sizes agree");
        let stages = (0..).take_while(|&stage| read_with_panic_at(stage, &half).1).count();
        assert!(stages > 10, "{stages}");
    }

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
