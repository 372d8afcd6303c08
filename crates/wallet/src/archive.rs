//! One file with a whole book: what was paid and asked, notes, bills, people, the double entry with its chains, and a
//! manifest of hashes, all under a passphrase. No key of a device is in it. `docs/archive.md` describes the format.
//!
//! Writing and reading go line by line: a book of any length takes the same memory.

mod line;
mod read;
mod seal;
mod write;

pub(crate) use line::{About, BillLine, Line, PaymentLine, PersonLine, RequestLine};
pub(crate) use read::{Facts, walk};
pub(crate) use write::write;

/// Fewest characters of a passphrase.
pub(crate) const SHORTEST_PASSPHRASE: usize = 8;
