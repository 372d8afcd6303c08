//! The ledger against SQLite and a real PostgreSQL: one contract, one model, crowds, kills, tampering, encryption.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands, in its helpers too")]

mod bulk;
mod contract;
mod crowd;
mod files;
mod kill;
mod model;
mod place;
mod tamper;
mod wire;
