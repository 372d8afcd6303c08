//! From a picture, a frame or a text to what it is and what can be done with it. Nothing is opened by itself.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pay::{Handle, Link, Money, Target, parse_short_id};
use protocol::Code;
use protocol::body::{Amount, LatePolicy, Payee, Quote, QuoteAsk, Request, RequestState};
use qr::payload::{self, Scheme};
use qr::{Effort, Luma, PictureError, Symbol, picture, scan, scan_others};
use url::Url;
use uuid::Uuid;

use super::confirm::read_handle;
use super::known::{known_payee, known_quote, known_request, no_line};
use super::{App, blocking, receipt};
use crate::WalletError;
use crate::book::Book;
use crate::view::{Found, FoundKind, Reading, ReadingPayee, ReadingProblem};

/// Largest picture file taken, bytes.
const MAX_FILE: u64 = 32 << 20;

impl App {
    /// Codes in a picture file, given as base64.
    pub async fn scan_image(&self, picture: String) -> Result<Vec<Found>, WalletError> {
        if picture.len() as u64 > MAX_FILE / 3 * 4 + 4 {
            return Err(WalletError::ImageTooLarge);
        }
        let bytes = STANDARD.decode(picture.trim()).map_err(|_| WalletError::NotAnImage)?;
        self.scan_bytes(bytes).await
    }

    /// Codes in a picture file on this machine.
    pub async fn scan_path(&self, path: PathBuf) -> Result<Vec<Found>, WalletError> {
        let bytes = blocking(move || {
            let file = std::fs::metadata(&path)?;
            if !file.is_file() {
                return Err(WalletError::NotAnImage);
            }
            if file.len() > MAX_FILE {
                return Err(WalletError::ImageTooLarge);
            }
            Ok(std::fs::read(&path)?)
        })
        .await?;
        self.scan_bytes(bytes).await
    }

    /// Codes in the bytes of a picture file.
    pub async fn scan_bytes(&self, bytes: Vec<u8>) -> Result<Vec<Found>, WalletError> {
        let symbols = blocking(move || {
            let picture = picture::decode(&bytes).map_err(|error| match error {
                PictureError::Empty | PictureError::UnknownFormat => WalletError::NotAnImage,
                PictureError::FileTooLarge { .. } | PictureError::TooManyPixels { .. } => WalletError::ImageTooLarge,
                PictureError::Damaged => WalletError::UnreadableImage,
            })?;
            let mut symbols = scan(&picture, Effort::Still);
            if symbols.is_empty() {
                symbols = scan_others(&picture);
            }
            Ok(with_thumbs(&picture, symbols))
        })
        .await?;
        if symbols.is_empty() { Err(WalletError::NoCodeFound) } else { self.name(symbols).await }
    }

    /// Codes on the screens: each a width, a height and grey bytes, row after row. A code that stands on two of them is
    /// found once.
    pub async fn scan_screens(&self, screens: Vec<(u32, u32, Vec<u8>)>) -> Result<Vec<Found>, WalletError> {
        let symbols = blocking(move || {
            let screens = screens.into_iter().map(|(width, height, luma)| Luma::new(width, height, luma));
            let screens: Vec<Luma<'static>> =
                screens.collect::<Result<_, _>>().map_err(|_| WalletError::UnreadableImage)?;
            let mut all = on_any(&screens, scan_in_parts);
            if all.is_empty() {
                all = on_any(&screens, scan_others);
            }
            let several = all.len() > 1;
            Ok(all
                .into_iter()
                .map(|(s, screen)| (several.then(|| thumb(&screen, &s)).flatten(), s))
                .collect::<Vec<_>>())
        })
        .await?;
        if symbols.is_empty() { Err(WalletError::NoCodeFound) } else { self.name(symbols).await }
    }

    /// What the codes are that a camera has in sight.
    pub async fn name_codes(&self, codes: Vec<Symbol>) -> Result<Vec<Found>, WalletError> {
        self.name(codes.into_iter().map(|code| (None, code)).collect()).await
    }

    /// What a typed, pasted or wedge-scanned text is: a link, `@handle`, a handle, a short id, or something foreign.
    pub async fn read_text(&self, text: &str) -> Result<Found, WalletError> {
        let text = text.trim();
        let book = self.book().await?;
        if let Some(id) = parse_short_id(text) {
            return found_request(&book, id, text.to_owned()).await;
        }
        if let Ok(handle) = Handle::parse(text) {
            let typed = text.starts_with('@') || !text.contains(' ');
            match found_person(&book, &handle, None, text.to_owned()).await {
                Err(error) if error.refusal() == Some(Code::NotFound) && !text.starts_with('@') => {}
                other if typed => return other,
                _ => {}
            }
        }
        name_text(&book, text.as_bytes(), Some(text)).await
    }

    /// Who would be paid under a handle.
    pub async fn find_payee(&self, handle: &str) -> Result<Found, WalletError> {
        let book = self.book().await?;
        found_person(&book, &read_handle(handle)?, None, handle.trim().to_owned()).await
    }

