//! Russian payment documents: GOST R 56042-2014.

use encoding_rs::{Encoding, KOI8_R, UTF_8, WINDOWS_1251};
use pay::Direction;

use crate::payload::{Problem, ProblemCode, Reading, Scheme, Warning, must};

/// The marks of an account are weighted 7, 1, 3 (Bank of Russia, order of control keys).
const WEIGHTS: [u32; 3] = [7, 1, 3];

/// Eighth character: what separates the fields. The sixth says how the text is encoded.
const HEADER: &str = "ST0001";

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let rest = text.strip_prefix(HEADER)?;
    let mut marks = rest.chars();
    let known = matches!(marks.next()?, '1'..='3');
    let separator = marks.next()?;
    let mut reading = Reading::new(Scheme::RuGost, Direction::Pay);
    reading.set_network("ru-gost56042");
    reading.currency = Some("RUB".to_owned());
    reading.problem = if known {
        fill(marks.as_str(), separator, &mut reading).err()
    } else {
        Some(Problem::new(ProblemCode::Unsupported, "encoding"))
    };
    Some(reading)
}

/// Reads bytes that are not UTF-8: the header says which Cyrillic they are.
pub(crate) fn read_bytes(bytes: &[u8]) -> Option<Reading> {
    let mark = bytes.strip_prefix(HEADER.as_bytes())?.first()?;
    let charset: &Encoding = match mark {
        b'1' => WINDOWS_1251,
        b'3' => KOI8_R,
        _ => UTF_8,
    };
    read(&charset.decode_without_bom_handling(bytes).0)
}

fn fill(text: &str, separator: char, reading: &mut Reading) -> Result<(), Problem> {
    must(!separator.is_alphanumeric(), ProblemCode::Syntax, "separator")?;
    let mut fields: Vec<(&str, &str)> = Vec::new();
    for field in text.split(separator).filter(|field| !field.trim().is_empty()) {
        let (key, value) = field.split_once('=').ok_or(Problem::new(ProblemCode::Syntax, "field"))?;
        let key = key.trim();
        let new = fields.iter().all(|(known, _)| !known.eq_ignore_ascii_case(key));
        must(new, ProblemCode::Contradiction, "field")?;
        fields.push((key, value));
    }
    let get =
        |name: &str| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| *value);
    reading.set_name(get("Name"));
    reading.set_account(get("PersonalAcc"));
    reading.set_memo(get("Purpose"));
    let references = ["UIN", "DocNo", "Contract"];
    if let Some(reference) = references.iter().map(|key| get(key)).find(|value| !value.is_empty()) {
        reading.set_reference(reference);
    }
    if !get("Sum").is_empty() {
        // Kopecks.
        reading.set_hundredths(get("Sum"), 1..=18, "Sum")?;
    }
    // Mandatory too (table 1), though an account at the treasury leaves it empty or zero.
    let corresponds = fields.iter().any(|(key, _)| key.eq_ignore_ascii_case("CorrespAcc"));
    must(corresponds, ProblemCode::Missing, "CorrespAcc")?;
    check(&get, reading)
}

fn check<'a>(get: &impl Fn(&str) -> &'a str, reading: &mut Reading) -> Result<(), Problem> {
    let (account, bic, correspondent) = (get("PersonalAcc"), get("BIC"), get("CorrespAcc"));
    for (value, field) in [(get("Name"), "Name"), (account, "PersonalAcc"), (get("BankName"), "BankName"), (bic, "BIC")]
    {
        must(!value.is_empty(), ProblemCode::Missing, field)?;
    }
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    must(digits(bic, 9), ProblemCode::Account, "BIC")?;
    must(digits(account, 20), ProblemCode::Account, "PersonalAcc")?;
    // Accounts at the treasury have none, or a zero.
    let none = matches!(correspondent, "" | "0");
    must(none || digits(correspondent, 20), ProblemCode::Account, "CorrespAcc")?;
    // The treasury's own accounts, at its single account, have no key by the bank.
    let treasury = none || (account.starts_with('0') && correspondent.starts_with("40102"));
    must(key_agrees(&bic[6..], account) || treasury, ProblemCode::Checksum, "PersonalAcc")?;
    if !none && !key_agrees(&format!("0{}", &bic[4..6]), correspondent) {
        // The account alone decides where the money goes; banks fill in their own correspondent.
        reading.warn(Warning::NonStandard);
    }
    Ok(())
}

