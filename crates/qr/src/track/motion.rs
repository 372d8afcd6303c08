//! How what is in sight moved since the frame before: what moves is smeared, along its way and by a share of it.

use crate::Luma;
use crate::scan::deblur::Blur;
use crate::scan::filter::shrink;

/// What moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Motion {
    /// There was no frame before.
    Unknown,
    /// Nothing, or too little to smear it.
    Still,
    /// So many pixels a frame.
    Moving([f32; 2]),
}

/// The newest frame and the one before.
#[derive(Debug, Clone, Default)]
pub(super) struct Motions {
    before: Option<Luma<'static>>,
    now: Option<Luma<'static>>,
}

/// Pixels of the frame, each way, in one that is looked at.
const BY: u32 = 4;
/// Side of a block that is found again, pixels of those.
const BLOCK: usize = 8;
/// How far a block is looked for, each way.
const FAR: usize = 8;
/// Places it may be found.
const PLACES: usize = 2 * FAR + 1;
/// Blocks looked for at most.
const MOST: usize = 40;
/// Grey levels within a block that can be found again.
const CONTRAST: u8 = 24;
/// Grey levels a pixel by which a block that moved differs from what was there.
const CHANGED: u32 = 6;
/// Blocks that agree before their way is believed.
const AGREE: f32 = 4.0;
/// Shares of a frame's time that shutters are open, in turn.
const OPEN: [f32; 3] = [0.7, 0.56, 0.86];
/// Pixels of smear that do not matter.
const LITTLE: f32 = 4.0;
/// Pixels of smear from which on nothing is left of a code.
const LONGEST: f32 = 30.0;

impl Motions {
    /// The next frame, at half its size.
    pub(super) fn see(&mut self, half: Option<&Luma<'_>>) {
        let now = half.and_then(|half| shrink(half, BY / 2));
        self.before = std::mem::replace(&mut self.now, now);
    }

    /// What moved since the frame before.
    pub(super) fn motion(&self) -> Motion {
        match (&self.now, &self.before) {
            (Some(now), Some(before)) if now.width() == before.width() && now.height() == before.height() => {
                between(before, now)
            }
            _ => Motion::Unknown,
        }
    }
}

impl Motion {
    /// The smear it makes, for one share of open shutters after another; nothing when it is too short to matter.
    pub(super) fn blur(self, turn: usize) -> Option<Blur> {
        let Motion::Moving([dx, dy]) = self else { return None };
        let length = dx.hypot(dy) * OPEN[turn % OPEN.len()];
        // The nearest of four ways.
        let (x, y) = (dx.abs(), dy.abs());
        let blur = if y < x * TAN {
            Blur::Across(length)
        } else if x < y * TAN {
            Blur::Down(length)
        } else if dx * dy > 0.0 {
            Blur::Falling(length)
        } else {
            Blur::Rising(length)
        };
        (LITTLE..LONGEST).contains(&length).then_some(blur)
    }
}

/// Tangent of half the angle between two ways.
const TAN: f32 = 0.414;

/// The way most blocks went that are not where they were.
fn between(before: &Luma<'_>, now: &Luma<'_>) -> Motion {
    let mut votes = [[0.0f32; PLACES]; PLACES];
    for (x, y) in changed(before, now) {
        let [dx, dy] = found(before, now, x, y);
        votes[dy][dx] += 1.0;
    }
    let around = |x: usize, y: usize| -> [f32; 3] {
        let mut sums = [0.0; 3];
        for (ny, row) in votes.iter().enumerate().filter(|(ny, _)| ny.abs_diff(y) < 2) {
            for (nx, count) in row.iter().enumerate().filter(|(nx, _)| nx.abs_diff(x) < 2) {
                let add = [*count, count * (nx as f32 - FAR as f32), count * (ny as f32 - FAR as f32)];
                sums.iter_mut().zip(add).for_each(|(sum, add)| *sum += add);
            }
        }
        sums
    };
    let places = (0..PLACES * PLACES).map(|n| (n % PLACES, n / PLACES)).filter(|&(x, y)| (x, y) != (FAR, FAR));
    let best = places.map(|(x, y)| around(x, y)).max_by(|a, b| a[0].total_cmp(&b[0]));
    match best {
        // Where it was before is where it came from.
        Some([count, x, y]) if count >= AGREE => Motion::Moving([x, y].map(|sum| -sum / count * BY as f32)),
        _ => Motion::Still,
    }
}

