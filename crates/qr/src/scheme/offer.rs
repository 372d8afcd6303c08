//! Lightning offers: BOLT 12. Bech32's characters without its checksum, `+` where a line was broken, TLV fields inside.

use bech32::Fe32;
use pay::{AskedAmount, Currency, Direction};
use rust_decimal::Decimal;
use secp256k1::PublicKey;

use super::fives::to_bytes;
use crate::payload::{Problem, ProblemCode, Reading, Scheme, Warning, after, must};

/// The chain an offer is for when it names none: Bitcoin's genesis block, as its hash is sent.
const BITCOIN: [u8; 32] = [
    0x6f, 0xe2, 0x8c, 0x0a, 0xb6, 0xf1, 0xb3, 0x72, 0xc1, 0xa6, 0xa2, 0x46, 0xae, 0x63, 0xf7, 0x4f, 0x93, 0x1e, 0x83,
    0x65, 0xe1, 0x5a, 0x08, 0x9c, 0x68, 0xd6, 0x19, 0x00, 0x00, 0x00, 0x00, 0x00,
];

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let bare = after(text, "lightning:").unwrap_or(text);
    let start: String = bare.chars().filter(|c| *c != '+' && !c.is_whitespace()).take(4).collect();
    let scheme = match start.to_ascii_lowercase().as_str() {
        "lno1" => Scheme::Bolt12Offer,
        "lni1" => Scheme::Bolt12Invoice,
        _ => return None,
    };
    let mut reading = Reading::new(scheme, Direction::Pay);
    reading.set_network("lightning");
    reading.currency = Some("BTC".to_owned());
    reading.problem = match scheme {
        Scheme::Bolt12Offer => fill(bare, &mut reading).err(),
        // An invoice answers one payer's request; shown to others it means nothing.
        _ => Some(Problem::new(ProblemCode::Unsupported, "invoice")),
    };
    Some(reading)
}

fn fill(text: &str, reading: &mut Reading) -> Result<(), Problem> {
    let bytes = decode(text)?;
    let fields = Fields::parse(&bytes)?;
    fields.check_known()?;
    chains(&fields, reading)?;
    if let Some(description) = fields.text(10, "description")? {
        reading.set_memo(description);
    }
    if let Some(issuer) = fields.text(18, "issuer")? {
        reading.set_name(issuer);
    }
    money(&fields, reading)?;
    must(fields.get(12).is_none_or(|bits| !even_bit(bits)), ProblemCode::Unsupported, "features")?;
    for number in [14, 20] {
        fields.number(number, "number")?;
    }
    issuer(&fields)
}

/// Joined lines in one case, five bits a character; what is left over is less than a character.
fn decode(text: &str) -> Result<Vec<u8>, Problem> {
    let bad = Problem::new(ProblemCode::Syntax, "bech32");
    let mut joined = String::with_capacity(text.len());
    for (nth, part) in text.split('+').enumerate() {
        let part = if nth == 0 { part } else { part.trim_start() };
        must(!part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()), ProblemCode::Syntax, "plus")?;
        joined.push_str(part);
    }
    let mixed = joined.bytes().any(|b| b.is_ascii_lowercase()) && joined.bytes().any(|b| b.is_ascii_uppercase());
    must(!mixed, ProblemCode::Syntax, "case")?;
    let fives = joined.chars().skip(4).map(|c| Fe32::from_char(c).map(Fe32::to_u8).map_err(|_| bad));
    let (out, bits) = to_bytes(fives.collect::<Result<Vec<u8>, _>>()?);
    must(bits < 5, ProblemCode::Syntax, "padding")?;
    Ok(out)
}

/// The fields in order, each type once.
struct Fields<'a>(Vec<(u64, &'a [u8])>);

impl<'a> Fields<'a> {
    fn parse(mut bytes: &'a [u8]) -> Result<Self, Problem> {
        let bad = Problem::new(ProblemCode::Syntax, "tlv");
        let mut fields: Vec<(u64, &[u8])> = Vec::new();
        while !bytes.is_empty() {
            let kind = big_size(&mut bytes).ok_or(bad)?;
            let length = big_size(&mut bytes).and_then(|length| usize::try_from(length).ok()).ok_or(bad)?;
            let (value, rest) = bytes.split_at_checked(length).ok_or(bad)?;
            must(fields.last().is_none_or(|(last, _)| *last < kind), ProblemCode::Contradiction, "tlv")?;
            fields.push((kind, value));
            bytes = rest;
        }
        Ok(Fields(fields))
    }

