//! Amounts as printed in codes: plain decimals only, never floats.

use std::ops::RangeInclusive;

use pay::AskedAmount;
use rust_decimal::Decimal;

use super::{Problem, ProblemCode};

/// What a scheme allows in an amount.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AmountRule {
    /// The field, in the scheme's words.
    pub(crate) field: &'static str,
    /// Digits after the point at most.
    pub(crate) decimals: usize,
    /// Digits before the point at most.
    pub(crate) digits: usize,
    /// Whether zero is allowed.
    pub(crate) zero: bool,
}

/// Reads digits with at most one point. Signs, exponents, separators and blanks are refused; the printed text stays.
pub(crate) fn amount(text: &str, rule: AmountRule) -> Result<AskedAmount, Problem> {
    let refused = Problem::new(ProblemCode::Amount, rule.field);
    decimal(text).filter(|asked| rule.allows(asked)).ok_or(refused)
}

/// Digits with at most one point, whatever a scheme allows: a code that asks too much is refused, and still says how much.
pub(crate) fn decimal(text: &str) -> Option<AskedAmount> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    let plain = format!("{}{whole}.{fraction}0", if whole.is_empty() { "0" } else { "" });
    let value: Decimal = plain.parse().ok()?;
    Some(AskedAmount { value: value.normalize(), text: text.to_owned(), unit: None })
}

impl AmountRule {
    /// Whether an amount is within the scheme's limits.
    pub(crate) fn allows(self, asked: &AskedAmount) -> bool {
        let (whole, fraction) = asked.text.split_once('.').unwrap_or((&asked.text, ""));
        let size = fraction.len() <= self.decimals && whole.trim_start_matches('0').len() <= self.digits;
        size && (self.zero || !asked.value.is_zero())
    }
}

/// Reads digits that count cents (grosz, kopecks, satang), as many as `lengths` allow. Zero means that the payer types the
/// amount.
pub(crate) fn hundredths(
    text: &str,
    lengths: RangeInclusive<usize>,
    field: &'static str,
) -> Result<Option<AskedAmount>, Problem> {
    let refused = Problem::new(ProblemCode::Amount, field);
    let digits = lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let count: i64 = text.parse().ok().filter(|_| digits).ok_or(refused)?;
    let value = Decimal::new(count, 2);
    Ok((count > 0).then(|| AskedAmount { text: value.to_string(), value: value.normalize(), unit: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: AmountRule = AmountRule { field: "am", decimals: 2, digits: 9, zero: false };

    #[test]
    fn plain_decimals_keep_their_printed_text() {
        for (text, value) in
            [("10", "10"), ("10.5", "10.5"), ("0.05", "0.05"), (".5", "0.5"), ("007.00", "7"), ("3.", "3")]
        {
            let read = amount(text, RULE).expect(text);
            assert_eq!((read.value.to_string().as_str(), read.text.as_str()), (value, text));
        }
    }

    #[test]
    fn cents_become_units_and_nothing_but_digits_counts() {
        let read = |text| hundredths(text, 3..=11, "sum").map(|asked| asked.map(|asked| asked.text));
        assert_eq!(
            (read("00000008105"), read("100"), read("000")),
            (Ok(Some("81.05".into())), Ok(Some("1.00".into())), Ok(None))
        );
        for text in ["", "12", "123456789012", "1.5", "+100", "-100", "1e5", "\u{661}\u{661}"] {
            assert_eq!(read(text), Err(Problem::new(ProblemCode::Amount, "sum")), "{text}");
        }
    }

    #[test]
    fn anything_clever_is_refused() {
        for text in [
            "",
            ".",
            "-1",
            "+1",
            "1e3",
            "1,000",
            "1 000",
            "12.345",
            "٣",
            "0",
            "0.00",
            "1.2.3",
            "9999999999",
            "NaN",
            "0x1",
        ] {
            assert_eq!(amount(text, RULE), Err(Problem::new(ProblemCode::Amount, "am")), "{text:?}");
        }
    }
}