/// Blocks with contrast that differ most from what was there before.
fn changed(before: &Luma<'_>, now: &Luma<'_>) -> Vec<(usize, usize)> {
    let (across, down) = (now.width() as usize / BLOCK, now.height() as usize / BLOCK);
    let mut blocks: Vec<(u32, (usize, usize))> = Vec::new();
    for row in 1..down.saturating_sub(1) {
        for column in 1..across.saturating_sub(1) {
            let (x, y) = (column * BLOCK, row * BLOCK);
            let cells = (y..y + BLOCK).flat_map(|y| &now.row(y as u32)[x..x + BLOCK]);
            let (low, high) = cells.fold((u8::MAX, 0), |(low, high), &cell| (low.min(cell), high.max(cell)));
            if high.saturating_sub(low) < CONTRAST {
                continue;
            }
            let apart = apart(before, now, (x, y), (x, y), u32::MAX);
            if apart > CHANGED * (BLOCK * BLOCK) as u32 {
                blocks.push((apart, (x, y)));
            }
        }
    }
    if blocks.len() > MOST {
        blocks.select_nth_unstable_by(MOST, |a, b| b.0.cmp(&a.0));
        blocks.truncate(MOST);
    }
    blocks.into_iter().map(|(_, block)| block).collect()
}

/// Where a block was, from [`FAR`] before its place.
fn found(before: &Luma<'_>, now: &Luma<'_>, x: usize, y: usize) -> [usize; 2] {
    let (width, height) = (now.width() as usize, now.height() as usize);
    let mut best = (u32::MAX, [FAR; 2]);
    for dy in 0..PLACES {
        for dx in 0..PLACES {
            let (Some(there_x), Some(there_y)) = ((x + dx).checked_sub(FAR), (y + dy).checked_sub(FAR)) else {
                continue;
            };
            if there_x + BLOCK > width || there_y + BLOCK > height {
                continue;
            }
            let apart = apart(before, now, (there_x, there_y), (x, y), best.0);
            if apart < best.0 {
                best = (apart, [dx, dy]);
            }
        }
    }
    best.1
}

/// Grey levels by which a block of one picture differs from one of the other, as far as they are fewer than the most.
fn apart(before: &Luma<'_>, now: &Luma<'_>, there: (usize, usize), here: (usize, usize), most: u32) -> u32 {
    let mut sum = 0;
    for n in 0..BLOCK {
        let (a, b) = (before.row((there.1 + n) as u32), now.row((here.1 + n) as u32));
        let (a, b) = (&a[there.0..there.0 + BLOCK], &b[here.0..here.0 + BLOCK]);
        sum += a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum::<u32>();
        if sum >= most {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blots on grey, moved.
    fn blots(left: usize, top: usize) -> Luma<'static> {
        let mut pixels = vec![120u8; 640 * 480];
        for n in 0..120usize {
            let (x, y) = (200 + n * 37 % 160 + left, 150 + n * 53 % 160 + top);
            for row in 0..12 {
                pixels[(y + row) * 640 + x..][..12].fill(if n % 2 == 0 { 30 } else { 210 });
            }
        }
        Luma::new(640, 480, pixels).expect("sizes agree")
    }

    #[test]
    fn what_moves_is_known_by_its_way_and_what_stays_is_still() {
        let mut motions = Motions::default();
        let mut see = |picture: Luma<'static>| {
            motions.see(shrink(&picture, 2).as_ref());
            motions.motion()
        };
        assert_eq!(see(blots(0, 0)), Motion::Unknown);
        assert_eq!(see(blots(0, 0)), Motion::Still);
        let Motion::Moving([dx, dy]) = see(blots(16, 0)) else { panic!("moves") };
        assert!((dx - 16.0).abs() < 3.0 && dy.abs() < 3.0, "{dx} {dy}");
        assert!(
            matches!(Motion::Moving([dx, dy]).blur(0), Some(Blur::Across(length)) if (9.0..14.0).contains(&length))
        );
        let Motion::Moving([dx, dy]) = see(blots(4, 12)) else { panic!("moves") };
        assert!((dx + 12.0).abs() < 3.0 && (dy - 12.0).abs() < 3.0, "{dx} {dy}");
        assert!(matches!(Motion::Moving([dx, dy]).blur(0), Some(Blur::Rising(_))));
    }
}
