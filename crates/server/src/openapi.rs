//! The machine-readable contract (OpenAPI 3.1), made from one table of operations and the types of `protocol`.

use crate::fault::Fault;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use protocol::{
    Code, Order, Problem, ReturnOrder, SignedOrder, SignedReturn, account, body, device, group, limits, safety, way,
};
use serde_json::{Value, json};
use utoipa::OpenApi;

/// The schemas; operations are added from [`OPERATIONS`].
#[derive(OpenApi)]
#[openapi(
    info(title = "Tessera payments server", license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")),
    components(schemas(
        Code,
        Problem,
        Order,
        SignedOrder,
        ReturnOrder,
        SignedReturn,
        body::Amount,
        body::Bar,
        body::Behaviour,
        body::CardClass,
        body::Change,
        body::EligibilityPolicy,
        body::FailureReason,
        body::FeedPage,
        body::HandleCheck,
        body::HandleVerdict,
        body::Join,
        body::LatePolicy,
        body::Me,
        body::Mode,
        body::NewDevice,
        body::NewRequest,
        body::NewSource,
        body::OverPolicy,
        body::PartialPolicy,
        body::Payee,
        body::Payment,
        body::PaymentState,
        body::Person,
        body::Policy,
        body::ProfileChange,
        body::Quote,
        body::QuoteAsk,
        body::QuoteLine,
        body::Refresh,
        body::Request,
        body::RequestState,
        body::ServerInfo,
        protocol::fee::FeeRule,
        body::Session,
        body::SignIn,
        body::Source,
        body::SourceChange,
        body::SourceKind,
        body::SourceOffer,
        body::Subject,
        limits::Allowance,
        limits::LimitKind,
        group::Group,
        group::GroupKind,
        way::Elsewhere,
        way::OtherWay,
        way::Received,
        way::WayKind,
        safety::Report,
        safety::ReportReason,
        account::CloseAccount,
        account::EmailChange,
        account::EmailStanding,
        account::ForgottenPassword,
        account::RecoverDevice,
        device::ConfirmDevice,
        device::DeviceChange,
        device::DeviceEntry,
        device::DeviceStanding,
        device::DeviceState,
        device::PairDevice
    ))
)]
struct Schemas;

/// How a call proves who makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Nobody in particular.
    None,
    /// Bearer token.
    Bearer,
    /// The device's signature, no session yet.
    Device,
    /// Bearer token and signature, no key: signing out.
    Signed,
    /// Bearer token, signature and `Idempotency-Key`.
    Change,
}

