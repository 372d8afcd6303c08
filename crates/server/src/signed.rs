//! Who is calling. Reads show a bearer token; changes also carry the device's signature over the whole attempt
//! (RFC 9421), so that a stolen token alone moves and changes nothing.

use crate::fault::Fault;
use crate::limits::Kind;
use crate::people::sessions;
use crate::state::Server;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use ed25519_dalek::VerifyingKey;
use protocol::path::IDEMPOTENCY_HEADER;
use protocol::{Attempt, Code, SignatureError, SignedHeaders, verify_attempt};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// Largest body, bytes: a picture of 64 KiB in base64 and room for the rest.
pub const BODY_MOST: usize = 128 * 1024;
/// How long a seen attempt is remembered: the tolerance to both sides, and a little, milliseconds.
const NONCE_KEPT_MS: i64 = 2 * 300_000 + 60_000;
/// Most attempts remembered.
const MOST_NONCES: usize = 100_000;

/// One attempt as it came, with nothing believed yet.
pub struct Attempted {
    method: String,
    target_uri: String,
    headers: Option<SignedHeaders>,
    /// `Idempotency-Key`.
    pub key: Option<String>,
    /// The body.
    pub body: Bytes,
    /// Where it came from, for the rate limits.
    pub address: String,
}

/// A session that was checked.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Whose it is.
    pub person_id: Uuid,
    /// The device it is bound to.
    pub device_id: Uuid,
    /// The session.
    pub session_id: Uuid,
    /// The device's key.
    pub device_key: VerifyingKey,
}

/// A signed change of a signed-in person.
pub struct Signed {
    /// Who.
    pub caller: Caller,
    /// `Idempotency-Key`; only signing out goes without.
    key: Option<String>,
    /// The body.
    pub body: Bytes,
    /// The signature's own header, kept with a payment.
    pub signature_input: String,
    /// The signature, kept with a payment.
    pub signature: String,
}

impl Attempted {
    /// Reads the body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        read_json(&self.body)
    }

    /// Checks that `device_id` made this attempt just now, for the first time.
    pub fn verify(&self, server: &Server, device_id: Uuid, key: &VerifyingKey) -> Result<(), Fault> {
        let headers = self.headers.as_ref().ok_or(Code::BadSignature)?;
        let attempt = Attempt {
            method: &self.method,
            target_uri: &self.target_uri,
            body: &self.body,
            idempotency_key: self.key.as_deref(),
        };
        let now_ms = server.now_ms();
        let claim = verify_attempt(&attempt, headers, key, now_ms.div_euclid(1000)).map_err(|error| match error {
            SignatureError::Clock => Fault::clock_skew(now_ms),
            SignatureError::Malformed | SignatureError::Digest | SignatureError::Mismatch => Code::BadSignature.into(),
        })?;
        if claim.key_id != device_id {
            return Err(Code::BadSignature.into());
        }
        server.nonces.first_time(device_id, &claim.nonce, now_ms)
    }
}

impl Signed {
    /// Reads the body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        read_json(&self.body)
    }

    /// The key under which the call is remembered.
    pub fn key(&self) -> Result<&str, Fault> {
        self.key.as_deref().ok_or(Fault::from(Code::Malformed))
    }

    /// Checks that the key is the body's own id.
    pub fn key_is(&self, id: Uuid) -> Result<(), Fault> {
        if self.key()? == id.to_string() { Ok(()) } else { Err(Code::Malformed.into()) }
    }

    /// SHA-256 of method, address and body: what "the same body" means for a remembered key.
    pub fn body_hash(&self, target: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(target.as_bytes());
        hash.update([0]);
        hash.update(&self.body);
        hash.finalize().into()
    }
}

fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|_| Code::Malformed.into())
}

impl FromRequest<Server> for Attempted {
    type Rejection = Fault;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        let body = read_body(&parts.headers, body).await?;
        Ok(Attempted {
            method: parts.method.as_str().to_owned(),
            target_uri: target_uri(server, &parts),
            headers: signed_headers(&parts.headers)?,
            key: idempotency_key(&parts.headers)?,
            body,
            address: client_address(server, &parts),
        })
    }
}

