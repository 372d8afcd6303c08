//! Lightning invoices: BOLT 11. Checksum, amount, description, and the node's signature; that no name belongs to the node's
//! key is another matter.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Checksum, Fe32};
use pay::{AskedAmount, Direction};
use rust_decimal::Decimal;
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId, Signature};
use secp256k1::{Message, PublicKey};
use sha2::{Digest, Sha256};

use super::fives::to_bytes;
use crate::payload::{Problem, ProblemCode, Reading, Scheme, Warning, after};

/// Bech32 without the length limit of addresses (BOLT 11, "Encoding overview").
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LongBech32 {}

impl Checksum for LongBech32 {
    type MidstateRepr = u32;
    type CorrectionField = <Bech32 as Checksum>::CorrectionField;
    const ROOT_GENERATOR: Self::CorrectionField = <Bech32 as Checksum>::ROOT_GENERATOR;
    const ROOT_EXPONENTS: std::ops::RangeInclusive<usize> = <Bech32 as Checksum>::ROOT_EXPONENTS;
    /// As long as the longest payload.
    const CODE_LENGTH: usize = crate::payload::MAX_BYTES;
    const CHECKSUM_LENGTH: usize = <Bech32 as Checksum>::CHECKSUM_LENGTH;
    const GENERATOR_SH: [u32; 5] = <Bech32 as Checksum>::GENERATOR_SH;
    const TARGET_RESIDUE: u32 = <Bech32 as Checksum>::TARGET_RESIDUE;
}

/// Signature and recovery id, in characters of five bits.
const SIGNATURE: usize = 104;
/// Timestamp, in characters of five bits.
const TIMESTAMP: usize = 7;

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let linked = after(text, "lightning:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
    let invoice = linked.map_or(text, |rest| rest.split('?').next().unwrap_or(rest));
    let lower = invoice.to_ascii_lowercase();
    let prefix = ["lnbcrt", "lntbs", "lntb", "lnbc"].into_iter().find(|prefix| lower.starts_with(prefix))?;
    if invoice.len() < 20 || !invoice.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let mut reading = Reading::new(Scheme::Bolt11, Direction::Pay);
    reading.set_network("lightning");
    reading.currency = Some("BTC".to_owned());
    if prefix != "lnbc" {
        reading.warn(Warning::TestMode);
    }
    reading.problem = fill(invoice, prefix, &mut reading).err();
    Some(reading)
}

fn fill(invoice: &str, prefix: &str, reading: &mut Reading) -> Result<(), Problem> {
    let checked =
        CheckedHrpstring::new::<LongBech32>(invoice).map_err(|_| Problem::new(ProblemCode::Checksum, "bech32"))?;
    let hrp = checked.hrp().to_lowercase();
    money(&hrp[prefix.len()..], reading)?;
    let data: Vec<u8> = checked.fe32_iter().map(Fe32::to_u8).collect();
    if data.len() < TIMESTAMP + SIGNATURE {
        return Err(Problem::new(ProblemCode::Syntax, "length"));
    }
    let (signed, signature) = data.split_at(data.len() - SIGNATURE);
    let node = fields(&signed[TIMESTAMP..], reading)?;
    check_signature(&hrp, signed, signature, node.as_deref())
}

/// The node signed the prefix and everything before the signature. A named node must be who signed, in the one form of a
/// signature that nobody can turn into another; otherwise who signed is found from the signature itself.
fn check_signature(hrp: &str, signed: &[u8], signature: &[u8], node: Option<&[u8]>) -> Result<(), Problem> {
    let wrong = Problem::new(ProblemCode::Checksum, "signature");
    let mut message = hrp.as_bytes().to_vec();
    message.extend(padded_bytes(signed));
    let message = Message::from_digest(Sha256::digest(&message).into());
    let (signature, _) = to_bytes(signature.iter().copied());
    let (compact, recovery) = signature.split_first_chunk::<64>().ok_or(wrong)?;
    let recovery = recovery.first().and_then(|id| RecoveryId::try_from(i32::from(*id)).ok()).ok_or(wrong)?;
    match node {
        Some(node) => {
            let node = PublicKey::from_slice(node).map_err(|_| Problem::new(ProblemCode::Account, "n"))?;
            let plain = Signature::from_compact(compact).map_err(|_| wrong)?;
            secp256k1::ecdsa::verify(&plain, message, &node).map_err(|_| wrong)
        }
        None => {
            let recoverable = RecoverableSignature::from_compact(compact, recovery).map_err(|_| wrong)?;
            recoverable.recover_ecdsa(message).map(drop).map_err(|_| wrong)
        }
    }
}

