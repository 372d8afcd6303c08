//! Values of five bits, as bech32 and base32 write them.

/// Whole bytes, and how many bits are left over.
pub(super) fn to_bytes(fives: impl IntoIterator<Item = u8>) -> (Vec<u8>, u32) {
    let (mut held, mut bits, mut out) = (0u32, 0u32, Vec::new());
    for five in fives {
        held = (held << 5 | u32::from(five)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
        }
    }
    (out, bits)
}

#[cfg(test)]
mod tests {
    use super::to_bytes;

    #[test]
    fn eight_fives_are_five_bytes_and_the_rest_is_counted() {
        assert_eq!(to_bytes([31; 8]), (vec![0xff; 5], 0));
        assert_eq!(to_bytes([0b10101, 0b01010]), (vec![0b1010_1010], 2));
        assert_eq!(to_bytes([]), (vec![], 0));
    }
}
