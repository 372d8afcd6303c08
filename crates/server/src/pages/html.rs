use super::figures::{Figures, written};
use super::language::Language;
use super::words::{Note, Words};
use crate::state::Server;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pay::{Link, Money};
use protocol::body::{Mode, Person};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const STYLE: &str = include_str!("assets/page.css");

/// Nothing but the one style, the font, and pictures that are part of the page; no script at all.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; font-src 'self'; img-src data:; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// A page being written. Everything given to it is text and is escaped, except what [`Page::part`] takes.
pub struct Page {
    server: String,
    url: String,
    is_practice: bool,
    language: Language,
    title: String,
    head: String,
    header: Option<String>,
    body: String,
    two: bool,
    keep: bool,
}

impl Page {
    /// A page with a heading, in English until [`Page::speaking`].
    pub fn new(server: &Server, title: &str) -> Page {
        Page {
            server: server.config.name.clone(),
            url: server.public_url.clone(),
            is_practice: matches!(server.config.mode, Mode::Practice | Mode::Sandbox),
            language: Language::En,
            title: title.to_owned(),
            head: String::new(),
            header: None,
            body: String::new(),
            two: false,
            keep: false,
        }
    }

    /// In this language.
    pub fn speaking(mut self, language: Language) -> Page {
        self.language = language;
        self
    }

    /// Its language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The texts of its language.
    pub fn words(&self) -> &'static Words {
        self.language.words()
    }

    /// Whose page it is: face, name and handle stand in the heading's place.
    pub fn of_person(mut self, person: &Person) -> Page {
        let host = self.url.split_once("://").map_or("", |(_, host)| host);
        let (face, name, handle) = (super::face::face(person), escape(&person.display_name), escape(&person.handle));
        self.header = Some(format!(
            "{face}<div class=\"who\"><h1><bdi>{name}</bdi></h1><p>@{handle} · {}</p></div>",
            escape(host)
        ));
        self
    }

    /// What chats show of a link to it: `path` of the page, a line about it, its picture's path, and whether that is shown
    /// large (`summary_large_image`) or small (`summary`).
    pub fn preview(mut self, path: &str, description: &str, picture: &str, card: &str) -> Page {
        let (url, site) = (escape(&self.url), escape(&self.server));
        let (title, description) = (escape(&self.title), escape(description));
        let (path, picture) = (escape(path), escape(picture));
        self.head.push_str(&format!(
            "<meta name=\"description\" content=\"{description}\"><meta property=\"og:type\" content=\"website\">\
             <meta property=\"og:site_name\" content=\"{site}\"><meta property=\"og:title\" content=\"{title}\">\
             <meta property=\"og:description\" content=\"{description}\"><meta property=\"og:url\" content=\"{url}{path}\">\
             <meta property=\"og:image\" content=\"{url}{picture}\"><meta name=\"twitter:card\" content=\"{card}\">"
        ));
        self
    }

    /// Two columns where there is room: what is done, and the code.
    pub fn two_columns(mut self) -> Page {
        self.two = true;
        self
    }

    /// Going back shows this very page again, with the payment's id in its form, instead of a fresh one.
    pub fn kept_for_back(mut self) -> Page {
        self.keep = true;
        self
    }

    /// Markup made by this module's builders.
    pub fn part(mut self, markup: &str) -> Page {
        self.body.push_str(markup);
        self
    }

    /// A paragraph; an empty one is left out.
    pub fn line(self, text: &str) -> Page {
        if text.is_empty() { self } else { self.part(&format!("<p class=\"dim\">{}</p>", escape(text))) }
    }

    /// A small line, such as the one over an amount.
    pub fn lead(self, text: &str) -> Page {
        self.part(&format!("<p class=\"lead\">{}</p>", escape(text)))
    }

    /// An amount, large.
    pub fn amount(self, amount: Money) -> Page {
        let markup = amount_markup(&written(amount, self.language));
        self.part(&format!("<p>{markup}</p>"))
    }

    /// A note with its glyph.
    pub fn note(self, tone: Tone, note: Note) -> Page {
        self.told(tone, note.what, note.then)
    }

    /// A note whose second half was made for the occasion.
    pub fn told(self, tone: Tone, what: &str, then: &str) -> Page {
        let (what, then) = (escape(what), escape(then));
        self.part(&format!(
            "<div class=\"note {}\">{}<div><b>{what}</b> <p>{then}</p></div></div>",
            tone.class(),
            tone.glyph()
        ))
    }

    /// The word for where a payment stands, with its glyph.
    pub fn state(self, tone: Tone, word: &str) -> Page {
        let (class, glyph) = (tone.class(), tone.glyph());
        self.part(&format!("<p class=\"state in-{class}\">{glyph}{}</p>", escape(word)))
    }

    /// What stands in the way of what was asked; read out at once.
    pub fn alarm(self, text: &str) -> Page {
        let glyph = Tone::Fail.glyph();
        self.part(&format!("<div class=\"note fail\" role=\"alert\">{glyph}<div><b>{}</b></div></div>", escape(text)))
    }

    /// The link that the installed app opens.
    pub fn open_in_app(self, link: &Link) -> Page {
        let (address, text) = (escape(&link.to_app()), self.words().open_in_app);
        self.part(&format!("<div class=\"acts\"><a class=\"act\" href=\"{address}\">{text}</a></div>"))
    }

    /// A link to another of our pages.
    pub fn go(self, path: &str, text: &str) -> Page {
        let (path, text) = (escape(path), escape(text));
        self.part(&format!("<div class=\"acts\"><a class=\"act pri\" href=\"{path}\">{text}</a></div>"))
    }

    /// A button that posts one decision with its token to this very address.
    pub fn button(self, decision: &str, token: &str, text: &str) -> Page {
        let class = if decision == "approve" { "act pri" } else { "act" };
        let (decision, token, text) = (escape(decision), escape(token), escape(text));
        self.part(&format!(
            "<form method=\"post\"><input type=\"hidden\" name=\"decision\" value=\"{decision}\">\
             <input type=\"hidden\" name=\"token\" value=\"{token}\"><button class=\"{class}\">{text}</button></form>"
        ))
    }

    /// A button that does, at this very address, what the page says.
    pub fn press(self, text: &str) -> Page {
        let text = escape(text);
        self.part(&format!(
            "<form method=\"post\"><div class=\"acts\"><button class=\"act pri\">{text}</button></div></form>"
        ))
    }

    fn languages(&self) -> String {
        let links = Language::ALL.map(|language| {
            let (code, name) = (language.code(), language.name());
            let current = if language == self.language { " aria-current=\"true\"" } else { "" };
            let shown = code.to_ascii_uppercase();
            format!(
                "<a href=\"?lang={code}\" hreflang=\"{code}\" lang=\"{code}\" aria-label=\"{shown} {name}\"{current}>{shown}</a>"
            )
        });
        format!("<nav aria-label=\"{}\">{}</nav>", self.words().languages, links.concat())
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let (title, site) = (escape(&self.title), escape(&self.server));
        let band = if self.is_practice {
            format!("<aside class=\"band\">{}</aside>", self.words().no_real_money)
        } else {
            String::new()
        };
        let heading = self.header.clone();
        let heading = heading.unwrap_or_else(|| format!("<div class=\"who\"><h1>{title}</h1></div>"));
        let two = if self.two { " two" } else { "" };
        let text = format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
             <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">{}\
             <style>{STYLE}</style></head><body>{band}<div class=\"page{two}\"><header>{heading}{}</header>\
             <main>{}</main><footer>{site}</footer></div></body></html>",
            self.language.code(),
            self.head,
            self.languages(),
            self.body
        );
        let mut response = Html(text).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
        let caching = if self.keep { "private, no-cache" } else { "no-store" };
        let named = [
            (header::REFERRER_POLICY, "same-origin"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::CACHE_CONTROL, caching),
            (header::VARY, "accept-language"),
            (header::CONTENT_LANGUAGE, self.language.code()),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        ];
        for (name, value) in named {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// The tone of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Verified.
    Paid,
    /// In motion.
    Move,
    /// The payer has to do or to know something.
    Wait,
    /// It failed.
    Fail,
    /// Over.
    Closed,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Paid => "paid",
            Tone::Move => "move",
            Tone::Wait => "wait",
            Tone::Fail => "fail",
            Tone::Closed => "closed",
        }
    }

    /// Tiles on a grid of 16, the same shapes as the app's.
    fn glyph(self) -> String {
        let cells: &[(u8, u8)] = match self {
            Tone::Paid => &[(0, 8), (3, 11), (6, 8), (9, 5), (12, 2)],
            Tone::Move => &[(1, 1), (11, 1), (6, 6)],
            Tone::Wait => &[(6, 0), (6, 3), (6, 6), (6, 12)],
            Tone::Fail => &[(0, 0), (12, 0), (3, 3), (9, 3), (6, 6), (3, 9), (9, 9), (0, 12), (12, 12)],
            Tone::Closed => &[(0, 6), (3, 6), (6, 6), (9, 6), (12, 6)],
        };
        tiles("0 0 16 16", 4, cells)
    }
}

