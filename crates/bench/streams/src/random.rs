//! Numbers from a seed.

/// A SplitMix64 generator (Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// Another generator that shares nothing with this one.
    pub(crate) fn split(&mut self) -> Random {
        Random(self.bits() ^ 0x5851_f42d_4c95_7f2d)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly from `low` to `high`.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.bits() >> 40) as f32 / (1u64 << 24) as f32)
    }

    /// Evenly from 0 to below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.bits() % end.max(1) as u64) as usize
    }

    /// One of these.
    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// Yes, this often.
    pub(crate) fn chance(&mut self, share: f32) -> bool {
        self.between(0.0, 1.0) < share
    }

    /// Four nearly normal numbers with a deviation of one: each the sum of four bytes' halves, which is near enough
    /// for noise and a hundred times quicker than logarithms.
    pub(crate) fn normals(&mut self) -> [f32; 4] {
        let bits = [self.bits(), self.bits()];
        let quad = |n: u32| {
            let bytes = n.to_le_bytes().map(f32::from);
            // The sum of four bytes has the mean 510 and the deviation 147.8.
            (bytes.iter().sum::<f32>() - 510.0) / 147.8
        };
        [quad(bits[0] as u32), quad((bits[0] >> 32) as u32), quad(bits[1] as u32), quad((bits[1] >> 32) as u32)]
    }
}
