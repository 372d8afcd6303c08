//! Slovenian universal payment orders: Bank Association of Slovenia, UPN QR.

use encoding_rs::ISO_8859_2;
use pay::Direction;

use super::account::{is_iban, is_rf_reference};
use crate::payload::{Problem, ProblemCode, Reading, Scheme, has_hidden, must};

/// Lines before the one with the control sum.
const LINES: usize = 19;

pub(super) fn read(text: &str) -> Option<Reading> {
    let rest = text.strip_prefix("UPNQR")?;
    if !rest.starts_with(['\r', '\n']) {
        return None;
    }
    let mut reading = Reading::new(Scheme::SiUpn, Direction::Pay);
    reading.set_network("si-upn");
    reading.currency = Some("EUR".to_owned());
    reading.problem = fill(&text.replace("\r\n", "\n"), &mut reading).err();
    Some(reading)
}

/// Reads bytes that are not UTF-8: the standard's own letters are ISO 8859-2.
pub(crate) fn read_bytes(bytes: &[u8]) -> Option<Reading> {
    bytes.starts_with(b"UPNQR").then(|| read(&ISO_8859_2.decode_without_bom_handling(bytes).0))?
}

fn fill(text: &str, reading: &mut Reading) -> Result<(), Problem> {
    let lines: Vec<&str> = text.split('\n').collect();
    let line = |n: usize| lines.get(n).map_or("", |line| line.trim_end());
    reading.set_name(line(16));
    reading.set_account(line(14));
    reading.set_reference(line(15));
    reading.set_memo(line(12));
    let turned = line(13).split('.').rev().collect::<String>();
    reading.set_due(&turned);
    must(lines.len() > LINES, ProblemCode::Missing, "lines")?;
    reading.set_hundredths(line(8), 11..=11, "amount")?;
    must(is_iban(line(14)), ProblemCode::Account, "iban")?;
    must(!line(16).is_empty(), ProblemCode::Missing, "name")?;
    must(line(16).chars().count() <= 33, ProblemCode::TooLong, "name")?;
    must(!has_hidden(line(16)), ProblemCode::Deceptive, "name")?;
    must(line(12).chars().count() <= 42, ProblemCode::TooLong, "purpose")?;
    let dated = line(13).len() == "dd.mm.yyyy".len() && reading.intent.due.is_some();
    must(line(13).is_empty() || dated, ProblemCode::Syntax, "due")?;
    let reference = line(15).replace(' ', "");
    let known = reference.is_empty() || reference.starts_with("SI") || is_rf_reference(&reference);
    must(known, ProblemCode::Reference, "reference")?;
    // The sum counts the characters of the nineteen lines, each with its line feed.
    let counted: usize = lines[..LINES].iter().map(|line| line.chars().count() + 1).sum();
    must(line(LINES) == format!("{counted:03}"), ProblemCode::Checksum, "sum")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::{recognise, recognise_text};

    fn code(name: &str) -> String {
        let body = format!(
            "UPNQR\n\n\n\n\nJanez Novak\nDunajska 1\n1000 Ljubljana\n00000008105\n\n\nRENT\nNajemnina\n01.04.2017\nSI56020170014356205\nSI121234567890120\n{name}\nPohorska 22\n2000 Maribor\n"
        );
        format!("{body}{:03}\n", body.chars().count())
    }

    #[test]
    fn an_order_reads_in_both_encodings() {
        let text = code("Čevljar d.o.o.");
        for bytes in [text.as_bytes().to_vec(), ISO_8859_2.encode(&text).0.into_owned()] {
            let reading = recognise(&bytes);
            assert_eq!((reading.scheme, reading.problem), (Scheme::SiUpn, None));
            assert_eq!(reading.intent.payee.name.as_deref(), Some("Čevljar d.o.o."));
            assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("81.05"));
            assert_eq!(reading.intent.due.as_deref(), Some("2017-04-01"));
        }
    }

    #[test]
    fn any_changed_letter_or_length_is_refused() {
        for (from, to, code_) in [
            ("Najemnina", "Najemnine!", ProblemCode::Checksum),
            ("SI56020170014356205", "SI56020170014356206", ProblemCode::Account),
            ("00000008105", "8105", ProblemCode::Amount),
            ("01.04.2017", "31.04.2017", ProblemCode::Syntax),
            ("01.04.2017", "1.4.2017", ProblemCode::Syntax),
            ("SI121234567890120", "XX121234567890120", ProblemCode::Reference),
        ] {
            let changed = code("Shop").replacen(from, to, 1);
            assert_eq!(recognise_text(&changed).problem.map(|p| p.code), Some(code_), "{to}");
        }
        assert_eq!(recognise_text("UPNQR\n\nEUR\n").problem.map(|p| p.code), Some(ProblemCode::Missing));
    }
}
