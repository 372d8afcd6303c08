//! Charges that are given back. A return's id is refunded once however often it is asked about; it is drawn from the
//! source that was paid to, which may say no, and goes to the one the charge came from, which cannot.

use super::{Sandbox, behaviour};
use crate::fault::Fault;
use crate::processor::{Outcome, Refund, Silence};
use crate::writer::Work;
use ledger::args;
use pay::FailureReason;
use protocol::body::Behaviour;

/// The sandbox's third table.
pub const TABLE: &str = "CREATE TABLE sandbox_refund (
    return_id BLOB PRIMARY KEY,
    payment_id BLOB NOT NULL REFERENCES sandbox_charge (payment_id),
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    asked BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX sandbox_refund_payment ON sandbox_refund (payment_id);";

struct Answered {
    given_back: bool,
    asked: i64,
    loses_answers: bool,
}

impl Sandbox {
    pub(super) async fn refunded(&self, refund: Refund) -> Result<Outcome, Silence> {
        if !self.charge_time.is_zero() {
            tokio::time::sleep(self.charge_time).await;
        }
        let done = self.writer.submit(move |work| Box::pin(async move { ask(work, &refund).await })).await;
        let answered = done.map_err(|error| {
            tracing::warn!(%error, "the sandbox could not keep a refund");
            Silence::Lost
        })?;
        if answered.loses_answers && answered.asked <= self.lost_answers {
            return Err(Silence::Lost);
        }
        let said_no = Outcome::Declined(FailureReason::InsufficientFunds);
        Ok(if answered.given_back { Outcome::Charged } else { said_no })
    }
}

async fn ask(work: &mut Work, refund: &Refund) -> Result<Answered, Fault> {
    const CHARGE: &str = "SELECT from_token, to_token, amount_minor, currency, state FROM sandbox_charge
        WHERE payment_id = $1";
    const GONE: &str = "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM sandbox_refund
        WHERE payment_id = $1 AND state = 'given_back'";
    const NEW: &str = "INSERT INTO sandbox_refund (return_id, payment_id, amount_minor, currency, state, asked,
        created_at_ms) VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT DO NOTHING";
    const ASKED: &str = "UPDATE sandbox_refund SET asked = asked + 1 WHERE return_id = $1 AND payment_id = $2
        AND amount_minor = $3 AND currency = $4";
    const FIND: &str = "SELECT state, asked FROM sandbox_refund WHERE return_id = $1";
    let bad = || Fault::Stored("sandbox refund");
    let (id, payment_id, amount) = (refund.return_id, refund.payment_id, refund.amount.minor());
    let currency = refund.amount.currency();
    let charge = work.tx.row(CHARGE, args![payment_id]).await?.ok_or_else(bad)?;
    let gone = work.tx.row(GONE, args![payment_id]).await?.ok_or_else(bad)?.i64(0)?;
    let whole = charge.i64(2)?;
    let fits = gone.checked_add(amount).is_some_and(|sum| sum <= whole);
    let charged = charge.text(4)? == "charged" && charge.currency(3)? == currency;
    let able = behaviour(&charge.text(1)?) != Behaviour::Declines;
    let state = if fits && charged && able { "given_back" } else { "refused" };
    work.tx.execute(NEW, args![id, payment_id, amount, currency, state, work.now_ms]).await?;
    if work.tx.execute(ASKED, args![id, payment_id, amount, currency]).await? != 1 {
        return Err(Fault::Stored("sandbox refund: the id was used for something else"));
    }
    let row = work.tx.row(FIND, args![id]).await?.ok_or_else(bad)?;
    let loses_answers = behaviour(&charge.text(0)?) == Behaviour::TimesOut;
    Ok(Answered { given_back: row.text(0)? == "given_back", asked: row.i64(1)?, loses_answers })
}
