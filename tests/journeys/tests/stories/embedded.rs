//! The embedded practice server on a real port: who may speak to it, how fast news arrive, and what it leaves on disk.

use journeys::{Hand, Pocket, accepting, asking};
use protocol::body::RequestState;
use protocol::path::PRACTICE_TOKEN_HEADER;
use server::embedded::{DatabaseKey, Embedded, Running};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use town::{Pace, Town};
use wallet::{Clock, Event, Internet, NoProbe, Options, SystemClock, SystemRandom};

async fn practice_server(folder: &Path) -> Running {
    let embedded = Embedded::practice(folder.join("practice-server.sqlite"), DatabaseKey::new([5; 32]), 0);
    server::embedded::start(embedded).await.expect("the practice server starts")
}

fn quick_town(folder: &Path, running: &Running) -> town::Running {
    town::start(Town {
        server: running.public_url(),
        practice_token: running.token.clone(),
        network: Arc::new(Internet),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        pace: Pace { moment_ms: 60 },
        file: folder.join("town.json"),
    })
    .expect("the town starts")
}

async fn practising(folder: &Path, running: &Running, name: &str) -> Hand {
    let hand = Hand::open(Options {
        folder: folder.join("app"),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        secrets: Arc::new(Pocket::default()),
        network: Arc::new(Internet),
        probe: Arc::new(NoProbe),
        background: true,
    })
    .await;
    hand.app.join_practice(&running.public_url(), &running.token, name).await.expect("practice starts");
    hand
}

/// Status of a bare GET with these headers.
async fn status(running: &Running, path: &str, headers: &[(&str, &str)]) -> u16 {
    let mut socket = TcpStream::connect(running.address).await.expect("a connection");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let text = format!("GET {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n");
    socket.write_all(text.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("answered");
    assert!(!answer.to_lowercase().contains("access-control"), "no web page is let in");
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_practice_server_refuses_web_pages_and_strangers() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = practice_server(folder.path()).await;
    let host = running.address.to_string();
    let localhost = format!("localhost:{}", running.address.port());
    let (host, token) = (("Host", host.as_str()), (PRACTICE_TOKEN_HEADER, running.token.as_str()));
    for path in ["/v1/server", "/v1/handles/maya", "/openapi.json"] {
        assert_eq!(status(&running, path, &[host, token]).await, 200, "{path}: the app itself");
        assert_eq!(status(&running, path, &[host]).await, 403, "{path}: no token");
        assert_eq!(status(&running, path, &[host, (PRACTICE_TOKEN_HEADER, "guess")]).await, 403, "{path}: a guess");
        let origin = ("Origin", "https://evil.example");
        assert_eq!(status(&running, path, &[host, token, origin]).await, 403, "{path}: a page");
        assert_eq!(status(&running, path, &[host, token, ("Origin", "null")]).await, 403, "{path}: a hidden page");
        for foreign in ["evil.example", "evil.example:80", localhost.as_str()] {
            assert_eq!(status(&running, path, &[("Host", foreign), token]).await, 403, "{path}: {foreign}");
        }
    }
    running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_turns_paid_in_the_app_within_a_second_of_the_server_knowing() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = practice_server(folder.path()).await;
    let town = quick_town(folder.path(), &running);
    town.settled().await;
    let maya = practising(folder.path(), &running, "Maya Chen").await;
    for _ in 0..5 {
        let mut events = maya.app.events();
        let id = maya.app.new_request(asking(Some("rosa"), "1.00", accepting())).await.expect("asked").id;
        let late_ms = loop {
            let event = tokio::time::timeout(std::time::Duration::from_secs(60), events.next()).await.expect("in time");
            let seen_ms = SystemClock.now_ms();
            if event.expect("the app lives") != Event::Changed {
                continue;
            }
            let all = maya.app.requests().await.expect("requests");
            if let Some(paid) = all.iter().find(|r| r.id == id && r.state == RequestState::Paid) {
                break seen_ms - paid.updated_at_ms;
            }
        };
        assert!(late_ms < 1_000, "it took {late_ms} ms");
    }
    town.stop().await;
    running.shutdown().await;
}

/// Every file under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

/// Files that hold one of the words, in whatever case.
fn told(folder: &Path, words: &[&str]) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap_or_default().to_ascii_lowercase();
        words.iter().any(|word| bytes.windows(word.len()).any(|window| window == word.as_bytes()))
    };
    files(folder).into_iter().filter(holds).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_and_an_amount_are_in_no_byte_that_practice_leaves_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = Mutex::new(std::fs::File::create(folder.path().join("app.log")).expect("a log"));
    let logging = tracing_subscriber::fmt().with_env_filter("debug").with_writer(log).with_ansi(false).try_init();
    logging.expect("the only log of this program");
    let words = ["zebulon", "1234.56", "wisteria"];
    let running = practice_server(folder.path()).await;
    let town = quick_town(folder.path(), &running);
    town.settled().await;
    let maya = practising(folder.path(), &running, "Zebulon Quartzmann").await;
    let mut form = asking(Some("rosa"), "1234.56", accepting());
    form.note = "Wisteria for the garden".into();
    let id = maya.app.new_request(form).await.expect("asked").id;
    maya.until_request(id, "it is paid", |r| r.state == RequestState::Paid).await;
    let paid = maya.pay("harbor", "1234.56", None).await.expect("confirmed");
    maya.until_paid(paid).await;
    maya.app.set_private_note(paid, "wisteria again").await.expect("noted");

    let control = folder.path().join("control.txt");
    std::fs::write(&control, "Zebulon").expect("written");
    assert_eq!(told(folder.path(), &words), vec![control.clone()], "while everything is open");
    std::fs::remove_file(control).expect("removed");
    let names: Vec<String> = files(folder.path()).iter().map(|path| path.display().to_string()).collect();
    for part in ["book.sqlite", "practice-server.sqlite", "practice-server.sqlite.sandbox", "-wal", "app.log"] {
        assert!(names.iter().any(|name| name.ends_with(part)), "{part} is among {names:?}");
    }
    assert!(std::fs::metadata(folder.path().join("app.log")).expect("a log").len() > 1_000, "something was logged");
    town.stop().await;
    drop(maya);
    running.shutdown().await;
    assert_eq!(told(folder.path(), &words), Vec::<PathBuf>::new(), "after everything was closed");
}
