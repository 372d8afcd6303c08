//! The app over a scripted server in memory.

mod bad_input;
mod handing_on;
mod hold;
mod inbox;
mod lock;
mod paying;
mod people;
mod safety;
mod schedules;
mod searching;
mod split;
mod world;

/// As in the app: what is freed is wiped.
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);
