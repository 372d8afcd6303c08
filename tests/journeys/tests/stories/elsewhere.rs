//! A request whose payer has another bank's app and not ours.

use journeys::{Weather, World, accepting, asking, assert_books_agree};
use protocol::Code;
use protocol::body::{Request, RequestState};
use protocol::way::WayKind;
use qr::payload::recognise_text;
use wallet::view::{NewRequestForm, OwnWay, PendingKind, WayCode};
use wallet::{ErrorCode, WalletError};

use crate::offline::cut_off;

fn account(kind: WayKind, account: &str, name: &str) -> OwnWay {
    OwnWay { kind, account: account.into(), name: name.into(), address: String::new() }
}

fn with(kinds: &[WayKind]) -> NewRequestForm {
    NewRequestForm { note: "Bread & butter".into(), ways: kinds.to_vec(), ..asking(None, "12.50", accepting()) }
}

fn code(error: &WalletError) -> ErrorCode {
    error.code()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_shows_the_codes_of_other_systems_and_is_over_when_its_money_came_by_one() {
    let world = World::new(71).await;
    let shop = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    for (way, field) in [
        (account(WayKind::Payto, "DE33 1002 0500 0001 1947 01", "Ben"), "iban"),
        (account(WayKind::Epc, "DE33 1002 0500 0001 1947 00", ""), "name"),
        (account(WayKind::SwissQrBill, "CH93 0076 2011 6238 5295 7", "Ben"), "address"),
    ] {
        let kind = way.kind;
        let problem = shop.app.set_way(way).await.expect("answered").problem;
        assert!(problem.is_some(), "{kind:?} was kept, against {field}");
    }
    assert!(shop.app.ways().await.expect("offers").iter().all(|offer| offer.own.is_none()), "nothing bad is kept");
    for way in [
        account(WayKind::Payto, "de33 1002 0500 0001 1947 00", "Ben Bakes"),
        account(WayKind::Bitcoin, "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "Ben Bakes"),
        account(WayKind::Epc, "DE33 1002 0500 0001 1947 00", "Ben Bakes"),
    ] {
        assert_eq!(shop.app.set_way(way).await.expect("kept").problem, None);
    }
    let other_currency = shop.app.new_request(with(&[WayKind::Epc])).await.expect_err("euros for dollars");
    assert_eq!(code(&other_currency), ErrorCode::Malformed);

    let request = shop.app.new_request(with(&[WayKind::Payto, WayKind::Bitcoin])).await.expect("asked");
    let codes: Vec<WayCode> = shop.app.request_ways(request.id).await.expect("drawn");
    let [payto, bitcoin] = &codes[..] else { panic!("{codes:?}") };
    let read = recognise_text(&payto.text).intent;
    assert_eq!(read.payee.account.as_deref(), Some("DE33100205000001194700"));
    assert_eq!(read.amount.map(|amount| (amount.text, amount.unit)), Some(("12.50".into(), Some("USD".into()))));
    assert!(read.memo.is_some_and(|memo| memo == format!("Bread & butter {}", pay::short_id(request.id))));
    assert!(bitcoin.reading.amount.is_none() && !bitcoin.names_amount, "dollars are no bitcoin");
    assert!(payto.svg.starts_with("<svg") || payto.svg.contains("<svg"), "drawn");

    let over = shop.app.mark_received(request.id, Some(WayKind::Payto)).await.expect("said");
    assert_eq!((over.state, over.paid.value.as_str()), (RequestState::Paid, "0.00"));
    assert_eq!(over.elsewhere.and_then(|elsewhere| elsewhere.way), Some(WayKind::Payto));
    let late = ana.pay("ben.bakes", "12.50", Some(request.id)).await.expect_err("nobody pays twice");
    assert_eq!(code(&late), ErrorCode::RequestPaid);
    let open = shop.app.mark_not_received(request.id).await.expect("unsaid");
    assert_eq!((open.state, open.elsewhere), (RequestState::Open, None));
    let id = ana.pay("ben.bakes", "12.50", Some(request.id)).await.expect("confirmed");
    ana.until_paid(id).await;
    shop.until_request(request.id, "paid", |request| request.state == RequestState::Paid).await;
    let refused = shop.app.mark_not_received(request.id).await.expect_err("this money did come");
    assert!(matches!(&refused, WalletError::Refused(problem) if problem.code == Code::WrongState), "{refused:?}");
    assert_books_agree(&world, &[&ana, &shop]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_without_a_line_waits_and_leaves_once() {
    let world = World::new(72).await;
    let shop = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let request = shop.app.new_request(with(&[])).await.expect("asked");
    shop.until_request(request.id, "the server has it", |request| request.version > 0).await;
    cut_off(&world, &shop).await;
    let kept: Request = shop.app.mark_received(request.id, None).await.expect("kept");
    assert_eq!(kept.state, RequestState::Open, "only the server's word ends it");
    let waiting = shop.app.pending().await.expect("pending");
    assert_eq!(waiting.iter().map(|row| row.kind).collect::<Vec<_>>(), [PendingKind::Received]);
    world.ether.set(Weather::CALM);
    let over = shop.until_request(request.id, "it went out", |request| request.state == RequestState::Paid).await;
    assert!(over.elsewhere.is_some_and(|elsewhere| elsewhere.way.is_none()), "in cash");
    let said = world.ether.heard().iter().filter(|heard| heard.path.ends_with("/received")).count();
    assert!(said >= 1);
    assert!(shop.app.pending().await.expect("pending").is_empty());
}
