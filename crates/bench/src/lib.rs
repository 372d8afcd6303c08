//! What all benchmarks share: a figure of ours beside a limit measured in the same run, and how it is printed.
//! It never judges: a benchmark prints a ratio, a person reads it; no test depends on time.
//! Start with [`Figure`].

pub mod desktop;
pub mod size;

pub use figure::{Figure, median};
