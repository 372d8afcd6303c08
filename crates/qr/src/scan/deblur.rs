//! Undoing a known blur as far as noise lets one (Wiener): filters of few taps, and what they do to a grey picture.

use std::f32::consts::FRAC_1_SQRT_2;

use super::wide::wide;
use crate::Luma;

/// Taps against a soft focus of this deviation in pixels, for noise of this share of the contrast. A Gaussian's rows and
/// columns part, and so do those of its inverse.
pub(crate) fn soft_focus(deviation: f32, noise: f32) -> Vec<f32> {
    let reach = (deviation * 4.0).ceil() as usize + 4;
    wiener(reach, noise, |turn| (-(turn * deviation).powi(2) / 2.0).exp())
}

/// Radians a pixel up to which waves pass, and from which on none do: modules are no finer, and noise is.
const PASSED: f32 = 1.5;
const CUT: f32 = 2.5;

/// Symmetric taps that undo what keeps `kept(turn)` of a wave of so many radians a pixel.
fn wiener(reach: usize, noise: f32, kept: impl Fn(f32) -> f32) -> Vec<f32> {
    let count = 8 * reach;
    let turn = |n: usize| n as f32 / count as f32 * std::f32::consts::TAU;
    let gains: Vec<f32> = (0..count / 2)
        .map(|n| {
            let kept = kept(turn(n));
            let pass = 1.0 - ((turn(n) - PASSED) / (CUT - PASSED)).clamp(0.0, 1.0);
            pass * pass * (3.0 - 2.0 * pass) * kept / (kept * kept + noise)
        })
        .collect();
    let tap = |x: usize| {
        let waves = gains.iter().enumerate().skip(1).map(|(n, gain)| 2.0 * gain * (turn(n) * x as f32).cos());
        (gains[0] + waves.sum::<f32>()) / count as f32
    };
    let side: Vec<f32> = (0..=reach).map(tap).collect();
    let sum = side[0] + 2.0 * side[1..].iter().sum::<f32>();
    (0..=2 * reach).map(|n| side[n.abs_diff(reach)] / sum).collect()
}

/// Contrast is drawn together by this: sharpened edges overshoot, and what is cut off at black has no darkest place.
const DRAWN: f32 = 0.5;

/// Taps against a motion over so many pixels, for noise of this share of the contrast.
fn motion(length: f32, noise: f32) -> Vec<f32> {
    let reach = (length * 3.0).ceil() as usize + 4;
    let kept = |turn: f32| if turn == 0.0 { 1.0 } else { (turn * length / 2.0).sin() / (turn * length / 2.0) };
    wiener(reach, noise, kept)
}

/// What spread the light of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Blur {
    /// Soft focus of a deviation in pixels.
    Soft(f32),
    /// Motion along rows, over so many pixels.
    Across(f32),
    /// Motion along columns.
    Down(f32),
    /// Motion to the right and down, over so many pixels.
    Falling(f32),
    /// Motion to the right and up.
    Rising(f32),
}

impl Blur {
    /// The same in a picture `scale` times as large.
    pub(crate) fn scaled(self, scale: f32) -> Blur {
        match self {
            Blur::Soft(deviation) => Blur::Soft(deviation * scale),
            Blur::Across(length) => Blur::Across(length * scale),
            Blur::Down(length) => Blur::Down(length * scale),
            Blur::Falling(length) => Blur::Falling(length * scale),
            Blur::Rising(length) => Blur::Rising(length * scale),
        }
    }

    /// Pixels over which light is spread; a deviation of soft focus.
    pub(crate) fn length(self) -> f32 {
        match self {
            Blur::Soft(length)
            | Blur::Across(length)
            | Blur::Down(length)
            | Blur::Falling(length)
            | Blur::Rising(length) => length,
        }
    }