/// The tick of a payment that was verified; nothing else is green.
pub fn tick() -> String {
    let tiles = tiles("0 0 49 39", 9, &[(0, 20), (10, 30), (20, 20), (30, 10), (40, 0)]);
    format!("<div class=\"tick\">{tiles}</div>")
}

fn tiles(view: &str, side: u8, cells: &[(u8, u8)]) -> String {
    let mut svg = format!("<svg viewBox=\"{view}\" fill=\"currentColor\" aria-hidden=\"true\">");
    for (x, y) in cells {
        svg.push_str(&format!("<rect x=\"{x}\" y=\"{y}\" width=\"{side}\" height=\"{side}\"/>"));
    }
    svg + "</svg>"
}

/// Figures strong, sign light; smaller the longer it is, so that it never leaves a phone.
fn amount_markup(figures: &Figures) -> String {
    let size = match figures.text().chars().count() {
        0..=6 => " l",
        7 => "",
        8..=10 => " m",
        11..=14 => " s",
        _ => " xs",
    };
    let class = |sign: &str| if sign.trim().chars().count() >= 3 { " class=\"code\"" } else { "" };
    let sign = |sign: &str| match sign {
        "" => String::new(),
        sign => format!("<i{}>{}</i>", class(sign), escape(sign)),
    };
    format!(
        "<span class=\"amt{size}\">{}{}{}</span>",
        sign(figures.before),
        escape(&figures.figures),
        sign(&figures.after)
    )
}

/// Text as HTML text or attribute value.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_people_write_becomes_markup() {
        assert_eq!(escape("<b a='\"'>&"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;");
    }
}
