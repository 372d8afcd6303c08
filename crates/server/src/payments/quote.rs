use crate::fault::Fault;
use crate::people::has_blocked;
use crate::people::rows::{find_person, the_person};
use crate::requests::read_request;
use crate::signed::{Attempted, Caller};
use crate::sources::rows::{SourceRow, list_sources};
use crate::state::Server;
use axum::Json;
use axum::extract::State;
use ledger::{Tx, args};
use pay::Money;
use protocol::Code;
use protocol::body::{Amount, Quote, QuoteAsk, QuoteLine};
use uuid::Uuid;

/// One day, for the limit of any 24 hours.
const DAY_MS: i64 = 86_400_000;

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
    Ok(Json(Quote {
        lines,
        send_bars: payer.send_bars(policy, &sources, now_ms),
        receive_bars: payee.receive_bars(policy, &payee_sources, now_ms),
        over_limit: over_limit(&server, &mut tx, payer.id, amount, now_ms).await?.map(Amount::from),
    }))
}

fn line(server: &Server, source: &SourceRow, amount: Money) -> Result<QuoteLine, Fault> {
    let fee = server.config.fee(source.kind, amount)?;
    let total = amount.checked_add(fee)?;
    Ok(QuoteLine { source_id: source.id, fee: fee.into(), total: total.into(), bar: source.send_bar() })
}

/// The limit that one more payment of `amount` would break.
pub async fn over_limit(
    server: &Server,
    tx: &mut Tx,
    payer_id: Uuid,
    amount: Money,
    now_ms: i64,
) -> Result<Option<Money>, Fault> {
    const SENT: &str = "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM payment WHERE payer_id = $1
        AND currency = $2 AND created_at_ms > $3 AND returns IS NULL AND state IN ('processing', 'requires_action', 'succeeded')";
    let currency = amount.currency();
    let payment_limit = server.config.payment_limit(currency).ok_or(Code::AmountInvalid)?;
    if amount.compare(payment_limit)?.is_gt() {
        return Ok(Some(payment_limit));
    }
    let day_limit = server.config.day_limit(currency).ok_or(Code::AmountInvalid)?;
    let row = tx.row(SENT, args![payer_id, currency, now_ms - DAY_MS]).await?.ok_or(Fault::Stored("sum"))?;
    let sent = Money::new(row.i64(0)?, currency)?;
    Ok(sent.checked_add(amount)?.compare(day_limit)?.is_gt().then_some(day_limit))
}
