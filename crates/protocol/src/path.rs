//! Every address of the API, each in one place. `{}` parts are filled by the functions.

use pay::Handle;
use uuid::Uuid;

/// Facts about the server; needs no account.
pub const SERVER: &str = "/v1/server";
/// `POST`: open an account and register the first device.
pub const PEOPLE: &str = "/v1/people";
/// `POST`: sign in on a device; `DELETE`: sign out.
pub const SESSIONS: &str = "/v1/sessions";
/// `POST`: exchange the refresh token for a new pair.
pub const SESSION_REFRESH: &str = "/v1/sessions/refresh";
/// `GET` the own account; `PUT` name and picture.
pub const ME: &str = "/v1/me";
/// `GET` list, `POST` add a funding source.
pub const SOURCES: &str = "/v1/sources";
/// `GET`: what can be added as a source here.
pub const SOURCE_OFFERS: &str = "/v1/sources/offers";
/// `POST`: what a payment would cost with each source.
pub const QUOTES: &str = "/v1/quotes";
/// `POST` a signed order.
pub const PAYMENTS: &str = "/v1/payments";
/// `POST` a request for money.
pub const REQUESTS: &str = "/v1/requests";
/// `GET ?after=SEQUENCE&limit=N`: the account's ordered changes.
pub const FEED: &str = "/v1/feed";
/// `GET`: server-sent events; each only says that there is more in the feed.
pub const EVENTS: &str = "/v1/events";
/// The machine-readable contract.
pub const OPENAPI: &str = "/openapi.json";

/// Whether a handle can be had: `GET /v1/handles/{handle}` (any text, percent-encoded by the caller).
pub fn handle(handle: &str) -> String {
    format!("/v1/handles/{handle}")
}

/// The payee card of a person.
pub fn person(handle: &Handle) -> String {
    format!("/v1/people/{handle}")
}

/// One source: `PATCH` name or default, `DELETE` it.
pub fn source(id: Uuid) -> String {
    format!("/v1/sources/{id}")
}

/// One payment, by the id its payer made.
pub fn payment(id: Uuid) -> String {
    format!("/v1/payments/{id}")
}

/// `POST`: call a payment off while it waits for the payer.
pub fn payment_cancel(id: Uuid) -> String {
    format!("/v1/payments/{id}/cancel")
}

/// One request.
pub fn request(id: Uuid) -> String {
    format!("/v1/requests/{id}")
}

/// `POST`: the payer says no.
pub fn request_decline(id: Uuid) -> String {
    format!("/v1/requests/{id}/decline")
}

/// `POST`: the requester takes it back.
pub fn request_cancel(id: Uuid) -> String {
    format!("/v1/requests/{id}/cancel")
}

/// `POST`: the requester reminds the payer.
pub fn request_remind(id: Uuid) -> String {
    format!("/v1/requests/{id}/remind")
}

/// Header that carries the practice server's token.
pub const PRACTICE_TOKEN_HEADER: &str = "x-tessera-practice";
/// Header that carries the id under which a mutating call is remembered.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";
