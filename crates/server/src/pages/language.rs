use super::words::{EN, ES, FR, Words};
use axum::http::{HeaderMap, header};

/// The languages that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
    /// French.
    Fr,
}

impl Language {
    /// All of them, as the switch shows them.
    pub const ALL: [Language; 3] = [Language::En, Language::Es, Language::Fr];

    /// ISO 639-1.
    pub const fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Es => "es",
            Language::Fr => "fr",
        }
    }

    /// Its own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Language::En => "English",
            Language::Es => "Español",
            Language::Fr => "Français",
        }
    }

    /// Every text in it.
    pub const fn words(self) -> &'static Words {
        match self {
            Language::En => &EN,
            Language::Es => &ES,
            Language::Fr => &FR,
        }
    }

    /// Reads a language tag by its first part: `es-MX` is Spanish.
    pub fn parse(tag: &str) -> Option<Language> {
        let first = tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Language::ALL.into_iter().find(|language| language.code() == first)
    }

    /// What `?lang=` says, else what the browser prefers, else English.
    pub fn of(query: Option<&str>, headers: &HeaderMap) -> Language {
        let asked = query.and_then(|query| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find(|(name, _)| name == "lang").and_then(|(_, tag)| Language::parse(&tag))
        });
        asked.unwrap_or_else(|| {
            let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
            preferred(accepted.unwrap_or_default())
        })
    }
}

/// The first of ours by weight (RFC 9110, 12.5.4); equal weights keep their order.
fn preferred(accepted: &str) -> Language {
    let weighted = accepted.split(',').take(32).filter_map(|part| {
        let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
        let weight = parameters.trim().strip_prefix("q=").map_or(Some(1000), thousandths)?;
        Language::parse(tag).filter(|_| weight > 0).map(|language| (weight, language))
    });
    // `max_by_key` would take the last of equals.
    let best = weighted.fold(None, |best: Option<(u32, Language)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    best.map_or(Language::En, |(_, language)| language)
}

/// `0.8` is 800; at most three decimals count.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !matches!(whole, "0" | "1") || rest.len() > 3 || !digits(rest) {
        return None;
    }
    format!("{whole}{rest:0<3}").parse().ok().filter(|weight| *weight <= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_weights_decide() {
        for (accepted, language) in [
            ("", Language::En),
            ("es-MX,es;q=0.9,en;q=0.8", Language::Es),
            ("de,en;q=0.5,fr;q=0.9", Language::Fr),
            ("fr;q=0,es;q=0.1", Language::Es),
            ("zh-CN,ja;q=0.9", Language::En),
            ("fr;q=1.5,es;q=x,,;;", Language::En),
            ("en,fr", Language::En),
        ] {
            assert_eq!(preferred(accepted), language, "{accepted}");
        }
    }

    #[test]
    fn the_address_beats_the_browser_and_an_unknown_tag_is_passed_over() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "fr".parse().expect("header"));
        assert_eq!(Language::of(Some("lang=es"), &headers), Language::Es);
        assert_eq!(Language::of(Some("lang=tlh&x=1"), &headers), Language::Fr);
        assert_eq!(Language::of(None, &headers), Language::Fr);
    }
}
