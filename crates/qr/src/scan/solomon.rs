//! Reed–Solomon over GF(256) as QR codes use it (ISO/IEC 18004, 7.5.2 and annex A), with erasures: a codeword known
//! to be doubtful costs one parity codeword, one that is wrong without being suspected costs two.

/// x⁸ + x⁴ + x³ + x² + 1, the field's reducing polynomial.
const REDUCING: u16 = 0x11d;

/// Powers of the field's generator, twice over so that sums of two logarithms need no reduction.
const EXP: [u8; 512] = powers();
/// Logarithms; that of zero is never asked for.
const LOG: [u8; 256] = logarithms();

const fn powers() -> [u8; 512] {
    let (mut table, mut value, mut n) = ([0u8; 512], 1u16, 0);
    while n < 512 {
        table[n] = value as u8;
        value <<= 1;
        if value & 0x100 != 0 {
            value ^= REDUCING;
        }
        n += 1;
    }
    table
}

const fn logarithms() -> [u8; 256] {
    let (mut table, mut n) = ([0u8; 256], 0);
    while n < 255 {
        table[EXP[n] as usize] = n as u8;
        n += 1;
    }
    table
}

fn log(a: u8) -> usize {
    usize::from(LOG[usize::from(a)])
}

fn times(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 { 0 } else { EXP[log(a) + log(b)] }
}

/// `a` over a `b` that is not zero.
fn over(a: u8, b: u8) -> u8 {
    if a == 0 { 0 } else { EXP[log(a) + 255 - log(b)] }
}

/// The value at `x` of a polynomial whose lowest coefficient comes first.
fn value_at(polynomial: &[u8], x: u8) -> u8 {
    polynomial.iter().rev().fold(0, |sum, &coefficient| times(sum, x) ^ coefficient)
}

/// What a block says at the roots of its code: all zero when it is valid.
pub(super) fn syndromes(block: &[u8], parity: usize) -> Vec<u8> {
    let at = |root: u8| block.iter().fold(0, |sum, &codeword| times(sum, root) ^ codeword);
    (0..parity).map(|power| at(EXP[power])).collect()
}

#[cfg(test)]
fn correct(block: &mut [u8], parity: usize, erased: &[usize]) -> Option<usize> {
    let syndromes = syndromes(block, parity);
    correct_by(&syndromes, block, erased)
}

/// Corrects `block` in place, given its [`syndromes`]: as many codewords at its end protect the others, and those at
/// the places `erased` (each named once) are not trusted. Tells how many codewords outside `erased` were wrong;
/// `None`, and the block as it was, when it lies too far from every valid one.
pub(super) fn correct_by(syndromes: &[u8], block: &mut [u8], erased: &[usize]) -> Option<usize> {
    let parity = syndromes.len();
    if block.len() > 255 || parity >= block.len() || erased.len() > parity {
        return None;
    }
    if syndromes.iter().all(|&s| s == 0) {
        return Some(0);
    }
    let locator = locator(syndromes, block.len(), erased)?;
    let places = roots(&locator, block.len())?;
    let unsuspected = places.iter().filter(|place| !erased.contains(place)).count();
    if 2 * unsuspected + erased.len() > parity {
        return None;
    }
    let fixed = corrected(block, syndromes, &locator, &places)?;
    block.copy_from_slice(&fixed);
    Some(unsuspected)
}

/// The power of the generator that stands for a place in a block, as its logarithm.
fn weight(place: usize, length: usize) -> usize {
    length - 1 - place
}

/// The polynomial whose roots are the inverses of the wrong places (Berlekamp and Massey, begun with the erasures).
fn locator(syndromes: &[u8], length: usize, erased: &[usize]) -> Option<Vec<u8>> {
    let (parity, known) = (syndromes.len(), erased.len());
    let mut locator = vec![0u8; parity + 2];
    locator[0] = 1;
    for (n, &place) in erased.iter().enumerate() {
        let factor = EXP[weight(place, length)];
        for i in (1..=n + 1).rev() {
            locator[i] ^= times(locator[i - 1], factor);
        }
    }
    let (mut before, mut degree) = (locator.clone(), known);
    for step in known..parity {
        let gap = (0..=step).fold(0, |sum, i| sum ^ times(locator[i], syndromes[step - i]));
        let grown = (locator.clone(), step);
        before.rotate_right(1);
        before[0] = 0;
        if gap == 0 {
            continue;
        }
        for (coefficient, &old) in locator.iter_mut().zip(&before) {
            *coefficient ^= times(gap, old);
        }
        if 2 * degree <= grown.1 + known {
            degree = grown.1 + 1 + known - degree;
            before = grown.0.iter().map(|&c| over(c, gap)).collect();
        }
    }
    while locator.last() == Some(&0) {
        locator.pop();
    }
    (locator.len() == degree + 1 && degree <= parity).then_some(locator)
}

/// The places where the locator vanishes; `None` unless there are as many as its degree.
fn roots(locator: &[u8], length: usize) -> Option<Vec<usize>> {
    let inverse = |place: usize| EXP[255 - weight(place, length)];
    let places: Vec<usize> = (0..length).filter(|&place| value_at(locator, inverse(place)) == 0).collect();
    (places.len() + 1 == locator.len()).then_some(places)
}

