//! Serbian instant payment codes: National Bank of Serbia, NBS IPS QR.

use pay::Direction;

use crate::payload::{AmountRule, Problem, ProblemCode, Reading, Scheme, Warning, amount, has_hidden, must};

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let kind = text.strip_prefix("K:")?.get(..2)?;
    if !matches!(kind, "PR" | "PT" | "PK" | "EK") || !text[4..].starts_with('|') {
        return None;
    }
    // `PK` is shown by the payer, to be read by a till.
    let shown_by_payer = kind == "PK";
    let direction = if shown_by_payer { Direction::None } else { Direction::Pay };
    let mut reading = Reading::new(Scheme::RsNbs, direction);
    if shown_by_payer {
        reading.warn(Warning::ConsumerPresented);
    }
    reading.set_network("rs-ips");
    reading.currency = Some("RSD".to_owned());
    reading.problem = fill(text, kind, &mut reading).err();
    Some(reading)
}

fn fill(text: &str, kind: &str, reading: &mut Reading) -> Result<(), Problem> {
    let mut fields: Vec<(&str, &str)> = Vec::new();
    for field in text.trim_end_matches('|').split('|') {
        // A line break inside a name is part of an address, not of the grammar.
        let (tag, value) = field.split_once(':').ok_or(Problem::new(ProblemCode::Syntax, "field"))?;
        must(fields.iter().all(|(known, _)| *known != tag), ProblemCode::Contradiction, "field")?;
        fields.push((tag, value));
    }
    let get = |name: &str| fields.iter().find(|(tag, _)| *tag == name).map_or("", |(_, value)| *value);
    reading.set_account(get("R"));
    reading.set_name(get("N"));
    reading.set_memo(get("S"));
    reading.set_reference(get("RO"));
    money(get("I"), reading)?;
    must(get("V") == "01", ProblemCode::Unsupported, "V")?;
    must(get("C") == "1", ProblemCode::Unsupported, "C")?;
    must(!get("R").is_empty(), ProblemCode::Missing, "R")?;
    must(is_account(get("R")), ProblemCode::Account, "R")?;
    must(!get("N").trim().is_empty(), ProblemCode::Missing, "N")?;
    must(get("N").chars().count() <= 70, ProblemCode::TooLong, "N")?;
    must(!has_hidden(get("N")), ProblemCode::Deceptive, "N")?;
    must(get("S").chars().count() <= 35, ProblemCode::TooLong, "S")?;
    // The payment code: three digits, on a payment slip always.
    let code = get("SF");
    must(kind != "PR" || !code.is_empty(), ProblemCode::Missing, "SF")?;
    must(code.is_empty() || (code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit())), ProblemCode::Syntax, "SF")
}

/// `RSD1025,12`: the decimal mark is a comma and always there. Zero means that the payer types the amount.
fn money(text: &str, reading: &mut Reading) -> Result<(), Problem> {
    if text.is_empty() {
        return Ok(());
    }
    let bad = Problem::new(ProblemCode::Amount, "I");
    let digits = text.strip_prefix("RSD").ok_or(Problem::new(ProblemCode::Currency, "I"))?;
    must(digits.contains(',') && !digits.contains('.'), ProblemCode::Amount, "I")?;
    let plain = digits.replacen(',', ".", 1);
    let plain = plain.strip_suffix('.').unwrap_or(&plain);
    let asked = amount(plain, AmountRule { field: "I", decimals: 2, digits: 15, zero: true }).map_err(|_| bad)?;
    if !asked.value.is_zero() {
        reading.set_amount(asked);
    }
    Ok(())
}

/// Eighteen digits, mod 97 = 1 (ISO 7064).
fn is_account(text: &str) -> bool {
    text.len() == 18
        && text.parse::<u64>().is_ok_and(|number| number % 97 == 1)
        && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    const TEXT: &str =
        "K:PR|V:01|C:1|R:845000000040484987|N:JP EPS\r\nBEOGRAD|I:RSD3596,13|SF:189|S:RAČUN|RO:97163220000111111111000";

    #[test]
    fn an_address_in_the_name_becomes_one_line() {
        let reading = recognise_text(TEXT);
        assert_eq!((reading.scheme, reading.problem), (Scheme::RsNbs, None));
        assert_eq!(reading.intent.payee.name.as_deref(), Some("JP EPS BEOGRAD"));
        assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("3596.13"));
        assert_eq!(reading.intent.reference.as_deref(), Some("97163220000111111111000"));
    }

    #[test]
    fn a_code_shown_by_the_payer_is_no_payment() {
        for (kind, direction) in [("PT", Direction::Pay), ("EK", Direction::Pay), ("PK", Direction::None)] {
            let reading = recognise_text(&TEXT.replacen("K:PR", &format!("K:{kind}"), 1));
            assert_eq!((reading.problem, reading.intent.direction), (None, direction), "{kind}");
        }
    }

    #[test]
    fn broken_codes_are_refused() {
        for (from, to, code) in [
            ("R:845000000040484987", "R:845000000040484988", ProblemCode::Account),
            ("RSD3596,13", "RSD3596.13", ProblemCode::Amount),
            ("RSD3596,13", "EUR3596,13", ProblemCode::Currency),
            ("|SF:189", "", ProblemCode::Missing),
            ("|SF:189", "|SF:18", ProblemCode::Syntax),
            ("|S:RAČUN", "|S:A|S:B", ProblemCode::Contradiction),
            ("V:01", "V:02", ProblemCode::Unsupported),
        ] {
            assert_eq!(recognise_text(&TEXT.replacen(from, to, 1)).problem.map(|p| p.code), Some(code), "{to}");
        }
    }
}
