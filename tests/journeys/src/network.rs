use crate::outside::Seeded;
use axum::Router;
use axum::body::Body;
use futures::future::BoxFuture;
use futures::{StreamExt, stream};
use http::{Request, header};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tower::ServiceExt;
use wallet::{HttpRequest, HttpResponse, MAX_ANSWER_BYTES, Network, Poke, Pokes, Transport, TransportError};

/// How bad the network is: chances in a hundred, tried in this order on every message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weather {
    /// The way is closed: nothing is sent, and the sender knows.
    pub closed: u32,
    /// Lost on the way there; the sender does not know.
    pub lost_before: u32,
    /// Delivered, and the answer is lost.
    pub lost_after: u32,
    /// Delivered twice.
    pub doubled: u32,
    /// The sender gives up, and the message is delivered later, after others.
    pub overtaken: u32,
    /// Longest time under way, real milliseconds.
    pub slow_ms: u32,
}

impl Weather {
    /// Nothing goes wrong.
    pub const CALM: Weather =
        Weather { closed: 0, lost_before: 0, lost_after: 0, doubled: 0, overtaken: 0, slow_ms: 0 };
    /// Nearly half of all messages meet trouble.
    pub const STORM: Weather =
        Weather { closed: 5, lost_before: 10, lost_after: 12, doubled: 10, overtaken: 8, slow_ms: 4 };
    /// Nothing goes through.
    pub const OFFLINE: Weather =
        Weather { closed: 100, lost_before: 0, lost_after: 0, doubled: 0, overtaken: 0, slow_ms: 0 };
    /// Everything arrives, and no answer does.
    pub const DEAF: Weather =
        Weather { closed: 0, lost_before: 0, lost_after: 100, doubled: 0, overtaken: 0, slow_ms: 0 };
}

type Rewrite = Box<dyn Fn(&HttpRequest, HttpResponse) -> HttpResponse + Send + Sync>;

/// The air between apps and servers of one process: each address leads to a router.
pub struct Ether {
    servers: Mutex<BTreeMap<String, Router>>,
    weather: Mutex<Weather>,
    chance: Seeded,
    heard: Mutex<Vec<HttpRequest>>,
    rewrite: Mutex<Option<Rewrite>>,
}

impl Ether {
    /// Calm air; what goes wrong later follows from the seed.
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Ether {
            servers: Mutex::default(),
            weather: Mutex::new(Weather::CALM),
            chance: Seeded::new(seed ^ 0x57EA_7E57),
            heard: Mutex::default(),
            rewrite: Mutex::new(None),
        })
    }

    /// Puts a server at an address, or another one in its place.
    pub fn put(&self, address: &str, router: Router) {
        lock(&self.servers).insert(address.to_owned(), router);
    }

    /// Takes a server away.
    pub fn take_away(&self, address: &str) {
        lock(&self.servers).remove(address);
    }

    /// Changes the weather.
    pub fn set(&self, weather: Weather) {
        *lock(&self.weather) = weather;
    }

    /// Lets somebody between rewrite every answer.
    pub fn rewrite(&self, rewrite: impl Fn(&HttpRequest, HttpResponse) -> HttpResponse + Send + Sync + 'static) {
        *lock(&self.rewrite) = Some(Box::new(rewrite));
    }

    /// Nobody rewrites any more.
    pub fn honest(&self) {
        *lock(&self.rewrite) = None;
    }

    /// Everything that reached a server so far, in order of arrival.
    pub fn heard(&self) -> Vec<HttpRequest> {
        lock(&self.heard).clone()
    }

    async fn deliver(&self, address: &str, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let router = lock(&self.servers).get(address).cloned().ok_or(TransportError::Unreachable)?;
        lock(&self.heard).push(request.clone());
        let answer = router.oneshot(as_http(address, &request)?).await.map_err(|_| TransportError::Lost)?;
        let status = answer.status().as_u16();
        let body =
            axum::body::to_bytes(answer.into_body(), MAX_ANSWER_BYTES).await.map_err(|_| TransportError::TooLong)?;
        let answer = HttpResponse { status, body: body.to_vec() };
        Ok(match &*lock(&self.rewrite) {
            Some(rewrite) => rewrite(&request, answer),
            None => answer,
        })
    }
}