    /// A picture without it, as far as noise of this share of the contrast lets one, in the rows that are wanted.
    pub(crate) fn undone(
        self,
        picture: &Luma<'_>,
        noise: f32,
        wanted: impl Fn(usize) -> bool,
    ) -> Option<Luma<'static>> {
        let taps = match self {
            Blur::Soft(deviation) => soft_focus(deviation, noise),
            Blur::Across(length) | Blur::Down(length) => motion(length, noise),
            // A step to the next row and column is longer than a pixel.
            Blur::Falling(length) | Blur::Rising(length) => motion(length * FRAC_1_SQRT_2, noise),
        };
        let taps = taps.as_slice();
        let rows: Vec<bool> = (0..picture.height() as usize).map(wanted).collect();
        let (rows, blur) = (rows.as_slice(), self);
        let pixels = wide!((blur: Blur, picture: &'w Luma<'w>, taps: &'w [f32], rows: &'w [bool]) -> Vec<u8> {
            blur.taken_out(picture, taps, rows)
        });
        Luma::new(picture.width(), picture.height(), pixels).ok()
    }

    /// The same by its taps.
    #[inline(always)]
    fn taken_out(self, picture: &Luma<'_>, taps: &[f32], wanted: &[bool]) -> Vec<u8> {
        let (width, reach) = (picture.width() as usize, taps.len() / 2);
        let levels: Vec<f32> = picture.pixels().iter().map(|&pixel| f32::from(pixel)).collect();
        let levels = levels.as_slice();
        let mut pixels = Vec::with_capacity(levels.len());
        let (mut longer, mut sums) = (vec![0.0f32; width + 2 * reach], vec![0.0f32; width]);
        let drawn = |value: &f32| (value * DRAWN + (1.0 - DRAWN) * 128.0).clamp(0.0, 255.0) as u8;
        for (y, (row, &wanted)) in levels.chunks_exact(width).zip(wanted).enumerate() {
            if !wanted {
                pixels.extend(row.iter().map(drawn));
                continue;
            }
            match self {
                Blur::Across(_) => sums.copy_from_slice(row),
                Blur::Soft(_) | Blur::Down(_) => down(levels, taps, y, &mut sums),
                Blur::Falling(_) => slanted(levels, taps, y, &mut sums, true),
                Blur::Rising(_) => slanted(levels, taps, y, &mut sums, false),
            }
            if matches!(self, Blur::Soft(_) | Blur::Across(_)) {
                longer[..reach].fill(sums[0]);
                longer[reach..reach + width].copy_from_slice(&sums);
                longer[reach + width..].fill(sums[width - 1]);
                across(&longer, taps, &mut sums);
            }
            pixels.extend(sums.iter().map(drawn));
        }
        pixels
    }
}

/// One row filtered along its columns by symmetric taps; beyond the edges the picture goes on as it ends.
#[inline(always)]
fn down(levels: &[f32], taps: &[f32], y: usize, sums: &mut [f32]) {
    let (width, reach) = (sums.len(), taps.len() / 2);
    let last = levels.len() / width - 1;
    let row = |y: usize| &levels[y * width..][..width];
    sums.iter_mut().zip(row(y)).for_each(|(sum, value)| *sum = taps[reach] * value);
    for n in 1..=reach {
        let pairs = row(y.saturating_sub(n)).iter().zip(row((y + n).min(last)));
        sums.iter_mut().zip(pairs).for_each(|(sum, (a, b))| *sum += taps[reach + n] * (a + b));
    }
}

/// One row filtered along the slanted lines through it; where these leave the picture, they go on as the row is there.
#[inline(always)]
fn slanted(levels: &[f32], taps: &[f32], y: usize, sums: &mut [f32], falls: bool) {
    let (width, reach) = (sums.len(), taps.len() / 2);
    let last = levels.len() / width - 1;
    let row = |y: usize| &levels[y * width..][..width];
    sums.iter_mut().zip(row(y)).for_each(|(sum, value)| *sum = taps[reach] * value);
    for n in 1..=reach.min(width / 2) {
        let (above, below) = (row(y.saturating_sub(n)), row((y + n).min(last)));
        let (left, right) = if falls { (above, below) } else { (below, above) };
        // What lies on the left of a pixel comes from one row, what lies on its right from the other.
        let tap = taps[reach + n];
        sums[n..].iter_mut().zip(left).for_each(|(sum, value)| *sum += tap * value);
        sums.iter_mut().zip(&right[n..]).for_each(|(sum, value)| *sum += tap * value);
        sums[..n].iter_mut().zip(left).for_each(|(sum, value)| *sum += tap * value);
        sums[width - n..].iter_mut().zip(&right[width - n..]).for_each(|(sum, value)| *sum += tap * value);
    }
}

