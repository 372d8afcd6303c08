//! A laid-out page to the bytes of a PDF file.

use std::collections::BTreeMap;

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use crate::letters::Font;
use crate::page::{MM, Page, Shape, Square};

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const INFO: Ref = Ref::new(5);
const PICTURE: Ref = Ref::new(6);
/// Each font takes five objects from here on.
const FIRST_FONT: i32 = 10;
const FONT_OBJECTS: i32 = 5;
/// As small as it gets; a page is small anyway.
const LEVEL: u8 = 9;
const PICTURE_NAME: Name<'static> = Name(b"P");
const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

pub(crate) fn file(page: &Page<'_>, width_mm: f32, height_mm: f32, title: &str, language: &str) -> Vec<u8> {
    let (width, height) = (width_mm * MM, height_mm * MM);
    let used = used(page);
    let mut pdf = Pdf::new();
    pdf.catalog(CATALOG).pages(PAGES).lang(TextStr(language));
    pdf.document_info(INFO).title(TextStr(title)).creator(TextStr("Tessera"));
    pdf.pages(PAGES).kids([PAGE]).count(1);
    let mut leaf = pdf.page(PAGE);
    leaf.parent(PAGES).media_box(Rect::new(0.0, 0.0, width, height)).contents(CONTENT);
    let mut resources = leaf.resources();
    let mut fonts = resources.fonts();
    for &font in used.keys() {
        fonts.pair(Name(name(font).as_bytes()), object(font, 0));
    }
    fonts.finish();
    if page.code.middle().is_some() {
        resources.x_objects().pair(PICTURE_NAME, PICTURE);
    }
    resources.finish();
    leaf.finish();
    let content = compress_to_vec_zlib(&content(page, height), LEVEL);
    pdf.stream(CONTENT, &content).filter(Filter::FlateDecode);
    if let Some(middle) = page.code.middle() {
        let side = i32::try_from(middle.pixel_side).unwrap_or_default();
        let pixels = compress_to_vec_zlib(middle.rgb, LEVEL);
        let mut picture = pdf.image_xobject(PICTURE, &pixels);
        picture.filter(Filter::FlateDecode);
        picture.width(side).height(side).bits_per_component(8);
        picture.color_space().device_rgb();
    }
    for (&font, glyphs) in &used {
        embed(&mut pdf, font, &page.fonts.parts[font], glyphs);
    }
    pdf.finish()
}

fn name(font: usize) -> String {
    format!("F{font}")
}

fn object(font: usize, nth: i32) -> Ref {
    Ref::new(FIRST_FONT + i32::try_from(font).unwrap_or_default() * FONT_OBJECTS + nth)
}

/// Font → its used glyphs and the letter each stands for.
fn used(page: &Page<'_>) -> BTreeMap<usize, BTreeMap<u16, char>> {
    let mut used: BTreeMap<usize, BTreeMap<u16, char>> = BTreeMap::new();
    for glyph in page.lines.iter().flat_map(|line| &line.glyphs) {
        used.entry(glyph.font).or_default().insert(glyph.id, glyph.letter);
    }
    used
}

fn content(page: &Page<'_>, height: f32) -> Vec<u8> {
    let mut content = Content::new();
    for square in &page.squares {
        code(&mut content, page.code, square, height);
    }
    for shape in &page.shapes {
        draw(&mut content, shape, height);
    }
    for line in &page.lines {
        content.begin_text().set_fill_gray(line.grey).set_text_matrix([1.0, 0.0, 0.0, 1.0, line.x, height - line.y]);
        for run in line.glyphs.chunk_by(|a, b| a.font == b.font) {
            let Some(first) = run.first() else { continue };
            let bytes: Vec<u8> = run.iter().flat_map(|glyph| glyph.id.to_be_bytes()).collect();
            content.set_font(Name(name(first.font).as_bytes()), line.size).show(Str(&bytes));
        }
        content.end_text();
    }
    content.finish().to_vec()
}

fn draw(content: &mut Content, shape: &Shape, height: f32) {
    match *shape {
        Shape::Block { x, y, width, height: tall, grey } => {
            content.set_fill_gray(grey).rect(x, height - y - tall, width, tall).fill_nonzero();
        }
        Shape::Rule { from, to } => line(content, from, to, height, 0.75),
        Shape::Cut { from, to } => {
            content.set_dash_pattern([3.0, 2.0], 0.0);
            line(content, from, to, height, 0.5);
            content.set_dash_pattern([], 0.0);
        }
        Shape::Scissors { at, down } => scissors(content, at, down, height),
    }
}

