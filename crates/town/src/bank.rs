//! A person at the bank's page: reads it, finds the form that says yes, and sends it, as a browser would.

use http::Method;
use wallet::{HttpRequest, Transport, TransportError};

/// Why the page could not be answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BankError {
    /// The line.
    #[error("the line: {0}")]
    Line(#[from] TransportError),
    /// The page, or the answer to the form, has this HTTP status.
    #[error("status {0}")]
    Refused(u16),
    /// The page has no form that approves.
    #[error("no form to approve")]
    NoForm,
}

/// Reads the page at `path` and says yes.
pub(crate) async fn approve(transport: &dyn Transport, path: &str) -> Result<(), BankError> {
    let accept = ("accept", "text/html".to_owned());
    let look = HttpRequest { method: Method::GET, path: path.into(), headers: vec![accept.clone()], body: Vec::new() };
    let page = transport.send(look).await?;
    if page.status != 200 {
        return Err(BankError::Refused(page.status));
    }
    let fields = approving_form(&String::from_utf8_lossy(&page.body)).ok_or(BankError::NoForm)?;
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes();
    let form = ("content-type", "application/x-www-form-urlencoded".to_owned());
    let answer = HttpRequest { method: Method::POST, path: path.into(), headers: vec![accept, form], body };
    let after = transport.send(answer).await?;
    // A page, or a way to the next one.
    if (200..400).contains(&after.status) { Ok(()) } else { Err(BankError::Refused(after.status)) }
}

/// Names and values of the inputs of the form whose `decision` is `approve`.
fn approving_form(page: &str) -> Option<Vec<(String, String)>> {
    let forms = page.split("<form").skip(1).filter_map(|rest| rest.split("</form>").next());
    let mut fields = forms.map(inputs);
    fields.find(|fields| fields.iter().any(|(name, value)| name == "decision" && value == "approve"))
}

fn inputs(form: &str) -> Vec<(String, String)> {
    let tags = form.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    tags.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?))).collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let text = rest.split('"').next()?;
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    Some(plain.replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_that_says_yes_is_found_among_others() {
        let page = "<form method=\"post\"><input type=\"hidden\" name=\"decision\" value=\"refuse\"></form>\
                    <form method=\"post\"><input type=\"hidden\" name=\"decision\" value=\"approve\">\
                    <input type=\"hidden\" name=\"token\" value=\"a&amp;b\"><button>Approve</button></form>";
        let fields = approving_form(page).expect("a form");
        assert_eq!(fields[1], ("token".to_owned(), "a&b".to_owned()));
    }

    #[test]
    fn an_answered_page_has_no_form() {
        assert_eq!(approving_form("<p>Approved. You can close this page.</p>"), None);
    }
}