    /// What a payment would cost with each source.
    pub async fn quote(&self, payee_id: Uuid, amount: Amount, request_id: Option<Uuid>) -> Result<Quote, WalletError> {
        let money = Money::try_from(&amount)?;
        let book = self.book().await?;
        match book.remote()?.quote(&QuoteAsk { payee_id, amount, request_id }).await {
            Err(error) if no_line(&error) => known_quote(&book, payee_id, money).await,
            answer => answer,
        }
    }

    async fn name(&self, symbols: Vec<(Option<String>, Symbol)>) -> Result<Vec<Found>, WalletError> {
        if symbols.is_empty() {
            return Ok(Vec::new());
        }
        let book = self.book().await?;
        let mut all = Vec::with_capacity(symbols.len());
        for (thumb, symbol) in symbols {
            let mut found = name_text(&book, &symbol.bytes, symbol.text.as_deref()).await?;
            found.thumb = thumb;
            found.corners = symbol.corners.iter().map(|[x, y]| [x.round() as i32, y.round() as i32]).collect();
            self.inner.scanned.saw(&found);
            all.push(found);
        }
        Ok(all)
    }
}

/// Largest picture whose small codes survive a look at the whole, in pixels.
const WHOLE_PIXELS: u64 = 4_000_000;
/// Neighbouring parts of a screen share this much, so that no code lies on a cut; pixels.
const OVERLAP: u32 = 480;
/// A part of a screen, at most; pixels.
const PART: u32 = 1_920;

