//! Pages for people without the app, and the sandbox's bank page. Plain HTML, no script, nothing from elsewhere, every
//! text escaped.

mod action;
mod html;

pub use action::{get_action, post_action};

use crate::fault::Fault;
use crate::payments::rows::find_payment;
use crate::people::rows::find_by_handle;
use crate::requests::rows::find_request;
use crate::signed::Visitor;
use crate::state::Server;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use html::Page;
use pay::{Link, Target};
use protocol::body::{PaymentState, RequestState};

/// `GET /@handle[/25.00-USD]`, `/r/ID`, `/R/ID`, `/v/ID`, `/V/ID`.
pub async fn get_link_page(State(server): State<Server>, _visitor: Visitor, request: Request) -> Response {
    let text = format!("{}{}", server.public_url, request.uri().path());
    let Ok(link) = Link::parse(&text) else { return not_here(&server) };
    let page = match &link.target {
        Target::Person { .. } => person_page(&server, &link).await,
        Target::Request(_) => request_page(&server, &link).await,
        Target::Proof(_) => proof_page(&server, &link).await,
    };
    match page {
        Ok(Some(page)) => page.into_response(),
        Ok(None) => not_here(&server),
        Err(fault) => fault.into_response(),
    }
}

/// Anything else: a page for people, a problem for programs.
pub async fn get_nothing(State(server): State<Server>, request: Request) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") {
        not_here(&server)
    } else {
        Fault::from(protocol::Code::NotFound).into_response()
    }
}

fn not_here(server: &Server) -> Response {
    let page = Page::new(server, "Nothing here").line("This address leads to nothing, or the code is out of date.");
    (StatusCode::NOT_FOUND, page).into_response()
}

async fn person_page(server: &Server, link: &Link) -> Result<Option<Page>, Fault> {
    let Target::Person { handle, amount } = &link.target else { return Ok(None) };
    let found = find_by_handle(&mut server.read().await?, handle.as_str()).await?;
    let Some(person) = found else { return Ok(None) };
    let title = format!("Pay {}", person.display_name);
    let page = Page::new(server, &title).line(&format!("@{}", person.handle));
    let page = match amount {
        Some(amount) => page.amount(*amount),
        None => page,
    };
    Ok(Some(page.open_in_app(link)))
}

async fn request_page(server: &Server, link: &Link) -> Result<Option<Page>, Fault> {
    let Target::Request(id) = link.target else { return Ok(None) };
    let mut tx = server.read().await?;
    let Some(row) = find_request(&mut tx, id).await? else { return Ok(None) };
    let state =
        if row.is_late(server.now_ms()) && row.state == RequestState::Open { RequestState::Expired } else { row.state };
    // A request for one person says nothing about itself to whoever found the link.
    if row.payer_id.is_some() {
        let page = Page::new(server, "Payment request").line("Open it in the app to see who asks for what.");
        return Ok(Some(page.open_in_app(link)));
    }
    let request = row.public(&mut tx).await?;
    let page = Page::new(server, &format!("{} asks for a payment", request.requester.display_name));
    let page = page.line(&format!("@{}", request.requester.handle)).line(&request.note);
    let page = match row.money.asked {
        Some(asked) => page.amount(asked),
        None => page,
    };
    let page = match state {
        RequestState::Open | RequestState::PartiallyPaid => page.open_in_app(link),
        RequestState::Processing => page.line("A payment for it is on its way."),
        RequestState::Paid => page.line("It is paid."),
        RequestState::Declined => page.line("It was declined."),
        RequestState::Canceled => page.line("It was taken back."),
        RequestState::Expired => page.line("Its time has passed. Ask for a fresh one."),
    };
    Ok(Some(page))
}

async fn proof_page(server: &Server, link: &Link) -> Result<Option<Page>, Fault> {
    let Target::Proof(id) = link.target else { return Ok(None) };
    let mut tx = server.read().await?;
    let found = find_payment(&mut tx, id).await?.filter(|row| row.state == PaymentState::Succeeded);
    let Some(row) = found else { return Ok(None) };
    let payment = row.for_payee(&mut tx).await?;
    let page = Page::new(server, "Payment made").amount(row.amount);
    Ok(Some(page.line(&format!("To {} (@{})", payment.payee.display_name, payment.payee.handle))))
}

#[cfg(test)]
mod tests {
    use super::html::escape;

    #[test]
    fn nothing_people_write_becomes_markup() {
        assert_eq!(escape("<b a='\"'>&"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;");
    }
}
