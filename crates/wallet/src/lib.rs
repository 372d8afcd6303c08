//! The whole app without a window: scanning, paying, asking, the outbox, the sync with the server, keys and locks.
//! It never draws, opens a camera or speaks to a window, and holds no server; clock, randomness, keyring and network
//! come in as parameters. Start with [`view`] for what goes in and out.

mod error;
pub mod view;

pub use error::{CommandError, ErrorCode, WalletError};
