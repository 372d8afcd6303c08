use crate::short_id;
use std::fmt;
use uuid::Uuid;

/// The name people type after `@`: 3 to 30 of `a-z 0-9 . _ -`, starting and ending with a letter or digit,
/// no two separators in a row, lower case.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(String);

/// Why a text is not a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandleError {
    /// Fewer than three characters.
    #[error("handle too short")]
    TooShort,
    /// More than thirty characters.
    #[error("handle too long")]
    TooLong,
    /// A character that is not allowed, or a separator at an end or beside another.
    #[error("handle has a character that is not allowed there")]
    BadCharacter,
    /// Kept for the service: a page, a role or a protocol word.
    #[error("handle is reserved")]
    Reserved,
}

/// Page names, roles and words that would let somebody pose as the service.
const RESERVED: &[&str] = &[
    "abuse",
    "account",
    "admin",
    "administrator",
    "api",
    "app",
    "bank",
    "billing",
    "code",
    "demo",
    "example",
    "guest",
    "help",
    "home",
    "hostmaster",
    "info",
    "legal",
    "login",
    "mail",
    "me",
    "moderator",
    "money",
    "noreply",
    "no-reply",
    "null",
    "official",
    "operator",
    "pay",
    "payment",
    "payments",
    "paypal",
    "postmaster",
    "privacy",
    "refund",
    "refunds",
    "request",
    "requests",
    "root",
    "sandbox",
    "security",
    "server",
    "settings",
    "signin",
    "signup",
    "staff",
    "stripe",
    "support",
    "system",
    "terms",
    "tessera",
    "test",
    "undefined",
    "verify",
    "visa",
    "mastercard",
    "webmaster",
    "www",
];

/// First part of the handles of people without an account.
const GUEST: &str = "guest";

fn separates(c: char) -> bool {
    matches!(c, '.' | '_' | '-')
}

impl Handle {
    /// Reads a handle; a leading `@`, surrounding space and upper case are forgiven.
    pub fn parse(text: &str) -> Result<Self, HandleError> {
        let text = text.trim();
        let lower = text.strip_prefix('@').unwrap_or(text).to_ascii_lowercase();
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if !lower.chars().all(|c| allowed(c) || separates(c)) {
            return Err(HandleError::BadCharacter);
        }
        if lower.len() < 3 {
            return Err(HandleError::TooShort);
        }
        if lower.len() > 30 {
            return Err(HandleError::TooLong);
        }
        let bytes = lower.as_bytes();
        let doubled = bytes.windows(2).any(|w| separates(char::from(w[0])) && separates(char::from(w[1])));
        if doubled || lower.starts_with(separates) || lower.ends_with(separates) {
            return Err(HandleError::BadCharacter);
        }
        Ok(Handle(lower))
    }

    /// Reads a handle somebody wants to have: reserved ones, and look-alikes of them, are refused.
    pub fn claim(text: &str) -> Result<Self, HandleError> {
        let handle = Handle::parse(text)?;
        let shape = skeleton(&handle.0);
        let first = handle.0.split(separates).next().unwrap_or_default();
        if first != handle.0 && skeleton(first) == GUEST {
            return Err(HandleError::Reserved);
        }
        if RESERVED.iter().any(|word| skeleton(word) == shape) { Err(HandleError::Reserved) } else { Ok(handle) }
    }

    /// The handle that stands for whoever made this payment without an account: `guest-` and the end of the payment's
    /// short id. Nobody can claim one, and none of them has a page or can be paid.
    pub fn guest(payment_id: Uuid) -> Handle {
        Handle(format!("{GUEST}-{}", short_id(payment_id)[10..].to_ascii_lowercase()))
    }

    /// Whether it is one of [`Handle::guest`].
    pub fn is_guest(&self) -> bool {
        self.0.split_once('-').is_some_and(|(first, _)| first == GUEST)
    }

    /// The text without `@`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The shape the eye sees; two handles with one shape must not belong to two people.
    pub fn skeleton(&self) -> String {
        skeleton(&self.0)
    }
}

/// Folds characters that look alike in common fonts and drops separators: `rn`→`m`, `vv`→`w`, `0`→`o`, `1 l i`→`l`.
pub fn skeleton(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, '.' | '_' | '-'))
        .map(|c| match c {
            '0' => 'o',
            '1' | 'i' => 'l',
            '5' => 's',
            '8' => 'b',
            '2' => 'z',
            '9' => 'g',
            c => c,
        })
        .collect();
    plain.replace("rn", "m").replace("vv", "w").replace("cl", "d")
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.0)
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_forgiving_to_type_and_strict_to_keep() {
        assert_eq!(Handle::parse(" @Ana.Lopez ").map(|h| h.to_string()), Ok("ana.lopez".into()));
        for bad in ["añа", "a b c", "-ana", "ana.", "a..b", "ana/../x", "ana\u{202e}"] {
            assert_eq!(Handle::parse(bad), Err(HandleError::BadCharacter), "{bad:?}");
        }
        assert_eq!(Handle::parse("an"), Err(HandleError::TooShort));
        assert_eq!(Handle::parse(&"a".repeat(31)), Err(HandleError::TooLong));
    }

    #[test]
    fn nobody_can_pose_as_the_service() {
        for taken in ["admin", "Supp0rt", "paypa1", "te55era", "adm1n", "sup-port", "tess.era"] {
            assert_eq!(Handle::claim(taken), Err(HandleError::Reserved), "{taken}");
        }
        assert!(Handle::claim("maya").is_ok());
    }

    #[test]
    fn a_guests_handle_is_a_handle_that_nobody_can_claim() {
        let guest = Handle::guest(Uuid::from_u128(0x0192_f3c4_5678_7abc_8def_0123_4567_89ab));
        assert_eq!(Handle::parse(guest.as_str()), Ok(guest.clone()));
        assert!(guest.is_guest());
        for taken in [guest.as_str(), "guest", "guest-x1", "Guest.ana", "gue5t_1", "guest-00"] {
            assert_eq!(Handle::claim(taken), Err(HandleError::Reserved), "{taken}");
        }
        for free in ["guesthouse", "my-guest", "guestlist.ana"] {
            assert!(Handle::claim(free).is_ok_and(|handle| !handle.is_guest()), "{free}");
        }
    }

    #[test]
    fn look_alikes_share_a_shape() {
        for (a, b) in [("maria", "rnaria"), ("paula", "pau1a"), ("bob", "8ob"), ("wendy", "vvendy"), ("jo-an", "joan")]
        {
            assert_eq!(skeleton(a), skeleton(b), "{a} {b}");
        }
        assert_ne!(skeleton("anna"), skeleton("hanna"));
    }
}
