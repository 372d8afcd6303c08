//! A dinner in three parts: one is paid with the app, one in the browser, one is declined.

use crate::devices::second;
use axum::body::{Body, to_bytes};
use axum::http::{Request as Call, StatusCode, header};
use journeys::{World, assert_books_agree, eventually, usd};
use protocol::body::RequestState;
use protocol::group::GroupKind;
use tower::ServiceExt;
use uuid::Uuid;
use wallet::ErrorCode;
use wallet::view::{GroupDetail, PartForm, PartShare, SplitForm, SplitWay};

/// A page of the server with its address, as a browser without an account shows it.
struct Page {
    path: String,
    html: String,
}

async fn open(world: &World, call: Call<Body>, path: &str) -> Page {
    let (mut answer, mut path) = (world.router().oneshot(call).await.expect("answered"), path.to_owned());
    while answer.status() == StatusCode::SEE_OTHER {
        path = answer.headers()[header::LOCATION].to_str().expect("a place").to_owned();
        let next = Call::get(&path).body(Body::empty()).expect("a call");
        answer = world.router().oneshot(next).await.expect("answered");
    }
    let html = to_bytes(answer.into_body(), 1 << 20).await.expect("a page");
    Page { path, html: String::from_utf8(html.to_vec()).expect("text") }
}

/// As a browser writes it into a form.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Sends the form of a page with these fields beside its hidden ones.
async fn send(world: &World, page: &Page, fields: &[(&str, &str)]) -> Page {
    let form = page.html.split("<form").nth(1).unwrap_or_else(|| panic!("no form: {}", page.html));
    let form = form.split("</form>").next().expect("a form");
    let value = |tag: &str, name: &str| {
        tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
    };
    let opening = form.split('>').next().expect("a tag");
    let path = value(opening, " action").unwrap_or(page.path.clone());
    let hidden = form.split("<input").skip(1).filter(|tag| tag.contains("type=\"hidden\""));
    let kept = hidden.map(|tag| (value(tag, " name").expect("a name"), value(tag, " value").expect("a value")));
    let typed = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let pairs: Vec<String> = kept.chain(typed).map(|(name, value)| format!("{name}={}", encoded(&value))).collect();
    let call = Call::post(&path)
        .header("origin", &world.address)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(pairs.join("&")))
        .expect("a call");
    open(world, call, &path).await
}

async fn pay_as_guest(world: &World, request: Uuid, name: &str) {
    let path = format!("/r/{}", pay::short_id(request));
    let asks = open(world, Call::get(&path).body(Body::empty()).expect("a call"), &path).await;
    assert!(asks.html.contains("Dinner"), "{}", asks.html);
    let checkout = send(world, &asks, &[("method", "card"), ("name", name)]).await;
    let receipt = send(world, &checkout, &[("decision", "pay"), ("source", "sandbox_visa_debit")]).await;
    assert!(receipt.path.starts_with("/v/"), "{}: {}", receipt.path, receipt.html);
}

pub(crate) fn somebody(name: &str, handle: Option<&str>) -> PartForm {
    let share = PartShare { weight: 1, exact: None };
    PartForm { name: name.into(), handle: handle.map(str::to_owned), share }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dinner_is_split_by_three_and_who_paid_is_known_on_every_device() {
    let mut world = World::new(1).await;
    world.set_timings(|timings| timings.reminder_ms = 86_400_000);
    world.stop_server().await;
    world.start_server().await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let ben = world.hand("ben.bakes", "sandbox_mastercard_debit").await;
    let cleo = world.hand("cleo", "sandbox_visa_debit").await;
    let laptop = second(&world, &ana, "ana").await;
    let parts = vec![somebody("", Some("@ben.bakes")), somebody("Sam", None), somebody("", Some("cleo"))];
    let form = SplitForm { title: "Dinner".into(), total: usd("100.00"), way: SplitWay::Equal, own: None, parts };
    let id = ana.app.make_split(form).await.expect("split");
    let detail = eventually("everybody is asked", || async {
        let detail = ana.app.group(id).await.expect("kept");
        detail.parts.iter().all(|part| part.request.is_some()).then_some(detail)
    })
    .await;
    let amounts: Vec<_> = detail.parts.iter().filter_map(|part| part.amount.clone()).collect();
    assert_eq!(amounts, [usd("33.34"), usd("33.33"), usd("33.33")], "the cent is the first one's");
    let [bens, sams, cleos] = [0, 1, 2].map(|at: usize| detail.parts[at].request_id);

    let asked = ben.until_request(bens, "it arrives", |it| it.state == RequestState::Open).await;
    let group = asked.group.expect("he sees what it is a part of");
    assert_eq!(
        (group.id, group.kind, group.title.as_str(), group.total),
        (id, GroupKind::Split, "Dinner", usd("100.00"))
    );

    let reminded = ana.app.remind_group(id).await.expect("reminded");
    assert!(reminded.iter().all(|it| it.refused.is_none()) && reminded.len() == 2, "not the guest: {reminded:?}");
    let again = ana.app.remind_group(id).await.expect("asked");
    let too_soon = again.iter().all(|it| it.refused == Some(ErrorCode::TooMany) && it.retry_after_s > Some(80_000));
    assert!(too_soon && again.len() == 2, "{again:?}");
    ben.until_request(bens, "the reminder arrives", |it| it.reminded_at_ms.is_some()).await;

    cleo.until_request(cleos, "it arrives", |it| it.state == RequestState::Open).await;
    cleo.app.decline_request(cleos).await.expect("declined");
    ben.until_paid(ben.pay("ana", "33.34", Some(bens)).await.expect("confirmed")).await;
    pay_as_guest(&world, sams, "Sam at the door").await;

    let settled = |detail: &GroupDetail| detail.row.over && detail.row.collected == usd("66.67");
    let detail =
        eventually("the dinner is settled", || async { Some(ana.app.group(id).await.expect("kept")).filter(settled) })
            .await;
    assert_eq!((detail.row.paid_count, detail.row.count, detail.row.left.clone()), (2, 3, usd("0.00")));
    let names: Vec<&str> =
        detail.parts.iter().flat_map(|part| &part.payers).map(|it| it.person.display_name.as_str()).collect();
    assert_eq!(names, ["ben.bakes Example", "Sam at the door"]);
    let there =
        eventually("the laptop knows it too", || async { laptop.app.group(id).await.ok().filter(settled) }).await;
    assert_eq!(there.row, detail.row);
    assert!(there.parts.iter().all(|part| part.name.is_empty()), "typed names stay on one device");
    assert_books_agree(&world, &[&ana, &laptop, &ben, &cleo]).await;
}
