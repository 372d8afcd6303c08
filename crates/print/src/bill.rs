//! The payment part of a Swiss QR-bill with its receipt, on the lower edge of an A4 page: SIX Style Guide QR-bill and
//! Implementation Guidelines 2.3, chapter 3. Black on white, sizes in millimetres and points as printed there.

use qr::payload::{PostalAddress, Problem, SwissBill};
use qr::{DrawError, Drawing, Ecc, draw};

use crate::fit::{Room, fit, width};
use crate::letters::{Fonts, Weight};
use crate::page::{Line, MM, Page, Shape};
use crate::{PrintError, write};

/// The languages a payment part may be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillLanguage {
    /// German.
    German,
    /// French.
    French,
    /// Italian.
    Italian,
    /// English.
    English,
}

/// Why no bill was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BillError {
    /// The bill breaks a rule of the standard.
    #[error("the bill breaks a rule of its standard")]
    Bill(Problem),
    /// Its code cannot be drawn.
    #[error(transparent)]
    Draw(#[from] DrawError),
    /// It cannot be set.
    #[error(transparent)]
    Print(#[from] PrintError),
}

/// Width and height of the page, and of what stands on its lower edge, millimetres.
const PAPER: (f32, f32) = (210.0, 297.0);
const PART_HEIGHT: f32 = 105.0;
const RECEIPT_WIDTH: f32 = 62.0;
const MARGIN: f32 = 5.0;
/// Side of the code and of the cross in its middle.
const CODE: f32 = 46.0;
const CROSS: f32 = 7.0;
const BLACK: f32 = 0.0;
const WHITE: f32 = 1.0;

/// The headings (Style Guide, annex): payment part, account, reference, additional information, currency, amount,
/// receipt, acceptance point, separate, payable by, payable by (name/address).
struct Words([&'static str; 11]);

impl BillLanguage {
    fn words(self) -> Words {
        Words(match self {
            BillLanguage::German => [
                "Zahlteil",
                "Konto / Zahlbar an",
                "Referenz",
                "Zusätzliche Informationen",
                "Währung",
                "Betrag",
                "Empfangsschein",
                "Annahmestelle",
                "Vor der Einzahlung abzutrennen",
                "Zahlbar durch",
                "Zahlbar durch (Name/Adresse)",
            ],
            BillLanguage::French => [
                "Section paiement",
                "Compte / Payable à",
                "Référence",
                "Informations supplémentaires",
                "Monnaie",
                "Montant",
                "Récépissé",
                "Point de dépôt",
                "A détacher avant le versement",
                "Payable par",
                "Payable par (nom/adresse)",
            ],
            BillLanguage::Italian => [
                "Sezione pagamento",
                "Conto / Pagabile a",
                "Riferimento",
                "Informazioni supplementari",
                "Valuta",
                "Importo",
                "Ricevuta",
                "Punto di accettazione",
                "Da staccare prima del versamento",
                "Pagabile da",
                "Pagabile da (nome/indirizzo)",
            ],
            BillLanguage::English => [
                "Payment part",
                "Account / Payable to",
                "Reference",
                "Additional information",
                "Currency",
                "Amount",
                "Receipt",
                "Acceptance point",
                "Separate before paying in",
                "Payable by",
                "Payable by (name/address)",
            ],
        })
    }

    fn code(self) -> &'static str {
        match self {
            BillLanguage::German => "de",
            BillLanguage::French => "fr",
            BillLanguage::Italian => "it",
            BillLanguage::English => "en",
        }
    }
}

/// The bill as the bytes of a PDF file: one A4 page, empty above the payment part, for the letter to be printed on.
pub fn bill_pdf(bill: &SwissBill, language: BillLanguage) -> Result<Vec<u8>, BillError> {
    let text = bill.write().map_err(BillError::Bill)?;
    let code = draw(&text, Ecc::M)?;
    let fonts = Fonts::load_for_bills()?;
    let mut page = Page::new(&fonts, &code);
    let words = language.words();
    cuts(&mut page, &words)?;
    receipt(&mut page, bill, &words)?;
    payment_part(&mut page, bill, &words, &code)?;
    let title = format!("{} {}", words.0[0], bill.creditor.name);
    Ok(write::file(&page, PAPER.0, PAPER.1, &title, language.code()))
}

/// A column of text, set line by line at the style guide's sizes.
struct Column<'p, 'f> {
    page: &'p mut Page<'f>,
    x: f32,
    y: f32,
    width: f32,
    heading: f32,
    value: f32,
}

impl Column<'_, '_> {
    /// A heading with its values below; nothing when there are none.
    fn part(&mut self, heading: &str, values: &[String]) -> Result<(), PrintError> {
        if values.iter().all(String::is_empty) {
            return Ok(());
        }
        self.lines(heading, Weight::Strong, self.heading)?;
        for value in values.iter().filter(|value| !value.is_empty()) {
            self.lines(value, Weight::Plain, self.value)?;
        }
        // One empty line between two parts.
        self.y += self.value + 1.0;
        Ok(())
    }

    fn lines(&mut self, text: &str, weight: Weight, size: f32) -> Result<(), PrintError> {
        let room = Room { width: self.width, size, lines: 4, smallest: size };
        let fitted = fit(self.page.fonts, text, weight, room)?;
        for glyphs in fitted.lines {
            self.y += self.value + 1.0;
            self.page.lines.push(Line { x: self.x, y: self.y, size: fitted.size, glyphs, grey: BLACK });
        }
        Ok(())
    }

    /// Room for handwriting with its corners, in millimetres.
    fn blank(&mut self, heading: &str, width_mm: f32, height_mm: f32) -> Result<(), PrintError> {
        self.lines(heading, Weight::Strong, self.heading)?;
        let top = self.y + 1.0 * MM;
        corners(self.page, self.x, top, width_mm * MM, height_mm * MM);
        self.y = top + height_mm * MM;
        Ok(())
    }
}

fn part_top() -> f32 {
    (PAPER.1 - PART_HEIGHT) * MM
}

/// Where to cut: along the upper edge and between receipt and payment part, each with scissors.
fn cuts(page: &mut Page<'_>, words: &Words) -> Result<(), PrintError> {
    let (top, side) = (part_top(), RECEIPT_WIDTH * MM);
    page.shapes.push(Shape::Cut { from: (0.0, top), to: (PAPER.0 * MM, top) });
    page.shapes.push(Shape::Cut { from: (side, top), to: (side, PAPER.1 * MM) });
    page.shapes.push(Shape::Scissors { at: (12.0 * MM, top), down: false });
    page.shapes.push(Shape::Scissors { at: (side, top + 12.0 * MM), down: true });
    let glyphs = page.fonts.set(words.0[8], Weight::Plain).ok_or(PrintError::Letters)?;
    let x = (PAPER.0 * MM - width(&glyphs, 8.0)) / 2.0;
    page.lines.push(Line { x, y: top - 2.0 * MM, size: 8.0, glyphs, grey: BLACK });
    Ok(())
}

fn title(page: &mut Page<'_>, text: &str, left_mm: f32) -> Result<(), PrintError> {
    let glyphs = page.fonts.set(text, Weight::Strong).ok_or(PrintError::Letters)?;
    page.lines.push(Line { x: left_mm * MM, y: part_top() + MARGIN * MM + 11.0, size: 11.0, glyphs, grey: BLACK });
    Ok(())
}

fn receipt(page: &mut Page<'_>, bill: &SwissBill, words: &Words) -> Result<(), PrintError> {
    let [_, account, reference, _, currency, amount, receipt, acceptance, _, by, by_blank] = words.0;
    title(page, receipt, MARGIN)?;
    let (x, top) = (MARGIN * MM, part_top());
    let mut column =
        Column { page, x, y: top + 12.0 * MM, width: (RECEIPT_WIDTH - 2.0 * MARGIN) * MM, heading: 6.0, value: 8.0 };
    column.part(account, &payee(bill))?;
    column.part(reference, &[grouped_reference(bill)])?;
    match &bill.debtor {
        Some(debtor) => column.part(by, &address(debtor))?,
        None => column.blank(by_blank, 52.0, 20.0)?,
    }
    let mut column = Column { page, x, y: top + 68.0 * MM, width: 20.0 * MM, heading: 6.0, value: 8.0 };
    column.part(currency, std::slice::from_ref(&bill.currency))?;
    amount_field(page, bill, amount, Field { x: x + 15.0 * MM, y: top + 68.0 * MM, small: true })?;
    let glyphs = page.fonts.set(acceptance, Weight::Strong).ok_or(PrintError::Letters)?;
    let right = (RECEIPT_WIDTH - MARGIN) * MM - width(&glyphs, 6.0);
    page.lines.push(Line { x: right, y: top + 82.0 * MM + 6.0, size: 6.0, glyphs, grey: BLACK });
    Ok(())
}

fn payment_part(page: &mut Page<'_>, bill: &SwissBill, words: &Words, code: &Drawing) -> Result<(), PrintError> {
    let [part, account, reference, information, currency, amount, _, _, _, by, by_blank] = words.0;
    let (left, top) = ((RECEIPT_WIDTH + MARGIN) * MM, part_top());
    title(page, part, RECEIPT_WIDTH + MARGIN)?;
    swiss_code(page, code, left, top + 17.0 * MM);
    let mut column = Column { page, x: left, y: top + 68.0 * MM, width: 20.0 * MM, heading: 8.0, value: 10.0 };
    column.part(currency, std::slice::from_ref(&bill.currency))?;
    amount_field(page, bill, amount, Field { x: left + 15.0 * MM, y: top + 68.0 * MM, small: false })?;
    let x = (RECEIPT_WIDTH + MARGIN + 51.0) * MM;
    let width = (PAPER.0 - MARGIN) * MM - x;
    let mut column = Column { page, x, y: top + MARGIN * MM, width, heading: 8.0, value: 10.0 };
    column.part(account, &payee(bill))?;
    column.part(reference, &[grouped_reference(bill)])?;
    column.part(information, &[bill.message.clone(), bill.information.clone()])?;
    match &bill.debtor {
        Some(debtor) => column.part(by, &address(debtor)),
        None => column.blank(by_blank, 65.0, 25.0),
    }
}

/// Where an amount stands, in points.
struct Field {
    x: f32,
    y: f32,
    small: bool,
}

/// The amount, or room for one.
fn amount_field(page: &mut Page<'_>, bill: &SwissBill, heading: &str, at: Field) -> Result<(), PrintError> {
    let (size, small) = if at.small { (8.0, 6.0) } else { (10.0, 8.0) };
    let mut column = Column { page, x: at.x, y: at.y, width: 40.0 * MM, heading: small, value: size };
    match bill.amount {
        Some(amount) => column.part(heading, &[spaced(&format!("{amount:.2}"))]),
        None if at.small => column.blank(heading, 30.0, 10.0),
        None => column.blank(heading, 40.0, 15.0),
    }
}

/// The code with the Swiss cross in its middle. The white around it is the layout's own.
fn swiss_code(page: &mut Page<'_>, code: &Drawing, x: f32, y: f32) {
    let module = CODE * MM / code.modules() as f32;
    let quiet = qr::QUIET_ZONE as f32 * module;
    page.square(x - quiet, y - quiet, code.full_side() as f32 * module);
    let (middle_x, middle_y) = (x + CODE * MM / 2.0, y + CODE * MM / 2.0);
    let unit = CROSS * MM / 32.0;
    let mut block = |width: f32, height: f32, grey: f32| {
        let (width, height) = (width * unit, height * unit);
        let (x, y) = (middle_x - width / 2.0, middle_y - height / 2.0);
        page.shapes.push(Shape::Block { x, y, width, height, grey });
    };
    // The cross's arms are a sixth longer than wide (Federal Act on the Protection of the Swiss Coat of Arms).
    block(32.0, 32.0, WHITE);
    block(28.0, 28.0, BLACK);
    block(18.0, 5.4, WHITE);
    block(5.4, 18.0, WHITE);
}

fn corners(page: &mut Page<'_>, x: f32, y: f32, width: f32, height: f32) {
    let arm = 3.0 * MM;
    for (corner_x, inward_x) in [(x, arm), (x + width, -arm)] {
        for (corner_y, inward_y) in [(y, arm), (y + height, -arm)] {
            let corner = (corner_x, corner_y);
            page.shapes.push(Shape::Rule { from: corner, to: (corner_x + inward_x, corner_y) });
            page.shapes.push(Shape::Rule { from: corner, to: (corner_x, corner_y + inward_y) });
        }
    }
}

fn payee(bill: &SwissBill) -> Vec<String> {
    let mut lines = vec![groups_of(&bill.account(), 4)];
    lines.extend(address(&bill.creditor));
    lines
}

fn address(of: &PostalAddress) -> Vec<String> {
    let two = |one: &str, other: &str| format!("{one} {other}").trim().to_owned();
    let town = two(&of.postcode, &of.town);
    let abroad = !matches!(of.country.as_str(), "CH" | "LI");
    vec![of.name.clone(), two(&of.street, &of.number), if abroad { format!("{}-{town}", of.country) } else { town }]
}

/// 27 digits as two and then fives; `RF…` in fours (Style Guide, 3).
fn grouped_reference(bill: &SwissBill) -> String {
    let reference = bill.reference();
    match reference.split_at_checked(2) {
        Some((head, rest)) if reference.len() == 27 => format!("{head} {}", groups_of(rest, 5)),
        _ => groups_of(&reference, 4),
    }
}

fn groups_of(text: &str, size: usize) -> String {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(size).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// `1949.75` as `1 949.75`.
fn spaced(amount: &str) -> String {
    let (whole, cents) = amount.split_once('.').unwrap_or((amount, ""));
    let first = whole.len() % 3;
    let (head, rest) = whole.split_at_checked(first).unwrap_or((whole, ""));
    let whole = format!("{head} {}", groups_of(rest, 3));
    format!("{}.{cents}", whole.trim())
}
