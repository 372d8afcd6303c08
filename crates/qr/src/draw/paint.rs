//! Modules to SVG and pixels.

use std::fmt::Write as _;
use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::imageops::{FilterType, resize};
use image::{GrayImage, ImageFormat, Rgb, RgbImage};

use super::{DrawError, Drawing, QUIET_ZONE};
use crate::Luma;

pub(super) fn svg(drawing: &Drawing, module_px: u32) -> String {
    let full = drawing.full_side();
    let size = u64::from(full) * u64::from(module_px.max(1));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size}\" height=\"{size}\" viewBox=\"0 0 {full} {full}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{full}v{full}h-{full}z\"/><path fill=\"#000\" d=\""
    );
    for y in 0..drawing.side {
        let mut x = 0;
        while x < drawing.side {
            let run = (x..drawing.side).take_while(|&x| drawing.is_dark(x, y)).count() as u32;
            if run > 0 {
                // Writing to a String cannot fail.
                let _ = write!(out, "M{} {}h{run}v1h-{run}z", x + QUIET_ZONE, y + QUIET_ZONE);
            }
            x += run.max(1);
        }
    }
    out.push_str("\"/>");
    if let Some(inset) = &drawing.inset {
        let (at, side) = (f64::from(inset.start + QUIET_ZONE) + 0.5, inset.side - 1);
        let data = STANDARD.encode(&inset.png);
        let _ = write!(
            out,
            "<image x=\"{at}\" y=\"{at}\" width=\"{side}\" height=\"{side}\" href=\"data:image/png;base64,{data}\"/>"
        );
    }
    out.push_str("</svg>");
    out
}

/// The raster's side, when it stays within the limits.
fn side(drawing: &Drawing, scale: u32) -> Result<u32, DrawError> {
    let side = drawing.full_side().checked_mul(scale).filter(|&side| side > 0).ok_or(DrawError::Size)?;
    if u64::from(side) * u64::from(side) > Luma::MAX_PIXELS { Err(DrawError::Size) } else { Ok(side) }
}

pub(super) fn luma(drawing: &Drawing, scale: u32) -> Result<Luma<'static>, DrawError> {
    let side = side(drawing, scale)?;
    let mut pixels = vec![255u8; side as usize * side as usize];
    for (y, row) in (0u32..).zip(pixels.chunks_exact_mut(side as usize)) {
        let Some(module_y) = (y / scale).checked_sub(QUIET_ZONE) else { continue };
        for (x, pixel) in (0u32..).zip(row) {
            let dark = (x / scale).checked_sub(QUIET_ZONE).is_some_and(|module_x| drawing.is_dark(module_x, module_y));
            if dark {
                *pixel = 0;
            }
        }
    }
    if let Some((at, picture)) = picture(drawing, scale) {
        for (x, y, pixel) in picture.enumerate_pixels() {
            // ITU-R BT.601 weights, in thousandths.
            let [r, g, b] = pixel.0.map(u32::from);
            let grey = (299 * r + 587 * g + 114 * b) / 1000;
            pixels[((y + at) * side + x + at) as usize] = grey as u8;
        }
    }
    Luma::new(side, side, pixels).map_err(|_| DrawError::Size)
}

/// Where the picture starts and the picture at this scale, half a module inside its hole.
fn picture(drawing: &Drawing, scale: u32) -> Option<(u32, RgbImage)> {
    let inset = drawing.inset.as_ref()?;
    let side = (inset.side - 1) * scale;
    let at = (inset.start + QUIET_ZONE) * scale + scale / 2;
    (side > 0).then(|| (at, resize(&inset.image, side, side, FilterType::Triangle)))
}

pub(super) fn png(drawing: &Drawing, scale: u32) -> Result<Vec<u8>, DrawError> {
    let grey = luma(drawing, scale)?;
    let (side, pixels) = (grey.width(), grey.pixels().to_vec());
    let mut file = Cursor::new(Vec::new());
    let image = GrayImage::from_raw(side, side, pixels).ok_or(DrawError::Size)?;
    let written = match picture(drawing, scale) {
        None => image.write_to(&mut file, ImageFormat::Png),
        Some(picture) => coloured(&image, Some(picture)).write_to(&mut file, ImageFormat::Png),
    };
    written.map_err(|_| DrawError::Size)?;
    Ok(file.into_inner())
}

fn coloured(grey: &GrayImage, picture: Option<(u32, RgbImage)>) -> RgbImage {
    let mut colour = RgbImage::from_fn(grey.width(), grey.height(), |x, y| Rgb([grey.get_pixel(x, y).0[0]; 3]));
    if let Some((at, picture)) = picture {
        image::imageops::replace(&mut colour, &picture, i64::from(at), i64::from(at));
    }
    colour
}

pub(super) fn rgba(drawing: &Drawing, scale: u32) -> Result<(u32, Vec<u8>), DrawError> {
    let grey = luma(drawing, scale)?;
    let side = grey.width();
    let image = GrayImage::from_raw(side, side, grey.pixels().to_vec()).ok_or(DrawError::Size)?;
    let colour = image::DynamicImage::ImageRgb8(coloured(&image, picture(drawing, scale)));
    Ok((side, colour.into_rgba8().into_raw()))
}
