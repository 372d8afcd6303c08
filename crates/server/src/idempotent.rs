//! A change happens once per key: its reply is kept in the same commit, and a resend gets that reply again.

use crate::fault::Fault;
use crate::people::rows::find_device_key;
use crate::signed::Signed;
use crate::state::Server;
use crate::writer::Work;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use ledger::replay::{self, Recall};
use protocol::Code;
use serde::Serialize;
use uuid::Uuid;

/// What is answered and kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    status: u16,
    body: String,
}

impl Reply {
    /// 200 with a body.
    pub fn ok<T: Serialize>(body: &T) -> Result<Reply, Fault> {
        Ok(Reply { status: 200, body: serde_json::to_string(body)? })
    }

    /// 201 with a body.
    pub fn created<T: Serialize>(body: &T) -> Result<Reply, Fault> {
        Ok(Reply { status: 201, body: serde_json::to_string(body)? })
    }

    /// 204.
    pub fn empty() -> Reply {
        Reply { status: 204, body: String::new() }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        if self.body.is_empty() {
            return status.into_response();
        }
        let json = HeaderValue::from_static("application/json");
        (status, [(header::CONTENT_TYPE, json)], Body::from(self.body)).into_response()
    }
}

/// Carries `body` out in the next commit unless `key` of `owner` was carried out before.
pub async fn once<F>(server: &Server, owner: Uuid, key: String, body_hash: [u8; 32], body: F) -> Result<Response, Fault>
where
    F: for<'a> FnOnce(&'a mut Work) -> BoxFuture<'a, Result<Reply, Fault>> + Send + 'static,
{
    let reply = server.writer.submit(move |work| {
        Box::pin(async move {
            match replay::recall(&mut work.tx, owner, &key, &body_hash).await? {
                Recall::Same { status, reply } => return Ok(Reply { status, body: reply }),
                Recall::Other => return Err(Code::IdReused.into()),
                Recall::New => {}
            }
            let reply = body(work).await?;
            let now_ms = work.now_ms;
            replay::remember(&mut work.tx, owner, &key, &body_hash, reply.status, &reply.body, now_ms).await?;
            Ok(reply)
        })
    });
    Ok(reply.await?.into_response())
}

/// [`once`] for a signed call, by a device that is still one of the account's in the commit itself; `target` names what is changed, so that one key cannot mean two things.
pub async fn once_signed<F>(server: &Server, signed: &Signed, target: &str, body: F) -> Result<Response, Fault>
where
    F: for<'a> FnOnce(&'a mut Work) -> BoxFuture<'a, Result<Reply, Fault>> + Send + 'static,
{
    once_by(server, signed, signed.body_hash(target), body).await
}

/// [`once_signed`] for a body that holds a password: what is kept of it can be guessed at by nobody who has the database
/// alone.
pub async fn once_with_secret<F>(server: &Server, signed: &Signed, target: &str, body: F) -> Result<Response, Fault>
where
    F: for<'a> FnOnce(&'a mut Work) -> BoxFuture<'a, Result<Reply, Fault>> + Send + 'static,
{
    once_by(server, signed, server.keyed_digest(target.as_bytes(), &signed.body), body).await
}

async fn once_by<F>(server: &Server, signed: &Signed, body_hash: [u8; 32], body: F) -> Result<Response, Fault>
where
    F: for<'a> FnOnce(&'a mut Work) -> BoxFuture<'a, Result<Reply, Fault>> + Send + 'static,
{
    let key = signed.key()?.to_owned();
    let (person_id, device_id) = (signed.caller.person_id, signed.caller.device_id);
    once(server, person_id, key, body_hash, move |work| {
        Box::pin(async move {
            // It may have been revoked since the signature was checked.
            if find_device_key(&mut work.tx, person_id, device_id).await?.is_none() {
                return Err(Code::DeviceRefused.into());
            }
            body(work).await
        })
    })
    .await
}
