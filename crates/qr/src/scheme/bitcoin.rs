//! Bitcoin URIs (BIP 21, BIP 321) and bare addresses (base58check; BIP 173 and 350).

use bech32::primitives::decode::{CheckedHrpstring, SegwitHrpstring};
use bech32::{Bech32, Bech32m};
use pay::{Direction, Intent};
use sha2::{Digest, Sha256};

use super::{base58, lightning, lnurl, offer};
use crate::payload::{
    AmountRule, Parts, Problem, ProblemCode, Query, Reading, Scheme, Warning, after, fields, must, query,
};

/// The network an address belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Net {
    Main,
    Test,
}

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let Some(rest) = after(text, "bitcoin:") else { return bare(text) };
    let mut reading = Reading::new(Scheme::Bip21, Direction::Pay);
    reading.set_network("bitcoin");
    reading.currency = Some("BTC".to_owned());
    reading.problem = fill(rest, &mut reading).err();
    Some(reading)
}

fn bare(text: &str) -> Option<Reading> {
    let starts = ["bc1", "tb1", "bcrt1"].iter().any(|start| after(text, start).is_some());
    let letters = text.bytes().all(|b| b.is_ascii_alphanumeric());
    let claims = starts && letters && (text.len() > 20 || is_bech32(text));
    let net = net(text);
    if !claims && net.is_none() {
        return None;
    }
    let mut reading = Reading::new(Scheme::BitcoinAddress, Direction::Pay);
    reading.set_network("bitcoin");
    reading.currency = Some("BTC".to_owned());
    reading.set_account(text);
    match net {
        None => reading.problem = Some(Problem::new(ProblemCode::Account, "address")),
        Some(Net::Test) => reading.warn(Warning::TestMode),
        Some(Net::Main) => {}
    }
    Some(reading)
}

fn fill(rest: &str, reading: &mut Reading) -> Result<(), Problem> {
    let rest = rest.split('#').next().unwrap_or(rest);
    let (address, fields) = rest.split_once('?').map_or((rest, None), |(address, fields)| (address, Some(fields)));
    let slashes = address.starts_with("//");
    let address = address.trim_start_matches('/');
    if !address.is_empty() {
        reading.set_account(address);
    }
    let raw = fields.unwrap_or_default();
    if slashes || fields == Some("") {
        reading.warn(Warning::NonStandard);
        let fields = query(raw, false).unwrap_or_default();
        let _ = show(&fields, reading);
        return Err(Problem::new(ProblemCode::Syntax, "form"));
    }
    if raw.split('&').any(|field| !field.is_empty() && !field.contains('=')) {
        return Err(Problem::new(ProblemCode::Syntax, "parameter"));
    }
    let fields = query(raw, false).ok_or(Problem::new(ProblemCode::Syntax, "percent-encoding"))?;
    show(&fields, reading)?;
    parameters(&fields)?;
    instructions(address, &fields, reading)
}

pub(crate) fn write(asked: &Intent) -> Result<String, Problem> {
    let parts = Parts::of(asked, Some("BTC"))?;
    must(parts.reference.is_empty(), ProblemCode::Unsupported, "reference")?;
    let options = [("amount", parts.amount.unwrap_or_default()), ("label", parts.name), ("message", parts.memo)];
    let options = fields(&options);
    let mark = if options.is_empty() { "" } else { "?" };
    Ok(format!("bitcoin:{}{mark}{options}", parts.account))
}

fn show(fields: &Query, reading: &mut Reading) -> Result<(), Problem> {
    if let Some(label) = fields.filled("label") {
        reading.set_name(label);
    }
    if let Some(memo) = fields.filled("message") {
        reading.set_memo(memo);
    }
    let asked = fields.get("amount").or(fields.get("req-amount"));
    if let Some(value) = asked {
        reading.set_decimal(value, AmountRule { field: "amount", decimals: 8, digits: 8, zero: true })?;
    }
    Ok(())
}

