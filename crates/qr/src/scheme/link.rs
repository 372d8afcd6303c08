//! Links of payment services, to be handed to them: named by exact host, never opened by themselves.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use pay::{Currency, Direction};
use url::Url;

use crate::payload::{AmountRule, Problem, ProblemCode, Reading, Scheme, Warning, must};

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
    ("qr.mobilepay.dk", "mobilepay"),
    ("qr.mobilepay.fi", "mobilepay"),
    ("qr.alipay.com", "alipay"),
    ("qr.kakaopay.com", "kakaopay"),
    ("razorpay.me", "razorpay"),
    ("pos.snapscan.io", "za-merchant"),
    ("pos-staging.snapscan.io", "za-merchant"),
    ("app.scantopay.io", "za-merchant"),
    ("pay.zapper.com", "za-merchant"),
    ("zap.pe", "za-merchant"),
];

/// Names under a service's own domain that are numbers: Zapper's codes are spread over `2.zap.pe`, `5.zap.pe` and so on.
fn service(host: &str) -> Option<&'static str> {
    let numbered = host
        .split_once('.')
        .filter(|(number, rest)| *rest == "zap.pe" && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
    let host = numbered.map_or(host, |(_, rest)| rest);
    HOSTS.iter().find(|(known, _)| *known == host).map(|(_, service)| *service)
}

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let Some((scheme, _)) = text.split_once("://") else { return swish_code(text) };
    let scheme = scheme.to_ascii_lowercase();
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    match scheme.as_str() {
        "https" | "http" => web(&url),
        "venmo" => Some(finish(link("venmo"), |reading| venmo(&url, reading))),
        "wxp" => Some(opaque("wechatpay")),
        "weixin" if url.host_str() == Some("wxpay") => Some(opaque("wechatpay")),
        _ => None,
    }
}

fn link(service: &'static str) -> Reading {
    let mut reading = Reading::new(Scheme::Link, Direction::Pay);
    reading.profile = Some(service);
    reading.set_network(service);
    reading
}

/// Who is paid is known to the service alone, after the link was opened.
fn opaque(service: &'static str) -> Reading {
    let mut reading = link(service);
    reading.warn(Warning::PayeeUnknown);
    reading
}

fn finish(mut reading: Reading, fill: impl FnOnce(&mut Reading) -> Result<(), Problem>) -> Reading {
    reading.problem = fill(&mut reading).err();
    reading
}

