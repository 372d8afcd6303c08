//! Percent-encoding and queries (RFC 3986), strict: a broken escape or bytes that are not UTF-8 are refused.

/// Decodes `%XX`; `plus` also turns `+` into a space. `None` for a broken escape or text that is not UTF-8.
pub(crate) fn decode(text: &str, plus: bool) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
                (digit(bytes.next())? * 16 + digit(bytes.next())?) as u8
            }
            b'+' if plus => b' ',
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

/// Encodes everything but letters, digits and `-._~` (RFC 3986, 2.3).
pub(crate) fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// `key=value` of those that have a value, joined by `&`.
pub(crate) fn fields(pairs: &[(&str, &str)]) -> String {
    let filled = pairs.iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(key, value)| format!("{key}={}", encode(value))).collect::<Vec<_>>().join("&")
}

/// The fields of a query, in order, keys in lower case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

/// Splits `a=b&c=d`; `None` for a broken escape.
pub(crate) fn query(text: &str, plus: bool) -> Option<Query> {
    let fields = text.split('&').filter(|field| !field.is_empty());
    let fields = fields.map(|field| {
        let (key, value) = field.split_once('=').unwrap_or((field, ""));
        Some((decode(key, plus)?.to_ascii_lowercase(), decode(value, plus)?))
    });
    fields.collect::<Option<Vec<_>>>().map(Query)
}

impl Query {
    /// The first value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str())
    }

    /// The first value of a key, unless empty.
    pub(crate) fn filled(&self, key: &str) -> Option<&str> {
        self.get(key).filter(|value| !value.is_empty())
    }

    /// How often a key is given.
    pub(crate) fn count(&self, key: &str) -> usize {
        self.0.iter().filter(|(k, _)| k == key).count()
    }

    /// All fields, in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_strictly() {
        assert_eq!(decode("a%20b+c", false).as_deref(), Some("a b+c"));
        assert_eq!(decode("a%20b+c", true).as_deref(), Some("a b c"));
        for broken in ["%", "%4", "%zz", "%e0%a4", "%+1"] {
            assert_eq!(decode(broken, false), None, "{broken}");
        }
    }

    #[test]
    fn duplicates_are_counted_not_chosen_between() {
        let fields = query("PA=a@x&am=1&pa=b@x&&x", true).expect("well formed");
        assert_eq!((fields.count("pa"), fields.get("pa"), fields.get("x")), (2, Some("a@x"), Some("")));
        assert_eq!(fields.fields().count(), 4);
    }
}
