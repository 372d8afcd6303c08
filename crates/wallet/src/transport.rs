//! The network as a parameter: one HTTP exchange, and a line that pokes when there is more.

mod http;
mod sse;

use ::http::Method;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use std::sync::Arc;

pub use self::http::Internet;
pub(crate) use self::http::is_this_machine;

/// One request, whole.
#[derive(Clone)]
pub struct HttpRequest {
    /// Method.
    pub method: Method,
    /// Path and query, from the slash.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// JSON, or nothing.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for HttpRequest {
    /// Headers and body carry secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// One answer, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// HTTP status.
    pub status: u16,
    /// At most [`MAX_ANSWER_BYTES`].
    pub body: Vec<u8>,
}

/// Longest answer taken.
pub const MAX_ANSWER_BYTES: usize = 16 << 20;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection: nothing was sent.
    #[error("no connection")]
    Unreachable,
    /// The certificate is not trusted: nothing was sent.
    #[error("certificate not trusted")]
    Tls,
    /// Sent, perhaps; no whole answer came.
    #[error("no answer")]
    Lost,
    /// The answer is longer than [`MAX_ANSWER_BYTES`].
    #[error("answer too long")]
    TooLong,
    /// Not an address that may be used.
    #[error("address refused")]
    Address,
}

/// Something there is more of in the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poke;

/// Pokes, until the line breaks.
pub type Pokes = BoxStream<'static, Result<Poke, TransportError>>;

/// A way to one server.
pub trait Transport: Send + Sync + 'static {
    /// One exchange.
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>>;
    /// Opens a line of server-sent events. An answer other than 200 ends as [`TransportError::Lost`].
    fn listen(&self, request: HttpRequest) -> BoxFuture<'_, Result<Pokes, TransportError>>;
}

/// Makes ways to servers.
pub trait Network: Send + Sync + 'static {
    /// A way to the server at this base address (`https://HOST[:PORT]`, or `http` for this machine).
    fn open(&self, server: &str) -> Result<Arc<dyn Transport>, TransportError>;
}
