use ledger::DatabaseKey;
use server::embedded::{self, Embedded, EmbeddedError};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn running(folder: &TempDir, key: u8, port: u16) -> Result<embedded::Running, EmbeddedError> {
    embedded::start(Embedded::practice(folder.path().join("practice.db"), DatabaseKey::new([key; 32]), port)).await
}

/// Status line's number of a bare GET with these headers.
async fn status(server: &embedded::Running, path: &str, headers: &[(&str, &str)]) -> u16 {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    stream.write_all(format!("GET {path} HTTP/1.1\r\n{headers}connection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(!answer.to_lowercase().contains("access-control-"), "{answer}");
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn only_the_app_itself_reaches_the_practice_server() {
    let folder = TempDir::new().unwrap();
    let server = running(&folder, 1, 0).await.unwrap();
    let host = server.address.to_string();
    let token = server.token.clone();
    let (host, token) = (("host", host.as_str()), ("x-tessera-practice", token.as_str()));
    assert_eq!(status(&server, "/v1/server", &[host, token]).await, 200);
    assert_eq!(status(&server, "/v1/server", &[host]).await, 403, "no token");
    assert_eq!(status(&server, "/v1/server", &[host, ("x-tessera-practice", "guess")]).await, 403);
    let rebound = ("host", "evil.example");
    assert_eq!(status(&server, "/v1/server", &[rebound, token]).await, 403, "another name for this machine");
    assert_eq!(status(&server, "/sandbox/action/x", &[rebound]).await, 403);
    assert_eq!(status(&server, "/v1/server", &[host, token, ("origin", "https://evil.example")]).await, 403);
    assert_eq!(status(&server, "/v1/server", &[host, token, ("origin", "null")]).await, 403);
    assert_eq!(status(&server, "/sandbox/action/x", &[host]).await, 404, "the bank's page opens in any browser");
    server.shutdown().await;
}

#[tokio::test]
async fn practice_keeps_its_key_and_its_files_are_encrypted() {
    let folder = TempDir::new().unwrap();
    let first = running(&folder, 1, 0).await.unwrap();
    let (public_key, port) = (first.public_key.clone(), first.address.port());
    first.shutdown().await;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(15).any(|w| w == b"SQLite format 3") && !bytes.windows(7).any(|w| w == b"sandbox"));
    }
    assert!(matches!(running(&folder, 2, 0).await, Err(EmbeddedError::Database(_))));
    let again = running(&folder, 1, port).await.unwrap();
    assert_eq!((again.public_key.clone(), again.address.port()), (public_key, port));
    assert_eq!(again.public_url(), format!("http://127.0.0.1:{port}"));
    again.shutdown().await;
}
