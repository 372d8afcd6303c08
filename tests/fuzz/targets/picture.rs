//! Any bytes as a picture file: refused with a reason, or a picture within the limits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qr::picture::{PictureLimits, decode_within};

fuzz_target!(|file: &[u8]| {
    let limits = PictureLimits { pixels: 1_000_000, ..PictureLimits::default() };
    if let Ok(picture) = decode_within(file, limits) {
        let pixels = u64::from(picture.width()) * u64::from(picture.height());
        assert!(pixels <= limits.pixels && pixels as usize == picture.pixels().len());
    }
});
