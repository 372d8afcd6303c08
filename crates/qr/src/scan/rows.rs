//! Finder patterns along the rows of a black and white picture: runs of dark, light, dark, light, dark as 1:1:3:1:1
//! (ISO/IEC 18004, 6.3.3), each then looked at across and along its diagonals.

use rxing::Point;
use rxing::common::BitMatrix;
use rxing::common::cpp_essentials::{ConcentricPattern, LocateConcentricPattern};

/// Every this many rows one is looked at: the middle square of a finder with one pixel a module is three rows high.
const EVERY: u32 = 3;
/// Widths of the runs in modules.
const RUNS: [u16; 5] = [1, 1, 3, 1, 1];

/// Patterns found, at most `most` of them.
pub(super) fn patterns(matrix: &BitMatrix, most: usize) -> Vec<ConcentricPattern> {
    let mut found: Vec<ConcentricPattern> = Vec::new();
    let mut edges = Vec::new();
    for y in (EVERY - 1..matrix.height()).step_by(EVERY as usize) {
        edges_of(matrix, y, &mut edges);
        // Every other edge begins a dark run.
        for at in edges.windows(6).step_by(2) {
            let runs: [u32; 5] = std::array::from_fn(|n| at[n + 1] - at[n]);
            if !is_finder(runs) {
                continue;
            }
            let middle = Point { x: (at[2] + at[3]) as f32 / 2.0, y: y as f32 + 0.5 };
            if found.iter().any(|old| Point::distance(middle, old.p) < old.size as f32 / 2.0) {
                continue;
            }
            // Very slanted ones are three times as high as wide.
            let range = (at[5] - at[0]) as i32 * 3;
            found.extend(LocateConcentricPattern::<true, 5, 7>(matrix, &RUNS, middle, range));
            if found.len() >= most {
                return found;
            }
        }
    }
    found
}

/// Where a row changes colour; the first edge is from light to dark, and an open dark run ends with the row.
fn edges_of(matrix: &BitMatrix, y: u32, edges: &mut Vec<u32>) {
    edges.clear();
    let row = matrix.getRow(y);
    let (mut before, mut start) = (0, 0);
    for &word in row.getBitArray() {
        let mut changes = word ^ (word << 1 | before);
        while changes != 0 {
            edges.push(start + changes.trailing_zeros());
            changes &= changes - 1;
        }
        before = word >> (usize::BITS - 1);
        start += usize::BITS;
    }
    // Bits behind the end are light.
    if edges.len() % 2 == 1 {
        edges.push(matrix.width());
    }
}

/// Dark and light runs measured apart, since spreading ink and light widen one and narrow the other.
fn is_finder(runs: [u32; 5]) -> bool {
    let [a, b, c, d, e] = runs;
    if c < 3 || c < 2 * a.max(e) || c < b.max(d) {
        return false;
    }
    let (dark, light) = ((a + c + e) as f32 / 5.0, (b + d) as f32 / 2.0);
    if dark.max(light) > 4.0 * dark.min(light) {
        return false;
    }
    let near = |run: u32, modules: f32, module: f32, slack: f32| (run as f32 - modules * module).abs() <= slack;
    let (dark_slack, light_slack) = (dark * 0.75 + 0.5, light / 3.0 + 0.5);
    near(a, 1.0, dark, dark_slack)
        && near(c, 3.0, dark, dark_slack)
        && near(e, 1.0, dark, dark_slack)
        && near(b, 1.0, light, light_slack)
        && near(d, 1.0, light, light_slack)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_where_the_colour_changes_also_between_words_and_at_the_end() {
        let mut matrix = BitMatrix::new(200, 1).expect("a matrix");
        let dark = [3u32..5, 60..64, 64..70, 120..130, 190..200];
        dark.clone().into_iter().flatten().for_each(|x| matrix.set(x, 0));
        let mut edges = Vec::new();
        edges_of(&matrix, 0, &mut edges);
        assert_eq!(edges, [3, 5, 60, 70, 120, 130, 190, 200]);
    }

    #[test]
    fn a_finder_of_any_size_is_found_once_at_its_middle_and_a_plain_square_is_not() {
        for module in [1u32, 2, 5, 11] {
            let mut matrix = BitMatrix::new(40 * module, 20 * module).expect("a matrix");
            let mut square = |left: u32, side: u32, dark: bool| {
                for (x, y) in (0..side * side).map(|n| (n % side, n / side)) {
                    let top = if left < 20 * module { left } else { left - 20 * module };
                    matrix.set_bool(left + x, top + y, dark);
                }
            };
            square(5 * module, 7 * module, true);
            square(6 * module, 5 * module, false);
            square(7 * module, 3 * module, true);
            square(25 * module, 7 * module, true);
            let found = patterns(&matrix, 9);
            let [one] = found.as_slice() else { panic!("{} found at {module}", found.len()) };
            let middle = 8.5 * module as f32;
            assert!((one.p.x - middle).abs() < 0.6 && (one.p.y - middle).abs() < 0.6, "{:?}", one.p);
        }
    }
}
