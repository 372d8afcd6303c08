//! Any text as one of our links: what is taken is written back as a link that means the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pay::Link;
use protocol::SignedProof;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(link) = Link::parse(text) {
        for written in [link.to_web(), link.to_app(), link.to_code()] {
            assert_eq!(Link::parse(&written).as_ref(), Ok(&link), "{written}");
        }
    }
    if let Ok(proof) = SignedProof::read(text) {
        assert_eq!(SignedProof::read(&proof.to_code()).map(|read| read.to_code()), Ok(proof.to_code()));
    }
});
