//! Which part of a text a code carries, when its text is spread over several codes (ISO/IEC 18004, 8).

use rxing::common::DetectorRXingResult as _;
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};

use super::binary::Binary;
use super::contain::contained;
use crate::Luma;

/// The place of a code in a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// From 0.
    pub(crate) index: u8,
    /// Codes in the sequence, 2 to 16.
    pub(crate) count: u8,
    /// All bytes of the whole text, each with the next by exclusive or.
    pub(crate) parity: u8,
}

/// Sets of marks tried.
const SETS: usize = 4;

/// The part that the code saying `bytes` in this picture is; nothing for a code that stands alone.
pub(crate) fn part(picture: &Luma<'_>, bytes: &[u8]) -> Option<Part> {
    let black = contained(|| Binary::Hybrid.apply(picture)).flatten()?;
    contained(|| {
        let mut marks = FindFinderPatterns(&black, true, 0);
        let sets = GenerateFinderPatternSets(&mut marks).into_iter().take(SETS);
        sets.filter_map(|set| Decode(SampleQR(&black, &set).ok()?.getBits()).ok())
            .filter(|read| read.isValid() && read.content().bytes() == bytes)
            .find_map(|read| {
                let place = read.structuredAppend();
                let (index, count) = (u8::try_from(place.index).ok()?, u8::try_from(place.count).ok()?);
                let parity = place.id.parse().ok()?;
                (count > 1 && index < count).then_some(Part { index, count, parity })
            })
    })
    .flatten()
}
