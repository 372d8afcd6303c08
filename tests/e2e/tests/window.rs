//! The real window, driven as a person drives it: practice mode with its embedded server, town and ledger.
//! Each story has a screen, a bus, a home and an app of its own.

use e2e::town::{OTHER_METHOD, add_card, id, pay_amount, picture_of, practise, send_to, server_url};
use e2e::{Desk, OwnServer};
use serde_json::json;
use std::path::PathBuf;

#[tokio::test]
async fn a_first_run_asks_a_neighbour_and_is_paid() {
    let desk = practise("request-paid").await;
    desk.find(&id("practice-band")).await;
    desk.picture("home-empty").await;
    desk.press(&id("big-request")).await;
    desk.fill(&id("request-amount"), "12.50").await;
    desk.fill(&id("request-note"), "Two coffees, one tart").await;
    desk.press("label:has(> input[value=person])").await;
    desk.fill(&id("request-payer"), "rosa").await;
    desk.press(&id("request-make")).await;
    let link = desk.find(&id("request-link")).await.text().await.expect("the link is text");
    let code = desk.read_code().await;
    assert!(code.to_lowercase().ends_with(&link.replace(char::is_whitespace, "").to_lowercase()), "{code} is {link}");
    desk.picture("request-open").await;
    desk.press(&id("request-done")).await;
    desk.find("[data-testid=request-row][data-state=paid]").await;
    desk.picture("request-paid").await;
    desk.press(&id("nav-")).await;
    desk.see("$12.50").await;
    desk.picture("home-received").await;
}

#[tokio::test]
async fn a_picture_of_a_code_is_paid_and_in_the_activity() {
    let desk = practise("scan-paid").await;
    let link = format!("{}/@harbor/14.50-USD", server_url(&desk).await);
    let picture = picture_of(&desk, &link, "harbor.png");
    desk.press(&id("big-scan")).await;
    let input = desk.find(&id("scan-file")).await;
    input.send_keys(&picture.display().to_string()).await.expect("the file input takes a path");
    desk.see("Harbor Bakery").await;
    desk.picture("found").await;
    desk.press(&id("found-go")).await;
    desk.picture("pay").await;
    pay_amount(&desk, None).await;
    desk.find(&id("result-paid")).await;
    desk.picture("paid").await;
    desk.press(&id("result-done")).await;
    desk.press(&id("nav-activity")).await;
    desk.find(&id("activity-row")).await;
    desk.see("Harbor Bakery").await;
    desk.picture("activity").await;
}

#[tokio::test]
async fn the_camera_reads_a_code_and_lets_go_when_the_screen_closes() {
    let desk = practise("camera").await;
    let link = format!("{}/@harbor", server_url(&desk).await);
    let picture = picture_of(&desk, &link, "seen.png");
    std::fs::rename(&picture, desk.camera_folder().join("seen.png")).expect("the camera sees it");
    desk.press(&id("big-scan")).await;
    desk.see("Harbor Bakery").await;
    desk.picture("camera-found").await;
    desk.press(&id("nav-")).await;
    desk.find(&id("big-scan")).await;
}

#[tokio::test]
async fn a_declined_card_says_why_and_offers_another_way() {
    let desk = practise("declined").await;
    add_card(&desk, "declines").await;
    send_to(&desk, "harbor").await;
    desk.find(&id("pay-sheet")).await;
    desk.press(OTHER_METHOD).await;
    pay_amount(&desk, Some("9.00")).await;
    desk.find(&id("pay-other")).await;
    desk.see("$9.00").await;
    desk.picture("declined").await;
}

#[tokio::test]
async fn an_unknown_outcome_is_shown_as_unknown_and_resolves_by_asking() {
    let desk = practise("unknown").await;
    add_card(&desk, "times_out").await;
    send_to(&desk, "harbor").await;
    desk.find(&id("pay-sheet")).await;
    desk.press(OTHER_METHOD).await;
    pay_amount(&desk, Some("7.25")).await;
    desk.see("Do not pay again").await;
    desk.picture("unknown").await;
    desk.find(&id("result-paid")).await;
    desk.picture("resolved").await;
}

#[tokio::test]
async fn the_main_window_has_no_command_that_moves_money() {
    let desk = practise("no-money").await;
    for (command, arguments) in
        [("confirm_view", json!({})), ("confirm_pay", json!({ "pin": null })), ("confirm_cancel", json!({}))]
    {
        let answer = desk.invoke(command, arguments).await;
        let refusal = answer["error"].as_str().unwrap_or_default();
        assert!(refusal.contains("not allowed"), "{command} from the main window answered {answer}");
    }
    let activity =
        desk.invoke("activity", json!({ "query": { "filter": { "text": "" }, "before": null, "limit": 10 } })).await;
    assert_eq!(activity["ok"]["rows"].as_array().map(Vec::len), Some(0), "{activity}");
}

