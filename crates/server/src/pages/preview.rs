use super::ask::Ask;
use super::figures::written;
use super::language::Language;
use crate::fault::Fault;
use crate::signed::Visitor;
use crate::state::Server;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use pay::{Link, Target, short_id};
use protocol::body::Mode;
use qr::Ecc;

/// How long chats may keep the picture: names and amounts change.
const KEPT: &str = "public, max-age=3600";

/// What stands in the picture beside the code.
struct Label {
    headline: &'static str,
    amount: Option<String>,
    name: String,
    handle: String,
    foot: String,
}

/// `GET /preview/{link}`: the picture that chats show beside a link: who asks for how much, and its code. Of a request
/// for one person, of a receipt, and of what leads nowhere it is the code alone, which says nothing that the link does not.
pub async fn get_preview(
    State(server): State<Server>,
    _visitor: Visitor,
    Path(path): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let link = Link::parse(&format!("{}/{path}", server.public_url));
    let Ok(link) = link else { return StatusCode::NOT_FOUND.into_response() };
    let label = match label(&server, &link, Language::of(uri.query(), &headers)).await {
        Ok(label) => label,
        Err(fault) => return fault.into_response(),
    };
    let text = link.to_code();
    let drawn = tokio::task::spawn_blocking(move || draw(&text, label.as_ref())).await;
    match drawn {
        Ok(Some(png)) => {
            let kind = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, KEPT)];
            (kind, png).into_response()
        }
        Ok(None) | Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn label(server: &Server, link: &Link, language: Language) -> Result<Option<Label>, Fault> {
    let Some(ask) = Ask::find(server, link).await?.filter(|ask| !ask.is_for_one()) else { return Ok(None) };
    let words = language.words();
    let host = server.public_url.split_once("://").map_or("", |(_, host)| host);
    let number = match link.target {
        Target::Request(id) => short_id(id),
        Target::Person { .. } | Target::Proof(_) => String::new(),
    };
    let practice = matches!(server.config.mode, Mode::Practice | Mode::Sandbox);
    Ok(Some(Label {
        headline: if ask.amount.is_some() { words.you_pay } else { words.pay_somebody },
        amount: ask.amount.map(|amount| written(amount, language).text().replace('\u{202f}', "\u{a0}")),
        name: ask.payee.display_name.clone(),
        handle: format!("@{} · {host}", ask.payee.handle),
        foot: if practice { words.no_real_money.to_owned() } else { number },
    }))
}

fn draw(text: &str, label: Option<&Label>) -> Option<Vec<u8>> {
    let code = qr::draw(text, Ecc::M).ok()?;
    let Some(label) = label else { return code.to_png(14).ok() };
    let Label { headline, amount, name, handle, foot } = label;
    let printed = print::Label { headline, foot, name, handle, link: "", amount: amount.as_deref(), language: "" };
    match print::preview(&code, &printed) {
        Ok(picture) => picture.to_png(),
        // A letter that is in none of our fonts: the code alone.
        Err(_) => code.to_png(14).ok(),
    }
}
