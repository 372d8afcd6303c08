use zeroize::Zeroizing;

use crate::WalletError;
use crate::outside::Random;

/// Crockford's base32, and his five extra check symbols.
const ALPHABET: &[u8; 37] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";
const DIGITS: usize = 26;

/// 128 random bits that open a database when keyring or passphrase are lost. Shown once, as nine groups of three.
pub struct RecoveryKey(Zeroizing<[u8; 16]>);

impl RecoveryKey {
    /// A new one.
    pub fn make(random: &dyn Random) -> Self {
        let mut bits = Zeroizing::new([0; 16]);
        random.fill(bits.as_mut());
        RecoveryKey(bits)
    }

    /// `ABC-DEF-…`: 26 digits and a check symbol that notices every wrong digit and every swapped pair.
    pub fn to_text(&self) -> Zeroizing<String> {
        let bits = u128::from_be_bytes(*self.0);
        let digit = |value: u128| char::from(ALPHABET[(value % 37) as usize]);
        let digits = (0..DIGITS).rev().map(|i| digit((bits >> (i * 5)) & 31));
        let mut text = Zeroizing::new(String::with_capacity(40));
        for (index, digit) in digits.chain([digit(bits % 37)]).enumerate() {
            if index > 0 && index % 3 == 0 {
                text.push('-');
            }
            text.push(digit);
        }
        text
    }

    /// Reads it as a person types it: case, spaces and dashes do not matter, `O` is 0, `I` and `L` are 1.
    pub fn parse(text: &str) -> Result<Self, WalletError> {
        let wrong = WalletError::WrongPassphrase;
        let mut values = Zeroizing::new(Vec::with_capacity(DIGITS + 1));
        for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let folded = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = ALPHABET.iter().position(|a| char::from(*a) == folded).ok_or(wrong.clone())?;
            if values.len() > DIGITS {
                return Err(wrong);
            }
            values.push(value as u128);
        }
        let (check, digits) = values.split_last().ok_or(wrong.clone())?;
        if digits.len() != DIGITS || digits[0] > 7 || digits.iter().any(|d| *d > 31) {
            return Err(wrong);
        }
        let bits = digits.iter().fold(0_u128, |bits, digit| (bits << 5) | digit);
        if bits % 37 == *check { Ok(RecoveryKey(Zeroizing::new(bits.to_be_bytes()))) } else { Err(wrong) }
    }

    pub(super) fn secret(&self) -> &[u8] {
        self.0.as_ref()
    }
}

impl std::fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_recovery_key_survives_paper_and_sloppy_typing(bits in any::<[u8; 16]>()) {
            let key = RecoveryKey(Zeroizing::new(bits));
            let text = key.to_text();
            prop_assert_eq!(text.len(), 35);
            let sloppy = text.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            for typed in [text.as_str(), &sloppy] {
                prop_assert_eq!(RecoveryKey::parse(typed).map(|k| *k.0), Ok(bits));
            }
        }

        #[test]
        fn one_wrong_digit_is_noticed(bits in any::<[u8; 16]>(), place in 0..26usize, other in 0..32usize) {
            let text = RecoveryKey(Zeroizing::new(bits)).to_text().replace('-', "");
            let mut typed: Vec<u8> = text.bytes().collect();
            prop_assume!(typed[place] != ALPHABET[other]);
            typed[place] = ALPHABET[other];
            let typed = String::from_utf8(typed).expect("ascii");
            prop_assert!(RecoveryKey::parse(&typed).is_err());
        }

        #[test]
        fn any_text_is_a_key_or_refused(text in "\\PC*") {
            let _ = RecoveryKey::parse(&text);
        }
    }
}