fn web(url: &Url) -> Option<Reading> {
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let Some(service) = service(host) else { return look_alike(host) };
    let path: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    let asks = url.query().is_some_and(|query| !query.is_empty());
    let mut reading = match (service, path.as_slice()) {
        ("messenger-pay", ["pay", name]) => finish(link(service), |r| named(r, name)),
        ("messenger-pay", _) => return None,
        ("paypal", path @ [_, ..]) => paypal(host, path)?,
        ("venmo", ["u", name]) => finish(link(service), |r| named(r, name)),
        ("venmo", [] | ["pay"]) if asks => finish(link(service), |r| venmo(url, r)),
        ("venmo", ["code"]) if asks => opaque(service),
        ("venmo", [name]) if field(url, "txn").is_some() => finish(link(service), |r| venmo_to(url, name, r)),
        ("cashapp", [name, rest @ ..]) if name.starts_with('$') => {
            finish(link(service), |r| priced(r, name, rest, None))
        }
        ("zelle", ["qr-codes"]) => finish(link(service), |r| zelle(url, r)),
        ("revolut", [name, rest @ ..]) => finish(link(service), |r| revolut(r, name, rest)),
        ("wise", ["pay", "me" | "business", name]) => finish(link(service), |r| named(r, name)),
        ("wise", ["pay", "r", _]) => opaque(service),
        ("swish", ["1", "p", "sw"]) => finish(link(service), |r| swish(url, r)),
        ("mobilepay", ["box" | "erhverv", ..]) if field(url, "phone").is_some() => {
            finish(link(service), |r| mobilepay(url, r))
        }
        ("mobilepay", ["box" | "erhverv", rest @ ..]) if asks || !rest.is_empty() => opaque(service),
        // Norwegian numbers stand in the path.
        ("vipps", ["28", .., number]) if number.starts_with("47") && number.bytes().all(|b| b.is_ascii_digit()) => {
            finish(link(service), |r| named(r, number))
        }
        ("za-merchant", []) if asks => opaque(service),
        ("razorpay", [name]) if name.starts_with('@') && name.len() > 1 => finish(link(service), |r| named(r, name)),
        ("razorpay" | "revolut" | "paypal", []) if host.ends_with(".me") => {
            Reading { problem: Some(Problem::new(ProblemCode::Missing, "payee")), ..link(service) }
        }
        ("stripe" | "kakaopay" | "alipay" | "vipps" | "za-merchant", [_, ..]) | ("square", ["u", _]) => {
            let mut reading = opaque(service);
            if service == "stripe" && path.first().is_some_and(|id| id.starts_with("test_")) {
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
    let known = currency.map(|code| Currency::from_code(&code.to_ascii_uppercase())).transpose();
    let known = known.map_err(|_| Problem::new(ProblemCode::Currency, "currency"))?;
    reading.currency = known.map(|currency| currency.code().to_owned());
    reading.set_decimal(text, AmountRule { field: "amount", decimals: 2, digits: 9, zero: false })
}

fn priced(reading: &mut Reading, name: &str, rest: &[&str], currency: Option<&str>) -> Result<(), Problem> {
    named(reading, name)?;
    rest.first().map_or(Ok(()), |asked| money(reading, asked, currency))
}

/// `NAME/18eur` or `NAME/eur18`: digits and three letters.
fn revolut(reading: &mut Reading, name: &str, rest: &[&str]) -> Result<(), Problem> {
    named(reading, name)?;
    let Some(asked) = rest.first() else { return Ok(()) };
    let letter = |c: char| c.is_ascii_alphabetic();
    let (digits, unit) = match asked.trim_start_matches(letter) {
        digits if digits.len() < asked.len() => (digits, &asked[..asked.len() - digits.len()]),
        _ => asked.split_at(asked.trim_end_matches(letter).len()),
    };
    if unit.is_empty() { money(reading, digits, None) } else { money(reading, digits, Some(unit)) }
}

fn paypal(host: &str, path: &[&str]) -> Option<Reading> {
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

fn venmo(url: &Url, reading: &mut Reading) -> Result<(), Problem> {
    once(url, &["recipients"])?;
    let account = field(url, "recipients").ok_or(Problem::new(ProblemCode::Missing, "recipients"))?;
    venmo_to(url, &account, reading)
}

/// `txn=charge` asks the named person for money, in the name of the one who opens the link.
fn venmo_to(url: &Url, account: &str, reading: &mut Reading) -> Result<(), Problem> {
    once(url, &["txn", "amount", "note"])?;
    match field(url, "txn").as_deref() {
        Some("charge") => reading.intent.direction = Direction::Receive,
        Some("pay") | None => {}
        Some(_) => return Err(Problem::new(ProblemCode::Unsupported, "txn")),
    }
    named(reading, account)?;
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

/// Swish's code of one line (Guide Swish QR code design specification 1.7.2, 6.1): number, amount with a decimal comma, message
/// and which of them the payer may change, one bit each.
fn swish_code(text: &str) -> Option<Reading> {
    let parts: Vec<&str> = text.strip_prefix('C')?.split(';').collect();
    let &[number, amount, memo, ref mask @ ..] = parts.as_slice() else { return None };
    let digits = number.strip_prefix('+').unwrap_or(number);
    let claims = (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && mask.len() <= 1;
    claims.then(|| {
        finish(link("swish"), |reading| {
            reading.set_account(number);
            reading.set_memo(memo);
            reading.currency = Some("SEK".to_owned());
            let known = mask.iter().all(|mask| matches!(mask.as_bytes(), [] | [b'0'..=b'7']));
            must(known, ProblemCode::Syntax, "mask")?;
            must(memo.chars().count() <= 50, ProblemCode::TooLong, "message")?;
            if amount.is_empty() { Ok(()) } else { money(reading, &amount.replacen(',', ".", 1), Some("SEK")) }
        })
    })
}

/// A Danish or Finnish box or shop by its number.
fn mobilepay(url: &Url, reading: &mut Reading) -> Result<(), Problem> {
    once(url, &["phone", "amount", "comment"])?;
    query_name(url, "phone", reading)?;
    if let Some(comment) = field(url, "comment") {
        reading.set_memo(&comment);
    }
    field(url, "amount").map_or(Ok(()), |asked| money(reading, &asked, Some("DKK")))
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
            ("https://revolut.me/ana/gbp18.5", "revolut", Some("ana"), Some("18.5")),
            ("https://venmo.com/?txn=pay&recipients=ana&amount=5", "venmo", Some("ana"), Some("5")),
            ("venmo://paycharge?txn=pay&recipients=ana", "venmo", Some("ana"), None),
            ("https://m.me/pay/Ana", "messenger-pay", Some("Ana"), None),
            ("https://buy.stripe.com/abc", "stripe", None, None),
            ("HTTPS://QR.ALIPAY.COM/FKX1", "alipay", None, None),
            ("wxp://f2f0abc", "wechatpay", None, None),
            ("weixin://wxpay/bizpayurl?pr=abc", "wechatpay", None, None),
            ("https://venmo.com/code?user_id=1&created=2", "venmo", None, None),
            ("https://account.venmo.com/pay?recipients=ana&amount=5", "venmo", Some("ana"), Some("5")),
            ("https://venmo.com/ana?txn=pay&amount=7.50&note=tea", "venmo", Some("ana"), Some("7.50")),
            ("https://wise.com/pay/business/anacorp", "wise", Some("anacorp"), None),
            ("https://wise.com/pay/r/AbC", "wise", None, None),
            ("https://mobilepay.dk/box?id=2ccf17fd", "mobilepay", None, None),
            ("https://mobilepay.dk/erhverv/betalingslink?phone=123&amount=95", "mobilepay", Some("123"), Some("95")),
            ("https://qr.mobilepay.dk/box/2ccf17fd/pay-in", "mobilepay", None, None),
            ("https://qr.vipps.no/28/2/01/031/4790000000", "vipps", Some("4790000000"), None),
            ("http://2.zap.pe?t=6&i=40895:49955:7[34|0.00|3:10[39|ZAR", "za-merchant", None, None),
            ("http://pay.zapper.com?t=6&i=40895", "za-merchant", None, None),
            ("C1237856901;100,00;12229445;0", "swish", Some("1237856901"), Some("100.00")),
            ("C0701234567;;;6", "swish", Some("0701234567"), None),
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
        assert_eq!(recognise_text("https://paypal.me/").problem, Some(Problem::new(ProblemCode::Missing, "payee")));
        assert_eq!(recognise_text("https://www.paypal.com/").scheme, Scheme::Nonpay);
        let unknown = recognise_text("https://revolut.me/ana/18xyz");
        assert_eq!(unknown.problem, Some(Problem::new(ProblemCode::Currency, "currency")));
    }

    #[test]
    fn a_charge_gives_the_one_who_opens_it_money() {
        let reading = recognise_text("venmo://paycharge?txn=charge&recipients=ana&amount=5");
        assert_eq!((reading.problem, reading.intent.direction), (None, Direction::Receive));
        let reading = recognise_text("https://venmo.com/?txn=steal&recipients=ana");
        assert_eq!(reading.problem, Some(Problem::new(ProblemCode::Unsupported, "txn")));
    }

    #[test]
    fn a_swish_code_with_a_mistake_is_refused_and_a_sentence_is_none() {
        for (text, code) in [
            ("C1237856901;100,001;x;0", ProblemCode::Amount),
            ("C1237856901;1 000;x;0", ProblemCode::Amount),
            ("C1237856901;100;x;9", ProblemCode::Syntax),
        ] {
            assert_eq!(recognise_text(text).problem.map(|p| p.code), Some(code), "{text}");
        }
        for text in ["Cats;dogs;birds;0", "C12;1;x;0", "C1237856901;100", "C1237856901;100;x;0;y"] {
            assert_eq!(recognise_text(text).scheme, Scheme::Nonpay, "{text}");
        }
        assert_eq!(recognise_text("https://3.zap.pe.evil.example?t=6").scheme, Scheme::Nonpay);
    }
}
