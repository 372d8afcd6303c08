//! Checks that several standards share: IBAN (ISO 13616), BIC (ISO 9362), creditor reference (ISO 11649).

/// An IBAN in electronic form: a country's own length and structure, and mod 97 = 1.
pub(super) fn is_iban(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) && text.parse::<iban::Iban>().is_ok()
}

/// Eight or eleven characters: four of the institution, two letters of the country, two or five more.
pub(super) fn is_bic(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!(bytes.len(), 8 | 11)
        && bytes[..6].iter().all(u8::is_ascii_uppercase)
        && bytes[6..].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// `RF`, two check digits, 1 to 21 letters and digits; mod 97 = 1.
pub(super) fn is_rf_reference(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shape = (5..=25).contains(&bytes.len())
        && bytes.starts_with(b"RF")
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    shape && mod_97(bytes[4..].iter().chain(&bytes[..4]).copied()) == 1
}

/// ISO 7064 MOD 97-10 with letters as 10 to 35.
fn mod_97(text: impl Iterator<Item = u8>) -> u32 {
    text.fold(0, |rest, byte| match char::from(byte).to_digit(36) {
        Some(value @ 0..=9) => (rest * 10 + value) % 97,
        Some(value) => (rest * 100 + value) % 97,
        None => rest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_and_references_are_checked_not_believed() {
        assert!(is_iban("DE02120300000000202051") && is_iban("CH9300762011623852957"));
        for bad in [
            "DE02120300000000202050",
            "DE0212030000000020205",
            "de02120300000000202051",
            "DE02 1203 0000 0000 2020 51",
            "",
            "ä",
        ] {
            assert!(!is_iban(bad), "{bad}");
        }
        assert!(is_bic("BFSWDE33BER") && is_bic("SOGEDEFF") && !is_bic("ABC") && !is_bic("BFSWDE33BE"));
        assert!(
            is_rf_reference("RF18539007547034") && !is_rf_reference("RF19539007547034") && !is_rf_reference("RF18")
        );
    }
}
