//! The paper, looked at: rendered by poppler, read by our own scanner, measured in millimetres.

use std::process::Command;

use qr::payload::{PostalAddress, SwissBill};
use qr::{Drawing, Ecc, Effort, Symbol, draw, draw_with_picture, picture, scan};

use super::*;

const LINK: &str = "HTTPS://PAY.EXAMPLE/@ANA";
const SHEETS: [Sheet; 4] = [Sheet::Poster, Sheet::Card, Sheet::Stickers, Sheet::Sticker];

fn label(name: &str) -> Label<'_> {
    Label {
        headline: "Escanea para pagar",
        foot: "Apunta la cámara del teléfono al cuadrado.",
        name,
        handle: "@ana",
        link: "pay.example/@ana",
        amount: None,
        language: "es",
    }
}

fn code() -> Drawing {
    draw(LINK, Ecc::Q).expect("drawn")
}

fn with_picture() -> Drawing {
    let pixels: Vec<u8> = (0..64 * 64).map(|n| (n % 64 * 3 + n / 64) as u8).collect();
    let shades = qr::Luma::new(64, 64, pixels).expect("a picture");
    let corners = [[10.0, 10.0], [54.0, 10.0], [54.0, 54.0], [10.0, 54.0]];
    let place = Symbol { bytes: Vec::new(), text: None, symbology: qr::Symbology::Qr, corners };
    let picture = picture::thumbnail(&shades, &place).expect("a PNG file");
    draw_with_picture(LINK, &picture).expect("drawn")
}

/// Leaves the sheet under `artifacts/print`, to be looked at.
fn keep(sheet: Sheet, file: &[u8]) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../artifacts/print");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(format!("{sheet:?}.pdf").to_lowercase()), file).expect("written");
}

/// Runs one of poppler's programs on the file.
fn poppler(program: &str, arguments: &[&str], file: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sheet.pdf");
    std::fs::write(&path, file).expect("written");
    let mut command = Command::new(program);
    command.args(arguments).arg(&path);
    if program == "pdftotext" {
        command.arg("-");
    }
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{program} runs (package poppler-utils): {error}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{program}: {said}");
    output.stdout
}

/// The page in grey at this resolution: width, height, pixels.
fn raster(file: &[u8], dpi: u32) -> (u32, u32, Vec<u8>) {
    let pgm = poppler("pdftoppm", &["-gray", "-singlefile", "-r", &dpi.to_string()], file);
    let mut words = pgm.splitn(4, |byte| byte.is_ascii_whitespace());
    let mut next = || words.next().expect("a header");
    assert_eq!(next(), b"P5");
    let mut number = || std::str::from_utf8(next()).expect("digits").parse::<u32>().expect("a number");
    let (width, height) = (number(), number());
    let pixels = pgm[pgm.len() - (width * height) as usize..].to_vec();
    (width, height, pixels)
}

fn read((width, height, pixels): &(u32, u32, Vec<u8>)) -> Vec<Symbol> {
    let image = qr::Luma::new(*width, *height, pixels.as_slice()).expect("a picture");
    scan(&image, Effort::Still)
}

#[test]
fn every_sheet_has_the_size_of_its_paper_and_its_code_reads() {
    for drawing in [code(), with_picture()] {
        for sheet in SHEETS {
            let file = pdf(sheet, &drawing, &label("Ana Ñúñez")).expect("printed");
            keep(sheet, &file);
            let image = raster(&file, 300);
            let mm = |pixels: u32| pixels as f32 * 25.4 / 300.0;
            let (width, height) = sheet.size_mm();
            assert!((mm(image.0) - width).abs() < 0.2, "{sheet:?}: {} mm wide", mm(image.0));
            assert!((mm(image.1) - height).abs() < 0.2, "{sheet:?}: {} mm high", mm(image.1));
            let found = read(&image);
            assert!(!found.is_empty(), "{sheet:?} shows no code");
            assert!(found.iter().all(|symbol| symbol.bytes == LINK.as_bytes()), "{sheet:?} says something else");
        }
    }
}