fn as_http(address: &str, request: &HttpRequest) -> Result<Request<Body>, TransportError> {
    let host = address.split_once("://").map_or(address, |(_, host)| host);
    let mut builder = Request::builder().method(request.method.clone()).uri(&request.path).header(header::HOST, host);
    for (name, value) in &request.headers {
        builder = builder.header(*name, value);
    }
    builder.body(Body::from(request.body.clone())).map_err(|_| TransportError::Address)
}

/// A way through the air to one address.
struct Way {
    ether: Arc<Ether>,
    address: String,
}

/// [`Ether`] as the app sees it.
impl Network for EtherNetwork {
    fn open(&self, server: &str) -> Result<Arc<dyn Transport>, TransportError> {
        Ok(Arc::new(Way { ether: Arc::clone(&self.0), address: server.trim_end_matches('/').to_owned() }))
    }
}

/// A [`Network`] over an [`Ether`].
pub struct EtherNetwork(pub(crate) Arc<Ether>);

impl Way {
    async fn pass(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let weather = *lock(&self.ether.weather);
        let mut dice = self.ether.chance.below(100);
        let mut falls_in = |chance: u32| {
            let hit = dice < chance;
            dice = if hit { u32::MAX } else { dice - chance };
            hit
        };
        let [closed, before, after, doubled, overtaken] =
            [weather.closed, weather.lost_before, weather.lost_after, weather.doubled, weather.overtaken]
                .map(&mut falls_in);
        self.dawdle(weather).await;
        if closed {
            return Err(TransportError::Unreachable);
        }
        if before {
            return Err(TransportError::Lost);
        }
        if overtaken {
            let (ether, address) = (Arc::clone(&self.ether), self.address.clone());
            let late = Duration::from_millis(u64::from(self.ether.chance.below(60)));
            tokio::spawn(async move {
                tokio::time::sleep(late).await;
                ether.deliver(&address, request).await
            });
            return Err(TransportError::Lost);
        }
        if doubled {
            // The sender hears whichever answer comes last.
            self.ether.deliver(&self.address, request.clone()).await?;
        }
        let answer = self.ether.deliver(&self.address, request).await;
        self.dawdle(weather).await;
        if after { answer.and(Err(TransportError::Lost)) } else { answer }
    }

    async fn dawdle(&self, weather: Weather) {
        if weather.slow_ms > 0 {
            let ms = self.ether.chance.below(weather.slow_ms + 1);
            tokio::time::sleep(Duration::from_millis(u64::from(ms))).await;
        }
    }

    async fn line(&self, request: HttpRequest) -> Result<Pokes, TransportError> {
        let weather = *lock(&self.ether.weather);
        if self.ether.chance.below(100) < weather.closed {
            return Err(TransportError::Unreachable);
        }
        let router = lock(&self.ether.servers).get(&self.address).cloned().ok_or(TransportError::Unreachable)?;
        let answer = router.oneshot(as_http(&self.address, &request)?).await.map_err(|_| TransportError::Lost)?;
        if answer.status().as_u16() != 200 {
            return Err(TransportError::Lost);
        }
        let ether = Arc::clone(&self.ether);
        let pokes = answer.into_body().into_data_stream().flat_map(move |piece| {
            let weather = *lock(&ether.weather);
            let dice = ether.chance.below(100);
            let broken = dice < weather.closed;
            let lost = dice < weather.closed + weather.lost_before;
            stream::iter(match piece {
                Err(_) => Some(Err(TransportError::Lost)),
                Ok(_) if broken => Some(Err(TransportError::Lost)),
                Ok(_) if lost => None,
                Ok(piece) => holds_poke(&piece).then_some(Ok(Poke)),
            })
        });
        Ok(pokes.boxed())
    }
}

/// The server writes each event in one piece.
fn holds_poke(piece: &[u8]) -> bool {
    piece.windows(11).any(|window| window == b"event: poke")
}

impl Transport for Way {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(self.pass(request))
    }

    fn listen(&self, request: HttpRequest) -> BoxFuture<'_, Result<Pokes, TransportError>> {
        Box::pin(self.line(request))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
