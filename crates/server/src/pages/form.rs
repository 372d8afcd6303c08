//! The form on which somebody without an account pays: served with the id of the payment it will make, so that sending
//! it twice makes one.

use super::ask::Ask;
use super::figures::written;
use super::html::escape;
use super::language::Language;
use crate::fault::Fault;
use crate::state::Server;
use pay::{Currency, Link, Money};
use protocol::body::SourceKind;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// How long a form may lie open, milliseconds: two hours.
const LIFE_MS: i64 = 2 * 3_600_000;

/// The id of the payment that a form will make, proved to come from this server, for this link, at this time.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// The payment's id.
    pub payment_id: Uuid,
    /// The amount that the form showed; what was shown is what is paid, whatever came meanwhile.
    pub asked: Option<Money>,
    served_at_ms: i64,
    token: String,
}

impl Ticket {
    /// A fresh one for the page at `path`.
    ///
    /// The form is sent to [`begin_path`], not to its own page: a browser forgets what it kept of an address that
    /// something was sent to, and going back would fetch a fresh id.
    pub fn new(server: &Server, path: &str, asked: Option<Money>) -> Ticket {
        let served_at_ms = server.now_ms();
        let unix_ms = u64::try_from(served_at_ms).unwrap_or_default();
        let payment_id = uuid::Builder::from_unix_timestamp_millis(unix_ms, &server.randomness.bytes()).into_uuid();
        let token = token(server, path, payment_id, served_at_ms, &decimal(asked));
        Ticket { payment_id, asked, served_at_ms, token }
    }

    /// The one that came back with a form; `None`: not ours, not for this page, or too old.
    pub fn read(server: &Server, path: &str, currency: Currency, fields: &Fields) -> Option<Ticket> {
        let payment_id = Uuid::try_parse(fields.get("payment")?).ok()?;
        let served_at_ms: i64 = fields.get("served")?.parse().ok()?;
        let asked = fields.get("asked")?;
        let right = token(server, path, payment_id, served_at_ms, asked);
        let same: bool = right.as_bytes().ct_eq(fields.get("token")?.as_bytes()).into();
        let fresh = (0..LIFE_MS).contains(&server.now_ms().saturating_sub(served_at_ms));
        if !same || !fresh {
            return None;
        }
        let asked = if asked.is_empty() { None } else { Some(Money::parse(asked, currency).ok()?) };
        Some(Ticket { payment_id, asked, served_at_ms, token: right })
    }

    fn hidden(&self, language: Language) -> String {
        let fields = [
            ("payment", self.payment_id.to_string()),
            ("asked", decimal(self.asked)),
            ("served", self.served_at_ms.to_string()),
            ("token", self.token.clone()),
            ("lang", language.code().to_owned()),
        ];
        fields.map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")).concat()
    }
}

/// Where the form of the page at `path` is sent.
pub fn begin_path(path: &str) -> String {
    format!("/begin{path}")
}

fn token(server: &Server, path: &str, payment_id: Uuid, served_at_ms: i64, asked: &str) -> String {
    let said = format!("{payment_id} {served_at_ms} {path} {asked}");
    hex::encode(server.keyed_digest(b"guest form", said.as_bytes()))
}

fn decimal(amount: Option<Money>) -> String {
    amount.map(Money::to_decimal_string).unwrap_or_default()
}

