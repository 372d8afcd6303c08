//! The root window, cut along its monitors.

use x11rb::connection::Connection;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, ImageOrder, Screen};
use x11rb::rust_connection::RustConnection;

use super::ScreenError;
use crate::frame::Luma;

/// More monitors than anybody has.
const MOST_MONITORS: usize = 16;

pub(super) fn screens() -> Result<Vec<Luma>, ScreenError> {
    let (display, number) = x11rb::connect(None).map_err(|_| ScreenError::Unsupported)?;
    let screen = display.setup().roots.get(number).ok_or(ScreenError::Faulty)?;
    let depth = Depth::of(&display, screen)?;
    monitors(&display, screen).into_iter().map(|place| shot(&display, screen.root, place, depth)).collect()
}

/// Left, top, width, height.
type Place = (i16, i16, u16, u16);

/// Where each monitor lies; the whole screen where nobody says.
fn monitors(display: &RustConnection, screen: &Screen) -> Vec<Place> {
    let said = display.randr_get_monitors(screen.root, true).ok().and_then(|asked| asked.reply().ok());
    let mut places: Vec<Place> = said.map_or_else(Vec::new, |reply| {
        reply.monitors.iter().take(MOST_MONITORS).map(|it| (it.x, it.y, it.width, it.height)).collect()
    });
    places.retain(|&(_, _, width, height)| width > 0 && height > 0);
    if places.is_empty() {
        places.push((0, 0, screen.width_in_pixels, screen.height_in_pixels));
    }
    places
}

/// How a pixel is laid out: true colour of eight bits a channel, which every desktop of this century has.
#[derive(Clone, Copy)]
struct Depth {
    bytes: usize,
    /// Places of red, green and blue in a pixel.
    rgb: [usize; 3],
}

impl Depth {
    fn of(display: &RustConnection, screen: &Screen) -> Result<Self, ScreenError> {
        let setup = display.setup();
        let format = setup.pixmap_formats.iter().find(|format| format.depth == screen.root_depth);
        let bits = format.map_or(0, |format| format.bits_per_pixel);
        let visuals = screen.allowed_depths.iter().flat_map(|depth| &depth.visuals);
        let visual =
            visuals.clone().find(|visual| visual.visual_id == screen.root_visual).ok_or(ScreenError::Faulty)?;
        let bytes = usize::from(bits / 8);
        if !(3..=4).contains(&bytes) {
            return Err(ScreenError::Faulty);
        }
        let place = |mask: u32| {
            let byte = (mask.trailing_zeros() / 8) as usize;
            let whole = mask == 0xff << (byte * 8);
            let stored =
                if setup.image_byte_order == ImageOrder::LSB_FIRST { byte } else { bytes - 1 - byte.min(bytes - 1) };
            (whole && stored < bytes).then_some(stored).ok_or(ScreenError::Faulty)
        };
        Ok(Depth { bytes, rgb: [place(visual.red_mask)?, place(visual.green_mask)?, place(visual.blue_mask)?] })
    }
}

fn shot(display: &RustConnection, root: u32, (x, y, width, height): Place, depth: Depth) -> Result<Luma, ScreenError> {
    let asked = display.get_image(ImageFormat::Z_PIXMAP, root, x, y, width, height, u32::MAX);
    let reply = asked.map_err(|_| ScreenError::Faulty)?.reply().map_err(|_| ScreenError::Denied)?;
    let (wide, high) = (usize::from(width), usize::from(height));
    // Rows are padded to whole words where a pixel has three bytes.
    let stride = reply.data.len() / high;
    if stride < wide * depth.bytes {
        return Err(ScreenError::Faulty);
    }
    let mut pixels = Vec::with_capacity(wide * high);
    for row in reply.data.chunks_exact(stride).take(high) {
        let [red, green, blue] = depth.rgb;
        pixels.extend(row[..wide * depth.bytes].chunks_exact(depth.bytes).map(|pixel| {
            // ITU-R BT.601 weights, in 256ths.
            let grey = 77 * u32::from(pixel[red]) + 150 * u32::from(pixel[green]) + 29 * u32::from(pixel[blue]);
            (grey / 256) as u8
        }));
    }
    Ok(Luma { width: u32::from(width), height: u32::from(height), pixels })
}
