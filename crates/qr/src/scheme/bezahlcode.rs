//! BezahlCode: German `bank:` links, given up as a standard but still printed.

use pay::{Currency, Direction};

use super::account::{is_bic, is_iban};
use crate::payload::{AmountRule, Problem, ProblemCode, Query, Reading, Scheme, Warning, after, must, query};

pub(super) fn read(text: &str) -> Option<Reading> {
    let rest = after(text.trim(), "bank://")?;
    let mut reading = Reading::new(Scheme::BezahlCode, Direction::None);
    reading.set_network("bezahlcode");
    reading.problem = fill(rest, &mut reading).err();
    Some(reading)
}

fn fill(rest: &str, reading: &mut Reading) -> Result<(), Problem> {
    let (action, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let action = action.trim_end_matches('/').to_ascii_lowercase();
    let fields = query(fields, false).ok_or(Problem::new(ProblemCode::Syntax, "percent-encoding"))?;
    reading.intent.direction = match action.as_str() {
        "contact" | "contact_v2" => Direction::None,
        "singlepayment" | "singlepaymentsepa" => Direction::Pay,
        // A standing order, and the right to collect.
        "periodicsinglepayment" | "periodicsinglepaymentsepa" | "singledirectdebit" | "singledirectdebitsepa" => {
            reading.warn(Warning::FutureDebits);
            Direction::Authorise
        }
        _ => return Err(Problem::new(ProblemCode::Unsupported, "action")),
    };
    for key in ["name", "iban", "account", "amount", "currency", "bic", "reason"] {
        must(fields.count(key) <= 1, ProblemCode::Contradiction, "parameter")?;
    }
    show(&fields, reading);
    must(reading.intent.payee.name.is_some(), ProblemCode::Missing, "name")?;
    account(&action, &fields, reading)?;
    money(&action, &fields, reading)
}

fn show(fields: &Query, reading: &mut Reading) {
    reading.set_name(fields.get("name").unwrap_or_default());
    reading.set_account(fields.filled("iban").or(fields.filled("account")).unwrap_or_default());
    reading.set_memo(fields.get("reason").unwrap_or_default());
    if let Some(reference) = fields.filled("separeference") {
        reading.set_reference(reference);
    }
}

/// The forms that end in `sepa` name an IBAN; the older ones an account at a bank code, which nobody has paid since 2014.
fn account(action: &str, fields: &Query, reading: &mut Reading) -> Result<(), Problem> {
    if let Some(iban) = fields.filled("iban") {
        must(is_iban(iban), ProblemCode::Account, "iban")?;
        return must(fields.filled("bic").is_none_or(is_bic), ProblemCode::Account, "bic");
    }
    must(!action.ends_with("sepa"), ProblemCode::Missing, "iban")?;
    let digits = |text: &str| text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit());
    let account = fields.filled("account").ok_or(Problem::new(ProblemCode::Missing, "account"))?;
    must(digits(account), ProblemCode::Account, "account")?;
    if reading.intent.direction == Direction::Pay {
        reading.warn(Warning::NotToBePaid);
    }
    Ok(())
}

/// The decimal mark is a comma.
fn money(action: &str, fields: &Query, reading: &mut Reading) -> Result<(), Problem> {
    if let Some(code) = fields.filled("currency") {
        let known = Currency::from_code(code).map_err(|_| Problem::new(ProblemCode::Currency, "currency"))?;
        reading.currency = Some(known.code().to_owned());
    } else if !action.starts_with("contact") {
        reading.currency = Some("EUR".to_owned());
    }
    if let Some(value) = fields.filled("amount") {
        let rule = AmountRule { field: "amount", decimals: 2, digits: 9, zero: true };
        must(!value.contains('.'), ProblemCode::Amount, "amount")?;
        reading.set_decimal(&value.replacen(',', ".", 1), rule)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    #[test]
    fn payment_contact_and_debit_are_told_apart() {
        let iban = "iban=DE27100777770209299700";
        for (text, direction) in [
            (format!("bank://singlepaymentsepa?name=Ana%20B&{iban}&amount=140%2C4&reason=Tea"), Direction::Pay),
            (format!("bank://contact_v2?name=Ana&{iban}"), Direction::None),
            (format!("BANK://singledirectdebitsepa?name=Ana&{iban}"), Direction::Authorise),
            ("bank://contact?name=Ana&account=001194700&bnc=100205000".into(), Direction::None),
        ] {
            let reading = recognise_text(&text);
            assert_eq!((reading.scheme, reading.problem), (Scheme::BezahlCode, None), "{text}");
            assert_eq!(reading.intent.direction, direction, "{text}");
        }
        let reading = recognise_text(&format!("bank://singlepaymentsepa?name=Ana&{iban}&amount=140,4"));
        assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("140.4"));
    }

    #[test]
    fn broken_links_are_refused() {
        for (rest, code) in [
            ("singlepaymentsepa?name=Ana&iban=DE12345678901234567890", ProblemCode::Account),
            ("singlepaymentsepa?name=Ana&account=12", ProblemCode::Missing),
            ("singlepaymentsepa?iban=DE27100777770209299700", ProblemCode::Missing),
            ("contact?name=Ana&name=Bob&account=12", ProblemCode::Contradiction),
            ("singlepaymentsepa?name=A&iban=DE27100777770209299700&amount=1.5", ProblemCode::Amount),
            ("steal?name=Ana", ProblemCode::Unsupported),
        ] {
            assert_eq!(recognise_text(&format!("bank://{rest}")).problem.map(|p| p.code), Some(code), "{rest}");
        }
    }
}
