//! Polish transfer codes: ZBP's recommendation on two-dimensional codes, nine fields between pipes.

use pay::Direction;

use super::account::is_iban;
use crate::payload::{ProblemCode, Reading, Scheme, has_hidden, must};

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim_matches(['\r', '\n']);
    let fields: Vec<&str> = text.split('|').collect();
    let &[tax_number, country, account, grosz, name, title, ..] = fields.as_slice() else { return None };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let two_letters = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
    let plain = two_letters && digits(account) && digits(grosz);
    // The country is the second field; with it a mistake elsewhere is one of this code's.
    let claims = (7..=10).contains(&fields.len()) && (plain || country == "PL") && account.len() > 10;
    if !claims {
        return None;
    }
    let mut reading = Reading::new(Scheme::PlZbp, Direction::Pay);
    reading.set_network("pl-zbp");
    reading.currency = Some("PLN".to_owned());
    let account = format!("PL{account}");
    reading.set_account(&account);
    reading.set_name(name);
    reading.set_memo(title);
    reading.problem = reading.set_hundredths(grosz, 6..=12, "amount").err().or_else(|| {
        let company = tax_number.is_empty() || (tax_number.len() == 10 && digits(tax_number));
        must(fields.len() == 9, ProblemCode::Missing, "fields")
            .and(must(company, ProblemCode::Syntax, "nip"))
            .and(must(country == "PL", ProblemCode::Unsupported, "country"))
            .and(must(is_iban(&account), ProblemCode::Account, "nrb"))
            .and(must(!name.trim().is_empty(), ProblemCode::Missing, "name"))
            .and(must(name.chars().count() <= 20, ProblemCode::TooLong, "name"))
            .and(must(!has_hidden(name), ProblemCode::Deceptive, "name"))
            .and(must(title.chars().count() <= 32, ProblemCode::TooLong, "title"))
            .err()
    });
    Some(reading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    #[test]
    fn grosz_become_zlotys_and_zeros_no_amount() {
        let code = |grosz: &str| format!("|PL|24160000035175530643314956|{grosz}|Jan Kowalski|Czynsz||| ");
        let reading = recognise_text(&code("012345"));
        assert_eq!((reading.scheme, reading.problem), (Scheme::PlZbp, None));
        assert_eq!(reading.intent.payee.account.as_deref(), Some("PL24160000035175530643314956"));
        assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("123.45"));
        assert_eq!(recognise_text(&code("000000")).intent.amount, None);
    }

    #[test]
    fn broken_codes_are_refused_and_other_pipes_are_not_claimed() {
        for (text, code) in [
            ("|PL|24160000035175530643314957|012345|Jan|x|||", ProblemCode::Account),
            ("|DE|24160000035175530643314956|012345|Jan|x|||", ProblemCode::Unsupported),
            ("|PL|24160000035175530643314956|012345|Jan|x||", ProblemCode::Missing),
            ("|PL|24160000035175530643314956|123.45|Jan|x|||", ProblemCode::Amount),
            ("|PL|24 1600 0003 5175 5306 4331 4956|012345|Jan|x|||", ProblemCode::Account),
            ("12|PL|24160000035175530643314956|012345|Jan|x|||", ProblemCode::Syntax),
            ("|PL|24160000035175530643314956|12345|Jan|x|||", ProblemCode::Amount),
            ("|PL|24160000035175530643314956|012345|Jan Maria Kowalski-Nowak|x|||", ProblemCode::TooLong),
        ] {
            assert_eq!(recognise_text(text).problem.map(|p| p.code), Some(code), "{text}");
        }
        assert_eq!(recognise_text("a|b|c|d|e|f|g|h|i").scheme, Scheme::Nonpay);
    }
}
