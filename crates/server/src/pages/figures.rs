//! Amounts and times as each language writes them (CLDR 48: `en-US`, `es`, `fr`), and reading a typed amount.

use super::language::Language;
use pay::{Currency, Money};

/// Space between figures and sign.
const NBSP: char = '\u{a0}';

/// A written amount in its parts: the sign is drawn lighter than the figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Sign before the figures.
    pub before: &'static str,
    /// Whole, mark and decimals.
    pub figures: String,
    /// Sign after the figures, with its space.
    pub after: String,
}

impl Figures {
    /// As one line.
    pub fn text(&self) -> String {
        format!("{}{}{}", self.before, self.figures, self.after)
    }
}

/// The sign of a currency, where CLDR gives it one; the code otherwise.
fn sign(currency: Currency, language: Language) -> &'static str {
    use Language::{En, Es, Fr};
    match (currency.code(), language) {
        ("EUR", _) => "€",
        ("USD", En) => "$",
        ("USD", Es) => "US$",
        ("USD", Fr) => "$US",
        ("GBP", En) => "£",
        ("GBP", Fr) => "£GB",
        ("CAD", En) => "CA$",
        ("CAD", Fr) => "$CA",
        ("MXN", En) => "MX$",
        ("MXN", Fr) => "$MX",
        ("JPY", En) => "¥",
        ("JPY", Fr) => "JPY",
        (code, _) => code,
    }
}

/// Writes an amount.
pub fn written(amount: Money, language: Language) -> Figures {
    let plain = amount.to_decimal_string();
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let (group, mark, least) = match language {
        Language::En => (',', '.', 4),
        // Spanish groups from five digits on.
        Language::Es => ('.', ',', 5),
        Language::Fr => ('\u{202f}', ',', 4),
    };
    let mut figures = if whole.len() >= least { grouped(whole, group) } else { whole.to_owned() };
    if !rest.is_empty() {
        figures.push(mark);
        figures.push_str(rest);
    }
    let sign = sign(amount.currency(), language);
    match language {
        // A code of three letters before figures stands apart from them.
        Language::En if sign.chars().all(|c| c.is_ascii_alphabetic()) => {
            Figures { before: sign, figures: format!("{NBSP}{figures}"), after: String::new() }
        }
        Language::En => Figures { before: sign, figures, after: String::new() },
        Language::Es | Language::Fr => Figures { before: "", figures, after: format!("{NBSP}{sign}") },
    }
}

fn grouped(whole: &str, mark: char) -> String {
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(digit);
    }
    out
}

/// A time in UTC, to the minute.
pub fn moment(at_ms: i64, language: Language) -> String {
    let Ok(at) = time::OffsetDateTime::from_unix_timestamp(at_ms.div_euclid(1000)) else { return String::new() };
    let (day, year) = (at.day(), at.year());
    let month = language.words().months[usize::from(u8::from(at.month())) - 1];
    let clock = format!("{:02}:{:02} UTC", at.hour(), at.minute());
    match language {
        Language::En => format!("{month} {day}, {year}, {clock}"),
        Language::Es => format!("{day} de {month} de {year}, {clock}"),
        Language::Fr if day == 1 => format!("1er {month} {year}, {clock}"),
        Language::Fr => format!("{day} {month} {year}, {clock}"),
    }
}

/// Why a typed amount is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypedError {
    /// Nothing was typed, or zero.
    Empty,
    /// Not a number.
    NotANumber,
    /// One mark before three digits: thousands or decimals, the person has to say.
    Ambiguous,
    /// More decimals than the currency has.
    TooManyDecimals,
    /// More than any payment.
    TooLarge,
}

/// Reads what somebody typed. Either mark may be the decimal one; `1,234` and `1.234` may mean two things and are asked
/// about, whatever the language, because people pay pages that are not in their own.
pub fn typed(text: &str, currency: Currency) -> Result<Money, TypedError> {
    let quiet = |c: char| c.is_whitespace() || matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’');
    let bare: String = text.chars().filter(|c| !quiet(*c)).collect();
    let bare = bare.trim_matches(|c: char| matches!(c, '$' | '€' | '£' | '¥'));
    let bare = bare.strip_prefix(currency.code()).or(bare.strip_suffix(currency.code())).unwrap_or(bare);
    if bare.is_empty() {
        return Err(TypedError::Empty);
    }
    let fits = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    if !bare.chars().all(fits) || !bare.chars().any(|c| c.is_ascii_digit()) || bare.len() > 40 {
        return Err(TypedError::NotANumber);
    }
    let decimal = split(bare)?;
    let money = Money::parse(&decimal, currency).map_err(|error| match error {
        pay::MoneyError::TooManyDecimals => TypedError::TooManyDecimals,
        pay::MoneyError::OutOfRange => TypedError::TooLarge,
        pay::MoneyError::NotDecimal | pay::MoneyError::Negative | pay::MoneyError::CurrencyMismatch => {
            TypedError::NotANumber
        }
    })?;
    if money.is_zero() { Err(TypedError::Empty) } else { Ok(money) }
}