/// Three digits of the bank, then the account: the weighted digits sum to a multiple of ten.
fn key_agrees(bank: &str, account: &str) -> bool {
    let digits = bank.chars().chain(account.chars()).filter_map(|c| c.to_digit(10));
    digits.zip(WEIGHTS.into_iter().cycle()).map(|(digit, weight)| digit * weight % 10).sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::{recognise, recognise_text};

    const TEXT: &str = "ST00012|Name=ООО «Три кита»|PersonalAcc=40702810138250123017|BankName=ОАО \"БАНК\"|BIC=044525225|CorrespAcc=30101810400000000225|Sum=1250|Purpose=Оплата|";

    #[test]
    fn kopecks_become_rubles_in_every_encoding() {
        let ways = [(UTF_8, "ST00012"), (WINDOWS_1251, "ST00011"), (KOI8_R, "ST00013")];
        for (charset, header) in ways {
            let text = TEXT.replacen("ST00012", header, 1).replace(['«', '»'], "");
            let reading = recognise(&charset.encode(&text).0);
            assert_eq!((reading.scheme, reading.problem), (Scheme::RuGost, None), "{header}");
            assert_eq!(reading.intent.payee.name.as_deref(), Some("ООО Три кита"));
            assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("12.50"));
        }
    }

    #[test]
    fn taxes_go_to_the_treasury_s_single_account() {
        let text = TEXT.replace("40702810138250123017", "03100643000000018500").replace("044525225", "017003983");
        let reading = |correspondent: &str| recognise_text(&text.replace("30101810400000000225", correspondent));
        assert_eq!((reading("40102810445370000059").problem, reading("40102810445370000059").warnings), (None, vec![]));
        assert_eq!(reading("30101810400000000225").problem.map(|p| p.code), Some(ProblemCode::Checksum));
    }

    #[test]
    fn names_of_fields_count_in_either_case() {
        let reading = recognise_text(&TEXT.replace("PersonalAcc", "PERSONALACC").replace("Sum=", "sum="));
        assert_eq!((reading.problem, reading.intent.amount.map(|a| a.text).as_deref()), (None, Some("12.50")));
    }

    #[test]
    fn another_separator_frees_the_pipe() {
        let reading = recognise_text(&TEXT.replace('|', "#").replace("ОАО ", "ОАО | "));
        assert_eq!((reading.problem, reading.intent.memo.as_deref()), (None, Some("Оплата")));
    }

    #[test]
    fn broken_documents_are_refused() {
        for (from, to, code) in [
            ("40702810138250123017", "40702810138250123018", ProblemCode::Checksum),
            ("40702810138250123017", "4070281013825012301", ProblemCode::Account),
            ("BIC=044525225", "BIC=04452522", ProblemCode::Account),
            ("Sum=1250", "Sum=12.50", ProblemCode::Amount),
            ("Sum=1250", "Sum=1250|Sum=1", ProblemCode::Contradiction),
            ("Name=ООО «Три кита»|", "", ProblemCode::Missing),
            ("ST00012", "ST00019", ProblemCode::Unsupported),
            ("|CorrespAcc=30101810400000000225", "", ProblemCode::Missing),
            ("Sum=1250", "Sum=1250|SUM=1", ProblemCode::Contradiction),
        ] {
            assert_eq!(recognise_text(&TEXT.replacen(from, to, 1)).problem.map(|p| p.code), Some(code), "{to}");
        }
    }
}
