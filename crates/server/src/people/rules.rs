use protocol::body::{Bar, EligibilityPolicy};
use time::Date;
use unicode_normalization::UnicodeNormalization;

/// Passwords everybody tries first. Only those of ten characters and more: shorter ones are refused anyway.
const COMMON_PASSWORDS: &[&str] = &[
    "1234567890",
    "0123456789",
    "0987654321",
    "12345678910",
    "123456789a",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "qwertyuiop",
    "qwerty12345",
    "qwerty123456",
    "asdfghjkl1",
    "zxcvbnm123",
    "password12",
    "password123",
    "password1234",
    "passw0rd123",
    "p@ssw0rd123",
    "iloveyou123",
    "welcome123",
    "welcome1234",
    "letmein1234",
    "football123",
    "baseball123",
    "basketball",
    "sunshine123",
    "princess123",
    "superman123",
    "trustno1234",
    "administrator",
    "changeme123",
    "monkey12345",
    "dragon12345",
    "abcdefghij",
    "abcdefghijk",
    "abc1234567",
    "aaaaaaaaaa",
    "1111111111",
    "0000000000",
    "9876543210",
    "1029384756",
    "q1w2e3r4t5",
    "1q2w3e4r5t6y",
    "starwars123",
    "whatever123",
    "michael123",
    "jennifer123",
    "computer123",
    "internet123",
    "samsung123",
    "google12345",
];

/// Fewest characters of a password.
const PASSWORD_LEAST: usize = 10;
/// Most bytes of a password: hashing must stay cheap.
const PASSWORD_MOST_BYTES: usize = 256;
/// Most characters of a display name.
const NAME_MOST: usize = 60;
/// Most characters of a note.
pub const NOTE_MOST: usize = 280;

/// A display name as it is kept (NFC, single spaces), or `None` when it is empty, too long, or has characters that
/// hide, turn or break text.
pub fn clean_name(text: &str) -> Option<String> {
    let name = text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = !name.is_empty() && name.chars().count() <= NAME_MOST;
    let shows = name.chars().any(char::is_alphanumeric);
    (fits && shows && !text.chars().any(hides_or_turns)).then_some(name)
}

/// A note or label as it is kept, or `None` when it is too long or has characters that hide, turn or break text.
/// Joiners and variation selectors stay: emoji are made of them.
pub fn clean_note(text: &str, most: usize) -> Option<String> {
    let note = text.trim().nfc().collect::<String>();
    let emoji_part = |c: char| matches!(c, '\u{200D}' | '\u{FE0E}' | '\u{FE0F}');
    let shows = note.chars().all(|c| emoji_part(c) || !hides_or_turns(c));
    (note.chars().count() <= most && shows).then_some(note)
}

/// Control characters, bidirectional marks, zero-width and other invisible characters, and tags (Unicode 15, general
/// categories Cc and Cf as far as they occur in text, and the fillers that draw nothing).
fn hides_or_turns(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFD}' | '\u{E000}'..='\u{F8FF}'
            | '\u{E0000}'..='\u{E0FFF}' | '\u{F0000}'..='\u{10FFFF}')
}

/// An e-mail address as it is kept (trimmed, lower case), or `None` when it is not one.
pub fn clean_email(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    let (local, domain) = email.rsplit_once('@')?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
    let local_ok = (1..=64).contains(&local.len())
        && local.chars().all(|c| {
            c.is_ascii_graphic() && !matches!(c, '@' | '"' | '<' | '>' | '(' | ')' | ',' | ';' | ':' | '\\' | '[' | ']')
        })
        && !local.starts_with('.')
        && !local.ends_with('.');
    let domain_ok = domain.len() <= 253
        && domain.contains('.')
        && domain.chars().all(plain)
        && domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    (local_ok && domain_ok).then_some(email)
}

/// Whether a password may be used; `others` are texts it must not be, such as the e-mail address.
pub fn password_is_strong(password: &str, others: &[&str]) -> bool {
    let lower = password.to_lowercase();
    let mut first = password.chars();
    let repeated = first.next().is_some_and(|c| first.all(|other| other == c));
    password.chars().count() >= PASSWORD_LEAST
        && password.len() <= PASSWORD_MOST_BYTES
        && !repeated
        && !COMMON_PASSWORDS.contains(&lower.as_str())
        && !others.iter().any(|other| other.to_lowercase() == lower)
}

/// Reads `YYYY-MM-DD`; only days that were, within 130 years.
pub fn birth_date(text: &str, now_ms: i64) -> Option<Date> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let date = Date::parse(text, &format).ok().filter(|_| text.len() == 10)?;
    let today = today(now_ms)?;
    (date < today && today.year() - date.year() <= 130).then_some(date)
}

