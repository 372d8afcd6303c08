use crate::state::Server;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use pay::{Link, Money};
use protocol::body::Mode;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f6f5f2;color:#1c1b19}\
main{max-width:28rem;margin:12vh auto;padding:2rem;background:#fff;border-radius:12px}\
h1{font-size:1.5rem;margin:0 0 1rem;overflow-wrap:anywhere}p{margin:.5rem 0;overflow-wrap:anywhere}\
.amount{font-size:2rem;font-weight:600}.quiet{color:#5c5953;font-size:.9rem}\
a.act,button{display:inline-block;font:inherit;min-height:44px;padding:.6rem 1.2rem;margin:1rem .5rem 0 0;\
border:1px solid #1c1b19;border-radius:8px;background:#1c1b19;color:#fff;text-decoration:none;cursor:pointer}\
button.no{background:#fff;color:#1c1b19}form{display:inline}";

/// `'sha256-…'` would do for the style too; `unsafe-inline` for styles only, since no text of a person gets near it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; \
frame-ancestors 'none'";

/// A page being written. Everything given to it is text and is escaped.
pub struct Page {
    title: String,
    body: String,
    foot: String,
}

impl Page {
    /// A page with a heading.
    pub fn new(server: &Server, title: &str) -> Page {
        let kind = match server.config.mode {
            Mode::Practice | Mode::Sandbox => " · practice, no real money moves",
            Mode::Live => "",
        };
        let foot = format!("{}{kind}", server.config.name);
        Page { title: title.to_owned(), body: String::new(), foot }
    }

    /// A paragraph; an empty one is left out.
    pub fn line(mut self, text: &str) -> Page {
        if !text.is_empty() {
            self.body.push_str(&format!("<p>{}</p>", escape(text)));
        }
        self
    }

    /// An amount, large.
    pub fn amount(mut self, amount: Money) -> Page {
        let text = format!("{} {}", amount.to_decimal_string(), amount.currency());
        self.body.push_str(&format!("<p class=\"amount\">{}</p>", escape(&text)));
        self
    }

    /// The link that the installed app opens.
    pub fn open_in_app(mut self, link: &Link) -> Page {
        let address = escape(&link.to_app());
        self.body.push_str(&format!("<p><a class=\"act\" href=\"{address}\">Open in Tessera</a></p>"));
        self
    }

    /// A button that posts one decision with its token to this very address.
    pub fn button(mut self, decision: &str, token: &str, text: &str) -> Page {
        let class = if decision == "approve" { "yes" } else { "no" };
        let (decision, token, text) = (escape(decision), escape(token), escape(text));
        self.body.push_str(&format!(
            "<form method=\"post\"><input type=\"hidden\" name=\"decision\" value=\"{decision}\">\
             <input type=\"hidden\" name=\"token\" value=\"{token}\"><button class=\"{class}\">{text}</button></form>"
        ));
        self
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let (title, foot, body) = (escape(&self.title), escape(&self.foot), self.body);
        let text = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
             <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head>\
             <body><main><h1>{title}</h1>{body}<p class=\"quiet\">{foot}</p></main></body></html>"
        );
        let mut response = Html(text).into_response();
        let named = [
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::REFERRER_POLICY, "same-origin"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::CACHE_CONTROL, "no-store"),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        ];
        for (name, value) in named {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
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
