//! Limits, told before they bite: what may move, what of it was used, and when there is more.

use crate::body::Amount;
use pay::{Money, MoneyError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// One payment, or one request for one payment.
    Payment,
    /// Everything sent in any 24 hours. What was given back to others is not counted, nor what failed.
    Day,
}

/// One limit of an account, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct Allowance {
    /// What it limits.
    pub kind: LimitKind,
    /// The most there is.
    pub limit: Amount,
    /// Used of it.
    pub used: Amount,
    /// Left of it.
    pub left: Amount,
    /// When some of what was used is free again; nothing while nothing is used.
    #[specta(type = Option<u32>)]
    pub frees_at_ms: Option<i64>,
}

impl Allowance {
    /// Whether one more `amount` would break it.
    pub fn is_broken_by(&self, amount: Money) -> Result<bool, MoneyError> {
        Ok(amount.compare(Money::try_from(&self.left)?)?.is_gt())
    }

    /// Whether `amount` takes four fifths or more of what is left: time to say what is left.
    pub fn is_near(&self, amount: Money) -> Result<bool, MoneyError> {
        let left = Money::try_from(&self.left)?;
        amount.compare(left)?;
        Ok(i128::from(amount.minor()) * 5 >= i128::from(left.minor()) * 4)
    }
}

/// The limit that one more `amount` would break, else the one it comes near to.
pub fn nearest(all: &[Allowance], amount: Money) -> Result<Option<Allowance>, MoneyError> {
    let mut near = None;
    for allowance in all {
        if allowance.is_broken_by(amount)? {
            return Ok(Some(allowance.clone()));
        }
        if near.is_none() && allowance.is_near(amount)? {
            near = Some(allowance.clone());
        }
    }
    Ok(near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pay::Currency;

    fn allowance(kind: LimitKind, left: &str) -> Allowance {
        let usd = |value: &str| Amount { value: value.into(), currency: "USD".into() };
        Allowance { kind, limit: usd("100.00"), used: usd("0.00"), left: usd(left), frees_at_ms: None }
    }

    #[test]
    fn what_breaks_is_named_before_what_is_only_near() {
        let all = [allowance(LimitKind::Payment, "100.00"), allowance(LimitKind::Day, "90.00")];
        let kind = |text| {
            let amount = Money::parse(text, Currency::USD).expect("money");
            nearest(&all, amount).expect("one currency").map(|found| found.kind)
        };
        assert_eq!(kind("71.99"), None);
        assert_eq!(kind("72.00"), Some(LimitKind::Day));
        assert_eq!(kind("80.00"), Some(LimitKind::Payment));
        assert_eq!(kind("90.01"), Some(LimitKind::Day), "broken, though the other is near");
        assert_eq!(kind("100.01"), Some(LimitKind::Payment));
        let euros = Money::parse("1.00", Currency::from_code("EUR").expect("euro")).expect("money");
        assert!(nearest(&all, euros).is_err());
    }
}
