//! Other ways to be paid: own accounts elsewhere, the codes a request shows for them, and the word that money came by one.
//! No book of accounts knows of that money: the request is over, and says how.

use pay::{AskedAmount, Currency, Direction, Intent, Money};
use protocol::Code;
use protocol::body::{Amount, Request};
use protocol::way::{OtherWay, Received, WAY_MOST, WayKind};
use qr::payload::{self, PostalAddress, Problem, SwissBill, Writable};
use qr::{Ecc, draw};
use uuid::Uuid;

use super::scan::view_of;
use super::settings::refuse;
use super::{App, blocking};
use crate::WalletError;
use crate::book::{Book, fact};
use crate::view::{KeptWay, OwnWay, PendingKind, ReadingProblem, WayCode, WayOffer};

/// Pixels a module, on the screen.
const SCREEN: u32 = 8;

impl App {
    /// Every standard, with the own account where there is one.
    pub async fn ways(&self) -> Result<Vec<WayOffer>, WalletError> {
        let book = self.book().await?;
        let (own, currency) = (own_ways(&book).await?, book.me()?.currency);
        let owned = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
        let offer = |kind: WayKind| WayOffer {
            kind,
            currencies: owned(kind.currencies()),
            countries: owned(kind.countries()),
            fits: kind.asks_in(&currency),
            own: own.iter().find(|way| way.kind == kind).cloned(),
        };
        Ok(WayKind::ALL.into_iter().map(offer).collect())
    }

    /// Keeps an own account elsewhere, in the place of the one of its kind, when codes for it can be written.
    pub async fn set_way(&self, way: OwnWay) -> Result<KeptWay, WalletError> {
        let book = self.book().await?;
        let way = OwnWay { account: tidy(way.kind, &way.account), name: way.name.trim().to_owned(), ..way };
        let currency = way.kind.currencies().first().copied().unwrap_or("EUR");
        let one = Currency::from_code(currency).ok().and_then(|currency| Money::parse("1", currency).ok());
        let probe = Asked { amount: one, note: "", id: Uuid::nil() };
        if let Err(Problem { code, detail }) = probe.written(&way) {
            return Ok(KeptWay { problem: Some(ReadingProblem { code, detail: detail.to_owned() }) });
        }
        let mut all = own_ways(&book).await?;
        all.retain(|own| own.kind != way.kind);
        all.push(way);
        all.sort_by_key(|own| own.kind);
        book.keep(fact::WAYS, &all).await?;
        book.changed();
        Ok(KeptWay { problem: None })
    }

    /// Forgets the own account of a kind. Requests that were made with it keep their codes.
    pub async fn remove_way(&self, kind: WayKind) -> Result<(), WalletError> {
        let book = self.book().await?;
        let mut all = own_ways(&book).await?;
        all.retain(|own| own.kind != kind);
        book.keep(fact::WAYS, &all).await?;
        book.changed();
        Ok(())
    }

    /// The codes of other systems of an own request, each read back before it is given.
    pub async fn request_ways(&self, id: Uuid) -> Result<Vec<WayCode>, WalletError> {
        let request = self.own_request(id).await?;
        blocking(move || request.ways.into_iter().map(drawn).collect()).await
    }

    /// Says that the money of an own request came another way; the request is over by that.
    pub async fn mark_received(&self, id: Uuid, way: Option<WayKind>) -> Result<Request, WalletError> {
        let body = serde_json::to_string(&Received { way }).map_err(|_| WalletError::Fault("a word as JSON"))?;
        self.decide_with(id, PendingKind::Received, &body).await
    }

    /// Says that it did not come after all; the request waits again.
    pub async fn mark_not_received(&self, id: Uuid) -> Result<Request, WalletError> {
        self.decide_with(id, PendingKind::NotReceived, "").await
    }

    /// The codes of a request that is being made. A kind without an own account, or of another currency, is refused.
    pub(super) async fn ways_for(
        &self,
        book: &Book,
        kinds: &[WayKind],
        asked: (Uuid, Option<&Amount>, &str),
    ) -> Result<Vec<OtherWay>, WalletError> {
        let (id, amount, note) = asked;
        let own = if kinds.is_empty() { Vec::new() } else { own_ways(book).await? };
        let currency = book.me()?.currency;
        let asked = Asked { amount: amount.map(Money::try_from).transpose()?, note, id };
        let one = |kind: &WayKind| {
            let way = own.iter().find(|own| own.kind == *kind).filter(|_| kind.asks_in(&currency));
            let text = way.and_then(|way| asked.written(way).ok()).ok_or(refuse(Code::Malformed))?;
            Ok(OtherWay { kind: *kind, text })
        };
        kinds.iter().map(one).collect()
    }
}

