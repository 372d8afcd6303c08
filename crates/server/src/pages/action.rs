use crate::fault::Fault;
use crate::pages::html::Page;
use crate::processor::Action;
use crate::router::Part;
use crate::signed::{Attempted, Visitor};
use crate::state::Server;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use protocol::Code;
use subtle::ConstantTimeEq;

/// `GET /sandbox/action/{key}`: the sandbox's bank asks the payer. The key in the address is 192 random bits that only
/// the payer was told.
pub async fn get_action(
    State(server): State<Server>,
    _visitor: Visitor,
    Part(key): Part<String>,
) -> Result<Response, Fault> {
    let action = server.processor.action(key.clone()).await?;
    Ok(show(&server, &key, action))
}

/// `POST /sandbox/action/{key}` with `decision=approve|refuse&token=…` of the form that was shown.
pub async fn post_action(
    State(server): State<Server>,
    _visitor: Visitor,
    Part(key): Part<String>,
    headers: HeaderMap,
    attempted: Attempted,
) -> Result<Response, Fault> {
    if !is_own_origin(&server, &headers) {
        return Err(Code::DeviceRefused.into());
    }
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&attempted.body).into_owned().collect();
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let token = field("token").unwrap_or_default();
    let right: bool = token.as_bytes().ct_eq(form_token(&server, &key).as_bytes()).into();
    if !right {
        return Err(Code::Malformed.into());
    }
    let approve = match field("decision") {
        Some("approve") => true,
        Some("refuse") => false,
        _ => return Err(Code::Malformed.into()),
    };
    if let Some(payment_id) = server.processor.answer_action(key.clone(), approve).await? {
        server.settle.send(payment_id).map_err(|_| Fault::Stopping)?;
    }
    let action = server.processor.action(key.clone()).await?;
    Ok(show(&server, &key, action))
}

fn show(server: &Server, key: &str, action: Option<Action>) -> Response {
    let Some(action) = action else {
        let page = Page::new(server, "Nothing here").line("This confirmation does not exist.");
        return (StatusCode::NOT_FOUND, page).into_response();
    };
    let page = Page::new(server, "Practice bank").amount(action.total);
    let page = page.line(&format!("From the card ending in {}", action.hint));
    let page = match action.answered {
        None => {
            let token = form_token(server, key);
            page.line("Do you approve this payment?")
                .button("approve", &token, "Approve")
                .button("refuse", &token, "Refuse")
        }
        Some(true) => page.line("Approved. You can close this page."),
        Some(false) => page.line("Not approved: no money moves. You can close this page."),
    };
    page.into_response()
}

/// Ties a form to this server and this action; worth nothing once the action is answered.
fn form_token(server: &Server, key: &str) -> String {
    hex::encode(server.keyed_digest(b"sandbox action form", key.as_bytes()))
}

/// Browsers say where a form comes from; only our own page may send it.
fn is_own_origin(server: &Server, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    text("sec-fetch-site").is_none_or(|site| site == "same-origin")
        && text("origin").is_none_or(|origin| origin == server.public_url)
}
