//! Any grey picture of any shape: no panic, and no corner that is nowhere.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qr::{Effort, Luma, scan};

/// Larger pictures cost seconds and show nothing more.
const MAX_SIDE: u32 = 160;

fuzz_target!(|bytes: &[u8]| {
    let [effort, width, height, grey @ ..] = bytes else { return };
    let (width, height) = (1 + u32::from(*width) % MAX_SIDE, 1 + u32::from(*height) % MAX_SIDE);
    let mut pixels = grey.to_vec();
    if pixels.is_empty() {
        return;
    }
    // What is given is repeated, so that few bytes make a whole picture.
    let size = (width * height) as usize;
    while pixels.len() < size {
        pixels.extend_from_within(..pixels.len().min(size - pixels.len()));
    }
    pixels.truncate(size);
    let effort = if effort % 2 == 0 { Effort::Stream } else { Effort::Still };
    let picture = Luma::new(width, height, pixels).expect("a picture of its own size");
    let symbols = scan(&picture, effort);
    for symbol in &symbols {
        assert!(symbol.corners.iter().flatten().all(|at| at.is_finite()), "a corner that is nowhere");
    }
});
