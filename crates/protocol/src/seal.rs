use sha2::{Digest, Sha256};

/// Colours of a seal; 0 is bare ground.
pub const SEAL_COLOURS: u8 = 6;

/// The seal of a public key, given as its text on the wire: 25 tile colours, row after row, drawn by the app and by the
/// server's pages. Three columns come from SHA-256 of the text, the other two mirror them.
pub fn seal(public_key: &str) -> [u8; 25] {
    let digest: [u8; 32] = Sha256::digest(public_key.as_bytes()).into();
    // The first four bytes choose the four words.
    std::array::from_fn(|i| {
        let (row, column) = (i / 5, i % 5);
        digest[4 + row * 3 + column.min(4 - column)] % SEAL_COLOURS
    })
}