/// What `look` finds on each screen; a code that stands on two of them once.
fn on_any(screens: &[Luma<'static>], look: impl Fn(&Luma<'_>) -> Vec<Symbol>) -> Vec<(Symbol, Luma<'static>)> {
    let mut all: Vec<(Symbol, Luma<'static>)> = Vec::new();
    for screen in screens {
        for symbol in look(screen) {
            if !all.iter().any(|(known, _)| known.bytes == symbol.bytes) {
                all.push((symbol, screen.clone()));
            }
        }
    }
    all
}

/// Looks at a screen as a whole, and at a large one in overlapping parts too: a scanner shrinks large pictures.
fn scan_in_parts(screen: &Luma<'_>) -> Vec<Symbol> {
    let mut all = scan(screen, Effort::Still);
    if u64::from(screen.width()) * u64::from(screen.height()) <= WHOLE_PIXELS {
        return all;
    }
    let step = (PART - OVERLAP) as usize;
    for top in (0..screen.height()).step_by(step) {
        for left in (0..screen.width()).step_by(step) {
            let Some(part) = screen.part(left, top, PART, PART) else { continue };
            for mut symbol in scan(&part, Effort::Still) {
                if !all.iter().any(|known| known.bytes == symbol.bytes) {
                    symbol.corners.iter_mut().for_each(|[x, y]| (*x, *y) = (*x + left as f32, *y + top as f32));
                    all.push(symbol);
                }
            }
        }
    }
    all
}

/// Several codes get small pictures to be told apart by; a single one needs none.
fn with_thumbs(picture: &Luma<'_>, symbols: Vec<Symbol>) -> Vec<(Option<String>, Symbol)> {
    let several = symbols.len() > 1;
    symbols.into_iter().map(|symbol| (several.then(|| thumb(picture, &symbol)).flatten(), symbol)).collect()
}

fn thumb(picture: &Luma<'_>, symbol: &Symbol) -> Option<String> {
    picture::thumbnail(picture, symbol).map(|png| STANDARD.encode(png))
}

/// Names the payload of a code. Recognition never touches the network; only links of our own server are looked up.
async fn name_text(book: &Book, bytes: &[u8], text: Option<&str>) -> Result<Found, WalletError> {
    let reading = text.map_or_else(|| payload::recognise(bytes), payload::recognise_text);
    let shown = shown(text.map_or_else(|| String::from_utf8_lossy(bytes), Into::into).as_ref());
    if let Some(link) = &reading.link {
        return name_link(book, link.clone(), text.unwrap_or_default(), shown).await;
    }
    let host = Url::parse(text.unwrap_or_default())
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .and_then(|url| url.host_str().map(str::to_owned));
    let kind = match (reading.scheme, &host) {
        (Scheme::Nonpay, Some(_)) => FoundKind::WebLink,
        (Scheme::Nonpay, None) => FoundKind::Text,
        _ => FoundKind::Foreign,
    };
    let reading = (kind == FoundKind::Foreign || !reading.valid()).then(|| view_of(&reading));
    Ok(Found { host, reading, ..empty(kind, shown) })
}

/// `code` is the text as it was in the code, `text` the same for showing.
async fn name_link(book: &Book, link: Link, code: &str, text: String) -> Result<Found, WalletError> {
    if link.server != book.card.server_url {
        let host = link.server.split_once("://").map(|(_, host)| host.to_owned());
        let amount = match &link.target {
            Target::Person { amount, .. } => amount.map(Amount::from),
            Target::Request(_) | Target::Proof(_) => None,
        };
        return Ok(Found { host, amount, ..empty(FoundKind::OtherServer, text) });
    }
    match link.target {
        Target::Person { handle, amount } => found_person(book, &handle, amount, text).await,
        Target::Request(id) => found_request(book, id, text).await,
        Target::Proof(_) => Ok(Found { proof: receipt::read(book, code)?, ..empty(FoundKind::Proof, text) }),
    }
}

async fn found_person(book: &Book, handle: &Handle, amount: Option<Money>, text: String) -> Result<Found, WalletError> {
    let amount = amount.map(Amount::from);
    if handle.as_str() == book.me()?.person.handle {
        return Ok(Found { amount, ..empty(FoundKind::Own, text) });
    }
    let payee = match book.remote()?.payee(handle).await {
        Err(error) if no_line(&error) => known_payee(book, handle).await?,
        answer => answer?,
    };
    Handle::parse(&payee.person.handle).map_err(|_| WalletError::BadAnswer)?;
    let kind = if payee.person.id == book.account()?.person_id { FoundKind::Own } else { FoundKind::Person };
    Ok(Found { payee: Some(payee), amount, ..empty(kind, text) })
}

async fn found_request(book: &Book, id: Uuid, text: String) -> Result<Found, WalletError> {
    let remote = book.remote()?;
    let (request, reached) = match remote.request(id).await {
        Err(error) if no_line(&error) => (known_request(book, id).await?, false),
        answer => (answer?, true),
    };
    if request.id != id {
        return Err(WalletError::BadAnswer);
    }
    let mine = request.requester.id == book.account()?.person_id;
    let payee: Option<Payee> = match Handle::parse(&request.requester.handle) {
        Ok(_) if mine => None,
        Ok(handle) if reached => Some(remote.payee(&handle).await?),
        Ok(handle) => Some(known_payee(book, &handle).await?),
        Err(_) => return Err(WalletError::BadAnswer),
    };
    let kind = if mine { FoundKind::Own } else { kind_of(&request, book.now_ms()) };
    let amount = left_of(&request)?;
    Ok(Found { payee, amount, request: Some(request), ..empty(kind, text) })
}

fn kind_of(request: &Request, now_ms: i64) -> FoundKind {
    let late = request.expires_at_ms.is_some_and(|end| end <= now_ms) || request.state == RequestState::Expired;
    match request.state {
        RequestState::Paid if request.single_use => FoundKind::Paid,
        RequestState::Declined => FoundKind::Declined,
        RequestState::Canceled => FoundKind::Canceled,
        _ if late && request.policy.late == LatePolicy::Refuse => FoundKind::Expired,
        _ => FoundKind::Request,
    }
}

/// What is left to pay; the whole again of a link many people may pay.
fn left_of(request: &Request) -> Result<Option<Amount>, WalletError> {
    let Some(asked) = &request.amount else { return Ok(None) };
    let broken = |_| WalletError::BadAnswer;
    let (asked, paid) = (Money::try_from(asked).map_err(broken)?, Money::try_from(&request.paid).map_err(broken)?);
    let left = if request.single_use { asked.saturating_sub(paid).map_err(broken)? } else { asked };
    Ok(Some(left.into()))
}

fn empty(kind: FoundKind, text: String) -> Found {
    Found {
        kind,
        payee: None,
        request: None,
        amount: None,
        reading: None,
        proof: None,
        host: None,
        text,
        corners: Vec::new(),
        thumb: None,
    }
}

/// A text for the screen: what hides or turns letters is replaced by a visible mark.
pub(super) fn shown(text: &str) -> String {
    let hides = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
    };
    // A line's end is a line's end.
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .take(4_000)
        .map(|c| if hides(c) && c != '\n' { '\u{fffd}' } else { c })
        .collect()
}

pub(super) fn view_of(reading: &payload::Reading) -> Reading {
    let intent = &reading.intent;
    Reading {
        scheme: reading.scheme,
        profile: reading.profile.map(str::to_owned),
        valid: reading.valid(),
        direction: intent.direction.into(),
        payee: ReadingPayee { name: intent.payee.name.clone(), account: intent.payee.account.clone() },
        amount: intent.amount.as_ref().map(|amount| amount.text.clone()),
        currency: reading.currency.clone(),
        reference: intent.reference.clone(),
        memo: intent.memo.clone(),
        due: intent.due.clone(),
        network: intent.network.clone(),
        warnings: reading.warnings.clone(),
        checks: reading.checks(),
        problem: reading.problem.map(|p| ReadingProblem { code: p.code, detail: p.detail.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_turns_or_hides_is_shown_with_marks() {
        assert_eq!(shown("pay\u{202e}gpj\u{200b}.exe"), "pay\u{fffd}gpj\u{fffd}.exe");
        assert_eq!(shown("Zoë 東京"), "Zoë 東京");
        assert_eq!(shown("SPC\r\n0200\r1"), "SPC\n0200\n1");
    }
}
