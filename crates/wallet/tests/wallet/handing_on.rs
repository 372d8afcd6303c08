//! Codes handed on, and bills of other systems.

use protocol::Code;
use qr::payload::Scheme;
use qr::{Effort, picture, scan};
use wallet::view::*;
use wallet::*;

use crate::world::*;

const ADDRESS: &str = "bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4?amount=0.001&label=Caf%C3%A9";
const EPC: &str = "BCD\n002\n1\nSCT\n\nRot Kreuz\nDE89370400440532013000\nEUR12.50\n\n\nGift\n";

fn mine() -> ShareSubject {
    let options =
        CodeOptions { amount: None, note: String::new(), expires_at_ms: None, single_use: false, with_picture: false };
    ShareSubject::Mine { options }
}

fn words() -> ShareWords {
    ShareWords {
        language: "en".into(),
        headline: "Scan to pay".into(),
        foot: "Point a camera at the square.".into(),
        pay: "Pay <Ana> [x]".into(),
    }
}

#[tokio::test]
async fn a_signature_is_html_with_a_plain_twin_and_nothing_in_it_is_markup_of_a_name() {
    let world = World::new();
    let app = world.joined().await;
    let text = app.share_text(mine(), ShareForm::Signature, words()).await.expect("shared");
    let html = text.html.expect("html");
    assert!(html.contains("Pay &lt;Ana&gt; [x]") && !html.contains("<Ana>"), "{html}");
    assert!(html.contains("data:image/png;base64,") && html.contains(&format!("href=\"{SERVER}/@")));
    assert!(text.plain.contains(&format!("{SERVER}/@")) && !text.plain.contains("<a"), "{}", text.plain);
    let png = html.split("base64,").nth(1).and_then(|rest| rest.split('"').next()).expect("a picture");
    let png = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, png).expect("base64");
    let found = scan(&picture::decode(&png).expect("a picture"), Effort::Still);
    assert!(found[0].text.as_deref().is_some_and(|link| link.to_lowercase().starts_with(SERVER)));
}

#[tokio::test]
async fn a_markdown_link_keeps_its_brackets() {
    let world = World::new();
    let app = world.joined().await;
    let text = app.share_text(mine(), ShareForm::Markdown, words()).await.expect("shared");
    assert!(text.plain.starts_with("[Pay \\<Ana\\> \\[x\\]](<https://"), "{}", text.plain);
    assert_eq!(text.html, None);
}

#[tokio::test]
async fn every_file_of_the_own_code_is_made() {
    let world = World::new();
    let app = world.joined().await;
    for (file, start, ending) in [
        (ShareFile::Svg, "<svg", "svg"),
        (ShareFile::Png, "\u{89}PNG", "png"),
        (ShareFile::Poster, "%PDF", "pdf"),
        (ShareFile::Card, "%PDF", "pdf"),
        (ShareFile::Stickers, "%PDF", "pdf"),
        (ShareFile::Sticker, "%PDF", "pdf"),
    ] {
        let made = app.share_file(mine(), file, words()).await.expect("made");
        let first: String = made.bytes.iter().take(4).map(|&byte| byte as char).collect();
        assert_eq!((first.as_str(), made.ending, made.name_left_out), (start, ending, false), "{file:?}");
    }
    let (side, pixels) = app.share_picture(mine()).await.expect("a picture");
    assert_eq!(pixels.len(), side as usize * side as usize * 4);
}

#[tokio::test]
async fn several_codes_on_screens_are_all_found_each_once_with_a_small_picture() {
    let world = World::new();
    let app = world.joined().await;
    let screen = |texts: &[&str]| {
        let mut pixels = vec![200_u8; 1_600 * 700];
        for (n, text) in texts.iter().enumerate() {
            let code = qr::draw(text, qr::Ecc::M).and_then(|code| code.to_luma(4)).expect("drawn");
            for y in 0..code.height() {
                let start = (y as usize + 60) * 1_600 + 60 + n * 500;
                pixels[start..start + code.width() as usize].copy_from_slice(code.row(y));
            }
        }
        (1_600, 700, pixels)
    };
    let found = app.scan_screens(vec![screen(&["one", ADDRESS]), screen(&["one", EPC])]).await.expect("found");
    let kinds: Vec<_> = found.iter().map(|it| it.kind).collect();
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| **kind == FoundKind::Foreign).count(), 2);
    assert!(found.iter().all(|it| it.thumb.is_some()));
    let one = app.scan_screens(vec![screen(&["one"])]).await.expect("found");
    assert_eq!((one.len(), one[0].thumb.clone()), (1, None), "a single code needs no picture");
    assert_eq!(app.scan_screens(vec![screen(&[])]).await, Err(WalletError::NoCodeFound));
}

#[tokio::test]
async fn a_small_code_in_the_corner_of_a_large_screen_is_found_beside_a_large_one() {
    let world = World::new();
    let app = world.joined().await;
    let (width, height) = (3_840_usize, 2_160_usize);
    let mut pixels = vec![230_u8; width * height];
    let mut put = |text: &str, scale: u32, left: usize, top: usize| {
        let code = qr::draw(text, qr::Ecc::M).and_then(|code| code.to_luma(scale)).expect("drawn");
        for y in 0..code.height() {
            let start = (y as usize + top) * width + left;
            pixels[start..start + code.width() as usize].copy_from_slice(code.row(y));
        }
    };
    put("large", 12, 300, 300);
    put("small", 2, 3_700, 2_050);
    let found = app.scan_screens(vec![(3_840, 2_160, pixels)]).await.expect("found");
    let mut texts: Vec<_> = found.iter().map(|it| it.text.as_str()).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["large", "small"]);
    let small = found.iter().find(|it| it.text == "small").expect("found");
    assert!(small.corners.iter().all(|[x, y]| *x > 3_690 && *y > 2_040), "{:?}", small.corners);
}

