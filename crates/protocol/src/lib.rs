//! The HTTP contract between the app and the server, said once for both sides: bodies, problems, signatures, paths.
//! It never opens a socket, a database or a file, and knows no web framework and no HTTP client.
//! Start with [`path`] for the addresses, [`body`] for what travels, [`Order`] for what a person signs.

pub mod account;
pub mod body;
pub mod device;
pub mod fee;
mod fingerprint;
pub mod group;
mod guest;
pub mod limits;
mod order;
pub mod path;
mod problem;
mod proof;
mod returns;
pub mod safety;
mod seal;
mod signature;
pub mod way;

pub use fingerprint::fingerprint;
pub use order::{Order, OrderError, SignedOrder};
pub use problem::{Code, Problem};
pub use proof::{Asked, NONCE_BYTES, Proof, ProofError, SignedProof};
pub use returns::{ReturnOrder, SignedReturn};
pub use seal::{SEAL_COLOURS, seal};
pub use signature::{
    Attempt, Claim, SignatureError, SignedHeaders, content_digest, device_key_from_text, key_to_text, sign_attempt,
    verify_attempt,
};