/// A number and a multiplier of whole bitcoin; finer than a millisatoshi is refused.
fn money(text: &str, reading: &mut Reading) -> Result<(), Problem> {
    let bad = Problem::new(ProblemCode::Amount, "amount");
    if text.is_empty() {
        return Ok(());
    }
    let digits = text.trim_end_matches(['m', 'u', 'n', 'p']);
    let places = match &text[digits.len()..] {
        "" => 0,
        "m" => 3,
        "u" => 6,
        "n" => 9,
        "p" if digits.ends_with('0') => 12,
        _ => return Err(bad),
    };
    let plain = !digits.is_empty()
        && digits.len() <= 18
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    let number: i64 = digits.parse().ok().filter(|_| plain).ok_or(bad)?;
    let value = Decimal::new(number, places).normalize();
    reading.set_amount(AskedAmount { text: value.to_string(), value, unit: None });
    Ok(())
}

/// Tagged fields: type, length of two characters, data. The payment hash and secret are mandatory, the description or
/// its hash too. Gives the node's key when one is named.
fn fields(mut data: &[u8], reading: &mut Reading) -> Result<Option<Vec<u8>>, Problem> {
    let (mut hash, mut secret, mut described, mut node) = (false, false, false, None);
    while let [kind, high, low, rest @ ..] = data {
        let length = usize::from(*high) * 32 + usize::from(*low);
        let (value, after) = rest.split_at_checked(length).ok_or(Problem::new(ProblemCode::Syntax, "field"))?;
        data = after;
        match (kind, length) {
            (1, 52) => hash = true,
            (16, 52) => secret = true,
            (23, 52) => described = true,
            (19, 53) => node = Some(to_bytes(value.iter().copied()).0),
            (13, _) => {
                described = true;
                let text = String::from_utf8(to_bytes(value.iter().copied()).0)
                    .map_err(|_| Problem::new(ProblemCode::Syntax, "description"))?;
                reading.set_memo(&text);
            }
            (5, _) if unknown_feature(value) => return Err(Problem::new(ProblemCode::Unsupported, "feature")),
            _ => {}
        }
    }
    match (data.is_empty(), hash, secret, described) {
        (false, ..) => Err(Problem::new(ProblemCode::Syntax, "field")),
        (_, false, ..) => Err(Problem::new(ProblemCode::Missing, "p")),
        (_, _, false, _) => Err(Problem::new(ProblemCode::Missing, "s")),
        (_, _, _, false) => Err(Problem::new(ProblemCode::Missing, "d")),
        _ => Ok(node),
    }
}

/// Even feature bits are mandatory; known ones are variable onion (8), payment secret (14), multi-part (16), trampoline
/// (24), payment metadata (48) and attribution data (BOLT 9).
fn unknown_feature(value: &[u8]) -> bool {
    let bits = value
        .iter()
        .rev()
        .enumerate()
        .flat_map(|(n, five)| (0..5).filter(move |b| five >> b & 1 == 1).map(move |b| n * 5 + b));
    bits.into_iter().any(|bit| bit % 2 == 0 && !matches!(bit, 8 | 14 | 16 | 24 | 48))
}

/// Five-bit groups to bytes, the last one filled up with zeros.
fn padded_bytes(fives: &[u8]) -> Vec<u8> {
    let padding = if (fives.len() * 5).is_multiple_of(8) { 0 } else { 2 };
    let (mut out, _) = to_bytes(fives.iter().copied().chain(std::iter::repeat_n(0, padding)));
    out.truncate((fives.len() * 5).div_ceil(8));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    /// From the examples of BOLT 11.
    const COFFEE: &str = "lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh";

    #[test]
    fn an_invoice_reads_its_amount_and_description_in_either_case() {
        for text in [
            COFFEE.to_owned(),
            COFFEE.to_uppercase(),
            format!("LIGHTNING:{COFFEE}"),
            format!("lightning://{COFFEE}?x=1"),
        ] {
            let reading = recognise_text(&text);
            assert_eq!((reading.scheme, reading.problem), (Scheme::Bolt11, None));
            assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("0.0025"));
            assert_eq!(reading.intent.memo.as_deref(), Some("1 cup coffee"));
        }
    }

    #[test]
    fn a_changed_character_is_refused() {
        for at in [5, 30, 120, COFFEE.len() - 1] {
            let mut changed = COFFEE.to_owned();
            changed.replace_range(at..at + 1, if &COFFEE[at..=at] == "q" { "p" } else { "q" });
            assert!(!recognise_text(&changed).valid(), "{at}");
        }
        let mixed = COFFEE.replacen("lnbc", "LNBC", 1);
        assert!(!recognise_text(&mixed).valid());
    }

    #[test]
    fn multipliers_are_whole_millisatoshi() {
        let read = |text: &str| {
            let mut reading = Reading::new(Scheme::Bolt11, Direction::Pay);
            money(text, &mut reading).map(|()| reading.intent.amount.map(|a| a.text).unwrap_or_default())
        };
        for (text, value) in [("20m", "0.02"), ("2500u", "0.0025"), ("1", "1"), ("10p", "0.00000000001"), ("", "")] {
            assert_eq!(read(text).as_deref(), Ok(value), "{text}");
        }
        for bad in ["1p", "01m", "m", "1x", "2500000001p", "1mm"] {
            assert_eq!(read(bad), Err(Problem::new(ProblemCode::Amount, "amount")), "{bad}");
        }
    }
}
