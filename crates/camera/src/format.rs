//! Picture formats: which we can read, and in which order to ask for them.

use std::cmp::Reverse;
use std::fmt;

use nokhwa::utils::{CameraFormat, FrameFormat, Resolution};

/// How the bytes of one frame are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pixels {
    /// Two pixels in four bytes: Y0 U Y1 V (YUY2).
    Yuyv,
    /// A full luma plane, then half-size interleaved U and V.
    Nv12,
    /// One JPEG picture per frame.
    Mjpg,
    /// One byte of luma a pixel.
    Grey,
    /// Three bytes a pixel: red, green, blue.
    Rgb,
    /// Three bytes a pixel: blue, green, red.
    Bgr,
}

impl Pixels {
    /// Cheapest first: luma is a copy for the first three, a decode for JPEG.
    fn cost(self) -> u8 {
        match self {
            Self::Yuyv | Self::Nv12 | Self::Grey => 0,
            Self::Rgb | Self::Bgr => 1,
            Self::Mjpg => 2,
        }
    }

    /// The four letters Video4Linux knows the layout by.
    #[cfg(target_os = "linux")]
    pub(crate) fn code(self) -> [u8; 4] {
        match self {
            Self::Yuyv => *b"YUYV",
            Self::Nv12 => *b"NV12",
            Self::Mjpg => *b"MJPG",
            Self::Grey => *b"GREY",
            Self::Rgb => *b"RGB3",
            Self::Bgr => *b"BGR3",
        }
    }

    pub(crate) fn wanted(self) -> FrameFormat {
        match self {
            Self::Yuyv => FrameFormat::YUYV,
            Self::Nv12 => FrameFormat::NV12,
            Self::Mjpg => FrameFormat::MJPEG,
            Self::Grey => FrameFormat::GRAY,
            Self::Rgb => FrameFormat::RAWRGB,
            Self::Bgr => FrameFormat::RAWBGR,
        }
    }

    pub(crate) fn of(format: FrameFormat) -> Self {
        match format {
            FrameFormat::YUYV => Self::Yuyv,
            FrameFormat::NV12 => Self::Nv12,
            FrameFormat::MJPEG => Self::Mjpg,
            FrameFormat::GRAY => Self::Grey,
            FrameFormat::RAWRGB => Self::Rgb,
            FrameFormat::RAWBGR => Self::Bgr,
        }
    }
}

/// One way a camera can send its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Format {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Byte layout.
    pub pixels: Pixels,
    /// Frames a second.
    pub frame_rate: u32,
}

impl Format {
    const fn new(width: u32, height: u32, pixels: Pixels, frame_rate: u32) -> Self {
        Self { width, height, pixels, frame_rate }
    }

    pub(crate) fn wanted(self) -> CameraFormat {
        CameraFormat::new(Resolution::new(self.width, self.height), self.pixels.wanted(), self.frame_rate)
    }

    pub(crate) fn of(format: CameraFormat) -> Self {
        Self::new(format.width(), format.height(), Pixels::of(format.format()), format.frame_rate())
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}x{} at {}/s", self.pixels, self.width, self.height, self.frame_rate)
    }
}

/// What the caller would like best; the nearest the camera can do is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preference {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Default for Preference {
    /// 1280x720: enough for a dense code held at arm's length.
    fn default() -> Self {
        Self { width: 1280, height: 720 }
    }
}

/// Slower than this and a moving hand is a blur of single pictures.
const SMOOTH_FRAME_RATE: u32 = 15;
/// Asking for more than this many formats only delays the explanation.
const MOST_TRIES: usize = 12;

/// For drivers that do not say what they offer: the formats nearly every webcam has.
const USUAL: [Format; 6] = [
    Format::new(1280, 720, Pixels::Mjpg, 30),
    Format::new(640, 480, Pixels::Yuyv, 30),
    Format::new(640, 480, Pixels::Mjpg, 30),
    Format::new(640, 480, Pixels::Nv12, 30),
    Format::new(1280, 720, Pixels::Nv12, 30),
    Format::new(640, 480, Pixels::Grey, 30),
];

/// The formats to ask for, best first: smooth, near the wished size, cheap to read, fast.
pub(crate) fn in_order(offered: &[Format], wish: Preference) -> Vec<Format> {
    let mut order: Vec<Format> = if offered.is_empty() { USUAL.to_vec() } else { offered.to_vec() };
    order.retain(|format| format.width > 0 && format.height > 0);
    order.sort_by_key(|format| {
        let jerky = format.frame_rate < SMOOTH_FRAME_RATE;
        let apart = format.width.abs_diff(wish.width) + format.height.abs_diff(wish.height);
        (jerky, apart, format.pixels.cost(), Reverse(format.frame_rate))
    });
    order.dedup();
    order.truncate(MOST_TRIES);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smooth_jpeg_of_the_wished_size_beats_a_jerky_raw_one() {
        let offered = [
            Format::new(1280, 720, Pixels::Yuyv, 10),
            Format::new(640, 480, Pixels::Yuyv, 30),
            Format::new(1280, 720, Pixels::Mjpg, 30),
        ];
        let order = in_order(&offered, Preference::default());
        assert_eq!(order, [offered[2], offered[1], offered[0]]);
    }

    #[test]
    fn of_two_equal_sizes_the_one_without_a_decode_comes_first() {
        let offered = [Format::new(640, 480, Pixels::Mjpg, 60), Format::new(640, 480, Pixels::Yuyv, 30)];
        let order = in_order(&offered, Preference { width: 640, height: 480 });
        assert_eq!(order[0].pixels, Pixels::Yuyv);
    }

    #[test]
    fn a_camera_that_does_not_say_what_it_offers_is_asked_for_the_usual_formats() {
        let order = in_order(&[], Preference::default());
        assert_eq!(order.len(), USUAL.len());
        assert_eq!((order[0].width, order[0].height), (1280, 720));
    }

    #[test]
    fn a_driver_listing_thousands_of_sizes_is_not_asked_for_all_of_them() {
        let offered: Vec<Format> = (2..4000).map(|n| Format::new(n, n, Pixels::Yuyv, 30)).collect();
        assert_eq!(in_order(&offered, Preference::default()).len(), MOST_TRIES);
    }
}
