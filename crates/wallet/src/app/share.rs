//! Handing a code on: texts for the clipboard, pictures, and paper.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pay::{Link, Target, short_id};
use print::{Label, Sheet, can_print};
use protocol::body::{Amount, Person};
use qr::{Drawing, Ecc};

use super::{App, blocking};
use crate::WalletError;
use crate::view::{Code, ShareFile, ShareForm, ShareSubject, ShareWords, SharedFile, SharedText};

/// Pixels a module of a saved file.
const FILE: u32 = 24;
/// Pixels a module of a picture on the clipboard.
const COPIED: u32 = 12;
/// Pixels a module in the foot of an e-mail: small, because it travels with every letter.
const SIGNATURE: u32 = 4;

/// A code and what stands beside it.
struct Shared {
    code: Code,
    link: Link,
    person: Person,
    amount: Option<Amount>,
    with_picture: bool,
}

impl App {
    /// The code as a text to paste elsewhere.
    pub async fn share_text(
        &self,
        subject: ShareSubject,
        form: ShareForm,
        words: ShareWords,
    ) -> Result<SharedText, WalletError> {
        let shared = self.shared(subject).await?;
        Ok(match form {
            ShareForm::Link => SharedText { plain: shared.code.link, html: None },
            ShareForm::Markdown => {
                SharedText { plain: format!("[{}](<{}>)", markdown(&words.pay), shared.code.link), html: None }
            }
            ShareForm::Signature => {
                let drawing = self.drawing(&shared.link, false, Ecc::M).await?;
                let png = blocking(move || drawing.to_png(SIGNATURE).map_err(|_| WalletError::NotDrawn)).await?;
                signature(&shared, &words, &png)
            }
        })
    }

    /// The code as a picture: side in pixels, and red, green, blue and opacity of each.
    pub async fn share_picture(&self, subject: ShareSubject) -> Result<(u32, Vec<u8>), WalletError> {
        let shared = self.shared(subject).await?;
        let drawing = self.drawing(&shared.link, shared.with_picture, Ecc::M).await?;
        blocking(move || drawing.to_rgba(COPIED).map_err(|_| WalletError::NotDrawn)).await
    }

    /// The code as a file: alone, or on paper.
    pub async fn share_file(
        &self,
        subject: ShareSubject,
        file: ShareFile,
        words: ShareWords,
    ) -> Result<SharedFile, WalletError> {
        let shared = self.shared(subject).await?;
        let sheet = match file {
            ShareFile::Svg | ShareFile::Png => None,
            ShareFile::Poster => Some(Sheet::Poster),
            ShareFile::Card => Some(Sheet::Card),
            ShareFile::Stickers => Some(Sheet::Stickers),
            ShareFile::Sticker => Some(Sheet::Sticker),
        };
        // Paper gets dirty and torn: it carries more repair than a screen.
        let ecc = if sheet.is_some() { Ecc::Q } else { Ecc::M };
        let drawing = self.drawing(&shared.link, shared.with_picture, ecc).await?;
        blocking(move || match sheet {
            Some(sheet) => paper(sheet, &drawing, &shared, &words),
            None if file == ShareFile::Svg => {
                Ok(SharedFile { bytes: drawing.to_svg(FILE).into_bytes(), ending: "svg", name_left_out: false })
            }
            None => {
                let bytes = drawing.to_png(FILE).map_err(|_| WalletError::NotDrawn)?;
                Ok(SharedFile { bytes, ending: "png", name_left_out: false })
            }
        })
        .await
    }

    async fn shared(&self, subject: ShareSubject) -> Result<Shared, WalletError> {
        let (code, amount, with_picture) = match subject {
            ShareSubject::Mine { options } => {
                let (amount, with_picture) = (options.amount.clone(), options.with_picture);
                (self.my_code(options).await?, amount, with_picture)
            }
            ShareSubject::Request { id } => {
                let request = self.requests().await?.into_iter().find(|request| request.id == id);
                (self.request_code(id).await?, request.and_then(|request| request.amount), false)
            }
        };
        let link = Link::parse(&code.link).map_err(|_| WalletError::NotDrawn)?;
        let person = self.book().await?.me()?.person;
        Ok(Shared { code, link, person, amount, with_picture })
    }
}

fn paper(sheet: Sheet, drawing: &Drawing, shared: &Shared, words: &ShareWords) -> Result<SharedFile, WalletError> {
    let name = shared.person.display_name.trim();
    let handle = match &shared.link.target {
        Target::Person { .. } => format!("@{}", shared.person.handle),
        Target::Request(id) | Target::Proof(id) => short_id(*id),
    };
    let amount = shared.amount.as_ref().map(|amount| format!("{} {}", amount.value, amount.currency));
    let label = Label {
        headline: &words.headline,
        foot: &words.foot,
        name,
        handle: &handle,
        link: bare(&shared.code.link),
        amount: amount.as_deref(),
        language: &words.language,
    };
    let bytes = print::pdf(sheet, drawing, &label).map_err(|_| WalletError::NotDrawn)?;
    Ok(SharedFile { bytes, ending: "pdf", name_left_out: !can_print(name) })
}

/// The link without its scheme, as people read it.
fn bare(link: &str) -> &str {
    link.split_once("://").map_or(link, |(_, rest)| rest)
}

fn signature(shared: &Shared, words: &ShareWords, png: &[u8]) -> SharedText {
    let Shared { code, person, .. } = shared;
    let (name, pay, link, shown) =
        (escaped(&person.display_name), escaped(&words.pay), escaped(&code.link), escaped(bare(&code.link)));
    let (handle, picture) = (escaped(&person.handle), STANDARD.encode(png));
    let html = format!(
        "<table cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>\
         <td style=\"padding-right:12px\"><a href=\"{link}\"><img src=\"data:image/png;base64,{picture}\" width=\"96\" \
         height=\"96\" alt=\"{shown}\"></a></td>\
         <td style=\"font:14px/20px sans-serif\"><b>{name}</b> @{handle}<br><a href=\"{link}\">{pay}</a><br>{shown}</td>\
         </tr></table>"
    );
    let plain = format!("{} (@{})\n{}: {}\n", one_line(&person.display_name), person.handle, words.pay, code.link);
    SharedText { plain, html: Some(html) }
}

/// Text as it may stand in HTML, in elements and in quoted attributes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

/// Text as it may stand inside the brackets of a Markdown link.
fn markdown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in one_line(text).chars() {
        if matches!(letter, '\\' | '[' | ']' | '(' | ')' | '*' | '_' | '`' | '<' | '>' | '&' | '!' | '~' | '#' | '|') {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_markup() {
        assert_eq!(escaped("<b onload='x'>\"A&B\""), "&lt;b onload=&#39;x&#39;&gt;&quot;A&amp;B&quot;");
        assert_eq!(markdown("Ana](http://evil)\n*b* <i>"), "Ana\\]\\(http://evil\\) \\*b\\* \\<i\\>");
    }
}
