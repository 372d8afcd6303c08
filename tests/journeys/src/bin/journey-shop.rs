//! A practice server on a real port with a shop and a neighbour in the app, for the test of the web pages: it asks for
//! money and says what the shop's app sees. A command a line on standard input, an answer of JSON a line.

use journeys::{Hand, Pocket, eventually};
use protocol::account::{EmailChange, ForgottenPassword, RecoverDevice};
use protocol::body::{Join, LatePolicy, NewDevice, OverPolicy, PartialPolicy, Policy, RequestState};
use protocol::device::PairDevice;
use protocol::way::WayKind;
use serde_json::{Value, json};
use server::config::Timings;
use server::embedded::{self, DatabaseKey, Embedded, Running};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;
use wallet::view::{NewRequestForm, OwnWay};
use wallet::{Clock, Credentials, Device, Internet, Network, NoProbe, Options, Remote, SystemClock, SystemRandom};

/// One day, milliseconds.
const DAY_MS: i64 = 86_400_000;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    // An answer that was lost stays lost for as long as the pictures of it take.
    let timings = Timings { ask_again_ms: vec![600_000], ..embedded::practice_timings() };
    let database = folder.path().join("server.sqlite");
    let practice = Embedded { timings, ..Embedded::practice(database, DatabaseKey::new([5; 32]), 0) };
    let running = embedded::start(practice).await.expect("the server starts");
    let shop = in_the_app(folder.path(), &running, "Tide & Crumb").await;
    let rosa = in_the_app(folder.path(), &running, "Rosa Vidal").await;
    let handle = shop.app.me().await.expect("me").person.handle;
    let neighbour = rosa.app.me().await.expect("me").person.handle;
    say(&json!({ "url": running.public_url(), "handle": handle }));
    let (said, mut lines) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if said.send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = lines.recv().await {
        let words: Vec<&str> = line.split('|').collect();
        let answer = match words.as_slice() {
            ["ask", amount, note] => ask(&shop, amount, note, None, &[]).await,
            ["ask-one", amount, note] => ask(&shop, amount, note, Some(neighbour.clone()), &[]).await,
            ["ask-ways", amount, note] => ask_with_ways(&shop, amount, note).await,
            ["received", id] => {
                shop.app.mark_received(id.parse().expect("an id"), Some(WayKind::Payto)).await.expect("said");
                json!({})
            }
            ["cancel", id] => {
                shop.app.cancel_request(id.parse().expect("an id")).await.expect("canceled");
                json!({})
            }
            ["paid", id] => paid(&shop, id.parse().expect("an id")).await,
            ["seen"] => seen(&shop).await,
            ["letters", who] => letters(folder.path(), &running, who).await,
            other => panic!("no such command: {other:?}"),
        };
        say(&answer);
    }
    shop.app.close().await;
    rosa.app.close().await;
    running.shutdown().await;
}

fn say(answer: &Value) {
    println!("{answer}");
    std::io::stdout().flush().expect("somebody listens");
}

async fn in_the_app(folder: &Path, running: &Running, name: &str) -> Hand {
    let hand = Hand::open(Options {
        folder: folder.join(name),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        secrets: Arc::new(Pocket::default()),
        network: Arc::new(Internet),
        probe: Arc::new(NoProbe),
        background: true,
    })
    .await;
    hand.app.join_practice(&running.public_url(), &running.token, name).await.expect("joined");
    hand
}

/// Asks for money: two weeks, parts and more are welcome, late money is not.
async fn ask(shop: &Hand, amount: &str, note: &str, payer_handle: Option<String>, ways: &[WayKind]) -> Value {
    let policy = Policy { partial: PartialPolicy::Accept, over: OverPolicy::Accept, late: LatePolicy::Refuse };
    let form = NewRequestForm {
        amount: Some(journeys::usd(amount)),
        note: note.to_owned(),
        payer_handle,
        expires_at_ms: Some(SystemClock.now_ms() + 14 * DAY_MS),
        single_use: true,
        policy,
        ways: ways.to_vec(),
    };
    let id = shop.app.new_request(form).await.expect("asked").id;
    json!({ "id": id, "path": format!("/r/{}", pay::short_id(id)) })
}

