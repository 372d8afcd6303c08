use std::fmt;
use std::str::FromStr;

/// A currency of ISO 4217 that has a minor unit, so that an amount in it is a whole number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

/// The text is not the alphabetic code of an ISO 4217 currency with a minor unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 4217 currency")]
pub struct UnknownCurrency;

impl Currency {
    /// US dollar, the default of the original service.
    pub const USD: Currency = Currency(iso_currency::Currency::USD);

    /// The currency with this alphabetic code, upper case only, as ISO 4217 writes it.
    pub fn from_code(code: &str) -> Result<Self, UnknownCurrency> {
        if !code.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(UnknownCurrency);
        }
        let found = iso_currency::Currency::from_code(code).ok_or(UnknownCurrency)?;
        found.exponent().map(|_| Currency(found)).ok_or(UnknownCurrency)
    }

    /// The currency with this numeric code (EMV tag 53 carries it).
    pub fn from_numeric(code: u16) -> Result<Self, UnknownCurrency> {
        let found = iso_currency::Currency::from_numeric(code).ok_or(UnknownCurrency)?;
        found.exponent().map(|_| Currency(found)).ok_or(UnknownCurrency)
    }

    /// The three-letter code, for example `USD`.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals the minor unit has: 2 for USD, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Currency::from_code(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_follow_iso_4217() {
        for (code, exponent) in [("USD", 2), ("JPY", 0), ("KWD", 3), ("EUR", 2), ("ISK", 0)] {
            assert_eq!(Currency::from_code(code).map(Currency::exponent), Ok(exponent), "{code}");
        }
    }

    #[test]
    fn metals_tests_and_lower_case_are_not_money() {
        for code in ["XAU", "XXX", "usd", "US", "USDX", "", "BTC", "ÜSD"] {
            assert_eq!(Currency::from_code(code), Err(UnknownCurrency), "{code}");
        }
    }
}
