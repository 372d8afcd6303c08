//! The pages that letters lead to. A link shows what it would do and does it by a press alone; the token in the address
//! is the whole secret, so nothing of it is logged, kept by the browser or told to another site.

mod en;
mod es;
mod fr;
mod words;

use super::action::is_own_origin;
use super::figures::moment;
use super::form::Fields;
use super::html::{Page, Tone, escape};
use super::language::Language;
use super::shown;
use super::words::Note;
use crate::fault::Fault;
use crate::people::links::{self, LinkRow, Purpose};
use crate::people::{self, password, rows, rules};
use crate::router::Part;
use crate::signed::{Attempted, Visitor};
use crate::state::Server;
use crate::writer::Work;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use protocol::{Code, fingerprint};
use words::AccountWords;

/// What a link does, with what its page names.
struct Shown {
    link: LinkRow,
    handle: String,
    /// Name and four words of the device it is about.
    device: Option<(String, String)>,
}

/// `GET /m/{token}`.
pub async fn get_letter_page(
    State(server): State<Server>,
    visitor: Result<Visitor, Fault>,
    Part(token): Part<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let language = Language::of(uri.query(), &headers);
    let answer = async {
        visitor?;
        Ok(match find(&server, &token).await? {
            Some(shown) => ask(&server, &shown, language, None).into_response(),
            None => stale(&server, language),
        })
    };
    shown(&server, language, answer.await)
}

/// `POST /m/{token}`: its button was pressed.
pub async fn post_letter_page(
    State(server): State<Server>,
    visitor: Result<Visitor, Fault>,
    Part(token): Part<String>,
    uri: Uri,
    headers: HeaderMap,
    attempted: Attempted,
) -> Response {
    let language = Language::of(uri.query(), &headers);
    let answer = async {
        visitor?;
        if !is_own_origin(&server, &headers) {
            return Err(Code::DeviceRefused.into());
        }
        match find(&server, &token).await? {
            Some(found) => act(&server, found, &Fields::parse(&attempted.body), language).await,
            None => Ok(stale(&server, language)),
        }
    };
    shown(&server, language, answer.await)
}

async fn find(server: &Server, token: &str) -> Result<Option<Shown>, Fault> {
    let mut tx = server.read().await?;
    let now_ms = server.now_ms();
    let Some(link) = links::find(server, &mut tx, token, now_ms).await? else { return Ok(None) };
    let handle = rows::the_person(&mut tx, link.person_id).await?.handle;
    let device = match link.device_id {
        None => None,
        Some(id) => match people::find_device(&mut tx, id, now_ms).await? {
            Some(device) if device.is_of(link.person_id) => {
                Some((device.name, fingerprint(&device.public_key).0.join(" ")))
            }
            // Nothing is left to do about it.
            _ => return Ok(None),
        },
    };
    Ok(Some(Shown { link, handle, device }))
}

fn stale(server: &Server, language: Language) -> Response {
    let Note { what, then } = language.account().stale;
    (StatusCode::GONE, Page::new(server, what).speaking(language).line(then)).into_response()
}

fn done(server: &Server, language: Language, title: &str, what: &str, then: &str) -> Response {
    Page::new(server, title).speaking(language).told(Tone::Closed, what, then).into_response()
}

/// What the link would do, and its button.
fn ask(server: &Server, shown: &Shown, language: Language, wrong: Option<&str>) -> Page {
    let (words, handle) = (language.account(), shown.handle.as_str());
    let (device, four_words) = shown.device.clone().unwrap_or_default();
    let address = shown.link.address.as_deref().unwrap_or_default();
    let page = |title: &str, text: &str| Page::new(server, title).speaking(language).line(text);
    match shown.link.purpose {
        Purpose::Password => {
            page(words.new_password, &(words.new_password_text)(handle)).part(&password_form(words, wrong))
        }
        Purpose::LetIn => {
            let at_once = server.config.timings.recovery_wait_ms <= 0;
            let after = if at_once { words.others_go_at_once } else { words.others_go_later };
            page(words.let_in, &(words.let_in_text)(&device, handle))
                .line(words.compare)
                .part(&format!("<p class=\"words\" lang=\"en\">{}</p>", escape(&four_words)))
                .line(after)
                .press(words.let_it_in)
        }
        Purpose::Stop => page(words.stop, &(words.stop_text)(&device, handle)).press(words.stop_it),
        Purpose::Email => page(words.email, &(words.email_text)(address, handle)).press(words.confirm_email),
        Purpose::UndoEmail => page(words.undo, &(words.undo_text)(address, handle)).press(words.undo_it),
    }
}

