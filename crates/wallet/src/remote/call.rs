use http::Method;
use protocol::path::{IDEMPOTENCY_HEADER, PRACTICE_TOKEN_HEADER};
use protocol::{Attempt, Code, Problem, sign_attempt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::Remote;
use crate::app::blocking;
use crate::keys::leaving_no_trace;
use crate::transport::{HttpRequest, HttpResponse};
use crate::{TransportError, WalletError};

/// Who a call says it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum As {
    /// Nobody.
    Anybody,
    /// The device, which has no session yet or renews it.
    Device,
    /// The signed-in person.
    Person,
}

/// One call, before it becomes attempts.
#[derive(Debug)]
pub(super) struct Call {
    method: Method,
    path: String,
    body: Vec<u8>,
    key: Option<Uuid>,
    who: As,
}

impl Call {
    fn new(method: Method, path: impl Into<String>, who: As) -> Self {
        Call { method, path: path.into(), body: Vec::new(), key: None, who }
    }

    pub(super) fn open(path: impl Into<String>) -> Self {
        Call::new(Method::GET, path, As::Anybody)
    }

    pub(super) fn get(path: impl Into<String>) -> Self {
        Call::new(Method::GET, path, As::Person)
    }

    pub(super) fn post(path: impl Into<String>) -> Self {
        Call::new(Method::POST, path, As::Person)
    }

    pub(super) fn put(path: impl Into<String>) -> Self {
        Call::new(Method::PUT, path, As::Person)
    }

    pub(super) fn patch(path: impl Into<String>) -> Self {
        Call::new(Method::PATCH, path, As::Person)
    }

    pub(super) fn delete(path: impl Into<String>) -> Self {
        Call::new(Method::DELETE, path, As::Person)
    }

    /// Without a session: joining, signing in, renewing.
    pub(super) fn signed_only(self) -> Self {
        Call { who: As::Device, ..self }
    }

    /// Without account and device.
    pub(super) fn anybody(self) -> Self {
        Call { who: As::Anybody, ..self }
    }

    pub(super) fn key(self, key: Uuid) -> Self {
        Call { key: Some(key), ..self }
    }

    pub(super) fn bytes(self, body: Vec<u8>) -> Self {
        Call { body, ..self }
    }

    pub(super) fn body<T: Serialize>(self, body: &T) -> Result<Self, WalletError> {
        let body = serde_json::to_vec(body).map_err(|_| WalletError::Fault("body to JSON"))?;
        Ok(self.bytes(body))
    }
}

impl Remote {
    /// A call whose answer carries something.
    pub(super) async fn call<T: DeserializeOwned>(&self, call: Call) -> Result<T, WalletError> {
        let answer = self.exchange(&call).await?;
        read_answer(&answer)
    }

    /// A call whose answer may be megabytes: read beside the threads that answer.
    pub(super) async fn call_for_much<T: DeserializeOwned + Send + 'static>(
        &self,
        call: Call,
    ) -> Result<T, WalletError> {
        let answer = self.exchange(&call).await?;
        blocking(move || read_answer(&answer)).await
    }

    /// A call whose answer is that it was done.
    pub(super) async fn call_for_nothing(&self, call: Call) -> Result<(), WalletError> {
        self.exchange(&call).await.map(drop)
    }

    /// Attempts the call; what the server explains and a fresh attempt cures (a session that ended, a clock that was
    /// wrong, a nonce seen before) is tried once more each. The idempotency key stays the same.
    async fn exchange(&self, call: &Call) -> Result<HttpResponse, WalletError> {
        let mut cured: Vec<Code> = Vec::new();
        loop {
            let request = match self.request_for(call).await {
                // What was seen before may have been carried out before.
                Err(WalletError::Offline) if cured.contains(&Code::Replayed) => Err(WalletError::Timeout),
                request => request,
            }?;
            let used =
                request.headers.iter().find(|(name, _)| *name == "authorization").map(|(_, value)| value.clone());
            let answer = match self.transport.send(request).await {
                Err(TransportError::Unreachable) if cured.contains(&Code::Replayed) => Err(TransportError::Lost),
                answer => answer,
            }?;
            if (200..300).contains(&answer.status) {
                return Ok(answer);
            }
            let problem = read_problem(&answer)?;
            if let Some(time_ms) = problem.time_ms {
                self.learn_time(time_ms);
            }
            let code = problem.code;
            let curable = match code {
                Code::SignedOut => call.who == As::Person,
                Code::ClockSkew => problem.time_ms.is_some(),
                Code::Replayed => true,
                _ => false,
            };
            if !curable || cured.contains(&code) {
                if call.who == As::Person {
                    self.note_refusal(code);
                }
                return Err(WalletError::Refused(Box::new(problem)));
            }
            if code == Code::SignedOut {
                self.renew(used.as_deref()).await?;
            }
            cured.push(code);
        }
    }

    /// One signed attempt.
    pub(super) async fn request_for(&self, call: &Call) -> Result<HttpRequest, WalletError> {
        let mut headers = vec![("accept", "application/json".to_owned())];
        if !call.body.is_empty() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        if let Some(token) = &self.practice_token {
            headers.push((PRACTICE_TOKEN_HEADER, token.to_string()));
        }
        if call.who == As::Person {
            headers.push(("authorization", self.bearer().await?));
        }
        let key = call.key.map(|key| key.to_string());
        if call.who != As::Anybody && call.method != Method::GET {
            let device = self.device().ok_or(WalletError::NotJoined)?;
            let target = format!("{}{}", self.server, call.path);
            let attempt = Attempt {
                method: call.method.as_str(),
                target_uri: &target,
                body: &call.body,
                idempotency_key: key.as_deref(),
            };
            let mut nonce = [0; 16];
            self.random.fill(&mut nonce);
            let now_s = self.server_now_ms() / 1000;
            let signed = leaving_no_trace(|| sign_attempt(&attempt, &device.key, device.id, nonce, now_s));
            headers.push(("content-digest", signed.content_digest));
            headers.push(("signature-input", signed.signature_input));
            headers.push(("signature", signed.signature));
        }
        if let Some(key) = key {
            headers.push((IDEMPOTENCY_HEADER, key));
        }
        Ok(HttpRequest { method: call.method.clone(), path: call.path.clone(), headers, body: call.body.clone() })
    }
}

fn read_answer<T: DeserializeOwned>(answer: &HttpResponse) -> Result<T, WalletError> {
    serde_json::from_slice(&answer.body).map_err(|_| WalletError::BadAnswer)
}

/// The server's reason. What stands between us and it (a proxy that gives up) has no reasons of its own: then nobody
/// knows whether the call arrived.
fn read_problem(answer: &HttpResponse) -> Result<Problem, WalletError> {
    match serde_json::from_slice::<Problem>(&answer.body) {
        Ok(problem) if problem.status == answer.status => Ok(problem),
        _ if matches!(answer.status, 502..=504) => Err(WalletError::Timeout),
        _ => Err(WalletError::BadAnswer),
    }
}
