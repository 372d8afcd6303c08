//! Other ways to pay a request: codes of other systems, shown beside ours, and the word that money came by one of them.

use super::rows::{RequestRow, find_request};
use super::tell_sides;
use crate::fault::Fault;
use crate::idempotent::{Reply, once_signed};
use crate::router::Part;
use crate::signed::Signed;
use crate::state::Server;
use axum::extract::State;
use axum::response::Response;
use ledger::{Tx, args};
use pay::{Direction, Money, RequestEvent};
use protocol::Code;
use protocol::way::{Elsewhere, OtherWay, Received, WAY_MOST, WayKind};
use qr::payload::{Reading, Scheme, recognise_text};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A page of this server shows these codes: each is what it says it is, asks for exactly what the request asks for, and
/// stands there once.
pub fn check_ways(ways: &[OtherWay], asked: Option<Money>, single_use: bool) -> Result<(), Fault> {
    let kinds: BTreeSet<WayKind> = ways.iter().map(|way| way.kind).collect();
    let plausible = ways.is_empty() || single_use;
    if !plausible || kinds.len() != ways.len() || !ways.iter().all(|way| asks_the_same(way, asked)) {
        return Err(Code::Malformed.into());
    }
    Ok(())
}

fn asks_the_same(way: &OtherWay, asked: Option<Money>) -> bool {
    if way.text.len() > WAY_MOST {
        return false;
    }
    let reading = recognise_text(&way.text);
    let is_it = reading.valid() && reading.intent.direction == Direction::Pay && kind_of(&reading) == Some(way.kind);
    let amount = reading.intent.amount.as_ref();
    let same = match asked.filter(|_| way.kind.names_amount()) {
        None => amount.is_none(),
        Some(asked) => amount.is_some_and(|amount| {
            amount.value == asked.to_decimal() && amount.unit.as_deref() == Some(asked.currency().code())
        }),
    };
    is_it && same
}

fn kind_of(reading: &Reading) -> Option<WayKind> {
    match (reading.scheme, reading.profile) {
        (Scheme::Epc, _) => Some(WayKind::Epc),
        (Scheme::SwissQrBill, _) => Some(WayKind::SwissQrBill),
        (Scheme::Spayd, _) => Some(WayKind::Spayd),
        (Scheme::Upi, _) => Some(WayKind::Upi),
        (Scheme::Payto, _) => Some(WayKind::Payto),
        (Scheme::Bip21, _) => Some(WayKind::Bitcoin),
        (Scheme::Emv, Some("pix")) => Some(WayKind::Pix),
        (Scheme::Emv, Some("paynow")) => Some(WayKind::Paynow),
        (Scheme::Emv, Some("promptpay")) => Some(WayKind::Promptpay),
        _ => None,
    }
}

/// Adds them to a new request, in their order.
pub async fn insert_ways(tx: &mut Tx, request_id: Uuid, ways: &[OtherWay]) -> Result<(), Fault> {
    const SQL: &str = "INSERT INTO request_way (request_id, place, kind, text) VALUES ($1, $2, $3, $4)";
    for (place, way) in (0_i64..).zip(ways) {
        tx.execute(SQL, args![request_id, place, way.kind.as_str(), &way.text]).await?;
    }
    Ok(())
}

/// Those of a request, in their order.
pub async fn ways_of(tx: &mut Tx, request_id: Uuid) -> Result<Vec<OtherWay>, Fault> {
    const SQL: &str = "SELECT kind, text FROM request_way WHERE request_id = $1 ORDER BY place";
    let rows = tx.rows(SQL, args![request_id]).await?;
    rows.iter()
        .map(|row| {
            let kind = WayKind::parse(&row.text(0)?).ok_or(Fault::Stored("way of a request"))?;
            Ok(OtherWay { kind, text: row.text(1)? })
        })
        .collect()
}

/// `POST /v1/requests/{id}/received`.
pub async fn post_received(
    State(server): State<Server>,
    Part(id): Part<Uuid>,
    signed: Signed,
) -> Result<Response, Fault> {
    let Received { way } = signed.json()?;
    say(server, id, signed, "received", move |row, at_ms| {
        // Many may pay a link for many: one who paid another way does not end it.
        if !row.single_use {
            return Err(Code::WrongState.into());
        }
        row.elsewhere = Some(Elsewhere { way, at_ms });
        Ok(RequestEvent::ReceivedElsewhere)
    })
    .await
}

/// `POST /v1/requests/{id}/not-received`.
pub async fn post_not_received(
    State(server): State<Server>,
    Part(id): Part<Uuid>,
    signed: Signed,
) -> Result<Response, Fault> {
    say(server, id, signed, "not received", |row, _| {
        row.elsewhere.take().ok_or(Code::WrongState)?;
        Ok(RequestEvent::NotReceived)
    })
    .await
}

async fn say<F>(server: Server, id: Uuid, signed: Signed, what: &str, change: F) -> Result<Response, Fault>
where
    F: Fn(&mut RequestRow, i64) -> Result<RequestEvent, Fault> + Send + 'static,
{
    let person_id = signed.caller.person_id;
    once_signed(&server, &signed, &format!("{what} request {id}"), move |work| {
        Box::pin(async move {
            let row = find_request(&mut work.tx, id).await?.filter(|row| row.requester_id == person_id);
            let mut row = row.ok_or(Code::NotFound)?;
            let event = change(&mut row, work.now_ms)?;
            row.state = pay::RequestState::from(row.state).after(event, row.money.paid)?.into();
            row.update(&mut work.tx, work.now_ms).await?;
            Reply::ok(&tell_sides(work, &row).await?)
        })
    })
    .await
}
