//! The receipt of a payment that has succeeded, with the server's proof of it.

use super::figures::{moment, written};
use super::html::{Page, Tone, escape, tick};
use super::language::Language;
use super::link::svg;
use crate::fault::Fault;
use crate::payments::receipt;
use crate::payments::rows::{PaymentRow, find_payment};
use crate::people::rows::the_person;
use crate::state::Server;
use pay::{Link, Target, short_id};
use protocol::body::{Mode, PaymentState};
use qr::Ecc;
use uuid::Uuid;

/// The page; `None`: no such payment, or it has not succeeded. What gives a payment back is no payment to be shown: the
/// receipt of that one says it.
pub async fn receipt_page(server: &Server, id: Uuid, language: Language) -> Result<Option<Page>, Fault> {
    let mut tx = server.read().await?;
    let found =
        find_payment(&mut tx, id).await?.filter(|row| row.state == PaymentState::Succeeded && row.returns.is_none());
    let Some(row) = found else { return Ok(None) };
    let payee = the_person(&mut tx, row.payee_id).await?;
    drop(tx);
    let words = language.words();
    let practice = matches!(server.config.mode, Mode::Practice | Mode::Sandbox);
    let paid = if practice { words.paid_practice } else { words.paid };
    let amount = written(row.amount, language).text();
    let title = (words.receipt_title)(&amount, &payee.display_name);
    let path = Link { server: server.public_url.clone(), target: Target::Proof(id) }.path();
    let page = Page::new(server, &title).speaking(language).of_person(&payee.with_picture()).two_columns();
    let page = page.preview(&path, &server.config.name, &format!("/preview{path}"), "summary");
    let stands = match (row.returned.is_zero(), row.returned == row.amount) {
        (true, _) => paid,
        (false, true) => words.returned,
        (false, false) => words.partly_returned,
    };
    let page = page.part("<div>");
    // Green is for money that is there.
    let page = match row.returned == row.amount {
        true => page.state(Tone::Closed, words.returned),
        false => page.part(&tick()).part(&format!("<p class=\"state paid\">{paid}</p>")),
    };
    let page = page.amount(row.amount);
    let page = match row.returned.is_zero() {
        true => page,
        false => page.line(&(words.went_back)(&written(row.returned, language).text())),
    };
    let when = moment(row.updated_at_ms, language);
    let verified = (words.processor)(row.verified_by.as_deref().unwrap_or_default());
    let rows = [
        (words.to, format!("{} (@{})", payee.display_name, payee.handle)),
        (words.when, when),
        (words.state, stands.to_owned()),
        (words.held, (words.holder)(&server.config.holder)),
        (words.verified, verified),
        (words.number, short_id(id)),
    ];
    let rows = rows.map(|(name, value)| format!("<div><dt>{name}</dt><dd><bdi>{}</bdi></dd></div>", escape(&value)));
    let page = page.part(&format!("<dl>{}</dl></div>", rows.concat()));
    Ok(Some(proof(page, server, &row, payee.handle, language).await))
}

async fn proof(page: Page, server: &Server, row: &PaymentRow, payee_handle: String, language: Language) -> Page {
    let words = language.words();
    let code = row.receipt.clone().unwrap_or_else(|| receipt::signed(server, row, &payee_handle));
    let Some(svg) = svg(code, Ecc::L).await else { return page };
    page.part(&format!(
        "<section class=\"code\"><h2>{0}</h2><div class=\"qr wide\" role=\"img\" aria-label=\"{0}\">{svg}</div>\
         <p>{1}</p></section>",
        words.proof, words.proof_text
    ))
}
