//! Links of payment services, to be handed to them: named by exact host, never opened by themselves.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use pay::Direction;
use url::Url;

use crate::payload::{AmountRule, Problem, ProblemCode, Reading, Scheme, Warning};

/// Exact hosts and their service.
const HOSTS: &[(&str, &str)] = &[
    ("m.me", "messenger-pay"),
    ("paypal.me", "paypal"),
    ("paypal.com", "paypal"),
    ("venmo.com", "venmo"),
    ("account.venmo.com", "venmo"),
    ("cash.app", "cashapp"),
    ("enroll.zellepay.com", "zelle"),
    ("revolut.me", "revolut"),
    ("wise.com", "wise"),
    ("buy.stripe.com", "stripe"),
    ("square.link", "square"),
    ("app.swish.nu", "swish"),
    ("qr.vipps.no", "vipps"),
    ("mobilepay.dk", "mobilepay"),
    ("qr.alipay.com", "alipay"),
    ("qr.kakaopay.com", "kakaopay"),
    ("razorpay.me", "razorpay"),
    ("pos.snapscan.io", "za-merchant"),
    ("pos-staging.snapscan.io", "za-merchant"),
    ("app.scantopay.io", "za-merchant"),
    ("zap.pe", "za-merchant"),
];

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let scheme = text.split_once("://")?.0.to_ascii_lowercase();
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    match scheme.as_str() {
        "https" | "http" => web(&url),
        "venmo" => Some(finish(link("venmo"), |reading| venmo(&url, reading))),
        "wxp" => {
            let mut reading = link("wechatpay");
            reading.warn(Warning::PayeeUnknown);
            Some(reading)
        }
        _ => None,
    }
}

fn link(service: &'static str) -> Reading {
    let mut reading = Reading::new(Scheme::Link, Direction::Pay);
    reading.profile = Some(service);
    reading.set_network(service);
    reading
}

fn finish(mut reading: Reading, fill: impl FnOnce(&mut Reading) -> Result<(), Problem>) -> Reading {
    reading.problem = fill(&mut reading).err();
    reading
}

fn web(url: &Url) -> Option<Reading> {
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let Some((_, service)) = HOSTS.iter().find(|(known, _)| *known == host) else { return look_alike(host) };
    let path: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    let mut reading = match (*service, path.as_slice()) {
        ("messenger-pay", ["pay", name]) => finish(link(service), |r| named(r, name)),
        ("messenger-pay", _) => return None,
        ("paypal", path) => paypal(host, path)?,
        ("venmo", ["u", name]) => finish(link(service), |r| named(r, name)),
        ("venmo", []) if url.query().is_some() => finish(link(service), |r| venmo(url, r)),
        ("cashapp", [name, rest @ ..]) if name.starts_with('$') => {
            finish(link(service), |r| priced(r, name, rest, None))
        }
        ("zelle", ["qr-codes"]) => finish(link(service), |r| zelle(url, r)),
        ("revolut", [name, rest @ ..]) => finish(link(service), |r| revolut(r, name, rest)),
        ("wise", ["pay", "me", name]) => finish(link(service), |r| named(r, name)),
        ("swish", ["1", "p", "sw"]) => finish(link(service), |r| swish(url, r)),
        ("mobilepay", ["box" | "erhverv", ..]) => finish(link(service), |r| query_name(url, "phone", r)),
        ("razorpay", [name]) if name.starts_with('@') && name.len() > 1 => finish(link(service), |r| named(r, name)),
        ("razorpay" | "revolut", []) => {
            Reading { problem: Some(Problem::new(ProblemCode::Missing, "payee")), ..link(service) }
        }
        ("stripe" | "kakaopay" | "alipay" | "vipps" | "za-merchant", [_, ..]) | ("square", ["u", _]) => {
            let mut reading = link(service);
            reading.warn(Warning::PayeeUnknown);
            if *service == "stripe" && path.first().is_some_and(|id| id.starts_with("test_")) {
                reading.warn(Warning::TestMode);
            }
            reading
        }
        _ => return None,
    };
    if url.scheme() == "http" {
        reading.warn(Warning::NotEncrypted);
    }
    if !url.username().is_empty() || url.password().is_some() {
        reading.problem = Some(Problem::new(ProblemCode::LookAlikeHost, "user"));
    }
    Some(reading)
}

