use crate::signed::Visitor;
use crate::state::Server;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use pay::Link;
use qr::Ecc;

/// `GET /preview/{link}`: the picture that chats show beside a link: its code, black on white. It says nothing that the
/// link does not, and looks nothing up.
pub async fn get_preview(State(server): State<Server>, _visitor: Visitor, Path(path): Path<String>) -> Response {
    let link = Link::parse(&format!("{}/{path}", server.public_url));
    let Ok(link) = link else { return StatusCode::NOT_FOUND.into_response() };
    let text = link.to_code();
    let drawn = tokio::task::spawn_blocking(move || qr::draw(&text, Ecc::M).and_then(|code| code.to_png(14))).await;
    match drawn {
        Ok(Ok(png)) => {
            let kind = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=86400")];
            (kind, png).into_response()
        }
        Ok(Err(_)) | Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
