//! Whole stories in one process: real server, real apps, the town, and a network that loses things.

mod account;
mod devices;
mod elsewhere;
mod embedded;
mod hostile;
mod offline;
mod paying;
mod practice;
mod returning;
mod splitting;
mod storms;
