//! Links the system hands over. Anybody can make one, so only a link [`pay::Link`] reads is shown, and none acts.

use pay::{Link, LinkError};
use serde::{Deserialize, Serialize};

/// Longest link that is looked at, in bytes. Our longest is under 400.
const LONGEST_BYTES: usize = 2048;

/// A link of our form, in the form people share. Where it leads is decided when the person looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incoming(String);

/// Why a link was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Refused {
    /// Longer than any link of ours.
    #[error("longer than any link of ours")]
    TooLong,
    /// Some other address or text.
    #[error("not a link of ours")]
    NotOurs,
    /// Our form with something wrong inside.
    #[error("a link of ours with something wrong in it")]
    Malformed,
}

impl Incoming {
    /// Reads a link handed over by the system.
    pub(crate) fn read(text: &str) -> Result<Self, Refused> {
        if text.len() > LONGEST_BYTES {
            return Err(Refused::TooLong);
        }
        match Link::parse(text) {
            Ok(link) => Ok(Incoming(link.to_web())),
            Err(LinkError::NotOurs) => Err(Refused::NotOurs),
            Err(
                LinkError::Handle(_)
                | LinkError::Amount(_)
                | LinkError::Id
                | LinkError::ExtraParts
                | LinkError::Insecure,
            ) => Err(Refused::Malformed),
        }
    }

    /// The text, as people share it.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The page that shows it.
    pub(crate) fn page(&self) -> String {
        let text: String = url::form_urlencoded::byte_serialize(self.0.as_bytes()).collect();
        format!("scan?text={text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_ours_is_taken_in_the_form_people_share() {
        for text in ["tessera://Pay.Example/@Ana", "https://pay.example/@ana"] {
            assert_eq!(Incoming::read(text).map(|l| l.text().to_owned()), Ok("https://pay.example/@ana".into()));
        }
    }

    #[test]
    fn hostile_links_are_refused_and_never_shown() {
        use Refused::{Malformed, NotOurs, TooLong};
        let long = format!("tessera://pay.example/@{}", "a".repeat(4000));
        for (text, reason) in [
            ("tessera:", NotOurs),
            ("tessera://", NotOurs),
            ("tessera:pay", NotOurs),
            ("tessera://pay.example/settings", NotOurs),
            ("tessera://pay.example/%40ana", NotOurs),
            ("javascript:alert(1)", NotOurs),
            ("file:///etc/passwd", NotOurs),
            ("--version", NotOurs),
            ("tessera://u:p@pay.example/@ana", Malformed),
            ("tessera://pay.example/@ana?pin=1", Malformed),
            ("tessera://pay.example/@ana/-1.00-USD", Malformed),
            ("tessera://pay.example/r/../../confirm", Malformed),
            ("http://pay.example/@ana", Malformed),
            ("tessera://pay.example/@an\u{202e}a", Malformed),
            (long.as_str(), TooLong),
        ] {
            assert_eq!(Incoming::read(text), Err(reason), "{text}");
        }
    }

    #[test]
    fn a_page_address_cannot_be_broken_out_of() {
        let link = Incoming::read("https://pay.example/@ana").expect("a link");
        let page = link.page();
        assert!(
            page.strip_prefix("scan?text=").is_some_and(|rest| !rest.contains(['&', '#', '?', '/', '"'])),
            "{page}"
        );
    }
}
