//! Hungarian instant payment codes: MNB guideline of 2019-07-12 on the domestic QR code.

use pay::Direction;

use super::account::is_iban;
use crate::payload::{AmountRule, Problem, ProblemCode, Reading, Scheme, has_hidden, is_day, must};

/// Values, each ended by a line feed.
const VALUES: usize = 17;
/// Most characters of a code.
const LONGEST: usize = 345;

pub(super) fn read(text: &str) -> Option<Reading> {
    let kind = text.get(..4)?;
    let direction = match kind {
        "HCT\n" | "HCT\r" => Direction::Pay,
        // A request to pay, shown by the payer: the reader is given the money.
        "RTP\n" | "RTP\r" => Direction::Receive,
        _ => return None,
    };
    let mut reading = Reading::new(Scheme::HuMnb, direction);
    reading.set_network("hu-afr");
    reading.currency = Some("HUF".to_owned());
    let text = text.replace("\r\n", "\n");
    reading.problem = fill(&text, &mut reading).err();
    Some(reading)
}

fn fill(text: &str, reading: &mut Reading) -> Result<(), Problem> {
    let lines: Vec<&str> = text.split('\n').collect();
    let line = |n: usize| lines.get(n).copied().unwrap_or_default();
    reading.set_name(line(4));
    reading.set_account(line(5));
    reading.set_memo(line(9));
    if let Some(reference) = [12, 13, 14].map(line).into_iter().find(|value| !value.is_empty()) {
        reading.set_reference(reference);
    }
    reading.set_due(line(7));
    // Seventeen line feeds, and nothing behind the last.
    must(lines.len() > VALUES, ProblemCode::Missing, "lines")?;
    must(lines[VALUES..].iter().all(|rest| rest.trim().is_empty()), ProblemCode::Syntax, "lines")?;
    must(line(1) == "001", ProblemCode::Unsupported, "version")?;
    must(matches!(line(2), "1" | "2"), ProblemCode::Unsupported, "charset")?;
    must(text.chars().count() <= LONGEST, ProblemCode::TooLong, "payload")?;
    let bic = line(3).len();
    must(matches!(bic, 8 | 11) && line(3).bytes().all(|b| b.is_ascii_alphanumeric()), ProblemCode::Account, "bic")?;
    must(!line(4).is_empty(), ProblemCode::Missing, "name")?;
    must(line(4).chars().count() <= 70, ProblemCode::TooLong, "name")?;
    must(!has_hidden(line(4)), ProblemCode::Deceptive, "name")?;
    must(line(5).starts_with("HU") && is_iban(line(5)), ProblemCode::Account, "iban")?;
    money(line(6), reading)?;
    must(is_moment(line(7)), ProblemCode::Syntax, "validity")?;
    must(line(8).chars().count() <= 4, ProblemCode::TooLong, "purpose")?;
    must(line(9).chars().count() <= 70, ProblemCode::TooLong, "memo")?;
    // Shop, device, invoice, customer, transaction, loyalty and tax number (guideline, table of fields).
    must((10..VALUES).all(|n| line(n).chars().count() <= 35), ProblemCode::TooLong, "identifier")
}

/// Whole forints; empty means that the payer types the amount.
fn money(text: &str, reading: &mut Reading) -> Result<(), Problem> {
    if text.is_empty() {
        return Ok(());
    }
    let digits = text.strip_prefix("HUF").ok_or(Problem::new(ProblemCode::Currency, "amount"))?;
    reading.set_decimal(digits, AmountRule { field: "amount", decimals: 0, digits: 12, zero: false })?;
    must(!digits.contains('.'), ProblemCode::Amount, "amount")
}

/// `yyyymmddhhmmss+z`: a moment and the hours its zone is ahead.
fn is_moment(text: &str) -> bool {
    let Some((digits, zone)) = text.split_once(['+', '-']) else { return false };
    let whole = digits.len() == 14 && digits.bytes().all(|b| b.is_ascii_digit());
    let part = |from: usize, least: u8, most: u8| {
        digits.get(from..from + 2).and_then(|two| two.parse().ok()).is_some_and(|n: u8| (least..=most).contains(&n))
    };
    let zone_ok = matches!(zone.len(), 1 | 2) && zone.parse::<u8>().is_ok_and(|hours| hours <= 14);
    whole && zone_ok && is_day(digits) && part(8, 0, 23) && part(10, 0, 59) && part(12, 0, 59)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    const TEXT: &str = "HCT\n001\n1\nOTPVHUHB\nTeszt Elek\nHU16100320000605635300000000\nHUF1500\n20301231235959+2\n\nTea\n\n\nINV-7\n\n\n\n\n";

    #[test]
    fn a_code_reads_with_its_last_day() {
        let reading = recognise_text(TEXT);
        assert_eq!((reading.scheme, reading.problem), (Scheme::HuMnb, None));
        assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("1500"));
        assert_eq!((reading.intent.due.as_deref(), reading.intent.memo.as_deref()), (Some("2030-12-31"), Some("Tea")));
        assert_eq!(reading.intent.reference.as_deref(), Some("INV-7"));
        let request = recognise_text(&TEXT.replacen("HCT", "RTP", 1));
        assert_eq!((request.problem, request.intent.direction), (None, Direction::Receive));
    }

    #[test]
    fn broken_codes_are_refused() {
        for (from, to, code) in [
            ("INV-7\n\n\n\n\n", "INV-7\n\n\n\n", ProblemCode::Missing),
            ("INV-7\n\n\n\n\n", "INV-7\n\n\n\n\nx", ProblemCode::Syntax),
            ("HU16", "HU17", ProblemCode::Account),
            ("HUF1500", "HUF15.5", ProblemCode::Amount),
            ("HUF1500", "EUR1500", ProblemCode::Currency),
            ("20301231235959+2", "20301331235959+2", ProblemCode::Syntax),
            ("20301231235959+2", "1234567890123456", ProblemCode::Syntax),
            ("001", "002", ProblemCode::Unsupported),
            ("20301231235959+2", "20300229235959+2", ProblemCode::Syntax),
            ("INV-7", "INV-7-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", ProblemCode::TooLong),
            ("\n\nTea", "\nGDDSX\nTea", ProblemCode::TooLong),
        ] {
            assert_eq!(recognise_text(&TEXT.replacen(from, to, 1)).problem.map(|p| p.code), Some(code), "{to:?}");
        }
    }
}
