//! The codes of other systems below a request's own, for payers whose bank or wallet reads those.

use super::html::{Page, escape};
use super::language::Language;
use super::link::svg;
use protocol::way::{OtherWay, WayKind};
use qr::Ecc;
use qr::payload::recognise_text;

/// Adds them, the first one open. Nothing when there are none.
pub async fn other_ways(page: Page, ways: &[OtherWay], name: &str, language: Language) -> Page {
    if ways.is_empty() {
        return page;
    }
    let words = language.words();
    let mut markup = format!(
        "<section class=\"ways\"><h2>{}</h2><p>{}</p>",
        words.other_ways,
        escape(&(words.other_ways_why)(name))
    );
    for (place, way) in ways.iter().enumerate() {
        let open = if place == 0 { " open" } else { "" };
        markup += &format!("<details{open}><summary>{}</summary>{}</details>", (words.way)(way.kind), {
            one(way, name, language).await
        });
    }
    page.part(&(markup + "</section>"))
}

/// A code, what it says as text to copy, and where the system has apps for it, a press that opens one.
async fn one(way: &OtherWay, name: &str, language: Language) -> String {
    let words = language.words();
    let label = escape((words.way)(way.kind));
    let mut markup = svg(way.text.clone(), Ecc::M)
        .await
        .map(|svg| format!("<div class=\"qr\" role=\"img\" aria-label=\"{label}\">{svg}</div>"))
        .unwrap_or_default();
    let intent = recognise_text(&way.text).intent;
    let amount = intent.amount.map(|amount| format!("{} {}", amount.text, amount.unit.unwrap_or_default()));
    let facts = [
        (words.way_name, intent.payee.name),
        (words.way_account, intent.payee.account),
        (words.way_amount, amount),
        (words.way_reference, intent.reference),
        (words.way_text, intent.memo),
    ];
    markup += "<dl>";
    for (word, text) in facts {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            markup += &format!("<div><dt>{word}</dt><dd><bdi>{}</bdi></dd></div>", escape(&text));
        }
    }
    markup += "</dl>";
    if !way.kind.names_amount() {
        markup += &format!("<p>{}</p>", escape(&(words.way_without_amount)(name)));
    }
    if matches!(way.kind, WayKind::Upi | WayKind::Payto | WayKind::Bitcoin) {
        markup += &format!("<p><a href=\"{}\">{}</a></p>", escape(&way.text), words.way_open);
    }
    markup
}
