//! The self-hosted payments server: accounts, funding sources, payments and requests over the contract in `protocol`.
//! It never holds card numbers or pools money, knows nothing of the app, its window or a camera, and keeps no secret in
//! the clear. Start with [`router`], then [`embedded`], then `payments` for the walk of one payment.

pub mod clock;
pub mod config;
pub mod embedded;
mod fault;
mod feed;
mod guard;
mod idempotent;
mod limits;
mod mail;
pub mod openapi;
pub mod operator;
mod pages;
mod payments;
mod people;
mod processor;
mod requests;
mod router;
mod schema;
mod signed;
mod sources;
mod start;
mod state;
mod writer;

pub use fault::Fault;
pub use payments::book;
pub use router::router;
pub use start::{Ingredients, Started, start};
pub use state::Server;
