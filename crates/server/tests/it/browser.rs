//! A browser without script: pages, their forms, and where they lead.

use crate::app::{TestApp, URL};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;

pub struct Shown {
    pub status: StatusCode,
    pub path: String,
    pub html: String,
}

pub struct Browser<'a> {
    app: &'a TestApp,
    language: &'static str,
}

impl TestApp {
    pub fn browser(&self) -> Browser<'_> {
        Browser { app: self, language: "en" }
    }

    pub fn browser_in(&self, language: &'static str) -> Browser<'_> {
        Browser { app: self, language }
    }
}

impl Browser<'_> {
    /// Opens a path and follows where it leads.
    pub async fn open(&self, path: &str) -> Shown {
        let request = Request::get(path).header("accept-language", self.language).header("accept", "text/html");
        self.follow(request.body(Body::empty()).unwrap(), path).await
    }

    /// Sends a form of the page, from that page.
    pub async fn send(&self, page: &Shown, fields: &[(&str, &str)]) -> Shown {
        self.post(&page.action(), URL, &page.form(fields)).await
    }

    pub async fn post(&self, path: &str, origin: &str, body: &str) -> Shown {
        let path = path.split('?').next().unwrap();
        let request = Request::post(path)
            .header("origin", origin)
            .header("accept-language", self.language)
            .header("content-type", "application/x-www-form-urlencoded");
        self.follow(request.body(Body::from(body.to_owned())).unwrap(), path).await
    }

    async fn follow(&self, request: Request<Body>, path: &str) -> Shown {
        let (mut response, mut path) = (self.app.raw(request).await, path.to_owned());
        for _ in 0..5 {
            if response.status() != StatusCode::SEE_OTHER {
                break;
            }
            path = response.headers()["location"].to_str().unwrap().to_owned();
            let next = Request::get(&path).header("accept-language", self.language);
            response = self.app.raw(next.body(Body::empty()).unwrap()).await;
        }
        let status = response.status();
        if status == StatusCode::OK {
            let policy = response.headers()["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'"), "{policy}");
            assert!(!policy.contains("unsafe") && !policy.contains("script"), "{policy}");
        }
        let html = response.into_body().collect().await.unwrap().to_bytes();
        let html = String::from_utf8(html.to_vec()).unwrap();
        let html = match (html.find("<style>"), html.find("</style>")) {
            (Some(from), Some(to)) => format!("{}{}", &html[..from], &html[to..]),
            _ => html,
        };
        assert!(!html.contains("<script") && !html.contains(" style=") && !html.contains(" onerror="), "{html}");
        Shown { status, path, html }
    }

    /// Opens a link, sends its form with a card, and chooses on the processor's page.
    pub async fn pay(&self, path: &str, fields: &[(&str, &str)], source: &str) -> Shown {
        let page = self.open(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        let checkout = self.send(&page, fields).await;
        assert!(checkout.path.starts_with("/sandbox/checkout/"), "{} {}", checkout.path, checkout.html);
        self.send(&checkout, &[("decision", "pay"), ("source", source)]).await
    }
}

impl Shown {
    /// Where the first form is sent to: where it says, else the page's own address.
    pub fn action(&self) -> String {
        let form = self.html.split("<form").nth(1).unwrap_or_default().split('>').next().unwrap();
        form.split(" action=\"").nth(1).map_or(self.path.clone(), |rest| rest.split('"').next().unwrap().to_owned())
    }

    /// The hidden fields of the first form, and these.
    pub fn form(&self, fields: &[(&str, &str)]) -> String {
        let form = self.html.split("<form").nth(1).unwrap_or_default().split("</form>").next().unwrap();
        let attribute = |tag: &str, name: &str| {
            tag.split(&format!(" {name}=\"")).nth(1).map(|rest| rest.split('"').next().unwrap().to_owned())
        };
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        for tag in form.split("<input").skip(1).filter(|tag| tag.contains("type=\"hidden\"")) {
            body.append_pair(&attribute(tag, "name").unwrap(), &attribute(tag, "value").unwrap());
        }
        for (name, value) in fields {
            body.append_pair(name, value);
        }
        body.finish()
    }

    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.html.contains(text), "no {text:?} in {} {}: {}", self.status, self.path, self.html);
        self
    }

    #[track_caller]
    pub fn says_not(&self, text: &str) -> &Self {
        assert!(!self.html.contains(text), "{text:?} in {}", self.html);
        self
    }
}
