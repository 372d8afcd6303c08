//! One file per standard; each reads a text that is of its standard, and says `None` to all others.

mod account;
mod bitcoin;
mod emv;
pub(crate) mod epc;
mod lightning;
mod link;
mod nonpay;
mod payto;
mod spayd;
mod swiss;
mod tessera;
mod upi;
mod web;

use crate::payload::Reading;

/// The readers, in order: multi-line headers, then tags and pipes, then URIs, then bare forms, then links, then what
/// is not a payment.
pub(crate) const READERS: &[fn(&str) -> Option<Reading>] = &[
    swiss::read,
    epc::read,
    spayd::read,
    emv::read,
    upi::read,
    payto::read,
    bitcoin::read,
    lightning::read,
    link::read,
    tessera::read,
    nonpay::read,
    web::read,
];
