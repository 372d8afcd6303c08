use super::*;

fn frame(pixels: Pixels, width: u32, height: u32, bytes: &[u8]) -> Frame {
    let format = Format { width, height, pixels, frame_rate: 30 };
    Frame::new(format, Bytes::copy_from_slice(bytes))
}

/// Left half dark, right half light, as a real JPEG of `width` x `height`.
fn half_and_half(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 { image::Rgb([20, 20, 20]) } else { image::Rgb([230, 230, 230]) }
    });
    let mut out = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 95).encode_image(&picture).unwrap();
    out
}

/// The same JPEG as a webcam sends it: no Huffman tables.
fn without_tables(jpeg: &[u8]) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    let mut rest = &jpeg[2..];
    while rest[1] != 0xda {
        let length = 2 + usize::from(u16::from_be_bytes([rest[2], rest[3]]));
        if rest[1] != 0xc4 {
            out.extend(&rest[..length]);
        }
        rest = &rest[length..];
    }
    out.extend(rest);
    assert!(out.len() < jpeg.len(), "the tables were there to be left out");
    out
}

fn assert_half_and_half(luma: &Luma) {
    let row = &luma.pixels[..luma.width as usize];
    assert!(row[2] < 60, "left is dark: {}", row[2]);
    assert!(row[row.len() - 3] > 200, "right is light: {}", row[row.len() - 3]);
}

/// Header read back, and the RGBA bytes behind it.
fn parts(preview: &[u8]) -> (u32, u32, &[u8]) {
    let number = |at: usize| u32::from_le_bytes(preview[at..at + 4].try_into().unwrap());
    (number(0), number(4), &preview[PREVIEW_HEADER_BYTES..])
}

#[test]
fn luma_of_yuyv_is_every_second_byte() {
    let bytes = [10, 128, 20, 128, 30, 90, 40, 90];
    let luma = frame(Pixels::Yuyv, 2, 2, &bytes).luma().unwrap();
    assert_eq!((luma.width, luma.height, luma.pixels), (2, 2, vec![10, 20, 30, 40]));
}

#[test]
fn luma_of_nv12_is_its_first_plane_and_padding_is_left_out() {
    let bytes = [10, 20, 30, 40, 128, 128, 0, 0, 0, 0];
    let luma = frame(Pixels::Nv12, 2, 2, &bytes).luma().unwrap();
    assert_eq!(luma.pixels, [10, 20, 30, 40]);
}

#[test]
fn luma_of_rgb_and_bgr_weighs_green_most() {
    let rgb = frame(Pixels::Rgb, 1, 1, &[255, 0, 0]).luma().unwrap().pixels[0];
    let bgr = frame(Pixels::Bgr, 1, 1, &[0, 255, 0]).luma().unwrap().pixels[0];
    assert_eq!((rgb, bgr), (76, 149));
    assert_eq!(frame(Pixels::Rgb, 1, 1, &[255; 3]).luma().unwrap().pixels, [255]);
}

#[test]
fn luma_of_jpeg_is_decoded_with_the_size_the_picture_has() {
    let luma = frame(Pixels::Mjpg, 640, 480, &half_and_half(64, 32)).luma().unwrap();
    assert_eq!((luma.width, luma.height), (64, 32));
    assert_half_and_half(&luma);
}

#[test]
fn jpeg_frames_without_huffman_tables_are_read_as_webcams_send_them() {
    let bare = without_tables(&half_and_half(64, 32));
    assert_half_and_half(&frame(Pixels::Mjpg, 64, 32, &bare).luma().unwrap());
    assert!(frame(Pixels::Mjpg, 64, 32, &bare).preview(64).is_some());
}

#[test]
fn a_torn_frame_is_no_picture_and_no_panic() {
    let whole = half_and_half(64, 32);
    assert!(frame(Pixels::Yuyv, 2, 2, &[1, 2, 3, 4, 5, 6, 7]).luma().is_none());
    assert!(frame(Pixels::Nv12, 2, 2, &[1, 2, 3, 4, 5]).preview(2).is_none());
    assert!(frame(Pixels::Grey, 0, 0, &[]).preview(2).is_none());
    assert!(frame(Pixels::Yuyv, u32::MAX, u32::MAX, &[0; 8]).luma().is_none());
    for cut in [0, 1, 2, 3, 20, whole.len() / 4] {
        assert!(frame(Pixels::Mjpg, 64, 32, &whole[..cut]).luma().is_none(), "cut at {cut}");
    }
}

#[test]
fn a_jpeg_that_claims_to_be_huge_is_refused() {
    let mut lying = half_and_half(64, 32);
    let sof = lying.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    lying[sof + 5..sof + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert!(frame(Pixels::Mjpg, 64, 32, &lying).luma().is_none());
}

#[test]
fn a_preview_keeps_the_shape_and_never_grows() {
    let wide = frame(Pixels::Grey, 1280, 720, &vec![9; 1280 * 720]);
    let small = wide.preview(640).unwrap();
    let (width, height, rgba) = parts(&small);
    assert_eq!((width, height, rgba.len()), (640, 360, 640 * 360 * 4));
    let tiny = frame(Pixels::Grey, 2, 2, &[1, 2, 3, 4]).preview(640).unwrap();
    assert_eq!(parts(&tiny), (2, 2, &[1, 1, 1, 255, 2, 2, 2, 255, 3, 3, 3, 255, 4, 4, 4, 255][..]));
    let line = frame(Pixels::Grey, 1280, 1, &[5; 1280]).preview(0).unwrap();
    assert_eq!(parts(&line), (1, 1, &[5, 5, 5, 255][..]));
}

#[test]
fn a_preview_has_the_colours_of_every_raw_layout() {
    // Pure red is Y 81, U 90, V 240 in BT.601 video range.
    let yuyv = frame(Pixels::Yuyv, 2, 2, &[81, 90, 81, 240, 81, 90, 81, 240]);
    let nv12 = frame(Pixels::Nv12, 2, 2, &[81, 81, 81, 81, 90, 240]);
    let rgb = frame(Pixels::Rgb, 2, 2, &[255, 0, 0].repeat(4));
    let bgr = frame(Pixels::Bgr, 2, 2, &[0, 0, 255].repeat(4));
    for picture in [yuyv, nv12, rgb, bgr] {
        let shown = picture.preview(2).unwrap();
        for pixel in parts(&shown).2.chunks(4) {
            let red = pixel[0] >= 253 && pixel[1] <= 2 && pixel[2] <= 2 && pixel[3] == 255;
            assert!(red, "{picture:?}: {pixel:?}");
        }
    }
}

#[test]
fn a_preview_takes_its_pixels_from_the_right_places() {
    let shades: Vec<u8> = (0..4).flat_map(|y| (0..8).map(move |x| 10 * y + x)).collect();
    let shown = frame(Pixels::Grey, 8, 4, &shades).preview(4).unwrap();
    let (width, height, rgba) = parts(&shown);
    let got: Vec<u8> = rgba.iter().step_by(4).copied().collect();
    assert_eq!((width, height), (4, 2));
    assert_eq!(got, [11, 13, 15, 17, 31, 33, 35, 37]);
}

#[test]
fn a_frame_in_a_log_shows_its_format_and_no_pixel() {
    let shown = format!("{:?}", frame(Pixels::Grey, 2, 1, &[200, 201]));
    assert_eq!(shown, "Frame(Grey 2x1 at 30/s)");
}
