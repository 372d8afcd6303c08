//! The whole app without a window: scanning, paying, asking, the outbox, the sync with the server, keys and locks.
//! It never draws, opens a camera or speaks to a window, and holds no server; clock, randomness, keyring and network
//! come in as parameters. Start with [`App`] and [`view`]; simulated people start with [`Remote`].

mod app;
mod archive;
mod backup;
mod book;
mod calendar;
mod error;
mod keys;
mod look_alike;
mod mask;
mod outside;
mod reader;
mod remote;
mod sender;
mod transport;
pub mod view;

pub use app::{Action, App, Event, Events, Options, UpdateSource};
pub use book::Totals;
pub use error::{CommandError, ErrorCode, WalletError};
pub use keys::{Keyring, RecoveryKey, Secrets, SecretsError};
pub use outside::{Clock, KillPoint, NoProbe, Probe, Random, SystemClock, SystemRandom, new_id};
pub use protocol::fingerprint;
pub use remote::{Credentials, Device, ForgetSessions, Remote, SessionKeeper};
pub use transport::{
    HttpRequest, HttpResponse, Internet, MAX_ANSWER_BYTES, Network, Poke, Pokes, Transport, TransportError,
};
