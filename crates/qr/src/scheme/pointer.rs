//! Addresses that lead to a payee's server: payment pointers (Interledger RFC 26), Open Payments, Lightning addresses
//! (LUD-16) and BIP 353 names. Who is behind them is known only after asking.

use pay::Direction;
use url::Url;

use crate::payload::{Problem, ProblemCode, Reading, Scheme, Warning, after};

/// Hosts (and hosts under them) that serve Lightning addresses and no mail.
const LIGHTNING_HOSTS: &[&str] = &[
    "lnbits.com",
    "getalby.com",
    "walletofsatoshi.com",
    "strike.me",
    "ln.tips",
    "zbd.gg",
    "blink.sv",
    "coinos.io",
    "stacker.news",
    "primal.net",
    "bitrefill.me",
    "8333.mobi",
    "lnmarkets.com",
    "geyser.fund",
    "sats.mobi",
    "speed.app",
    "cash.app",
    "rizful.com",
];

/// Hosts that serve Open Payments addresses at their root.
const OPEN_PAYMENTS_HOSTS: &[&str] = &["ilp.link", "interledger-test.dev", "interledger.cards"];

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    pointer(text).or_else(|| open_payments(text)).or_else(|| lightning_address(text))
}

fn new(scheme: Scheme, network: &str, account: &str) -> Reading {
    let mut reading = Reading::new(scheme, Direction::Pay);
    reading.set_network(network);
    reading.set_account(account);
    reading.warn(Warning::PayeeUnknown);
    reading
}

/// `$host/path`: looks like a price, and is none because a host ends in letters.
fn pointer(text: &str) -> Option<Reading> {
    let rest = text.strip_prefix('$')?;
    let host = rest.split(['/', ':', '?', '#']).next()?;
    let ending = host.rsplit_once('.')?.1;
    let named = ending.len() >= 2 && ending.chars().all(|c| c.is_ascii_alphabetic());
    if !named || rest.chars().any(char::is_whitespace) {
        return None;
    }
    let mut reading = new(Scheme::PaymentPointer, "interledger", text);
    let url = Url::parse(&format!("https://{rest}")).ok();
    // RFC 26, "Syntax": neither user nor port nor query nor fragment.
    let plain = !rest.contains(['?', '#', '@', ':']) && url.is_some_and(|url| url.host_str().is_some());
    reading.problem = (!plain).then_some(Problem::new(ProblemCode::Syntax, "pointer"));
    Some(reading)
}

/// A wallet address, or an incoming payment at one.
fn open_payments(text: &str) -> Option<Reading> {
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "https")?;
    let host = url.host_str()?;
    let known = host.starts_with("ilp.") || under(host, OPEN_PAYMENTS_HOSTS);
    let incoming = url.path().rsplit_once("/incoming-payments/").is_some_and(|(_, id)| is_uuid(id));
    let address = known && url.path().len() > 1 && url.query().is_none();
    (incoming || address).then(|| new(Scheme::OpenPayments, "open-payments", text))
}

/// `name@host` where the host is a Lightning wallet's, behind `lightning:`, or with the sign of BIP 353.
fn lightning_address(text: &str) -> Option<Reading> {
    let named = after(text, "lightning:");
    let text = named.unwrap_or(text);
    let signed = text.strip_prefix('\u{20bf}');
    let (name, host) = signed.unwrap_or(text).split_once('@')?;
    let name_ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    let host_ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let shape = !name.is_empty() && name.chars().all(name_ok) && host.contains('.') && host.chars().all(host_ok);
    let meant = signed.is_some() || named.is_some() || under(&host.to_ascii_lowercase(), LIGHTNING_HOSTS);
    (shape && meant).then(|| {
        let mut reading = new(Scheme::LightningAddress, "lightning", text);
        reading.currency = Some("BTC".to_owned());
        reading
    })
}

fn under(host: &str, known: &[&str]) -> bool {
    known.iter().any(|end| host == *end || host.strip_suffix(end).is_some_and(|rest| rest.ends_with('.')))
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    #[test]
    fn pointers_and_addresses_are_told_from_prices_and_mail() {
        for (text, scheme) in [
            ("$wallet.example/ana", Scheme::PaymentPointer),
            ("$ana.wallet.example", Scheme::PaymentPointer),
            ("https://ilp.wallet.example/ana", Scheme::OpenPayments),
            ("https://wallet.example/incoming-payments/016da9d5-c9a4-4c80-a354-86b915a04ff8", Scheme::OpenPayments),
            ("ana@legend.lnbits.com", Scheme::LightningAddress),
            ("\u{20bf}ana@pay.example", Scheme::LightningAddress),
            ("LIGHTNING:ana@pay.example", Scheme::LightningAddress),
            ("$5.00", Scheme::Nonpay),
            ("$ 5.com", Scheme::Nonpay),
            ("ana@mail.example", Scheme::Nonpay),
            ("ana@lnbits.com.evil.example", Scheme::Nonpay),
            ("https://wallet.example/ana/x", Scheme::Nonpay),
        ] {
            let reading = recognise_text(text);
            assert_eq!((reading.scheme, reading.problem), (scheme, None), "{text}");
        }
        for bad in ["$wallet.example/ana?x=1", "$wallet.example:80/ana", "$wallet.example?x", "$ana@wallet.example"] {
            let reading = recognise_text(bad);
            assert_eq!((reading.scheme, reading.valid()), (Scheme::PaymentPointer, false), "{bad}");
        }
    }
}
