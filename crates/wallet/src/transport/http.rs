use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{StreamExt, stream};
use url::{Host, Url};

use super::{HttpRequest, HttpResponse, MAX_ANSWER_BYTES, Network, Poke, Pokes, Transport, TransportError, sse};

const CONNECT: Duration = Duration::from_secs(10);
/// For a whole exchange.
const EXCHANGE: Duration = Duration::from_secs(30);
/// An open line says something at least every 15 seconds.
const SILENCE: Duration = Duration::from_secs(45);

/// The real network: HTTPS with the system's roots, plain HTTP only to this machine, no redirects.
#[derive(Debug, Clone, Copy, Default)]
pub struct Internet;

impl Network for Internet {
    fn open(&self, server: &str) -> Result<Arc<dyn Transport>, TransportError> {
        let url = Url::parse(server).map_err(|_| TransportError::Address)?;
        let here = is_this_machine(&url);
        match url.scheme() {
            "https" => {}
            "http" if here => {}
            _ => return Err(TransportError::Address),
        }
        // Somebody else in the process may have installed the same provider before us.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            let builder = reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(CONNECT)
                .https_only(!here);
            if here { builder.no_proxy() } else { builder }
        };
        let exchange = builder().timeout(EXCHANGE).build().map_err(|_| TransportError::Tls)?;
        let line = builder().read_timeout(SILENCE).build().map_err(|_| TransportError::Tls)?;
        Ok(Arc::new(Client { server: server.trim_end_matches('/').to_owned(), exchange, line }))
    }
}

/// Whether the address can only be this machine.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

struct Client {
    server: String,
    exchange: reqwest::Client,
    line: reqwest::Client,
}

impl Client {
    fn build(&self, client: &reqwest::Client, request: HttpRequest) -> reqwest::RequestBuilder {
        let address = format!("{}{}", self.server, request.path);
        let builder = client.request(request.method, address).body(request.body);
        request.headers.into_iter().fold(builder, |builder, (name, value)| builder.header(name, value))
    }
}

impl Transport for Client {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async move {
            let mut response = self.build(&self.exchange, request).send().await.map_err(|e| why(&e))?;
            let status = response.status().as_u16();
            let mut body = Vec::new();
            while let Some(piece) = response.chunk().await.map_err(|_| TransportError::Lost)? {
                if body.len() + piece.len() > MAX_ANSWER_BYTES {
                    return Err(TransportError::TooLong);
                }
                body.extend_from_slice(&piece);
            }
            Ok(HttpResponse { status, body })
        })
    }

    fn listen(&self, request: HttpRequest) -> BoxFuture<'_, Result<Pokes, TransportError>> {
        Box::pin(async move {
            let response = self.build(&self.line, request).send().await.map_err(|e| why(&e))?;
            if response.status().as_u16() != 200 {
                return Err(TransportError::Lost);
            }
            let mut reader = sse::Reader::default();
            let pokes = response.bytes_stream().flat_map(move |piece| {
                let pokes = match piece {
                    Ok(piece) => reader.read(&piece).map_err(|_| TransportError::TooLong),
                    Err(_) => Err(TransportError::Lost),
                };
                // Several pokes in one piece say no more than one.
                stream::iter(match pokes {
                    Ok(0) => None,
                    Ok(_) => Some(Ok(Poke)),
                    Err(error) => Some(Err(error)),
                })
            });
            Ok(pokes.boxed())
        })
    }
}

/// What a failure says about whether anything was sent.
fn why(error: &reqwest::Error) -> TransportError {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(inner) = cause {
        let in_io = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if inner.is::<rustls::Error>() || in_io.is_some_and(|e| e.is::<rustls::Error>()) {
            return TransportError::Tls;
        }
        cause = inner.source();
    }
    if error.is_builder() {
        TransportError::Address
    } else if error.is_connect() {
        TransportError::Unreachable
    } else {
        TransportError::Lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_only_for_this_machine() {
        for good in ["https://pay.example", "http://127.0.0.1:4100", "http://[::1]:80", "http://localhost:9"] {
            assert!(Internet.open(good).is_ok(), "{good}");
        }
        for bad in ["http://pay.example", "http://127.0.0.1.evil.example", "ftp://pay.example", "pay.example", ""] {
            assert_eq!(Internet.open(bad).err(), Some(TransportError::Address), "{bad}");
        }
    }

    #[tokio::test]
    async fn nobody_listening_is_unreachable_and_a_dropped_line_is_lost() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("port");
        let server = format!("http://{}", listener.local_addr().expect("address"));
        let request = HttpRequest { method: ::http::Method::GET, path: "/".into(), headers: vec![], body: vec![] };
        let transport = Internet.open(&server).expect("client");
        let hang_up = async {
            let (socket, _) = listener.accept().await.expect("connection");
            drop(socket);
        };
        let (answer, ()) = tokio::join!(transport.send(request.clone()), hang_up);
        assert_eq!(answer, Err(TransportError::Lost));
        drop(listener);
        assert_eq!(transport.send(request).await, Err(TransportError::Unreachable));
    }
}
