//! One file per standard; each reads a text that is of its standard, and says `None` to all others.

mod account;
mod base58;
mod bearer;
mod bezahlcode;
pub(crate) mod bitcoin;
mod by_square;
mod coin;
mod croatian;
pub(crate) mod emv;
pub(crate) mod epc;
mod ethereum;
mod fives;
mod gost;
mod hungarian;
mod lightning;
mod link;
mod lnurl;
mod monero;
mod nonpay;
mod offer;
pub(crate) mod payto;
mod pointer;
mod polish;
mod serbian;
mod slovenian;
mod solana;
pub(crate) mod spayd;
mod swico;
pub(crate) mod swiss;
mod taler;
mod tessera;
mod thai;
mod tlv;
mod ukrainian;
pub(crate) mod upi;
mod web;

use crate::payload::Reading;

/// The readers, in order: multi-line headers, then tags and pipes, then URIs, then bare forms, then links, then what
/// is not a payment.
pub(crate) const READERS: &[fn(&str) -> Option<Reading>] = &[
    swiss::read,
    epc::read,
    hungarian::read,
    slovenian::read,
    croatian::read,
    spayd::read,
    gost::read,
    serbian::read,
    polish::read,
    emv::read,
    thai::read,
    upi::read,
    payto::read,
    bitcoin::read,
    coin::read,
    lnurl::read,
    offer::read,
    lightning::read,
    ethereum::read,
    monero::read,
    solana::read,
    taler::read,
    bezahlcode::read,
    bearer::read,
    ukrainian::read,
    pointer::read,
    link::read,
    tessera::read,
    by_square::read,
    nonpay::read,
    web::read,
];

/// Whether an account has check digits of its own, and they add up: an IBAN, or a Bitcoin address.
pub(crate) fn has_check_digits(account: &str) -> bool {
    account::is_iban(account) || bitcoin::base58check(account).is_some() || bech32::segwit::decode(account).is_ok()
}

/// Whether a reference has check digits, and they add up: ISO 11649, or the Swiss 27 digits.
pub(crate) fn is_checked_reference(reference: &str) -> bool {
    account::is_rf_reference(reference) || swiss::is_qr_reference(reference)
}

/// Reads the bytes of one standard; `None`: not of this one.
pub(crate) type ReadBytes = fn(&[u8]) -> Option<Reading>;

/// The readers of bytes that are not UTF-8: standards with a character set of their own.
pub(crate) const BYTE_READERS: &[ReadBytes] =
    &[ukrainian::read_bytes, epc::read_bytes, gost::read_bytes, slovenian::read_bytes];
