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

/// Patterns whose outer ring may be torn or grown together with what lies beside it: the middle square with light
/// around it must be there across and down, and circles around the middle must mostly have the right colours. Given
/// as middle and size.
pub(super) fn torn(matrix: &BitMatrix, most: usize) -> Vec<([f32; 2], f32)> {
    let mut found: Vec<([f32; 2], f32)> = Vec::new();
    let mut edges = Vec::new();
    for y in (EVERY - 1..matrix.height()).step_by(EVERY as usize) {
        edges_of(matrix, y, &mut edges);
        for at in edges.windows(6).step_by(2) {
            let runs: [u32; 5] = std::array::from_fn(|n| at[n + 1] - at[n]);
            if !is_core(runs) {
                continue;
            }
            let x = (at[2] + at[3]) as f32 / 2.0;
            let known = |&([a, b], size): &([f32; 2], f32)| (a - x).hypot(b - y as f32) < size / 2.0;
            if found.iter().any(known) {
                continue;
            }
            let across = (runs[1] + runs[2] + runs[3]) as f32 / 5.0;
            let Some((middle, down)) = down_through(matrix, x as u32, y, across) else { continue };
            if has_rings(matrix, [x, middle], across, down) {
                found.push(([x, middle], 3.5 * (across + down)));
            }
            if found.len() >= most {
                return found;
            }
        }
    }
    found
}

/// The three middle runs of a finder, with some dark on either side.
fn is_core(runs: [u32; 5]) -> bool {
    let [a, b, c, d, e] = runs;
    let module = (b + c + d) as f32 / 5.0;
    let near = |run: u32, modules: f32| (run as f32 - modules * module).abs() <= module * 0.6 + 0.5;
    c >= 2 && near(b, 1.0) && near(d, 1.0) && near(c, 3.0) && a.min(e) as f32 >= module * 0.4
}

/// The same three runs down a column: their middle and the size of a module, if that is like the one across.
fn down_through(matrix: &BitMatrix, x: u32, y: u32, across: f32) -> Option<(f32, f32)> {
    let reach = (across * 12.0) as u32 + 2;
    let run = |from: u32, dark: bool, up: bool| -> u32 {
        let step = |n: &u32| if up { from.checked_sub(*n) } else { Some(from + n).filter(|y| *y < matrix.height()) };
        (0..reach).take_while(|n| step(n).is_some_and(|y| matrix.get(x, y) == dark)).count() as u32
    };
    let (core_up, core_down) = (run(y, true, true), run(y, true, false));
    let (top, bottom) = ((y + 1).checked_sub(core_up)?, y + core_down);
    let light_up = run(top.checked_sub(1)?, false, true);
    let light_down = run(bottom, false, false);
    let ring_up = run(top.checked_sub(1 + light_up)?, true, true);
    let ring_down = run(bottom + light_down, true, false);
    let runs = [ring_up, light_up, bottom - top, light_down, ring_down];
    let down = (light_up + (bottom - top) + light_down) as f32 / 5.0;
    let alike = down < 2.5 * across && across < 2.5 * down;
    (is_core(runs) && alike).then_some(((top + bottom) as f32 / 2.0, down))
}

/// Points on each circle.
const POINTS: usize = 16;

/// Circles that lie in one colour of a finder however it is turned: in the middle square, in the light ring and,
/// nearly all of it, in the dark ring.
fn has_rings(matrix: &BitMatrix, [x, y]: [f32; 2], across: f32, down: f32) -> bool {
    let dark = |radius: f32| {
        let point = |n: usize| {
            let (sin, cos) = (n as f32 * std::f32::consts::TAU / POINTS as f32).sin_cos();
            (x + cos * radius * across, y + sin * radius * down)
        };
        let inside =
            |&(x, y): &(f32, f32)| x >= 0.0 && y >= 0.0 && x < matrix.width() as f32 && y < matrix.height() as f32;
        (0..POINTS).map(point).filter(inside).filter(|&(x, y)| matrix.get(x as u32, y as u32)).count()
    };
    dark(1.0) >= POINTS - 2 && dark(2.3) <= 3 && dark(3.35) >= POINTS * 9 / 16
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
    fn a_finder_that_touches_a_dark_wall_is_known_by_its_core() {
        let mut matrix = BitMatrix::new(200, 120).expect("a matrix");
        let mut square = |left: u32, top: u32, width: u32, height: u32, dark: bool| {
            (0..width * height).for_each(|n| matrix.set_bool(left + n % width, top + n / width, dark));
        };
        square(0, 0, 60, 120, true);
        square(60, 30, 35, 35, true);
        square(65, 35, 25, 25, false);
        square(70, 40, 15, 15, true);
        assert_eq!(patterns(&matrix, 9).len(), 0);
        assert_eq!(torn(&matrix, 9), [([77.5, 47.5], 35.0)]);
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
            let core = torn(&matrix, 9);
            let found = patterns(&matrix, 9);
            let [one] = found.as_slice() else { panic!("{} found at {module}", found.len()) };
            let middle = 8.5 * module as f32;
            assert!((one.p.x - middle).abs() < 0.6 && (one.p.y - middle).abs() < 0.6, "{:?}", one.p);
            let [([x, y], size)] = core[..] else { panic!("{} cores found at {module}", core.len()) };
            assert!((x - middle).abs() < 0.6 && (y - middle).abs() < 0.6 && (size - 7.0 * module as f32).abs() < 0.1);
        }
    }
}
