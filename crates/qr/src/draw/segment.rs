//! How a text is parted into numeric, alphanumeric and byte segments so that it takes the fewest bits
//! (ISO/IEC 18004, 7.4). Kanji mode is never used: it says characters in Shift-JIS, and ours are UTF-8.

use std::ops::Range;

/// How the bytes of a segment are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Ten bits for three digits.
    Numeric,
    /// Eleven bits for two of 45 characters.
    Alphanumeric,
    /// Eight bits a byte.
    Byte,
}

const MODES: [Mode; 3] = [Mode::Numeric, Mode::Alphanumeric, Mode::Byte];

/// The versions whose segments have counts of one length (ISO/IEC 18004, table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sizes {
    /// 1 to 9.
    Small,
    /// 10 to 26.
    Middle,
    /// 27 to 40.
    Large,
}

impl Sizes {
    /// All, from the smallest.
    pub(super) const ALL: [Sizes; 3] = [Sizes::Small, Sizes::Middle, Sizes::Large];

    /// The versions it stands for.
    pub(super) const fn versions(self) -> std::ops::RangeInclusive<i16> {
        match self {
            Sizes::Small => 1..=9,
            Sizes::Middle => 10..=26,
            Sizes::Large => 27..=40,
        }
    }

    /// Bits before the data of a segment: its mode and its count.
    const fn head(self, mode: Mode) -> u32 {
        4 + match (mode, self) {
            (Mode::Numeric, Sizes::Small) => 10,
            (Mode::Numeric, Sizes::Middle) => 12,
            (Mode::Numeric, Sizes::Large) => 14,
            (Mode::Alphanumeric, Sizes::Small) => 9,
            (Mode::Alphanumeric, Sizes::Middle) => 11,
            (Mode::Alphanumeric, Sizes::Large) => 13,
            (Mode::Byte, Sizes::Small) => 8,
            (Mode::Byte, Sizes::Middle | Sizes::Large) => 16,
        }
    }
}

impl Mode {
    fn takes(self, byte: u8) -> bool {
        match self {
            Mode::Numeric => byte.is_ascii_digit(),
            Mode::Alphanumeric => byte.is_ascii_digit() || byte.is_ascii_uppercase() || b" $%*+-./:".contains(&byte),
            Mode::Byte => true,
        }
    }

    /// Sixths of a bit for a byte: a digit takes ten thirds, an alphanumeric character eleven halves.
    const fn sixths(self) -> u32 {
        match self {
            Mode::Numeric => 20,
            Mode::Alphanumeric => 33,
            Mode::Byte => 48,
        }
    }
}

/// More than any text costs, and small enough to add to.
const NEVER: u32 = u32::MAX / 4;

/// The segments of fewest bits. Walks along the bytes and keeps, for each mode one may be in after a byte, the
/// cheapest way there; a change of mode rounds up to whole bits and pays for a new head.
pub(super) fn segments(text: &[u8], sizes: Sizes) -> Vec<(Mode, Range<usize>)> {
    let heads = MODES.map(|mode| sizes.head(mode) * 6);
    let mut costs = heads;
    // For each byte and each mode one is in after it, the mode the byte is written in.
    let mut ways: Vec<[usize; 3]> = Vec::with_capacity(text.len());
    for &byte in text {
        let mut next = [NEVER; 3];
        let mut way = [0, 1, 2];
        for (n, mode) in MODES.iter().enumerate() {
            if mode.takes(byte) {
                next[n] = costs[n] + mode.sixths();
            }
        }
        let written = next;
        for to in 0..MODES.len() {
            for from in (0..MODES.len()).filter(|&from| from != to) {
                let changed = written[from].div_ceil(6) * 6 + heads[to];
                if written[from] < NEVER && changed < next[to] {
                    (next[to], way[to]) = (changed, from);
                }
            }
        }
        costs = next;
        ways.push(way);
    }
    let last = (0..MODES.len()).min_by_key(|&n| costs[n].div_ceil(6)).unwrap_or(2);
    joined(&ways, last)
}

