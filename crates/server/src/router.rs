//! Every route on one page.

use crate::fault::Fault;
use crate::state::Server;
use crate::{feed, guard, openapi, pages, payments, people, requests, sources};
use axum::Json;
use axum::Router;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{delete, get, patch, post, put};
use ledger::args;
use protocol::body::ServerInfo;
use protocol::{Code, path};
use serde::de::DeserializeOwned;

/// The whole server as a service; journeys call it in process.
pub fn router(server: Server) -> Router {
    let api = Router::new()
        .route(path::SERVER, get(get_server))
        .route("/v1/handles/{handle}", get(people::get_handle))
        .route(path::PEOPLE, post(people::post_people))
        .route("/v1/people/{handle}", get(people::get_person))
        .route(path::SESSIONS, post(people::post_session).delete(people::delete_session))
        .route(path::SESSION_REFRESH, post(people::post_session_refresh))
        .route(path::ME, get(people::get_me).put(people::put_me))
        .route(path::BLOCKS, get(people::get_blocks))
        .route("/v1/blocks/{id}", put(people::put_block).merge(delete(people::delete_block)))
        .route(path::REPORTS, post(people::post_report))
        .route(path::DEVICES, get(people::get_devices).post(people::post_device))
        .route("/v1/devices/{id}", patch(people::patch_device).merge(delete(people::delete_device)))
        .route("/v1/devices/{id}/standing", get(people::get_device_standing))
        .route("/v1/devices/{id}/confirm", post(people::confirm_device))
        .route("/v1/devices/{id}/recovery", post(people::post_device_recovery))
        .route(path::FORGOTTEN_PASSWORD, post(people::post_forgotten_password))
        .route(path::EMAIL, get(people::get_email).put(people::put_email))
        .route(path::CLOSING, post(people::post_closing))
        .route(path::SOURCES, get(sources::get_sources).post(sources::post_source))
        .route(path::SOURCE_OFFERS, get(sources::list_source_offers))
        .route("/v1/sources/{id}", patch(sources::patch_source).merge(delete(sources::delete_source)))
        .route(path::QUOTES, post(payments::post_quote))
        .route(path::PAYMENTS, post(payments::post_payment))
        .route(path::LIMITS, get(payments::get_limits))
        .route(path::RETURNS, post(payments::post_return))
        .route("/v1/payments/{id}", get(payments::get_payment))
        .route("/v1/payments/{id}/cancel", post(payments::cancel_payment))
        .route(path::REQUESTS, post(requests::post_request))
        .route("/v1/requests/{id}", get(requests::get_request))
        .route("/v1/requests/{id}/decline", post(requests::decline_request))
        .route("/v1/requests/{id}/cancel", post(requests::cancel_request))
        .route("/v1/requests/{id}/remind", post(requests::remind_request))
        .route("/v1/requests/{id}/received", post(requests::post_received))
        .route("/v1/requests/{id}/not-received", post(requests::post_not_received))
        .route(path::FEED, get(feed::get_feed))
        .route(path::EVENTS, get(feed::get_events))
        .route(path::OPENAPI, get(openapi::get_openapi))
        .route("/health", get(get_health))
        .layer(middleware::from_fn_with_state(server.clone(), guard::only_the_app));
    let pages = Router::new()
        .route("/@{handle}", get(pages::get_link_page))
        .route("/@{handle}/{amount}", get(pages::get_link_page))
        .route("/r/{id}", get(pages::get_link_page))
        .route("/R/{id}", get(pages::get_link_page))
        .route("/v/{id}", get(pages::get_link_page))
        .route("/V/{id}", get(pages::get_link_page))
        .route("/v/{id}/{signed}", get(pages::get_link_page))
        .route("/V/{id}/{signed}", get(pages::get_link_page))
        .route("/begin/{*link}", get(pages::get_begin).post(pages::post_begin))
        .route("/pay/{id}", get(pages::get_payment_page))
        .route("/m/{token}", get(pages::get_letter_page).post(pages::post_letter_page))
        .route("/preview/{*link}", get(pages::get_preview))
        .route("/page/hanken-grotesk.woff2", get(pages::get_font))
        .route("/sandbox/checkout/{key}", get(pages::get_checkout).post(pages::post_checkout))
        .route("/sandbox/action/{key}", get(pages::get_action).post(pages::post_action));
    api.merge(pages)
        .fallback(pages::get_nothing)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(server.clone(), guard::every_call))
        .with_state(server)
}

async fn get_server(State(server): State<Server>) -> Json<ServerInfo> {
    Json(server.info())
}

/// 200 when the database answers.
async fn get_health(State(server): State<Server>) -> Result<&'static str, Fault> {
    server.read().await?.row("SELECT 1", args![]).await?;
    Ok("ok")
}

async fn method_not_allowed() -> impl IntoResponse {
    Fault::from(Code::NotFound)
}

/// A part of the path; what cannot be read is a problem like any other.
pub struct Part<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Part<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let read = Path::<T>::from_request_parts(parts, state).await;
        read.map(|Path(part)| Part(part)).map_err(|_| Code::Malformed.into())
    }
}