#[tokio::test]
async fn killed_and_started_again_the_book_is_where_it_was() {
    let desk = practise("restart").await;
    send_to(&desk, "harbor").await;
    pay_amount(&desk, Some("3.00")).await;
    desk.find(&id("result-paid")).await;
    let desk = desk.kill_and_start_again(&["--practice"]).await;
    desk.press(&id("nav-activity")).await;
    desk.find(&id("activity-row")).await;
    desk.see("$3.00").await;
}

#[tokio::test]
async fn joining_a_server_makes_a_key_and_says_why_one_cannot_send_yet() {
    let desk = Desk::start("join", &[]).await;
    let server = OwnServer::start(&desk.camera_folder().with_file_name("run"));
    desk.press(&id("join-server")).await;
    desk.fill(&id("join-address"), &server.address).await;
    desk.press(&id("join-look")).await;
    desk.fill(&id("join-name"), "Ana Núñez").await;
    desk.fill(&id("join-handle"), "supp0rt").await;
    desk.fill(&id("join-email"), "ana@mail.example").await;
    desk.fill(&id("join-password"), "correct horse battery").await;
    desk.fill_date(&id("join-birth"), "1990-05-17").await;
    desk.picture("form").await;
    desk.press(&id("join-open")).await;
    desk.find(&id("problem")).await;
    desk.picture("reserved").await;
    desk.fill(&id("join-handle"), "ana.nunez").await;
    desk.press(&id("join-open")).await;
    // This session bus has no keyring, so a real account asks for a passphrase.
    desk.fill(&id("join-passphrase"), "a long enough passphrase").await;
    desk.press(&id("join-open")).await;
    let key = desk.find(&id("recovery-key")).await.text().await.expect("a key to keep");
    assert!(key.chars().filter(char::is_ascii_alphanumeric).count() >= 26, "{key}");
    desk.find(&id("eligibility")).await;
    desk.picture("joined").await;
    desk.press(&id("recovery-kept")).await;
    desk.find(&id("big-scan")).await;
    assert_eq!(server_url(&desk).await, server.address);
}

#[tokio::test]
async fn with_a_keyring_no_passphrase_is_asked() {
    let desk = Desk::start_with_keyring("keyring").await;
    let server = OwnServer::start(&desk.camera_folder().with_file_name("run"));
    desk.press(&id("join-server")).await;
    desk.fill(&id("join-address"), &server.address).await;
    desk.press(&id("join-look")).await;
    desk.fill(&id("join-name"), "Ben Achterberg").await;
    desk.fill(&id("join-handle"), "ben.a").await;
    desk.fill(&id("join-email"), "ben@mail.example").await;
    desk.fill(&id("join-password"), "correct horse battery").await;
    desk.fill_date(&id("join-birth"), "1984-02-29").await;
    desk.press(&id("join-open")).await;
    desk.press(&id("recovery-kept")).await;
    desk.find(&id("big-scan")).await;
    let status = desk.invoke("status", json!({})).await;
    assert_eq!(status["ok"]["key_storage"], json!("keyring"), "{status}");
}

#[tokio::test]
async fn a_pin_gates_the_payment() {
    let desk = practise("pin").await;
    desk.press(&id("nav-settings")).await;
    desk.press(&id("pin-set")).await;
    desk.fill(&id("pin-new"), "271828").await;
    desk.fill(&id("pin-repeat"), "271828").await;
    desk.press(&id("pin-save")).await;
    desk.find(&id("nav-")).await;
    send_to(&desk, "harbor").await;
    desk.find(&id("pay-sheet")).await;
    desk.fill(&id("pay-amount-field"), "5.00").await;
    desk.press(&id("pay-go")).await;
    desk.to_new_window().await;
    // The field takes the focus when the payee has been shown long enough.
    desk.focused(&id("confirm-pin")).await;
    desk.fill(&id("confirm-pin"), "111111").await;
    desk.find(&id("problem")).await;
    desk.picture("wrong").await;
    desk.fill(&id("confirm-pin"), "271828").await;
    desk.to_only_window().await;
    desk.find(&id("result-paid")).await;
}

#[tokio::test]
async fn a_hostile_link_opens_nothing() {
    let desk = Desk::start("hostile-link", &["tessera://pay.example/@ana?next=https://evil.example"]).await;
    desk.find(&id("practice-now")).await;
    let place = desk.client.current_url().await.expect("an address");
    assert!(place.as_str().starts_with("tauri://"), "{place}");
    assert!(!desk.text().await.contains("evil.example"));
}

