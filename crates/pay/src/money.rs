use crate::Currency;
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::fmt;

/// An exact, non-negative amount in the minor unit of its currency.
///
/// Direction is said by debit and credit, never by a sign. There is no `serde` here: the wire form is
/// `protocol`'s, the column form is the stores'.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an amount cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is not plain decimal digits with at most one point.
    #[error("not a decimal amount")]
    NotDecimal,
    /// Below zero.
    #[error("negative amount")]
    Negative,
    /// More decimals than the currency has.
    #[error("more decimals than the currency has")]
    TooManyDecimals,
    /// Beyond what an `i64` of minor units can hold.
    #[error("amount out of range")]
    OutOfRange,
    /// Two currencies met in one sum.
    #[error("currencies differ")]
    CurrencyMismatch,
}

impl Money {
    /// `minor` units of `currency`.
    pub fn new(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor < 0 { Err(MoneyError::Negative) } else { Ok(Money { minor, currency }) }
    }

    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Self {
        Money { minor: 0, currency }
    }

    /// Reads `12`, `12.3`, `12.30`: ASCII digits and one point, no sign, exponent, spaces or separators.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) || text.ends_with('.') {
            return Err(MoneyError::NotDecimal);
        }
        let exponent = currency.exponent() as usize;
        if fraction.len() > exponent {
            return Err(MoneyError::TooManyDecimals);
        }
        let padded = format!("{whole}{fraction:0<exponent$}");
        let minor = padded.parse::<i64>().map_err(|_| MoneyError::OutOfRange)?;
        Ok(Money { minor, currency })
    }

    /// An exact decimal amount; refuses what the minor unit cannot hold, never rounds.
    pub fn from_decimal(value: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        if value.is_sign_negative() && !value.is_zero() {
            return Err(MoneyError::Negative);
        }
        let scale = Decimal::from(10_i64.pow(currency.exponent()));
        let minor = value.checked_mul(scale).ok_or(MoneyError::OutOfRange)?.normalize();
        if minor.scale() > 0 {
            return Err(MoneyError::TooManyDecimals);
        }
        let minor = i64::try_from(minor.mantissa()).map_err(|_| MoneyError::OutOfRange)?;
        Ok(Money { minor, currency })
    }

    /// Whole minor units (cents of a dollar, yen, thousandths of a dinar).
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// True for nothing.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The decimal text with all the decimals of the currency: `12.30`.
    pub fn to_decimal_string(self) -> String {
        let exponent = self.currency.exponent() as usize;
        if exponent == 0 {
            return self.minor.to_string();
        }
        let digits = format!("{:0>width$}", self.minor, width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        format!("{whole}.{fraction}")
    }

    /// The same amount as a decimal, for rates and fees.
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.minor, self.currency.exponent())
    }

    /// Sum in one currency.
    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::OutOfRange)?;
        Ok(Money { minor, currency: self.currency })
    }

    /// Difference in one currency; going below zero is an error.
    pub fn checked_sub(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::OutOfRange)?;
        Money::new(minor, self.currency)
    }

    /// What is left after `other`, or nothing when `other` is more.
    pub fn saturating_sub(self, other: Money) -> Result<Money, MoneyError> {
        match self.checked_sub(other) {
            Err(MoneyError::Negative) => Ok(Money::zero(self.currency)),
            result => result,
        }
    }

    /// The one place where money is rounded: `self × rate` (for fees and taxes), half away from zero.
    pub fn share(self, rate: Decimal) -> Result<Money, MoneyError> {
        use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
        let exact = self.to_decimal().checked_mul(rate).ok_or(MoneyError::OutOfRange)?;
        let rounded = exact.round_dp_with_strategy(self.currency.exponent(), MidpointAwayFromZero);
        Money::from_decimal(rounded, self.currency)
    }

    /// Compares two amounts of one currency.
    pub fn compare(self, other: Money) -> Result<Ordering, MoneyError> {
        self.same_currency(other)?;
        Ok(self.minor.cmp(&other.minor))
    }

    fn same_currency(self, other: Money) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::CurrencyMismatch) }
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal_string(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD).expect("non-negative")
    }

    #[test]
    fn amounts_read_exactly() {
        for (text, minor) in [("12.30", 1230), ("12.3", 1230), ("12", 1200), ("0.01", 1), ("007", 700)] {
            assert_eq!(Money::parse(text, Currency::USD), Ok(usd(minor)), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_plain_amount_is_refused_with_its_reason() {
        use MoneyError::*;
        for (text, error) in [
            ("", NotDecimal),
            (".5", NotDecimal),
            ("5.", NotDecimal),
            ("-1", NotDecimal),
            ("+1", NotDecimal),
            ("1e3", NotDecimal),
            ("1,000", NotDecimal),
            (" 1", NotDecimal),
            ("١", NotDecimal),
            ("1.2.3", NotDecimal),
            ("1.234", TooManyDecimals),
            ("0.000", TooManyDecimals),
            ("92233720368547758.08", OutOfRange),
            ("99999999999999999999999", OutOfRange),
        ] {
            assert_eq!(Money::parse(text, Currency::USD), Err(error), "{text}");
        }
    }

    #[test]
    fn yen_have_no_decimals_and_dinars_have_three() {
        let yen = Currency::from_code("JPY").expect("yen");
        let dinar = Currency::from_code("KWD").expect("dinar");
        assert_eq!(Money::parse("5.0", yen), Err(MoneyError::TooManyDecimals));
        assert_eq!(Money::parse("5.005", dinar).map(Money::minor), Ok(5005));
        assert_eq!(Money::new(5, dinar).map(Money::to_decimal_string), Ok("0.005".into()));
    }

    #[test]
    fn a_fee_rounds_half_away_from_zero() {
        let rate = Decimal::new(25, 3);
        assert_eq!(usd(20).share(rate), Ok(usd(1)));
        assert_eq!(usd(19).share(rate), Ok(usd(0)));
    }

    #[test]
    fn currencies_never_mix() {
        let euro = Money::new(1, Currency::from_code("EUR").expect("euro")).expect("amount");
        assert_eq!(usd(1).checked_add(euro), Err(MoneyError::CurrencyMismatch));
    }

    proptest! {
        #[test]
        fn printing_and_reading_is_the_identity(minor in 0i64..) {
            prop_assert_eq!(Money::parse(&usd(minor).to_decimal_string(), Currency::USD), Ok(usd(minor)));
            prop_assert_eq!(Money::from_decimal(usd(minor).to_decimal(), Currency::USD), Ok(usd(minor)));
        }

        #[test]
        fn adding_then_taking_away_gives_the_first_amount(a in 0i64.., b in 0i64..) {
            match usd(a).checked_add(usd(b)) {
                Ok(sum) => prop_assert_eq!(sum.checked_sub(usd(b)), Ok(usd(a))),
                Err(error) => { prop_assert_eq!(error, MoneyError::OutOfRange); prop_assert!(a.checked_add(b).is_none()); }
            }
        }

        #[test]
        fn any_text_gives_an_amount_or_a_reason(text in "\\PC*") {
            let _ = Money::parse(&text, Currency::USD);
        }
    }
}