impl FromRequest<Server> for Signed {
    type Rejection = Fault;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Fault> {
        let token = bearer(request.headers())?.to_owned();
        let caller = sessions::find_caller(server, &token).await?;
        let attempted = Attempted::from_request(request, server).await?;
        attempted.verify(server, caller.device_id, &caller.device_key)?;
        let rate = server.config.rates.changes_per_minute;
        let person = caller.person_id.to_string();
        server.limits.take(Kind::Change, &person, rate, 60_000, server.now_ms())?;
        let headers = attempted.headers.ok_or(Code::BadSignature)?;
        Ok(Signed {
            caller,
            key: attempted.key,
            body: attempted.body,
            signature_input: headers.signature_input,
            signature: headers.signature,
        })
    }
}

/// A read: the bearer token is enough; signature headers are for changes.
impl FromRequestParts<Server> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Fault> {
        let token = bearer(&parts.headers)?.to_owned();
        sessions::find_caller(server, &token).await
    }
}

/// Anybody, without a session: let in as often as the limit for their address allows.
pub struct Visitor;

impl FromRequestParts<Server> for Visitor {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Fault> {
        let address = client_address(server, parts);
        let rate = server.config.rates.visits_per_minute;
        server.limits.take(Kind::Visit, &address, rate, 60_000, server.now_ms())?;
        Ok(Visitor)
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Fault> {
    let value = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    value.and_then(|v| v.strip_prefix("Bearer ")).ok_or(Code::SignedOut.into())
}

fn signed_headers(headers: &HeaderMap) -> Result<Option<SignedHeaders>, Fault> {
    let text = |name: &str| -> Result<Option<String>, Fault> {
        let mut values = headers.get_all(name).iter();
        let (first, second) = (values.next(), values.next());
        if second.is_some() {
            return Err(Code::BadSignature.into());
        }
        first.map(|v| v.to_str().map(str::to_owned).map_err(|_| Code::BadSignature.into())).transpose()
    };
    let (digest, input, signature) = (text("content-digest")?, text("signature-input")?, text("signature")?);
    Ok(digest.zip(input).zip(signature).map(|((content_digest, signature_input), signature)| SignedHeaders {
        content_digest,
        signature_input,
        signature,
    }))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let Some(value) = headers.get(IDEMPOTENCY_HEADER) else { return Ok(None) };
    let text = value.to_str().map_err(|_| Code::Malformed)?;
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if fits { Ok(Some(text.to_owned())) } else { Err(Code::Malformed.into()) }
}

fn target_uri(server: &Server, parts: &Parts) -> String {
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    format!("{}{path}", server.public_url)
}

fn client_address(server: &Server, parts: &Parts) -> String {
    let named = server.config.client_address_header.as_ref();
    let from_proxy = named.and_then(|name| parts.headers.get(name)?.to_str().ok());
    let connected = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
    from_proxy.map(str::to_owned).or_else(connected).unwrap_or_default()
}

async fn read_body(headers: &HeaderMap, body: Body) -> Result<Bytes, Fault> {
    let said = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|length| length > BODY_MOST) {
        return Err(Code::TooLarge.into());
    }
    axum::body::to_bytes(body, BODY_MOST).await.map_err(|_| Code::TooLarge.into())
}

/// Signed attempts seen lately. In memory: after a restart an attempt less than five minutes old could be played
/// again, and finds its idempotency key taken, its refresh token spent, or the same sign-in.
#[derive(Default)]
pub struct Nonces {
    seen: Mutex<HashMap<(Uuid, String), i64>>,
}

impl Nonces {
    fn first_time(&self, device_id: Uuid, nonce: &str, now_ms: i64) -> Result<(), Fault> {
        if nonce.len() > 64 {
            return Err(Code::BadSignature.into());
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_NONCES {
            seen.retain(|_, at_ms| now_ms.saturating_sub(*at_ms) < NONCE_KEPT_MS);
        }
        if seen.len() >= MOST_NONCES {
            return Err(Fault::too_many(60));
        }
        match seen.insert((device_id, nonce.to_owned()), now_ms) {
            None => Ok(()),
            Some(before) => {
                seen.insert((device_id, nonce.to_owned()), before);
                Err(Code::Replayed.into())
            }
        }
    }
}