#[tokio::test]
async fn the_whole_app_speaks_spanish_when_asked() {
    let desk = practise("spanish").await;
    desk.press(&id("nav-settings")).await;
    desk.press("label:has(> input[value=es])").await;
    desk.see("Ajustes").await;
    desk.press(&id("nav-")).await;
    desk.see("Dinero de práctica").await;
    desk.picture("home").await;
}

/// Pictures of several codes, side by side in one file.
fn picture_of_several(desk: &Desk, texts: &[&str], name: &str) -> PathBuf {
    let codes: Vec<_> = texts.iter().map(|text| qr::draw(text, qr::Ecc::M).expect("drawn").to_luma(6)).collect();
    let codes: Vec<_> = codes.into_iter().map(|code| code.expect("painted")).collect();
    let (wide, high) = (codes.iter().map(|it| it.width() + 40).sum::<u32>(), codes.iter().map(|it| it.height()).max());
    let mut pixels = Vec::new();
    for y in 0..high.expect("a code") {
        for code in &codes {
            let row = code.row(y);
            pixels.extend(row.iter().copied().chain(std::iter::repeat(255)).take(code.width() as usize + 40));
        }
    }
    let path = desk.camera_folder().with_file_name(name);
    let mut file = format!("P5 {wide} {} 255\n", high.expect("a code")).into_bytes();
    file.extend(pixels);
    std::fs::write(&path, file).expect("picture saved");
    path
}

#[tokio::test]
async fn codes_in_another_window_are_found_on_the_screen_and_the_own_code_is_not() {
    let desk = practise("screen").await;
    let server = server_url(&desk).await;
    desk.press(&id("nav-code")).await;
    let own = desk.read_code().await;
    let nothing = desk.invoke("scan_screen", json!({})).await;
    assert_eq!(nothing["error"]["code"], "no_code_found", "the own window stepped aside: {own} {nothing}");
    desk.press(&id("nav-scan")).await;
    let beside = desk.show_beside(&picture_of_several(&desk, &[&format!("{server}/@harbor")], "one.pgm"));
    loop {
        desk.press(&id("scan-screen")).await;
        desk.find(&format!("{}, {}", id("found"), id("problem"))).await;
        // The other program may take its time to open its window.
        if desk.client.find(fantoccini::Locator::Css(&id("found"))).await.is_ok() {
            break;
        }
    }
    desk.find("[data-testid=found][data-kind=person]").await;
    desk.picture("found").await;
    drop(beside);
}

#[tokio::test]
async fn of_several_codes_on_the_screen_the_person_chooses() {
    let desk = practise("several").await;
    let server = server_url(&desk).await;
    desk.press(&id("nav-scan")).await;
    let harbor = format!("{server}/@harbor");
    let _beside = desk.show_beside(&picture_of_several(&desk, &[&harbor, "https://maples.example/menu"], "two.pgm"));
    loop {
        desk.press(&id("scan-screen")).await;
        desk.find(&format!("{}, {}", id("found-list"), id("problem"))).await;
        if desk.client.find(fantoccini::Locator::Css(&id("found-list"))).await.is_ok() {
            break;
        }
    }
    assert_eq!(desk.client.find_all(fantoccini::Locator::Css(&id("found-option"))).await.expect("options").len(), 2);
    desk.picture("list").await;
    desk.press(&id("found-option")).await;
    desk.find(&id("found")).await;
}

#[tokio::test]
async fn a_bitcoin_code_is_kept_as_a_bill_and_opened_only_by_a_press() {
    let uri = "bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4?amount=0.001";
    let desk = practise("bill").await;
    desk.press(&id("nav-scan")).await;
    desk.press(&id("scan-type")).await;
    desk.fill(&id("scan-text"), uri).await;
    desk.press(&id("scan-read")).await;
    desk.press(&id("found-keep")).await;
    desk.press(&id("found-handover")).await;
    desk.find(&id("handover-payload")).await;
    assert_eq!(desk.opened(), "", "shown, not opened");
    desk.picture("handover").await;
    desk.press(&id("handover-open")).await;
    desk.find(&id("handover-opened")).await;
    desk.told(Desk::opened, uri).await;
    assert_eq!(desk.opened().trim(), uri, "once, and exactly this");
    desk.client.active_element().await.expect("focus").send_keys("\u{e00c}").await.expect("Escape");
    desk.press(&id("found-bills")).await;
    desk.press(&id("bill-mark")).await;
    desk.see("Marked paid by you").await;
    desk.picture("marked").await;
}
