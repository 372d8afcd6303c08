use crate::fault::Fault;
use crate::idempotent::{Reply, once_signed};
use crate::payments::limits::over_limit;
use crate::payments::rows::{Between, PaymentRow};
use crate::payments::{book, tell_payer};
use crate::people::has_blocked;
use crate::people::rows::{PersonRow, find_person, the_person};
use crate::people::rules::{NOTE_MOST, clean_note};
use crate::requests::rows::RequestRow;
use crate::requests::{attempt_started, read_request};
use crate::signed::Signed;
use crate::sources::rows::{SourceRow, list_sources};
use crate::state::Server;
use crate::writer::Work;
use axum::extract::State;
use axum::response::Response;
use ledger::{Tx, args};
use pay::Money;
use protocol::body::Bar;
use protocol::{Code, OrderError, SignedOrder};
use uuid::Uuid;

/// How far ahead of the server's clock an order may have been confirmed, milliseconds.
const AHEAD_MOST_MS: i64 = 300_000;

/// An order whose signature is right, with the attempt that brought it.
struct Proven {
    form: SignedOrder,
    amount: Money,
    fee: Money,
    note: String,
    digest: [u8; 32],
    attempt: Attempt,
}

/// The signature of the attempt that brought an agreement.
pub(super) struct Attempt {
    input: String,
    signature: String,
}

impl Attempt {
    pub(super) fn of(signed: &Signed) -> Self {
        Attempt { input: signed.signature_input.clone(), signature: signed.signature.clone() }
    }
}

/// `POST /v1/payments`.
pub async fn post_payment(State(server): State<Server>, signed: Signed) -> Result<Response, Fault> {
    let form: SignedOrder = signed.json()?;
    signed.key_is(form.order.id)?;
    let order = prove(&server, &signed, form)?;
    let words = server.clone();
    once_signed(&server, &signed, "POST payment", move |work| {
        Box::pin(async move {
            let (row, request) = check(work, &words, &order).await?;
            row.insert(&mut work.tx).await?;
            let json = serde_json::to_string(&order.form.order)?;
            keep_order(&mut work.tx, row.id, json, &order.form.signature, &order.attempt).await?;
            book::reserve(&mut work.tx, &row, Some(order.digest), work.now_ms).await?;
            if let Some(request) = request {
                attempt_started(work, request).await?;
            }
            work.effects.settle.insert(row.id);
            Reply::created(&tell_payer(work, &row).await?)
        })
    })
    .await
}

/// Why something signed is not taken.
pub(super) fn wrong(error: OrderError) -> Fault {
    match error {
        OrderError::Amount(_) => Code::AmountInvalid.into(),
        OrderError::Signature => Code::OrderSignature.into(),
    }
}

/// What needs no database: that this device signed this order for this server.
fn prove(server: &Server, signed: &Signed, form: SignedOrder) -> Result<Proven, Fault> {
    let (order, caller) = (&form.order, &signed.caller);
    let amount = Money::try_from(&order.amount)?;
    let fee = Money::try_from(&order.fee)?;
    form.verify(&caller.device_key).map_err(wrong)?;
    let digest = order.digest().map_err(wrong)?;
    let ours =
        order.server == server.public_url && order.payer_id == caller.person_id && order.device_id == caller.device_id;
    if !ours {
        return Err(Code::OrderSignature.into());
    }
    if amount.is_zero() || amount.currency() != fee.currency() {
        return Err(Code::AmountInvalid.into());
    }
    let note = clean_note(&order.note, NOTE_MOST).ok_or(Code::Malformed)?;
    Ok(Proven { form, amount, fee, note, digest, attempt: Attempt::of(signed) })
}

