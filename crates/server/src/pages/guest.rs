//! Paying without an account: the form that was sent, and the page that says where the payment stands.

use super::action::is_own_origin;
use super::ask::Ask;
use super::figures::{TypedError, typed, written};
use super::form::{Fields, Ticket, Typed};
use super::html::{Page, Tone};
use super::language::Language;
use super::link::{Trouble, link_page, nothing};
use super::shown;
use super::words::Note;
use crate::fault::Fault;
use crate::limits::Kind;
use crate::payments::guest::{Begun, GuestOrder, Standing, begin, find_order, standing};
use crate::payments::rows::{PaymentRow, find_payment};
use crate::people::rows::the_person;
use crate::people::rules::{NOTE_MOST, clean_name, clean_note};
use crate::router::Part;
use crate::signed::{Attempted, Visitor};
use crate::state::Server;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use pay::{Link, Money, Target, parse_short_id, short_id};
use protocol::body::{PaymentState, SourceKind};
use protocol::{Code, Problem};
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// How long the page of a payment waits for its outcome before it says that it is still processing.
const WAIT: Duration = Duration::from_secs(4);
/// One hour, for the limits of guests.
const HOUR_MS: i64 = 3_600_000;

/// `GET /begin/{link}`: somebody came back to where a form was sent to.
pub async fn get_begin(State(server): State<Server>, uri: Uri, headers: HeaderMap) -> Response {
    let language = Language::of(uri.query(), &headers);
    match begun_at(&server, &uri) {
        Some(link) => go(&link.path(), language),
        None => (StatusCode::NOT_FOUND, nothing(&server, language)).into_response(),
    }
}

/// The link whose form is sent to this address.
fn begun_at(server: &Server, uri: &Uri) -> Option<Link> {
    let path = uri.path().strip_prefix("/begin")?;
    Link::parse(&format!("{}{path}", server.public_url)).ok()
}

/// `POST /begin/{link}`: somebody without an account wants to pay it.
pub async fn post_begin(State(server): State<Server>, uri: Uri, headers: HeaderMap, attempted: Attempted) -> Response {
    let fields = Fields::parse(&attempted.body);
    let language = fields.get("lang").and_then(Language::parse).unwrap_or(Language::of(uri.query(), &headers));
    let answer = async {
        if !is_own_origin(&server, &headers) {
            return Err(Code::DeviceRefused.into());
        }
        let Some(link) = begun_at(&server, &uri) else {
            return Ok((StatusCode::NOT_FOUND, nothing(&server, language)).into_response());
        };
        begin_for(&server, &link, &fields, language, &attempted.address).await
    };
    shown(&server, language, answer.await)
}

async fn begin_for(
    server: &Server,
    link: &Link,
    fields: &Fields,
    language: Language,
    address: &str,
) -> Result<Response, Fault> {
    let ask = Ask::find(server, link).await?;
    let Some(ask) = ask.filter(|ask| !ask.is_for_one()) else {
        return Ok((StatusCode::NOT_FOUND, nothing(server, language)).into_response());
    };
    let sent = Sent { server, link, ask: &ask, fields, language };
    let Some(ticket) = Ticket::read(server, &link.path(), ask.payee.currency, fields) else {
        return sent.back(StatusCode::BAD_REQUEST, Some(language.words().form_old.to_owned())).await;
    };
    // A form that was taken before is answered whatever the limits and the state of the request are now.
    let known = find_order(&mut server.read().await?, ticket.payment_id).await?.is_some();
    if !known {
        let payee = ask.payee.id.to_string();
        let (rates, now_ms) = (&server.config.rates, server.now_ms());
        let of_address = server.limits.take(Kind::Guest, address, rates.guests_per_hour, HOUR_MS, now_ms);
        let of_payee = of_address.and_then(|()| {
            server.limits.take(Kind::GuestPayee, &payee, rates.guests_per_payee_per_hour, HOUR_MS, now_ms)
        });
        if let Err(Fault::Refused(problem)) = of_payee {
            return sent.refused(&problem).await;
        }
    }
    sent.begin(ticket).await
}

/// A form that was sent.
struct Sent<'a> {
    server: &'a Server,
    link: &'a Link,
    ask: &'a Ask,
    fields: &'a Fields,
    language: Language,
}

