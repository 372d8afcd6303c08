//! Texts spread over several codes, put together as their codes come into sight.

use crate::scan::part::Part;

/// What a code says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) bytes: Vec<u8>,
    pub(super) text: Option<String>,
}

/// The sequences seen lately, the newest last.
#[derive(Debug, Clone, Default)]
pub(super) struct Sequences(Vec<Sequence>);

#[derive(Debug, Clone)]
struct Sequence {
    count: u8,
    parity: u8,
    parts: Vec<Option<Said>>,
}

/// Sequences kept at most: a person shows one at a time.
const KEPT: usize = 4;

impl Sequences {
    /// Takes one part; gives the whole when nothing is missing and the parity holds.
    pub(super) fn take(&mut self, part: Part, said: Said) -> Option<Said> {
        let index = usize::from(part.index);
        let fits = |it: &Sequence| {
            let known = it.parts.get(index).and_then(Option::as_ref);
            it.count == part.count && it.parity == part.parity && known.is_none_or(|known| known.bytes == said.bytes)
        };
        let place = self.0.iter().position(fits);
        let mut sequence = match place {
            Some(place) => self.0.remove(place),
            None => Sequence { count: part.count, parity: part.parity, parts: vec![None; usize::from(part.count)] },
        };
        if let Some(slot) = sequence.parts.get_mut(index) {
            *slot = Some(said);
        }
        let whole = sequence.whole();
        if whole.is_none() && sequence.parts.iter().all(Option::is_some) {
            // Of another text with the same parity: the right part may still come.
            sequence.parts[index] = None;
        }
        self.0.push(sequence);
        let surplus = self.0.len().saturating_sub(KEPT);
        self.0.drain(..surplus);
        whole
    }

    /// Parts there are of the sequence seen last, and how many it has; nothing when it is whole, or there is none.
    pub(super) fn gathered(&self) -> Option<(u8, u8)> {
        let sequence = self.0.last()?;
        let have = sequence.parts.iter().flatten().count() as u8;
        (have < sequence.count).then_some((have, sequence.count))
    }
}

impl Sequence {
    fn whole(&self) -> Option<Said> {
        let parts: Vec<&Said> = self.parts.iter().map(Option::as_ref).collect::<Option<_>>()?;
        let bytes: Vec<u8> = parts.iter().flat_map(|part| part.bytes.iter().copied()).collect();
        if bytes.iter().fold(0, |parity, byte| parity ^ byte) != self.parity {
            return None;
        }
        // A character may be cut in two between two codes, so the whole is read as a whole first.
        let joined = || parts.iter().map(|part| part.text.as_deref()).collect::<Option<String>>();
        let text = String::from_utf8(bytes.clone()).ok().or_else(joined);
        Some(Said { bytes, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(bytes: &[u8]) -> Said {
        Said { bytes: bytes.to_vec(), text: String::from_utf8(bytes.to_vec()).ok() }
    }

    fn parity(bytes: &[u8]) -> u8 {
        bytes.iter().fold(0, |parity, byte| parity ^ byte)
    }

    #[test]
    fn parts_in_any_order_make_the_whole_also_when_a_character_is_cut() {
        let whole = "lunch for für".as_bytes();
        let (parity, mut sequences) = (parity(whole), Sequences::default());
        let part = |index| Part { index, count: 3, parity };
        assert_eq!(sequences.take(part(2), said(&whole[12..])), None);
        assert_eq!(sequences.take(part(0), said(&whole[..6])), None);
        assert_eq!(sequences.take(part(0), said(&whole[..6])), None, "the same again");
        assert_eq!(sequences.gathered(), Some((2, 3)));
        let told = sequences.take(part(1), said(&whole[6..12])).expect("whole");
        assert_eq!((told.bytes.as_slice(), told.text.as_deref()), (whole, Some("lunch for für")));
        assert_eq!(sequences.gathered(), None);
        assert!(sequences.take(part(1), said(&whole[6..12])).is_some(), "seen again");
    }

    #[test]
    fn parts_of_two_texts_are_not_mixed() {
        let mut sequences = Sequences::default();
        let one = Part { index: 0, count: 2, parity: parity(b"ab") };
        let other = Part { index: 1, count: 2, parity: parity(b"cd") };
        assert_eq!(sequences.take(one, said(b"a")), None);
        assert_eq!(sequences.take(other, said(b"d")), None);
        // Of one parity by chance, and yet not what the parity says of the whole.
        assert_eq!(sequences.take(Part { index: 1, ..one }, said(b"x")), None);
        let told = sequences.take(Part { index: 1, ..one }, said(b"b")).expect("whole in spite of it");
        assert_eq!(told.bytes, b"ab");
    }
}
