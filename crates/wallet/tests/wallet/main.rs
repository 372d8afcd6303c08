//! The app over a scripted server in memory.

mod archive;
mod backup;
mod bad_input;
mod fetching;
mod handing_on;
mod hold;
mod inbox;
mod lock;
mod paying;
mod people;
mod returning;
mod safety;
mod schedules;
mod searching;
mod split;
mod waiting;
mod world;

/// As in the app: what is freed is wiped.
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);