impl Sent<'_> {
    async fn begin(&self, ticket: Ticket) -> Result<Response, Fault> {
        let words = self.language.words();
        let amount = match self.amount(&ticket) {
            Ok(amount) => amount,
            Err(error) => {
                let said = (words.typed)(error);
                return self.show(StatusCode::BAD_REQUEST, None, Some(said), None, None).await;
            }
        };
        let name = self.field("name").trim();
        let clean = if name.is_empty() { Some(String::new()) } else { clean_name(name) };
        let Some(display_name) = clean else {
            return self.show(StatusCode::BAD_REQUEST, None, None, Some(words.name_invalid), None).await;
        };
        let message = if self.ask.request.is_none() { self.field("message") } else { "" };
        let Some(note) = clean_note(message, NOTE_MOST) else {
            return self.show(StatusCode::BAD_REQUEST, None, None, None, Some(words.message_invalid)).await;
        };
        let kind = match self.fields.get("method") {
            Some("card") => SourceKind::Card,
            Some("paypal") => SourceKind::Paypal,
            _ => return Err(Code::Malformed.into()),
        };
        let Ok(fee) = self.server.config.fee(kind, amount) else { return Err(Code::AmountInvalid.into()) };
        let order = GuestOrder {
            payment_id: ticket.payment_id,
            payee_id: self.ask.payee.id,
            request_id: self.ask.request.as_ref().map(|row| row.id),
            amount,
            fee,
            kind,
            display_name,
            note,
            link: self.link.path(),
            refused: None,
        };
        match begin(self.server, order).await {
            Ok(Begun::Place(place)) => Ok(go(&place, self.language)),
            Ok(Begun::Known) => Ok(go(&payment_path(ticket.payment_id), self.language)),
            Ok(Begun::Other(order)) => Ok(self.used(&order)),
            Err(Fault::Refused(problem)) => self.refused(&problem).await,
            Err(fault) => Err(fault),
        }
    }

    fn field(&self, name: &str) -> &str {
        self.fields.get(name).unwrap_or_default()
    }

    /// The amount asked, unless another one was typed where that may be.
    fn amount(&self, ticket: &Ticket) -> Result<Money, TypedError> {
        match (ticket.asked, self.fields.get("amount")) {
            (Some(amount), None) => Ok(amount),
            (Some(amount), Some(_)) if !self.ask.takes_other_amounts() => Ok(amount),
            (_, text) => typed(text.unwrap_or_default(), self.ask.payee.currency),
        }
    }

    async fn refused(&self, problem: &Problem) -> Result<Response, Fault> {
        let words = self.language.words();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
        let limit = problem.limit.as_ref().and_then(|limit| Money::try_from(limit).ok());
        let text = match (problem.code, limit) {
            (Code::TooMany, _) => (words.too_many)(&problem.retry_after_s.unwrap_or(60).div_ceil(60).to_string()),
            (Code::OverLimit, Some(limit)) => (words.over_limit)(&written(limit, self.language).text()),
            (code, _) => (words.refused)(code).to_owned(),
        };
        // What it looks like now, with a fresh id: nothing was begun under the old one.
        self.back(status, Some(text)).await
    }

    async fn back(&self, status: StatusCode, alarm: Option<String>) -> Result<Response, Fault> {
        self.show(status, alarm, None, None, None).await
    }

    /// The page again, with what was typed.
    async fn show(
        &self,
        status: StatusCode,
        alarm: Option<String>,
        amount_error: Option<&str>,
        name_error: Option<&str>,
        message_error: Option<&str>,
    ) -> Result<Response, Fault> {
        let (amount, name, message) = (self.field("amount"), self.field("name"), self.field("message"));
        let typed = Typed { amount, name, message, amount_error, name_error, message_error };
        let ask = Ask::find(self.server, self.link).await?;
        let ask = ask.as_ref().unwrap_or(self.ask);
        let page = link_page(self.server, self.link, ask, self.language, Trouble { alarm, typed }).await?;
        Ok((status, page).into_response())
    }

    /// The form had begun something else.
    fn used(&self, order: &GuestOrder) -> Response {
        let words = self.language.words();
        let text = (words.form_used)(&written(order.amount, self.language).text());
        let page = Page::new(self.server, &(words.pay_name)(&self.ask.payee.display_name)).speaking(self.language);
        let page =
            page.alarm(&text).go(&in_language(&payment_path(order.payment_id), self.language), words.go_on_with_it);
        let page = page.go(&in_language(&order.link, self.language), words.start_again);
        (StatusCode::CONFLICT, page).into_response()
    }
}

/// Path of the page of a guest's payment.
pub fn payment_path(payment_id: Uuid) -> String {
    format!("/pay/{}", short_id(payment_id))
}

/// A path of ours that goes on in this language.
pub fn in_language(path: &str, language: Language) -> String {
    if path.starts_with('/') { format!("{path}?lang={}", language.code()) } else { path.to_owned() }
}

/// Sends the browser on, by `GET`, so that reloading the next page sends nothing again.
pub fn go(place: &str, language: Language) -> Response {
    Redirect::to(&in_language(place, language)).into_response()
}