    fn get(&self, kind: u64) -> Option<&'a [u8]> {
        self.0.iter().find(|(known, _)| *known == kind).map(|(_, value)| *value)
    }

    /// Types of an offer, or of an experiment; even ones must be known.
    fn check_known(&self) -> Result<(), Problem> {
        for (kind, _) in &self.0 {
            let range = matches!(kind, 1..=79 | 1_000_000_000..=1_999_999_999);
            let known = kind % 2 == 1 || matches!(kind, 2 | 4 | 6 | 8 | 10 | 12 | 14 | 16 | 18 | 20 | 22);
            must(range && known, ProblemCode::Unsupported, "field")?;
        }
        Ok(())
    }

    fn text(&self, kind: u64, name: &'static str) -> Result<Option<&'a str>, Problem> {
        let text = self.get(kind).map(std::str::from_utf8).transpose();
        text.map_err(|_| Problem::new(ProblemCode::Syntax, name))
    }

    /// A number without leading zero bytes.
    fn number(&self, kind: u64, name: &'static str) -> Result<Option<u64>, Problem> {
        let Some(bytes) = self.get(kind) else { return Ok(None) };
        must(bytes.len() <= 8 && bytes.first() != Some(&0), ProblemCode::Syntax, name)?;
        Ok(Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))))
    }
}

/// A number of one, three, five or nine bytes, in its shortest form (BOLT 1).
fn big_size(bytes: &mut &[u8]) -> Option<u64> {
    let (first, rest) = bytes.split_first()?;
    let (width, least) = match first {
        0xfd => (2, 0xfd),
        0xfe => (4, 0x1_0000),
        0xff => (8, 0x1_0000_0000),
        small => {
            *bytes = rest;
            return Some(u64::from(*small));
        }
    };
    let (number, rest) = rest.split_at_checked(width)?;
    *bytes = rest;
    Some(number.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))).filter(|number| *number >= least)
}

fn even_bit(bits: &[u8]) -> bool {
    bits.iter().any(|byte| byte & 0b0101_0101 != 0)
}

fn chains(fields: &Fields, reading: &mut Reading) -> Result<(), Problem> {
    let Some(chains) = fields.get(2) else { return Ok(()) };
    let (chains, rest) = chains.as_chunks::<32>();
    must(!chains.is_empty() && rest.is_empty(), ProblemCode::Syntax, "chains")?;
    if !chains.contains(&BITCOIN) {
        reading.warn(Warning::TestMode);
    }
    Ok(())
}

/// Millisatoshi, or minor units of a currency whose rate the payee's node knows.
fn money(fields: &Fields, reading: &mut Reading) -> Result<(), Problem> {
    let bad = Problem::new(ProblemCode::Amount, "amount");
    let unit = fields.text(6, "currency")?;
    let number = fields.number(8, "amount")?;
    if let Some(code) = unit {
        let known = Currency::from_code(code).map_err(|_| Problem::new(ProblemCode::Currency, "currency"))?;
        reading.currency = Some(known.code().to_owned());
        must(number.is_some(), ProblemCode::Missing, "amount")?;
        reading.warn(Warning::AmountFromServer);
    }
    let Some(number) = number else { return Ok(()) };
    must(number > 0, ProblemCode::Amount, "amount")?;
    must(fields.get(10).is_some(), ProblemCode::Missing, "description")?;
    let places = match unit.map(Currency::from_code) {
        Some(Ok(currency)) => currency.exponent(),
        _ => 11,
    };
    let value = i64::try_from(number).map(|number| Decimal::new(number, places)).map_err(|_| bad)?;
    let text = if unit.is_some() { value.to_string() } else { value.normalize().to_string() };
    reading.set_amount(AskedAmount { text, value: value.normalize(), unit: None });
    Ok(())
}

/// Somebody must answer: a node's key, or paths to one.
fn issuer(fields: &Fields) -> Result<(), Problem> {
    let key = fields.get(22);
    must(key.is_none_or(is_point), ProblemCode::Account, "issuer_id")?;
    if let Some(paths) = fields.get(16) {
        let mut rest = paths;
        must(!rest.is_empty(), ProblemCode::Missing, "paths")?;
        while !rest.is_empty() {
            rest = path(rest).ok_or(Problem::new(ProblemCode::Account, "paths"))?;
        }
    }
    must(key.is_some() || fields.get(16).is_some(), ProblemCode::Missing, "issuer_id")
}

/// A blinded path: its first node by key or by channel, its key, and at least one hop. Gives what is behind it.
fn path(bytes: &[u8]) -> Option<&[u8]> {
    let rest = match bytes.first()? {
        0 | 1 => bytes.get(9..)?,
        _ => point(bytes)?,
    };
    let rest = point(rest)?;
    let (hops, mut rest) = rest.split_first()?;
    if *hops == 0 {
        return None;
    }
    for _ in 0..*hops {
        let (length, after) = point(rest)?.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_be_bytes(*length))..)?;
    }
    Some(rest)
}

