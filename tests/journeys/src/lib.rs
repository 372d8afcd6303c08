//! What whole stories in one process are made of: a real server, real apps, a town, and a network that loses things.
//! It never leaves this machine, and everything that goes wrong on its network follows from a seed.
//! Start with [`World`]; a failed run prints its seed, and `JOURNEY_SEED=…` plays it again.

mod hand;
mod network;
mod outside;
mod world;

pub use hand::{FolderPocket, Hand, Pocket, asking, assert_books_agree, join_form};
pub use network::{Ether, Weather};
pub use outside::{QuickClock, Seeded};
pub use world::{Database, Resident, World, accepting, audit, eventually, minor, seeds, usd};
