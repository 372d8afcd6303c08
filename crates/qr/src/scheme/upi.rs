//! UPI links: NPCI UPI Linking Specification 1.6, and standing authorisations.

use pay::{Direction, Intent};

use crate::payload::{
    AmountRule, Parts, Problem, ProblemCode, Query, Reading, Scheme, Warning, amount, fields, has_hidden, query,
};

/// Schemes of single apps that carry the same link.
const APPS: &[&str] = &["phonepe", "paytmmp", "tez", "gpay", "bhim"];

pub(super) fn read(text: &str) -> Option<Reading> {
    let (scheme, rest) = text.trim().split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let Some(rest) = rest.strip_prefix("//") else {
        let ours = scheme == "upi" && rest.contains('?');
        return ours.then(|| Reading::refused(Scheme::Upi, Problem::new(ProblemCode::Syntax, "form")));
    };
    let own = scheme == "upi";
    if !own && !APPS.contains(&scheme.as_str()) {
        return None;
    }
    let (action, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let action = action.trim_end_matches('/').to_ascii_lowercase();
    let action = action.strip_prefix("upi/").unwrap_or(&action);
    let kind = match (action, own) {
        ("mandate", _) => Scheme::UpiMandate,
        (_, true) => Scheme::Upi,
        (_, false) => Scheme::UpiAppLink,
    };
    let Some(fields) = query(fields, true) else {
        return Some(Reading::refused(kind, Problem::new(ProblemCode::Syntax, "percent-encoding")));
    };
    let direction = match action {
        "pay" => Direction::Pay,
        "mandate" => Direction::Authorise,
        "collect" => return Some(Reading::refused(kind, Problem::new(ProblemCode::AsksReader, "collect"))),
        _ => return Some(Reading::refused(kind, Problem::new(ProblemCode::Unsupported, "action"))),
    };
    let mut reading = Reading::new(kind, direction);
    reading.problem = fill(&fields, &mut reading).err();
    Some(reading)
}

pub(crate) fn write(asked: &Intent) -> Result<String, Problem> {
    let parts = Parts::of(asked, Some("INR"))?;
    let amount = parts.amount.unwrap_or_default();
    let options = [
        ("pa", parts.account),
        ("pn", parts.name),
        ("am", amount),
        ("cu", "INR"),
        ("tn", parts.memo),
        ("tr", parts.reference),
    ];
    Ok(format!("upi://pay?{}", fields(&options)))
}

fn fill(fields: &Query, reading: &mut Reading) -> Result<(), Problem> {
    reading.set_network("upi");
    reading.currency = Some("INR".to_owned());
    if let Some(name) = fields.filled("pn") {
        reading.set_name(name);
    }
    if let Some(memo) = fields.filled("tn") {
        reading.set_memo(memo);
    }
    if let Some(reference) = fields.filled("tr") {
        reading.set_reference(reference);
    }
    if fields.filled("sign").is_some() {
        reading.warn(Warning::SignatureUnchecked);
    }
    let account = fields.filled("pa").unwrap_or_default().to_lowercase();
    reading.set_account(&account);
    for key in ["pa", "am", "cu", "pn", "tn", "tr", "mam", "fam"] {
        if fields.count(key) > 1 {
            return Err(Problem::new(ProblemCode::Contradiction, key));
        }
    }
    if !is_address(&account) {
        let code = if account.is_empty() { ProblemCode::Missing } else { ProblemCode::Account };
        return Err(Problem::new(code, "pa"));
    }
    if fields.filled("pn").is_some_and(has_hidden) {
        return Err(Problem::new(ProblemCode::Deceptive, "pn"));
    }
    if !fields.filled("cu").is_none_or(|cu| cu.eq_ignore_ascii_case("INR")) {
        return Err(Problem::new(ProblemCode::Currency, "cu"));
    }
    money(fields, reading)
}

/// An empty, zero or `null` amount means that the payer types it. A mandate's first debit is `fam`; `am` is its limit.
fn money(fields: &Query, reading: &mut Reading) -> Result<(), Problem> {
    let rule = |field| AmountRule { field, decimals: 2, digits: 9, zero: true };
    let given = |key: &'static str| fields.filled(key).filter(|value| *value != "null");
    let limit = given("am").map(|value| amount(value, rule("am"))).transpose()?;
    if reading.scheme == Scheme::UpiMandate {
        reading.warn(Warning::FutureDebits);
        let first = given("fam").map(|value| amount(value, rule("fam"))).transpose()?;
        return first.into_iter().try_for_each(|first| {
            reading.set_amount(first);
            Ok(())
        });
    }
    if let Some(asked) = limit.filter(|asked| !asked.value.is_zero()) {
        reading.set_amount(asked);
    }
    Ok(())
}

/// `name@handle`, 255 characters at most (UPI Linking Specification, 1.2).
fn is_address(text: &str) -> bool {
    let Some((name, handle)) = text.split_once('@') else { return false };
    let name_ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let handle_ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    text.len() <= 255
        && !name.is_empty()
        && !handle.is_empty()
        && name.chars().all(name_ok)
        && handle.chars().all(handle_ok)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    #[test]
    fn a_shop_code_reads_with_every_field() {
        let reading =
            recognise_text("upi://pay?pa=ABCshop@okbank&pn=ABC+Restaurant&am=450.00&cu=INR&tn=Bill%2012&tr=INV123");
        assert_eq!((reading.scheme, reading.problem), (Scheme::Upi, None));
        assert_eq!(reading.intent.payee.account.as_deref(), Some("abcshop@okbank"));
        assert_eq!(reading.intent.payee.name.as_deref(), Some("ABC Restaurant"));
        assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("450.00"));
        assert_eq!(reading.intent.reference.as_deref(), Some("INV123"));
    }

    #[test]
    fn an_escaped_at_sign_upper_case_keys_and_an_empty_amount_are_understood() {
        let reading = recognise_text("UPI://PAY?PA=a1%40ybl&AM=&MAM=null");
        assert_eq!(
            (reading.problem, reading.intent.amount, reading.intent.payee.account.as_deref()),
            (None, None, Some("a1@ybl"))
        );
    }

    #[test]
    fn tricks_are_refused_with_their_field() {
        for (text, code, detail) in [
            ("upi://collect?pa=a1@ybl&am=500", ProblemCode::AsksReader, "collect"),
            ("upi://pay?pa=good@ybl&pa=evil@ybl&am=10", ProblemCode::Contradiction, "pa"),
            ("upi://pay?pa=good@ybl&am=10&am=9999", ProblemCode::Contradiction, "am"),
            ("upi:pay?pa=good@ybl&am=10", ProblemCode::Syntax, "form"),
            ("upi://pay?pa=good@ybl&tn=a&tn=b", ProblemCode::Contradiction, "tn"),
            ("upi://pay?pa=a%20b@ybl", ProblemCode::Account, "pa"),
            ("upi://pay?tn=hi", ProblemCode::Missing, "pa"),
            ("upi://pay?pa=a1@ybl&am=1e3", ProblemCode::Amount, "am"),
            ("upi://pay?pa=a1@ybl&am=12.345", ProblemCode::Amount, "am"),
            ("upi://pay?pa=a1@ybl&am=99999999999", ProblemCode::Amount, "am"),
            ("upi://pay?pa=a1@ybl&cu=USD", ProblemCode::Currency, "cu"),
            ("upi://pay?pa=a1@ybl&pn=%E0%A4%A", ProblemCode::Syntax, "percent-encoding"),
        ] {
            assert_eq!(recognise_text(text).problem, Some(Problem::new(code, detail)), "{text}");
        }
    }

    #[test]
    fn a_mandate_allows_future_debits_and_shows_the_first_one() {
        let reading = recognise_text("upi://mandate?pa=shop@bank&am=1999.00&fam=1.00&cu=INR&amrule=MAX");
        assert_eq!((reading.scheme, reading.intent.direction), (Scheme::UpiMandate, Direction::Authorise));
        assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("1.00"));
    }
}