#[test]
fn a_code_is_as_large_as_it_says_with_four_white_modules_around() {
    for sheet in [Sheet::Poster, Sheet::Card, Sheet::Sticker] {
        let drawing = code();
        let (width, height, pixels) = raster(&pdf(sheet, &drawing, &label("Ana")).expect("printed"), 600);
        let found = read(&(width, height, pixels.clone()));
        let corners = found[0].corners;
        let pixel_mm = 25.4 / 600.0;
        let measured = (corners[1][0] - corners[0][0]) * pixel_mm;
        let expected = sheet.code_mm() * drawing.modules() as f32 / drawing.full_side() as f32;
        let module = sheet.code_mm() / drawing.full_side() as f32;
        assert!((measured - expected).abs() < module, "{sheet:?}: {measured} mm, not {expected} mm");
        let quiet = (3.8 * module / pixel_mm) as i64;
        let edge = (module / pixel_mm) as i64;
        let (left, top) = (corners[0][0] as i64, corners[0][1] as i64);
        let (right, bottom) = (corners[2][0] as i64, corners[2][1] as i64);
        for y in (top - quiet)..(bottom + quiet) {
            for x in (left - quiet)..(right + quiet) {
                let inside = (left - edge..=right + edge).contains(&x) && (top - edge..=bottom + edge).contains(&y);
                if !inside && (0..i64::from(width)).contains(&x) && (0..i64::from(height)).contains(&y) {
                    assert!(pixels[(y * i64::from(width) + x) as usize] > 250, "{sheet:?}: ink at {x},{y}");
                }
            }
        }
    }
}

#[test]
fn a_sheet_of_stickers_has_a_code_that_reads_on_every_sticker() {
    let (width, _, pixels) = raster(&pdf(Sheet::Stickers, &code(), &label("Ana")).expect("printed"), 300);
    let px = |mm: f32| (mm * 300.0 / 25.4).round() as u32;
    for row in 0..8 {
        for column in 0..3 {
            let (left, top) = (px(7.25 + column as f32 * 66.0), px(12.9 + row as f32 * 33.9));
            let (wide, high) = (px(63.5), px(33.9));
            let lines = (top..top + high).map(|y| ((y * width + left) as usize, (y * width + left + wide) as usize));
            let sticker: Vec<u8> = lines.flat_map(|(from, to)| pixels[from..to].to_vec()).collect();
            let found = read(&(wide, high, sticker));
            assert_eq!(found.len(), 1, "sticker {row},{column}");
        }
    }
}

#[test]
fn names_of_europe_are_printed_whole_and_can_be_copied_from_the_paper() {
    for name in [
        "Zoë Łukasiewicz-Ñandú",
        "Þórbjörg Ægisdóttir",
        "Őrsi Ürge ßẞ",
        "Γιώργος Παπαδόπουλος",
        "Наталія Ґалаґан",
        "Ђорђе Џаја",
        "Ċensu Għawdxi",
        "Șerban Țîrlea",
        "Maximiliane-Hildegard von und zu Hohenlohe-Waldenburg-Schillingsfürst der Älteren",
    ] {
        for sheet in SHEETS {
            let file = pdf(sheet, &code(), &label(name)).expect("printed");
            let text = String::from_utf8(poppler("pdftotext", &["-layout"], &file)).expect("text");
            let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let whole = plain(&text);
            if sheet == Sheet::Stickers {
                // Lines of neighbours stand side by side: every piece of the name is there.
                for word in name.split([' ', '-']) {
                    assert!(whole.contains(word) || word.chars().count() > 12, "{word} of {name} on {sheet:?}: {text}");
                }
            } else {
                assert!(whole.contains(&plain(name)), "{name} on {sheet:?}: {text}");
            }
        }
    }
}

#[test]
fn a_name_our_letters_cannot_set_is_left_out_for_the_handle() {
    for name in ["東京の店", "Ana 🎈", "مريم", "", "\u{200b}Ana"] {
        assert!(!can_print(name), "{name}");
        let file = pdf(Sheet::Card, &code(), &label(name)).expect("printed");
        let text = String::from_utf8(poppler("pdftotext", &[], &file)).expect("text");
        assert_eq!(text.matches("@ana").count(), 2, "the handle and the link, once each: {text}");
    }
    assert!(can_print("Ana\u{301}"), "a loose accent joins its letter");
}

#[test]
fn nothing_runs_over_the_edge_of_the_paper() {
    let long = "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww";
    for sheet in SHEETS {
        let link = "a-very-long-host-name-of-a-server.pay.example/r/0123456789ABCDEFGHJKMNPQRS";
        let label = Label { link, amount: Some("1234.50 EUR"), ..label(long) };
        let (width, height, pixels) = raster(&pdf(sheet, &code(), &label).expect("printed"), 200);
        let ink = |x: u32, y: u32| pixels[(y * width + x) as usize] < 200;
        assert!((0..height).all(|y| !ink(0, y) && !ink(width - 1, y)), "{sheet:?}: ink at a side");
        assert!((0..width).all(|x| !ink(x, 0) && !ink(x, height - 1)), "{sheet:?}: ink at top or bottom");
        let text = poppler("pdftotext", &["-raw"], &pdf(sheet, &code(), &label).expect("printed"));
        let whole: String = String::from_utf8(text).expect("text").split_whitespace().collect();
        assert!(sheet == Sheet::Stickers || (whole.contains(long) && whole.contains(link)), "{sheet:?}: {whole}");
    }
}