/// Digits with marks to a plain decimal with a point.
fn split(bare: &str) -> Result<String, TypedError> {
    let Some(at) = bare.rfind(['.', ',']) else { return Ok(bare.to_owned()) };
    let (whole, rest) = (&bare[..at], &bare[at + 1..]);
    let last = &bare[at..=at];
    let other = if last == "." { "," } else { "." };
    if whole.contains(other) {
        let good = !whole.contains(last) && is_grouped(whole, other) && !rest.is_empty();
        return if good { Ok(format!("{}.{rest}", whole.replace(other, ""))) } else { Err(TypedError::NotANumber) };
    }
    if whole.contains(last) {
        return if is_grouped(bare, last) { Ok(bare.replace(last, "")) } else { Err(TypedError::NotANumber) };
    }
    if rest.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0') {
        return Err(TypedError::Ambiguous);
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    if rest.is_empty() { Ok(whole.to_owned()) } else { Ok(format!("{whole}.{rest}")) }
}

/// `1.234.567`: one to three digits, then threes.
fn is_grouped(text: &str, mark: &str) -> bool {
    let mut parts = text.split(mark);
    parts.next().is_some_and(|first| (1..=3).contains(&first.len())) && parts.all(|part| part.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str, code: &str) -> Money {
        Money::parse(text, Currency::from_code(code).expect("currency")).expect("amount")
    }

    #[test]
    fn amounts_are_written_as_cldr_writes_them() {
        for (text, code, en, es, fr) in [
            ("1234.50", "USD", "$1,234.50", "1234,50\u{a0}US$", "1\u{202f}234,50\u{a0}$US"),
            ("12345.50", "USD", "$12,345.50", "12.345,50\u{a0}US$", "12\u{202f}345,50\u{a0}$US"),
            ("0.05", "USD", "$0.05", "0,05\u{a0}US$", "0,05\u{a0}$US"),
            ("1234567.00", "EUR", "€1,234,567.00", "1.234.567,00\u{a0}€", "1\u{202f}234\u{202f}567,00\u{a0}€"),
            ("1234", "JPY", "¥1,234", "1234\u{a0}JPY", "1\u{202f}234\u{a0}JPY"),
            ("5.005", "KWD", "KWD\u{a0}5.005", "5,005\u{a0}KWD", "5,005\u{a0}KWD"),
            ("2.00", "CAD", "CA$2.00", "2,00\u{a0}CAD", "2,00\u{a0}$CA"),
        ] {
            let of = |language| written(money(text, code), language).text();
            assert_eq!([of(Language::En), of(Language::Es), of(Language::Fr)], [en, es, fr]);
        }
    }

    #[test]
    fn times_are_written_in_words_and_name_their_zone() {
        let at_ms = 1_795_435_200_000;
        let of = |language| moment(at_ms, language);
        assert_eq!(of(Language::En), "November 23, 2026, 12:00 UTC");
        assert_eq!(of(Language::Es), "23 de noviembre de 2026, 12:00 UTC");
        assert_eq!(of(Language::Fr), "23 novembre 2026, 12:00 UTC");
        assert_eq!(moment(i64::MAX, Language::En), "");
    }

    #[test]
    fn either_mark_is_read_when_it_can_mean_one_thing() {
        for (text, minor) in [
            ("12", 1200),
            ("12.3", 1230),
            ("12,30", 1230),
            ("$12.30", 1230),
            ("12,30 €", 1230),
            ("1,234.50", 123_450),
            ("1.234,50", 123_450),
            ("1 234,50", 123_450),
            ("1\u{202f}234,50", 123_450),
            ("1,234,567", 123_456_700),
            (".50", 50),
            ("12,", 1200),
            ("0.50", 50),
            ("USD 7", 700),
        ] {
            assert_eq!(typed(text, Currency::USD).map(Money::minor), Ok(minor), "{text}");
        }
    }

    #[test]
    fn what_could_mean_two_things_is_asked_and_the_rest_is_refused_with_its_reason() {
        use TypedError::*;
        for (text, error) in [
            ("1,234", Ambiguous),
            ("1.234", Ambiguous),
            ("", Empty),
            ("  ", Empty),
            ("0", Empty),
            ("0,00", Empty),
            ("-5", NotANumber),
            ("1e3", NotANumber),
            ("١٢", NotANumber),
            (",", NotANumber),
            ("1,2,3", NotANumber),
            ("1.2,3.4", NotANumber),
            ("12,34.56", NotANumber),
            ("<b>5</b>", NotANumber),
            ("0.555", TooManyDecimals),
            ("12.3456", TooManyDecimals),
            ("99999999999999999999", TooLarge),
        ] {
            assert_eq!(typed(text, Currency::USD), Err(error), "{text}");
        }
    }
}
