//! Drawn codes as they look on bottles, in bad light and out of focus: what the fitted grid is for.

use super::{Effort, filter, scan};
use crate::{Ecc, Luma, draw};

const TEXT: &str = "https://pay.example/@ana?amount=12.30&note=honey";
const SIDE: usize = 360;
const DARK: f32 = 40.0;
const LIGHT: f32 = 210.0;

/// A drawn code seen through `to_modules`, which tells for each pixel the place in the code (0 to 1 each way, with
/// its quiet zone) it shows; every pixel is the mean of sixteen points.
fn seen(to_code: impl Fn(f32, f32) -> [f32; 2]) -> Vec<f32> {
    seen_of(TEXT, to_code)
}

fn seen_of(text: &str, to_code: impl Fn(f32, f32) -> [f32; 2]) -> Vec<f32> {
    let drawn = draw(text, Ecc::M).and_then(|drawing| drawing.to_luma(8)).expect("drawn");
    let width = drawn.width() as f32;
    let point = |x: f32, y: f32| {
        let [u, v] = to_code(x, y).map(|n| n * width);
        let inside = u >= 0.0 && v >= 0.0 && u < width && v < width;
        if inside && drawn.row(v as u32)[u as usize] < 128 { DARK } else { LIGHT }
    };
    let pixel = |n: usize| {
        let (x, y) = ((n % SIDE) as f32, (n / SIDE) as f32);
        (0..16).map(|k| point(x + (k % 4) as f32 / 4.0 + 0.125, y + (k / 4) as f32 / 4.0 + 0.125)).sum::<f32>() / 16.0
    };
    (0..SIDE * SIDE).map(pixel).collect()
}

/// The code upright in the middle, `wide` pixels with its quiet zone.
fn upright(wide: f32) -> Vec<f32> {
    let start = (SIDE as f32 - wide) / 2.0;
    seen(|x, y| [(x - start) / wide, (y - start) / wide])
}

fn picture(pixels: &[f32]) -> Luma<'static> {
    let pixels: Vec<u8> = pixels.iter().map(|p| p.clamp(0.0, 255.0) as u8).collect();
    Luma::new(SIDE as u32, SIDE as u32, pixels).expect("sizes agree")
}

fn text_of(image: &Luma<'_>) -> Option<String> {
    scan(image, Effort::Still).into_iter().next().and_then(|symbol| symbol.text)
}

fn fill(pixels: &mut [f32], [left, top, right, bottom]: [usize; 4], level: f32) {
    for row in pixels.chunks_exact_mut(SIDE).take(bottom).skip(top) {
        row[left..right].fill(level);
    }
}

#[test]
fn a_code_around_a_bottle_seen_from_above_is_read() {
    for sag in [0.0, 0.03] {
        let bottle = seen(|x, y| {
            let (across, down) = ((x - 180.0) / 130.0, (y - 180.0) / 250.0);
            let around = across.clamp(-1.0, 1.0).asin() / 1.9;
            [0.5 + around, 0.5 + down - sag * (1.0 - (1.0 - across * across).max(0.0).sqrt()) * 2.0]
        });
        assert_eq!(text_of(&picture(&bottle)).as_deref(), Some(TEXT), "sagging by {sag}");
    }
}

#[test]
fn a_large_code_far_around_a_bottle_is_read_however_that_stands() {
    // 110 degrees of it, and of version 7: while grids are flat, one of another version may lie better.
    let text = "https://pay.example/@ana?amount=12.30&note=honey+from+the+hill&reference=2026-11-30-0042-A&for=the+spring+market";
    let (arc, radius) = (1.92f32, 150.0 / 0.96f32.sin());
    for sag in [-0.2, 0.0, 0.2] {
        let upright = |x: f32, y: f32| {
            let across = ((x - 180.0) / radius).clamp(-1.0, 1.0);
            let deep = 1.0 - (1.0 - across * across).sqrt();
            [0.5 + across.asin() / arc, 0.5 + (y - 180.0 - sag * radius * deep) / (radius * arc)]
        };
        let lying = |x: f32, y: f32| {
            let [v, u] = upright(y, x);
            [u, v]
        };
        assert_eq!(text_of(&picture(&seen_of(text, upright))).as_deref(), Some(text), "upright, sagging by {sag}");
        assert_eq!(text_of(&picture(&seen_of(text, lying))).as_deref(), Some(text), "lying, sagging by {sag}");
    }
}

#[test]
fn a_code_with_a_hidden_finder_is_read_whichever_it_is() {
    let whole = upright(300.0);
    for corner in [[40, 40, 118, 118], [242, 40, 320, 118], [40, 242, 118, 320]] {
        let mut hidden = whole.clone();
        fill(&mut hidden, corner, 120.0);
        assert_eq!(text_of(&picture(&hidden)).as_deref(), Some(TEXT), "hidden {corner:?}");
    }
}

