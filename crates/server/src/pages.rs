//! Pages for people without the app: a link and the ways to pay it, paying without an account, the receipt; and the
//! sandbox's own pages. Plain HTML in three languages, no script, no cookie, nothing from elsewhere, every text escaped.

mod action;
mod ask;
mod checkout;
mod face;
mod figures;
mod form;
mod guest;
mod html;
mod language;
mod link;
mod preview;
mod receipt;
mod words;

pub use action::{get_action, post_action};
pub use checkout::{get_checkout, post_checkout};
pub use guest::{get_begin, get_payment_page, post_begin};
pub use preview::get_preview;

use crate::fault::Fault;
use crate::signed::Visitor;
use crate::state::Server;
use ask::Ask;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use html::Page;
use language::Language;
use link::{Trouble, link_page, nothing};
use pay::{Link, Target};

/// The one typeface, subset to Latin (SIL Open Font License, beside it).
const FONT: &[u8] = include_bytes!("pages/assets/hanken-grotesk-latin.woff2");

/// `GET /@handle[/25.00-USD]`, `/r/ID`, `/R/ID`, `/v/ID[/SIGNED]`, `/V/ID[/SIGNED]`.
pub async fn get_link_page(State(server): State<Server>, _visitor: Visitor, uri: Uri, headers: HeaderMap) -> Response {
    let language = Language::of(uri.query(), &headers);
    match page_of(&server, uri.path(), language).await {
        Ok(Some(page)) => page.into_response(),
        Ok(None) => (StatusCode::NOT_FOUND, nothing(&server, language)).into_response(),
        Err(fault) => {
            tracing::error!(error = %fault, "a page could not be made");
            let note = language.words().unavailable;
            let page = Page::new(&server, note.what).speaking(language).line(note.then);
            (StatusCode::SERVICE_UNAVAILABLE, page).into_response()
        }
    }
}

async fn page_of(server: &Server, path: &str, language: Language) -> Result<Option<Page>, Fault> {
    let Ok(link) = Link::parse(&format!("{}{path}", server.public_url)) else { return Ok(None) };
    if let Target::Proof(id) = link.target {
        return receipt::receipt_page(server, id, language).await;
    }
    let Some(ask) = Ask::find(server, &link).await? else { return Ok(None) };
    link_page(server, &link, &ask, language, Trouble::default()).await.map(Some)
}

/// `GET /page/hanken-grotesk.woff2`.
pub async fn get_font() -> Response {
    let kind = [(header::CONTENT_TYPE, "font/woff2"), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (kind, FONT).into_response()
}

/// Anything else: a page for people, a problem for programs.
pub async fn get_nothing(State(server): State<Server>, request: Request) -> Response {
    let headers = request.headers();
    let accepts = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") {
        let language = Language::of(request.uri().query(), headers);
        (StatusCode::NOT_FOUND, nothing(&server, language)).into_response()
    } else {
        Fault::from(protocol::Code::NotFound).into_response()
    }
}