fn point(bytes: &[u8]) -> Option<&[u8]> {
    let (key, rest) = bytes.split_at_checked(33)?;
    is_point(key).then_some(rest)
}

/// A point of the curve, compressed.
fn is_point(bytes: &[u8]) -> bool {
    bytes.len() == 33 && PublicKey::from_slice(bytes).is_ok()
}

/// Whether a text is a correct offer.
pub(super) fn is_offer(text: &str) -> bool {
    read(text).is_some_and(|reading| reading.scheme == Scheme::Bolt12Offer && reading.valid())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    /// The generator of the curve, compressed: a key like any other.
    const KEY: [u8; 33] = [
        0x02, 0x79, 0xbe, 0x66, 0x7e, 0xf9, 0xdc, 0xbb, 0xac, 0x55, 0xa0, 0x62, 0x95, 0xce, 0x87, 0x0b, 0x07, 0x02,
        0x9b, 0xfc, 0xdb, 0x2d, 0xce, 0x28, 0xd9, 0x59, 0xf2, 0x81, 0x5b, 0x16, 0xf8, 0x17, 0x98,
    ];

    fn offer(fields: &[(u8, &[u8])]) -> String {
        let bytes: Vec<u8> =
            fields.iter().flat_map(|(kind, value)| [&[*kind, value.len() as u8][..], value].concat()).collect();
        let mut bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).peekable();
        let mut text = "lno1".to_owned();
        while bits.peek().is_some() {
            let five = (0..5).fold(0, |five, _| five << 1 | bits.next().unwrap_or_default());
            text.push(Fe32::try_from(five).expect("five bits").to_char());
        }
        text
    }

    #[test]
    fn amounts_are_bitcoin_or_a_currency() {
        let text = offer(&[(8, &[0x27, 0x10]), (10, b"Tea"), (18, b"Ana"), (22, &KEY)]);
        let reading = recognise_text(&text);
        assert_eq!((reading.scheme, reading.problem), (Scheme::Bolt12Offer, None));
        assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("0.0000001"));
        assert_eq!((reading.intent.payee.name.as_deref(), reading.intent.memo.as_deref()), (Some("Ana"), Some("Tea")));
        let priced = recognise_text(&offer(&[(6, b"USD"), (8, &[0x27, 0x10]), (10, b"Tea"), (22, &KEY)]));
        assert_eq!(priced.intent.amount.map(|a| a.text).as_deref(), Some("100.00"));
        assert_eq!(priced.currency.as_deref(), Some("USD"));
    }

    #[test]
    fn lines_join_and_case_does_not_mix() {
        let text = offer(&[(10, b"Tea"), (22, &KEY)]);
        let joined = format!("{}+\n {}+{}", &text[..9], &text[9..20], &text[20..]);
        for good in [text.to_uppercase(), joined, format!("lightning:{text}")] {
            assert_eq!(recognise_text(&good).problem, None, "{good}");
        }
        for bad in
            [format!("+{text}"), format!("{text}+"), text.replacen('1', "++1", 1), text.replacen("lno", "LNO", 1)]
        {
            assert!(!recognise_text(&bad).valid(), "{bad}");
        }
    }

    #[test]
    fn what_an_offer_must_not_say_is_refused() {
        let mut broken = KEY;
        broken[0] = 5;
        for (fields, detail) in [
            (vec![(10, &b"Tea"[..])], "issuer_id"),
            (vec![(10, b"Tea"), (22, &broken)], "issuer_id"),
            (vec![(8, &[1]), (22, &KEY)], "description"),
            (vec![(8, &[]), (10, b"Tea"), (22, &KEY)], "amount"),
            (vec![(8, &[0, 1]), (10, b"Tea"), (22, &KEY)], "amount"),
            (vec![(6, b"USD"), (10, b"Tea"), (22, &KEY)], "amount"),
            (vec![(2, &[]), (22, &KEY)], "chains"),
            (vec![(10, &[0xff]), (22, &KEY)], "description"),
            (vec![(12, &[4]), (22, &KEY)], "features"),
            (vec![(22, &KEY), (24, &[])], "field"),
            (vec![(22, &KEY), (10, b"Tea")], "tlv"),
            (vec![(16, &[]), (22, &KEY)], "paths"),
        ] {
            assert_eq!(recognise_text(&offer(&fields)).problem.map(|p| p.detail), Some(detail), "{fields:?}");
        }
        assert_eq!(recognise_text("lni1qqq").problem.map(|p| p.detail), Some("invoice"));
    }
}
