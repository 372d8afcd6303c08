//! How texts begin: schemes and headers count in either case (RFC 3986, 3.1).

/// What follows `start` (ASCII) at the beginning of a text, in either case.
pub(crate) fn after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn a_start_counts_in_either_case_and_only_at_the_start() {
        assert_eq!(after("BitCoin:1x", "bitcoin:"), Some("1x"));
        assert_eq!(after("bitcoin:", "bitcoin:"), Some(""));
        for text in ["", "bitcoi", " bitcoin:", "bitcoi\u{f1}:", "x"] {
            assert_eq!(after(text, "bitcoin:"), None, "{text}");
        }
    }
}
