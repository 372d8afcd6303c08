//! The page of a link: who asks, what for, how much, and the ways to pay it.

use super::ask::Ask;
use super::figures::{moment, written};
use super::form::{Ticket, Typed, form};
use super::html::{Page, Tone, escape};
use super::language::Language;
use super::other_ways::other_ways;
use super::words::Note;
use crate::fault::Fault;
use crate::state::Server;
use pay::Link;
use protocol::body::{Mode, RequestState};
use qr::Ecc;

/// What stands over the form when it comes back to its sender.
#[derive(Default)]
pub struct Trouble<'a> {
    /// Above everything.
    pub alarm: Option<String>,
    /// In the fields.
    pub typed: Typed<'a>,
}

/// The page.
pub async fn link_page(
    server: &Server,
    link: &Link,
    ask: &Ask,
    language: Language,
    trouble: Trouble<'_>,
) -> Result<Page, Fault> {
    let words = language.words();
    let path = link.path();
    let address = format!("{}{path}", server.public_url);
    if ask.is_for_one() {
        let page = Page::new(server, words.for_one_title).speaking(language);
        let page = preview(page, server, &path, "summary").line(words.for_one).open_in_app(link);
        return Ok(code(page, &link.to_code(), &address, language).await);
    }
    let name = &ask.payee.display_name;
    let title = match ask.amount {
        Some(amount) => (words.pay_name_amount)(name, &written(amount, language).text()),
        None => (words.pay_name)(name),
    };
    let page = Page::new(server, &title).speaking(language).of_person(&ask.payee.with_picture()).two_columns();
    let page = asked(preview(page, server, &path, "summary_large_image").part("<div>"), ask, language);
    let page = match trouble.alarm {
        Some(alarm) => page.alarm(&alarm),
        None => page,
    };
    let page = match ask.bar(language) {
        // What cannot be paid here cannot be paid on another screen either.
        Some(note) => page.note(tone(ask), note).part("</div>"),
        None => {
            let ticket = Ticket::new(server, &path, ask.amount);
            let page = page.kept_for_back().part(&form(server, ask, link, &ticket, language, &trouble.typed)?);
            let foot = match server.config.mode {
                Mode::Practice | Mode::Sandbox => words.no_card_here.to_owned(),
                Mode::Live => (words.card_goes_to)(&(words.processor)(server.processor.name()), name),
            };
            let page = page.part(&format!("<p class=\"foot\">{}</p></div>", escape(&foot)));
            code(page, &link.to_code(), &address, language).await
        }
    };
    Ok(other_ways(page, &ask.other_ways, name, language).await)
}

fn preview(page: Page, server: &Server, path: &str, card: &str) -> Page {
    let description = (page.words().preview)(&server.config.name);
    let picture = format!("/preview{path}?lang={}", page.language().code());
    page.preview(path, &description, &picture, card)
}

/// Amount, what for, for whom, until when.
fn asked(page: Page, ask: &Ask, language: Language) -> Page {
    let words = language.words();
    let partly = ask.request.as_ref().filter(|row| row.single_use && row.state == RequestState::PartiallyPaid);
    let page = match ask.amount {
        // What cannot be paid is named without saying that it is to be.
        Some(amount) if ask.bar(language).is_some() => page.amount(amount),
        Some(amount) => page.lead(if partly.is_some() { words.still_to_pay } else { words.you_pay }).amount(amount),
        None => page,
    };
    let Some(row) = &ask.request else { return page };
    let page = match (partly, row.money.asked) {
        (Some(_), Some(asked)) => {
            let of = |money| written(money, language).text();
            page.line(&(words.part_paid)(&of(asked), &of(row.money.paid)))
        }
        _ => page,
    };
    let page = if row.note.is_empty() {
        page
    } else {
        page.part(&format!("<p class=\"dim\">{} <bdi>{}</bdi></p>", words.what_for, escape(&row.note)))
    };
    if ask.bar(language).is_some() {
        return page;
    }
    let page = page.line(if row.single_use { words.for_anyone } else { words.for_many });
    match row.expires_at_ms {
        Some(end) if ask.is_late() => page.line(&(words.was_due)(&moment(end, language))),
        Some(end) => page.line(&(words.payable_until)(&moment(end, language))),
        None => page,
    }
}

fn tone(ask: &Ask) -> Tone {
    match ask.request.as_ref().map(|row| row.state) {
        Some(RequestState::Processing) => Tone::Move,
        Some(RequestState::Paid) => Tone::Paid,
        _ => Tone::Closed,
    }
}

/// The code of this very page, for a second device, with its text twin.
async fn code(page: Page, text: &str, address: &str, language: Language) -> Page {
    let words = language.words();
    let Some(svg) = svg(text.to_owned(), Ecc::M).await else { return page };
    let label = escape(&(words.code_of)(address));
    page.part(&format!(
        "<section class=\"code\"><h2>{}</h2><div class=\"qr\" role=\"img\" aria-label=\"{label}\">{svg}</div>\
         <p>{}</p></section>",
        words.on_another_screen,
        escape(address)
    ))
}

/// Draws a code; it is read back while it is drawn, which is work for another thread.
pub async fn svg(text: String, ecc: Ecc) -> Option<String> {
    let drawn = tokio::task::spawn_blocking(move || qr::draw(&text, ecc).map(|drawing| drawing.to_svg(8))).await;
    match drawn {
        Ok(Ok(svg)) => Some(svg),
        Ok(Err(error)) => {
            tracing::error!(%error, "a code could not be drawn");
            None
        }
        Err(_) => None,
    }
}

/// The page of an address that leads nowhere.
pub fn nothing(server: &Server, language: Language) -> Page {
    let Note { what, then } = language.words().nothing;
    Page::new(server, what).speaking(language).line(then)
}
