//! From light to a picture: focus, reflections, flicker, the sensor's noise.

use crate::random::Random;
use crate::scene::Light;
use crate::story::{Band, Glare, Moment};
use crate::{HEIGHT, WIDTH};

/// Keeps its buffer between pictures.
#[derive(Debug, Default)]
pub(crate) struct Lens {
    columns: Vec<f32>,
}

impl Lens {
    /// The grey picture of this light at this moment.
    pub(crate) fn picture(&mut self, mut light: Light, moment: &Moment, noise: &mut Random) -> Vec<u8> {
        for band in &moment.bands {
            flicker(&mut light, band);
        }
        self.soften(&mut light, moment.blur);
        for glare in &moment.glares {
            shine(&mut light, glare);
        }
        let sensor = Sensor { gain: moment.gain, floor: moment.noise };
        sensor.develop(&light, moment.exposure, noise)
    }

    /// A Gaussian of this deviation, pixels.
    fn soften(&mut self, light: &mut [f32], deviation: f32) {
        let radius = (deviation * 3.0).ceil() as usize;
        if radius == 0 {
            return;
        }
        let weight = |n: usize| (-((n as f32 - radius as f32) / deviation).powi(2) / 2.0).exp();
        let weights: Vec<f32> = (0..=2 * radius).map(weight).collect();
        let sum: f32 = weights.iter().sum();
        let weights: Vec<f32> = weights.iter().map(|w| w / sum).collect();
        let (width, height) = (WIDTH as usize, HEIGHT as usize);
        self.columns.clear();
        self.columns.resize(width * height, 0.0);
        for y in 0..height {
            let into = &mut self.columns[y * width..][..width];
            for (n, weight) in weights.iter().enumerate() {
                let from = (y + n).saturating_sub(radius).min(height - 1);
                for (sum, value) in into.iter_mut().zip(&light[from * width..][..width]) {
                    *sum += weight * value;
                }
            }
        }
        let mut wide = vec![0.0; width + 2 * radius];
        for (row, into) in self.columns.chunks_exact(width).zip(light.chunks_exact_mut(width)) {
            wide[..radius].fill(row[0]);
            wide[radius..radius + width].copy_from_slice(row);
            wide[radius + width..].fill(row[width - 1]);
            into.fill(0.0);
            for (n, weight) in weights.iter().enumerate() {
                for (sum, value) in into.iter_mut().zip(&wide[n..]) {
                    *sum += weight * value;
                }
            }
        }
    }
}

/// Rows are exposed one after another, so a flickering screen has darker bands.
fn flicker(light: &mut [f32], band: &Band) {
    for (y, row) in light.chunks_exact_mut(WIDTH as usize).enumerate() {
        let wave = ((y as f32 / band.period + band.phase) * std::f32::consts::TAU).sin();
        // Steep flanks: a backlight is on or off.
        let off = 0.5 + 0.5 * (wave * band.steep).tanh();
        row.iter_mut().for_each(|value| *value *= 1.0 - band.depth * off);
    }
}

/// Light added by a lamp's reflection.
fn shine(light: &mut [f32], glare: &Glare) {
    let (sin, cos) = glare.turn.sin_cos();
    let reach = 3.5 * glare.size[0].max(glare.size[1]);
    let cut = |v: f32, end: u32| v.clamp(0.0, end as f32) as usize;
    let (left, right) = (cut(glare.at[0] - reach, WIDTH), cut(glare.at[0] + reach, WIDTH));
    for y in cut(glare.at[1] - reach, HEIGHT)..cut(glare.at[1] + reach, HEIGHT) {
        for x in left..right {
            let (dx, dy) = (x as f32 - glare.at[0], y as f32 - glare.at[1]);
            let (u, v) = ((dx * cos + dy * sin) / glare.size[0], (dy * cos - dx * sin) / glare.size[1]);
            light[y * WIDTH as usize + x] += glare.light * (-(u * u + v * v) / 2.0).exp();
        }
    }
}

/// Light is counted in grains, and reading the count adds a little; both grow with the amplification.
struct Sensor {
    /// Share of the light that came in: below one the picture is amplified by its inverse.
    gain: f32,
    /// Deviation of reading, in grey levels before amplification.
    floor: f32,
}

impl Sensor {
    fn deviation(&self, value: f32) -> f32 {
        let grains = value.max(0.0) * self.gain;
        (0.35 * grains * (1.0 - self.gain).max(0.02) + self.floor * self.floor).sqrt() / self.gain
    }

    fn develop(&self, light: &[f32], exposure: f32, noise: &mut Random) -> Vec<u8> {
        let deviations: Vec<f32> = (0..=511u16).map(|value| self.deviation(f32::from(value))).collect();
        let mut pixels = Vec::with_capacity(light.len());
        for four in light.chunks(4) {
            for (value, normal) in four.iter().zip(noise.normals()) {
                let deviation = deviations[(*value as usize).min(511)];
                pixels.push(((value + deviation * normal) * exposure + 0.5).clamp(0.0, 255.0) as u8);
            }
        }
        pixels
    }
}
