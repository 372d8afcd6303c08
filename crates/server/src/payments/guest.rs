//! Payments of people without an account. What they ask for is kept from the form on (`guest_order`), under the id that
//! came with the form; when they have chosen how to pay on the processor's page, the payment is accepted like any other
//! and by the same rules: a person of its own for the payer, the money reserved, the processor asked with the same id.

use crate::fault::Fault;
use crate::payments::accept::receiving_source;
use crate::payments::book;
use crate::payments::limits::over_limit;
use crate::payments::rows::{Between, PaymentRow, find_payment};
use crate::people::rows::find_person;
use crate::processor::{Checkout, KeptSource, Visit};
use crate::requests::rows::RequestRow;
use crate::requests::{attempt_started, read_request};
use crate::sources::rows::{SourceRow, standard_label};
use crate::state::Server;
use crate::writer::Work;
use ledger::{Row, Tx, args};
use pay::{Handle, Money};
use protocol::Code;
use protocol::body::SourceKind;
use uuid::Uuid;

/// What a guest asked for.
#[derive(Debug, Clone)]
pub struct GuestOrder {
    /// The payment's id, made when the form was served.
    pub payment_id: Uuid,
    /// Who is to be paid.
    pub payee_id: Uuid,
    /// The request it pays.
    pub request_id: Option<Uuid>,
    /// What the payee gets.
    pub amount: Money,
    /// On top, as it was shown.
    pub fee: Money,
    /// Card or PayPal: what the fee was shown for.
    pub kind: SourceKind,
    /// As typed, possibly empty; emptied once the payment is accepted.
    pub display_name: String,
    /// Text for the payee.
    pub note: String,
    /// Path of the page it began on.
    pub link: String,
    /// Why it was not accepted in the end. Nothing was charged then.
    pub refused: Option<Code>,
}

/// What came of beginning.
#[derive(Debug, Clone)]
pub enum Begun {
    /// The payer goes on to this path or address.
    Place(String),
    /// The payer was there: go on to the payment itself.
    Known,
    /// The same form was sent before for something else, which stays as it is.
    Other(GuestOrder),
}

/// Where a guest's payment stands.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "one lives for the length of an answer")]
pub enum Standing {
    /// The payer has not chosen yet; path or address of the processor's page.
    Choosing(String),
    /// The payer left the processor's page without paying.
    Left,
    /// A rule said no in the end; nothing was charged.
    Refused(Code),
    /// It is a payment.
    Accepted(PaymentRow),
}

const BY_ID: &str = "SELECT payment_id, payee_id, request_id, amount_minor, fee_minor, currency, kind, display_name,
    note, link, refused FROM guest_order WHERE payment_id = $1";

/// What was asked for under this id.
pub async fn find_order(tx: &mut Tx, payment_id: Uuid) -> Result<Option<GuestOrder>, Fault> {
    tx.row(BY_ID, args![payment_id]).await?.as_ref().map(GuestOrder::read).transpose()
}

impl GuestOrder {
    fn read(row: &Row) -> Result<GuestOrder, Fault> {
        let bad = || Fault::Stored("guest's order");
        let currency = row.currency(5)?;
        let money = |minor| Money::new(minor, currency).map_err(|_| bad());
        let refused = row.opt_text(10)?.map(|word| serde_json::from_value(word.into()).map_err(|_| bad()));
        Ok(GuestOrder {
            payment_id: row.uuid(0)?,
            payee_id: row.uuid(1)?,
            request_id: row.opt_uuid(2)?,
            amount: money(row.i64(3)?)?,
            fee: money(row.i64(4)?)?,
            kind: match row.text(6)?.as_str() {
                "card" => SourceKind::Card,
                "paypal" => SourceKind::Paypal,
                _ => return Err(bad()),
            },
            display_name: row.text(7)?,
            note: row.text(8)?,
            link: row.text(9)?,
            refused: refused.transpose()?,
        })
    }

