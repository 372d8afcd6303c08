//! Where everything lies in a QR code of some version (ISO/IEC 18004, 6.3 and 7.7): modules whose colour is known
//! beforehand, the two copies of the format, and the order of the data.

use std::sync::OnceLock;

use rxing::common::BitMatrix;
use rxing::qrcode::common::{Version, VersionRef};

/// A place in a symbol: column and row of a module.
pub(super) type Place = (u8, u8);

/// The map of one version.
pub(super) struct Layout {
    /// Modules along a side.
    pub(super) side: usize,
    /// Block sizes and alignment patterns.
    pub(super) version: VersionRef,
    /// Modules whose colour the version decides: finder, separator, timing, alignment and version information.
    pub(super) known: Vec<(Place, bool)>,
    /// Modules of the data, first bit first.
    pub(super) data: Vec<Place>,
}

/// Generator of the code that protects version information (7.10).
const VERSION_GENERATOR: u32 = 0x1f25;

/// What versions from 7 on say of themselves beside two finders, dark or light (7.10).
pub(super) fn version_information(number: u32) -> [bool; 18] {
    let mut rest = number << 12;
    for shift in (0..6).rev() {
        if rest >> (shift + 12) & 1 == 1 {
            rest ^= VERSION_GENERATOR << shift;
        }
    }
    let bits = number << 12 | rest;
    std::array::from_fn(|n| bits >> n & 1 == 1)
}

/// Where each of these stands, along the edge and away from the corner; once more with both exchanged.
pub(super) const fn version_place(side: usize, n: usize) -> (usize, usize) {
    (n / 3, side - 11 + n % 3)
}

impl Layout {
    /// The map of a version from 1 to 40; each is drawn once.
    pub(super) fn of(number: u32) -> Option<&'static Layout> {
        static MAPS: [OnceLock<Option<Layout>>; 40] = [const { OnceLock::new() }; 40];
        MAPS.get(number.checked_sub(1)? as usize)?.get_or_init(|| Layout::drawn(number)).as_ref()
    }

    fn drawn(number: u32) -> Option<Layout> {
        let version = Version::getVersionForNumber(number).ok()?;
        let side = 17 + 4 * number as usize;
        let mut colours = Colours { side, of: vec![None; side * side] };
        colours.timing();
        colours.finders();
        colours.alignment(version.getAlignmentPatternCenters());
        if number >= 7 {
            colours.version(number);
        }
        let known = colours.known();
        let free = |x: usize, y: usize| colours.of[y * side + x].is_none() && !is_format(x, y, side);
        let data = order(side).filter(|&(x, y)| free(x, y)).map(|(x, y)| (x as u8, y as u8)).collect();
        Some(Layout { side, version, known, data })
    }

    /// A matrix with every known module set as it must be.
    pub(super) fn frame(&self) -> Option<BitMatrix> {
        let mut matrix = BitMatrix::with_single_dimension(self.side as u32).ok()?;
        for &((x, y), dark) in &self.known {
            matrix.set_bool(u32::from(x), u32::from(y), dark);
        }
        Some(matrix)
    }
}

/// Known colours while they are being laid out.
struct Colours {
    side: usize,
    of: Vec<Option<bool>>,
}

impl Colours {
    fn set(&mut self, x: usize, y: usize, dark: bool) {
        if x < self.side && y < self.side {
            self.of[y * self.side + x] = Some(dark);
        }
    }

    fn timing(&mut self) {
        for n in 8..self.side - 8 {
            self.set(n, 6, n % 2 == 0);
            self.set(6, n, n % 2 == 0);
        }
        self.set(8, self.side - 8, true);
    }

    fn finders(&mut self) {
        let far = self.side - 4;
        for (cx, cy) in [(3, 3), (far, 3), (3, far)] {
            for dy in -4i32..=4 {
                for dx in -4i32..=4 {
                    let (x, y) = (cx as i32 + dx, cy as i32 + dy);
                    if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) {
                        let ring = dx.abs().max(dy.abs());
                        self.set(x, y, ring != 2 && ring != 4);
                    }
                }
            }
        }
    }

    fn alignment(&mut self, centres: &[u32]) {
        let last = centres.last().copied().unwrap_or_default();
        for &cx in centres {
            for &cy in centres {
                if [(6, 6), (6, last), (last, 6)].contains(&(cx, cy)) {
                    continue;
                }
                for (dx, dy) in (0..25).map(|n| (n % 5, n / 5)) {
                    let ring = 2usize.abs_diff(dx).max(2usize.abs_diff(dy));
                    self.set(cx as usize - 2 + dx, cy as usize - 2 + dy, ring != 1);
                }
            }
        }
    }

    fn version(&mut self, number: u32) {
        for (n, dark) in version_information(number).into_iter().enumerate() {
            let (near, far) = version_place(self.side, n);
            self.set(near, far, dark);
            self.set(far, near, dark);
        }
    }

    fn known(&self) -> Vec<(Place, bool)> {
        let place = |n: usize| ((n % self.side) as u8, (n / self.side) as u8);
        self.of.iter().enumerate().filter_map(|(n, dark)| dark.map(|dark| (place(n), dark))).collect()
    }
}

