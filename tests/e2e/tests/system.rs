//! Where the window meets the system around it: notices, the browser, a dialog, a dropped file.

use e2e::Desk;
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
