//! Ukrainian credit transfer codes: National Bank of Ukraine. A payload of lines inside a link that is data, not a page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use encoding_rs::{UTF_8, WINDOWS_1251};
use pay::Direction;

use super::account::is_iban;
use crate::payload::{AmountRule, Problem, ProblemCode, Reading, Scheme, after, amount, has_hidden, must};

const HOSTS: &[&str] = &["https://bank.gov.ua/qr/", "https://qr.bank.gov.ua/"];

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let Some(data) = HOSTS.iter().find_map(|start| after(text, start)) else { return bare(text) };
    let inside = URL_SAFE_NO_PAD.decode(data.trim_end_matches('='));
    let text = inside.map_err(|_| Problem::new(ProblemCode::Syntax, "base64")).and_then(|bytes| decode(&bytes));
    Some(reading(text))
}

/// The lines without a link around them, as the first version had them.
fn bare(text: &str) -> Option<Reading> {
    claims(text.as_bytes()).then(|| reading(Ok(text.to_owned())))
}

/// Reads bytes that are not UTF-8.
pub(crate) fn read_bytes(bytes: &[u8]) -> Option<Reading> {
    claims(bytes).then(|| reading(decode(bytes)))
}

fn line(bytes: &[u8], n: usize) -> Option<&[u8]> {
    bytes.split(|b| *b == b'\n').nth(n).map(<[u8]>::trim_ascii)
}

/// The fourth line tells this code from the euro's.
fn claims(bytes: &[u8]) -> bool {
    line(bytes, 0) == Some(b"BCD") && matches!(line(bytes, 3), Some(b"UCT" | b"ICT"))
}

fn reading(text: Result<String, Problem>) -> Reading {
    let mut reading = Reading::new(Scheme::UaNbu, Direction::Pay);
    reading.set_network("ua-nbu");
    reading.problem = text.and_then(|text| fill(&text, &mut reading)).err();
    reading
}

/// The third line says which letters.
fn decode(bytes: &[u8]) -> Result<String, Problem> {
    let charset = match line(bytes, 2) {
        Some(b"1") => UTF_8,
        Some(b"2") => WINDOWS_1251,
        _ => return Err(Problem::new(ProblemCode::Unsupported, "charset")),
    };
    let (text, broken) = charset.decode_without_bom_handling(bytes);
    must(!broken, ProblemCode::Syntax, "charset")?;
    Ok(text.into_owned())
}

fn fill(text: &str, reading: &mut Reading) -> Result<(), Problem> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.split('\n').collect();
    let line = |n: usize| lines.get(n).copied().unwrap_or_default();
    let instant = match (line(0), line(1), line(3)) {
        ("BCD", "001" | "002", "UCT") => false,
        ("BCD", "003", "ICT") => true,
        _ => return Err(Problem::new(ProblemCode::Unsupported, "version")),
    };
    reading.set_name(line(5));
    reading.set_account(line(6));
    if instant {
        reading.set_reference(line(10));
        reading.set_memo(line(12));
    } else {
        // Programs leave out some of the reserved lines before the purpose.
        let purpose = [11, 10, 9, 12].map(line).into_iter().find(|text| !text.is_empty());
        reading.set_memo(purpose.unwrap_or_default());
    }
    money(line(7), reading)?;
    must(line(6).starts_with("UA") && is_iban(line(6)), ProblemCode::Account, "iban")?;
    must(line(5).chars().count() <= 140, ProblemCode::TooLong, "name")?;
    must(!has_hidden(line(5)), ProblemCode::Deceptive, "name")
}

/// `UAH` and the amount; alone, or with zero, the payer types it.
fn money(text: &str, reading: &mut Reading) -> Result<(), Problem> {
    reading.currency = Some("UAH".to_owned());
    if text.is_empty() {
        return Ok(());
    }
    let digits = text.strip_prefix("UAH").ok_or(Problem::new(ProblemCode::Currency, "amount"))?;
    if digits.is_empty() {
        return Ok(());
    }
    let asked = amount(digits, AmountRule { field: "amount", decimals: 2, digits: 12, zero: true })?;
    if !asked.value.is_zero() {
        reading.set_amount(asked);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::{recognise, recognise_text};

    const IBAN: &str = "UA213223130000026007233566001";

    fn link(text: &[u8]) -> String {
        format!("https://bank.gov.ua/qr/{}", URL_SAFE_NO_PAD.encode(text))
    }

    #[test]
    fn both_versions_read_in_their_character_sets() {
        let old = format!("BCD\n002\n2\nUCT\n\nТОВ Ромашка\n{IBAN}\nUAH0\n12345678\n\n\nОплата\n\n");
        let reading = recognise_text(&link(&WINDOWS_1251.encode(&old).0));
        assert_eq!((reading.scheme, reading.problem), (Scheme::UaNbu, None));
        assert_eq!(reading.intent.payee.name.as_deref(), Some("ТОВ Ромашка"));
        assert_eq!((reading.intent.amount, reading.intent.memo.as_deref()), (None, Some("Оплата")));
        let new = format!("BCD\n003\n1\nICT\n\nАна\n{IBAN}\nUAH10.00\n1\nMP2B/OTHR\nREF1\nx\nЗа чай\nFFFF\n");
        let reading = recognise_text(&link(new.as_bytes()));
        assert_eq!((reading.problem, reading.intent.reference.as_deref()), (None, Some("REF1")));
        assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("10.00"));
    }

    #[test]
    fn the_lines_read_without_a_link_too() {
        let text = format!("BCD\n002\n2\nUCT\n\nТОВ\n{IBAN}\nUAH5.00\n12345678\n\n\nОплата\n");
        for bytes in [text.as_bytes(), &WINDOWS_1251.encode(&text).0] {
            let reading = recognise(bytes);
            assert_eq!((reading.scheme, reading.problem), (Scheme::UaNbu, None));
            assert_eq!(reading.intent.payee.name.as_deref(), Some("ТОВ"));
            assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("5.00"));
        }
    }

    #[test]
    fn broken_links_are_refused() {
        let body = |iban: &str, version: &str| format!("BCD\n{version}\n1\nUCT\n\nA\n{iban}\nUAH1\n1\n\n\nx\n");
        for (text, code) in [
            (link(body("UA223223130000026007233566001", "002").as_bytes()), ProblemCode::Account),
            (link(body(IBAN, "004").as_bytes()), ProblemCode::Unsupported),
            ("https://bank.gov.ua/qr/%%%".to_owned(), ProblemCode::Syntax),
        ] {
            assert_eq!(recognise_text(&text).problem.map(|p| p.code), Some(code), "{text}");
        }
        assert_eq!(recognise_text("https://bank.gov.ua.evil.example/qr/QkNE").scheme, Scheme::Nonpay);
    }
}
