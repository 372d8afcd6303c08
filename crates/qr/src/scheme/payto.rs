//! `payto:` URIs: RFC 8905.

use pay::{Direction, Intent};

use super::account::is_iban;
use crate::payload::{
    AmountRule, Parts, Problem, ProblemCode, Reading, Scheme, after, fields, must, percent_decode, query,
};

pub(super) fn read(text: &str) -> Option<Reading> {
    let rest = after(text.trim(), "payto:")?;
    let mut reading = Reading::new(Scheme::Payto, Direction::Pay);
    reading.set_network("payto");
    reading.problem = fill(rest, &mut reading).err();
    Some(reading)
}

fn fill(rest: &str, reading: &mut Reading) -> Result<(), Problem> {
    let rest = rest.strip_prefix("//").ok_or(Problem::new(ProblemCode::Syntax, "authority"))?;
    let rest = rest.split('#').next().unwrap_or(rest);
    let (path, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let (kind, path) = path.split_once('/').ok_or(Problem::new(ProblemCode::Missing, "path"))?;
    let kind = kind.to_ascii_lowercase();
    // RFC 8905, 4: the type is letters, digits, points and hyphens.
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    must(!kind.is_empty() && kind.chars().all(letters), ProblemCode::Syntax, "authority")?;
    let broken = Problem::new(ProblemCode::Syntax, "percent-encoding");
    let path = percent_decode(path, false).ok_or(broken)?;
    let fields = query(fields, false).ok_or(broken)?;
    // An IBAN may follow its bank's code; every other type keeps its whole path.
    let account = if kind == "iban" { path.rsplit('/').next().unwrap_or(&path) } else { &path };
    reading.set_account(account);
    if let Some(name) = fields.filled("receiver-name") {
        reading.set_name(name);
    }
    if let Some(memo) = fields.filled("message") {
        reading.set_memo(memo);
    }
    if let Some(reference) = fields.filled("instruction") {
        reading.set_reference(reference);
    }
    for key in ["amount", "receiver-name", "message", "instruction"] {
        if fields.count(key) > 1 {
            return Err(Problem::new(ProblemCode::Contradiction, "option"));
        }
    }
    if let Some(asked) = fields.filled("amount") {
        let (unit, value) = asked.split_once(':').ok_or(Problem::new(ProblemCode::Amount, "amount"))?;
        if unit.is_empty() || unit.len() > 11 || !unit.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(Problem::new(ProblemCode::Currency, "amount"));
        }
        reading.currency = Some(unit.to_ascii_uppercase());
        reading.set_decimal(value, AmountRule { field: "amount", decimals: 8, digits: 16, zero: true })?;
    }
    match (kind.as_str(), account.is_empty()) {
        // RFC 8905, 7.7: `void` may have nothing behind it.
        ("void", true) => Ok(()),
        (_, true) => Err(Problem::new(ProblemCode::Missing, "path")),
        ("iban", false) if !is_iban(account) => Err(Problem::new(ProblemCode::Account, "iban")),
        _ => Ok(()),
    }
}

/// To an IBAN; the reference is the `instruction` (RFC 8905, 5).
pub(crate) fn write(asked: &Intent) -> Result<String, Problem> {
    let parts = Parts::of(asked, None)?;
    must(is_iban(parts.account), ProblemCode::Account, "iban")?;
    let amount = parts.amount.map(|amount| format!("{}:{amount}", parts.unit)).unwrap_or_default();
    let options = [
        ("amount", amount.as_str()),
        ("receiver-name", parts.name),
        ("message", parts.memo),
        ("instruction", parts.reference),
    ];
    let options = fields(&options).replace("%3A", ":");
    let mark = if options.is_empty() { "" } else { "?" };
    Ok(format!("payto://iban/{}{mark}{options}", parts.account))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    #[test]
    fn an_iban_reads_with_and_without_its_bank() {
        for text in [
            "payto://iban/DE75512108001245126199?amount=EUR:200.0&message=a+b",
            "PAYTO://iban/SOGEDEFFXXX/DE75512108001245126199?amount=eur:200.0&message=a+b",
        ] {
            let reading = recognise_text(text);
            assert_eq!((reading.scheme, reading.problem), (Scheme::Payto, None), "{text}");
            assert_eq!(reading.intent.payee.account.as_deref(), Some("DE75512108001245126199"));
            assert_eq!(reading.intent.memo.as_deref(), Some("a+b"), "plus is not a space here");
            assert_eq!(reading.currency.as_deref(), Some("EUR"));
        }
    }

    #[test]
    fn broken_uris_are_refused() {
        for (text, code) in [
            ("payto:iban/DE75512108001245126199", ProblemCode::Syntax),
            ("payto://iban/DE123", ProblemCode::Account),
            ("payto://iban/DE75512108001245126199?amount=200", ProblemCode::Amount),
            ("payto://iban/DE75512108001245126199?amount=EUR:1&amount=EUR:2", ProblemCode::Contradiction),
            ("payto://iban", ProblemCode::Missing),
            ("payto:///DE75512108001245126199", ProblemCode::Syntax),
            ("payto://i%20ban/DE75512108001245126199", ProblemCode::Syntax),
        ] {
            assert_eq!(recognise_text(text).problem.map(|p| p.code), Some(code), "{text}");
        }
    }
}
