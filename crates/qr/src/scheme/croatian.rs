//! Croatian payment slips: HUB 3A, fourteen lines of a PDF417.

use pay::{Currency, Direction};

use super::account::is_iban;
use crate::payload::{Problem, ProblemCode, Reading, Scheme, Warning, has_hidden, must};

const LINES: usize = 14;

pub(super) fn read(text: &str) -> Option<Reading> {
    let rest = text.strip_prefix("HRVHUB30")?;
    if !rest.starts_with(['\r', '\n']) {
        return None;
    }
    let mut reading = Reading::new(Scheme::HrHub3, Direction::Pay);
    reading.set_network("hr-hub3");
    reading.problem = fill(&text.replace("\r\n", "\n"), &mut reading).err();
    Some(reading)
}

fn fill(text: &str, reading: &mut Reading) -> Result<(), Problem> {
    let lines: Vec<&str> = text.split('\n').collect();
    let line = |n: usize| lines.get(n).copied().unwrap_or_default();
    reading.set_name(line(6));
    reading.set_account(line(9));
    reading.set_reference(line(11));
    reading.set_memo(line(13));
    must(lines.len() >= LINES, ProblemCode::Missing, "lines")?;
    must(lines[LINES..].iter().all(|rest| rest.trim().is_empty()), ProblemCode::Syntax, "lines")?;
    let currency = Currency::from_code(line(1)).map_err(|_| Problem::new(ProblemCode::Currency, "currency"));
    // The kuna was replaced by the euro on 2023-01-01: such a slip can be read, not paid.
    if line(1) == "HRK" {
        reading.currency = Some("HRK".to_owned());
        reading.warn(Warning::NotToBePaid);
    } else {
        reading.currency = Some(currency?.code().to_owned());
    }
    reading.set_hundredths(line(2), 15..=15, "amount")?;
    must(is_iban(line(9)), ProblemCode::Account, "iban")?;
    must(line(6).chars().count() <= 25, ProblemCode::TooLong, "payee")?;
    must(!has_hidden(line(6)), ProblemCode::Deceptive, "payee")?;
    let model = line(10);
    let known = model.len() == 4 && model.starts_with("HR") && model.bytes().skip(2).all(|b| b.is_ascii_digit());
    must(model.is_empty() || known, ProblemCode::Reference, "model")?;
    must(line(11).chars().count() <= 22, ProblemCode::TooLong, "reference")?;
    must(line(13).chars().count() <= 35, ProblemCode::TooLong, "memo")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    const TEXT: &str = "HRVHUB30\nEUR\n000000000012355\nANA\nULICA 1\n10000 ZAGREB\nSHOP d.o.o.\nTRG 2\n21230 SINJ\nHR1210010051863000160\nHR01\n7269-68949637676-00019\nCOST\nRent\n";

    #[test]
    fn cents_become_euros_and_kunas_are_not_to_be_paid() {
        let reading = recognise_text(TEXT);
        assert_eq!((reading.scheme, reading.problem), (Scheme::HrHub3, None));
        assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("123.55"));
        assert_eq!(reading.intent.payee.name.as_deref(), Some("SHOP d.o.o."));
        let old = recognise_text(&TEXT.replacen("EUR", "HRK", 1));
        assert_eq!((old.problem, old.warnings.contains(&Warning::NotToBePaid)), (None, true));
    }

    #[test]
    fn broken_slips_are_refused() {
        for (from, to, code) in [
            ("HR1210010051863000160", "HR1310010051863000160", ProblemCode::Account),
            ("000000000012355", "12355", ProblemCode::Amount),
            ("EUR", "XXY", ProblemCode::Currency),
            ("HR01", "01", ProblemCode::Reference),
            ("\nCOST\nRent\n", "", ProblemCode::Missing),
        ] {
            assert_eq!(recognise_text(&TEXT.replacen(from, to, 1)).problem.map(|p| p.code), Some(code), "{to}");
        }
    }
}
