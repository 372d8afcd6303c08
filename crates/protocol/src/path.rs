//! Every address of the API, each in one place. `{}` parts are filled by the functions.
//!
//! Each says what it takes → gives (types of [`crate::body`]). Calls that change something are signed by the device
//! (RFC 9421, target = public address + path + query) and, apart from the two session calls, carry an
//! `Idempotency-Key`: the body's own `id` for people, sources, payments, returns and requests, a fresh UUID elsewhere.
//! Reads need the bearer token alone; signature headers on them are ignored.
//! `picture` of a `Person` is filled only in `Me` and `Payee`; in payments and requests it is `null`.

use pay::Handle;
use uuid::Uuid;

/// `GET` → `ServerInfo`; needs no account.
pub const SERVER: &str = "/v1/server";
/// `POST` `Join` → 201 `Me`: open an account and register the first device; sign in next. Signed by the new device.
pub const PEOPLE: &str = "/v1/people";
/// `POST` `SignIn` → 200 `Session`, signed by the device; `DELETE` → 204: sign out.
pub const SESSIONS: &str = "/v1/sessions";
/// `POST` `Refresh` → 200 `Session`: exchange the refresh token for a new pair; signed, no bearer. When the answer is
/// lost, the same token may be sent again as long as the new pair was never used.
pub const SESSION_REFRESH: &str = "/v1/sessions/refresh";
/// `GET` → `Me`: the own account; `PUT` `ProfileChange` → `Me`: name and picture.
pub const ME: &str = "/v1/me";
/// `GET` → `[Source]`; `POST` `NewSource` → 201 `Source`.
pub const SOURCES: &str = "/v1/sources";
/// `GET` → `[SourceOffer]`: what can be added as a source here.
pub const SOURCE_OFFERS: &str = "/v1/sources/offers";
/// `POST` `QuoteAsk` → 200 `Quote`: what a payment would cost with each source; a read, so it needs no key.
pub const QUOTES: &str = "/v1/quotes";
/// `GET` → `[Allowance]`: the account's limits as they stand now.
pub const LIMITS: &str = "/v1/limits";
/// `POST` `SignedOrder` → 201 `Payment`.
pub const PAYMENTS: &str = "/v1/payments";
/// `POST` `SignedReturn` → 201 `Payment`: gives a received payment back, whole or in part.
pub const RETURNS: &str = "/v1/returns";
/// `POST` `NewRequest` → 201 `Request`.
pub const REQUESTS: &str = "/v1/requests";
/// `GET` → `[Person]`: whom the caller has blocked.
pub const BLOCKS: &str = "/v1/blocks";
/// `POST` `Report` → 204: tells the operator about somebody.
pub const REPORTS: &str = "/v1/reports";
/// `GET ?after=SEQUENCE&limit=N` → `FeedPage`: the account's ordered changes; `limit` 1 to [`FEED_MOST`], else 100.
pub const FEED: &str = "/v1/feed";
/// Most changes on one page of the feed.
pub const FEED_MOST: u32 = 2_000;
/// `GET`: server-sent events; `event: poke` says that there is more in the feed, a comment every 15 s that the line lives.
pub const EVENTS: &str = "/v1/events";
/// `GET` → `[DeviceEntry]`; `POST` `PairDevice` → 200 `DeviceStanding`: signed by the new device, no bearer, key = its id.
pub const DEVICES: &str = "/v1/devices";
/// `POST` `ForgottenPassword` → 204, whether there is such an account or not; needs no account, no key, no signature.
pub const FORGOTTEN_PASSWORD: &str = "/v1/password/forgotten";
/// `GET` → `EmailStanding`; `PUT` `EmailChange` → 204: sends a letter to the new address.
pub const EMAIL: &str = "/v1/me/email";
/// `POST` `CloseAccount` → 204, key = its id: erases what is personal, closes the account for good. Refused with
/// `payments_open` and their ids while payments are under way.
pub const CLOSING: &str = "/v1/me/closing";
/// The machine-readable contract.
pub const OPENAPI: &str = "/openapi.json";

/// `GET` → `HandleCheck`: whether a handle can be had (any text, percent-encoded by the caller); needs no account.
pub fn handle(handle: &str) -> String {
    format!("/v1/handles/{handle}")
}

/// `GET` → `Payee`: the card of a person.
pub fn person(handle: &Handle) -> String {
    format!("/v1/people/{handle}")
}

/// `PATCH` `SourceChange` → `Source`; `DELETE` → 204.
pub fn source(id: Uuid) -> String {
    format!("/v1/sources/{id}")
}

/// `GET` → `Payment`, by the id its payer made.
pub fn payment(id: Uuid) -> String {
    format!("/v1/payments/{id}")
}

/// `POST` (no body) → `Payment`: call a payment off while it waits for the payer.
pub fn payment_cancel(id: Uuid) -> String {
    format!("/v1/payments/{id}/cancel")
}

/// `GET` → `Request`, for anybody signed in who has the id; marks it viewed unless the reader is the requester.
pub fn request(id: Uuid) -> String {
    format!("/v1/requests/{id}")
}

/// `POST` (no body) → `Request`: the addressed payer says no.
pub fn request_decline(id: Uuid) -> String {
    format!("/v1/requests/{id}/decline")
}

/// `POST` (no body) → `Request`: the requester takes it back.
pub fn request_cancel(id: Uuid) -> String {
    format!("/v1/requests/{id}/cancel")
}

/// `POST` `way::Received` → `Request`: the requester says that the money came another way.
pub fn request_received(id: Uuid) -> String {
    format!("/v1/requests/{id}/received")
}

/// `POST` (no body) → `Request`: the requester says that it did not come after all.
pub fn request_not_received(id: Uuid) -> String {
    format!("/v1/requests/{id}/not-received")
}

/// `POST` (no body) → `Request`: the requester reminds the addressed payer.
pub fn request_remind(id: Uuid) -> String {
    format!("/v1/requests/{id}/remind")
}

/// `PUT` (no body) → 204: this person can neither pay nor ask the caller any more; `DELETE` → 204: they can again.
pub fn block(person_id: Uuid) -> String {
    format!("/v1/blocks/{person_id}")
}

/// `PATCH` `DeviceChange` → 204: name it; `DELETE` → 204: revoke it, or refuse one that asks.
pub fn device(id: Uuid) -> String {
    format!("/v1/devices/{id}")
}

/// `GET` → `DeviceStanding`; needs no account, so that a device which waits can look.
pub fn device_standing(id: Uuid) -> String {
    format!("/v1/devices/{id}/standing")
}

/// `POST` `ConfirmDevice` → 204: lets a device in that asks.
pub fn device_confirm(id: Uuid) -> String {
    format!("/v1/devices/{id}/confirm")
}

/// `POST` `RecoverDevice` → 200 `DeviceStanding`: signed by the device that waits, no bearer.
pub fn device_recovery(id: Uuid) -> String {
    format!("/v1/devices/{id}/recovery")
}

/// Header that carries the practice server's token.
pub const PRACTICE_TOKEN_HEADER: &str = "x-tessera-practice";
/// Header that carries the id under which a mutating call is remembered.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";
