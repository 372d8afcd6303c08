//! The server from outside: over its router, and in practice mode over its socket.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands, in its helpers too")]

mod account;
mod app;
mod browser;
mod contract;
mod devices;
mod guests;
mod hostile;
mod letters;
mod live;
mod pages;
mod payments;
mod people;
mod practice;
mod relay;
mod requests;
mod returns;
mod safety;
mod ways;
