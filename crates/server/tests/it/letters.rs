//! Letters: what is in them, and how they leave by SMTP, here to a small relay inside the test.

use crate::app::TestApp;
use crate::relay::{FakeRelay, Issuer, Line};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use server::config::{Config, Mail, MailSecurity};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A letter as its reader sees it.
#[derive(Debug, Clone)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
}

impl Letter {
    pub fn read(mail: &str) -> Letter {
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        let head = head.replace("\r\n ", " ");
        let field = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.unwrap_or_default().to_owned()
        };
        let bytes = match field("Content-Transfer-Encoding").as_str() {
            "base64" => STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap(),
            "quoted-printable" => unquoted(body),
            _ => body.as_bytes().to_vec(),
        };
        Letter { to: field("To"), subject: field("Subject"), text: String::from_utf8(bytes).unwrap() }
    }

    /// The path of the link in it.
    pub fn link(&self) -> String {
        let at = self.text.find("https://pay.example/m/").unwrap_or_else(|| panic!("no link: {}", self.text));
        self.text[at + "https://pay.example".len()..].split_whitespace().next().unwrap().to_owned()
    }
}

fn unquoted(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'=' && after.len() >= 2 {
            let hex = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    bytes
}

impl TestApp {
    /// Every letter so far to this address, oldest first.
    pub fn letters_to(&self, address: &str) -> Vec<Letter> {
        let Ok(files) = std::fs::read_dir(self.folder().join("letters")) else { return Vec::new() };
        let mut paths: Vec<_> = files
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "eml"))
            .collect();
        paths.sort_by_key(|path| std::fs::metadata(path).unwrap().modified().unwrap());
        let letters = paths.iter().map(|path| Letter::read(&std::fs::read_to_string(path).unwrap()));
        letters.filter(|letter| letter.to == address).collect()
    }

    /// The newest letter to this address, once it is the `count`th.
    pub async fn letter_to(&self, address: &str, count: usize) -> Letter {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let letters = self.letters_to(address);
            if letters.len() >= count {
                assert_eq!(letters.len(), count, "{letters:#?}");
                return letters.last().unwrap().clone();
            }
            assert!(Instant::now() < until, "only {letters:#?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn a_letter_was_put_off(&self) {
        let until = Instant::now() + Duration::from_secs(10);
        while self.number("SELECT COUNT(*) FROM letter WHERE attempts = 1").await == 0 {
            assert!(Instant::now() < until, "it was never tried");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Every letter has left, or was given up.
    pub async fn no_letter_waits(&self) {
        self.until_none("SELECT COUNT(*) FROM letter", "a letter stays").await;
    }

    /// Waits until nothing is counted any more.
    async fn until_none(&self, sql: &'static str, what: &str) {
        let until = Instant::now() + Duration::from_secs(10);
        while self.number(sql).await > 0 {
            assert!(Instant::now() < until, "{what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn with_relay(answers: &[&'static str], security: MailSecurity) -> (TestApp, FakeRelay) {
    let relay = FakeRelay::start(answers, Line::Plain).await;
    let config = relay.config("127.0.0.1", security);
    (TestApp::sqlite().await.restart_with(config).await, relay)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_leaves_by_smtp_once_and_nothing_of_it_stays() {
    let (app, relay) = with_relay(&[], MailSecurity::None).await;
    app.join_as("maya", |_| {}).await;
    assert_eq!(app.forgotten("@Maya", "es").await, 204);
    app.no_letter_waits().await;
    let letters = relay.letters();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, "maya@mail.example");
    assert!(letters[0].text.contains("Alguien pidió una contraseña nueva para @maya en pay.example."), "{letters:?}");
    assert!(app.browser().open(&letters[0].link()).await.html.contains("A new password"));
    let heard = relay.heard();
    assert!(heard.iter().any(|line| line == "EHLO pay.example"), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_says_later_is_asked_again_after_a_while_and_gets_it_once() {
    let (app, relay) = with_relay(&["451 later", "451 later"], MailSecurity::None).await;
    app.join_as("maya", |_| {}).await;
    app.forgotten("maya", "en").await;
    relay.until_heard("RCPT", 1).await;
    // The clock goes on only when it is written down how long the wait is.
    app.until_none("SELECT COUNT(*) FROM letter WHERE attempts < 1", "the letter was not put off").await;
    app.pass_ms(59_000);
    // As long as the wait has not passed nothing is tried: the next look is seen to have come and gone.
    tokio::time::sleep(Duration::from_millis(60)).await;
    relay.until_heard("RCPT", 1).await;
    assert_eq!(relay.heard().iter().filter(|line| line.starts_with("RCPT")).count(), 1);
    app.pass_ms(2_000);
    relay.until_heard("RCPT", 2).await;
    app.until_none("SELECT COUNT(*) FROM letter WHERE attempts < 2", "the letter was not put off").await;
    app.pass_ms(301_000);
    app.no_letter_waits().await;
    let subjects: Vec<String> = relay.letters().into_iter().map(|letter| letter.subject).collect();
    assert_eq!(subjects, ["Tessera: set a new password"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_refuses_an_address_is_not_asked_again() {
    let (app, relay) = with_relay(&["550 no such mailbox"], MailSecurity::None).await;
    app.join_as("maya", |_| {}).await;
    app.forgotten("maya", "en").await;
    app.no_letter_waits().await;
    assert_eq!(relay.letters().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_without_tls_hears_nothing_of_a_letter() {
    for security in [MailSecurity::Starttls, MailSecurity::Tls] {
        let (app, relay) = with_relay(&[], security).await;
        app.join_as("maya", |_| {}).await;
        app.forgotten("maya", "en").await;
        app.a_letter_was_put_off().await;
        let heard = relay.heard().join("\n");
        assert!(!heard.contains("MAIL") && !heard.contains("maya") && !heard.contains("AUTH"), "{heard}");
    }
}

/// Somebody forgot a password, and the letter is to leave over this line by signing in, its certificate checked against
/// the issuer's.
async fn asked_over(line: Line, security: MailSecurity, issuer: &Issuer) -> (TestApp, FakeRelay) {
    let relay = FakeRelay::start(&[], line).await;
    let mut config = relay.config("localhost", security);
    (config.mail.ca_file, config.mail.user) = (issuer.file(), "pay".into());
    let app = TestApp::sqlite().await.restart_with(config).await;
    app.join_as("maya", |_| {}).await;
    app.forgotten("maya", "en").await;
    (app, relay)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_leaves_over_tls_to_a_relay_whose_certificate_is_right() {
    let issuer = Issuer::new();
    for (security, line, in_clear) in [
        (MailSecurity::Starttls, Line::Starttls(issuer.acceptor("localhost")), &["EHLO pay.example", "STARTTLS"][..]),
        (MailSecurity::Tls, Line::Tls(issuer.acceptor("localhost")), &[]),
    ] {
        let (app, relay) = asked_over(line, security, &issuer).await;
        app.no_letter_waits().await;
        let to: Vec<String> = relay.letters().into_iter().map(|letter| letter.to).collect();
        assert_eq!(to, ["maya@mail.example"]);
        assert_eq!(relay.said_in_clear(), in_clear);
        let signed_in = STANDARD.encode("\0pay\0relay password");
        assert!(relay.heard().contains(&format!("AUTH PLAIN {signed_in}")), "{:?}", relay.heard());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_with_another_issuer_or_another_name_hears_nothing_of_a_letter() {
    let (issuer, stranger) = (Issuer::new(), Issuer::new());
    let lines = [
        (MailSecurity::Starttls, Line::Starttls(stranger.acceptor("localhost"))),
        (MailSecurity::Tls, Line::Tls(stranger.acceptor("localhost"))),
        (MailSecurity::Starttls, Line::Starttls(issuer.acceptor("mail.example"))),
        (MailSecurity::Tls, Line::Tls(issuer.acceptor("mail.example"))),
    ];
    for (security, line) in lines {
        let (app, relay) = asked_over(line, security, &issuer).await;
        app.a_letter_was_put_off().await;
        let said = relay.heard().join("\n");
        assert!(!said.contains("MAIL") && !said.contains("maya") && !said.contains("AUTH"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_sends_no_letters_says_so_and_refuses_what_needs_one() {
    let mail = Mail { folder: PathBuf::new(), ..Mail::default() };
    let app = TestApp::sqlite().await.restart_with(Config { mail, ..TestApp::config() }).await;
    assert!(!app.server.info().sends_mail);
    app.join_as("maya", |_| {}).await;
    assert_eq!([app.forgotten("maya", "en").await, app.forgotten("nobody", "en").await], [501, 501]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_cannot_be_written_is_tried_again() {
    let mail = Mail::into_folder("/dev/null/none".into());
    let app = TestApp::sqlite().await.restart_with(Config { mail, ..TestApp::config() }).await;
    app.join_as("maya", |_| {}).await;
    assert_eq!(app.forgotten("maya", "en").await, 204);
    app.a_letter_was_put_off().await;
}