/// Asks with the codes of two other systems beside ours.
async fn ask_with_ways(shop: &Hand, amount: &str, note: &str) -> Value {
    for (kind, account) in
        [(WayKind::Payto, "DE33 1002 0500 0001 1947 00"), (WayKind::Bitcoin, "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH")]
    {
        let way = OwnWay { kind, account: account.into(), name: "Tide & Crumb".into(), address: String::new() };
        assert!(shop.app.set_way(way).await.expect("answered").problem.is_none(), "{kind:?} is refused");
    }
    ask(shop, amount, note, None, &[WayKind::Payto, WayKind::Bitcoin]).await
}

/// Somebody who forgets a password, loses a device and changes an address, all at once; gives the paths of the links in
/// the letters about it.
async fn letters(folder: &Path, running: &Running, who: &str) -> Value {
    let (password, language) = ("a long way to the harbor".to_owned(), "en".to_owned());
    let line = |device: &Device| {
        let transport = Internet.open(&running.public_url()).expect("a way");
        Remote::new(&running.public_url(), transport, Arc::new(SystemClock), Arc::new(SystemRandom))
            .with_practice_token(&running.token)
            .with_device(device.clone())
    };
    let (first, second) = (Device::make(&SystemClock, &SystemRandom), Device::make(&SystemClock, &SystemRandom));
    let named = |device: &Device, name: &str| NewDevice {
        id: device.id,
        public_key: device.public_key(),
        name: name.to_owned(),
    };
    let credentials = Credentials { name: who.to_owned(), password: password.clone().into() };
    let iris = line(&first).with_credentials(credentials);
    let join = Join {
        id: wallet::new_id(&SystemClock, &SystemRandom),
        display_name: "Iris Amat".into(),
        handle: who.to_owned(),
        email: format!("{who}@mail.example"),
        password: password.clone(),
        date_of_birth: "1990-02-03".into(),
        country: "US".into(),
        currency: "USD".into(),
        device: named(&first, "Desk"),
    };
    iris.join(&join).await.expect("joined");
    let ask = ForgottenPassword { name: who.to_owned(), language: language.clone() };
    iris.forgotten_password(&ask).await.expect("asked");
    let change = EmailChange {
        email: format!("{who}.amat@bakery.example"),
        password: password.clone(),
        language: language.clone(),
    };
    iris.change_email(&change).await.expect("asked");
    let laptop = line(&second);
    let pair = PairDevice {
        name: who.to_owned(),
        password: password.clone(),
        device: named(&second, "Laptop in the bakery office"),
    };
    laptop.pair_device(&pair).await.expect("asked");
    let recover = RecoverDevice { name: who.to_owned(), password, language };
    laptop.recover_device(second.id, &recover).await.expect("asked");
    let folder = folder.join("letters");
    json!({
        "password": link_about(&folder, &format!("asked for a new password for @{who}")).await,
        "let-in": link_about(&folder, &format!("asks for the account of @{who}")).await,
        "email": link_about(&folder, &format!("@{who} on {} wants", running.address)).await,
    })
}

/// The path of the link in the letter that holds `about`.
async fn link_about(folder: &Path, about: &str) -> String {
    eventually("the letter comes", || async {
        let texts =
            std::fs::read_dir(folder).ok()?.filter_map(|letter| std::fs::read_to_string(letter.ok()?.path()).ok());
        let text = texts.map(|text| text.replace("=\r\n", "")).find(|text| text.contains(about))?;
        let path = text.split_once("/m/")?.1.split_whitespace().next()?.to_owned();
        Some(format!("/m/{path}"))
    })
    .await
}

/// Waits until the shop's app shows the request paid.
async fn paid(shop: &Hand, id: Uuid) -> Value {
    shop.until_request(id, "the shop sees the request paid", |request| request.state == RequestState::Paid).await;
    let rows = eventually("the shop sees the payment", || async {
        let rows = shop.rows().await;
        rows.into_iter().find(|row| row.payment.request_id == Some(id))
    });
    let payment = rows.await.payment;
    json!({ "amount": payment.amount.value, "name": payment.payer.display_name, "guest": payment.payer.is_guest() })
}

/// Every payment the shop's app shows, newest first.
async fn seen(shop: &Hand) -> Value {
    shop.rows().await.into_iter().map(|row| json!([row.payment.amount.value, row.payment.payer.display_name])).collect()
}
