use super::form::Fields;
use super::guest::{in_language, payment_path};
use super::html::Page;
use super::language::Language;
use super::link::nothing;
use crate::fault::Fault;
use crate::payments::guest::find_order;
use crate::processor::Action;
use crate::router::Part;
use crate::signed::{Attempted, Visitor};
use crate::state::Server;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use protocol::Code;
use subtle::ConstantTimeEq;

/// `GET /sandbox/action/{key}`: the sandbox's bank asks the payer. The key in the address is 192 random bits that only
/// the payer was told.
pub async fn get_action(
    State(server): State<Server>,
    _visitor: Visitor,
    Part(key): Part<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let action = server.processor.action(key.clone()).await?;
    show(&server, &key, action, Language::of(uri.query(), &headers)).await
}

/// `POST /sandbox/action/{key}` with `decision=approve|refuse&token=…` of the form that was shown.
pub async fn post_action(
    State(server): State<Server>,
    _visitor: Visitor,
    Part(key): Part<String>,
    uri: Uri,
    headers: HeaderMap,
    attempted: Attempted,
) -> Result<Response, Fault> {
    if !is_own_origin(&server, &headers) {
        return Err(Code::DeviceRefused.into());
    }
    let fields = Fields::parse(&attempted.body);
    let token = fields.get("token").unwrap_or_default();
    let right: bool = token.as_bytes().ct_eq(form_token(&server, &key).as_bytes()).into();
    if !right {
        return Err(Code::Malformed.into());
    }
    let approve = match fields.get("decision") {
        Some("approve") => true,
        Some("refuse") => false,
        _ => return Err(Code::Malformed.into()),
    };
    if let Some(payment_id) = server.processor.answer_action(key.clone(), approve).await? {
        server.settle.send(payment_id).map_err(|_| Fault::Stopping)?;
    }
    let action = server.processor.action(key.clone()).await?;
    show(&server, &key, action, Language::of(uri.query(), &headers)).await
}

async fn show(server: &Server, key: &str, action: Option<Action>, language: Language) -> Result<Response, Fault> {
    let words = language.words();
    let Some(action) = action else {
        return Ok((StatusCode::NOT_FOUND, nothing(server, language)).into_response());
    };
    let page = Page::new(server, words.bank).speaking(language).lead(words.you_pay).amount(action.total);
    let page = page.line(&(words.from_card)(&action.hint));
    let page = match action.answered {
        None => {
            let token = form_token(server, key);
            page.line(words.approve_question).button("approve", &token, words.approve).button(
                "refuse",
                &token,
                words.refuse,
            )
        }
        Some(true) => page.line(words.approved),
        Some(false) => page.line(words.not_approved),
    };
    let is_guests = find_order(&mut server.read().await?, action.payment_id).await?.is_some();
    let page = match (action.answered, is_guests) {
        (Some(_), true) => page.go(&in_language(&payment_path(action.payment_id), language), words.see_payment),
        _ => page,
    };
    Ok(page.into_response())
}

/// Ties a form to this server and this action; worth nothing once the action is answered.
fn form_token(server: &Server, key: &str) -> String {
    hex::encode(server.keyed_digest(b"sandbox action form", key.as_bytes()))
}

/// Browsers say where a form comes from; only our own page may send it.
pub fn is_own_origin(server: &Server, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    text("sec-fetch-site").is_none_or(|site| site == "same-origin")
        && text("origin").is_none_or(|origin| origin == server.public_url)
}
