//! `ethereum:` URIs: ERC-681, with EIP-55's checksum in the case of the letters.

use pay::{AskedAmount, Direction};
use rust_decimal::Decimal;
use sha3::{Digest, Keccak256};

use crate::payload::{Problem, ProblemCode, Query, Reading, Scheme, Warning, after, must, query};

/// Digits of one ether in wei.
const WEI_DIGITS: i32 = 18;

pub(super) fn read(text: &str) -> Option<Reading> {
    let rest = after(text.trim(), "ethereum:")?;
    let mut reading = Reading::new(Scheme::Eip681, Direction::Pay);
    reading.set_network("ethereum");
    reading.problem = fill(rest, &mut reading).err();
    Some(reading)
}

fn fill(rest: &str, reading: &mut Reading) -> Result<(), Problem> {
    let (path, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let (path, function) = path.split_once('/').map_or((path, None), |(path, function)| (path, Some(function)));
    let (target, chain) = path.split_once('@').map_or((path, None), |(target, chain)| (target, Some(chain)));
    // `pay-` and other prefixes stand before the first `0x`, or before the first hyphen of a name.
    let target = match target.find("0x") {
        Some(at) if at > 0 && target[..at].ends_with('-') => &target[at..],
        Some(0) => target,
        _ => target.split_once('-').map_or(target, |(_, name)| name),
    };
    must(!target.is_empty(), ProblemCode::Missing, "target")?;
    must(is_address(target) || is_name(target), ProblemCode::Account, "target")?;
    reading.set_account(target);
    let number = chain.is_none_or(|id| !id.is_empty() && id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit()));
    must(number, ProblemCode::Unsupported, "chain")?;
    if chain.is_some_and(|id| id != "1") {
        // Another chain: a test network, or one with a coin of its own.
        reading.warn(Warning::NonStandard);
    }
    if !case_agrees(target) {
        reading.warn(Warning::AddressChecksum);
    }
    let fields = query(fields, false).ok_or(Problem::new(ProblemCode::Syntax, "percent-encoding"))?;
    for (key, _) in fields.fields() {
        must(fields.count(key) == 1, ProblemCode::Contradiction, "parameter")?;
    }
    match function {
        None => plain(&fields, reading),
        Some("transfer") => transfer(&fields, reading),
        Some(_) => {
            // What another contract's function does to one's money nobody can tell from here.
            reading.intent.direction = Direction::Authorise;
            reading.warn(Warning::FutureDebits);
            Ok(())
        }
    }
}

fn plain(fields: &Query, reading: &mut Reading) -> Result<(), Problem> {
    reading.currency = Some("ETH".to_owned());
    let Some(value) = fields.get("value") else { return Ok(()) };
    reading.set_amount(ether(value).ok_or(Problem::new(ProblemCode::Amount, "value"))?);
    Ok(())
}

