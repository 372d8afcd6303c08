//! Modules with a confidence each, to bytes: every format is tried in the order the modules speak for it, and the
//! least sure codewords are given up as erasures, as many as it takes. What comes out must be proven by the parity
//! that is left over, because a search over erasures would otherwise find some text in anything.

use rxing::common::BitMatrix;
use rxing::qrcode::common::ErrorCorrectionLevel;

use super::decode::{Content, content};
use super::layout::{Layout, Place, format_bits, format_places, is_turned};
use super::solomon;

/// How dark each module of a square symbol is: positive dark, negative light, around one where there is no doubt.
#[derive(Clone)]
pub(super) struct Soft {
    pub(super) side: usize,
    pub(super) values: Vec<f32>,
}

/// Formats tried at most, the most likely first.
const FORMATS: usize = 3;
/// How far the modules of the format must agree with it, from -1 to 1; the best of all formats reaches about 0.45 by
/// chance, and a code with one copy hidden no more than that.
const FORMAT_AGREEMENT: f32 = 0.35;
/// Proof required of one block, in bits (see [`solomon::proof_bits`]).
const BLOCK_PROOF: f32 = 20.0;
/// Proof required of a whole symbol: below one lie in two hundred million tries. A picture costs a few hundred.
const SYMBOL_PROOF: f32 = 28.0;

impl Soft {
    fn at(&self, (x, y): Place) -> f32 {
        self.values[usize::from(y) * self.side + usize::from(x)]
    }

    /// The same symbol seen in a mirror.
    pub(super) fn mirrored(&self) -> Soft {
        let side = self.side;
        let values = (0..side * side).map(|n| self.values[n % side * side + n / side]).collect();
        Soft { side, values }
    }

    /// Reads the symbol, as it is or mirrored; `None` when the text is not proven.
    pub(super) fn read(&self, layout: &Layout) -> Option<Content> {
        let mirror = self.mirrored();
        let mut tries: Vec<(f32, &Soft, u8, u8)> = Vec::with_capacity(64);
        for soft in [self, &mirror] {
            tries.extend(soft.formats().map(|(agreement, level, mask)| (agreement, soft, level, mask)));
        }
        tries.sort_by(|a, b| b.0.total_cmp(&a.0));
        let likely = tries.iter().take(FORMATS).filter(|&&(agreement, ..)| agreement > FORMAT_AGREEMENT);
        likely.filter_map(|&(_, soft, level, mask)| soft.read_as(layout, level, mask)).next()
    }

    /// Agreement from -1 to 1 with each of the 32 formats.
    fn formats(&self) -> impl Iterator<Item = (f32, u8, u8)> + '_ {
        let copies = format_places(self.side).map(|copy| copy.map(|place| self.at(place).clamp(-1.0, 1.0)));
        let weight: f32 = copies.iter().flatten().map(|v| v.abs()).sum::<f32>().max(f32::EPSILON);
        (0..32u8).map(move |n| {
            let (level, mask) = (n >> 3, n & 7);
            let bits = format_bits(level, mask);
            let sign = |n: usize| if bits >> (14 - n) & 1 == 1 { 1.0 } else { -1.0 };
            let sum: f32 =
                copies.iter().map(|copy| copy.iter().enumerate().map(|(n, v)| v * sign(n)).sum::<f32>()).sum();
            (sum / weight, level, mask)
        })
    }

    fn read_as(&self, layout: &Layout, level: u8, mask: u8) -> Option<Content> {
        let level_name = ErrorCorrectionLevel::forBits(level).ok()?;
        let codewords = self.codewords(layout, mask);
        let blocks = layout.version.getECBlocksForLevel(level_name);
        let parity = blocks.getECCodewordsPerBlock() as usize;
        let lengths: Vec<usize> = blocks
            .getECBlocks()
            .iter()
            .flat_map(|kind| std::iter::repeat_n(kind.getDataCodewords() as usize + parity, kind.getCount() as usize))
            .collect();
        let mut fixed: Vec<u8> = codewords.iter().map(|codeword| codeword.byte).collect();
        let mut proof = 0.0;
        for places in interleaved(&lengths, parity) {
            let block: Vec<Codeword> = places.iter().map(|&n| codewords[n]).collect();
            let (bytes, bits) = repaired(&block, parity)?;
            places.iter().zip(bytes).for_each(|(&n, byte)| fixed[n] = byte);
            proof += bits;
        }
        if proof < SYMBOL_PROOF {
            return None;
        }
        content(&drawn(layout, &fixed, level, mask)?)
    }

    fn codewords(&self, layout: &Layout, mask: u8) -> Vec<Codeword> {
        let one = |places: &[Place]| {
            let mut codeword = Codeword { byte: 0, doubt: 0.0 };
            for &place in places {
                let value = self.at(place);
                codeword.byte = codeword.byte << 1 | u8::from((value > 0.0) != is_turned(mask, place));
                codeword.doubt += (-4.0 * value.abs()).exp();
            }
            codeword
        };
        layout.data.chunks_exact(8).map(one).collect()
    }
}

/// Eight modules as a byte, and how doubtful it is.
#[derive(Clone, Copy)]
struct Codeword {
    byte: u8,
    doubt: f32,
}

