//! Pictures made from a picture, so that a detector which missed a code gets another look at it.

use super::wide::wide;
use crate::Luma;

/// One way of preparing the grey picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    /// As it came.
    Plain,
    /// 2×2 averages: noise and moiré fade, big codes come into reach.
    Half,
    /// 3×3 averages.
    Third,
    /// Bilinear ×2: codes under two pixels a module.
    Double,
    /// 3×3 box: print rasters and noise.
    Blur,
}

impl Filter {
    /// Size of the result relative to the original.
    pub(super) fn scale(self) -> f32 {
        match self {
            Filter::Plain | Filter::Blur => 1.0,
            Filter::Half => 0.5,
            Filter::Third => 1.0 / 3.0,
            Filter::Double => 2.0,
        }
    }

    /// The prepared picture, or `None` where this filter makes no sense for the size.
    pub(super) fn apply(self, image: &Luma<'_>) -> Option<Luma<'static>> {
        match self {
            Filter::Plain => Some(image.clone().into_owned()),
            Filter::Half => shrink(image, 2),
            Filter::Third => shrink(image, 3),
            Filter::Double => double(image),
            Filter::Blur => mean(image, 1),
        }
    }
}

/// Largest picture that is worth enlarging, in pixels.
const MAX_DOUBLED: u64 = 2_100_000;
/// Smallest side that may hold a code after shrinking, in pixels.
const MIN_SIDE: u32 = 60;

/// Averages of `by`×`by` pixels.
pub(crate) fn shrink(image: &Luma<'_>, by: u32) -> Option<Luma<'static>> {
    let (width, height) = (image.width() / by, image.height() / by);
    if width < MIN_SIDE || height < MIN_SIDE {
        return None;
    }
    let pixels = match by {
        2 => wide!((image: &'w Luma<'w>) -> Vec<u8> { shrunk::<2>(image) }),
        3 => wide!((image: &'w Luma<'w>) -> Vec<u8> { shrunk::<3>(image) }),
        4 => wide!((image: &'w Luma<'w>) -> Vec<u8> { shrunk::<4>(image) }),
        _ => shrunk_far(image, by),
    };
    Luma::new(width, height, pixels).ok()
}

/// Averages of a few pixels each way: their sums fit in sixteen bits, which makes it several times as fast.
#[inline(always)]
fn shrunk<const BY: usize>(image: &Luma<'_>) -> Vec<u8> {
    let (width, height) = (image.width() as usize / BY, image.height() as usize / BY);
    let mut pixels = Vec::with_capacity(width * height);
    let mut columns = vec![0u16; width * BY];
    for y in 0..height {
        columns.fill(0);
        for row in 0..BY {
            let row = image.row((y * BY + row) as u32);
            columns.iter_mut().zip(row).for_each(|(sum, &p)| *sum += u16::from(p));
        }
        let (cells, _) = columns.as_chunks::<BY>();
        pixels.extend(cells.iter().map(|cell| (cell.iter().sum::<u16>() / (BY * BY) as u16) as u8));
    }
    pixels
}

fn shrunk_far(image: &Luma<'_>, by: u32) -> Vec<u8> {
    let (width, height) = (image.width() / by, image.height() / by);
    let (side, area) = (by as usize, by * by);
    let mut pixels = Vec::with_capacity(width as usize * height as usize);
    let mut sums = vec![0u32; width as usize];
    for y in 0..height {
        sums.fill(0);
        for dy in 0..by {
            for (sum, cells) in sums.iter_mut().zip(image.row(y * by + dy).chunks_exact(side)) {
                *sum += cells.iter().map(|&p| u32::from(p)).sum::<u32>();
            }
        }
        pixels.extend(sums.iter().map(|sum| (sum / area) as u8));
    }
    pixels
}

fn double(image: &Luma<'_>) -> Option<Luma<'static>> {
    let (width, height) = (image.width(), image.height());
    if u64::from(width) * u64::from(height) > MAX_DOUBLED {
        return None;
    }
    let mut pixels = Vec::with_capacity(width as usize * height as usize * 4);
    for y in 0..height * 2 {
        // The centre of a new pixel lies a quarter of an old one beside an old centre: weights 3 and 1.
        let near = image.row(y / 2);
        let other = if y % 2 == 0 { (y / 2).saturating_sub(1) } else { (y / 2 + 1).min(height - 1) };
        let far = image.row(other);
        let column = |x: usize| 3 * u32::from(near[x]) + u32::from(far[x]);
        let last = width as usize - 1;
        for x in 0..=last {
            let here = 3 * column(x);
            pixels.push(((here + column(x.saturating_sub(1)) + 8) / 16) as u8);
            pixels.push(((here + column((x + 1).min(last)) + 8) / 16) as u8);
        }
    }
    Luma::new(width * 2, height * 2, pixels).ok()
}

/// Box average of the given radius; beyond the edges the picture goes on as it ends.
pub(super) fn mean(image: &Luma<'_>, radius: u32) -> Option<Luma<'static>> {
    match radius {
        1 => wide!((image: &'w Luma<'w>) -> Option<Luma<'static>> { narrow_mean::<1>(image) }),
        2 => wide!((image: &'w Luma<'w>) -> Option<Luma<'static>> { narrow_mean::<2>(image) }),
        3 => wide!((image: &'w Luma<'w>) -> Option<Luma<'static>> { narrow_mean::<3>(image) }),
        _ => wide!((image: &'w Luma<'w>, radius: u32) -> Option<Luma<'static>> { wide_mean(image, radius) }),
    }
}

/// The average of a few pixels each way: their sums fit in sixteen bits, which makes it several times as fast.
#[inline(always)]
fn narrow_mean<const RADIUS: usize>(image: &Luma<'_>) -> Option<Luma<'static>> {
    let (width, last) = (image.width() as usize, image.height() as usize - 1);
    let wide = 2 * RADIUS + 1;
    let share = (1u32 << 16) / (wide * wide) as u32 + 1;
    let mut pixels = Vec::with_capacity(image.pixels().len());
    let mut columns = vec![0u16; width + 2 * RADIUS];
    for y in 0..=last {
        let inner = &mut columns[RADIUS..RADIUS + width];
        inner.fill(0);
        for row in 0..wide {
            let row = image.row((y + row).saturating_sub(RADIUS).min(last) as u32);
            inner.iter_mut().zip(row).for_each(|(sum, &p)| *sum += u16::from(p));
        }
        let (first, end) = (columns[RADIUS], columns[RADIUS + width - 1]);
        columns[..RADIUS].fill(first);
        columns[RADIUS + width..].fill(end);
        let shifted: [&[u16]; 7] = std::array::from_fn(|n| &columns[n.min(wide - 1)..]);
        let start = pixels.len();
        pixels.resize(start + width, 0);
        for (x, pixel) in pixels[start..].iter_mut().enumerate() {
            let sum: u16 = shifted.iter().take(wide).map(|row| row[x]).sum();
            *pixel = ((u32::from(sum) * share) >> 16) as u8;
        }
    }
    Luma::new(image.width(), image.height(), pixels).ok()
}

/// The average of any number of pixels; the window is cut at the edges.
#[inline(always)]
fn wide_mean(image: &Luma<'_>, radius: u32) -> Option<Luma<'static>> {
    let mut pixels = Vec::with_capacity(image.pixels().len());
    let (mut shares, mut rows) = (Vec::new(), 0);
    let mut windows = Windows::new(image, radius);
    while windows.next_row().is_some() {
        let (sums, counts) = (&windows.sums, &windows.counts);
        // The counts change only near the upper and lower edge.
        if counts[0] != rows {
            rows = counts[0];
            shares = counts.iter().map(|&count| 1.0 / count as f32).collect::<Vec<f32>>();
        }
        pixels.extend(sums.iter().zip(&shares).map(|(&sum, share)| (sum as f32 * share + 0.5) as u8));
    }
    Luma::new(image.width(), image.height(), pixels).ok()
}

/// The window around every pixel of a row, row after row: its sum and how many pixels it has, in time that does not depend
/// on its radius.
pub(super) struct Windows<'a> {
    image: &'a Luma<'a>,
    radius: u32,
    y: u32,
    /// Sums of what the window covers of each column.
    columns: Vec<u32>,
    /// The same from the left edge on, with a window's worth of the same at both ends.
    running: Vec<u32>,
    /// Columns the window covers around each pixel, and rows, of which the counts are.
    across: Vec<u32>,
    rows: u32,
    pub(super) sums: Vec<u32>,
    pub(super) counts: Vec<u32>,
}

impl<'a> Windows<'a> {
    #[inline(always)]
    pub(super) fn new(image: &'a Luma<'a>, radius: u32) -> Windows<'a> {
        let (width, r) = (image.width() as usize, radius as usize);
        let mut windows = Windows {
            image,
            radius,
            y: 0,
            columns: vec![0; width],
            running: vec![0; width + 2 * r + 1],
            across: (0..width).map(|x| ((x + r).min(width - 1) - x.saturating_sub(r) + 1) as u32).collect(),
            rows: 0,
            sums: vec![0; width],
            counts: vec![0; width],
        };
        (0..radius.min(image.height())).for_each(|y| windows.add(y));
        windows
    }

    #[inline(always)]
    fn add(&mut self, y: u32) {
        self.columns.iter_mut().zip(self.image.row(y)).for_each(|(sum, &p)| *sum += u32::from(p));
    }

    /// Goes on to the next row; its number, and nothing after the last.
    #[inline(always)]
    pub(super) fn next_row(&mut self) -> Option<u32> {
        let (y, radius, height) = (self.y, self.radius, self.image.height());
        if y >= height {
            return None;
        }
        self.y += 1;
        if y + radius < height {
            self.add(y + radius);
        }
        if y > radius {
            let row = self.image.row(y - radius - 1);
            self.columns.iter_mut().zip(row).for_each(|(sum, &p)| *sum -= u32::from(p));
        }
        let rows = (y + radius).min(height - 1) - y.saturating_sub(radius) + 1;
        if rows != self.rows {
            self.rows = rows;
            self.counts.iter_mut().zip(&self.across).for_each(|(count, across)| *count = across * rows);
        }
        let (r, mut sum) = (radius as usize, 0);
        for (running, column) in self.running[r + 1..].iter_mut().zip(&self.columns) {
            sum += column;
            *running = sum;
        }
        self.running[r + 1 + self.columns.len()..].fill(sum);
        let ends = self.running.iter().zip(&self.running[2 * r + 1..]);
        self.sums.iter_mut().zip(ends).for_each(|(window, (before, after))| *window = after - before);
        Some(y)
    }
}

/// A square of numbers with its rows as columns.
pub(crate) fn transposed(levels: &[f32], side: usize) -> Vec<f32> {
    let mut out = vec![0.0; levels.len()];
    for (y, row) in levels.chunks_exact(side).enumerate() {
        for (x, value) in row.iter().enumerate() {
            out[x * side + y] = *value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: u32, height: u32) -> Luma<'static> {
        let pixels: Vec<u8> = (0..width * height).map(|i| (i * 7 % 251) as u8).collect();
        Luma::new(width, height, pixels).expect("sizes agree")
    }

    #[test]
    fn window_sums_equal_the_slow_way_at_every_pixel_also_at_the_edges() {
        for (width, height, radius) in [(9, 7, 2), (5, 5, 1), (6, 4, 10), (1, 1, 3)] {
            let image = ramp(width, height);
            let slow = |x: i64, y: i64| {
                let (mut sum, mut count) = (0u32, 0u32);
                for yy in (y - i64::from(radius)).max(0)..=(y + i64::from(radius)).min(i64::from(height) - 1) {
                    for xx in (x - i64::from(radius)).max(0)..=(x + i64::from(radius)).min(i64::from(width) - 1) {
                        sum += u32::from(image.row(yy as u32)[xx as usize]);
                        count += 1;
                    }
                }
                (sum, count)
            };
            let mut windows = Windows::new(&image, radius);
            while let Some(y) = windows.next_row() {
                for x in 0..width as usize {
                    assert_eq!(
                        (windows.sums[x], windows.counts[x]),
                        slow(x as i64, i64::from(y)),
                        "{width}x{height} r{radius} at {x},{y}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_shrunk_pixel_is_the_mean_of_those_it_stands_for() {
        let image = ramp(413, 377);
        for by in 2..=5 {
            let small = shrink(&image, by).expect("large enough");
            let mean = |x: u32, y: u32| {
                let cells = (0..by * by).map(|n| u32::from(image.row(y * by + n / by)[(x * by + n % by) as usize]));
                (cells.sum::<u32>() / (by * by)) as u8
            };
            let means: Vec<u8> = (0..377 / by).flat_map(|y| (0..413 / by).map(move |x| mean(x, y))).collect();
            assert_eq!((small.width(), small.pixels()), (413 / by, means.as_slice()), "by {by}");
        }
    }

    #[test]
    fn filters_keep_or_scale_the_size_and_flat_grey_stays_flat() {
        let flat = Luma::new(200, 180, vec![90; 200 * 180]).expect("sizes agree");
        let all = [Filter::Plain, Filter::Half, Filter::Third, Filter::Double, Filter::Blur];
        for filter in all {
            let out = filter.apply(&flat).expect("large enough");
            assert_eq!(out.width(), (200.0 * filter.scale()) as u32, "{filter:?}");
            assert!(out.pixels().iter().all(|&p| p == 90), "{filter:?}");
        }
    }
}