    async fn insert(&self, tx: &mut Tx, now_ms: i64) -> Result<(), Fault> {
        const SQL: &str =
            "INSERT INTO guest_order (payment_id, payee_id, request_id, amount_minor, fee_minor, currency,
            kind, display_name, note, link, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let kind = match self.kind {
            SourceKind::Card => "card",
            SourceKind::Paypal => "paypal",
        };
        let (amount, fee, currency) = (self.amount.minor(), self.fee.minor(), self.amount.currency());
        let (name, note, link) = (&self.display_name, &self.note, &self.link);
        let ids = (self.payment_id, self.payee_id, self.request_id);
        tx.execute(SQL, args![ids.0, ids.1, ids.2, amount, fee, currency, kind, name, note, link, now_ms]).await?;
        Ok(())
    }

    /// Whether the other asks for the same money to move. A name may be typed anew.
    fn is_same(&self, other: &GuestOrder) -> bool {
        let of = |order: &GuestOrder| (order.payee_id, order.request_id, order.amount, order.fee, order.kind);
        of(self) == of(other)
    }

    fn person_id(&self) -> Uuid {
        book::derived(&[b"guest", self.payment_id.as_bytes()])
    }

    fn source_id(&self) -> Uuid {
        book::derived(&[b"guest source", self.payment_id.as_bytes()])
    }

    fn checkout(&self) -> Checkout {
        let GuestOrder { payment_id, kind, amount, fee, .. } = self;
        Checkout { payment_id: *payment_id, kind: *kind, amount: *amount, fee: *fee }
    }
}

/// Keeps what a guest asks for, when the rules allow it now, and opens the processor's page. Nothing is reserved yet:
/// who dawdles there is in nobody's way. The same form twice leads to the same page.
pub async fn begin(server: &Server, order: GuestOrder) -> Result<Begun, Fault> {
    let words = server.clone();
    let kept = server.writer.submit(move |work| {
        Box::pin(async move {
            if let Some(known) = find_order(&mut work.tx, order.payment_id).await? {
                return Ok((known.is_same(&order), known));
            }
            check(work, &words, &order).await?;
            order.insert(&mut work.tx, work.now_ms).await?;
            Ok((true, order))
        })
    });
    let (same, order) = kept.await?;
    if !same {
        return Ok(Begun::Other(order));
    }
    let place = server.processor.open_checkout(order.checkout()).await.map_err(|_| Fault::Processor)?;
    match standing(server, order.payment_id).await? {
        Some(Standing::Choosing(_)) => Ok(Begun::Place(place)),
        _ => Ok(Begun::Known),
    }
}

/// Where a guest's payment stands; accepts it when the payer has chosen and that was not written down yet. `None`: no
/// guest asked for anything under this id.
pub async fn standing(server: &Server, payment_id: Uuid) -> Result<Option<Standing>, Fault> {
    let mut tx = server.read().await?;
    let Some(order) = find_order(&mut tx, payment_id).await? else { return Ok(None) };
    if let Some(row) = find_payment(&mut tx, payment_id).await? {
        return Ok(Some(Standing::Accepted(row)));
    }
    drop(tx);
    if let Some(code) = order.refused {
        return Ok(Some(Standing::Refused(code)));
    }
    let visit = server.processor.checkout(payment_id).await.map_err(|_| Fault::Processor)?;
    match visit {
        None => Ok(Some(Standing::Left)),
        Some(Visit::Open(place)) => Ok(Some(Standing::Choosing(place))),
        Some(Visit::Left) => Ok(Some(Standing::Left)),
        Some(Visit::Chosen(source)) => accept(server, payment_id, source).await.map(Some),
    }
}

/// Accepts the payment, once.
async fn accept(server: &Server, payment_id: Uuid, source: KeptSource) -> Result<Standing, Fault> {
    let words = server.clone();
    let accepted = server.writer.submit(move |work| {
        Box::pin(async move {
            if let Some(row) = find_payment(&mut work.tx, payment_id).await? {
                return Ok(row);
            }
            let order = find_order(&mut work.tx, payment_id).await?.ok_or(Fault::Stored("guest's order"))?;
            let (row, request) = check(work, &words, &order).await?;
            insert_payer(work, &order, &source).await?;
            row.insert(&mut work.tx).await?;
            book::reserve(&mut work.tx, &row, None, work.now_ms).await?;
            if let Some(request) = request {
                attempt_started(work, request).await?;
            }
            work.effects.settle.insert(row.id);
            Ok(row)
        })
    });
    match accepted.await {
        Ok(row) => Ok(Standing::Accepted(row)),
        Err(Fault::Refused(problem)) => {
            let code = problem.code;
            refuse(server, payment_id, code).await?;
            Ok(Standing::Refused(code))
        }
        Err(fault) => Err(fault),
    }
}