/// Nothing twice (except alternatives), nothing required that is unknown (BIP 321, "Query keys").
fn parameters(fields: &Query) -> Result<(), Problem> {
    for (key, value) in fields.fields() {
        let plain = key.strip_prefix("req-").unwrap_or(key);
        let alternatives = matches!(plain, "bc" | "tb" | "sp" | "lno" | "lightning");
        let single = matches!(plain, "amount" | "label" | "message" | "pop");
        if single && fields.count(plain) + fields.count(&format!("req-{plain}")) > 1 {
            return Err(Problem::new(ProblemCode::Contradiction, "parameter"));
        }
        if key != plain && !alternatives && !single {
            return Err(Problem::new(ProblemCode::Unsupported, "req-"));
        }
        let web = ["http:", "https:", "file:", "javascript:", "mailto:"];
        if key == "req-pop" && web.iter().any(|start| value.to_ascii_lowercase().starts_with(start)) {
            return Err(Problem::new(ProblemCode::Unsupported, "req-pop"));
        }
    }
    Ok(())
}

/// Every way to pay that is given must be one, and all on the same network.
fn instructions(address: &str, fields: &Query, reading: &mut Reading) -> Result<(), Problem> {
    let bad = |detail| Problem::new(ProblemCode::Account, detail);
    let mut nets = Vec::new();
    if !address.is_empty() {
        nets.push(net(address).ok_or(bad("address"))?);
    }
    let mut ways = nets.len();
    for (key, value) in fields.fields() {
        match key.strip_prefix("req-").unwrap_or(key) {
            "bc" => nets.push(net(value).filter(|net| *net == Net::Main).ok_or(bad("bc"))?),
            "tb" => nets.push(net(value).filter(|net| *net == Net::Test).ok_or(bad("tb"))?),
            "sp" => silent(value).then_some(()).ok_or(bad("sp"))?,
            "lno" => offer::is_offer(value).then_some(()).ok_or(bad("lno"))?,
            "lightning" => lightning_agrees(value, reading)?,
            _ => continue,
        }
        ways += 1;
    }
    if ways == 0 {
        return Err(Problem::new(ProblemCode::Missing, "address"));
    }
    if nets.contains(&Net::Main) && nets.contains(&Net::Test) {
        return Err(Problem::new(ProblemCode::Contradiction, "network"));
    }
    if nets.contains(&Net::Test) {
        reading.warn(Warning::TestMode);
    }
    Ok(())
}

/// The invoice beside the address must ask the same amount. An offer or an LNURL tells its amount later.
fn lightning_agrees(value: &str, reading: &mut Reading) -> Result<(), Problem> {
    let link = || lnurl::read(value).is_some_and(|link| link.scheme == Scheme::Lnurl && link.valid());
    if offer::is_offer(value) || link() {
        return Ok(());
    }
    let bad = Problem::new(ProblemCode::Account, "lightning");
    let invoice = lightning::read(value).filter(Reading::valid).ok_or(bad)?;
    match (&reading.intent.amount, &invoice.intent.amount) {
        (Some(printed), Some(signed)) if printed.value != signed.value => {
            Err(Problem::new(ProblemCode::Contradiction, "amount"))
        }
        _ => Ok(()),
    }
}

/// Whether one of the two checksums holds, whatever is inside (BIP 173, BIP 350).
fn is_bech32(text: &str) -> bool {
    CheckedHrpstring::new::<Bech32>(text).is_ok() || CheckedHrpstring::new::<Bech32m>(text).is_ok()
}

/// A silent payment address (BIP 352): bech32m with a longer limit, scan and spend keys inside.
fn silent(text: &str) -> bool {
    let Ok(checked) = CheckedHrpstring::new::<LongBech32m>(text) else { return false };
    matches!(checked.hrp().to_lowercase().as_str(), "sp" | "tsp") && checked.byte_iter().count() >= 66
}

/// Bech32m without the length limit of addresses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LongBech32m {}

impl bech32::Checksum for LongBech32m {
    type MidstateRepr = u32;
    type CorrectionField = <bech32::Bech32m as bech32::Checksum>::CorrectionField;
    const ROOT_GENERATOR: Self::CorrectionField = <bech32::Bech32m as bech32::Checksum>::ROOT_GENERATOR;
    const ROOT_EXPONENTS: std::ops::RangeInclusive<usize> = <bech32::Bech32m as bech32::Checksum>::ROOT_EXPONENTS;
    const CODE_LENGTH: usize = 1023;
    const CHECKSUM_LENGTH: usize = <bech32::Bech32m as bech32::Checksum>::CHECKSUM_LENGTH;
    const GENERATOR_SH: [u32; 5] = <bech32::Bech32m as bech32::Checksum>::GENERATOR_SH;
    const TARGET_RESIDUE: u32 = <bech32::Bech32m as bech32::Checksum>::TARGET_RESIDUE;
}

