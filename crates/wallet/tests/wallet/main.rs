//! The app over a scripted server in memory.

mod bad_input;
mod hold;
mod paying;
mod people;
mod safety;
mod world;
