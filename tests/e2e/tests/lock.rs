//! The lock in the real window: every command of the window is called while it is locked.

#![recursion_limit = "256"]

use e2e::Desk;
use serde_json::{Value, json};

#[path = "../../../src-tauri/src/commands/names.rs"]
mod names;

/// What is answered while locked: the lock itself, the look of the app, and what says nothing of the book.
const ANSWERED: &[&str] = &[
    "status",
    "settings",
    "set_settings",
    "unlock_with_pin",
    "unlock_with_finger",
    "unlock_with_passphrase",
    "restore_with_recovery_key",
    "report_input",
    "copy_text",
    "notify",
    "show_tray",
    "close_camera",
];
/// Only the confirmation window has these.
const MONEY: &[&str] = &["confirm_view", "confirm_pay", "confirm_cancel"];

const PIN: &str = "271828";

fn id(name: &str) -> String {
    format!("[data-testid={name}]")
}

/// Arguments that every command can be called with; a new one whose arguments are not here says so by failing.
fn arguments() -> Value {
    let some = "01935a3c-7d10-7001-8a1b-4e2d00000001";
    let amount = json!({ "value": "1.00", "currency": "USD" });
    let nothing = json!({
        "text": "", "person": null, "direction": null, "stage": null, "source_id": null, "last_days": null,
        "from_ms": null, "until_ms": null, "min": null, "max": null,
    });
    json!({
        "id": some, "paymentId": some, "payeeId": some, "requestId": null, "asked": null, "displayName": "Maya", "picture": null,
        "address": "pay.example", "handle": "harbor", "amount": amount, "token": "visa", "label": "", "path": "/nowhere",
        "text": "x", "title": "x", "body": "x", "old": null, "next": null, "pin": "000000", "passphrase": "x", "password": "x", "key": "x", "language": "en",
        "email": "m@mail.example",
        "format": "svg", "channel": "__CHANNEL__:1",
        "options": { "amount": null, "note": "", "expires_at_ms": null, "single_use": false, "with_picture": false },
        "query": { "filter": nothing, "before": null, "limit": 10 }, "filter": nothing,
        "search": { "text": "", "before": null, "limit": 10 },
        "view": { "name": "x", "filter": nothing }, "name": "x", "note": "x", "paid": true, "blocked": true,
        "compared": true, "personId": some, "fourWords": "a b c d", "deviceId": some, "publicKey": "x", "file": "svg",
        "subject": { "kind": "request", "id": some },
        "words": {
            "language": "en", "headline": "x", "foot": "x", "pay": "x",
            "tip": "x", "unread": false, "show": "x", "scan": "x", "request": "x", "lock": "x", "can_lock": false, "quit": "x",
        },
        "on": false, "way": null, "kind": "epc",
        "own": { "kind": "epc", "account": "DE33100205000001194700", "name": "x", "address": "" },
        "notice": { "title": "x", "body": "x", "covered": "x", "show": "x", "place": { "kind": "requests" } },
        "settings": {
            "language": "system", "theme": "system", "sound": true, "aim_sound": false, "camera_id": null, "ask_me": "anyone", "order_life": "day",
            "desk": { "keys": [], "single_keys": true, "scan_everywhere": null, "keep_in_tray": false },
            "hold": { "scanned_s": 0, "typed_s": 10, "first_or_large_s": 30, "large": "200" },
        },
        "split": { "title": "x", "total": amount, "way": "equal", "own": null, "parts": [] },
        "collect": { "title": "x", "goal": amount, "each": null, "expires_at_ms": null },
        "schedule": {
            "kind": "request", "handle": null, "amount": amount, "note": "", "from": "2026-12-01", "at": "09:00",
            "zone": "UTC", "repeat": "month", "weeks": 1, "month_day": 1, "until": null, "times": null,
        },
        "replaces": null, "act": "pause", "answer": "skip", "due": { "schedule_id": some, "number": 0 },
        "choices": { "after": "hour", "at_start": true, "send_while_locked": false, "pin_for": "every_payment" },
        "draft": { "payee_handle": "harbor", "amount": amount, "source_id": some, "request_id": null, "note": "" },
        "form": {
            "address": "pay.example", "display_name": "Maya", "handle": "maya", "email": "m@mail.example",
            "password": "correct horse battery", "date_of_birth": "1990-05-17", "country": "US", "currency": "USD",
            "name": "maya", "device_name": "x", "person_id": some, "reason": "scam", "words": "x",
            "passphrase": null, "amount": null, "note": "", "payer_handle": null, "expires_at_ms": null, "single_use": false,
            "policy": { "partial": "refuse", "over": "refuse", "late": "refuse" }, "ways": [],
        },
    })
}

