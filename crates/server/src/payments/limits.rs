//! Limits of payments: what may move in one and in a day, and what of it an account has used.

use crate::fault::Fault;
use crate::people::rows::the_person;
use crate::signed::Caller;
use crate::state::Server;
use axum::Json;
use axum::extract::State;
use ledger::{Tx, args};
use pay::{Currency, Money};
use protocol::Code;
use protocol::limits::{Allowance, LimitKind};
use uuid::Uuid;

/// One day, for the limit of any 24 hours.
const DAY_MS: i64 = 86_400_000;

/// `GET /v1/limits`.
pub async fn get_limits(State(server): State<Server>, caller: Caller) -> Result<Json<Vec<Allowance>>, Fault> {
    let mut tx = server.read().await?;
    let person = the_person(&mut tx, caller.person_id).await?;
    let all = allowances(&server, &mut tx, person.id, person.currency, server.now_ms()).await;
    match all {
        // A currency that does not move here has no limits; the bars say so.
        Err(Fault::Refused(problem)) if problem.code == Code::AmountInvalid => Ok(Json(Vec::new())),
        other => other.map(Json),
    }
}

/// Every limit of a payer in a currency.
pub async fn allowances(
    server: &Server,
    tx: &mut Tx,
    payer_id: Uuid,
    currency: Currency,
    now_ms: i64,
) -> Result<Vec<Allowance>, Fault> {
    const SENT: &str = "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT), MIN(created_at_ms) FROM payment
        WHERE payer_id = $1 AND currency = $2 AND created_at_ms > $3 AND returns IS NULL
        AND state IN ('processing', 'requires_action', 'succeeded')";
    let in_one = server.config.payment_limit(currency).ok_or(Code::AmountInvalid)?;
    let in_a_day = server.config.day_limit(currency).ok_or(Code::AmountInvalid)?;
    let row = tx.row(SENT, args![payer_id, currency, now_ms - DAY_MS]).await?.ok_or(Fault::Stored("sum"))?;
    let sent = Money::new(row.i64(0)?, currency)?;
    let frees_at_ms = row.opt_i64(1)?.map(|oldest| oldest.saturating_add(DAY_MS));
    let nothing = Money::zero(currency);
    Ok(vec![
        allowance(LimitKind::Payment, in_one, nothing, None)?,
        allowance(LimitKind::Day, in_a_day, sent, frees_at_ms)?,
    ])
}

fn allowance(kind: LimitKind, limit: Money, used: Money, frees_at_ms: Option<i64>) -> Result<Allowance, Fault> {
    let left = limit.saturating_sub(used)?;
    Ok(Allowance { kind, limit: limit.into(), used: used.into(), left: left.into(), frees_at_ms })
}

/// The limit that one more payment of `amount` would break.
pub async fn over_limit(
    server: &Server,
    tx: &mut Tx,
    payer_id: Uuid,
    amount: Money,
    now_ms: i64,
) -> Result<Option<Allowance>, Fault> {
    for allowance in allowances(server, tx, payer_id, amount.currency(), now_ms).await? {
        if allowance.is_broken_by(amount)? {
            return Ok(Some(allowance));
        }
    }
    Ok(None)
}