/// The block with the errors at `places` taken out (Forney), once more proven to be valid.
fn corrected(block: &[u8], syndromes: &[u8], locator: &[u8], places: &[usize]) -> Option<Vec<u8>> {
    let parity = syndromes.len();
    let evaluator: Vec<u8> = (0..parity)
        .map(|n| (0..=n.min(locator.len() - 1)).fold(0, |sum, i| sum ^ times(locator[i], syndromes[n - i])))
        .collect();
    // In a field of characteristic two the derivative keeps the odd coefficients only.
    let derivative: Vec<u8> =
        locator.iter().enumerate().skip(1).map(|(n, &c)| if n % 2 == 1 { c } else { 0 }).collect();
    let mut fixed = block.to_vec();
    for &place in places {
        let power = weight(place, block.len());
        let inverse = EXP[255 - power];
        let slope = value_at(&derivative, inverse);
        if slope == 0 {
            return None;
        }
        fixed[place] ^= times(EXP[power], over(value_at(&evaluator, inverse), slope));
    }
    self::syndromes(&fixed, parity).iter().all(|&s| s == 0).then_some(fixed)
}

/// How unlikely it is that chance alone is corrected like this, in bits: a random block of `length` with `parity`
/// is within `errors` of a valid one, `erasures` places left open, with a probability of at most two to minus this.
pub(super) fn proof_bits(length: usize, parity: usize, erasures: usize, errors: usize) -> f32 {
    let open = length.saturating_sub(erasures);
    // Words at distance exactly `errors`; nearer ones are fewer by a factor of 255 and more each.
    let choices: f32 = (0..errors).map(|n| (open.saturating_sub(n) as f32 / (n + 1) as f32).log2()).sum();
    8.0 * (parity.saturating_sub(erasures + errors) as f32) - choices
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rxing::common::reedsolomon::{PredefinedGenericGF, ReedSolomonEncoder};

    /// A valid block, its parity made by another implementation.
    fn valid(data: &[u8], parity: usize) -> Vec<u8> {
        let mut ints: Vec<i32> = data.iter().map(|&b| i32::from(b)).collect();
        ints.resize(data.len() + parity, 0);
        let mut encoder = ReedSolomonEncoder::new(PredefinedGenericGF::QrCodeField256.into()).expect("a field");
        encoder.encode(&mut ints, parity).expect("encoded");
        ints.iter().map(|&i| i as u8).collect()
    }

    /// A block, its parity and distinct places, the first `erased` of them known to be doubtful.
    fn damaged() -> impl Strategy<Value = (Vec<u8>, usize, Vec<usize>, usize, Vec<u8>)> {
        (proptest::collection::vec(any::<u8>(), 1..120), 2usize..31).prop_flat_map(|(data, parity)| {
            let length = data.len() + parity;
            let places = Just((0..length).collect::<Vec<_>>()).prop_shuffle();
            (Just(data), Just(parity), places, 0..=parity, proptest::collection::vec(1u8.., length))
        })
    }

    proptest! {
        #[test]
        fn every_mix_of_errors_and_erasures_within_reach_is_undone((data, parity, places, erased, noise) in damaged()) {
            let sent = valid(&data, parity);
            let errors = (parity - erased) / 2;
            let wrong = &places[..(erased + errors).min(sent.len())];
            let mut block = sent.clone();
            wrong.iter().for_each(|&place| block[place] ^= noise[place]);
            let told = correct(&mut block, parity, &places[..erased]);
            prop_assert_eq!(told, Some(wrong.len() - erased.min(wrong.len())));
            prop_assert_eq!(block, sent);
        }

        #[test]
        fn what_it_returns_is_valid_and_no_farther_than_it_says((data, parity, places, erased, noise) in damaged()) {
            let mut block = valid(&data, parity);
            places.iter().take(parity + 3).for_each(|&place| block[place] ^= noise[place]);
            let before = block.clone();
            match correct(&mut block, parity, &places[..erased]) {
                None => prop_assert_eq!(block, before),
                Some(errors) => {
                    prop_assert!(syndromes(&block, parity).iter().all(|&s| s == 0));
                    let moved = (0..block.len()).filter(|n| block[*n] != before[*n] && !places[..erased].contains(n));
                    prop_assert_eq!(moved.count(), errors);
                    prop_assert!(2 * errors + erased <= parity);
                }
            }
        }
    }

    #[test]
    fn proof_is_what_a_count_of_lucky_random_blocks_shows() {
        // 26 codewords, 4 of parity: one error is found in 26 · 255 / 2³² of random blocks, with two erasures none.
        assert!((proof_bits(26, 4, 0, 1) - (32.0 - (26.0f32 * 256.0).log2())).abs() < 0.01);
        assert!((proof_bits(26, 4, 2, 0) - 16.0).abs() < 0.01);
        let mut state = 11u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        // Two parity codewords and one error: 20 · 255 of 65536, so about 7.8 % of random blocks.
        let lucky = (0..20_000).filter(|_| {
            let mut block: Vec<u8> = (0..20).map(|_| random()).collect();
            correct(&mut block, 2, &[]).is_some()
        });
        let share = lucky.count() as f32 / 20_000.0;
        let told = (-proof_bits(20, 2, 0, 1)).exp2();
        assert!((share / told - 1.0).abs() < 0.1, "{share} is not {told}");
    }
}
