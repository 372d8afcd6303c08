//! The hash chain that lets anybody who kept one hash see that history was rewritten; and the audit of a whole book.

mod audit;
mod entries;

pub use audit::{Audit, Fault, audit};
pub use entries::entries_after;

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The hash before the first entry of an account.
pub const GENESIS: [u8; 32] = [0; 32];

/// The one formula, for feeds (both sides compute it) and entries:
/// SHA-256 over `tessera.chain.1` NUL, the previous hash, the account's 16 bytes, sequence and time as 8 bytes big-endian,
/// then the UTF-8 text. Everything before the text has a fixed length, so no two inputs run together.
pub fn hash(previous: &[u8; 32], account: Uuid, sequence: i64, at_ms: i64, body: &str) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(b"tessera.chain.1\0");
    sha.update(previous);
    sha.update(account.as_bytes());
    sha.update(sequence.to_be_bytes());
    sha.update(at_ms.to_be_bytes());
    sha.update(body.as_bytes());
    sha.finalize().into()
}
