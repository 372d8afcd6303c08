//! `taler:` URIs of GNU Taler: draft-grothoff-taler and the wallet's manual. The address never says who or how much for
//! certain: that is in a contract the wallet fetches.

use pay::{Currency, Direction};

use crate::payload::{AmountRule, Problem, ProblemCode, Query, Reading, Scheme, Warning, must, query};

pub(super) fn read(text: &str) -> Option<Reading> {
    let (scheme, rest) = text.trim().split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let scheme = scheme.strip_prefix("ext+").or(scheme.strip_prefix("web+")).unwrap_or(&scheme);
    if !scheme.starts_with("taler") || rest.contains(char::is_whitespace) {
        return None;
    }
    let Some(rest) = rest.strip_prefix("//") else {
        let form = Problem::new(ProblemCode::Syntax, "form");
        return (scheme == "taler" && rest.contains('/')).then(|| Reading::refused(Scheme::Taler, form));
    };
    let mut reading = Reading::new(Scheme::Taler, Direction::None);
    reading.set_network("taler");
    match scheme {
        "taler" => {}
        // Only for development: the contract would travel in clear.
        "taler+http" => reading.warn(Warning::NotEncrypted),
        _ => {
            reading.problem = Some(Problem::new(ProblemCode::Unsupported, "scheme"));
            return Some(reading);
        }
    }
    reading.problem = fill(rest, &mut reading).err();
    Some(reading)
}

fn fill(rest: &str, reading: &mut Reading) -> Result<(), Problem> {
    let rest = rest.split('#').next().unwrap_or(rest);
    let (path, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let (action, path) = path.split_once('/').ok_or(Problem::new(ProblemCode::Missing, "host"))?;
    let action = action.to_ascii_lowercase();
    reading.intent.direction = direction(&action).ok_or(Problem::new(ProblemCode::Unsupported, "action"))?;
    if action == "restore" {
        // Behind it stands the key to a whole wallet.
        reading.warn(Warning::Secret);
        return must(!path.is_empty(), ProblemCode::Missing, "key");
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    let host = parts.remove(0);
    must(is_host(host), ProblemCode::Missing, "host")?;
    reading.set_account(host);
    reading.warn(Warning::PayeeUnknown);
    if matches!(action.as_str(), "pay-push" | "pay-pull") {
        // Whoever knows the path can take the money, or answer the invoice.
        reading.warn(Warning::Secret);
    }
    // `pay` and `refund` end in a session, which may be empty.
    if parts.last() == Some(&"") {
        parts.pop();
    }
    let needs_id = !NO_ID.contains(&action.as_str());
    let has_id = parts.last().is_some_and(|id| !id.is_empty());
    must(has_id || !needs_id, ProblemCode::Missing, "id")?;
    let fields = query(fields, false).ok_or(Problem::new(ProblemCode::Syntax, "percent-encoding"))?;
    asked(&fields, reading)
}

/// Actions whose host says all.
const NO_ID: [&str; 5] = ["withdraw-exchange", "add-exchange", "exchange", "auditor", "dev-experiment"];

/// Which way the money goes for the wallet that reads it.
fn direction(action: &str) -> Option<Direction> {
    Some(match action {
        "pay" | "pay-pull" | "pay-template" => Direction::Pay,
        "pay-push" | "refund" | "tip" | "reward" | "withdraw" | "withdraw-exchange" => Direction::Receive,
        "restore" | "add-exchange" | "add-contact" | "exchange" | "auditor" | "dev-experiment" => Direction::None,
        _ => return None,
    })
}

/// `amount=KUDOS` fixes the currency, `amount=KUDOS:5` an amount (`a` in withdrawals).
fn asked(fields: &Query, reading: &mut Reading) -> Result<(), Problem> {
    for key in ["amount", "a", "summary"] {
        must(fields.count(key) <= 1, ProblemCode::Contradiction, "option")?;
    }
    if let Some(summary) = fields.filled("summary") {
        reading.set_memo(summary);
    }
    let Some(text) = fields.filled("amount").or(fields.filled("a")) else { return Ok(()) };
    let (unit, value) = text.split_once(':').map_or((text, None), |(unit, value)| (unit, Some(value)));
    let letters = (1..=11).contains(&unit.len()) && unit.bytes().all(|b| b.is_ascii_alphabetic());
    must(letters, ProblemCode::Currency, "amount")?;
    let unit = unit.to_ascii_uppercase();
    if Currency::from_code(&unit).is_err() {
        // A currency of a region or of a demonstration.
        reading.warn(Warning::NonStandard);
    }
    reading.currency = Some(unit);
    if let Some(value) = value {
        reading.set_decimal(value, AmountRule { field: "amount", decimals: 8, digits: 16, zero: true })?;
    }
    Ok(())
}

/// A name or an address, with a port perhaps.
fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "1"));
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !name.is_empty() && name.chars().all(letters) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    #[test]
    fn the_direction_is_the_action_s() {
        for (text, direction) in [
            ("taler://pay/shop.example/2026-1/", Direction::Pay),
            ("TALER://Pay-Push/exchange.example:8080/eu/ABC", Direction::Receive),
            ("taler://refund/shop.example/2026-1/", Direction::Receive),
            ("taler+http://withdraw/bank.example/123", Direction::Receive),
            ("ext+taler://pay-pull/exchange.example/ABC", Direction::Pay),
        ] {
            let reading = recognise_text(text);
            assert_eq!((reading.scheme, reading.problem), (Scheme::Taler, None), "{text}");
            assert_eq!(reading.intent.direction, direction, "{text}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        for (text, code) in [
            ("taler://withdraw/bank.example//", ProblemCode::Missing),
            ("taler://pay/shop.example/", ProblemCode::Missing),
            ("taler://pay", ProblemCode::Missing),
            ("taler://restore/", ProblemCode::Missing),
            ("taler:pay/shop.example/1", ProblemCode::Syntax),
            ("taler://steal/shop.example/1", ProblemCode::Unsupported),
            ("talers://pay/shop.example/1", ProblemCode::Unsupported),
            ("taler://pay-template/shop.example/t?amount=KUDOS:-1", ProblemCode::Amount),
            ("taler://pay-template/shop.example/t?amount=KUDOS:1&amount=KUDOS:2", ProblemCode::Contradiction),
        ] {
            assert_eq!(recognise_text(text).problem.map(|p| p.code), Some(code), "{text}");
        }
    }

    #[test]
    fn a_bearer_s_secret_is_in_no_field() {
        for text in ["taler://pay-push/exchange.example/HUNTER22", "taler://restore/HUNTER22/sync.example,b.example:80"]
        {
            let reading = recognise_text(text);
            assert!(reading.valid() && reading.warnings.contains(&Warning::Secret));
            assert!(!format!("{reading:?}").contains("HUNTER22"));
        }
        assert_eq!(recognise_text("taler: a coin of old").scheme, Scheme::Nonpay);
    }
}
