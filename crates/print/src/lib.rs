//! A code on paper: posters, cards and stickers as PDF, in vectors, at the right size in millimetres; the payment part of a
//! Swiss bill; and the picture that chats show of a link. It never touches
//! files, clock or network, brings its own letters (see `fonts/`), and never cuts a name or prints a box for a letter
//! it lacks. Start with [`pdf`], [`bill_pdf`] and [`preview()`]; [`can_print`] says whether a name can be set at all.

mod bill;
mod fit;
mod letters;
mod page;
mod preview;
mod raster;
mod sheet;
mod write;

pub use bill::{BillError, BillLanguage, bill_pdf};
pub use letters::can_print;
pub use preview::{PREVIEW_SIZE, preview};
pub use sheet::Sheet;

use page::Page;

/// What stands on the paper beside the code.
#[derive(Debug, Clone, Copy)]
pub struct Label<'a> {
    /// What to do with the code, in the reader's language.
    pub headline: &'a str,
    /// A line for who does not know codes, in the reader's language. Posters and cards only.
    pub foot: &'a str,
    /// Name. Left out, with the handle in its place, when [`can_print`] says no.
    pub name: &'a str,
    /// `@handle`, or the short id of a request.
    pub handle: &'a str,
    /// The link, without its scheme.
    pub link: &'a str,
    /// The amount asked for, as text.
    pub amount: Option<&'a str>,
    /// BCP 47 language of the words.
    pub language: &'a str,
}

/// Why nothing was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// A font of our own cannot be read.
    #[error("a font of the app is damaged")]
    Font,
    /// A text other than the name has letters our fonts lack.
    #[error("a text has letters that cannot be printed")]
    Letters,
}

/// The sheet as the bytes of a PDF file: one page, exactly as large as its paper.
pub fn pdf(sheet: Sheet, code: &qr::Drawing, label: &Label<'_>) -> Result<Vec<u8>, PrintError> {
    let fonts = letters::Fonts::load()?;
    let mut page = Page::new(&fonts, code);
    let named = Label { name: if can_print(label.name) { label.name } else { label.handle }, ..*label };
    sheet::lay_out(sheet, &mut page, &named)?;
    let (width_mm, height_mm) = sheet.size_mm();
    Ok(write::file(&page, width_mm, height_mm, &format!("{} {}", label.headline, named.name), label.language))
}

#[cfg(test)]
mod tests;