/// One operation: method, path, what it does, body, answer (a trailing `[]` is a list), status, proof.
pub type Operation = (&'static str, &'static str, &'static str, Option<&'static str>, Option<&'static str>, u16, Proof);

/// Every operation of the API.
pub const OPERATIONS: &[Operation] = &[
    ("get", "/v1/server", "Facts about the server", None, Some("ServerInfo"), 200, Proof::None),
    ("get", "/v1/handles/{handle}", "Whether a handle can be had", None, Some("HandleCheck"), 200, Proof::None),
    ("post", "/v1/people", "Open an account", Some("Join"), Some("Me"), 201, Proof::Device),
    ("get", "/v1/people/{handle}", "The card of a person", None, Some("Payee"), 200, Proof::Bearer),
    ("post", "/v1/sessions", "Sign in", Some("SignIn"), Some("Session"), 200, Proof::Device),
    ("delete", "/v1/sessions", "Sign out", None, None, 204, Proof::Signed),
    (
        "post",
        "/v1/sessions/refresh",
        "Exchange the refresh token",
        Some("Refresh"),
        Some("Session"),
        200,
        Proof::Device,
    ),
    ("get", "/v1/me", "The own account", None, Some("Me"), 200, Proof::Bearer),
    ("put", "/v1/me", "Change name and picture", Some("ProfileChange"), Some("Me"), 200, Proof::Change),
    ("get", "/v1/blocks", "Whom the account has blocked", None, Some("Person[]"), 200, Proof::Bearer),
    ("put", "/v1/blocks/{id}", "Block a person", None, None, 204, Proof::Change),
    ("delete", "/v1/blocks/{id}", "Unblock a person", None, None, 204, Proof::Change),
    ("post", "/v1/reports", "Report a person to the operator", Some("Report"), None, 204, Proof::Change),
    ("get", "/v1/devices", "Own devices", None, Some("DeviceEntry[]"), 200, Proof::Bearer),
    (
        "post",
        "/v1/devices",
        "Ask that a new device may use an account",
        Some("PairDevice"),
        Some("DeviceStanding"),
        200,
        Proof::Device,
    ),
    (
        "get",
        "/v1/devices/{id}/standing",
        "What became of a device that asked",
        None,
        Some("DeviceStanding"),
        200,
        Proof::None,
    ),
    ("post", "/v1/devices/{id}/confirm", "Let a device in", Some("ConfirmDevice"), None, 204, Proof::Change),
    ("patch", "/v1/devices/{id}", "Name a device", Some("DeviceChange"), None, 204, Proof::Change),
    ("delete", "/v1/devices/{id}", "Revoke a device, or refuse one that asks", None, None, 204, Proof::Change),
    (
        "post",
        "/v1/devices/{id}/recovery",
        "Ask for a letter in place of another device's word",
        Some("RecoverDevice"),
        Some("DeviceStanding"),
        200,
        Proof::Device,
    ),
    (
        "post",
        "/v1/password/forgotten",
        "Ask for a letter to set a new password",
        Some("ForgottenPassword"),
        None,
        204,
        Proof::None,
    ),
    ("get", "/v1/me/email", "The address of letters", None, Some("EmailStanding"), 200, Proof::Bearer),
    ("put", "/v1/me/email", "Ask for another address", Some("EmailChange"), None, 204, Proof::Change),
    ("post", "/v1/me/closing", "Close the account for good", Some("CloseAccount"), None, 204, Proof::Change),
    ("get", "/v1/sources", "Own funding sources", None, Some("Source[]"), 200, Proof::Bearer),
    ("post", "/v1/sources", "Add a source", Some("NewSource"), Some("Source"), 201, Proof::Change),
    ("get", "/v1/sources/offers", "What can be added as a source", None, Some("SourceOffer[]"), 200, Proof::Bearer),
    (
        "patch",
        "/v1/sources/{id}",
        "Name a source or make it default",
        Some("SourceChange"),
        Some("Source"),
        200,
        Proof::Change,
    ),
    ("delete", "/v1/sources/{id}", "Remove a source", None, None, 204, Proof::Change),
    ("post", "/v1/quotes", "What a payment would cost", Some("QuoteAsk"), Some("Quote"), 200, Proof::Bearer),
    ("get", "/v1/limits", "Own limits as they stand", None, Some("Allowance[]"), 200, Proof::Bearer),
    ("post", "/v1/payments", "Carry out a signed order", Some("SignedOrder"), Some("Payment"), 201, Proof::Change),
    ("post", "/v1/returns", "Give a received payment back", Some("SignedReturn"), Some("Payment"), 201, Proof::Change),
    ("get", "/v1/payments/{id}", "One payment", None, Some("Payment"), 200, Proof::Bearer),
    ("post", "/v1/payments/{id}/cancel", "Call a payment off", None, Some("Payment"), 200, Proof::Change),
    ("post", "/v1/requests", "Ask for money", Some("NewRequest"), Some("Request"), 201, Proof::Change),
    ("get", "/v1/requests/{id}", "One request", None, Some("Request"), 200, Proof::Bearer),
    ("post", "/v1/requests/{id}/decline", "Say no to a request", None, Some("Request"), 200, Proof::Change),
    ("post", "/v1/requests/{id}/cancel", "Take a request back", None, Some("Request"), 200, Proof::Change),
    ("post", "/v1/requests/{id}/remind", "Remind the payer", None, Some("Request"), 200, Proof::Change),
    (
        "post",
        "/v1/requests/{id}/received",
        "The money came another way",
        Some("Received"),
        Some("Request"),
        200,
        Proof::Change,
    ),
    ("post", "/v1/requests/{id}/not-received", "It did not come after all", None, Some("Request"), 200, Proof::Change),
    ("get", "/v1/feed", "The account's changes in order", None, Some("FeedPage"), 200, Proof::Bearer),
    ("get", "/v1/events", "Server-sent pokes", None, None, 200, Proof::Bearer),
];

/// The contract as pretty JSON text.
pub fn document() -> Result<String, Fault> {
    let mut document = serde_json::to_value(Schemas::openapi())?;
    let mut paths = serde_json::Map::new();
    for operation in OPERATIONS {
        let item = paths.entry(operation.1.to_owned()).or_insert_with(|| json!({}));
        item[operation.0] = described(operation);
    }
    document["paths"] = Value::Object(paths);
    document["components"]["securitySchemes"] = json!({
        "bearer": { "type": "http", "scheme": "bearer", "description": "Opaque access token of a session." },
        "signature": {
            "type": "apiKey", "in": "header", "name": "Signature",
            "description": "RFC 9421, Ed25519 by the device, with Signature-Input and Content-Digest; covers @method, \
                @target-uri, content-digest and, when sent, idempotency-key; label `tessera`; keyid is the device's id."
        }
    });
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn described(operation: &Operation) -> Value {
    let (_, path, summary, body, answer, status, proof) = *operation;
    let mut parameters: Vec<Value> = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    if matches!(proof, Proof::Change) || path == "/v1/people" {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": true, "schema": { "type": "string", "maxLength": 64 }
        }));
    }
    if path == "/v1/feed" {
        for name in ["after", "limit"] {
            parameters.push(json!({ "name": name, "in": "query", "schema": { "type": "integer", "format": "int64" } }));
        }
    }
    let problem = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
    let mut responses = json!({ "default": { "description": "Refused: RFC 9457", "content": problem } });
    responses[status.to_string()] = answered(path, summary, answer);
    let mut described = json!({ "summary": summary, "responses": responses, "security": security(proof) });
    if !parameters.is_empty() {
        described["parameters"] = Value::Array(parameters);
    }
    if let Some(body) = body {
        described["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema(body) } } });
    }
    described
}

fn answered(path: &str, summary: &str, answer: Option<&str>) -> Value {
    if path == "/v1/events" {
        return json!({ "description": summary, "content": { "text/event-stream": { "schema": { "type": "string" } } } });
    }
    match answer {
        Some(name) => json!({ "description": summary, "content": { "application/json": { "schema": schema(name) } } }),
        None => json!({ "description": summary }),
    }
}

fn schema(name: &str) -> Value {
    match name.strip_suffix("[]") {
        Some(item) => json!({ "type": "array", "items": schema(item) }),
        None => json!({ "$ref": format!("#/components/schemas/{name}") }),
    }
}

fn security(proof: Proof) -> Value {
    match proof {
        Proof::None => json!([]),
        Proof::Bearer => json!([{ "bearer": [] }]),
        Proof::Device => json!([{ "signature": [] }]),
        Proof::Signed | Proof::Change => json!([{ "bearer": [], "signature": [] }]),
    }
}

/// `GET /openapi.json`.
pub async fn get_openapi() -> Result<Response, Fault> {
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json)], document()?).into_response())
}
