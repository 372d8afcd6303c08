//! Pages for people without the app: a link and the ways to pay it, paying without an account, the receipt; and the
//! sandbox's own pages. Plain HTML in three languages, no script, no cookie, nothing from elsewhere, every text escaped.

mod account;
mod action;
mod ask;
mod checkout;
mod face;
mod figures;
mod form;
mod guest;
mod html;
pub mod language;
mod link;
mod other_ways;
mod preview;
mod receipt;
mod words;

pub use account::{get_letter_page, post_letter_page};
pub use action::{get_action, post_action};
pub use checkout::{get_checkout, post_checkout};
pub use figures::moment;
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
pub async fn get_link_page(
    State(server): State<Server>,
    visitor: Result<Visitor, Fault>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let language = Language::of(uri.query(), &headers);
    let page = match visitor {
        Ok(Visitor) => page_of(&server, uri.path(), language).await,
        Err(fault) => Err(fault),
    };
    let not_here = || (StatusCode::NOT_FOUND, nothing(&server, language)).into_response();
    shown(&server, language, page.map(|page| page.map_or_else(not_here, Page::into_response)))
}

/// A page, or in words what stood in its way: too often, or a server that cannot answer now. Other refusals are not met
/// by people who use the pages.
fn shown(server: &Server, language: Language, page: Result<Response, Fault>) -> Response {
    let words = language.words();
    match page {
        Ok(response) => response,
        Err(Fault::Refused(problem)) if problem.code == protocol::Code::TooMany => {
            let wait_s = problem.retry_after_s.unwrap_or(60);
            let text = (words.too_many)(&wait_s.div_ceil(60).to_string());
            let page = Page::new(server, words.unavailable.what).speaking(language).line(&text);
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, wait_s.to_string())], page).into_response()
        }
        Err(fault @ Fault::Refused(_)) => fault.into_response(),
        Err(fault) => {
            tracing::error!(error = %fault, "a page could not be made");
            let page = Page::new(server, words.unavailable.what).speaking(language).line(words.unavailable.then);
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