#[tokio::test]
async fn a_bill_is_kept_once_marked_and_never_in_a_sum() {
    let world = World::new();
    let app = world.joined().await;
    let before = (app.home(0).await.expect("home"), app.totals(pay::Currency::from_code("USD").expect("USD")).await);
    let bill = app.save_bill(ADDRESS, "for the coffee").await.expect("kept");
    assert_eq!(
        (bill.state, bill.note.as_str(), bill.reading.scheme.as_str()),
        (BillState::ToPay, "for the coffee", "bip21")
    );
    assert_eq!(bill.handover.as_ref().map(|it| it.uri.as_str()), Some(ADDRESS));
    let again = app.save_bill(ADDRESS, "another note").await.expect("known");
    assert_eq!((again.id, again.note.as_str()), (bill.id, "for the coffee"));
    world.wait(1_000);
    app.mark_bill(bill.id, true).await.expect("marked");
    let spayd = "SPD*1.0*ACC:CZ5855000000001265098001*AM:480.50*CC:CZK*DT:20270115";
    app.save_bill(spayd, "").await.expect("kept");
    app.save_bill(EPC, "").await.expect("kept");
    let bills = app.bills().await.expect("bills");
    let shown: Vec<_> = bills.iter().map(|it| (it.reading.scheme.as_str(), it.state)).collect();
    use BillState::{MarkedPaid, ToPay};
    assert_eq!(shown, [("spayd", ToPay), ("epc", ToPay), ("bip21", MarkedPaid)], "due first, marked last");
    assert_eq!(bills[0].reading.due.as_deref(), Some("2027-01-15"));
    assert_eq!(bills[2].marked_at_ms, Some(bill.created_at_ms + 1_000));
    app.mark_bill(bill.id, false).await.expect("unmarked");
    app.set_bill_note(bill.id, "paid in cash").await.expect("noted");
    let bills = app.bills().await.expect("bills");
    let back = bills.iter().find(|it| it.id == bill.id).expect("there");
    assert_eq!((back.state, back.marked_at_ms, back.note.as_str()), (ToPay, None, "paid in cash"));
    let after = (app.home(0).await.expect("home"), app.totals(pay::Currency::from_code("USD").expect("USD")).await);
    assert_eq!(before, after, "no sum knows a bill");
    app.remove_bill(bill.id).await.expect("removed");
    assert_eq!(app.mark_bill(bill.id, true).await, Err(WalletError::Invalid(Code::NotFound)));
}

#[tokio::test]
async fn a_bill_keeps_the_lines_its_standard_counts() {
    let world = World::new();
    let app = world.joined().await;
    let hungarian = "HCT\n001\n1\nOTPVHUHB\nTeszt Elek\nHU16100320000605635300000000\nHUF1500\n20301231235959+2\n";
    let hungarian = format!("{hungarian}{}", "\n".repeat(9));
    let thai = "|099400016550100\r123456789012\r670429\r364922\r\n";
    for (text, scheme, amount) in [(hungarian.as_str(), "hu-mnb", "1500"), (thai, "thai-bot-barcode", "3649.22")] {
        let bill = app.save_bill(text, "").await.expect("kept");
        assert_eq!((bill.reading.scheme.as_str(), bill.reading.amount.as_deref()), (scheme, Some(amount)));
        let again = app.bills().await.expect("bills");
        assert!(again.iter().any(|it| it.id == bill.id && it.reading == bill.reading), "{scheme}");
    }
}

#[tokio::test]
async fn a_croatian_slip_is_read_from_its_picture_and_kept() {
    let world = World::new();
    let app = world.joined().await;
    let slip = include_bytes!("../../../qr/tests/kinds/pdf417.jpg").to_vec();
    let found = app.scan_bytes(slip).await.expect("read").remove(0);
    let reading = found.reading.expect("a code of another system");
    assert_eq!(
        (found.kind, reading.scheme, reading.amount.as_deref()),
        (FoundKind::Foreign, Scheme::HrHub3, Some("123.55"))
    );
    assert_eq!(reading.payee.name.as_deref(), Some("2DBK d.d."));
    let bill = app.save_bill(&found.text, "").await.expect("kept");
    assert_eq!(bill.reading.memo.as_deref(), Some("Troškovi za 1. mjesec"));
}

#[tokio::test]
async fn what_is_no_payment_or_carries_a_secret_is_not_kept() {
    let world = World::new();
    let app = world.joined().await;
    let slip = "004100060000010103014022000111222233344ABCD125102TH910417DF";
    let contact = "bank://contact?name=Ana&account=001194700&bnc=100205000";
    for text in [
        "hello",
        "https://example.org/",
        "https://pay.example/@ana",
        "WIFI:S:net;P:secret;;",
        "bitcoin:nonsense",
        slip,
        contact,
        "keyauth://pay.example/x?tag=login&k1=00",
        "lnurlw://pay.example/x",
    ] {
        assert_eq!(app.save_bill(text, "").await, Err(WalletError::Invalid(Code::Malformed)), "{text}");
    }
    assert!(app.bills().await.expect("bills").is_empty());
}
