//! Other ways to pay a request: codes of the standards a payer's own bank or wallet reads, published beside ours.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A standard a request can also be asked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum WayKind {
    /// EPC069-12: a transfer in euros to an IBAN.
    Epc,
    /// Swiss QR-bill, francs or euros.
    SwissQrBill,
    /// Czech and Slovak payment descriptor.
    Spayd,
    /// Brazil, reais.
    Pix,
    /// India, rupees.
    Upi,
    /// Singapore, dollars.
    Paynow,
    /// Thailand, baht.
    Promptpay,
    /// RFC 8905, an IBAN and any currency.
    Payto,
    /// On chain. What is asked is not in bitcoin, so that its code names no amount.
    Bitcoin,
}

impl WayKind {
    /// All of them.
    pub const ALL: [WayKind; 9] = [
        WayKind::Epc,
        WayKind::SwissQrBill,
        WayKind::Spayd,
        WayKind::Pix,
        WayKind::Upi,
        WayKind::Paynow,
        WayKind::Promptpay,
        WayKind::Payto,
        WayKind::Bitcoin,
    ];

    /// The word on the wire and in the stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            WayKind::Epc => "epc",
            WayKind::SwissQrBill => "swiss_qr_bill",
            WayKind::Spayd => "spayd",
            WayKind::Pix => "pix",
            WayKind::Upi => "upi",
            WayKind::Paynow => "paynow",
            WayKind::Promptpay => "promptpay",
            WayKind::Payto => "payto",
            WayKind::Bitcoin => "bitcoin",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The currencies it can ask in, ISO 4217; none means any.
    pub const fn currencies(self) -> &'static [&'static str] {
        match self {
            WayKind::Epc => &["EUR"],
            WayKind::SwissQrBill => &["CHF", "EUR"],
            WayKind::Pix => &["BRL"],
            WayKind::Upi => &["INR"],
            WayKind::Paynow => &["SGD"],
            WayKind::Promptpay => &["THB"],
            WayKind::Spayd | WayKind::Payto | WayKind::Bitcoin => &[],
        }
    }

    /// Whether a request in this currency can be asked in it.
    pub fn asks_in(self, currency: &str) -> bool {
        let known = self.currencies();
        known.is_empty() || known.contains(&currency)
    }

    /// Whether its code names the amount that is asked.
    pub const fn names_amount(self) -> bool {
        !matches!(self, WayKind::Bitcoin)
    }

    /// The countries whose apps read it, ISO 3166-1; none means that no country has it for itself.
    pub const fn countries(self) -> &'static [&'static str] {
        match self {
            WayKind::Epc => &SEPA,
            WayKind::SwissQrBill => &["CH", "LI"],
            WayKind::Spayd => &["CZ", "SK"],
            WayKind::Pix => &["BR"],
            WayKind::Upi => &["IN"],
            WayKind::Paynow => &["SG"],
            WayKind::Promptpay => &["TH"],
            WayKind::Payto | WayKind::Bitcoin => &[],
        }
    }
}

/// Where accounts in euros are reached by SEPA credit transfer and the euro is the currency.
const SEPA: [&str; 21] = [
    "AT", "BE", "BG", "HR", "CY", "EE", "FI", "FR", "DE", "GR", "IE", "IT", "LV", "LT", "LU", "MT", "NL", "PT", "SK",
    "SI", "ES",
];

/// Longest text of a way's code, in bytes: the largest any of these standards allows.
pub const WAY_MOST: usize = 1_024;

/// A code beside ours for the same money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct OtherWay {
    /// Its standard.
    pub kind: WayKind,
    /// The whole text of the code. Who may see the request may see this.
    pub text: String,
}

/// That money came another way, as whoever asked says. No book of accounts knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct Elsewhere {
    /// How; `None`: in cash or in a way that has no code.
    pub way: Option<WayKind>,
    /// When that was said.
    #[specta(type = u32)]
    pub at_ms: i64,
}

/// Says that the money of an own request came another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Received {
    /// How.
    pub way: Option<WayKind>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_serde_and_read_back() {
        for kind in WayKind::ALL {
            assert_eq!(serde_json::to_value(kind).expect("word"), kind.as_str());
            assert_eq!(WayKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(WayKind::parse("cash"), None);
    }

    #[test]
    fn a_standard_of_one_currency_asks_in_no_other() {
        assert!(WayKind::Epc.asks_in("EUR") && !WayKind::Epc.asks_in("USD"));
        assert!(WayKind::SwissQrBill.asks_in("CHF") && WayKind::SwissQrBill.asks_in("EUR"));
        assert!(WayKind::Payto.asks_in("USD"));
    }
}