#[test]
fn a_picture_file_of_the_page_is_read_too() {
    let file = pdf(Sheet::Poster, &with_picture(), &label("Ana")).expect("printed");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("poster.pdf");
    std::fs::write(&path, file).expect("written");
    let out = folder.path().join("poster");
    let done = Command::new("pdftoppm").args(["-png", "-singlefile", "-r", "100"]).arg(&path).arg(&out).status();
    assert!(done.expect("pdftoppm runs").success());
    let png = std::fs::read(out.with_extension("png")).expect("rendered");
    let found = scan(&picture::decode(&png).expect("a picture"), Effort::Still);
    assert_eq!(found[0].bytes, LINK.as_bytes());
}

fn bill() -> SwissBill {
    SwissBill {
        account: "CH4431999123000889012".into(),
        creditor: PostalAddress {
            name: "Bäckerei am Hafen AG".into(),
            street: "Seestrasse".into(),
            number: "12a".into(),
            postcode: "9400".into(),
            town: "Rorschach".into(),
            country: "CH".into(),
        },
        amount: Some(rust_decimal::Decimal::new(194_975, 2)),
        currency: "CHF".into(),
        debtor: None,
        reference: "210000000003139471430009017".into(),
        message: "Bestellung vom 15.06.2026".into(),
        information: String::new(),
    }
}

#[test]
fn a_swiss_bill_reads_off_the_paper_and_its_code_is_46_millimetres() {
    let file = bill_pdf(&bill(), BillLanguage::German).expect("printed");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../artifacts/print");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("swiss-bill.pdf"), &file).expect("written");
    for dpi in [150, 300] {
        let image = raster(&file, dpi);
        let found = read(&image);
        assert_eq!(found.len(), 1, "{dpi} dpi");
        assert_eq!(found[0].text.as_deref(), Some(bill().write().expect("a bill").as_str()), "{dpi} dpi");
        let mm = |pixels: f32| pixels * 25.4 / dpi as f32;
        let [left_top, right_top, ..] = found[0].corners;
        let side = mm(right_top[0] - left_top[0]);
        assert!((side - 46.0).abs() < 1.0, "{side} mm");
        assert!((mm(left_top[0]) - 67.0).abs() < 0.8 && (mm(left_top[1]) - 209.0).abs() < 0.8, "{left_top:?}");
    }
}

#[test]
fn a_swiss_bill_says_everything_in_its_four_languages() {
    for (language, words) in [
        (BillLanguage::German, ["Zahlteil", "Empfangsschein", "Zahlbar durch (Name/Adresse)"]),
        (BillLanguage::French, ["Section paiement", "Récépissé", "Payable par (nom/adresse)"]),
        (BillLanguage::Italian, ["Sezione pagamento", "Ricevuta", "Pagabile da (nome/indirizzo)"]),
        (BillLanguage::English, ["Payment part", "Receipt", "Payable by (name/address)"]),
    ] {
        let file = bill_pdf(&bill(), language).expect("printed");
        let text = String::from_utf8(poppler("pdftotext", &["-layout"], &file)).expect("text");
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
        for said in
            ["CH44 3199 9123 0008 8901 2", "21 00000 00003 13947 14300 09017", "Seestrasse 12a", "9400 Rorschach"]
        {
            assert_eq!(text.matches(said).count(), 2, "{said} on receipt and payment part: {text}");
        }
        assert!(
            text.contains("1 949.75") && text.contains("CHF") && text.contains("Bestellung vom 15.06.2026"),
            "{text}"
        );
    }
}

#[test]
fn a_swiss_bill_leaves_room_for_what_the_payer_writes() {
    let open = SwissBill { amount: None, ..bill() };
    let named = SwissBill { debtor: Some(PostalAddress { country: "FR".into(), ..bill().creditor }), ..bill() };
    let text = |bill: &SwissBill| {
        let file = bill_pdf(bill, BillLanguage::English).expect("printed");
        String::from_utf8(poppler("pdftotext", &["-layout"], &file)).expect("text")
    };
    assert!(!text(&open).contains("949"), "no amount");
    assert!(text(&named).contains("FR-9400 Rorschach") && !text(&named).contains("name/address"));
    let broken = SwissBill { currency: "USD".into(), ..bill() };
    assert!(
        matches!(bill_pdf(&broken, BillLanguage::English), Err(BillError::Bill(problem)) if problem.detail == "currency")
    );
}
