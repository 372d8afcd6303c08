//! Solana Pay: transfer requests, and transaction requests, whose content only the server knows.

use pay::Direction;
use url::Url;

use super::base58;
use crate::payload::{AmountRule, Problem, ProblemCode, Reading, Scheme, Warning, after, must, percent_decode, query};

pub(super) fn read(text: &str) -> Option<Reading> {
    let rest = after(text.trim(), "solana:")?;
    let mut reading = Reading::new(Scheme::SolanaPay, Direction::Pay);
    reading.set_network("solana");
    let link = after(rest, "https").is_some();
    reading.problem = if link { transaction(rest, &mut reading) } else { transfer(rest, &mut reading) }.err();
    Some(reading)
}

/// The wallet would sign whatever the server sends: who and how much stays open.
fn transaction(link: &str, reading: &mut Reading) -> Result<(), Problem> {
    let bad = Problem::new(ProblemCode::Syntax, "link");
    let link = percent_decode(link, false).ok_or(bad)?;
    let url = Url::parse(&link).ok().filter(|url| url.scheme() == "https").ok_or(bad)?;
    reading.set_account(url.host_str().ok_or(bad)?);
    reading.warn(Warning::PayeeUnknown);
    reading.warn(Warning::AmountFromServer);
    Ok(())
}

fn transfer(rest: &str, reading: &mut Reading) -> Result<(), Problem> {
    let (recipient, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let fields = query(fields, false).ok_or(Problem::new(ProblemCode::Syntax, "percent-encoding"))?;
    reading.set_account(recipient);
    for (key, set) in [("label", Reading::set_name as fn(&mut Reading, &str)), ("memo", Reading::set_memo)] {
        if let Some(text) = fields.filled(key) {
            set(reading, text);
        }
    }
    if let (None, Some(message)) = (&reading.intent.memo, fields.filled("message")) {
        reading.set_memo(message);
    }
    if let Some(reference) = fields.filled("reference") {
        reading.set_reference(reference);
    }
    must(!recipient.is_empty(), ProblemCode::Missing, "recipient")?;
    must(is_key(recipient), ProblemCode::Account, "recipient")?;
    for key in ["amount", "spl-token", "label", "message", "memo"] {
        must(fields.count(key) <= 1, ProblemCode::Contradiction, "parameter")?;
    }
    for (key, value) in fields.fields() {
        must(key != "reference" || is_key(value), ProblemCode::Reference, "reference")?;
    }
    let token = fields.get("spl-token");
    must(token.is_none_or(is_key), ProblemCode::Currency, "spl-token")?;
    if token.is_none() {
        reading.currency = Some("SOL".to_owned());
    }
    if let Some(value) = fields.get("amount") {
        must(!value.starts_with('.'), ProblemCode::Amount, "amount")?;
        // SOL has nine decimals; a token has its own, at most that many in use.
        reading.set_decimal(value, AmountRule { field: "amount", decimals: 9, digits: 18, zero: true })?;
    }
    Ok(())
}

/// A public key: 32 bytes.
fn is_key(text: &str) -> bool {
    base58::decode(text).is_some_and(|bytes| bytes.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    const KEY: &str = "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T";

    #[test]
    fn a_transfer_and_a_transaction_are_told_apart() {
        let reading = recognise_text(&format!("solana:{KEY}?amount=0.01&reference={KEY}&label=Ana&message=Tea"));
        assert_eq!(
            (reading.scheme, reading.problem, reading.currency.as_deref()),
            (Scheme::SolanaPay, None, Some("SOL"))
        );
        assert_eq!(reading.intent.memo.as_deref(), Some("Tea"));
        assert_eq!(reading.intent.reference.as_deref(), Some(KEY));
        let blind = recognise_text("solana:https%3A%2F%2Fshop.example%2Fpay%3Forder%3D1");
        assert_eq!((blind.problem, blind.intent.payee.account.as_deref()), (None, Some("shop.example")));
        assert!(blind.warnings.contains(&Warning::AmountFromServer));
    }

    #[test]
    fn what_is_no_key_or_no_amount_is_refused() {
        for (rest, code) in [
            ("", ProblemCode::Missing),
            ("0xffff", ProblemCode::Account),
            ("4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T?spl-token=0xffff", ProblemCode::Currency),
            ("4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T?reference=0xffff", ProblemCode::Reference),
            ("4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T?amount=-100", ProblemCode::Amount),
            ("4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T?amount=1&amount=2", ProblemCode::Contradiction),
            ("https:", ProblemCode::Syntax),
        ] {
            assert_eq!(recognise_text(&format!("solana:{rest}")).problem.map(|p| p.code), Some(code), "{rest}");
        }
    }
}