#[tokio::test]
async fn locked_no_command_of_the_window_says_anything_of_the_book_and_the_pin_opens_it_again() {
    let desk = Desk::start("lock", &[]).await;
    desk.press(&id("practice-now")).await;
    desk.fill(&id("practice-name"), "Maya Quill").await;
    desk.press(&id("practice-start")).await;
    desk.press(&id("nav-settings")).await;
    desk.press(&id("pin-set")).await;
    desk.fill(&id("pin-new"), PIN).await;
    desk.fill(&id("pin-repeat"), PIN).await;
    desk.press(&id("pin-save")).await;
    desk.find(&id("lock-now")).await;
    desk.picture("settings").await;
    let handle = desk.invoke("status", json!({})).await["ok"]["current"]["handle"].as_str().expect("open").to_owned();
    desk.press(&id("lock-now")).await;
    desk.find(&id("lock-pin")).await;
    desk.picture("locked").await;
    for command in names::ALL {
        let mut arguments = arguments();
        if *command == "scan_image" {
            arguments["picture"] = json!("");
        } else if *command == "copy_shared" {
            arguments["form"] = json!("link");
        } else if *command == "export_activity" {
            arguments["format"] = json!("csv");
        }
        let answer = desk.invoke(command, arguments).await;
        let said = answer.to_string();
        assert!(!said.contains("Maya Quill") && !said.contains(&handle), "{command} named the book: {said}");
        if MONEY.contains(command) {
            assert!(said.contains("not allowed"), "{command}: {said}");
        } else if !ANSWERED.contains(command) {
            assert_eq!(answer["error"]["code"], json!("locked"), "{command}: {said}");
        }
    }
    assert_eq!(desk.invoke("status", json!({})).await["ok"]["locked"], json!(true));
    // The loop above gave one wrong PIN; this is the second.
    desk.fill(&id("lock-pin"), "111111").await;
    desk.see("That is not the PIN").await;
    desk.picture("wrong").await;
    desk.fill(&id("lock-pin"), PIN).await;
    desk.find(&id("big-scan")).await;
    let status = desk.invoke("status", json!({})).await;
    assert_eq!(status["ok"]["current"]["handle"], json!(handle), "{status}");
    // Practice is there again, with its server.
    desk.press(&id("big-send")).await;
    desk.fill(&id("send-handle"), "harbor").await;
    desk.press(&id("send-find")).await;
    desk.find(&id("pay-sheet")).await;
}

#[tokio::test]
async fn started_again_it_is_locked_and_the_keyboard_alone_opens_and_locks_it() {
    let desk = Desk::start("lock-start", &[]).await;
    desk.press(&id("practice-now")).await;
    desk.fill(&id("practice-name"), "Maya Quill").await;
    desk.press(&id("practice-start")).await;
    desk.find(&id("big-scan")).await;
    let set = desk.invoke("set_pin", json!({ "old": null, "next": PIN })).await;
    assert_eq!(set["ok"], Value::Null, "{set}");
    let desk = desk.kill_and_start_again(&["--practice"]).await;
    desk.focused(&id("lock-pin")).await;
    desk.find(&id("lock-pin")).await.send_keys(PIN).await.expect("digits");
    desk.find(&id("big-scan")).await;
    let body = desk.find("body").await;
    body.send_keys("\u{e009}l").await.expect("Ctrl L");
    desk.find(&id("lock-pin")).await;
}
