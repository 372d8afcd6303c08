use crate::fault::Fault;
use crate::payments::limits::{allowances, over_limit};
use crate::people::has_blocked;
use crate::people::rows::{find_person, the_person};
use crate::requests::read_request;
use crate::signed::{Attempted, Caller};
use crate::sources::rows::{SourceRow, list_sources};
use crate::state::Server;
use axum::Json;
use axum::extract::State;
use pay::Money;
use protocol::Code;
use protocol::body::{Quote, QuoteAsk, QuoteLine};
use protocol::limits::nearest;

/// `POST /v1/quotes`: a read with a body.
pub async fn post_quote(
    State(server): State<Server>,
    caller: Caller,
    attempted: Attempted,
) -> Result<Json<Quote>, Fault> {
    let ask: QuoteAsk = attempted.json()?;
    let now_ms = server.now_ms();
    let policy = &server.config.eligibility;
    let mut tx = server.read().await?;
    let payer = the_person(&mut tx, caller.person_id).await?;
    let payee = find_person(&mut tx, ask.payee_id).await?.ok_or(Code::NotFound)?;
    if payer.id == payee.id {
        return Err(Code::SelfPayment.into());
    }
    if has_blocked(&mut tx, payee.id, payer.id).await? {
        return Err(Code::CannotBePaid.into());
    }
    let amount = Money::try_from(&ask.amount)?;
    if amount.is_zero() || amount.currency() != payer.currency || amount.currency() != payee.currency {
        return Err(Code::AmountInvalid.into());
    }
    if let Some(request_id) = ask.request_id {
        read_request(&mut tx, request_id, payer.id, payee.id, amount, now_ms).await?;
    }
    let sources = list_sources(&mut tx, payer.id).await?;
    let payee_sources = list_sources(&mut tx, payee.id).await?;
    let lines = sources.iter().map(|source| line(&server, source, amount)).collect::<Result<_, _>>()?;
    let all = allowances(&server, &mut tx, payer.id, amount.currency(), now_ms).await?;
    let broken = over_limit(&server, &mut tx, payer.id, amount, now_ms).await?;
    Ok(Json(Quote {
        lines,
        send_bars: payer.send_bars(policy, &sources, now_ms),
        receive_bars: payee.receive_bars(policy, &payee_sources, now_ms),
        over_limit: broken.map(|allowance| allowance.limit),
        near: nearest(&all, amount)?,
    }))
}

fn line(server: &Server, source: &SourceRow, amount: Money) -> Result<QuoteLine, Fault> {
    let fee = server.config.fee(source.kind, amount)?;
    let total = amount.checked_add(fee)?;
    Ok(QuoteLine { source_id: source.id, fee: fee.into(), total: total.into(), bar: source.send_bar() })
}
