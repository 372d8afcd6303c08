//! The app over a scripted server in memory.

mod bad_input;
mod paying;
mod safety;
mod searching;
mod world;
