//! SEPA credit transfer codes (GiroCode, Stuzza): EPC069-12, version 2.1.

use encoding_rs::{
    Encoding, ISO_8859_2, ISO_8859_4, ISO_8859_5, ISO_8859_7, ISO_8859_10, ISO_8859_15, UTF_8, WINDOWS_1252,
};
use pay::{Currency, Direction, Intent};

use super::account::{is_bic, is_iban, is_rf_reference};
use crate::payload::{AmountRule, Parts, Problem, ProblemCode, Reading, Scheme, Warning, has_hidden, must};

/// Most bytes of a code (EPC069-12, 3.1).
const MAX_BYTES: usize = 331;

/// The character set named in line 3 (EPC069-12, table 2).
fn charset(mark: &str) -> Option<&'static Encoding> {
    Some(match mark {
        "1" => UTF_8,
        // Latin-1; the web's Windows-1252 agrees on every printable character of it.
        "2" => WINDOWS_1252,
        "3" => ISO_8859_2,
        "4" => ISO_8859_4,
        "5" => ISO_8859_5,
        "6" => ISO_8859_7,
        "7" => ISO_8859_10,
        "8" => ISO_8859_15,
        _ => return None,
    })
}

/// Reads bytes that are not UTF-8: line 3 says what they are.
pub(crate) fn read_bytes(bytes: &[u8]) -> Option<Reading> {
    if !bytes.starts_with(b"BCD") {
        return None;
    }
    let mark = bytes.split(|&b| b == b'\n').nth(2).map(|line| line.trim_ascii())?;
    let charset = std::str::from_utf8(mark).ok().and_then(charset).filter(|set| *set != UTF_8);
    let Some(charset) = charset else {
        return Some(Reading::refused(Scheme::Epc, Problem::new(ProblemCode::Unsupported, "charset")));
    };
    read(&charset.decode_without_bom_handling(bytes).0)
}

pub(super) fn read(text: &str) -> Option<Reading> {
    let rest = text.strip_prefix("BCD")?;
    if !rest.starts_with(['\r', '\n']) {
        return None;
    }
    // Only CR and LF end a line: other separators inside a name could smuggle in a second account.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<&str> = text.split('\n').collect();
    while lines.len() > 7 && lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    let line = |n: usize| lines.get(n).copied().unwrap_or_default();
    if line(3) == "UCT" || line(3) == "ICT" {
        return None;
    }
    let mut reading = Reading::new(Scheme::Epc, Direction::Pay);
    reading.set_network("sepa");
    reading.set_name(line(5));
    reading.set_account(line(6));
    if !line(9).is_empty() {
        reading.set_reference(line(9));
    }
    reading.set_memo(line(10));
    let problem = money(line(7), &mut reading).err().or_else(|| check(&text, &lines).err());
    // The line is for ISO 11649 references; invoice programs put their own numbers there too.
    if !line(9).is_empty() && !line(9).starts_with("RF") {
        reading.warn(Warning::NonStandard);
    }
    reading.problem = problem;
    Some(reading)
}

/// Version 2 in UTF-8, whose account needs no bank code. A reference of ISO 11649 or a text, never both (EPC069-12, table 1).
pub(crate) fn write(asked: &Intent) -> Result<String, Problem> {
    let parts = Parts::of(asked, Some("EUR"))?;
    let both = !parts.reference.is_empty() && !parts.memo.is_empty();
    must(!both, ProblemCode::Contradiction, "reference")?;
    must(parts.reference.is_empty() || is_rf_reference(parts.reference), ProblemCode::Reference, "reference")?;
    let amount = parts.amount.map(|amount| format!("EUR{amount}")).unwrap_or_default();
    let lines = ["BCD", "002", "1", "SCT", "", parts.name, parts.account, &amount, "", parts.reference, parts.memo];
    must(lines.iter().all(|line| !line.contains(['\n', '\r'])), ProblemCode::Syntax, "line")?;
    Ok(lines.join("\n").trim_end().to_owned())
}

fn money(line: &str, reading: &mut Reading) -> Result<(), Problem> {
    reading.currency = Some("EUR".to_owned());
    if line.is_empty() {
        return Ok(());
    }
    let rule = AmountRule { field: "amount", decimals: 2, digits: 9, zero: false };
    let (unit, digits) = line.split_at_checked(3).ok_or(Problem::new(ProblemCode::Currency, "amount"))?;
    if unit != "EUR" {
        if let Ok(other) = Currency::from_code(unit) {
            reading.currency = Some(other.code().to_owned());
            reading.set_decimal(digits, rule)?;
        }
        return Err(Problem::new(ProblemCode::Currency, "amount"));
    }
    // Digits stand on both sides of a point.
    must(!digits.starts_with('.') && !digits.ends_with('.'), ProblemCode::Amount, "amount")?;
    reading.set_decimal(digits, rule)
}

