//! What two people compare by eye and voice: four words and a seal of 25 tiles, both from SHA-256 of the public key.

mod words;

use sha2::{Digest, Sha256};
use words::WORDS;

/// Four words and 25 tile colours of a person's public key, given as its text on the wire.
pub fn fingerprint(public_key: &str) -> ([&'static str; 4], [u8; 25]) {
    let digest: [u8; 32] = Sha256::digest(public_key.as_bytes()).into();
    let words = std::array::from_fn(|i| WORDS[usize::from(digest[i])]);
    (words, crate::seal(public_key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_256_and_all_different() {
        let distinct: std::collections::BTreeSet<_> = WORDS.iter().collect();
        assert_eq!(distinct.len(), 256);
        assert!(WORDS.iter().all(|w| (3..=9).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_lowercase())));
    }

    #[test]
    fn the_same_key_has_the_same_face_everywhere_and_the_seal_is_mirrored() {
        let (words, seal) = fingerprint("d2hhdGV2ZXI");
        assert_eq!(fingerprint("d2hhdGV2ZXI"), (words, seal));
        assert_ne!(fingerprint("d2hhdGV2ZXJ").0, words);
        for row in seal.chunks(5) {
            assert_eq!((row[0], row[1]), (row[4], row[3]));
            assert!(row.iter().all(|colour| *colour < 6));
        }
    }
}