/// A service's whole host as the beginning of somebody else's: `paypal.me.evil.example`.
fn look_alike(host: &str) -> Option<Reading> {
    let posing = |known: &str| host.strip_prefix(known).is_some_and(|rest| rest.starts_with('.'));
    let (_, service) = HOSTS.iter().find(|(known, _)| posing(known))?;
    let mut reading = Reading::refused(Scheme::Link, Problem::new(ProblemCode::LookAlikeHost, "host"));
    reading.profile = Some(service);
    reading.intent.network = Some(host.to_owned());
    Some(reading)
}

fn named(reading: &mut Reading, name: &str) -> Result<(), Problem> {
    let name =
        crate::payload::percent_decode(name, false).ok_or(Problem::new(ProblemCode::Syntax, "percent-encoding"))?;
    reading.set_account(&name);
    Ok(())
}

fn money(reading: &mut Reading, text: &str, currency: Option<&str>) -> Result<(), Problem> {
    reading.currency = currency.map(str::to_ascii_uppercase);
    reading.set_decimal(text, AmountRule { field: "amount", decimals: 2, digits: 9, zero: false })
}

fn priced(reading: &mut Reading, name: &str, rest: &[&str], currency: Option<&str>) -> Result<(), Problem> {
    named(reading, name)?;
    rest.first().map_or(Ok(()), |asked| money(reading, asked, currency))
}

/// `NAME/18eur`: digits, then three letters.
fn revolut(reading: &mut Reading, name: &str, rest: &[&str]) -> Result<(), Problem> {
    named(reading, name)?;
    let Some(asked) = rest.first() else { return Ok(()) };
    let digits = asked.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &asked[digits.len()..];
    if unit.is_empty() { money(reading, digits, None) } else { money(reading, digits, Some(unit)) }
}

fn paypal(host: &str, path: &[&str]) -> Option<Reading> {
    let opaque = |service: &'static str| {
        let mut reading = link(service);
        reading.warn(Warning::PayeeUnknown);
        reading
    };
    Some(match (host, path) {
        ("paypal.me", [name, rest @ ..]) | ("paypal.com", ["paypalme", name, rest @ ..]) => {
            finish(link("paypal"), |r| revolut(r, name, rest))
        }
        ("paypal.com", ["qrcodes", "venmocs", _]) => opaque("venmo"),
        ("paypal.com", ["qrcodes", "p2pqrc" | "managed", _]) | ("paypal.com", ["ncp", "payment", _]) => {
            opaque("paypal")
        }
        _ => return None,
    })
}

fn field(url: &Url, key: &str) -> Option<String> {
    url.query_pairs().find(|(k, v)| k == key && !v.is_empty()).map(|(_, value)| value.into_owned())
}

fn once(url: &Url, keys: &[&str]) -> Result<(), Problem> {
    let twice = keys.iter().any(|key| url.query_pairs().filter(|(k, _)| k == key).count() > 1);
    if twice { Err(Problem::new(ProblemCode::Contradiction, "query")) } else { Ok(()) }
}

/// `txn=charge` takes money from the one who opens it.
fn venmo(url: &Url, reading: &mut Reading) -> Result<(), Problem> {
    once(url, &["txn", "recipients", "amount", "note"])?;
    match field(url, "txn").as_deref() {
        Some("charge") => return Err(Problem::new(ProblemCode::AsksReader, "txn")),
        Some("pay") | None => {}
        Some(_) => return Err(Problem::new(ProblemCode::Unsupported, "txn")),
    }
    let account = field(url, "recipients").ok_or(Problem::new(ProblemCode::Missing, "recipients"))?;
    reading.set_account(&account);
    if let Some(note) = field(url, "note") {
        reading.set_memo(&note);
    }
    field(url, "amount").map_or(Ok(()), |asked| money(reading, &asked, Some("USD")))
}

