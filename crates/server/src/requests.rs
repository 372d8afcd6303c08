//! Requests for money: making, looking, declining, taking back, reminding, expiring; how payments move them, and the codes
//! of other systems beside ours.

mod expiry;
mod money;
pub mod rows;
mod ways;

pub use expiry::keep_expiring;
pub use money::{attempt_failed, attempt_started, money_came, read_request};
pub use ways::{post_not_received, post_received, ways_of};

use crate::fault::Fault;
use crate::feed::tell;
use crate::idempotent::{Reply, once_signed};
use crate::people::has_blocked;
use crate::people::rows::{find_by_handle, the_person};
use crate::people::rules::{NOTE_MOST, clean_note};
use crate::router::Part;
use crate::signed::{Caller, Signed};
use crate::state::Server;
use crate::writer::Work;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use pay::{Currency, Handle, Money, RequestEvent, RequestFlags, RequestMoney};
use protocol::Code;
use protocol::body::{Amount, NewRequest, Request, RequestState, Subject};
use protocol::group::Group;
use protocol::limits::{Allowance, LimitKind};
use rows::{RequestRow, find_request};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Longest title of a group, characters.
const TITLE_MOST: usize = 80;
/// Longest life of a request, milliseconds: ten years.
const LIFE_MOST_MS: i64 = 10 * 366 * 86_400_000;

/// `POST /v1/requests`.
pub async fn post_request(State(server): State<Server>, signed: Signed) -> Result<Response, Fault> {
    let form: NewRequest = signed.json()?;
    signed.key_is(form.id)?;
    let note = clean_note(&form.note, NOTE_MOST).ok_or(Code::Malformed)?;
    let asked = form.amount.as_ref().map(Money::try_from).transpose()?;
    ways::check_ways(&form.ways, asked, form.single_use)?;
    let published = form.ways.clone();
    let (requester_id, words) = (signed.caller.person_id, server.clone());
    once_signed(&server, &signed, "POST request", move |work| {
        Box::pin(async move {
            let row = check_new(work, &words, requester_id, form, note, asked).await?;
            row.insert(&mut work.tx).await?;
            ways::insert_ways(&mut work.tx, row.id, &published).await?;
            Reply::created(&tell_sides(work, &row).await?)
        })
    })
    .await
}

async fn check_new(
    work: &mut Work,
    server: &Server,
    requester_id: Uuid,
    form: NewRequest,
    note: String,
    asked: Option<Money>,
) -> Result<RequestRow, Fault> {
    let now_ms = work.now_ms;
    let requester = the_person(&mut work.tx, requester_id).await?;
    let sources = crate::sources::rows::list_sources(&mut work.tx, requester_id).await?;
    let bars = requester.receive_bars(&server.config.eligibility, &sources, now_ms);
    if !bars.is_empty() {
        return Err(Fault::barred(Code::NotEligible, bars));
    }
    if asked.is_some_and(|asked| asked.is_zero() || asked.currency() != requester.currency) {
        return Err(Code::AmountInvalid.into());
    }
    let limit = server.config.payment_limit(requester.currency).ok_or(Code::AmountInvalid)?;
    if let Some(asked) = asked.filter(|_| form.single_use)
        && asked.compare(limit)?.is_gt()
    {
        let (limit, used) = (Amount::from(limit), Amount::from(Money::zero(requester.currency)));
        let left = limit.clone();
        return Err(Fault::over_limit(Allowance { kind: LimitKind::Payment, limit, used, left, frees_at_ms: None }));
    }
    let group = form.group.map(|group| check_group(group, requester.currency)).transpose()?;
    if form.expires_at_ms.is_some_and(|end| end <= now_ms || end.saturating_sub(now_ms) > LIFE_MOST_MS) {
        return Err(Code::Malformed.into());
    }
    let payer_id = match &form.payer_handle {
        None => None,
        Some(handle) => {
            let handle = Handle::parse(handle).map_err(|_| Code::NotFound)?;
            let payer = find_by_handle(&mut work.tx, handle.as_str()).await?.ok_or(Code::NotFound)?;
            if has_blocked(&mut work.tx, payer.id, requester_id).await? {
                return Err(Code::CannotBeAsked.into());
            }
            Some(payer.id)
        }
    };
    if payer_id == Some(requester_id) {
        return Err(Code::SelfPayment.into());
    }
    if find_request(&mut work.tx, form.id).await?.is_some() {
        return Err(Code::IdReused.into());
    }
    Ok(RequestRow {
        id: form.id,
        requester_id,
        payer_id,
        money: RequestMoney { asked, paid: Money::zero(requester.currency) },
        currency: requester.currency,
        note,
        state: RequestState::Open,
        flags: RequestFlags::default(),
        policy: form.policy,
        single_use: form.single_use,
        expires_at_ms: form.expires_at_ms,
        reminded_at_ms: None,
        created_at_ms: now_ms,
        updated_at_ms: now_ms,
        version: 1,
        group,
        elsewhere: None,
    })
}