/// `GET /pay/{id}`: where a guest's payment stands. Its id is known to nobody but whoever was served the form, and, once
/// it has succeeded, to the payee.
pub async fn get_payment_page(
    State(server): State<Server>,
    visitor: Result<Visitor, Fault>,
    Part(id): Part<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let language = Language::of(uri.query(), &headers);
    let answer = match visitor {
        Ok(Visitor) => stands(&server, &id, language).await,
        Err(fault) => Err(fault),
    };
    shown(&server, language, answer)
}

async fn stands(server: &Server, id: &str, language: Language) -> Result<Response, Fault> {
    let found = match parse_short_id(id) {
        Some(id) => standing(server, id).await?.map(|standing| (id, standing)),
        None => None,
    };
    let Some((id, standing)) = found else {
        return Ok((StatusCode::NOT_FOUND, nothing(server, language)).into_response());
    };
    let link = find_order(&mut server.read().await?, id).await?.map(|order| order.link).unwrap_or_default();
    let again = in_language(&link, language);
    match standing {
        Standing::Choosing(place) => Ok(go(&place, language)),
        Standing::Left => {
            let words = language.words();
            let Note { what, then } = words.canceled;
            let page = Page::new(server, what).speaking(language).line(then).go(&again, words.another_way);
            Ok(page.into_response())
        }
        Standing::Refused(code) => {
            let words = language.words();
            let page = Page::new(server, words.not_paid).speaking(language).alarm((words.refused)(code));
            Ok(page.line(words.nothing_moved).go(&again, words.start_again).into_response())
        }
        Standing::Accepted(row) => payment_page(server, row, &again, language).await,
    }
}

async fn payment_page(server: &Server, row: PaymentRow, again: &str, language: Language) -> Result<Response, Fault> {
    let (row, moving) = settled(server, row).await?;
    let words = language.words();
    let payee = the_person(&mut server.read().await?, row.payee_id).await?.public();
    let page = |title: &str| Page::new(server, title).speaking(language).of_person(&payee);
    let amount = row.amount;
    Ok(match row.state {
        PaymentState::Succeeded => {
            return Ok(go(&Link { server: String::new(), target: Target::Proof(row.id) }.path(), language));
        }
        PaymentState::Processing if row.outcome_unknown => page(words.unknown.what)
            .note(Tone::Wait, words.unknown)
            .lead(words.you_pay)
            .amount(amount)
            .go(&in_language(&payment_path(row.id), language), words.look_again),
        PaymentState::Processing | PaymentState::RequiresAction if moving => {
            let text = (words.processing_text)(&(words.processor)(server.processor.name()));
            page(words.processing)
                .state(Tone::Move, words.processing)
                .amount(amount)
                .line(&text)
                .go(&in_language(&payment_path(row.id), language), words.look_again)
        }
        PaymentState::Processing | PaymentState::RequiresAction => {
            let place = row.action_url.clone().unwrap_or_default();
            let place = place.strip_prefix(&server.public_url).unwrap_or(&place);
            page(words.action.what)
                .note(Tone::Wait, words.action)
                .lead(words.you_pay)
                .amount(amount)
                .go(&in_language(place, language), words.to_bank)
        }
        PaymentState::RequiresPaymentMethod => {
            let why = row.failure.map_or(words.nothing_moved, words.failure);
            page(words.not_paid)
                .alarm(why)
                .lead(words.not_paid)
                .amount(amount)
                .line(words.nothing_moved)
                .go(again, words.another_way)
        }
        PaymentState::Canceled => page(words.not_paid).note(Tone::Closed, words.canceled).go(again, words.another_way),
    }
    .into_response())
}

/// The payment once its outcome is known, or as it is after [`WAIT`], and whether it is still in motion by itself.
async fn settled(server: &Server, row: PaymentRow) -> Result<(PaymentRow, bool), Fault> {
    let mut line = server.hub.listen(row.payer_id);
    let id = row.id;
    let known = async {
        loop {
            line.mark_unchanged();
            let row = find_payment(&mut server.read().await?, id).await?.ok_or(Fault::Stored("payment"))?;
            if !is_moving(server, &row).await? {
                return Ok((row, false));
            }
            line.changed().await.map_err(|_| Fault::Stopping)?;
        }
    };
    match timeout(WAIT, known).await {
        Ok(known) => known,
        Err(_) => Ok((row, true)),
    }
}

/// Whether nobody but the processor is waited for: it was asked, or the payer has answered the bank already.
async fn is_moving(server: &Server, row: &PaymentRow) -> Result<bool, Fault> {
    let key = row.action_url.as_deref().and_then(|url| url.rsplit('/').next());
    match (row.state, key) {
        (PaymentState::Processing, _) => Ok(!row.outcome_unknown),
        (PaymentState::RequiresAction, Some(key)) => {
            let action = server.processor.action(key.to_owned()).await?;
            Ok(action.is_some_and(|action| action.answered.is_some()))
        }
        _ => Ok(false),
    }
}
