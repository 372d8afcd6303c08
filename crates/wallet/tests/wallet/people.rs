//! The attacker's part: look-alikes, exchanged keys, taken-over handles; and keeping people away.

use std::collections::BTreeSet;

use protocol::Code;
use uuid::Uuid;
use wallet::view::*;
use wallet::*;

use crate::paying::{confirm, draft};
use crate::world::*;

async fn paid_once(world: &World, handle: &str) -> App {
    let app = world.joined().await;
    confirm(world, &app, handle, "1.00").await;
    app.sync_now().await.expect("synced");
    app
}

fn words_of(key: &str) -> String {
    fingerprint(key).0.join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payee_whose_key_changed_cannot_be_paid_before_the_new_words_are_typed() {
    let world = World::new();
    let app = paid_once(&world, "harbor").await;
    let old = world.server.state().people[0].public_key.clone();
    let new = person(66, "x", "X").public_key;
    world.server.state().people[0].public_key = new.clone();

    let facts = app.payee_facts("harbor").await.expect("facts");
    assert!(facts.key_changed);
    assert_eq!(facts.four_words.join(" "), words_of(&old), "the new words are not told by the app");
    assert_eq!(app.prepare_payment(draft("harbor", "1.00")).await.err(), Some(WalletError::KeyChanged));
    assert_eq!(app.confirm_view().await.err(), Some(WalletError::NothingToConfirm));

    let mut three: Vec<&str> = fingerprint(&new).0.to_vec();
    three.pop();
    for wrong in ["", &words_of(&old), &three.join(" "), "a b c d"] {
        assert_eq!(app.accept_new_key("harbor", wrong).await.err(), Some(WalletError::WrongWords), "{wrong}");
        assert_eq!(app.prepare_payment(draft("harbor", "1.00")).await.err(), Some(WalletError::KeyChanged));
    }
    let typed = format!("  {} ", words_of(&new).to_uppercase().replace(' ', " · "));
    app.accept_new_key("@Harbor", &typed).await.expect("the words are right");
    app.prepare_payment(draft("harbor", "1.00")).await.expect("prepared");
    let view = app.confirm_view().await.expect("view");
    assert!(!view.facts.key_changed && view.facts.four_words.join(" ") == words_of(&new));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_slips_in_through_the_feed_does_not_replace_the_one_that_was_paid() {
    let world = World::new();
    let app = paid_once(&world, "harbor").await;
    world.server.state().people[0].public_key = person(66, "x", "X").public_key;
    // Harbor pays us: the feed now carries the new key, and the app remembers people as the feed shows them.
    world.server.pay_us(900, 0, "2.00", "hello");
    app.sync_now().await.expect("synced");
    assert_eq!(app.prepare_payment(draft("harbor", "1.00")).await.err(), Some(WalletError::KeyChanged));
    let people = app.people().await.expect("people");
    assert_eq!((people[0].trust, people[0].person.handle.as_str()), (Trust::KeyChanged, "harbor"));
    let mark = app.set_words_compared(people[0].person.id, true).await;
    assert_eq!(mark.err(), Some(WalletError::KeyChanged), "a mark is no way around typing the words");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_that_went_to_another_account_is_a_changed_key_too() {
    let world = World::new();
    let app = paid_once(&world, "harbor").await;
    let thief = person(66, "harbor", "Harbor Bakery");
    world.server.state().people[0] = thief.clone();
    assert!(app.payee_facts("harbor").await.expect("facts").key_changed);
    assert_eq!(app.prepare_payment(draft("harbor", "1.00")).await.err(), Some(WalletError::KeyChanged));
    app.accept_new_key("harbor", &words_of(&thief.public_key)).await.expect("right words");
    app.prepare_payment(draft("harbor", "1.00")).await.expect("prepared");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_pinned_across_a_restart() {
    let world = World::new();
    drop(paid_once(&world, "harbor").await);
    world.server.state().people[0].public_key = person(66, "x", "X").public_key;
    let app = world.open().await.expect("opened");
    assert_eq!(app.prepare_payment(draft("harbor", "1.00")).await.err(), Some(WalletError::KeyChanged));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_under_the_name_of_somebody_paid_raises_the_alarm_until_the_words_are_compared() {
    let world = World::new();
    let app = paid_once(&world, "harbor").await;
    let thief = person(66, "quay.shop", "H\u{430}rbor Bakery");
    world.server.state().people.push(thief.clone());
    let facts = app.payee_facts("quay.shop").await.expect("facts");
    assert_eq!((facts.looks_like, facts.same_name_as.as_deref()), (None, Some("harbor")));
    // Paying once does not make the alarm go away; comparing words does.
    confirm(&world, &app, "quay.shop", "1.00").await;
    app.sync_now().await.expect("synced");
    assert!(app.payee_facts("quay.shop").await.expect("facts").same_name_as.is_some());
    app.set_words_compared(thief.id, true).await.expect("kept");
    assert_eq!(app.payee_facts("quay.shop").await.expect("facts").same_name_as, None);
    app.set_words_compared(thief.id, false).await.expect("kept");
    assert!(app.payee_facts("quay.shop").await.expect("facts").same_name_as.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_listed_with_counts_times_and_trust() {
    let world = World::new();
    let app = paid_once(&world, "harbor").await;
    world.wait(1_000);
    world.server.pay_us(900, 1, "2.00", "hello");
    world.wait(1_000);
    world.server.pay_us(901, 0, "2.00", "hello");
    app.sync_now().await.expect("synced");
    let people = app.people().await.expect("people");
    let said: Vec<_> =
        people.iter().map(|p| (p.person.handle.as_str(), p.paid_count, p.received_count, p.trust, p.blocked)).collect();
    assert_eq!(said, [("harbor", 1, 1, Trust::Paid, false), ("harbour", 0, 1, Trust::Unpaid, false)]);
    let (first, last) = (people[0].first_at_ms.expect("first"), people[0].last_at_ms.expect("last"));
    assert!(first < last && people[1].first_at_ms == people[1].last_at_ms);
    assert_eq!(people[0].four_words.join(" "), words_of(&people[0].person.public_key));
    let compared = app.set_words_compared(people[0].person.id, true).await.expect("kept");
    assert_eq!(compared[0].trust, Trust::WordsCompared);
}

#[tokio::test(flavor = "multi_thread")]
async fn blocking_is_the_servers_word_and_is_remembered_while_it_does_not_answer() {
    let world = World::new();
    let app = paid_once(&world, "harbor").await;
    let id = Uuid::from_u128(20);
    assert!(app.set_blocked(id, true).await.expect("blocked")[0].blocked);
    assert_eq!(world.server.state().blocked, [id]);
    world.server.fault("GET /v1/blocks", Fault::Offline);
    assert!(app.people().await.expect("people")[0].blocked, "offline it is still known");
    world.server.fault("PUT /v1/blocks", Fault::Offline);
    assert_eq!(app.set_blocked(Uuid::from_u128(21), true).await.err(), Some(WalletError::Offline));
    // Another device took it back.
    world.server.state().blocked.clear();
    assert!(!app.people().await.expect("people")[0].blocked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_goes_to_the_server_with_reason_and_words() {
    let world = World::new();
    let app = paid_once(&world, "harbor").await;
    let form = ReportForm {
        person_id: Uuid::from_u128(20),
        reason: protocol::safety::ReportReason::Scam,
        words: "sold nothing".into(),
    };
    for _ in 0..2 {
        app.report_person(form.clone()).await.expect("sent");
    }
    let reports = world.server.state().reports.clone();
    assert_eq!((&reports[0]["reason"], &reports[0]["words"]), (&"scam".into(), &"sold nothing".into()));
    let ids: BTreeSet<String> = reports.iter().map(|report| report["id"].to_string()).collect();
    assert_eq!(ids.len(), 2, "each report is one of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_unknown_can_be_marked() {
    let world = World::new();
    let app = world.joined().await;
    let mark = app.set_words_compared(Uuid::from_u128(4711), true).await;
    assert_eq!(mark.err(), Some(WalletError::Invalid(Code::NotFound)));
}
