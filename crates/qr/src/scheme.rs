//! One file per standard; each reads a text that is of its standard, and says `None` to all others.

mod account;
pub(crate) mod epc;
mod nonpay;
mod tessera;
mod web;

use crate::payload::Reading;

/// The readers, in order: multi-line headers, then pipes and tags, then URIs, then bare forms, then links, then what
/// is not a payment.
pub(crate) const READERS: &[fn(&str) -> Option<Reading>] =
    &[epc::read, tessera::read, nonpay::read, web::read];
