//! A bill in parts: one request for each, stored at once, sent under the ids they keep.

use pay::Money;
use protocol::Code;
use protocol::body::{NewRequest, Request, RequestState, Subject};
use protocol::group::GroupKind;
use uuid::Uuid;
use wallet::view::*;
use wallet::*;

use crate::world::*;

fn one() -> PartShare {
    PartShare { weight: 1, exact: None }
}

fn somebody(name: &str, handle: Option<&str>) -> PartForm {
    PartForm { name: name.into(), handle: handle.map(str::to_owned), share: one() }
}

fn dinner() -> SplitForm {
    SplitForm {
        title: "Dinner".into(),
        total: usd("100.00"),
        way: SplitWay::Equal,
        own: Some(one()),
        parts: vec![somebody("", Some("@Harbor")), somebody("Samuel", None)],
    }
}

fn values(parts: &[PreviewedPart]) -> Vec<(String, bool)> {
    parts.iter().map(|part| (part.amount.clone().expect("an amount").value, part.rounded_up)).collect()
}

/// What the server was sent, oldest first.
fn asked(world: &World) -> Vec<Request> {
    world.server.state().requests.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cent_that_is_left_over_falls_on_whoever_asks() {
    let world = World::new();
    let app = world.joined().await;
    let preview = app.preview_split(dinner()).await.expect("divided");
    assert_eq!(values(&preview.own.into_iter().collect::<Vec<_>>()), [("33.34".to_owned(), true)]);
    assert_eq!(values(&preview.parts), [("33.33".to_owned(), false), ("33.33".to_owned(), false)]);
    assert_eq!((preview.asked, preview.left, preview.over), (usd("66.66"), None, None));
    let mut shares = SplitForm { way: SplitWay::Shares, own: None, ..dinner() };
    shares.parts[0].share.weight = 2;
    let preview = app.preview_split(shares).await.expect("divided");
    assert_eq!(values(&preview.parts), [("66.67".to_owned(), true), ("33.33".to_owned(), false)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_that_do_not_add_up_are_shown_and_never_sent() {
    let world = World::new();
    let app = world.joined().await;
    let mut form = SplitForm { way: SplitWay::Exact, own: None, ..dinner() };
    form.parts[0].share.exact = Some(usd("60.00"));
    let preview = app.preview_split(form.clone()).await.expect("looked at");
    assert_eq!((preview.left, preview.over), (Some(usd("40.00")), None));
    form.parts[1].share.exact = Some(usd("40.01"));
    let preview = app.preview_split(form.clone()).await.expect("looked at");
    assert_eq!((preview.left, preview.over), (None, Some(usd("0.01"))));
    for (wrong, code) in [
        (form, ErrorCode::AmountInvalid),
        (SplitForm { parts: vec![], ..dinner() }, ErrorCode::Malformed),
        (SplitForm { title: " ".into(), ..dinner() }, ErrorCode::Malformed),
        (SplitForm { parts: vec![somebody("", None)], ..dinner() }, ErrorCode::Malformed),
        (
            SplitForm { parts: vec![somebody("", Some("harbor")), somebody("", Some("@harbor"))], ..dinner() },
            ErrorCode::Malformed,
        ),
        (SplitForm { parts: vec![somebody("", Some("zoraida"))], ..dinner() }, ErrorCode::SelfPayment),
        (SplitForm { total: usd("0.01"), ..dinner() }, ErrorCode::AmountInvalid),
    ] {
        assert_eq!(app.make_split(wrong).await.expect_err("refused").code(), code);
    }
    assert!(asked(&world).is_empty());
    assert!(app.groups().await.expect("groups").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_cut_off_half_way_goes_on_after_a_crash_under_the_same_ids() {
    let world = World::new();
    let app = world.joined().await;
    // The first arrives and its answer is lost; then the line is gone.
    world.server.fault("POST /v1/requests", Fault::AnswerLost);
    world.server.fault("POST /v1/requests", Fault::Offline);
    let id = app.make_split(dinner()).await.expect("stored");
    let _ = app.sync_now().await;
    assert_eq!(asked(&world).len(), 1);
    let detail = app.group(id).await.expect("kept");
    assert!(detail.parts.iter().all(|part| part.request.is_none() && part.refused.is_none()), "nobody knows yet");
    assert_eq!((detail.row.asked, detail.row.left, detail.row.over), (usd("66.66"), usd("66.66"), false));
    let ids: Vec<Uuid> = detail.parts.iter().map(|part| part.request_id).collect();
    app.close().await;
    drop(app);
    let app = world.open().await.expect("opened again");
    app.sync_now().await.expect("sent");
    app.sync_now().await.expect("nothing more");
    let sent: Vec<Uuid> = asked(&world).iter().map(|request| request.id).collect();
    assert_eq!(sent.iter().collect::<std::collections::BTreeSet<_>>(), ids.iter().collect());
    let posts = world.server.state().seen.iter().filter(|call| call.starts_with("POST /v1/requests")).count();
    assert_eq!(posts, 4, "two that were cut off, and the same two again");
    let detail = app.group(id).await.expect("sent");
    assert_eq!(
        detail.parts.iter().map(|part| part.request_id).collect::<Vec<_>>(),
        ids,
        "in the order they were typed"
    );
    assert!(detail.parts.iter().all(|part| part.request.is_some()));
    assert_eq!((detail.parts[0].handle.as_deref(), detail.parts[1].name.as_str()), (Some("harbor"), "Samuel"));
    let group = detail.row.group;
    assert_eq!(
        (group.kind, group.title.as_str(), group.total, group.own),
        (GroupKind::Split, "Dinner", usd("100.00"), usd("33.34"))
    );
    assert!(!serde_json::to_string(&asked(&world)).expect("json").contains("Samuel"), "a typed name stays here");
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_that_wait_are_told_keep_one_signed_in_and_can_be_taken_back() {
    let world = World::new();
    let app = world.joined().await;
    let id = app.make_split(dinner()).await.expect("stored");
    let waiting = app.pending().await.expect("told");
    let told: Vec<_> = waiting.iter().map(|row| (row.kind, row.state, row.amount.clone(), row.can_take_back)).collect();
    let part = (PendingKind::NewRequest, PendingState::Waiting, Some(usd("33.33")), true);
    assert_eq!(told, [part.clone(), part]);
    assert_eq!(waiting[0].who.as_ref().map(|who| who.handle.as_str()), Some("harbor"));
    assert_eq!(app.sign_out().await.expect("refused with a list"), waiting);
    assert_eq!(app.take_back(waiting[1].id).await.expect("taken back").len(), 1);
    app.sync_now().await.expect("sent");
    assert_eq!(asked(&world).iter().map(|it| it.id).collect::<Vec<_>>(), [waiting[0].id]);
    assert_eq!(app.take_back(waiting[0].id).await.expect_err("too late").code(), ErrorCode::WrongState);
    assert_eq!((app.pending().await.expect("none").len(), app.group(id).await.expect("kept").parts.len()), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_refuses_is_said_and_the_others_are_asked() {
    let world = World::new();
    let app = world.joined().await;
    let refusal = serde_json::to_vec(&protocol::Problem::from(Code::CannotBeAsked)).expect("json");
    let status = Code::CannotBeAsked.status();
    world.server.fault("POST /v1/requests", Fault::Answer(status, refusal));
    let id = app.make_split(dinner()).await.expect("stored");
    app.sync_now().await.expect("sent");
    let parts = app.group(id).await.expect("kept").parts;
    let refused: Vec<_> = parts.iter().map(|part| part.refused).collect();
    assert_eq!(refused, [Some(ErrorCode::CannotBeAsked), None]);
    assert_eq!(app.groups().await.expect("groups")[0].left, usd("33.33"), "nobody waits for the refused one");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_paid_is_known_and_the_sums_are_the_books_own() {
    let world = World::new();
    let app = world.joined().await;
    let id = app.make_split(dinner()).await.expect("stored");
    app.sync_now().await.expect("sent");
    let mut request = asked(&world).iter().find(|it| it.group.is_some()).expect("asked").clone();
    (request.state, request.paid, request.version) = (RequestState::Paid, usd("33.33"), 2);
    world.server.publish(&Subject::Request(request.clone()));
    world.server.pay_us(900, 0, "33.33", "");
    let body = world
        .server
        .state()
        .feed
        .pop()
        .expect("a change")
        .body
        .replace("\"request_id\":null", &format!("\"request_id\":\"{}\"", request.id));
    world.server.publish_text(body);
    app.sync_now().await.expect("synced");
    let detail = app.group(id).await.expect("kept");
    assert_eq!((detail.row.collected, detail.row.left, detail.row.percent), (usd("33.33"), usd("33.33"), 50));
    assert_eq!((detail.row.paid_count, detail.row.count, detail.row.over), (1, 2, false));
    let paid = detail.parts.iter().find(|part| part.request_id == request.id).expect("the part");
    assert_eq!((paid.payers.len(), paid.payers[0].person.handle.as_str()), (1, "harbor"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_is_one_open_request_and_says_how_far_it_is() {
    let world = World::new();
    let app = world.joined().await;
    let form = CollectForm { title: "A gift for Ana".into(), goal: usd("300.00"), each: None, expires_at_ms: None };
    let id = app.start_collection(form.clone()).await.expect("started");
    let mut request = asked(&world).remove(0);
    assert_eq!((request.single_use, request.amount.clone(), request.payer.is_none()), (false, None, true));
    (request.paid, request.version) = (usd("99.99"), 2);
    world.server.publish(&Subject::Request(request.clone()));
    app.sync_now().await.expect("synced");
    let row = app.group(id).await.expect("kept").row;
    assert_eq!((row.collected, row.left, row.percent, row.over), (usd("99.99"), usd("200.01"), 33, false));
    (request.paid, request.version) = (usd("310.00"), 3);
    world.server.publish(&Subject::Request(request));
    app.sync_now().await.expect("synced");
    let row = app.group(id).await.expect("kept").row;
    assert_eq!((row.collected, row.left, row.percent), (usd("310.00"), usd("0.00"), 100));
    let euro = CollectForm { goal: protocol::body::Amount { value: "3.00".into(), currency: "EUR".into() }, ..form };
    assert_eq!(app.start_collection(euro).await.expect_err("refused").code(), ErrorCode::AmountInvalid);
}

#[test]
fn a_request_that_stands_alone_is_the_same_bytes_as_before_there_were_groups() {
    let amount = Some(Money::zero(pay::Currency::USD).into());
    let policy = protocol::body::Policy {
        partial: protocol::body::PartialPolicy::Accept,
        over: protocol::body::OverPolicy::Accept,
        late: protocol::body::LatePolicy::Accept,
    };
    let alone = NewRequest {
        id: Uuid::nil(),
        amount,
        note: String::new(),
        payer_handle: None,
        expires_at_ms: None,
        single_use: true,
        policy,
        group: None,
        ways: Vec::new(),
    };
    assert!(!serde_json::to_string(&alone).expect("json").contains("group"));
}
