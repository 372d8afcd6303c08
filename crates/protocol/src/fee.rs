//! What a payment costs, by a rule both sides count with: an app that knows it can say the exact fee without a line.

use pay::{Money, MoneyError};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::SourceKind;

/// What the payer pays on top with one kind of source: `amount × rate`, rounded once (half away from zero), plus `fixed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct FeeRule {
    /// For this kind of source.
    pub kind: SourceKind,
    /// Share of the amount, a decimal: `0.029` is 2.9 %.
    pub rate: String,
    /// Decimal text in whole units of the payment's currency: `0.30`.
    pub fixed: String,
}

impl FeeRule {
    /// The fee on top of `amount`, in its currency.
    pub fn fee(&self, amount: Money) -> Result<Money, MoneyError> {
        let rate: Decimal = self.rate.parse().map_err(|_| MoneyError::NotDecimal)?;
        amount.share(rate)?.checked_add(Money::parse(&self.fixed, amount.currency())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pay::Currency;

    #[test]
    fn a_rule_gives_the_share_rounded_once_and_the_fixed_part() {
        let rule =
            |rate: &str, fixed: &str| FeeRule { kind: SourceKind::Paypal, rate: rate.into(), fixed: fixed.into() };
        let usd = |text| Money::parse(text, Currency::USD).expect("money");
        assert_eq!(rule("0.029", "0.30").fee(usd("100.00")), Ok(usd("3.20")));
        assert_eq!(rule("0.029", "0.30").fee(usd("0.50")), Ok(usd("0.31")));
        assert_eq!(rule("0", "0").fee(usd("7.25")), Ok(usd("0.00")));
        for broken in [rule("lots", "0"), rule("0.1", "-1"), rule("-0.5", "0")] {
            assert!(broken.fee(usd("1.00")).is_err(), "{broken:?}");
        }
    }
}
