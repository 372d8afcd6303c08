//! Plain web links: shown, never opened by themselves.

use url::Url;

use crate::payload::{Reading, Warning};

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let scheme = text.split_once("://")?.0;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    let mut reading = Reading::nonpay(if matches!(host, "wa.me" | "api.whatsapp.com") { "whatsapp" } else { "url" });
    // The host as the machine will resolve it: letters of other scripts become visible as `xn--`.
    reading.intent.network = Some(host.to_owned());
    if url.scheme() == "http" {
        reading.warn(Warning::NotEncrypted);
    }
    if host.split('.').any(|label| label.starts_with("xn--")) {
        reading.warn(Warning::UnusualHost);
    }
    Some(reading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::{Scheme, recognise_text};

    #[test]
    fn a_web_link_is_named_with_its_true_host() {
        let reading = recognise_text("http://раypal.example/login");
        assert_eq!((reading.scheme, reading.profile), (Scheme::Nonpay, Some("url")));
        assert!(reading.intent.network.as_deref().is_some_and(|host| host.starts_with("xn--")));
        assert!(reading.warnings.contains(&Warning::NotEncrypted) && reading.warnings.contains(&Warning::UnusualHost));
    }

    #[test]
    fn other_schemes_and_sentences_are_text() {
        for text in [
            "javascript:alert(1)",
            "see https://example.org now",
            "https://",
            "ftp://example.org",
            "http:// example.org",
        ] {
            assert_eq!(recognise_text(text).profile, Some("text"), "{text}");
        }
    }
}