/// Every rule, inside the commit that will reserve the money.
async fn check(work: &mut Work, server: &Server, proven: &Proven) -> Result<(PaymentRow, Option<RequestRow>), Fault> {
    let (order, amount, now_ms) = (&proven.form.order, proven.amount, work.now_ms);
    check_times(order.confirmed_at_ms, order.expires_at_ms, now_ms)?;
    if order.payee_id == order.payer_id {
        return Err(Code::SelfPayment.into());
    }
    let payer = the_person(&mut work.tx, order.payer_id).await?;
    let payee = find_person(&mut work.tx, order.payee_id).await?.ok_or(Code::NotFound)?;
    if has_blocked(&mut work.tx, payee.id, payer.id).await? {
        return Err(Code::CannotBePaid.into());
    }
    if payee.handle != order.payee_handle {
        return Err(Code::Malformed.into());
    }
    if amount.currency() != payer.currency || amount.currency() != payee.currency {
        return Err(Code::AmountInvalid.into());
    }
    let source = usable_source(&mut work.tx, server, &payer, order.source_id, now_ms).await?;
    let target = receiving_source(&mut work.tx, server, &payee, now_ms).await?;
    if server.config.fee(source.kind, amount)? != proven.fee {
        return Err(Code::FeeChanged.into());
    }
    if let Some(limit) = over_limit(server, &mut work.tx, payer.id, amount, now_ms).await? {
        return Err(Fault::over_limit(limit));
    }
    let request = match order.request_id {
        Some(id) => Some(read_request(&mut work.tx, id, payer.id, payee.id, amount, now_ms).await?),
        None => None,
    };
    if work.tx.row("SELECT 1 FROM payment WHERE id = $1", args![order.id]).await?.is_some() {
        return Err(Code::IdReused.into());
    }
    let between = Between { payer_id: payer.id, payee_id: payee.id, source_id: source.id, payee_source_id: target.id };
    let accepted = PaymentRow::accepted(order.id, between, amount, proven.fee, now_ms);
    let row = PaymentRow { request_id: order.request_id, note: proven.note.clone(), ..accepted };
    Ok((row, request))
}

/// That a signed agreement is neither from the future nor too old.
pub(super) fn check_times(confirmed_at_ms: i64, expires_at_ms: i64, now_ms: i64) -> Result<(), Fault> {
    if confirmed_at_ms > now_ms.saturating_add(AHEAD_MOST_MS) {
        return Err(Fault::clock_skew(now_ms));
    }
    if expires_at_ms <= now_ms { Err(Code::OrderExpired.into()) } else { Ok(()) }
}

async fn usable_source(
    tx: &mut Tx,
    server: &Server,
    payer: &PersonRow,
    source_id: Uuid,
    now_ms: i64,
) -> Result<SourceRow, Fault> {
    let sources = list_sources(tx, payer.id).await?;
    let bars = payer.send_bars(&server.config.eligibility, &sources, now_ms);
    if !bars.is_empty() {
        return Err(Fault::barred(Code::NotEligible, bars));
    }
    let source = sources.into_iter().find(|source| source.id == source_id).ok_or(Code::NotFound)?;
    match source.send_bar() {
        Some(bar) => Err(Fault::barred(Code::SourceRefused, vec![bar])),
        None => Ok(source),
    }
}

/// The payee's default source when it can receive, else the first that can.
pub(super) async fn receiving_source(
    tx: &mut Tx,
    server: &Server,
    payee: &PersonRow,
    now_ms: i64,
) -> Result<SourceRow, Fault> {
    let mut sources = list_sources(tx, payee.id).await?;
    let bars = payee.receive_bars(&server.config.eligibility, &sources, now_ms);
    if !bars.is_empty() {
        return Err(Fault::barred(Code::PayeeNotEligible, bars));
    }
    sources.sort_by_key(|source| !source.is_default);
    let able = sources.into_iter().find(|source| source.receive_bar().is_none());
    able.ok_or(Fault::barred(Code::PayeeNotEligible, vec![Bar::NoReceivingSource]))
}

/// What was signed, whole, and the attempt's signature, for ever.
pub(super) async fn keep_order(
    tx: &mut Tx,
    id: Uuid,
    json: String,
    signature: &str,
    attempt: &Attempt,
) -> Result<(), Fault> {
    const SQL: &str = "INSERT INTO payment_order (payment_id, order_json, order_signature, attempt_input,
        attempt_signature) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(SQL, args![id, json, signature, &attempt.input, &attempt.signature]).await?;
    Ok(())
}
