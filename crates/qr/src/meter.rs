//! How good a picture is for reading codes: light, sharpness, and whether a code is in sight but too small.

use crate::Luma;

/// What a person should change, one thing at a time; the first that stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Advice {
    /// Nearly no light reaches the camera.
    TooDark,
    /// Nearly everything is burnt out.
    TooBright,
    /// No edge is sharp.
    OutOfFocus,
    /// A code is in sight, its squares too small to tell apart.
    MoveCloser,
    /// Nothing stands in the way.
    Good,
}

/// A measured picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meter {
    /// Mean brightness, 0 dark to 255.
    pub light: u8,
    /// How abrupt the sharpest edges are, in percent of the contrast there is: blur spreads an edge over many pixels.
    pub sharpness: u8,
    /// What to change.
    pub advice: Advice,
}

const DARKEST: u8 = 40;
const BRIGHTEST: u8 = 235;
/// Contrast of an empty wall: nothing in it can be sharp or blurred.
const PLAIN: u8 = 24;
/// An edge over more than about four pixels.
const SHARPEST_BLUR: u8 = 22;
/// Squares of a code narrower than this many tenths of a pixel cannot be told apart.
const SMALLEST_TENTHS: u32 = 22;
/// Rows in which a corner mark has to be seen, so that a railing is not taken for a code.
const ROWS_OF_A_MARK: usize = 3;
/// Most pixels looked at in a row or column: more tells nothing more.
const ROWS: u32 = 240;

/// Measures a picture. Costs about as much as copying it.
#[must_use]
pub fn measure(picture: &Luma<'_>) -> Meter {
    let width = picture.width() as usize;
    if width < 3 {
        return Meter { light: 0, sharpness: 0, advice: Advice::TooDark };
    }
    let rows: Vec<&[u8]> = picture.pixels().chunks_exact(width).collect();
    let step = (rows.len() / ROWS as usize).max(1);
    let rows: Vec<&[u8]> = rows.into_iter().step_by(step).collect();
    let count = rows.len() * width;
    let sum: u64 = rows.iter().flat_map(|row| row.iter()).map(|&pixel| u64::from(pixel)).sum();
    let light = (sum / count as u64) as u8;
    let (low, high) = range(&rows, count);
    let contrast = high.saturating_sub(low);
    let sharpness =
        if contrast == 0 { 0 } else { (u32::from(steepest(&rows)) * 100 / u32::from(contrast)).min(100) as u8 };
    let advice = if light < DARKEST {
        Advice::TooDark
    } else if light > BRIGHTEST && contrast < PLAIN {
        Advice::TooBright
    } else if contrast >= PLAIN && sharpness < SHARPEST_BLUR {
        Advice::OutOfFocus
    } else if smallest_mark(&rows, low, high).is_some_and(|tenths| tenths < SMALLEST_TENTHS) {
        Advice::MoveCloser
    } else {
        Advice::Good
    };
    Meter { light, sharpness, advice }
}

/// Brightness below which a hundredth of the pixels lie, and above which a hundredth do.
fn range(rows: &[&[u8]], count: usize) -> (u8, u8) {
    let mut shades = [0_usize; 256];
    for &pixel in rows.iter().flat_map(|row| row.iter()) {
        shades[usize::from(pixel)] += 1;
    }
    let low = reached(&shades, count / 100, 0..256);
    let high = reached(&shades, count / 100, (0..256).rev());
    (low as u8, high as u8)
}

/// The first shade in this order that more than `edge` pixels reach.
fn reached(shades: &[usize; 256], edge: usize, mut order: impl Iterator<Item = usize>) -> usize {
    let mut seen = 0;
    let reaches = |&shade: &usize| {
        seen += shades[shade];
        seen > edge
    };
    order.find(reaches).unwrap_or_default()
}

/// The step between neighbouring pixels that a hundredth of all steps that are steps at all reach.
fn steepest(rows: &[&[u8]]) -> u8 {
    let mut steps = [0_usize; 256];
    for pair in rows.iter().flat_map(|row| row.windows(2)) {
        steps[usize::from(pair[0].abs_diff(pair[1]))] += 1;
    }
    // Noise makes small steps everywhere; a page makes few large ones.
    let real: usize = steps[4..].iter().sum();
    let mut seen = 0;
    (4..256)
        .rev()
        .find(|&step| {
            seen += steps[step];
            seen > real / 100
        })
        .unwrap_or_default() as u8
}