#[test]
fn a_code_grown_together_with_a_wall_is_read() {
    let mut walled = upright(300.0);
    let edge = walled[180 * SIDE..181 * SIDE].iter().position(|p| *p < 100.0).expect("a dark module");
    fill(&mut walled, [0, 0, edge.min(62), SIDE], DARK);
    assert_eq!(text_of(&picture(&walled)).as_deref(), Some(TEXT));
}

#[test]
fn a_code_so_blurred_that_modules_run_together_is_read() {
    let mut image = picture(&upright(190.0));
    for _ in 0..2 {
        image = filter::mean(&image, 2).expect("blurred");
    }
    assert_eq!(text_of(&image).as_deref(), Some(TEXT));
}

#[test]
fn a_code_that_moved_by_more_than_a_module_is_read_whichever_way_it_went() {
    // Five pixels a module, a little turned.
    let wide = 5.0 * 41.0;
    let (sin, cos) = 0.2f32.sin_cos();
    for way in [[8.5, 0.0], [2.0, 8.5], [6.5, 6.5], [6.0, -7.0f32]] {
        let mut moved = vec![0.0; SIDE * SIDE];
        for step in 0..9 {
            let part = step as f32 / 8.0 - 0.5;
            let one = seen(|x, y| {
                let (x, y) = (x - 180.0 - way[0] * part, y - 180.0 - way[1] * part);
                [0.5 + (x * cos + y * sin) / wide, 0.5 + (y * cos - x * sin) / wide]
            });
            moved.iter_mut().zip(one).for_each(|(sum, level)| *sum += level / 9.0);
        }
        let soft = filter::mean(&picture(&moved), 1).expect("blurred");
        let noisy = soft.pixels().iter().enumerate().map(|(n, level)| f32::from(*level) + noise(n) * 12.0);
        let noisy = noisy.collect::<Vec<f32>>();
        assert_eq!(text_of(&picture(&noisy)).as_deref(), Some(TEXT), "moved by {way:?}");
    }
}

#[test]
fn a_code_of_little_more_than_a_pixel_a_module_is_read_out_of_noise() {
    let wide = 1.3 * 41.0;
    let (sin, cos) = 0.3f32.sin_cos();
    let small = seen(|x, y| {
        let (x, y) = (x - 180.3, y - 179.6);
        [0.5 + (x * cos + y * sin) / wide, 0.5 + (y * cos - x * sin) / wide]
    });
    let soft = filter::mean(&picture(&small), 1).expect("blurred");
    let mixed = soft.pixels().iter().zip(&small).map(|(soft, sharp)| (f32::from(*soft) + sharp) / 2.0);
    let noisy = mixed.enumerate().map(|(n, level)| level + noise(n) * 14.0).collect::<Vec<f32>>();
    assert_eq!(text_of(&picture(&noisy)).as_deref(), Some(TEXT));
}

/// From -1 to 1, about as often everywhere, always the same.
fn noise(n: usize) -> f32 {
    let mixed = (n as u32).wrapping_mul(2_654_435_761);
    let mixed = (mixed ^ mixed >> 15).wrapping_mul(2_246_822_519);
    (mixed >> 8) as f32 / 8_388_608.0 - 1.0
}

#[test]
fn glare_over_a_part_of_a_code_costs_only_what_it_hides() {
    let mut lit = upright(300.0);
    for (n, pixel) in lit.iter_mut().enumerate() {
        let (x, y) = ((n % SIDE) as f32, (n / SIDE) as f32);
        *pixel += 400.0 * (-((x - 215.0).powi(2) + (y - 190.0).powi(2)) / 1100.0).exp();
    }
    assert_eq!(text_of(&picture(&lit)).as_deref(), Some(TEXT));
}

#[test]
fn a_square_that_only_looks_like_a_code_says_nothing() {
    let mut state = 5u32;
    let mut junk = upright(300.0);
    let module = 300.0 / 41.0;
    for (n, pixel) in junk.iter_mut().enumerate() {
        let place = |pixel: usize| ((pixel as f32 - 30.0) / module).floor() as i32 - 4;
        let (u, v) = (place(n % SIDE), place(n / SIDE));
        let finder = |u: i32, v: i32| (v < 9 && !(9..=23).contains(&u)) || (u < 9 && v > 23);
        if (0..33).contains(&u) && (0..33).contains(&v) && !finder(u, v) && u != 6 && v != 6 {
            state = (u * 7919 + v * 104_729 + 5).unsigned_abs().wrapping_mul(2_654_435_761);
            *pixel = if state >> 31 == 1 { DARK } else { LIGHT };
        }
    }
    assert!(state != 5, "something was drawn");
    assert_eq!(text_of(&picture(&junk)), None);
}
