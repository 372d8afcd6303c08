//! What who holds the code or the camera should do, one thing at a time.

use super::stack::Stack;
use crate::Luma;
use crate::meter::{self, Advice};
use crate::scan::marks::Mark;

/// What to change so that the code in sight can be read. Directions are those of the picture as the camera takes it:
/// a preview that is mirrored shows left as right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "view", derive(serde::Serialize, serde::Deserialize, specta::Type))]
#[cfg_attr(feature = "view", serde(rename_all = "snake_case"))]
pub enum Aim {
    /// The code is too small.
    Nearer,
    /// The code is larger than the picture.
    Farther,
    /// The code sticks out on the right: further left with it.
    Left,
    /// The code sticks out on the left.
    Right,
    /// The code sticks out below.
    Up,
    /// The code sticks out above.
    Down,
    /// It moves too fast, or the focus is still being found.
    HoldStill,
    /// A lamp is reflected on it.
    Glare,
    /// Nearly no light.
    TooDark,
}

/// Modules narrower than this many pixels are hard to tell apart.
const SMALL: f32 = 2.0;
/// Modules wider than this are those of a code that does not fit.
const LARGE_SHARE: f32 = 1.0 / 26.0;
/// Modules a frame: faster is smeared.
const FAST: f32 = 1.2;
/// Share of burnt-out pixels that hides too much.
const MUCH_GLARE: f32 = 0.04;

/// From a code in sight that was not read: what its place, size, motion and light say.
pub(super) fn of_stack(frame: &Luma<'_>, stack: &Stack, light: Option<Aim>) -> Option<Aim> {
    if let Some(aim) = beside(frame, &stack.corners()) {
        return Some(aim);
    }
    if stack.module < SMALL {
        return Some(Aim::Nearer);
    }
    if stack.burnt > MUCH_GLARE {
        return Some(Aim::Glare);
    }
    if stack.motion > FAST {
        return Some(Aim::HoldStill);
    }
    light.filter(|aim| *aim == Aim::TooDark).or(Some(Aim::HoldStill))
}

/// From single corner marks, of which there may be too few for a code.
pub(super) fn of_marks(frame: &Luma<'_>, marks: &[Mark]) -> Option<Aim> {
    let (width, height) = (frame.width() as f32, frame.height() as f32);
    let large = |mark: &&Mark| mark.module > height * LARGE_SHARE;
    if marks.iter().find(large).is_some() {
        return Some(Aim::Farther);
    }
    if let [one] | [one, _] = marks
        && marks.iter().all(|other| (0.7..1.4).contains(&(other.module / one.module)))
    {
        // Its others lie beyond the nearest edge, when that is nearer than a code is wide.
        let middle = |k: usize| marks.iter().map(|mark| mark.at[k]).sum::<f32>() / marks.len() as f32;
        let (x, y, reach) = (middle(0), middle(1), one.module * 18.0);
        let gaps = [(x, Aim::Right), (width - x, Aim::Left), (y, Aim::Down), (height - y, Aim::Up)];
        let nearest = gaps.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
        return nearest.filter(|(gap, _)| *gap < reach).map(|(_, aim)| aim);
    }
    None
}

/// From the frame alone.
pub(super) fn of_light(frame: &Luma<'_>) -> Option<Aim> {
    match meter::measure(frame).advice {
        Advice::TooDark => Some(Aim::TooDark),
        Advice::MoveCloser => Some(Aim::Nearer),
        Advice::TooBright | Advice::OutOfFocus | Advice::Good => None,
    }
}

/// Where corners lie beyond the picture.
fn beside(frame: &Luma<'_>, corners: &[[f32; 2]; 4]) -> Option<Aim> {
    let (width, height) = (frame.width() as f32, frame.height() as f32);
    let beyond = |past: &dyn Fn(&[f32; 2]) -> f32| corners.iter().map(past).fold(0.0, f32::max);
    let sides = [
        (beyond(&|c| -c[0]), Aim::Right),
        (beyond(&|c| c[0] - width), Aim::Left),
        (beyond(&|c| -c[1]), Aim::Down),
        (beyond(&|c| c[1] - height), Aim::Up),
    ];
    if (sides[0].0 > 0.0 && sides[1].0 > 0.0) || (sides[2].0 > 0.0 && sides[3].0 > 0.0) {
        return Some(Aim::Farther);
    }
    sides.into_iter().filter(|(by, _)| *by > 0.0).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, aim)| aim)
}
