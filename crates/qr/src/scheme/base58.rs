//! Base58 as Bitcoin, Solana and (in blocks of eight bytes) Monero write it.

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Most characters looked at: no address is longer.
const LONGEST: usize = 128;
/// Characters that a block of that many bytes is written in (Monero, "base58").
const BLOCK_CHARS: [usize; 9] = [0, 2, 3, 5, 6, 7, 9, 10, 11];

/// The bytes of a text; a leading `1` is a zero byte.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let zeros = text.bytes().take_while(|b| *b == b'1').count();
    let mut bytes = number(&text.as_bytes()[zeros..])?;
    bytes.splice(..0, std::iter::repeat_n(0, zeros));
    Some(bytes)
}

/// Monero's form: every eleven characters are eight bytes, whatever they begin with.
pub(super) fn decode_blocks(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    for block in text.as_bytes().chunks(11) {
        let length = BLOCK_CHARS.iter().position(|chars| *chars == block.len())?;
        let bytes = number(block)?;
        out.extend(std::iter::repeat_n(0, length.checked_sub(bytes.len())?));
        out.extend(bytes);
    }
    Some(out)
}

/// A number in base 58 as bytes without leading zeros.
fn number(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes: Vec<u8> = Vec::with_capacity(text.len());
    for c in text {
        let mut carry = ALPHABET.iter().position(|known| known == c)? as u32;
        for byte in &mut bytes {
            carry += u32::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            bytes.push(carry as u8);
        }
    }
    bytes.reverse();
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_lead_and_foreign_letters_are_refused() {
        assert_eq!(decode("11233QC4"), Some(vec![0, 0, 0x28, 0x7f, 0xb4, 0xcd]));
        assert_eq!(decode("111"), Some(vec![0, 0, 0]));
        for bad in ["", "0", "O", "I", "l", "1 1", "ä"] {
            assert_eq!(decode(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn blocks_have_their_own_lengths() {
        assert_eq!(decode_blocks("1Q"), Some(vec![23]));
        assert_eq!(decode_blocks("11111111111"), Some(vec![0; 8]));
        assert_eq!(decode_blocks("zzzzzzzzzzz"), None, "more than eight bytes hold");
        assert_eq!(decode_blocks("1"), None, "no block is one character long");
    }
}
