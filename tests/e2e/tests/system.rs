//! Where the window meets the system around it: notices, the tray, the session's lock, the browser, a dialog, a dropped
//! file.

use e2e::Desk;
use e2e::system::{Services, let_go};
use e2e::town::{OTHER_METHOD, add_card, id, pay_amount, picture_of, practise, send_to, server_url};
use serde_json::json;

#[tokio::test]
async fn arriving_money_is_told_to_the_systems_notices() {
    let desk = practise("notice").await;
    desk.press(&id("big-request")).await;
    desk.fill(&id("request-amount"), "12.50").await;
    desk.press("label:has(> input[value=person])").await;
    desk.fill(&id("request-payer"), "rosa").await;
    desk.press(&id("request-make")).await;
    desk.told(Desk::notices, "$12.50 from Rosa").await;
    assert!(desk.notices().contains("member=Notify"), "{}", desk.notices());
}

#[tokio::test]
async fn the_banks_page_opens_in_the_systems_browser_by_a_press_alone() {
    let desk = practise("bank-page").await;
    let server = server_url(&desk).await;
    add_card(&desk, "needs_action").await;
    send_to(&desk, "harbor").await;
    desk.find(&id("pay-sheet")).await;
    desk.press(OTHER_METHOD).await;
    pay_amount(&desk, Some("6.40")).await;
    desk.find(&id("open-bank")).await;
    assert_eq!(desk.opened(), "", "nothing opens by itself");
    desk.press(&id("open-bank")).await;
    desk.told(Desk::opened, &format!("{server}/sandbox/action/")).await;
    assert_eq!(desk.opened().lines().count(), 1, "{}", desk.opened());
}

#[tokio::test]
async fn the_own_code_is_saved_where_the_dialog_says_and_reads_back() {
    let desk = practise("save").await;
    desk.press(&id("nav-code")).await;
    let link = desk.read_code().await;
    let path = desk.camera_folder().with_file_name("mine.png");
    desk.press(&id("share")).await;
    desk.press(&id("share-png")).await;
    desk.save_as("Save File", &path).await;
    desk.see("mine.png").await;
    let saved = qr::picture::decode(&std::fs::read(&path).expect("saved")).expect("a picture");
    let texts: Vec<_> = qr::scan(&saved, qr::Effort::Still).into_iter().filter_map(|symbol| symbol.text).collect();
    assert_eq!(texts, [link]);
}

#[tokio::test]
async fn a_picture_dropped_on_the_window_is_read() {
    let desk = practise("dropped").await;
    let link = format!("{}/@harbor/14.50-USD", server_url(&desk).await);
    let picture = std::fs::read(picture_of(&desk, &link, "dropped.png")).expect("picture");
    desk.press(&id("big-scan")).await;
    desk.find(&id("scan-file")).await;
    let drop = "const [bytes] = arguments, transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], 'dropped.png', { type: 'image/png' }));
        document.querySelector('main .scan')
            .dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));";
    desk.client.execute(drop, vec![json!(picture)]).await.expect("dropped");
    desk.see("Harbor Bakery").await;
}

async fn asks_rosa(desk: &Desk, amount: &str) {
    desk.press(&id("nav-")).await;
    desk.press(&id("big-request")).await;
    desk.fill(&id("request-amount"), amount).await;
    desk.press("label:has(> input[value=person])").await;
    desk.fill(&id("request-payer"), "rosa").await;
    desk.press(&id("request-make")).await;
    desk.find(&id("request-done")).await;
}

async fn unlock(desk: &Desk) {
    desk.fill(&id("lock-pin"), "271828").await;
    desk.find(&id("big-scan")).await;
}

#[tokio::test]
async fn the_desktop_leads_to_its_places_and_locks_the_book_with_the_session() {
    let desk = practise("desktop").await;
    let services = Services::on(&desk.bus()).await;
    // A notice leads where it says, and nothing is paid by it.
    asks_rosa(&desk, "12.50").await;
    let (first, actions) = services.notice("$12.50 from Rosa").await;
    assert_eq!(actions, ["default", "Show", "show", "Show"]);
    services.press(first, "show").await;
    desk.at("/payment/").await;
    desk.see("$12.50").await;
    // The tray, on a desktop whose tray came later than the app.
    services.choose("Scan a code").await;
    desk.at("/scan").await;
    // A key of every app.
    let settings = desk.invoke("settings", json!({})).await;
    let mut settings = settings["ok"].clone();
    settings["desk"]["scan_everywhere"] = json!("Mod+Alt+S");
    settings["desk"]["keep_in_tray"] = json!(true);
    desk.invoke("set_settings", json!({ "settings": settings })).await;
    let around = desk.invoke("set_autostart", json!({ "on": true })).await;
    assert_eq!(around["ok"]["everywhere"], json!("on"), "{around}");
    assert_eq!((&around["ok"]["tray"], &around["ok"]["autostart"]), (&json!(true), &json!(true)), "{around}");
    assert!(desk.autostart().contains("--in-tray"), "{}", desk.autostart());
    desk.press(&id("nav-people")).await;
    desk.at("/people").await;
    desk.keys("ctrl+alt+s");
    desk.at("/scan").await;
    // Closed, it stays in the tray, and comes back from there.
    let visible = "return document.visibilityState";
    desk.close_window();
    desk.says(visible, "hidden").await;
    services.choose("New request").await;
    desk.says(visible, "visible").await;
    desk.at("/requests/new").await;
    // The session's lock is the book's; another's session is not.
    desk.invoke("set_pin", json!({ "old": null, "next": "271828" })).await;
    asks_rosa(&desk, "7.25").await;
    let (second, _) = services.notice("$7.25 from Rosa").await;
    services.lock("another").await;
    services.sleep(false).await;
    let held = services.inhibitor().await;
    assert_eq!(desk.invoke("status", json!({})).await["ok"]["locked"], json!(false), "not by somebody else's session");
    services.lock("mine").await;
    desk.find(&id("lock-pin")).await;
    services.withdrawn(second).await;
    unlock(&desk).await;
    services.sleep(true).await;
    desk.find(&id("lock-pin")).await;
    let_go(held).await;
    unlock(&desk).await;
    // A finger opens it once that was chosen; a wrong one does not.
    let choices = desk.invoke("lock_choices", json!({})).await;
    let mut choices = choices["ok"].clone();
    choices["by_finger"] = json!(true);
    let chosen = desk.invoke("set_lock_choices", json!({ "choices": choices, "pin": "271828" })).await;
    assert_eq!(chosen["ok"]["by_finger"], json!(true), "{chosen}");
    services.lock("mine").await;
    desk.find(&id("lock-finger")).await;
    services.lay_finger(false).await;
    desk.press(&id("lock-finger-again")).await;
    services.lay_finger(true).await;
    desk.find(&id("big-scan")).await;
    assert!(desk.databases().contains("book.sqlite-wal"), "a book is open: {}", desk.databases());
    services.choose("Quit").await;
    desk.told(Desk::window_state, "\"width\": 1280").await;
    desk.told(Desk::databases, "all closed").await;
}