/// Every rule an order of the app passes, as far as it can be asked of somebody who is not known.
async fn check(
    work: &mut Work,
    server: &Server,
    order: &GuestOrder,
) -> Result<(PaymentRow, Option<RequestRow>), Fault> {
    let (tx, now_ms, amount) = (&mut work.tx, work.now_ms, order.amount);
    let payee = find_person(tx, order.payee_id).await?.ok_or(Code::NotFound)?;
    if amount.is_zero() || amount.currency() != payee.currency {
        return Err(Code::AmountInvalid.into());
    }
    let target = receiving_source(tx, server, &payee, now_ms).await?;
    if server.config.fee(order.kind, amount)? != order.fee {
        return Err(Code::FeeChanged.into());
    }
    let payer_id = order.person_id();
    if let Some(limit) = over_limit(server, tx, payer_id, amount, now_ms).await? {
        return Err(Fault::over_limit(limit));
    }
    let request = match order.request_id {
        Some(id) => Some(read_request(tx, id, payer_id, payee.id, amount, now_ms).await?),
        None => None,
    };
    let between = Between { payer_id, payee_id: payee.id, source_id: order.source_id(), payee_source_id: target.id };
    let accepted = PaymentRow::accepted(order.payment_id, between, amount, order.fee, now_ms);
    let row = PaymentRow { request_id: order.request_id, note: order.note.clone(), ..accepted };
    Ok((row, request))
}

/// The payer, with the one source they chose.
async fn insert_payer(work: &mut Work, order: &GuestOrder, source: &KeptSource) -> Result<(), Fault> {
    const PERSON: &str = "INSERT INTO person (id, handle, skeleton, currency, public_key, created_at_ms)
        VALUES ($1, $2, $3, $4, '', $5)";
    const GUEST: &str = "INSERT INTO guest (person_id, display_name) VALUES ($1, $2)";
    const FORGET: &str = "UPDATE guest_order SET display_name = '' WHERE payment_id = $1";
    let (id, currency, now_ms) = (order.person_id(), order.amount.currency(), work.now_ms);
    let offer = &source.offer;
    if offer.kind != order.kind {
        return Err(Code::SourceRefused.into());
    }
    let handle = Handle::guest(order.payment_id);
    work.tx.execute(PERSON, args![id, handle.as_str(), handle.skeleton(), currency, now_ms]).await?;
    work.tx.execute(GUEST, args![id, &order.display_name]).await?;
    work.tx.execute(FORGET, args![order.payment_id]).await?;
    book::open_person(&mut work.tx, id, currency).await?;
    let row = SourceRow {
        id: order.source_id(),
        person_id: id,
        kind: offer.kind,
        card_class: offer.card_class,
        label: standard_label(offer),
        hint: offer.hint.clone(),
        token: source.token.clone(),
        is_default: true,
        removed: false,
    };
    if let Some(bar) = row.send_bar() {
        return Err(Fault::barred(Code::SourceRefused, vec![bar]));
    }
    row.insert(&mut work.tx, now_ms).await?;
    book::open_source(&mut work.tx, row.id, currency).await
}

/// Writes down that it was not accepted: the processor is never told to charge it.
async fn refuse(server: &Server, payment_id: Uuid, code: Code) -> Result<(), Fault> {
    const SQL: &str = "UPDATE guest_order SET refused = $2 WHERE payment_id = $1 AND refused IS NULL";
    let word = serde_json::to_value(code)?.as_str().unwrap_or_default().to_owned();
    let done = server.writer.submit(move |work| {
        Box::pin(async move {
            work.tx.execute(SQL, args![payment_id, word]).await?;
            Ok(())
        })
    });
    done.await
}
