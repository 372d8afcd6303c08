//! Our own links; their grammar is `pay::Link`.

use pay::{AskedAmount, Direction, Link, LinkError, Target, short_id};

use crate::payload::{Problem, ProblemCode, Reading, Scheme, Warning, after};

/// Hosts of other services whose profile pages also look like `/@name`. Any other host may be somebody's own server.
const OTHERS: &[&str] = &[
    "youtube.com",
    "tiktok.com",
    "medium.com",
    "threads.net",
    "threads.com",
    "mastodon.social",
    "substack.com",
    "razorpay.me",
    "flickr.com",
    "observablehq.com",
    "npmjs.com",
    "hackernoon.com",
    "rumble.com",
    "odysee.com",
];

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let link = match Link::parse(text) {
        Ok(link) => link,
        Err(error) => return refusal(text, error),
    };
    let host = link.server.split_once("://").map_or("", |(_, host)| host);
    if foreign(host) && !starts_with_ours(text) {
        return None;
    }
    let direction = match &link.target {
        Target::Person { .. } | Target::Request(_) => Direction::Pay,
        Target::Proof(_) => Direction::None,
    };
    let mut reading = Reading::new(Scheme::Tessera, direction);
    reading.set_network(host);
    match &link.target {
        Target::Person { handle, amount } => {
            reading.intent.payee.account = Some(format!("@{handle}"));
            if let Some(money) = amount {
                reading.currency = Some(money.currency().code().to_owned());
                let text = money.to_decimal_string();
                reading.set_amount(AskedAmount { value: money.to_decimal(), text, unit: None });
            }
        }
        Target::Request(id) | Target::Proof(id) => reading.intent.reference = Some(short_id(*id)),
    }
    if host.split('.').any(|label| label.starts_with("xn--")) {
        reading.warn(Warning::UnusualHost);
    }
    reading.link = Some(link);
    Some(reading)
}

fn starts_with_ours(text: &str) -> bool {
    after(text, "tessera:").is_some()
}

fn foreign(host: &str) -> bool {
    let host = host.split(':').next().unwrap_or(host);
    OTHERS.iter().any(|other| host == *other || host.strip_suffix(other).is_some_and(|rest| rest.ends_with('.')))
}

/// A mistake in our own scheme is refused with its reason; a web address with a mistake is just a web address,
/// unless its path can only be ours.
fn refusal(text: &str, error: LinkError) -> Option<Reading> {
    let detail = match error {
        LinkError::NotOurs if starts_with_ours(text) => "form",
        LinkError::NotOurs => return None,
        LinkError::Handle(_) => "handle",
        LinkError::Amount(_) => "amount",
        LinkError::Id => "id",
        LinkError::ExtraParts => "extra_parts",
        LinkError::Insecure => "not_encrypted",
    };
    let plain_web_page = !starts_with_ours(text) && !matches!(error, LinkError::Amount(_));
    if plain_web_page { None } else { Some(Reading::refused(Scheme::Tessera, Problem::new(ProblemCode::Link, detail))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    #[test]
    fn a_person_with_an_amount_is_paid_that() {
        for text in ["https://pay.example/@ana/25.00-USD", "tessera://PAY.example/@Ana/25.00-usd"] {
            let reading = recognise_text(text);
            assert_eq!((reading.scheme, reading.valid()), (Scheme::Tessera, true), "{text}");
            assert_eq!(reading.intent.direction, Direction::Pay);
            assert_eq!(reading.intent.payee.account.as_deref(), Some("@ana"));
            assert_eq!(reading.intent.amount.as_ref().map(|a| a.text.as_str()), Some("25.00"));
            assert_eq!(reading.currency.as_deref(), Some("USD"));
            assert!(reading.link.is_some());
        }
    }

    #[test]
    fn an_upper_case_request_is_the_same_request() {
        let reading = recognise_text("HTTPS://PAY.EXAMPLE/R/01JH9VY4KZ7AYRVVR14D2PK2DB");
        assert_eq!(
            (reading.scheme, reading.intent.reference.as_deref()),
            (Scheme::Tessera, Some("01JH9VY4KZ7AYRVVR14D2PK2DB"))
        );
        let proof = recognise_text("https://pay.example/v/01JH9VY4KZ7AYRVVR14D2PK2DB");
        assert_eq!(proof.intent.direction, Direction::None);
    }

    #[test]
    fn profile_pages_of_others_are_plain_links() {
        for text in ["https://www.youtube.com/@someone", "https://medium.com/@writer", "https://pay.example/r/short"] {
            let reading = recognise_text(text);
            assert_eq!((reading.scheme, reading.profile), (Scheme::Nonpay, Some("url")), "{text}");
        }
    }

    #[test]
    fn a_broken_link_of_ours_says_what_is_wrong() {
        for (text, detail) in [
            ("https://pay.example/@ana/25.001-USD", "amount"),
            ("tessera://pay.example/r/nope", "id"),
            ("tessera://pay.example/@a", "handle"),
            ("tessera:hello", "form"),
            ("tessera://user@pay.example/@ana", "extra_parts"),
        ] {
            let reading = recognise_text(text);
            assert_eq!(reading.problem, Some(Problem::new(ProblemCode::Link, detail)), "{text}");
        }
    }
}