/// A group as it is kept: a short title, and amounts in the requester's currency.
fn check_group(group: Group, currency: Currency) -> Result<Group, Fault> {
    let title = clean_note(&group.title, TITLE_MOST).filter(|title| !title.is_empty()).ok_or(Code::Malformed)?;
    let (total, own) = (Money::try_from(&group.total)?, Money::try_from(&group.own)?);
    if total.is_zero() || total.currency() != currency || own.compare(total)?.is_gt() {
        return Err(Code::AmountInvalid.into());
    }
    Ok(Group { title, ..group })
}

/// `GET /v1/requests/{id}`.
pub async fn get_request(
    State(server): State<Server>,
    caller: Caller,
    Part(id): Part<Uuid>,
) -> Result<Json<Request>, Fault> {
    let mut tx = server.read().await?;
    let row = find_request(&mut tx, id).await?.ok_or(Code::NotFound)?;
    if row.flags.viewed || row.requester_id == caller.person_id {
        return Ok(Json(row.public(&mut tx).await?));
    }
    drop(tx);
    let viewed = server.writer.submit(move |work| {
        Box::pin(async move {
            let mut row = find_request(&mut work.tx, id).await?.ok_or(Code::NotFound)?;
            row.flags.viewed = true;
            row.update(&mut work.tx, work.now_ms).await?;
            tell_sides(work, &row).await
        })
    });
    Ok(Json(viewed.await?))
}

/// `POST /v1/requests/{id}/decline`.
pub async fn decline_request(
    State(server): State<Server>,
    Part(id): Part<Uuid>,
    signed: Signed,
) -> Result<Response, Fault> {
    let person_id = signed.caller.person_id;
    once_signed(&server, &signed, &format!("decline request {id}"), move |work| {
        Box::pin(async move {
            let row = find_request(&mut work.tx, id).await?.filter(|row| row.payer_id == Some(person_id));
            end(work, row.ok_or(Code::NotFound)?, RequestEvent::DeclinedByPayer).await
        })
    })
    .await
}

/// `POST /v1/requests/{id}/cancel`.
pub async fn cancel_request(
    State(server): State<Server>,
    Part(id): Part<Uuid>,
    signed: Signed,
) -> Result<Response, Fault> {
    let person_id = signed.caller.person_id;
    once_signed(&server, &signed, &format!("cancel request {id}"), move |work| {
        Box::pin(async move {
            let row = find_request(&mut work.tx, id).await?.filter(|row| row.requester_id == person_id);
            end(work, row.ok_or(Code::NotFound)?, RequestEvent::CanceledByRequester).await
        })
    })
    .await
}

async fn end(work: &mut Work, mut row: RequestRow, event: RequestEvent) -> Result<Reply, Fault> {
    row.state = pay::RequestState::from(row.state).after(event, row.money.paid)?.into();
    row.update(&mut work.tx, work.now_ms).await?;
    Reply::ok(&tell_sides(work, &row).await?)
}

/// `POST /v1/requests/{id}/remind`.
pub async fn remind_request(
    State(server): State<Server>,
    Part(id): Part<Uuid>,
    signed: Signed,
) -> Result<Response, Fault> {
    let person_id = signed.caller.person_id;
    let pause_ms = server.config.timings.reminder_ms;
    once_signed(&server, &signed, &format!("remind request {id}"), move |work| {
        Box::pin(async move {
            let row = find_request(&mut work.tx, id).await?.filter(|row| row.requester_id == person_id);
            let mut row = row.ok_or(Code::NotFound)?;
            let waiting = matches!(row.state, RequestState::Open | RequestState::PartiallyPaid);
            let (true, Some(payer_id), false) = (waiting, row.payer_id, row.is_late(work.now_ms)) else {
                return Err(Code::WrongState.into());
            };
            if has_blocked(&mut work.tx, payer_id, person_id).await? {
                return Err(Code::CannotBeAsked.into());
            }
            let next_ms = row.reminded_at_ms.map_or(i64::MIN, |last| last.saturating_add(pause_ms));
            if work.now_ms < next_ms {
                let wait_s = (next_ms - work.now_ms).div_euclid(1000) + 1;
                return Err(Fault::too_many(u32::try_from(wait_s).unwrap_or(u32::MAX)));
            }
            row.reminded_at_ms = Some(work.now_ms);
            row.update(&mut work.tx, work.now_ms).await?;
            Reply::ok(&tell_sides(work, &row).await?)
        })
    })
    .await
}

/// Writes the request into the feeds of both its sides; gives it.
pub async fn tell_sides(work: &mut Work, row: &RequestRow) -> Result<Request, Fault> {
    let request = row.public(&mut work.tx).await?;
    let sides: BTreeSet<Uuid> = row.payer_id.into_iter().chain([row.requester_id]).collect();
    for side in sides {
        tell(work, side, &Subject::Request(request.clone())).await?;
    }
    Ok(request)
}