/// A row that goes on by the reach of the taps on both sides, filtered.
#[inline(always)]
fn across(longer: &[f32], taps: &[f32], sums: &mut [f32]) {
    let reach = taps.len() / 2;
    sums.iter_mut().zip(&longer[reach..]).for_each(|(sum, value)| *sum = taps[reach] * value);
    for n in 1..=reach {
        let pairs = longer[reach - n..].iter().zip(&longer[reach + n..]);
        sums.iter_mut().zip(pairs).for_each(|(sum, (a, b))| *sum += taps[reach + n] * (a + b));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Squares of four pixels, light and dark without order.
    fn squares() -> Luma<'static> {
        let dark = |n: u32| {
            let mixed = (n % 160 / 4).wrapping_mul(374_761_393) ^ (n / 160 / 4).wrapping_mul(668_265_263);
            (mixed ^ mixed >> 13).wrapping_mul(1_274_126_177) >> 31 == 0
        };
        Luma::new(160, 120, (0..160 * 120u32).map(|n| if dark(n) { 40 } else { 200 }).collect::<Vec<u8>>())
            .expect("agree")
    }

    /// Each pixel the mean of those so many steps on.
    fn smeared(picture: &Luma<'_>, steps: i32, [dx, dy]: [i32; 2]) -> Luma<'static> {
        let (width, height) = (picture.width() as i32, picture.height() as i32);
        let at = |x: i32, y: i32| u32::from(picture.row(y.clamp(0, height - 1) as u32)[x.clamp(0, width - 1) as usize]);
        let from = -(steps / 2);
        let mean = |n: i32| {
            let one = |k: i32| at(n % width + k * dx, n / width + k * dy);
            ((from..from + steps).map(one).sum::<u32>() / steps as u32) as u8
        };
        Luma::new(picture.width(), picture.height(), (0..width * height).map(mean).collect::<Vec<u8>>()).expect("agree")
    }

    /// Share of the pixels in the middle that are on the right side of grey.
    fn right(picture: &Luma<'_>, truth: &Luma<'_>) -> f32 {
        let places = (30..90u32).flat_map(|y| (40..120usize).map(move |x| (x, y)));
        let agrees = |&(x, y): &(usize, u32)| (picture.row(y)[x] < 120) == (truth.row(y)[x] < 120);
        places.clone().filter(agrees).count() as f32 / places.count() as f32
    }

    #[test]
    fn a_motion_of_three_squares_is_taken_out_whichever_way_it_goes() {
        let truth = squares();
        let root = std::f32::consts::SQRT_2;
        let ways = [
            (Blur::Across(11.0), [1, 0]),
            (Blur::Down(11.0), [0, 1]),
            (Blur::Falling(11.0 * root), [1, 1]),
            (Blur::Rising(11.0 * root), [1, -1]),
        ];
        for (blur, way) in ways {
            let seen = smeared(&truth, 11, way);
            let sharp = blur.undone(&seen, 1e-3, |_| true).expect("a picture");
            let (before, after) = (right(&seen, &truth), right(&sharp, &truth));
            assert!(before < 0.8 && after > 0.85, "{blur:?}: {before} {after}");
        }
    }

    #[test]
    fn taps_leave_plain_grey_as_it_is() {
        for taps in [soft_focus(1.7, 3e-3), motion(9.0, 1e-2)] {
            assert!((taps.iter().sum::<f32>() - 1.0).abs() < 1e-3);
        }
    }
}
