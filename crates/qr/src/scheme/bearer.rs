//! Texts that are money or keys themselves: named, so that nobody shows them around, and kept in no field.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pay::Direction;

use crate::payload::{Problem, ProblemCode, Reading, Scheme, Warning, after};

/// Starts of links that give away a node or a wallet.
const KEYS: &[&str] =
    &["lndconnect:", "lndhub:", "clightning-rest:", "c-lightning-rest:", "nostr+walletconnect:", "sparkwallet:"];

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let starts = |start: &str| after(text, start).is_some();
    if KEYS.iter().any(|start| starts(start)) {
        let mut reading = Reading::new(Scheme::WalletSecret, Direction::None);
        reading.warn(Warning::Secret);
        return Some(reading);
    }
    let token = after(text, "cashu:").map_or(text, |token| token.trim_start_matches('/'));
    let body = token.strip_prefix("cashuA").or_else(|| token.strip_prefix("cashuB"))?;
    if body.len() < 8 || body.chars().any(char::is_whitespace) {
        return None;
    }
    // Whoever reads it first owns it.
    let mut reading = Reading::new(Scheme::CashuToken, Direction::Receive);
    reading.set_network("cashu");
    reading.warn(Warning::Secret);
    let whole = URL_SAFE_NO_PAD.decode(body.trim_end_matches('=')).is_ok();
    reading.problem = (!whole).then_some(Problem::new(ProblemCode::Syntax, "base64"));
    Some(reading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    #[test]
    fn money_and_keys_are_named_and_in_no_field() {
        for (text, scheme) in [
            ("cashuAeyJodW50ZXIyMiI6MX0", Scheme::CashuToken),
            ("cashu:cashuBeyJodW50ZXIyMiI6MX0=", Scheme::CashuToken),
            ("lndconnect://node.example:10009?cert=a&macaroon=hunter22", Scheme::WalletSecret),
            ("nostr+walletconnect://aa?relay=wss://r.example&secret=hunter22", Scheme::WalletSecret),
        ] {
            let reading = recognise_text(text);
            assert_eq!((reading.scheme, reading.problem), (scheme, None), "{text}");
            assert!(reading.warnings.contains(&Warning::Secret));
            assert!(!format!("{reading:?}").contains("hunter22") && !format!("{reading:?}").contains("eyJ"));
        }
        assert!(!recognise_text("cashuAeyJ!!!!!!!!").valid());
    }
}
