//! The ledger against SQLite and a real PostgreSQL: one contract, one model, crowds, kills, tampering, encryption.

mod bulk;
mod contract;
mod crowd;
mod files;
mod kill;
mod model;
mod place;
mod tamper;
mod wire;