/// What a form said.
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`.
    pub fn parse(body: &[u8]) -> Fields {
        Fields(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first field of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What was typed and what is wrong with it, when the form comes back to its sender.
#[derive(Default)]
pub struct Typed<'a> {
    /// As typed.
    pub amount: &'a str,
    /// As typed.
    pub name: &'a str,
    /// As typed.
    pub message: &'a str,
    /// What is wrong with the amount.
    pub amount_error: Option<&'a str>,
    /// What is wrong with the name.
    pub name_error: Option<&'a str>,
    /// What is wrong with the message.
    pub message_error: Option<&'a str>,
}

/// The ways to pay, as markup: the form, the app, another amount.
pub fn form(
    server: &Server,
    ask: &Ask,
    link: &Link,
    ticket: &Ticket,
    language: Language,
    typed: &Typed<'_>,
) -> Result<String, Fault> {
    let words = language.words();
    let payee = &ask.payee;
    let open =
        format!("<form method=\"post\" action=\"{}\">{}", escape(&begin_path(&link.path())), ticket.hidden(language));
    let mut out = open.clone();
    if ask.amount.is_none() {
        out.push_str(&amount_field(&(words.amount_in)(payee.currency.code()), "amount", typed, true));
    }
    out.push_str(&text_field(words.your_name, words.optional, "name", typed.name, 60, typed.name_error));
    if ask.request.is_none() {
        let label = (words.message)(&payee.display_name);
        out.push_str(&text_field(&label, words.optional, "message", typed.message, 280, typed.message_error));
    }
    let pay = match ask.amount {
        Some(amount) => (words.pay_amount)(&written(amount, language).text()),
        None => words.go_on.to_owned(),
    };
    out.push_str(&format!(
        "<div class=\"acts\"><button class=\"act pri\" name=\"method\" value=\"card\">{}</button>\
         <button class=\"act\" name=\"method\" value=\"paypal\">PayPal <span>{}</span></button></div></form>",
        escape(&pay),
        escape(&paypal_words(server, ask.amount, language)?)
    ));
    out.push_str(&format!(
        "<div class=\"acts\"><a class=\"act\" href=\"{}\">{}</a></div>",
        escape(&link.to_app()),
        words.open_in_app
    ));
    if ask.amount.is_some() && ask.takes_other_amounts() {
        out.push_str(&other_amount(ask, &open, language, typed));
    }
    Ok(out)
}

/// Another amount, behind a line of text: its own form, so that each button says what it pays.
fn other_amount(ask: &Ask, form: &str, language: Language, typed: &Typed<'_>) -> String {
    let words = language.words();
    let open = if typed.amount_error.is_some() { " open" } else { "" };
    let field = amount_field(&(words.amount_in)(ask.payee.currency.code()), "other", typed, false);
    format!(
        "<details{open}><summary>{}</summary>{form}{field}<div class=\"acts\">\
         <button class=\"act\" name=\"method\" value=\"card\">{}</button></div></form></details>",
        words.other_amount, words.pay_this_amount
    )
}

fn paypal_words(server: &Server, amount: Option<Money>, language: Language) -> Result<String, Fault> {
    let words = language.words();
    let Some(amount) = amount else { return Ok(words.paypal_fee_later.to_owned()) };
    let fee = server.config.fee(SourceKind::Paypal, amount)?;
    let fee_text = written(fee, language).text();
    Ok(if fee.is_zero() { words.paypal_free.to_owned() } else { (words.paypal_fee)(&fee_text) })
}

fn amount_field(label: &str, id: &str, typed: &Typed<'_>, big: bool) -> String {
    let class = if big { " class=\"big\"" } else { "" };
    let (said, marked) = error(id, typed.amount_error);
    format!(
        "<div><label for=\"{id}\">{}</label><input type=\"text\" id=\"{id}\" name=\"amount\"{class} inputmode=\"decimal\" \
         autocomplete=\"off\" maxlength=\"40\" required value=\"{}\"{marked}>{said}</div>",
        escape(label),
        escape(typed.amount)
    )
}

fn text_field(label: &str, optional: &str, name: &str, value: &str, most: u32, wrong: Option<&str>) -> String {
    let (said, marked) = error(name, wrong);
    let complete = if name == "name" { "name" } else { "off" };
    format!(
        "<div><label for=\"{name}\">{} <small>({optional})</small></label><input type=\"text\" id=\"{name}\" \
         name=\"{name}\" maxlength=\"{most}\" autocomplete=\"{complete}\" value=\"{}\"{marked}>{said}</div>",
        escape(label),
        escape(value)
    )
}

/// The sentence under a field, and the attributes that tie it to the field.
fn error(id: &str, wrong: Option<&str>) -> (String, String) {
    match wrong {
        None => (String::new(), String::new()),
        Some(text) => (
            format!("<p class=\"error\" id=\"{id}-error\" role=\"alert\">{}</p>", escape(text)),
            format!(" aria-invalid=\"true\" aria-describedby=\"{id}-error\""),
        ),
    }
}
