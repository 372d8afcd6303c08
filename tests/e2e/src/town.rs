//! The first steps every story in the window shares: practice, a card, a payee, a payment.

use crate::Desk;
use serde_json::json;
use std::path::PathBuf;

const TILE: &str = "[data-testid=";
/// A way to pay that is not the default one.
pub const OTHER_METHOD: &str = "label:has(> [data-testid=method]:not(:checked):not(:disabled))";

/// The element with this test id, for CSS.
pub fn id(name: &str) -> String {
    format!("{TILE}{name}]")
}

/// Welcome → Practice → name → home.
pub async fn practise(name: &str) -> Desk {
    let desk = Desk::start(name, &[]).await;
    desk.press(&id("practice-now")).await;
    desk.fill(&id("practice-name"), "Maya Quill").await;
    desk.press(&id("practice-start")).await;
    desk.find(&id("big-scan")).await;
    desk
}

/// Where the practice server of this desk is.
pub async fn server_url(desk: &Desk) -> String {
    let status = desk.invoke("status", json!({})).await;
    status["ok"]["current"]["server_url"].as_str().expect("a book is open").to_owned()
}

/// Saves a code with this text as a picture and gives its path.
pub fn picture_of(desk: &Desk, text: &str, name: &str) -> PathBuf {
    let drawing = qr::draw(text, qr::Ecc::M).expect("drawn and read back");
    let path = desk.camera_folder().with_file_name(name);
    std::fs::write(&path, drawing.to_png(8).expect("a PNG")).expect("picture saved");
    path
}

/// Types an amount on the pay sheet, presses Pay, and confirms in the second window.
pub async fn pay_amount(desk: &Desk, amount: Option<&str>) {
    desk.find(&id("pay-sheet")).await;
    if let Some(amount) = amount {
        desk.fill(&id("pay-amount-field"), amount).await;
    }
    desk.press(&id("pay-go")).await;
    desk.to_new_window().await;
    desk.find(&id("confirm-amount")).await;
    desk.picture("confirm").await;
    desk.press_last(&id("confirm-pay")).await;
    desk.to_only_window().await;
}

/// Adds a practice card that behaves so.
pub async fn add_card(desk: &Desk, behaviour: &str) {
    desk.press(&id("nav-funding")).await;
    desk.press(&id("source-new")).await;
    desk.press(&format!("[data-behaviour={behaviour}] [data-testid=offer-add]")).await;
    desk.find(&id("source")).await;
}

/// Send → handle → pay sheet.
pub async fn send_to(desk: &Desk, handle: &str) {
    desk.press(&id("nav-")).await;
    desk.press(&id("big-send")).await;
    desk.fill(&id("send-handle"), handle).await;
    desk.press(&id("send-find")).await;
}