fn line(content: &mut Content, from: (f32, f32), to: (f32, f32), height: f32, width: f32) {
    content.set_stroke_gray(0.0).set_line_width(width);
    content.move_to(from.0, height - from.1).line_to(to.0, height - to.1).stroke();
}

/// Two blades that cross, and the rings of their handles.
fn scissors(content: &mut Content, at: (f32, f32), down: bool, height: f32) {
    // Along the cut and across it, in points from the crossing.
    let place =
        |along: f32, across: f32| if down { (at.0 + across, at.1 + along) } else { (at.0 + along, at.1 + across) };
    for side in [1.0, -1.0] {
        line(content, place(-5.0, -2.2 * side), place(9.0, 2.6 * side), height, 1.0);
        let (x, y) = place(-7.2, -3.0 * side);
        ring(content, x, height - y, 2.2);
    }
}

/// A circle in four curves; 0.5523 is how far their handles reach.
fn ring(content: &mut Content, x: f32, y: f32, radius: f32) {
    let reach = 0.5523 * radius;
    content.set_stroke_gray(0.0).set_line_width(1.0).move_to(x + radius, y);
    content.cubic_to(x + radius, y + reach, x + reach, y + radius, x, y + radius);
    content.cubic_to(x - reach, y + radius, x - radius, y + reach, x - radius, y);
    content.cubic_to(x - radius, y - reach, x - reach, y - radius, x, y - radius);
    content.cubic_to(x + reach, y - radius, x + radius, y - reach, x + radius, y).stroke();
}

/// The code with its white quiet zone. All modules are one path, so that no hairlines show between them.
fn code(content: &mut Content, code: &qr::Drawing, square: &Square, height: f32) {
    let module = square.side / code.full_side() as f32;
    let (left, top) = (square.x, height - square.y);
    content.set_fill_gray(1.0).rect(left, top - square.side, square.side, square.side).fill_nonzero();
    content.set_fill_gray(0.0);
    let at = |n: u32| (n + qr::QUIET_ZONE) as f32 * module;
    for y in 0..code.modules() {
        let mut x = 0;
        while x < code.modules() {
            let run = (x..code.modules()).take_while(|&x| code.is_dark(x, y)).count() as u32;
            if run > 0 {
                content.rect(left + at(x), top - at(y + 1), run as f32 * module, module);
            }
            x += run.max(1);
        }
    }
    content.fill_nonzero();
    if let Some(middle) = code.middle() {
        let side = (middle.side - 1) as f32 * module;
        let start = at(middle.start) + module / 2.0;
        content.save_state().transform([side, 0.0, 0.0, side, left + start, top - start - side]);
        content.x_object(PICTURE_NAME).restore_state();
    }
}

/// The font itself, so that the paper looks the same everywhere and its text can be searched and copied.
fn embed(pdf: &mut Pdf, index: usize, font: &Font, glyphs: &BTreeMap<u16, char>) {
    let [whole, cid, descriptor, unicode, bytes] = [0, 1, 2, 3, 4].map(|nth| object(index, nth));
    let face = &font.face;
    let name = Name(font.name.as_bytes());
    pdf.type0_font(whole)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(unicode);
    let mut letters = pdf.cid_font(cid);
    letters.subtype(CidFontType::Type2).base_font(name).system_info(IDENTITY).font_descriptor(descriptor);
    letters.default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
    let mut widths = letters.widths();
    for &glyph in glyphs.keys() {
        widths.consecutive(glyph, [font.advance(glyph)]);
    }
    widths.finish();
    letters.finish();
    let scaled = |units: i16| font.thousandths(f32::from(units));
    let bounds = face.global_bounding_box();
    pdf.font_descriptor(descriptor)
        .name(name)
        .flags(FontFlags::NON_SYMBOLIC)
        .bbox(Rect::new(scaled(bounds.x_min), scaled(bounds.y_min), scaled(bounds.x_max), scaled(bounds.y_max)))
        .italic_angle(0.0)
        .ascent(scaled(face.ascender()))
        .descent(scaled(face.descender()))
        .cap_height(scaled(face.capital_height().unwrap_or(face.ascender())))
        .stem_v(80.0)
        .font_file2(bytes);
    let mut map = UnicodeCmap::new(Name(b"Tessera"), IDENTITY);
    for (&glyph, &letter) in glyphs {
        map.pair(glyph, letter);
    }
    pdf.cmap(unicode, &map.finish());
    let packed = compress_to_vec_zlib(font.bytes, LEVEL);
    let length = i32::try_from(font.bytes.len()).unwrap_or(i32::MAX);
    pdf.stream(bytes, &packed).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
}
