//! What every call passes: the time it may take, and in practice mode the proof that it comes from the app itself.

use crate::fault::Fault;
use crate::state::Server;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use protocol::Code;
use protocol::path::PRACTICE_TOKEN_HEADER;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// Host (practice), time limit, and a defect in one call is that call's only.
pub async fn every_call(State(server): State<Server>, request: Request, next: Next) -> Response {
    if server.is_practice() && !names_this_host(&server, &request) {
        return Fault::from(Code::DeviceRefused).into_response();
    }
    let limit = Duration::from_millis(server.config.timings.call_ms);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let running = AssertUnwindSafe(next.run(request)).catch_unwind();
    let mut response = match tokio::time::timeout(limit, running).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!("a call ended in a defect");
            Fault::from(Code::Unavailable).into_response()
        }
        Err(_) => Fault::from(Code::Unavailable).into_response(),
    };
    // Paths can name people; only their first two steps are logged.
    let place = path.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let place = if place.starts_with("/v1") { place.as_str() } else { "page" };
    tracing::debug!(%method, place, status = response.status().as_u16(), "answered");
    let headers = response.headers_mut();
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// In practice mode: the token that only the app knows, and no web page. Nothing ever answers with CORS headers.
pub async fn only_the_app(State(server): State<Server>, request: Request, next: Next) -> Response {
    if let Some(token) = &server.practice_token {
        let headers = request.headers();
        let given = headers.get(PRACTICE_TOKEN_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
        let right: bool = given.ct_eq(token.as_bytes()).into();
        let from_page = headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site");
        if !right || from_page {
            return Fault::from(Code::DeviceRefused).into_response();
        }
    }
    next.run(request).await
}

/// DNS rebinding makes a stranger's name point at this machine; the name is still in `Host`.
fn names_this_host(server: &Server, request: &Request) -> bool {
    let own = server.public_url.split_once("://").map_or("", |(_, authority)| authority);
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.as_bytes() == own.as_bytes(),
        _ => false,
    }
}