/// For each block, which codewords of the stream are its own, in order: blocks give one codeword each in turn, the
/// longer ones their last data codeword after that, then all give parity in turn (7.6).
fn interleaved(lengths: &[usize], parity: usize) -> Vec<Vec<usize>> {
    let mut blocks: Vec<Vec<usize>> = vec![Vec::new(); lengths.len()];
    let longest = lengths.iter().max().copied().unwrap_or_default().saturating_sub(parity);
    let mut next = 0;
    for n in 0..longest + parity {
        for (block, &length) in blocks.iter_mut().zip(lengths) {
            if n >= longest || n < length - parity {
                block.push(next);
                next += 1;
            }
        }
    }
    blocks
}

/// The block corrected, with as few of its most doubtful codewords given up as possible, and the proof in bits.
fn repaired(block: &[Codeword], parity: usize) -> Option<(Vec<u8>, f32)> {
    let mut doubtful: Vec<usize> = (0..block.len()).collect();
    doubtful.sort_by(|&a, &b| block[b].doubt.total_cmp(&block[a].doubt));
    let mut bytes: Vec<u8> = block.iter().map(|codeword| codeword.byte).collect();
    let syndromes = solomon::syndromes(&bytes, parity);
    for erasures in (0..=parity).step_by(2.max(parity / 8)) {
        let Some(errors) = solomon::correct_by(&syndromes, &mut bytes, &doubtful[..erasures]) else { continue };
        let proof = solomon::proof_bits(block.len(), parity, erasures, errors);
        return (proof >= BLOCK_PROOF).then_some((bytes, proof));
    }
    None
}

/// The symbol as it was printed, from its codewords.
fn drawn(layout: &Layout, codewords: &[u8], level: u8, mask: u8) -> Option<BitMatrix> {
    let mut matrix = layout.frame()?;
    for (places, &byte) in layout.data.chunks(8).zip(codewords.iter().chain([&0])) {
        for (n, &(x, y)) in places.iter().enumerate() {
            let dark = (byte >> (7 - n) & 1 == 1) != is_turned(mask, (x, y));
            matrix.set_bool(u32::from(x), u32::from(y), dark);
        }
    }
    let bits = format_bits(level, mask);
    for copy in format_places(layout.side) {
        for (n, (x, y)) in copy.into_iter().enumerate() {
            matrix.set_bool(u32::from(x), u32::from(y), bits >> (14 - n) & 1 == 1);
        }
    }
    Some(matrix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A drawn code as modules without doubt.
    fn clear(text: &str, level: qrcode::EcLevel) -> (Soft, &'static Layout) {
        let code = qrcode::QrCode::with_error_correction_level(text, level).expect("drawn");
        let values = code.to_colors().iter().map(|c| if *c == qrcode::Color::Dark { 1.0 } else { -1.0 }).collect();
        let layout = Layout::of((code.width() as u32 - 17) / 4).expect("a version");
        (Soft { side: code.width(), values }, layout)
    }

    const TEXT: &str = "https://pay.example/@ana?amount=12.30&note=for%20the%20bread%20and%20the%20honey";

    #[test]
    fn clear_modules_of_every_size_are_read_also_in_a_mirror() {
        for times in [1, 3, 9, 20] {
            let text = TEXT.repeat(times);
            let (soft, layout) = clear(&text, qrcode::EcLevel::M);
            assert_eq!(soft.read(layout).and_then(|said| said.text), Some(text.clone()));
            assert_eq!(soft.mirrored().read(layout).and_then(|said| said.text), Some(text));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn a_hidden_corner_costs_half_of_a_dirty_one(seed in any::<u64>()) {
            let (clear, layout) = clear(TEXT, qrcode::EcLevel::M);
            let side = clear.side;
            let mut state = seed;
            let mut hidden = clear.clone();
            // Random colours in a square no plain decoder survives: in doubt, and once without doubt.
            for (x, y) in (side - 15..side).flat_map(|x| (side - 15..side).map(move |y| (x, y))) {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                hidden.values[y * side + x] = if state >> 63 == 1 { 0.1 } else { -0.1 };
            }
            prop_assert_eq!(hidden.read(layout).and_then(|said| said.text), Some(TEXT.to_owned()));
            let mut dirty = hidden;
            dirty.values.iter_mut().for_each(|v| *v = v.signum());
            prop_assert!(dirty.read(layout).is_none());
        }

        #[test]
        fn modules_of_pure_chance_are_never_read(seed in any::<u64>(), number in 1u32..8) {
            let layout = Layout::of(number).expect("a version");
            let mut state = seed;
            let values = (0..layout.side * layout.side).map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
            });
            let mut soft = Soft { side: layout.side, values: values.collect() };
            // The format may well be undamaged.
            for copy in format_places(layout.side) {
                for (n, (x, y)) in copy.into_iter().enumerate() {
                    let dark = format_bits(1, 3) >> (14 - n) & 1 == 1;
                    soft.values[usize::from(y) * layout.side + usize::from(x)] = if dark { 1.0 } else { -1.0 };
                }
            }
            prop_assert!(soft.read(layout).is_none());
        }
    }
}