async fn own_ways(book: &Book) -> Result<Vec<OwnWay>, WalletError> {
    Ok(book.fact(fact::WAYS).await?.unwrap_or_default())
}

/// Blanks that people write into numbers are no part of them.
fn tidy(kind: WayKind, account: &str) -> String {
    match kind {
        WayKind::Pix | WayKind::Upi | WayKind::Bitcoin => account.trim().to_owned(),
        _ => account.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_ascii_uppercase(),
    }
}

/// What a request asks for, before it is written in a standard.
struct Asked<'a> {
    amount: Option<Money>,
    note: &'a str,
    id: Uuid,
}

impl Asked<'_> {
    /// The code's text. What names the request comes before what describes it: where a standard cannot carry both, the
    /// note is left out as a whole, never cut.
    fn written(&self, way: &OwnWay) -> Result<String, Problem> {
        let id = pay::short_id(self.id);
        let both = format!("{} {id}", self.note.trim());
        let texts = if self.note.trim().is_empty() { vec![id] } else { vec![both, id] };
        let mut tries = texts.iter().map(|text| self.in_standard(way, text));
        let first = tries.next().unwrap_or(Err(Problem { code: payload::ProblemCode::Missing, detail: "memo" }));
        let text = first.or_else(|problem| tries.next().unwrap_or(Err(problem)))?;
        let fits = text.len() <= WAY_MOST;
        fits.then_some(text).ok_or(Problem { code: payload::ProblemCode::TooLong, detail: "memo" })
    }

    fn in_standard(&self, way: &OwnWay, text: &str) -> Result<String, Problem> {
        let (memo, reference) = (text.to_owned(), pay::short_id(self.id));
        let (standard, memo, reference) = match way.kind {
            WayKind::SwissQrBill => return self.swiss(way, text),
            WayKind::Epc => (Writable::Epc, memo, String::new()),
            WayKind::Spayd => (Writable::Spayd, memo, String::new()),
            WayKind::Upi => (Writable::Upi, memo, String::new()),
            WayKind::Bitcoin => (Writable::Bip21, memo, String::new()),
            WayKind::Payto => (Writable::Payto, memo, String::new()),
            // What names the request goes into a field of 25 characters; the random end of an id tells it apart.
            WayKind::Pix => (Writable::Pix, String::new(), tail(&reference, 25)),
            WayKind::Paynow => (Writable::PayNow, String::new(), tail(&reference, 25)),
            WayKind::Promptpay => (Writable::PromptPay, String::new(), String::new()),
        };
        let mut intent = Intent::new(Direction::Pay);
        intent.payee.account = Some(way.account.clone());
        intent.payee.name = Some(way.name.clone()).filter(|name| !name.is_empty() && standard != Writable::PromptPay);
        intent.memo = Some(memo).filter(|memo| !memo.is_empty());
        intent.reference = Some(reference).filter(|reference| !reference.is_empty());
        intent.amount = self.amount.filter(|_| way.kind.names_amount()).map(|money| AskedAmount {
            value: money.to_decimal().normalize(),
            text: money.to_decimal_string(),
            unit: Some(money.currency().code().to_owned()),
        });
        payload::write(standard, &intent)
    }

    fn swiss(&self, way: &OwnWay, text: &str) -> Result<String, Problem> {
        let missing = Problem { code: payload::ProblemCode::Missing, detail: "address" };
        let parts: Vec<&str> = way.address.split(';').map(str::trim).collect();
        let [street, number, postal_code, town, country] = parts[..] else { return Err(missing) };
        let creditor = PostalAddress {
            name: way.name.clone(),
            street: street.to_owned(),
            number: number.to_owned(),
            postcode: postal_code.to_owned(),
            town: town.to_owned(),
            country: country.to_owned(),
        };
        SwissBill {
            account: way.account.clone(),
            creditor,
            amount: self.amount.map(Money::to_decimal),
            currency: self.amount.map_or("CHF", |money| money.currency().code()).to_owned(),
            reference: SwissBill::reference_of(&way.account, self.id.as_u128()),
            message: text.to_owned(),
            ..SwissBill::default()
        }
        .write()
    }
}

fn tail(text: &str, most: usize) -> String {
    text.chars().skip(text.chars().count().saturating_sub(most)).collect()
}

fn drawn(way: OtherWay) -> Result<WayCode, WalletError> {
    let OtherWay { kind, text } = way;
    // The Swiss guidelines and EPC069-12 ask for level M.
    let drawing = draw(&text, Ecc::M).map_err(|_| WalletError::NotDrawn)?;
    Ok(WayCode {
        kind,
        countries: kind.countries().iter().map(|&country| country.to_owned()).collect(),
        names_amount: kind.names_amount(),
        reading: view_of(&payload::recognise_text(&text)),
        svg: drawing.to_svg(SCREEN),
        text,
    })
}
