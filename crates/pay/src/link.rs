use crate::{Currency, Handle, HandleError, Money, MoneyError};
use uuid::Uuid;

/// What one of our links points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `/@handle` or `/@handle/25.00-USD`: a person, with an amount when the link carries one.
    Person {
        /// Whose link it is.
        handle: Handle,
        /// The amount asked.
        amount: Option<Money>,
    },
    /// `/r/ID`: a request.
    Request(Uuid),
    /// `/v/ID`, or `/v/ID/SIGNED` in a proof code: the proof of a payment.
    Proof(Uuid),
}

/// One of our links: which server, and what on it.
///
/// Web form `https://HOST[:PORT]/…` (`http` only for loopback), app form `tessera://HOST[:PORT]/…`. A code may be
/// upper case throughout (QR alphanumeric mode); ids are 26 characters of Crockford base32.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Scheme and authority of the server, lower case, no trailing slash: `https://pay.example`.
    pub server: String,
    /// What it points at.
    pub target: Target,
}

/// Why a text is not one of our links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not of our form at all; it may be any other web link.
    #[error("not a Tessera link")]
    NotOurs,
    /// Our path, with something wrong in the handle.
    #[error("bad handle in the link")]
    Handle(#[from] HandleError),
    /// Our path, with something wrong in the amount.
    #[error("bad amount in the link")]
    Amount(#[from] MoneyError),
    /// Our path, with an id that is not one.
    #[error("bad id in the link")]
    Id,
    /// A user name, query or fragment, which our links never have.
    #[error("the link carries parts that do not belong")]
    ExtraParts,
    /// Plain `http` to a host that is not this machine.
    #[error("the link is not encrypted")]
    Insecure,
}

/// Most characters of the signed part of a proof code.
const PROOF_MOST: usize = 400;

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A UUID as 26 upper-case characters of Crockford's base32.
pub fn short_id(id: Uuid) -> String {
    let bits = id.as_u128();
    (0..26).rev().map(|i| char::from(CROCKFORD[((bits >> (i * 5)) & 31) as usize])).collect()
}

/// Reads [`short_id`]; lower case and Crockford's look-alikes (`O`→0, `I` `L`→1) are forgiven.
pub fn parse_short_id(text: &str) -> Option<Uuid> {
    if text.len() != 26 {
        return None;
    }
    let mut bits: u128 = 0;
    for (index, byte) in text.bytes().enumerate() {
        let folded = match byte.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let value = CROCKFORD.iter().position(|c| *c == folded)? as u128;
        if index == 0 && value > 7 {
            return None;
        }
        bits = (bits << 5) | value;
    }
    Some(Uuid::from_u128(bits))
}

impl Link {
    /// Reads a link in web or app form.
    pub fn parse(text: &str) -> Result<Link, LinkError> {
        let (scheme, rest) = text.split_once("://").ok_or(LinkError::NotOurs)?;
        let (authority, path) = rest.split_once('/').ok_or(LinkError::NotOurs)?;
        let scheme = scheme.to_ascii_lowercase();
        let authority = authority.to_ascii_lowercase();
        let target_shaped = path.starts_with('@') || matches!(path.get(..2), Some("r/" | "R/" | "v/" | "V/"));
        if !matches!(scheme.as_str(), "https" | "http" | "tessera") || !target_shaped {
            return Err(LinkError::NotOurs);
        }
        if text.contains(['?', '#', '\\', '%']) || authority.contains('@') {
            return Err(LinkError::ExtraParts);
        }
        let host = check_authority(&authority)?;
        let loopback = is_loopback(host);
        let server = match (scheme.as_str(), loopback) {
            ("http", false) => return Err(LinkError::Insecure),
            ("http", true) | ("tessera", true) => format!("http://{authority}"),
            _ => format!("https://{authority}"),
        };
        let target = parse_target(path)?;
        Ok(Link { server, target })
    }

    /// The link as people share it: `https://pay.example/@ana/25.00-USD`.
    pub fn to_web(&self) -> String {
        format!("{}{}", self.server, self.path())
    }

    /// The link in the form the installed app opens.
    pub fn to_app(&self) -> String {
        let authority = self.server.split_once("://").map_or(self.server.as_str(), |(_, rest)| rest);
        format!("tessera://{authority}{}", self.path())
    }

    /// The smallest text for a code: upper case for ids (QR alphanumeric mode), as shared for handles.
    pub fn to_code(&self) -> String {
        match self.target {
            Target::Request(_) | Target::Proof(_) => self.to_web().to_ascii_uppercase(),
            Target::Person { .. } => self.to_web(),
        }
    }

    /// The path with its leading slash.
    pub fn path(&self) -> String {
        match &self.target {
            Target::Person { handle, amount: None } => format!("/@{handle}"),
            Target::Person { handle, amount: Some(money) } => {
                format!("/@{handle}/{}-{}", money.to_decimal_string(), money.currency())
            }
            Target::Request(id) => format!("/r/{}", short_id(*id)),
            Target::Proof(id) => format!("/v/{}", short_id(*id)),
        }
    }
}

fn check_authority(authority: &str) -> Result<&str, LinkError> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let bracketed = host.starts_with('[') && host.ends_with(']');
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let ok_host = !host.is_empty()
        && if bracketed {
            host[1..host.len() - 1].chars().all(|c| c.is_ascii_hexdigit() || c == ':')
        } else {
            host.chars().all(plain) && !host.starts_with(['.', '-']) && !host.ends_with(['.', '-'])
        };
    let ok_port = port.is_none_or(|p| p.parse::<u16>().is_ok_and(|n| n != 0));
    if ok_host && ok_port { Ok(host) } else { Err(LinkError::NotOurs) }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "[::1]" || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

fn parse_target(path: &str) -> Result<Target, LinkError> {
    if let Some(person) = path.strip_prefix('@') {
        let (handle, amount) = match person.split_once('/') {
            Some((handle, amount)) => (handle, Some(amount)),
            None => (person, None),
        };
        let handle = Handle::parse(handle)?;
        let amount = amount.map(parse_amount).transpose()?;
        return Ok(Target::Person { handle, amount });
    }
    let rest = &path[2..];
    if path.starts_with(['r', 'R']) {
        return Ok(Target::Request(parse_short_id(rest).ok_or(LinkError::Id)?));
    }
    // A proof code carries its signature behind the id; `protocol` reads that, the link is the same without it.
    let (id, signed) = rest.split_once('/').unwrap_or((rest, "A"));
    let base32 = |c: u8| c.is_ascii_alphabetic() || matches!(c, b'2'..=b'7');
    if !(1..=PROOF_MOST).contains(&signed.len()) || !signed.bytes().all(base32) {
        return Err(LinkError::Id);
    }
    Ok(Target::Proof(parse_short_id(id).ok_or(LinkError::Id)?))
}

fn parse_amount(text: &str) -> Result<Money, LinkError> {
    let (value, code) = text.rsplit_once('-').ok_or(LinkError::Amount(MoneyError::NotDecimal))?;
    let currency =
        Currency::from_code(&code.to_ascii_uppercase()).map_err(|_| LinkError::Amount(MoneyError::CurrencyMismatch))?;
    let money = Money::parse(value, currency)?;
    if money.is_zero() { Err(LinkError::Amount(MoneyError::NotDecimal)) } else { Ok(money) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Link, LinkError> {
        Link::parse(text)
    }

    #[test]
    fn a_person_with_an_amount_reads_from_any_form() {
        for text in ["https://Pay.Example/@Ana/25.00-USD", "tessera://pay.example/@ana/25.00-usd"] {
            let link = read(text).expect(text);
            assert_eq!(link.to_web(), "https://pay.example/@ana/25.00-USD");
        }
    }

    #[test]
    fn an_upper_case_code_is_the_same_request() {
        let id = Uuid::from_u128(0x0192_f3c4_5678_7abc_8def_0123_4567_89ab);
        let link = Link { server: "https://pay.example".into(), target: Target::Request(id) };
        assert_eq!(read(&link.to_code()), Ok(link.clone()));
        assert!(link.to_code().bytes().all(|b| !b.is_ascii_lowercase()));
    }

    #[test]
    fn a_proof_code_is_the_link_to_its_proof() {
        let bare = read("https://pay.example/v/01J5Z3T0000000000000000000");
        assert_eq!(read("HTTPS://PAY.EXAMPLE/V/01J5Z3T0000000000000000000/AEBAGBA2"), bare);
        assert!(bare.is_ok_and(|link| matches!(link.target, Target::Proof(_))));
    }

    #[test]
    fn hostile_links_are_refused_with_the_reason() {
        for (text, error) in [
            ("https://user:pw@pay.example/@ana", LinkError::ExtraParts),
            ("https://pay.example@evil.example/@ana", LinkError::ExtraParts),
            ("https://pay.example/@ana?next=https://evil.example", LinkError::ExtraParts),
            ("https://pay.example/@ana#x", LinkError::ExtraParts),
            ("https://pay.example/@ana/%2e%2e", LinkError::ExtraParts),
            ("http://pay.example/@ana", LinkError::Insecure),
            ("javascript://pay.example/@ana", LinkError::NotOurs),
            ("https://pay.example/login", LinkError::NotOurs),
            ("https://pay.example:0/@ana", LinkError::NotOurs),
            ("https:///@ana", LinkError::NotOurs),
            ("https://pay.example/@ana/-5.00-USD", LinkError::Amount(MoneyError::NotDecimal)),
            ("https://pay.example/@ana/0.00-USD", LinkError::Amount(MoneyError::NotDecimal)),
            ("https://pay.example/@ana/5.001-USD", LinkError::Amount(MoneyError::TooManyDecimals)),
            ("https://pay.example/r/../admin", LinkError::Id),
            ("https://pay.example/r/01J5Z3T0000000000000000000/ABC", LinkError::Id),
            ("https://pay.example/v/01J5Z3T0000000000000000000/", LinkError::Id),
            ("https://pay.example/v/01J5Z3T0000000000000000000/AB/C", LinkError::Id),
            ("https://pay.example/v/01J5Z3T0000000000000000000/AB-1", LinkError::Id),
            ("https://pay.example/@аna", LinkError::Handle(HandleError::BadCharacter)),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }

    #[test]
    fn plain_http_is_only_for_this_machine() {
        for text in ["http://127.0.0.1:4100/@ana", "tessera://localhost:9/@ana", "http://[::1]:80/@ana"] {
            assert!(read(text).is_ok_and(|l| l.server.starts_with("http://")), "{text}");
        }
        assert!(read("http://127.0.0.1.evil.example/@ana").is_err());
    }

    proptest! {
        #[test]
        fn ids_survive_their_short_form(bits in any::<u128>()) {
            let id = Uuid::from_u128(bits);
            prop_assert_eq!(parse_short_id(&short_id(id)), Some(id));
            prop_assert_eq!(parse_short_id(&short_id(id).to_lowercase()), Some(id));
        }

        #[test]
        fn any_text_is_a_link_or_a_reason(text in "\\PC*") {
            let _ = Link::parse(&text);
        }

        #[test]
        fn what_we_write_we_read(minor in 1i64..1_000_000_000, handle in "[a-z][a-z0-9]{2,20}") {
            let amount = Money::new(minor, Currency::USD).ok();
            let link = Link { server: "https://pay.example".into(), target: Target::Person { handle: Handle::parse(&handle).expect("handle"), amount } };
            prop_assert_eq!(Link::parse(&link.to_web()), Ok(link.clone()));
            prop_assert_eq!(Link::parse(&link.to_app()), Ok(link));
        }
    }
}