/// Width of a square of a code in sight, in tenths of a pixel: its corner marks are the only things that are dark,
/// light, dark, light, dark in widths of 1:1:3:1:1.
fn smallest_mark(rows: &[&[u8]], low: u8, high: u8) -> Option<u32> {
    let middle = low / 2 + high / 2;
    let mut found: Vec<u32> = Vec::new();
    for row in rows {
        let mut runs: Vec<(bool, u32)> = Vec::new();
        for &pixel in *row {
            let dark = pixel < middle;
            match runs.last_mut() {
                Some((shade, length)) if *shade == dark => *length += 1,
                _ => runs.push((dark, 1)),
            }
        }
        found.extend(runs.windows(5).filter_map(mark));
    }
    found.sort_unstable();
    (found.len() >= ROWS_OF_A_MARK).then(|| found[found.len() / 2])
}

fn mark(runs: &[(bool, u32)]) -> Option<u32> {
    let [(true, a), (false, b), (true, c), (false, d), (true, e)] = runs else { return None };
    let whole = a + b + c + d + e;
    let tenths = whole * 10 / 7;
    // Half a square of slack, and a pixel for the raster.
    let near = |length: u32, squares: u32| (length * 10).abs_diff(squares * tenths) <= tenths / 2 + 5;
    let fits = near(*a, 1) && near(*b, 1) && near(*c, 3) && near(*d, 1) && near(*e, 1);
    (fits && whole >= 7).then_some(tenths)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: u32 = 640;
    const HEIGHT: u32 = 480;

    fn picture(shade: impl Fn(u32, u32) -> u8) -> Luma<'static> {
        let pixels: Vec<u8> =
            (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y))).map(|(x, y)| shade(x, y)).collect();
        Luma::new(WIDTH, HEIGHT, pixels).expect("sizes agree")
    }

    /// Black and white stripes, their edges spread over `blur` pixels.
    fn stripes(blur: u32) -> Luma<'static> {
        picture(|x, _| {
            let place = x % 80;
            let edge = |place: u32| (place * 200 / blur.max(1)).min(200) as u8;
            if place < 40 { 20 + edge(place) } else { 220 - edge(place - 40) }
        })
    }

    /// A code's corner mark, its squares this many pixels wide.
    fn marked(square: u32) -> Luma<'static> {
        picture(|x, y| {
            let (Some(x), Some(y)) = (x.checked_sub(100), y.checked_sub(100)) else { return 220 };
            let (x, y) = (x / square, y / square);
            let ring = |n: u32| n == 0 || n == 6;
            let dark = x < 7 && y < 7 && (ring(x) || ring(y) || ((2..5).contains(&x) && (2..5).contains(&y)));
            if dark { 20 } else { 220 }
        })
    }

    #[test]
    fn a_dark_room_and_a_lamp_in_the_lens_are_told() {
        assert_eq!(measure(&picture(|x, _| (x % 16) as u8)).advice, Advice::TooDark);
        assert_eq!(measure(&picture(|_, _| 252)).advice, Advice::TooBright);
        assert_eq!(measure(&picture(|x, _| 120 + (x % 3) as u8)).advice, Advice::Good, "an empty wall is no fault");
    }

    #[test]
    fn blurred_edges_are_out_of_focus_and_sharp_ones_are_not() {
        let (sharp, soft, blurred) = (measure(&stripes(1)), measure(&stripes(3)), measure(&stripes(16)));
        assert_eq!((sharp.advice, soft.advice, blurred.advice), (Advice::Good, Advice::Good, Advice::OutOfFocus));
        assert!(sharp.sharpness > soft.sharpness && soft.sharpness > blurred.sharpness);
    }

    #[test]
    fn noise_does_not_make_a_blurred_picture_sharp() {
        let blurred = stripes(16);
        let noisy = blurred.pixels().iter().enumerate().map(|(n, &pixel)| pixel.saturating_add((n * 7919 % 4) as u8));
        let noisy = Luma::new(WIDTH, HEIGHT, noisy.collect::<Vec<u8>>()).expect("sizes agree");
        assert_eq!(measure(&noisy).advice, Advice::OutOfFocus);
    }

    #[test]
    fn a_code_too_small_to_read_asks_to_come_closer() {
        assert_eq!(measure(&marked(2)).advice, Advice::MoveCloser);
        assert_eq!(measure(&marked(6)).advice, Advice::Good);
    }

    #[test]
    fn no_picture_at_all_is_dark_and_breaks_nothing() {
        for (width, height) in [(1, 1), (2, 5)] {
            let picture = Luma::new(width, height, vec![0; (width * height) as usize]).expect("sizes agree");
            assert_eq!(measure(&picture).advice, Advice::TooDark);
        }
    }
}