/// The network of a correct address; `None` when its checksum or shape is wrong.
fn net(address: &str) -> Option<Net> {
    if let Ok(segwit) = SegwitHrpstring::new(address) {
        return match segwit.hrp().to_lowercase().as_str() {
            "bc" => Some(Net::Main),
            "tb" | "bcrt" => Some(Net::Test),
            _ => None,
        };
    }
    match base58check(address)? {
        0x00 | 0x05 => Some(Net::Main),
        0x6f | 0xc4 => Some(Net::Test),
        _ => None,
    }
}

/// The version byte of 25 bytes in base58 whose double SHA-256 agrees.
pub(super) fn base58check(text: &str) -> Option<u8> {
    let bytes: [u8; 25] = base58::decode(text)?.try_into().ok()?;
    let sum = Sha256::digest(Sha256::digest(&bytes[..21]));
    (sum[..4] == bytes[21..]).then_some(bytes[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    const ADDRESS: &str = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH";

    #[test]
    fn an_address_with_label_and_amount_reads() {
        let reading = recognise_text(&format!("BITCOIN:{ADDRESS}?amount=0.0100&label=Ana%20Shop&message=Tea"));
        assert_eq!((reading.scheme, reading.problem), (Scheme::Bip21, None));
        assert_eq!(reading.intent.payee.account.as_deref(), Some(ADDRESS));
        assert_eq!(reading.intent.payee.name.as_deref(), Some("Ana Shop"));
        assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("0.0100"));
    }

    #[test]
    fn addresses_of_every_kind_are_checked() {
        for good in [ADDRESS, "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"] {
            assert_eq!(recognise_text(good).problem, None, "{good}");
            assert_eq!(recognise_text(good).scheme, Scheme::BitcoinAddress, "{good}");
        }
        let wrong = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5";
        assert_eq!(recognise_text(wrong).problem, Some(Problem::new(ProblemCode::Account, "address")));
        assert_eq!(recognise_text("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMh").scheme, Scheme::Nonpay);
        // From BIP 350: the checksum holds, and the program inside is too short or missing.
        for short in ["bc1pw5dgrnzv", "bc1gmk9yu"] {
            let reading = recognise_text(short);
            assert_eq!((reading.scheme, reading.valid()), (Scheme::BitcoinAddress, false), "{short}");
        }
        assert_eq!(recognise_text("bc1sentence").scheme, Scheme::Nonpay);
    }

    #[test]
    fn tricks_are_refused_with_their_field() {
        for (query, code, detail) in [
            ("?label=a&label=b", ProblemCode::Contradiction, "parameter"),
            ("?amount=1&amount=2", ProblemCode::Contradiction, "parameter"),
            ("?req-unknown=1", ProblemCode::Unsupported, "req-"),
            ("?amount=-1", ProblemCode::Amount, "amount"),
            ("?amount=1e3", ProblemCode::Amount, "amount"),
            ("?labelvalue", ProblemCode::Syntax, "parameter"),
            ("?sp=invalid", ProblemCode::Account, "sp"),
            ("?lightning=lnbc420bogus", ProblemCode::Account, "lightning"),
            ("?req-pop=https%3aevil.example", ProblemCode::Unsupported, "req-pop"),
            ("?tb=tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", ProblemCode::Contradiction, "network"),
        ] {
            let reading = recognise_text(&format!("bitcoin:{ADDRESS}{query}"));
            assert_eq!(reading.problem, Some(Problem::new(code, detail)), "{query}");
        }
        let link = "LNURL1DP68GURN8GHJ7MR9VAJKUEPWD3HXY6T5WVHXXMMD9AKXUATJD3CZ7JN9F4EHQJQC25ZZY";
        assert!(recognise_text(&format!("bitcoin:{ADDRESS}?lightning={link}")).valid());
        assert!(!recognise_text(&format!("bitcoin:{ADDRESS}?lightning={link}Q")).valid());
        assert_eq!(recognise_text("bitcoin:").problem, Some(Problem::new(ProblemCode::Missing, "address")));
        assert!(!recognise_text(&format!("bitcoin://{ADDRESS}")).valid());
    }
}
