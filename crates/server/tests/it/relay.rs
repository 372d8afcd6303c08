//! A small mail relay inside the test, in clear or over TLS with a certificate of its own.

use crate::app::TestApp;
use crate::letters::Letter;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use server::config::{Config, Mail, MailBy, MailSecurity, Secret};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Somebody who signs certificates.
pub struct Issuer(TempDir);

impl Issuer {
    pub fn new() -> Issuer {
        let issuer = Issuer(tempfile::tempdir().unwrap());
        issuer.openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.crt -subj /CN=issuer -days 2");
        issuer
    }

    /// The issuer's own certificate.
    pub fn file(&self) -> PathBuf {
        self.0.path().join("ca.crt")
    }

    /// TLS with a certificate for `name`.
    pub fn acceptor(&self, name: &str) -> TlsAcceptor {
        std::fs::write(self.0.path().join("names"), format!("subjectAltName=DNS:{name}")).unwrap();
        self.openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout own.key -out own.csr -subj /CN=relay",
        );
        self.openssl(
            "x509 -req -in own.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out own.crt -days 2 -extfile names",
        );
        let chain = vec![CertificateDer::from_pem_file(self.0.path().join("own.crt")).unwrap()];
        let key = PrivateKeyDer::from_pem_file(self.0.path().join("own.key")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        TlsAcceptor::from(Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap()))
    }

    fn openssl(&self, words: &str) {
        let mut command = Command::new("openssl");
        command.args(words.split(' ')).current_dir(&self.0).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(command.status().unwrap().success(), "openssl {words}");
    }
}

/// How the relay is spoken to.
#[derive(Clone)]
pub enum Line {
    Plain,
    Starttls(TlsAcceptor),
    Tls(TlsAcceptor),
}

/// What is between the relay and the test.
#[derive(Clone, Default)]
struct Desk {
    /// Answers to `RCPT TO`, the last first; when it runs out, yes.
    answers: Arc<Mutex<Vec<&'static str>>>,
    took: Arc<Mutex<Vec<String>>>,
    heard: Arc<Mutex<Vec<String>>>,
    in_clear: Arc<Mutex<Vec<String>>>,
}

/// Writes down what it took and every command it heard.
pub struct FakeRelay {
    port: u16,
    desk: Desk,
}

impl FakeRelay {
    pub async fn start(answers: &[&'static str], line: Line) -> FakeRelay {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let desk = Desk::default();
        desk.answers.lock().unwrap().extend(answers.iter().rev());
        let shared = desk.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(shared.clone().greet(stream, line.clone()));
            }
        });
        FakeRelay { port, desk }
    }

    pub fn config(&self, host: &str, security: MailSecurity) -> Config {
        let password = Secret(Some("relay password".into()));
        let mail = Mail { by: MailBy::Smtp, host: host.into(), port: self.port, security, password, ..Mail::default() };
        Config { mail, ..TestApp::config() }
    }

    pub fn letters(&self) -> Vec<Letter> {
        self.desk.took.lock().unwrap().iter().map(|mail| Letter::read(mail)).collect()
    }

    /// Every command, in clear or not.
    pub fn heard(&self) -> Vec<String> {
        self.desk.heard.lock().unwrap().clone()
    }

    /// What anybody on the way could read.
    pub fn said_in_clear(&self) -> Vec<String> {
        self.desk.in_clear.lock().unwrap().clone()
    }

    pub async fn until_heard(&self, what: &str, times: usize) {
        let until = Instant::now() + Duration::from_secs(10);
        while self.heard().iter().filter(|line| line.starts_with(what)).count() < times {
            assert!(Instant::now() < until, "heard {:?}", self.heard());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Desk {
    async fn greet(self, mut stream: tokio::net::TcpStream, line: Line) {
        match line {
            Line::Tls(acceptor) => {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let _ = stream.write_all(b"220 relay\r\n").await;
                self.serve(stream, "250-relay\r\n250-AUTH PLAIN\r\n250 8BITMIME", true).await;
            }
            Line::Plain => {
                let _ = stream.write_all(b"220 relay\r\n").await;
                self.serve(stream, "250-relay\r\n250 8BITMIME", false).await;
            }
            Line::Starttls(acceptor) => {
                let _ = stream.write_all(b"220 relay\r\n").await;
                let said = "250-relay\r\n250-STARTTLS\r\n250 8BITMIME";
                let Some(stream) = self.serve(stream, said, false).await else { return };
                let Ok(stream) = acceptor.accept(stream).await else { return };
                self.serve(stream, "250-relay\r\n250-AUTH PLAIN\r\n250 8BITMIME", true).await;
            }
        }
    }

    /// Until the line ends, or the other side wants to turn to TLS: then gives it back.
    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S, hello: &str, private: bool) -> Option<S> {
        let mut stream = BufReader::new(stream);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end().to_owned();
            self.heard.lock().unwrap().push(line.clone());
            if !private {
                self.in_clear.lock().unwrap().push(line.clone());
            }
            let answer = match line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "EHLO" => hello.to_owned(),
                "STARTTLS" if hello.contains("STARTTLS") => {
                    stream.write_all(b"220 go on\r\n").await.ok()?;
                    return Some(stream.into_inner());
                }
                "STARTTLS" => "502 no".to_owned(),
                "AUTH" => "235 welcome".to_owned(),
                "RCPT" => self.answers.lock().unwrap().pop().unwrap_or("250 yes").to_owned(),
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await.ok()?;
                    let mail = letter(&mut stream).await?;
                    self.took.lock().unwrap().push(mail);
                    "250 taken".to_owned()
                }
                "QUIT" => "221 bye".to_owned(),
                _ => "250 yes".to_owned(),
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
    }
}

/// Reads a letter up to its lone dot.
async fn letter<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "." => return Some(mail),
            line => {
                mail.push_str(&line.strip_prefix("..").map_or(line.to_owned(), |rest| format!(".{rest}")));
                mail.push_str("\r\n");
            }
        }
    }
}
