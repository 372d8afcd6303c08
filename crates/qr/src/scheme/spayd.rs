//! Short Payment Descriptor: Czech Banking Association, format 1.0.

use pay::{Currency, Direction, Intent};

use super::account::{is_bic, is_iban};
use crate::payload::{
    AmountRule, Parts, Problem, ProblemCode, Reading, Scheme, crc32, has_hidden, is_day, must, percent_decode,
    percent_encode,
};

pub(super) fn read(text: &str) -> Option<Reading> {
    let rest = text.trim().strip_prefix("SPD*")?;
    let mut reading = Reading::new(Scheme::Spayd, Direction::Pay);
    reading.set_network("spayd");
    reading.problem = fill(rest, &mut reading).err();
    Some(reading)
}

fn fill(rest: &str, reading: &mut Reading) -> Result<(), Problem> {
    let (version, rest) = rest.split_once('*').unwrap_or((rest, ""));
    if version != "1.0" {
        return Err(Problem::new(ProblemCode::Unsupported, "version"));
    }
    let mut fields: Vec<(&str, String)> = Vec::new();
    for field in rest.split('*').filter(|field| !field.is_empty()) {
        let (key, value) = field.split_once(':').ok_or(Problem::new(ProblemCode::Syntax, "field"))?;
        if fields.iter().any(|(known, _)| *known == key) {
            return Err(Problem::new(ProblemCode::Contradiction, "field"));
        }
        let value = percent_decode(value, false).ok_or(Problem::new(ProblemCode::Syntax, "percent-encoding"))?;
        fields.push((key, value));
    }
    let get = |key: &str| fields.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str());
    show(reading, &get);
    money(reading, &get)?;
    check(&get)?;
    checksum(rest, get("CRC32"))
}

/// A variable symbol is up to ten digits; any other reference of digits goes where banks keep theirs.
pub(crate) fn write(asked: &Intent) -> Result<String, Problem> {
    let parts = Parts::of(asked, None)?;
    let digits = parts.reference.bytes().all(|b| b.is_ascii_digit());
    must(digits, ProblemCode::Reference, "X-VS")?;
    let reference = if parts.reference.len() <= 10 { "X-VS" } else { "RF" };
    let unit = if parts.amount.is_some() { parts.unit } else { "" };
    let amount = parts.amount.unwrap_or_default();
    let fields = [
        ("ACC", parts.account),
        ("AM", amount),
        ("CC", unit),
        ("RN", parts.name),
        ("MSG", parts.memo),
        (reference, parts.reference),
    ];
    let filled = fields.iter().filter(|(_, value)| !value.is_empty());
    Ok(filled.fold("SPD*1.0".to_owned(), |text, (key, value)| format!("{text}*{key}:{}", percent_encode(value))))
}

fn show<'a>(reading: &mut Reading, get: &impl Fn(&str) -> Option<&'a str>) {
    if let Some(account) = get("ACC") {
        reading.set_account(account.split('+').next().unwrap_or(account));
    }
    if let Some(name) = get("RN") {
        reading.set_name(name);
    }
    if let Some(memo) = get("MSG") {
        reading.set_memo(memo);
    }
    if let Some(reference) = ["X-VS", "RF"].into_iter().find_map(|key| get(key).filter(|value| !value.is_empty())) {
        reading.set_reference(reference);
    }
    reading.set_due(get("DT").unwrap_or_default());
}

fn money<'a>(reading: &mut Reading, get: &impl Fn(&str) -> Option<&'a str>) -> Result<(), Problem> {
    if let Some(code) = get("CC") {
        let known = Currency::from_code(code).map_err(|_| Problem::new(ProblemCode::Currency, "CC"))?;
        reading.currency = Some(known.code().to_owned());
    }
    if let Some(value) = get("AM").filter(|value| !value.is_empty()) {
        // Ten characters at most, the point among them.
        let rule = AmountRule { field: "AM", decimals: 2, digits: 10, zero: true };
        reading.set_decimal(value, rule)?;
        must(value.len() <= 10, ProblemCode::Amount, "AM")?;
    }
    Ok(())
}