fn check(text: &str, lines: &[&str]) -> Result<(), Problem> {
    let line = |n: usize| lines.get(n).copied().unwrap_or_default();
    let chars = |n: usize| line(n).chars().count();
    must(lines.len() <= 12, ProblemCode::Syntax, "lines")?;
    // In the character set of line 3: a letter is one byte in all of them but UTF-8.
    let bytes = if line(2) == "1" { text.len() } else { text.chars().count() };
    must(bytes <= MAX_BYTES, ProblemCode::TooLong, "code")?;
    must(matches!(line(1), "001" | "002"), ProblemCode::Unsupported, "version")?;
    must(charset(line(2)).is_some(), ProblemCode::Unsupported, "charset")?;
    must(line(3) == "SCT", ProblemCode::Unsupported, "identification")?;
    must(!line(4).is_empty() || line(1) == "002", ProblemCode::Missing, "bic")?;
    must(line(4).is_empty() || is_bic(line(4)), ProblemCode::Account, "bic")?;
    must(!line(5).trim().is_empty(), ProblemCode::Missing, "name")?;
    must(chars(5) <= 70, ProblemCode::TooLong, "name")?;
    must(!lines.iter().any(|line| has_hidden(line)), ProblemCode::Deceptive, "name")?;
    must(is_iban(line(6)), ProblemCode::Account, "iban")?;
    must(chars(8) <= 4, ProblemCode::TooLong, "purpose")?;
    must(line(9).is_empty() || line(10).is_empty(), ProblemCode::Contradiction, "reference")?;
    must(!line(9).starts_with("RF") || is_rf_reference(line(9)), ProblemCode::Reference, "reference")?;
    must(chars(9) <= 35, ProblemCode::TooLong, "reference")?;
    must(chars(10) <= 140, ProblemCode::TooLong, "text")?;
    must(chars(11) <= 70, ProblemCode::TooLong, "information")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::{recognise, recognise_text};

    const GOOD: &str = "BCD\n002\n1\nSCT\n\nMuster GmbH\nDE02120300000000202051\nEUR12.3\n\n\nRechnung 7";

    #[test]
    fn a_plain_transfer_reads_with_every_field() {
        let reading = recognise_text(GOOD);
        assert_eq!((reading.scheme, reading.problem), (Scheme::Epc, None));
        assert_eq!(reading.intent.payee.name.as_deref(), Some("Muster GmbH"));
        assert_eq!(reading.intent.payee.account.as_deref(), Some("DE02120300000000202051"));
        assert_eq!(reading.intent.amount.as_ref().map(|a| a.text.as_str()), Some("12.3"));
        assert_eq!(reading.intent.memo.as_deref(), Some("Rechnung 7"));
        assert_eq!(recognise_text(&GOOD.replace('\n', "\r\n")).problem, None, "CRLF is allowed");
    }

    #[test]
    fn bytes_are_read_in_the_character_set_of_line_three() {
        let text = "BCD\n002\n2\nSCT\n\nM\u{fc}ller\nDE02120300000000202051\nEUR1";
        let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
        let reading = recognise(&latin);
        assert_eq!((reading.problem, reading.intent.payee.name.as_deref()), (None, Some("Müller")));
    }

    #[test]
    fn a_refused_amount_is_still_said() {
        for (line, unit, text) in
            [("EUR0.00", "EUR", "0.00"), ("EUR1.234", "EUR", "1.234"), ("CHF10.00", "CHF", "10.00")]
        {
            let reading = recognise_text(&GOOD.replacen("EUR12.3", line, 1));
            assert!(!reading.valid(), "{line}");
            let amount = reading.intent.amount.map(|asked| asked.text);
            assert_eq!((reading.currency.as_deref(), amount.as_deref()), (Some(unit), Some(text)));
        }
    }

    #[test]
    fn the_size_is_counted_in_the_code_s_own_character_set() {
        let text = |mark: &str, letters: usize| {
            let body = GOOD.replacen("\n1\n", &format!("\n{mark}\n"), 1).replace("Muster GmbH", &"\u{e9}".repeat(60));
            body.replace("Rechnung 7", &"\u{fc}".repeat(letters))
        };
        let latin: Vec<u8> = text("2", 140).chars().map(|c| c as u8).collect();
        assert_eq!((recognise(&latin).problem, recognise_text(&text("2", 140)).problem), (None, None));
        assert_eq!(recognise_text(&text("1", 140)).problem, Some(Problem::new(ProblemCode::TooLong, "code")));
        assert_eq!(recognise_text(&text("1", 70)).problem, None);
    }

    #[test]
    fn every_broken_rule_is_refused_with_its_field() {
        for (from, to, code, detail) in [
            ("DE02120300000000202051", "DE02120300000000202052", ProblemCode::Account, "iban"),
            ("EUR12.3", "CHF12.3", ProblemCode::Currency, "amount"),
            ("EUR12.3", "EUR0.00", ProblemCode::Amount, "amount"),
            ("EUR12.3", "EUR12.345", ProblemCode::Amount, "amount"),
            ("EUR12.3", "EUR12,30", ProblemCode::Amount, "amount"),
            ("EUR12.3", "EUR12.", ProblemCode::Amount, "amount"),
            ("EUR12.3", "EUR.5", ProblemCode::Amount, "amount"),
            ("EUR12.3", "EUR1000000000", ProblemCode::Amount, "amount"),
            ("EUR12.3", "12.3", ProblemCode::Currency, "amount"),
            ("SCT", "XXX", ProblemCode::Unsupported, "identification"),
            ("002", "003", ProblemCode::Unsupported, "version"),
            ("\n\nRech", "\nRF18539007547034\nRech", ProblemCode::Contradiction, "reference"),
            ("\n\nRechnung 7", "\nRF19539007547034\n", ProblemCode::Reference, "reference"),
            ("Muster GmbH", "Muster\u{2028}DE89370400440532013000", ProblemCode::Deceptive, "name"),
            ("Muster GmbH", "", ProblemCode::Missing, "name"),
        ] {
            let reading = recognise_text(&GOOD.replacen(from, to, 1));
            assert_eq!(reading.problem, Some(Problem::new(code, detail)), "{from:?} -> {to:?}");
        }
    }
}
