//! The app over a scripted server in memory.

mod bad_input;
mod hold;
mod inbox;
mod paying;
mod people;
mod safety;
mod world;
