//! The sandbox processor's own page, where people without an account choose a practice card.

use super::action::is_own_origin;
use super::figures::written;
use super::form::Fields;
use super::guest::{go, in_language, payment_path};
use super::html::{Page, escape};
use super::language::Language;
use super::link::nothing;
use crate::fault::Fault;
use crate::payments::guest::{find_order, standing};
use crate::people::rows::the_person;
use crate::processor::{Answer, Hosted};
use crate::router::Part;
use crate::signed::{Attempted, Visitor};
use crate::state::Server;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use protocol::Code;
use protocol::body::{SourceKind, SourceOffer};
use subtle::ConstantTimeEq;

/// `GET /sandbox/checkout/{key}`: the key is 192 random bits that only the payer was told.
pub async fn get_checkout(
    State(server): State<Server>,
    _visitor: Visitor,
    Part(key): Part<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let language = Language::of(uri.query(), &headers);
    show(&server, &key, language, None).await
}

/// `POST /sandbox/checkout/{key}` with `decision=pay|leave&source=…&token=…` of the form that was shown.
pub async fn post_checkout(
    State(server): State<Server>,
    _visitor: Visitor,
    Part(key): Part<String>,
    headers: HeaderMap,
    attempted: Attempted,
) -> Result<Response, Fault> {
    if !is_own_origin(&server, &headers) {
        return Err(Code::DeviceRefused.into());
    }
    let fields = Fields::parse(&attempted.body);
    let field = |name| fields.get(name).unwrap_or_default();
    let language = fields.get("lang").and_then(Language::parse).unwrap_or(Language::of(None, &headers));
    let right: bool = field("token").as_bytes().ct_eq(token(&server, &key).as_bytes()).into();
    if !right {
        return Err(Code::Malformed.into());
    }
    let answer = match field("decision") {
        "leave" => Answer::Leave,
        "pay" => Answer::Choose(field("source").to_owned()),
        _ => return Err(Code::Malformed.into()),
    };
    match server.processor.answer_checkout(key.clone(), answer).await? {
        None => Ok((StatusCode::NOT_FOUND, nothing(&server, language)).into_response()),
        Some(Err(plea)) => show(&server, &key, language, Some(language.words().plea(plea))).await,
        Some(Ok(payment_id)) => {
            // As a processor's own message would; the page it leads to looks again, should this be lost.
            standing(&server, payment_id).await?;
            Ok(go(&payment_path(payment_id), language))
        }
    }
}

async fn show(server: &Server, key: &str, language: Language, plea: Option<&str>) -> Result<Response, Fault> {
    let words = language.words();
    let Some(hosted) = server.processor.hosted(key.to_owned()).await? else {
        return Ok((StatusCode::NOT_FOUND, nothing(server, language)).into_response());
    };
    let payment_id = hosted.checkout.payment_id;
    let page = Page::new(server, words.checkout).speaking(language);
    if hosted.answered {
        let page = page.line(words.answered).go(&in_language(&payment_path(payment_id), language), words.see_payment);
        return Ok(page.into_response());
    }
    let mut tx = server.read().await?;
    let order = find_order(&mut tx, payment_id).await?.ok_or(Fault::Stored("guest's order"))?;
    let payee = the_person(&mut tx, order.payee_id).await?;
    drop(tx);
    let (amount, fee) = (hosted.checkout.amount, hosted.checkout.fee);
    let total = amount.checked_add(fee)?;
    let page = page.lead(words.you_pay).amount(total).line(&(words.to_payee)(&payee.display_name, &payee.handle));
    let page = if fee.is_zero() { page } else { page.line(&(words.with_fee)(&written(fee, language).text())) };
    let page = match plea {
        Some(plea) => page.alarm(plea),
        None => page,
    };
    let pay = (words.pay_amount)(&written(total, language).text());
    let page = page.part(&form(&hosted, &token(server, key), language, &pay));
    let status = if plea.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}

fn form(hosted: &Hosted, token: &str, language: Language, pay: &str) -> String {
    let words = language.words();
    let heading = match hosted.checkout.kind {
        SourceKind::Card => words.choose_card,
        SourceKind::Paypal => words.choose_account,
    };
    let choices: String =
        hosted.offers.iter().enumerate().map(|(at, offer)| choice(offer, at == 0, language)).collect();
    format!(
        "<form method=\"post\"><input type=\"hidden\" name=\"token\" value=\"{token}\">\
         <input type=\"hidden\" name=\"lang\" value=\"{}\"><fieldset><legend>{heading}</legend>{choices}</fieldset>\
         <div class=\"acts\"><button class=\"act pri\" name=\"decision\" value=\"pay\">{}</button>\
         <button class=\"act\" name=\"decision\" value=\"leave\">{}</button></div></form>",
        language.code(),
        escape(pay),
        words.leave
    )
}

/// A source with what it does, or why it is refused: it can be chosen all the same, to see that said.
fn choice(offer: &SourceOffer, first: bool, language: Language) -> String {
    let words = language.words();
    let says = offer.refused.map_or((words.behaviour)(offer.behaviour), words.bar);
    let checked = if first { " checked" } else { "" };
    format!(
        "<label class=\"choice\"><input type=\"radio\" name=\"source\" value=\"{}\"{checked}><span><b>{} {}</b>\
         <em>{says}</em></span></label>",
        escape(&offer.token),
        (words.card)(offer.card_class),
        escape(&offer.hint)
    )
}

/// Ties a form to this server and this page; worth nothing once the page is answered.
fn token(server: &Server, key: &str) -> String {
    hex::encode(server.keyed_digest(b"sandbox checkout form", key.as_bytes()))
}