fn is_format(x: usize, y: usize, side: usize) -> bool {
    (y == 8 && (x < 9 || x >= side - 8)) || (x == 8 && (y < 9 || y >= side - 8))
}

/// All modules in the order bits are laid: two columns at a time from the right, up and down in turn; the column of
/// the vertical timing pattern is stepped over.
fn order(side: usize) -> impl Iterator<Item = (usize, usize)> {
    let right = (1..side).rev().filter(move |&x| if x > 6 { x % 2 == 0 } else { x % 2 == 1 });
    right.enumerate().flat_map(move |(n, right)| {
        (0..side).flat_map(move |step| {
            let y = if n % 2 == 0 { side - 1 - step } else { step };
            [(right, y), (right - 1, y)]
        })
    })
}

/// Where the fifteen bits of the format stand (figure 25), the most significant first: beside the top left finder,
/// and once more beside the two others.
pub(super) fn format_places(side: usize) -> [[Place; 15]; 2] {
    let mut copies = [[(0, 0); 15]; 2];
    let far = side as u8;
    for n in 0..15u8 {
        let around = match n {
            0..=5 => (n, 8),
            6 => (7, 8),
            7 => (8, 8),
            8 => (8, 7),
            _ => (8, 14 - n),
        };
        let apart = if n < 7 { (8, far - 1 - n) } else { (far - 15 + n, 8) };
        (copies[0][usize::from(n)], copies[1][usize::from(n)]) = (around, apart);
    }
    copies
}

/// Whether a mask turns a module over (7.8.2).
pub(super) fn is_turned(mask: u8, (x, y): Place) -> bool {
    let (x, y) = (u32::from(x), u32::from(y));
    let sum = match mask {
        0 => (x + y) % 2,
        1 => y % 2,
        2 => x % 3,
        3 => (x + y) % 3,
        4 => (y / 2 + x / 3) % 2,
        5 => x * y % 2 + x * y % 3,
        6 => (x * y % 2 + x * y % 3) % 2,
        _ => ((x + y) % 2 + x * y % 3) % 2,
    };
    sum == 0
}

/// The fifteen format bits of an error correction level (its two bits as written) and a mask (7.9).
pub(super) fn format_bits(level: u8, mask: u8) -> u16 {
    let data = u16::from(level) << 3 | u16::from(mask);
    let mut rest = data << 10;
    for shift in (0..5).rev() {
        if rest >> (shift + 10) & 1 == 1 {
            rest ^= 0x537 << shift;
        }
    }
    (data << 10 | rest) ^ 0x5412
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_has_room_for_its_codewords_and_at_most_seven_bits_more() {
        for number in 1..=40 {
            let layout = Layout::of(number).expect("a version");
            let bits = layout.version.getTotalCodewords() as usize * 8;
            assert!((bits..bits + 8).contains(&layout.data.len()), "version {number}: {}", layout.data.len());
        }
    }

    #[test]
    fn known_modules_and_format_agree_with_codes_drawn_by_another_encoder() {
        for number in [1, 2, 6, 7, 14, 32] {
            let version = qrcode::Version::Normal(number);
            let code = qrcode::QrCode::with_version(b"tessera", version, qrcode::EcLevel::M).expect("drawn");
            let dark = |(x, y): Place| code[(usize::from(x), usize::from(y))] == qrcode::Color::Dark;
            let layout = Layout::of(number as u32).expect("a version");
            for &(place, colour) in &layout.known {
                assert_eq!(dark(place), colour, "version {number} at {place:?}");
            }
            let read = format_places(layout.side)
                .map(|copy| copy.iter().fold(0u16, |bits, &at| bits << 1 | u16::from(dark(at))));
            assert_eq!(read[0], read[1]);
            assert!((0..8).any(|mask| format_bits(0, mask) == read[0]), "level M is written 00: {:015b}", read[0]);
        }
    }
}