fn check<'a>(get: &impl Fn(&str) -> Option<&'a str>) -> Result<(), Problem> {
    let within = |key: &str, most: usize| get(key).is_none_or(|value| value.chars().count() <= most);
    let account = get("ACC").filter(|account| !account.is_empty()).ok_or(Problem::new(ProblemCode::Missing, "ACC"))?;
    let (iban, bic) = account.split_once('+').map_or((account, None), |(iban, bic)| (iban, Some(bic)));
    must(is_iban(iban), ProblemCode::Account, "ACC")?;
    must(bic.is_none_or(is_bic), ProblemCode::Account, "ACC")?;
    must(within("MSG", 60), ProblemCode::TooLong, "MSG")?;
    must(within("RN", 35), ProblemCode::TooLong, "RN")?;
    must(!get("RN").is_some_and(has_hidden), ProblemCode::Deceptive, "RN")?;
    must(within("RF", 16), ProblemCode::TooLong, "RF")?;
    must(get("DT").is_none_or(|day| day.len() == 8 && is_day(day)), ProblemCode::Syntax, "DT")?;
    must(within("PT", 3), ProblemCode::TooLong, "PT")?;
    let number = |key: &str, most: usize| {
        get(key).is_none_or(|text| text.len() <= most && text.bytes().all(|b| b.is_ascii_digit()))
    };
    must(number("RF", 16), ProblemCode::Reference, "RF")?;
    // Numbers of Czech banks.
    must(["X-VS", "X-SS", "X-KS"].iter().all(|key| number(key, 10)), ProblemCode::Reference, "X-")
}

/// CRC32 (ISO 3309) of the fields sorted by key, without the checksum itself.
fn checksum(rest: &str, printed: Option<&str>) -> Result<(), Problem> {
    let Some(printed) = printed else { return Ok(()) };
    let wrong = Problem::new(ProblemCode::Checksum, "CRC32");
    if printed.len() != 8 {
        return Err(wrong);
    }
    let printed = u32::from_str_radix(printed, 16).map_err(|_| wrong)?;
    let mut fields: Vec<&str> = rest.split('*').filter(|f| !f.is_empty() && !f.starts_with("CRC32:")).collect();
    fields.sort_unstable();
    let sorted = format!("SPD*1.0*{}", fields.join("*"));
    if crc32(sorted.as_bytes()) == printed { Ok(()) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    #[test]
    fn a_descriptor_reads_with_every_field_in_any_order() {
        let reading = recognise_text(
            "SPD*1.0*DT:20251211*CC:CZK*AM:25.12*ACC:CZ7603000000000076327632+KOMBCZPP*RF:1000001*RN:CLOVEK%2A*MSG:DONATION*X-VS:0009*",
        );
        assert_eq!((reading.scheme, reading.problem), (Scheme::Spayd, None));
        assert_eq!(reading.intent.payee.account.as_deref(), Some("CZ7603000000000076327632"));
        assert_eq!(reading.intent.payee.name.as_deref(), Some("CLOVEK*"));
        assert_eq!(reading.intent.reference.as_deref(), Some("0009"));
        assert_eq!(reading.intent.due.as_deref(), Some("2025-12-11"));
    }

    #[test]
    fn broken_descriptors_are_refused_with_their_field() {
        for (text, code, detail) in [
            ("SPD*1.0*CC:CZK*AM:100.00", ProblemCode::Missing, "ACC"),
            ("SPD*1.0*ACC:CZ05678876589087329", ProblemCode::Account, "ACC"),
            ("SPD*1.0*ACC:CZ7603000000000076327632*AM:1*AM:2", ProblemCode::Contradiction, "field"),
            ("SPD*1.0*ACC:CZ7603000000000076327632*AM:1,5", ProblemCode::Amount, "AM"),
            ("SPD*1.0*ACC:CZ7603000000000076327632*CRC32:00000000", ProblemCode::Checksum, "CRC32"),
            ("SPD*1.0*ACC:CZ7603000000000076327632*AM:12345678.90", ProblemCode::Amount, "AM"),
            ("SPD*1.0*ACC:CZ7603000000000076327632*RF:INV7", ProblemCode::Reference, "RF"),
            ("SPD*1.0*ACC:CZ7603000000000076327632*DT:20261341", ProblemCode::Syntax, "DT"),
            ("SPD*1.0*ACC:CZ7603000000000076327632*DT:2026-12-01", ProblemCode::Syntax, "DT"),
            ("SPD*1.0*ACC:CZ7603000000000076327632*X-VS:12345678901", ProblemCode::Reference, "X-"),
            ("SPD*1.0*ACC:CZ7603000000000076327632*X-KS:03O8", ProblemCode::Reference, "X-"),
            ("SPD*2.0*ACC:CZ7603000000000076327632", ProblemCode::Unsupported, "version"),
        ] {
            assert_eq!(recognise_text(text).problem, Some(Problem::new(code, detail)), "{text}");
        }
    }
}
