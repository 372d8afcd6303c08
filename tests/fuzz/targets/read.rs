//! Any bytes as the payload of a code: one answer, always the same, and nothing in it that hides or reorders text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qr::payload::{Reading, recognise, recognise_text, shown};

fuzz_target!(|bytes: &[u8]| {
    let reading = recognise(bytes);
    assert_eq!(reading, recognise(bytes), "two answers to one payload");
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert_eq!(reading, recognise_text(text), "bytes and text differ");
    }
    let texts = [&reading.intent.payee.name, &reading.intent.payee.account, &reading.intent.reference, &reading.intent.memo];
    for text in texts.into_iter().flatten() {
        assert_eq!(text, &shown(text), "a text that may not be shown as it is");
    }
    asks_for_something_it_can_say(&reading);
});

/// An amount keeps its printed text, and that text is the amount.
fn asks_for_something_it_can_say(reading: &Reading) {
    if let Some(amount) = &reading.intent.amount {
        assert!(!amount.value.is_sign_negative(), "a code cannot ask for less than nothing");
        assert_eq!(amount.text.parse().ok(), Some(amount.value), "the shown amount is another one");
    }
}
