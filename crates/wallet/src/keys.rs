//! Keys of the local databases: where they are kept, how they are wrapped, and the PIN that gates confirmations.

mod pin;
mod recovery;
mod secrets;
mod trace;
mod vault;
mod wrap;

pub(crate) use pin::Pin;
pub use recovery::RecoveryKey;
pub use secrets::{Keyring, Secrets, SecretsError};
pub(crate) use trace::leaving_no_trace;
pub(crate) use vault::{Opened, Vault, read_json, write_json};
pub(crate) use wrap::Wrapped;
