//! LNURL: bech32 of a web address (LUD-01), and the schemes that name what it does (LUD-17). Nothing is fetched here:
//! asking would tell the server who looks.

use bech32::primitives::decode::CheckedHrpstring;
use pay::Direction;
use url::Url;

use super::lightning::LongBech32;
use crate::payload::{Problem, ProblemCode, Reading, Scheme, Warning, after, must};

/// Scheme, and which way the money goes for whoever opens it; a channel is neither way.
const KINDS: &[(&str, Direction)] = &[
    ("lnurlp", Direction::Pay),
    ("lnurlw", Direction::Receive),
    ("lnurlc", Direction::None),
    ("keyauth", Direction::Login),
];

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let bare = after(text, "lightning:").unwrap_or(text);
    let bare = bare.strip_prefix("//").unwrap_or(bare);
    if after(bare, "lnurl1").is_some() {
        return Some(encoded(bare));
    }
    if let Some(inside) = in_a_link(text) {
        return Some(encoded(&inside));
    }
    let (scheme, rest) = bare.split_once(':')?;
    let (_, direction) = KINDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(scheme))?;
    let mut reading = new(Scheme::LnurlLud17, *direction);
    reading.problem = named(rest, &mut reading).err();
    Some(reading)
}

fn new(scheme: Scheme, direction: Direction) -> Reading {
    let mut reading = Reading::new(scheme, direction);
    reading.set_network("lightning");
    if direction != Direction::Login {
        reading.currency = Some("BTC".to_owned());
    }
    reading.warn(Warning::PayeeUnknown);
    reading
}

/// A web page with the code in its `lightning` field (LUD-01, "fallback scheme").
fn in_a_link(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    let (_, code) = url.query_pairs().find(|(key, _)| key == "lightning")?;
    after(&code, "lnurl1").is_some().then(|| code.into_owned())
}

fn encoded(text: &str) -> Reading {
    let checked = CheckedHrpstring::new::<LongBech32>(text).ok();
    let link = checked.and_then(|checked| String::from_utf8(checked.byte_iter().collect()).ok());
    let mut reading = new(Scheme::Lnurl, Direction::Pay);
    reading.problem = match link {
        Some(link) => web(&link, &mut reading).err(),
        None => Some(Problem::new(ProblemCode::Checksum, "bech32")),
    };
    reading
}

fn named(rest: &str, reading: &mut Reading) -> Result<(), Problem> {
    let rest = rest.strip_prefix("//").ok_or(Problem::new(ProblemCode::Syntax, "authority"))?;
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let scheme = if host.to_ascii_lowercase().ends_with(".onion") { "http" } else { "https" };
    web(&format!("{scheme}://{rest}"), reading)
}

/// Encrypted, or an onion address, which encrypts by itself. The tag of a login or a withdrawal may be in the link.
fn web(link: &str, reading: &mut Reading) -> Result<(), Problem> {
    let url = Url::parse(link).map_err(|_| Problem::new(ProblemCode::Syntax, "url"))?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(Problem::new(ProblemCode::Missing, "host"))?;
    reading.set_account(host);
    let onion = url.scheme() == "http" && host.ends_with(".onion");
    must(url.scheme() == "https" || onion, ProblemCode::Syntax, "url")?;
    match url.query_pairs().find(|(key, _)| key == "tag").map(|(_, tag)| tag.into_owned()).as_deref() {
        Some("login") => {
            reading.intent.direction = Direction::Login;
            reading.currency = None;
        }
        Some("withdrawRequest") => reading.intent.direction = Direction::Receive,
        Some("channelRequest") => reading.intent.direction = Direction::None,
        Some("payRequest") => reading.intent.direction = Direction::Pay,
        // Without a tag only the server knows; many name it in the path.
        _ if reading.scheme == Scheme::Lnurl && url.path().to_ascii_lowercase().contains("withdraw") => {
            reading.intent.direction = Direction::Receive;
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;
    use bech32::{Bech32, Hrp};

    fn code(link: &str) -> String {
        bech32::encode::<LongBech32>(Hrp::parse("lnurl").expect("hrp"), link.as_bytes()).expect("short")
    }

    #[test]
    fn the_action_is_named_where_the_link_names_it() {
        for (link, direction) in [
            ("https://pay.example/lnurlp/ana", Direction::Pay),
            ("https://pay.example/auth?tag=login&k1=00", Direction::Login),
            ("https://pay.example/api?tag=withdrawRequest&k1=1", Direction::Receive),
            ("https://pay.example/withdraw/api/v1/x", Direction::Receive),
            ("http://examplennnnnnnn.onion/x", Direction::Pay),
        ] {
            for text in [code(link), code(link).to_uppercase(), format!("lightning:{}", code(link))] {
                let reading = recognise_text(&text);
                assert_eq!((reading.scheme, reading.problem), (Scheme::Lnurl, None), "{link}");
                assert_eq!(reading.intent.direction, direction, "{link}");
            }
        }
        let page = format!("https://shop.example/till?lightning={}", code("https://pay.example/p"));
        assert_eq!(recognise_text(&page).intent.payee.account.as_deref(), Some("pay.example"));
    }

    #[test]
    fn schemes_name_the_action() {
        for (text, direction) in [
            ("lnurlp://pay.example/ana?a=1", Direction::Pay),
            ("LNURLW://pay.example/x", Direction::Receive),
            ("lnurlc://pay.example/x", Direction::None),
            ("lightning:lnurlp://pay.example/x", Direction::Pay),
            ("keyauth://pay.example/x?tag=login&k1=00", Direction::Login),
        ] {
            let reading = recognise_text(text);
            assert_eq!((reading.scheme, reading.problem), (Scheme::LnurlLud17, None), "{text}");
            assert_eq!(reading.intent.direction, direction, "{text}");
        }
    }

    #[test]
    fn broken_and_unencrypted_links_are_refused() {
        assert_eq!(recognise_text(&code("http://pay.example/p")).problem.map(|p| p.detail), Some("url"));
        assert_eq!(recognise_text(&code("ftp://pay.example/p")).problem.map(|p| p.detail), Some("url"));
        let mut changed = code("https://pay.example/p");
        changed.replace_range(9..10, if &changed[9..10] == "q" { "p" } else { "q" });
        assert_eq!(recognise_text(&changed).problem.map(|p| p.code), Some(ProblemCode::Checksum));
        let short = bech32::encode::<Bech32>(Hrp::parse("lnurl").expect("hrp"), &[0xff, 0xfe]).expect("short");
        assert!(!recognise_text(&short).valid(), "not text");
        assert!(!recognise_text("lnurlp:pay.example").valid());
    }
}
