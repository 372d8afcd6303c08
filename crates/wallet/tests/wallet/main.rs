//! The app over a scripted server in memory.

mod bad_input;
mod handing_on;
mod paying;
mod safety;
mod world;