/// Goes back along the ways and joins bytes of one mode.
fn joined(ways: &[[usize; 3]], last: usize) -> Vec<(Mode, Range<usize>)> {
    let mut mode = last;
    let mut segments: Vec<(Mode, Range<usize>)> = Vec::new();
    for (place, way) in ways.iter().enumerate().rev() {
        mode = way[mode];
        match segments.last_mut() {
            Some((known, range)) if *known == MODES[mode] => range.start = place,
            _ => segments.push((MODES[mode], place..place + 1)),
        }
    }
    segments.reverse();
    segments
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use qrcode::Version;
    use qrcode::bits::Bits;

    fn parts(text: &str, sizes: Sizes) -> Vec<(Mode, &str)> {
        segments(text.as_bytes(), sizes).into_iter().map(|(mode, range)| (mode, &text[range])).collect()
    }

    fn bits(segments: &[(Mode, Range<usize>)], sizes: Sizes) -> u32 {
        let data = |mode: &Mode, count: u32| match mode {
            Mode::Numeric => count / 3 * 10 + [0, 4, 7][count as usize % 3],
            Mode::Alphanumeric => count / 2 * 11 + count % 2 * 6,
            Mode::Byte => count * 8,
        };
        segments.iter().map(|(mode, range)| sizes.head(*mode) + data(mode, range.len() as u32)).sum()
    }

    /// Every way of writing a short text, the slow way.
    fn fewest(text: &[u8], sizes: Sizes) -> u32 {
        let choices = MODES.len().pow(text.len() as u32);
        let way = |mut n: usize| -> Option<u32> {
            let mut segments: Vec<(Mode, Range<usize>)> = Vec::new();
            for (place, &byte) in text.iter().enumerate() {
                let mode = MODES[n % 3];
                n /= 3;
                if !mode.takes(byte) {
                    return None;
                }
                match segments.last_mut() {
                    Some((known, range)) if *known == mode => range.end = place + 1,
                    _ => segments.push((mode, place..place + 1)),
                }
            }
            Some(bits(&segments, sizes))
        };
        (0..choices).filter_map(way).min().expect("bytes always work")
    }

    #[test]
    fn an_upper_case_link_is_one_segment_and_a_long_number_in_a_text_is_one_of_its_own() {
        let link = "HTTPS://PAY.EXAMPLE/R/0123456789ABCDEFGHJKMNPQRS";
        assert_eq!(parts(link, Sizes::Small), [(Mode::Alphanumeric, link)]);
        let bill = parts("Rechnung für 210000000003139471430009017", Sizes::Small);
        assert_eq!(bill, [(Mode::Byte, "Rechnung für "), (Mode::Numeric, "210000000003139471430009017")]);
        let host = parts("https://pay.example/r/ABCDEFGHJKMNPQRSTVWXYZ0123456789", Sizes::Small);
        assert_eq!(host[1].0, Mode::Alphanumeric);
    }

    #[test]
    fn characters_beyond_ascii_stay_whole() {
        let text = "12345678日本語12345678é";
        for sizes in Sizes::ALL {
            // Slicing inside a character would panic.
            assert_eq!(parts(text, sizes).iter().map(|(_, part)| *part).collect::<String>(), text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn no_way_of_parting_takes_fewer_bits(text in "[0-9A-Ca-c ]{1,9}") {
            for sizes in Sizes::ALL {
                let ours = bits(&segments(text.as_bytes(), sizes), sizes);
                prop_assert_eq!(ours, fewest(text.as_bytes(), sizes));
            }
        }

        #[test]
        fn never_more_than_the_library_needs(text in "[0-9]{0,20}[A-Z$ /:]{0,20}[a-z0-9]{0,30}[0-9A-Z]{1,30}") {
            for sizes in Sizes::ALL {
                let mut theirs = Bits::new(Version::Normal(*sizes.versions().end()));
                theirs.push_optimal_data(text.as_bytes()).expect("short");
                prop_assert!(bits(&segments(text.as_bytes(), sizes), sizes) as usize <= theirs.len());
            }
        }
    }
}