fn swish(url: &Url, reading: &mut Reading) -> Result<(), Problem> {
    once(url, &["sw", "amt", "cur", "msg"])?;
    query_name(url, "sw", reading)?;
    if let Some(memo) = field(url, "msg") {
        reading.set_memo(&memo);
    }
    let currency = field(url, "cur").unwrap_or_else(|| "SEK".to_owned());
    if currency != "SEK" {
        return Err(Problem::new(ProblemCode::Currency, "cur"));
    }
    field(url, "amt").map_or(Ok(()), |asked| money(reading, &asked, Some("SEK")))
}

fn query_name(url: &Url, key: &'static str, reading: &mut Reading) -> Result<(), Problem> {
    let account = field(url, key).ok_or(Problem::new(ProblemCode::Missing, key))?;
    reading.set_account(&account);
    Ok(())
}

/// `data` is base64 of a JSON object with name, token and action.
fn zelle(url: &Url, reading: &mut Reading) -> Result<(), Problem> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bad = Problem::new(ProblemCode::Syntax, "data");
    // Written into the query unescaped, so a plus has already become a space.
    let data = field(url, "data").ok_or(bad)?.replace(' ', "+");
    let bytes = GeneralPurpose::new(&alphabet::STANDARD, LENIENT).decode(data).map_err(|_| bad)?;
    let json: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| bad)?;
    let text = |key: &str| json.get(key).and_then(|value| value.as_str()).filter(|value| !value.is_empty());
    reading.currency = Some("USD".to_owned());
    reading.set_account(text("token").ok_or(Problem::new(ProblemCode::Missing, "token"))?);
    if let Some(name) = text("name") {
        reading.set_name(name);
    }
    match text("action") {
        None | Some("payment") => Ok(()),
        Some("request") => Err(Problem::new(ProblemCode::AsksReader, "action")),
        Some(_) => Err(Problem::new(ProblemCode::Unsupported, "action")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    #[test]
    fn services_are_named_with_what_the_link_says() {
        for (text, service, account, amount) in [
            ("https://paypal.me/ana/14.00EUR", "paypal", Some("ana"), Some("14.00")),
            ("https://cash.app/$ana/25.00", "cashapp", Some("$ana"), Some("25.00")),
            ("https://revolut.me/ana/18eur", "revolut", Some("ana"), Some("18")),
            ("https://venmo.com/?txn=pay&recipients=ana&amount=5", "venmo", Some("ana"), Some("5")),
            ("venmo://paycharge?txn=pay&recipients=ana", "venmo", Some("ana"), None),
            ("https://m.me/pay/Ana", "messenger-pay", Some("Ana"), None),
            ("https://buy.stripe.com/abc", "stripe", None, None),
            ("HTTPS://QR.ALIPAY.COM/FKX1", "alipay", None, None),
            ("wxp://f2f0abc", "wechatpay", None, None),
            ("https://razorpay.me/@shop", "razorpay", Some("@shop"), None),
        ] {
            let reading = recognise_text(text);
            assert_eq!(
                (reading.scheme, reading.profile, reading.problem),
                (Scheme::Link, Some(service), None),
                "{text}"
            );
            assert_eq!(reading.intent.payee.account.as_deref(), account, "{text}");
            assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), amount, "{text}");
        }
    }

    #[test]
    fn hosts_that_only_look_like_a_service_are_refused_or_plain_links() {
        let reading = recognise_text("https://razorpay.me.evil.example/@x");
        assert_eq!(reading.problem, Some(Problem::new(ProblemCode::LookAlikeHost, "host")));
        let reading = recognise_text("https://evil.example/paypal.me/ana");
        assert_eq!((reading.scheme, reading.profile), (Scheme::Nonpay, Some("url")));
        assert!(!recognise_text("https://x@paypal.me/ana").valid());
    }

    #[test]
    fn a_link_that_takes_money_is_refused() {
        let reading = recognise_text("venmo://paycharge?txn=charge&recipients=ana&amount=5");
        assert_eq!(reading.problem, Some(Problem::new(ProblemCode::AsksReader, "txn")));
    }
}
