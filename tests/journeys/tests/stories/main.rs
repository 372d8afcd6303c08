//! Whole stories in one process: real server, real apps, the town, and a network that loses things.

mod devices;
mod embedded;
mod hostile;
mod paying;
mod practice;
mod splitting;
mod storms;
