use crate::fault::Fault;
use crate::requests::rows::{RequestRow, find_request};
use crate::requests::tell_sides;
use crate::writer::Work;
use ledger::Tx;
use pay::{Money, RequestEvent, RequestMoney};
use protocol::Code;
use protocol::body::{LatePolicy, OverPolicy, PartialPolicy, RequestState};
use std::cmp::Ordering;
use uuid::Uuid;

/// The request that a payment of `amount` from `payer_id` to `payee_id` says it pays, when its rules allow that now.
pub async fn read_request(
    tx: &mut Tx,
    id: Uuid,
    payer_id: Uuid,
    payee_id: Uuid,
    amount: Money,
    now_ms: i64,
) -> Result<RequestRow, Fault> {
    let row = find_request(tx, id).await?.ok_or(Code::NotFound)?;
    if row.payer_id.is_some_and(|payer| payer != payer_id) {
        return Err(Code::NotFound.into());
    }
    if row.requester_id != payee_id {
        return Err(Code::Malformed.into());
    }
    let late_is_refused = row.policy.late == LatePolicy::Refuse;
    match row.state {
        RequestState::Canceled => return Err(Code::RequestCanceled.into()),
        RequestState::Declined => return Err(Code::RequestDeclined.into()),
        RequestState::Paid => return Err(Code::RequestPaid.into()),
        RequestState::Processing => return Err(Code::RequestBusy.into()),
        RequestState::Expired if late_is_refused => return Err(Code::RequestExpired.into()),
        RequestState::Expired | RequestState::Open | RequestState::PartiallyPaid => {}
    }
    if row.is_late(now_ms) && late_is_refused {
        return Err(Code::RequestExpired.into());
    }
    check_amount(&row, amount)?;
    Ok(row)
}

/// A request for one payment is measured by what is still to come; a link for many by what it asks of each.
fn check_amount(row: &RequestRow, amount: Money) -> Result<(), Fault> {
    if amount.currency() != row.currency {
        return Err(Code::AmountInvalid.into());
    }
    let wanted = if row.single_use { row.money.left()? } else { row.money.asked };
    let order = wanted.map(|wanted| amount.compare(wanted)).transpose()?;
    let refused = match order {
        Some(Ordering::Less) => row.policy.partial == PartialPolicy::Refuse,
        Some(Ordering::Greater) => row.policy.over == OverPolicy::Refuse,
        Some(Ordering::Equal) | None => false,
    };
    if refused { Err(Code::RequestAmount.into()) } else { Ok(()) }
}

/// A payment for it was accepted. A link for many stays open.
pub async fn attempt_started(work: &mut Work, mut row: RequestRow) -> Result<(), Fault> {
    if !row.single_use {
        return Ok(());
    }
    row.state = pay::RequestState::from(row.state).after(RequestEvent::AttemptStarted, row.money.paid)?.into();
    row.update(&mut work.tx, work.now_ms).await?;
    tell_sides(work, &row).await.map(drop)
}

/// That payment failed or was called off.
pub async fn attempt_failed(work: &mut Work, id: Uuid) -> Result<(), Fault> {
    let mut row = find_request(&mut work.tx, id).await?.ok_or(Fault::Stored("request of a payment"))?;
    if !row.single_use {
        return Ok(());
    }
    row.state = pay::RequestState::from(row.state).after(RequestEvent::AttemptFailed, row.money.paid)?.into();
    row.update(&mut work.tx, work.now_ms).await?;
    tell_sides(work, &row).await.map(drop)
}

/// That payment succeeded. It is late when it was accepted after the end, not when the processor took long.
pub async fn money_came(work: &mut Work, id: Uuid, amount: Money, accepted_at_ms: i64) -> Result<(), Fault> {
    let mut row = find_request(&mut work.tx, id).await?.ok_or(Fault::Stored("request of a payment"))?;
    let late = row.is_late(accepted_at_ms);
    if row.single_use {
        let (money, state, flags) = row.money.receive(amount, late, row.flags)?;
        (row.money, row.state, row.flags) = (money, state.into(), flags);
    } else {
        row.money = RequestMoney { paid: row.money.paid.checked_add(amount)?, ..row.money };
        row.flags.paid_late |= late;
    }
    row.update(&mut work.tx, work.now_ms).await?;
    tell_sides(work, &row).await.map(drop)
}