/// The payee of a token's transfer is in `address`; the amount counts units whose size only the token's contract knows.
fn transfer(fields: &Query, reading: &mut Reading) -> Result<(), Problem> {
    let payee = fields.filled("address").ok_or(Problem::new(ProblemCode::Missing, "address"))?;
    reading.set_account(payee);
    let short =
        payee.strip_prefix("0x").is_some_and(|hex| hex.len() < 40 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    if short {
        reading.warn(Warning::NonStandard);
    }
    must(short || is_address(payee) || is_name(payee), ProblemCode::Account, "address")?;
    if !case_agrees(payee) {
        reading.warn(Warning::AddressChecksum);
    }
    let units = fields.get("uint256").is_none_or(|units| ether(units).is_some());
    must(units, ProblemCode::Amount, "uint256")
}

/// Forty hexadecimal digits (ERC-681, "Syntax").
fn hex_digits(text: &str) -> Option<&str> {
    text.strip_prefix("0x").filter(|hex| hex.len() == 40 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn is_address(text: &str) -> bool {
    hex_digits(text).is_some()
}

/// Letters of both cases are those of the Keccak of the lower-case digits (EIP-55). ERC-681 does not ask for it, and an
/// example of its own breaks it: such an address is read, said, and never handed over.
fn case_agrees(text: &str) -> bool {
    let Some(hex) = hex_digits(text) else { return true };
    let letters =
        |upper: bool| hex.bytes().any(|b| if upper { b.is_ascii_uppercase() } else { b.is_ascii_lowercase() });
    if !(letters(true) && letters(false)) {
        return true;
    }
    let hash = Keccak256::digest(hex.to_ascii_lowercase().as_bytes());
    let high = |n: usize| hash[n / 2] >> (if n.is_multiple_of(2) { 4 } else { 0 }) & 0xf >= 8;
    hex.bytes().enumerate().all(|(n, b)| b.is_ascii_digit() || b.is_ascii_uppercase() == high(n))
}

/// A name of the Ethereum Name Service: labels between points.
fn is_name(text: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    text.contains('.') && text.split('.').all(label)
}

/// Wei in whole ether: digits, perhaps a point, perhaps an exponent (ERC-681, "number").
fn ether(text: &str) -> Option<AskedAmount> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let plain = !whole.is_empty() && digits(whole) && digits(fraction) && whole.len() + fraction.len() <= 27;
    let exponent: i32 = exponent.parse().ok().filter(|e| plain && (0..=40).contains(e))?;
    let fraction = fraction.trim_end_matches('0');
    // A part of a wei does not exist.
    let scale = i32::try_from(fraction.len()).ok().filter(|places| *places <= exponent)? + WEI_DIGITS - exponent;
    let number: i128 = format!("{whole}{fraction}").parse().ok()?;
    let value = if scale >= 0 {
        Decimal::try_from_i128_with_scale(number, u32::try_from(scale).ok()?).ok()?
    } else {
        let factor = 10i128.checked_pow(u32::try_from(-scale).ok()?)?;
        Decimal::try_from_i128_with_scale(number.checked_mul(factor)?, 0).ok()?
    };
    let value = value.normalize();
    Some(AskedAmount { text: value.to_string(), value, unit: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    /// From the examples of EIP-55.
    const ADDRESS: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    #[test]
    fn wei_become_ether() {
        for (value, text) in [
            ("2.014e18", "2.014"),
            ("1", "0.000000000000000001"),
            ("1000000000000000000", "1"),
            ("0", "0"),
            ("5e20", "500"),
        ] {
            let reading = recognise_text(&format!("ethereum:{ADDRESS}?value={value}"));
            assert_eq!((reading.scheme, reading.problem), (Scheme::Eip681, None), "{value}");
            assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some(text));
        }
        for bad in ["-1", "1.5", "1e", "1e99", "0x10", "1.0000000000000000001e18", "", "٣"] {
            let reading = recognise_text(&format!("ethereum:{ADDRESS}?value={bad}"));
            assert_eq!(reading.problem.map(|p| p.code), Some(ProblemCode::Amount), "{bad}");
        }
    }

    #[test]
    fn prefixes_chains_names_and_tokens_read() {
        for (rest, account) in [
            (format!("pay-{ADDRESS}@1"), ADDRESS),
            ("donate-tip-jar.eth".to_owned(), "tip-jar.eth"),
            (format!("{ADDRESS}/transfer?address={ADDRESS}&uint256=1e6"), ADDRESS),
        ] {
            let reading = recognise_text(&format!("ethereum:{rest}"));
            assert_eq!((reading.problem, reading.intent.payee.account.as_deref()), (None, Some(account)), "{rest}");
        }
        let call = recognise_text(&format!("ethereum:{ADDRESS}/approve?address={ADDRESS}&uint256=1"));
        assert_eq!(call.intent.direction, Direction::Authorise);
    }

    #[test]
    fn a_wrong_length_is_refused_and_a_wrong_case_is_said() {
        for bad in [&ADDRESS[..41], "0x", "", "nodots"] {
            assert!(!recognise_text(&format!("ethereum:{bad}")).valid(), "{bad}");
        }
        let wrong = |text: &str| recognise_text(text).warnings.contains(&Warning::AddressChecksum);
        let changed = ADDRESS.replace("aAe", "AAe");
        assert!(wrong(&format!("ethereum:{changed}")) && !wrong(&format!("ethereum:{ADDRESS}")));
        assert!(wrong(&format!("ethereum:{ADDRESS}/transfer?address={changed}&uint256=1")));
        // The example of ERC-681, "Semantics".
        let example = recognise_text("ethereum:0xfb6916095ca1df60bb79Ce92ce3ea74c37c5d359?value=2.014e18");
        assert_eq!(example.intent.amount.as_ref().map(|a| a.text.as_str()), Some("2.014"));
        assert!(example.valid() && example.warnings.contains(&Warning::AddressChecksum));
        assert!(recognise_text(&format!("ethereum:{}", ADDRESS.to_lowercase())).valid());
    }
}
