//! Plays the camera inside the emulated machine: writes pictures of a code into a virtual V4L2 device, or
//! unplugs one. Never reads a camera. Start at `main`: `camera-feeder show DEVICE FORMAT TEXT`.

use std::io::Write;
use std::time::Duration;

use image::{GrayImage, Luma, imageops};
use qrcode::{Color, QrCode};
use v4l::control::{Control, Value};
use v4l::video::Output;
use v4l::{Device, Format, FourCC};

/// "Disconnect" of the kernel's vivid driver (`vivid-ctrls.c`, `VIVID_CID_DISCONNECT`): from now on every
/// call on the device fails as if its cable were pulled, until the last program lets go of it.
const VIVID_DISCONNECT: u32 = (0x00f0_0000 | 0xf000) + 65;
const FRAME_TIME: Duration = Duration::from_millis(33);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["show", device, "yuyv", text] => feed(device, *b"YUYV", 640, 480, &yuyv(&picture(640, 480, text))),
        ["show", device, "mjpg", text] => feed(device, *b"MJPG", 1280, 720, &jpeg(&picture(1280, 720, text))),
        // A layout our code does not read: three separate planes.
        ["show", device, "yu12", text] => feed(device, *b"YU12", 640, 480, &planes(&picture(640, 480, text))),
        ["unplug", device, seconds] => unplug(device, seconds.parse().expect("seconds are a number")),
        _ => panic!("show DEVICE yuyv|mjpg|yu12 TEXT, or unplug DEVICE SECONDS"),
    }
}

/// The device stays away as long as anybody holds it: we do, for `seconds`.
fn unplug(device: &str, seconds: u64) {
    let device = Device::with_path(device).expect("the device is there");
    let disconnect = Control { id: VIVID_DISCONNECT, value: Value::None };
    device.set_control(disconnect).expect("the device can be disconnected");
    std::thread::sleep(Duration::from_secs(seconds));
}

/// Writes the same frame for ever; the machine's script ends it.
fn feed(device: &str, layout: [u8; 4], width: u32, height: u32, frame: &[u8]) -> ! {
    let mut device = Device::with_path(device).expect("the virtual device is there");
    let wanted = Format::new(width, height, FourCC::new(&layout));
    let set = Output::set_format(&device, &wanted).expect("the virtual device takes the format");
    assert_eq!((set.width, set.height, set.fourcc), (width, height, FourCC::new(&layout)));
    loop {
        device.write_all(frame).expect("the virtual device takes a frame");
        std::thread::sleep(FRAME_TIME);
    }
}

/// The code as a camera would see it: somewhere on a darker table, not filling the picture.
fn picture(width: u32, height: u32, text: &str) -> GrayImage {
    let code = QrCode::new(text).expect("the text fits a code");
    let side = u32::try_from(code.width()).expect("a code is small");
    let modules = code.to_colors();
    // Four light modules all round: the quiet zone.
    let square = GrayImage::from_fn(side + 8, side + 8, |x, y| {
        let inside = (4..side + 4).contains(&x) && (4..side + 4).contains(&y);
        let dark = inside && modules[usize::try_from((y - 4) * side + x - 4).expect("a code is small")] == Color::Dark;
        Luma([if dark { 30 } else { 225 }])
    });
    let module = (height / 2) / (side + 8);
    let square = imageops::resize(&square, module * (side + 8), module * (side + 8), imageops::FilterType::Nearest);
    let mut table = GrayImage::from_fn(width, height, |x, y| Luma([u8::try_from(90 + (x + y) % 32).unwrap_or(90)]));
    imageops::replace(&mut table, &square, i64::from(width / 5), i64::from(height / 4));
    table
}

/// Y0 U Y1 V with neutral colour.
fn yuyv(picture: &GrayImage) -> Vec<u8> {
    picture.pixels().flat_map(|pixel| [pixel.0[0], 128]).collect()
}

/// A full plane of luma, then two neutral quarter planes.
fn planes(picture: &GrayImage) -> Vec<u8> {
    let mut bytes = picture.as_raw().clone();
    bytes.resize(bytes.len() * 3 / 2, 128);
    bytes
}

fn jpeg(picture: &GrayImage) -> Vec<u8> {
    let colour = image::DynamicImage::ImageLuma8(picture.clone()).into_rgb8();
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 85);
    colour.write_with_encoder(encoder).expect("a picture encodes");
    bytes
}
