//! Litecoin and Bitcoin Cash URIs: BIP 21's grammar with addresses of their own.

use bech32::primitives::decode::SegwitHrpstring;
use pay::Direction;

use super::bitcoin::base58check;
use crate::payload::{AmountRule, Problem, ProblemCode, Reading, Scheme, Warning, must, query};

/// Scheme, network, unit and the check of its addresses.
type Coin = (&'static str, Scheme, &'static str, fn(&str) -> Option<bool>);

const COINS: &[Coin] = &[
    ("litecoin", Scheme::LitecoinUri, "LTC", litecoin),
    ("bitcoincash", Scheme::BitcoinCashUri, "BCH", bitcoin_cash),
    ("bchtest", Scheme::BitcoinCashUri, "BCH", bitcoin_cash),
];

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let (prefix, rest) = text.split_once(':')?;
    let (network, scheme, unit, check) = COINS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(prefix))?;
    let mut reading = Reading::new(*scheme, Direction::Pay);
    reading.set_network(network);
    reading.currency = Some((*unit).to_owned());
    reading.problem = fill(prefix, rest, *check, &mut reading).err();
    Some(reading)
}

fn fill(prefix: &str, rest: &str, check: fn(&str) -> Option<bool>, reading: &mut Reading) -> Result<(), Problem> {
    let (address, fields) = rest.split_once('?').unwrap_or((rest, ""));
    reading.set_account(address);
    must(!address.is_empty(), ProblemCode::Missing, "address")?;
    // A Bitcoin Cash address is checked together with its prefix.
    let whole =
        if reading.scheme == Scheme::BitcoinCashUri { format!("{prefix}:{address}") } else { address.to_owned() };
    match check(&whole) {
        Some(true) => {}
        Some(false) => reading.warn(Warning::TestMode),
        // The address's own checksum is no rule of the link's grammar: read, said, and never handed over.
        None => {
            let letters = (25..=112).contains(&address.len()) && address.bytes().all(|b| b.is_ascii_alphanumeric());
            must(letters, ProblemCode::Account, "address")?;
            reading.warn(Warning::AddressChecksum);
        }
    }
    let fields = query(fields, false).ok_or(Problem::new(ProblemCode::Syntax, "percent-encoding"))?;
    for (key, _) in fields.fields() {
        must(!key.starts_with("req-"), ProblemCode::Unsupported, "req-")?;
        let single = matches!(key, "amount" | "label" | "message");
        must(!single || fields.count(key) == 1, ProblemCode::Contradiction, "parameter")?;
    }
    if let Some(label) = fields.filled("label") {
        reading.set_name(label);
    }
    if let Some(memo) = fields.filled("message") {
        reading.set_memo(memo);
    }
    if let Some(value) = fields.get("amount") {
        reading.set_decimal(value, AmountRule { field: "amount", decimals: 8, digits: 9, zero: true })?;
    }
    Ok(())
}

/// Whether a correct address is of the main network.
fn litecoin(address: &str) -> Option<bool> {
    if let Ok(segwit) = SegwitHrpstring::new(address) {
        return match segwit.hrp().to_lowercase().as_str() {
            "ltc" => Some(true),
            "tltc" | "rltc" => Some(false),
            _ => None,
        };
    }
    match base58check(address)? {
        0x30 | 0x32 | 0x05 => Some(true),
        0x6f | 0x3a | 0xc4 => Some(false),
        _ => None,
    }
}

/// CashAddr (Bitcoin Cash's address specification), or an address of the old form.
fn bitcoin_cash(whole: &str) -> Option<bool> {
    let (prefix, address) = whole.split_once(':')?;
    let upper = address.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let lower = address.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !(upper || lower) {
        return base58check(address).filter(|version| matches!(version, 0 | 5)).map(|_| true);
    }
    let fives = address.chars().map(|c| bech32::Fe32::from_char(c).ok().map(|five| u64::from(five.to_u8())));
    let prefix = prefix.to_ascii_lowercase();
    let values = prefix.bytes().map(|b| Some(u64::from(b & 31))).chain([Some(0)]).chain(fives);
    let sum = values.collect::<Option<Vec<u64>>>().filter(|_| address.len() >= 42).map(cash_sum)?;
    (sum == 0).then_some(prefix == "bitcoincash")
}

/// The specification's polynomial over five-bit values; zero for a correct address.
fn cash_sum(values: Vec<u64>) -> u64 {
    const GENERATOR: [u64; 5] = [0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470];
    let mut sum: u64 = 1;
    for value in values {
        let top = sum >> 35;
        sum = ((sum & 0x07_ffff_ffff) << 5) ^ value;
        for (bit, generator) in GENERATOR.iter().enumerate() {
            if top >> bit & 1 == 1 {
                sum ^= generator;
            }
        }
    }
    sum ^ 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    const LITECOIN: &str = "LTvEi39MBuNo53cDBffLcbUqhbe5if5J5G";
    /// From the specification's test vectors.
    const CASH: &str = "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a";

    fn wrong(text: &str) -> bool {
        recognise_text(text).warnings.contains(&Warning::AddressChecksum)
    }

    #[test]
    fn addresses_are_checked_by_their_own_rules() {
        for (text, unit) in [
            (format!("litecoin:{LITECOIN}?amount=.5&label=Ana"), "LTC"),
            (format!("bitcoincash:{CASH}?amount=1&message=Tea"), "BCH"),
            (format!("BITCOINCASH:{}", CASH.to_uppercase()), "BCH"),
            ("bitcoincash:1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu".to_owned(), "BCH"),
        ] {
            let reading = recognise_text(&text);
            assert_eq!((reading.problem, reading.currency.as_deref()), (None, Some(unit)), "{text}");
        }
        for at in [0, 10, 41] {
            let mut changed = CASH.to_owned();
            changed.replace_range(at..=at, if &CASH[at..=at] == "q" { "p" } else { "q" });
            assert!(wrong(&format!("bitcoincash:{changed}")), "{at}");
        }
        assert!(
            wrong(&format!("litecoin:{}", LITECOIN.replace("Uqh", "Uqj"))) && !wrong(&format!("litecoin:{LITECOIN}"))
        );
        assert!(!recognise_text("litecoin:short").valid() && !recognise_text("litecoin:").valid());
        assert!(!recognise_text(&format!("litecoin:{LITECOIN}?amount=1&amount=2")).valid());
        assert!(!recognise_text(&format!("litecoin:{LITECOIN}?req-x=2")).valid());
    }
}
