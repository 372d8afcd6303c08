//! Codes of other kinds, drawn by another program (see `kinds/README.md`).

use qr::payload::{Scheme, recognise_text};
use qr::{Ecc, Effort, Luma, Symbology, draw, picture, scan, scan_others};

const SLIP: &str = "HRVHUB30\nEUR\n000000000012355\nŽELJKO SENEKOVIĆ\nIVANEČKA ULICA 125\n42000 VARAŽDIN\n2DBK d.d.\n\
    ALKARSKI PROLAZ 13B\n21230 SINJ\nHR1210010051863000160\nHR01\n7269-68949637676-00019\nCOST\nTroškovi za 1. mjesec\n";

fn load(name: &str) -> Luma<'static> {
    let file = format!("{}/tests/kinds/{name}", env!("CARGO_MANIFEST_DIR"));
    picture::decode(&std::fs::read(file).expect("there")).expect("a picture")
}

#[test]
fn a_croatian_slip_a_boarding_pass_and_a_small_square_are_read() {
    let pass = "M1OKAFOR/MAYA         EABC123 JFKLHRXX 0117 032Y014C0057 100";
    let bitcoin = "bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4?amount=0.001";
    for (name, symbology, text, scheme) in [
        ("pdf417.jpg", Symbology::Pdf417, SLIP, Scheme::HrHub3),
        ("aztec.jpg", Symbology::Aztec, pass, Scheme::Nonpay),
        ("datamatrix.jpg", Symbology::DataMatrix, bitcoin, Scheme::Bip21),
    ] {
        let picture = load(name);
        assert_eq!(scan(&picture, Effort::Still), [], "{name} holds no QR code");
        let found = scan_others(&picture);
        let said: Vec<_> = found.iter().map(|it| (it.symbology, it.text.as_deref(), it.bytes.as_slice())).collect();
        assert_eq!(said, [(symbology, Some(text), text.as_bytes())], "{name}");
        assert_eq!((recognise_text(text).scheme, recognise_text(text).valid()), (scheme, true), "{name}");
        let (width, height) = (picture.width() as f32, picture.height() as f32);
        let [[left, top], _, [right, bottom], _] = found[0].corners;
        assert!(left >= 0.0 && top >= 0.0 && right <= width && bottom <= height, "{:?}", found[0].corners);
        assert!(right - left > width / 3.0 && bottom - top > height / 3.0, "{:?}", found[0].corners);
    }
}

#[test]
fn nothing_is_seen_in_a_qr_code_in_noise_or_in_an_empty_picture() {
    let square = draw("HTTPS://PAY.EXAMPLE/R/7C2VXT4H90K3", Ecc::M).and_then(|it| it.to_luma(6)).expect("drawn");
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let noise: Vec<u8> = (0..320 * 240).map(|_| noise()).collect();
    let noise = Luma::new(320, 240, noise).expect("a picture");
    let empty = Luma::new(64, 64, vec![255; 64 * 64]).expect("a picture");
    for picture in [&square, &noise, &empty] {
        assert_eq!(scan_others(picture), []);
    }
}