fn today(now_ms: i64) -> Option<Date> {
    time::OffsetDateTime::from_unix_timestamp(now_ms.div_euclid(1000)).ok().map(time::OffsetDateTime::date)
}

/// Full years between two days; somebody born on 29 February is a year older on 1 March of a common year.
fn full_years(born: Date, today: Date) -> i32 {
    let years = today.year() - born.year();
    let before_birthday = (u8::from(today.month()), today.day()) < (u8::from(born.month()), born.day());
    years - i32::from(before_birthday)
}

/// What the policy looks at.
#[derive(Debug, Clone, Copy)]
pub struct Traits<'a> {
    /// ISO 3166-1 alpha-2.
    pub country: &'a str,
    /// ISO 4217.
    pub currency: &'a str,
    /// `YYYY-MM-DD`.
    pub date_of_birth: &'a str,
    /// Disabled by the operator.
    pub disabled: bool,
}

/// What stands against this person whatever sources they have.
pub fn bars(policy: &EligibilityPolicy, traits: &Traits<'_>, now_ms: i64) -> Vec<Bar> {
    let born = birth_date(traits.date_of_birth, now_ms);
    let age = born.zip(today(now_ms)).map_or(0, |(born, today)| full_years(born, today));
    let old_enough = u32::try_from(age).is_ok_and(|age| age >= policy.minimum_age_years);
    let mut bars = Vec::new();
    if traits.disabled {
        bars.push(Bar::Disabled);
    }
    if !policy.countries.iter().any(|c| c == traits.country) {
        bars.push(Bar::Country);
    }
    if !old_enough {
        bars.push(Bar::Age);
    }
    if !policy.currencies.iter().any(|c| c == traits.currency) {
        bars.push(Bar::Currency);
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23 12:00 UTC.
    const NOW_MS: i64 = 1_795_435_200_000;

    #[test]
    fn names_that_hide_turn_or_say_nothing_are_refused() {
        for bad in ["", "   ", "Maya\u{202e}", "Ma\u{200b}ya", "a\nb", "...", "\u{2800}", "\u{feff}Maya"] {
            assert_eq!(clean_name(bad), None, "{bad:?}");
        }
        assert_eq!(clean_name(&"a".repeat(61)), None);
        for (good, kept) in [
            ("  Maya   Chen ", "Maya Chen"),
            ("José", "José"),
            ("李小龍", "李小龍"),
            ("O’Neil & Sons", "O’Neil & Sons"),
        ] {
            assert_eq!(clean_name(good).as_deref(), Some(kept));
        }
    }

    #[test]
    fn notes_keep_emoji_and_refuse_turned_text() {
        assert_eq!(clean_note(" lunch 👩‍👧 ❤️ ", NOTE_MOST).as_deref(), Some("lunch 👩‍👧 ❤️"));
        assert_eq!(clean_note("a\u{202e}b", NOTE_MOST), None);
        assert_eq!(clean_note(&"a".repeat(281), NOTE_MOST), None);
    }

    #[test]
    fn addresses_are_checked_and_folded() {
        assert_eq!(clean_email(" Maya.Chen+tag@Mail.Example ").as_deref(), Some("maya.chen+tag@mail.example"));
        for bad in
            ["", "maya", "maya@", "@mail.example", "maya@localhost", "a b@mail.example", "maya@-x.example", "a@b..c"]
        {
            assert_eq!(clean_email(bad), None, "{bad}");
        }
    }

    #[test]
    fn short_common_and_repeated_passwords_are_weak() {
        for weak in ["short", "password123", "QWERTYUIOP", "aaaaaaaaaaaaaa", "maya@mail.example"] {
            assert!(!password_is_strong(weak, &["maya@mail.example"]), "{weak}");
        }
        assert!(password_is_strong("correct horse battery", &[]));
    }

    #[test]
    fn age_turns_on_the_birthday() {
        let policy =
            EligibilityPolicy { countries: vec!["US".into()], minimum_age_years: 18, currencies: vec!["USD".into()] };
        let of = |born| {
            let traits = Traits { country: "US", currency: "USD", date_of_birth: born, disabled: false };
            bars(&policy, &traits, NOW_MS)
        };
        assert_eq!(of("2008-11-23"), vec![]);
        assert_eq!(of("2008-11-24"), vec![Bar::Age]);
        let all = Traits { country: "FR", currency: "EUR", date_of_birth: "2020-01-01", disabled: true };
        assert_eq!(bars(&policy, &all, NOW_MS), vec![Bar::Disabled, Bar::Country, Bar::Age, Bar::Currency]);
    }

    #[test]
    fn days_that_never_were_are_refused() {
        for bad in ["2001-02-29", "2030-01-01", "1850-01-01", "01/02/2000", "2000-1-1", ""] {
            assert_eq!(birth_date(bad, NOW_MS), None, "{bad}");
        }
    }
}