fn password_form(words: &AccountWords, wrong: Option<&str>) -> String {
    let (said, marked) = match wrong {
        None => (String::new(), ""),
        Some(text) => (
            format!("<p class=\"error\" id=\"password-error\" role=\"alert\">{}</p>", escape(text)),
            " aria-invalid=\"true\" aria-describedby=\"password-error\"",
        ),
    };
    let field = |name: &str, label: &str, marked: &str, said: &str| {
        format!(
            "<div><label for=\"{name}\">{}</label><input type=\"password\" id=\"{name}\" name=\"{name}\" required \
             maxlength=\"256\" autocomplete=\"new-password\"{marked}>{said}</div>",
            escape(label)
        )
    };
    format!(
        "<form method=\"post\">{}{}<div class=\"acts\"><button class=\"act pri\">{}</button></div></form>",
        field("password", words.password, marked, &said),
        field("again", words.password_again, "", ""),
        escape(words.set_password)
    )
}

async fn act(server: &Server, shown: Shown, fields: &Fields, language: Language) -> Result<Response, Fault> {
    let words = language.account();
    match shown.link.purpose {
        Purpose::Password => set_password(server, shown, fields, language).await,
        Purpose::LetIn => {
            let whole = server.clone();
            let begun = in_one_commit(server, shown.link, move |work, link| {
                Box::pin(async move { people::begin_recovery(work, &whole, link).await })
            });
            let Some(Some(due_at_ms)) = begun.await? else { return Ok(stale(server, language)) };
            if server.config.timings.recovery_wait_ms <= 0 {
                return Ok(done(server, language, words.let_in, words.is_in.what, words.is_in.then));
            }
            let (what, then) = (words.comes_in)(&moment(due_at_ms, language));
            Ok(done(server, language, words.let_in, what, &then))
        }
        Purpose::Stop => {
            let stopped = in_one_commit(server, shown.link, |work, link| Box::pin(people::stop_device(work, link)));
            let Some(Some(_)) = stopped.await? else { return Ok(stale(server, language)) };
            Ok(done(server, language, words.stop, words.stopped.what, words.stopped.then))
        }
        Purpose::Email => {
            let whole = server.clone();
            let confirmed = in_one_commit(server, shown.link, move |work, link| {
                Box::pin(async move { people::confirm_email(work, &whole, link).await })
            });
            let note = match confirmed.await? {
                None => return Ok(stale(server, language)),
                Some(true) => words.email_confirmed,
                Some(false) => words.email_taken,
            };
            Ok(done(server, language, words.email, note.what, note.then))
        }
        Purpose::UndoEmail => {
            let undone = in_one_commit(server, shown.link, |work, link| Box::pin(people::undo_email(work, link)));
            let note = match undone.await? {
                None => return Ok(stale(server, language)),
                Some(true) => words.undone,
                Some(false) => words.email_taken,
            };
            Ok(done(server, language, words.undo, note.what, note.then))
        }
    }
}

async fn set_password(server: &Server, shown: Shown, fields: &Fields, language: Language) -> Result<Response, Fault> {
    let words = language.account();
    let typed = fields.get("password").unwrap_or_default();
    let contact = rows::contact(&mut server.read().await?, shown.link.person_id).await?;
    let wrong = if !rules::password_is_strong(typed, &[&contact.email, &shown.handle]) {
        Some(words.password_weak)
    } else if fields.get("again") != Some(typed) {
        Some(words.passwords_differ)
    } else {
        None
    };
    if wrong.is_some() {
        return Ok((StatusCode::BAD_REQUEST, ask(server, &shown, language, wrong)).into_response());
    }
    let hash = password::hash(server, typed.to_owned()).await?;
    let whole = server.clone();
    let set = in_one_commit(server, shown.link, move |work, link| {
        Box::pin(async move { people::set_password(work, &whole, link, &hash, language).await })
    });
    if set.await?.is_none() {
        return Ok(stale(server, language));
    }
    Ok(done(server, language, words.new_password, words.password_set.what, words.password_set.then))
}

/// Does what the link is for and uses it up, in one commit; `None`: somebody was faster.
async fn in_one_commit<T, F>(server: &Server, link: LinkRow, body: F) -> Result<Option<T>, Fault>
where
    T: Send + 'static,
    F: for<'a> FnOnce(&'a mut Work, &'a LinkRow) -> BoxFuture<'a, Result<T, Fault>> + Send + 'static,
{
    let done = server.writer.submit(move |work| {
        Box::pin(async move {
            if !links::use_up(work, &link).await? {
                return Ok(None);
            }
            body(work, &link).await.map(Some)
        })
    });
    done.await
}
