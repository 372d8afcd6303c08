//! The practice processor: another company as far as the server knows, with its own database and nothing real in it.
//! Deterministic: what a source does is its kind's behaviour, and a payment's id is charged once however often it is
//! asked about, also after a restart.

mod checkout;
mod refund;

use super::{Action, Answer, Charge, Checkout, Hosted, KeptSource, Outcome, Plea, Processor, Refund, Silence, Visit};
use crate::clock::{Clock, Randomness};
use crate::config::Timings;
use crate::fault::Fault;
use crate::sources::rows::refusal;
use crate::writer::{Work, Writer};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::{BoxFuture, FutureExt};
use ledger::{Migration, Row, Store, Tx, args};
use pay::{FailureReason, Money};
use protocol::body::{Behaviour, CardClass, SourceKind, SourceOffer};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

const MIGRATIONS: &[Migration] =
    &[FIRST, Migration { id: 2, sql: checkout::TABLE }, Migration { id: 3, sql: refund::TABLE }];

const FIRST: Migration = Migration {
    id: 1,
    sql: "CREATE TABLE sandbox_charge (
        payment_id BLOB PRIMARY KEY,
        from_token TEXT NOT NULL,
        to_token TEXT NOT NULL,
        amount_minor BIGINT NOT NULL,
        fee_minor BIGINT NOT NULL,
        currency TEXT NOT NULL,
        state TEXT NOT NULL,
        action_key TEXT NOT NULL UNIQUE,
        asked BIGINT NOT NULL,
        created_at_ms BIGINT NOT NULL
    );",
};

/// Everything that can be added here: token, class (none: PayPal), hint, behaviour.
const OFFERS: &[(&str, Option<CardClass>, &str, Behaviour)] = &[
    ("sandbox_visa_debit", Some(CardClass::VisaDebit), "4242", Behaviour::Pays),
    ("sandbox_mastercard_debit", Some(CardClass::MastercardDebit), "5454", Behaviour::Pays),
    ("sandbox_prepaid_reloadable", Some(CardClass::PrepaidReloadable), "7007", Behaviour::Pays),
    ("sandbox_prepaid_payroll", Some(CardClass::PrepaidPayroll), "7117", Behaviour::Pays),
    ("sandbox_government", Some(CardClass::Government), "1776", Behaviour::Pays),
    ("sandbox_government_send_only", Some(CardClass::GovernmentSendOnly), "1789", Behaviour::Pays),
    ("sandbox_visa_declines", Some(CardClass::VisaDebit), "0002", Behaviour::Declines),
    ("sandbox_visa_needs_action", Some(CardClass::VisaDebit), "3155", Behaviour::NeedsAction),
    ("sandbox_visa_times_out", Some(CardClass::VisaDebit), "0119", Behaviour::TimesOut),
    ("sandbox_paypal", None, "p•••@mail.example", Behaviour::Pays),
    ("sandbox_credit", Some(CardClass::Credit), "4000", Behaviour::Pays),
    ("sandbox_other_debit", Some(CardClass::OtherDebit), "6011", Behaviour::Pays),
    ("sandbox_health", Some(CardClass::Health), "3636", Behaviour::Pays),
];

/// The practice processor.
pub struct Sandbox {
    store: Store,
    writer: Writer,
    randomness: Arc<dyn Randomness>,
    lost_answers: i64,
    charge_time: Duration,
}

/// One payment as the sandbox keeps it.
#[derive(Clone)]
struct Kept {
    from_token: String,
    total: Money,
    state: Standing,
    action_key: String,
    asked: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Charged,
    Declined,
    Waiting,
    Refused,
    Canceled,
}

impl Standing {
    const ALL: [(Standing, &'static str); 5] = [
        (Standing::Charged, "charged"),
        (Standing::Declined, "declined"),
        (Standing::Waiting, "waiting"),
        (Standing::Refused, "refused"),
        (Standing::Canceled, "canceled"),
    ];

    fn word(self) -> &'static str {
        Standing::ALL.iter().find(|(standing, _)| *standing == self).map_or("", |(_, word)| word)
    }

    fn parse(text: &str) -> Option<Self> {
        Standing::ALL.iter().find(|(_, word)| *word == text).map(|(standing, _)| *standing)
    }
}

impl Sandbox {
    /// Opens its tables in `store`, which should not be the server's own SQLite file: each file has one writer.
    pub async fn open(
        store: Store,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
        timings: &Timings,
    ) -> Result<Sandbox, Fault> {
        store.migrate("sandbox", MIGRATIONS).await?;
        let writer = Writer::start(store.clone(), clock, |_| {});
        let charge_time = Duration::from_millis(timings.sandbox_charge_ms);
        Ok(Sandbox { store, writer, randomness, lost_answers: timings.sandbox_lost_answers, charge_time })
    }

    async fn charged(&self, charge: Charge) -> Result<Outcome, Silence> {
        if !self.charge_time.is_zero() {
            tokio::time::sleep(self.charge_time).await;
        }
        let action_key = URL_SAFE_NO_PAD.encode(self.randomness.bytes::<24>());
        let kept = self.writer.submit(move |work| Box::pin(async move { ask(work, &charge, action_key).await })).await;
        let kept = kept.map_err(|error| {
            tracing::warn!(%error, "the sandbox could not keep a charge");
            Silence::Lost
        })?;
        if behaviour(&kept.from_token) == Behaviour::TimesOut && kept.asked <= self.lost_answers {
            return Err(Silence::Lost);
        }
        Ok(kept.outcome())
    }

    async fn called_off(&self, payment_id: Uuid) -> Result<Outcome, Silence> {
        let done = self.writer.submit(move |work| {
            Box::pin(async move {
                decide(&mut work.tx, payment_id, Standing::Canceled).await?;
                find(&mut work.tx, payment_id).await?.ok_or(Fault::Stored("sandbox charge"))
            })
        });
        done.await.map(|kept| kept.outcome()).map_err(|_| Silence::Lost)
    }

    async fn found_action(&self, key: String) -> Result<Option<Action>, Fault> {
        let mut tx = self.store.read().await?;
        let Some((id, _)) = find_by_key(&mut tx, &key).await? else { return Ok(None) };
        let Some(kept) = find(&mut tx, id).await? else { return Ok(None) };
        let hint = offer_of(&kept.from_token).map(|(_, _, hint, _)| (*hint).to_owned()).unwrap_or_default();
        let answered = match kept.state {
            Standing::Waiting => None,
            Standing::Charged => Some(true),
            Standing::Declined | Standing::Refused | Standing::Canceled => Some(false),
        };
        Ok(Some(Action { payment_id: id, total: kept.total, hint, answered }))
    }

    async fn answered(&self, key: String, approve: bool) -> Result<Option<Uuid>, Fault> {
        let standing = if approve { Standing::Charged } else { Standing::Refused };
        let done = self.writer.submit(move |work| {
            Box::pin(async move {
                let Some((id, from_token)) = find_by_key(&mut work.tx, &key).await? else { return Ok(None) };
                if behaviour(&from_token) != Behaviour::NeedsAction {
                    return Ok(None);
                }
                decide(&mut work.tx, id, standing).await?;
                Ok(Some(id))
            })
        });
        done.await
    }
}

impl Processor for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn offers(&self) -> Vec<SourceOffer> {
        OFFERS.iter().map(offer).collect()
    }

    fn keep_source(&self, token: &str) -> Option<KeptSource> {
        let found = offer_of(token)?;
        Some(KeptSource { offer: offer(found), token: token.to_owned() })
    }

    fn charge(&self, charge: Charge) -> BoxFuture<'_, Result<Outcome, Silence>> {
        self.charged(charge).boxed()
    }

    fn refund(&self, refund: Refund) -> BoxFuture<'_, Result<Outcome, Silence>> {
        self.refunded(refund).boxed()
    }

    fn cancel(&self, payment_id: Uuid) -> BoxFuture<'_, Result<Outcome, Silence>> {
        self.called_off(payment_id).boxed()
    }

    fn action(&self, key: String) -> BoxFuture<'_, Result<Option<Action>, Fault>> {
        self.found_action(key).boxed()
    }

    fn open_checkout(&self, checkout: Checkout) -> BoxFuture<'_, Result<String, Silence>> {
        self.opened_checkout(checkout).boxed()
    }

    fn checkout(&self, payment_id: Uuid) -> BoxFuture<'_, Result<Option<Visit>, Silence>> {
        self.found_checkout(payment_id).boxed()
    }

    fn hosted(&self, key: String) -> BoxFuture<'_, Result<Option<Hosted>, Fault>> {
        self.found_hosted(key).boxed()
    }

    fn answer_checkout(&self, key: String, answer: Answer) -> BoxFuture<'_, Result<Option<Result<Uuid, Plea>>, Fault>> {
        self.answered_checkout(key, answer).boxed()
    }

    fn answer_action(&self, key: String, approve: bool) -> BoxFuture<'_, Result<Option<Uuid>, Fault>> {
        self.answered(key, approve).boxed()
    }
}

type Entry = (&'static str, Option<CardClass>, &'static str, Behaviour);

fn offer_of(token: &str) -> Option<&'static Entry> {
    OFFERS.iter().find(|(known, ..)| *known == token)
}

fn behaviour(token: &str) -> Behaviour {
    offer_of(token).map_or(Behaviour::Declines, |(.., behaviour)| *behaviour)
}

fn offer((token, class, hint, behaviour): &Entry) -> SourceOffer {
    let kind = if class.is_some() { SourceKind::Card } else { SourceKind::Paypal };
    SourceOffer {
        token: (*token).to_owned(),
        kind,
        card_class: *class,
        hint: (*hint).to_owned(),
        behaviour: *behaviour,
        refused: refusal(kind, *class),
    }
}

impl Kept {
    fn read(row: &Row) -> Result<Self, Fault> {
        let total = Money::new(row.i64(1)?, row.currency(2)?).map_err(|_| Fault::Stored("sandbox amount"))?;
        Ok(Kept {
            from_token: row.text(0)?,
            total,
            state: Standing::parse(&row.text(3)?).ok_or(Fault::Stored("sandbox state"))?,
            action_key: row.text(4)?,
            asked: row.i64(5)?,
        })
    }

    fn outcome(&self) -> Outcome {
        match self.state {
            Standing::Charged => Outcome::Charged,
            Standing::Declined => Outcome::Declined(FailureReason::InsufficientFunds),
            Standing::Waiting => Outcome::ActionAsked(format!("/sandbox/action/{}", self.action_key)),
            Standing::Refused => Outcome::Declined(FailureReason::ActionFailed),
            Standing::Canceled => Outcome::Canceled,
        }
    }
}

/// Charges a payment seen for the first time; counts the question either way.
async fn ask(work: &mut Work, charge: &Charge, action_key: String) -> Result<Kept, Fault> {
    const NEW: &str = "INSERT INTO sandbox_charge (payment_id, from_token, to_token, amount_minor, fee_minor, currency,
        state, action_key, asked, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9) ON CONFLICT DO NOTHING";
    const ASKED: &str = "UPDATE sandbox_charge SET asked = asked + 1 WHERE payment_id = $1 AND from_token = $2
        AND to_token = $3 AND amount_minor = $4 AND fee_minor = $5 AND currency = $6";
    let state = match behaviour(&charge.from_token) {
        Behaviour::Pays | Behaviour::TimesOut => Standing::Charged,
        Behaviour::Declines => Standing::Declined,
        Behaviour::NeedsAction => Standing::Waiting,
    };
    let (id, from, to) = (charge.payment_id, &charge.from_token, &charge.to_token);
    let (amount, fee, currency) = (charge.amount.minor(), charge.fee.minor(), charge.amount.currency());
    let values = args![id, from, to, amount, fee, currency, state.word(), action_key, work.now_ms];
    work.tx.execute(NEW, values).await?;
    let same = work.tx.execute(ASKED, args![id, from, to, amount, fee, currency]).await?;
    if same != 1 {
        return Err(Fault::Stored("sandbox charge: the id was used for something else"));
    }
    find(&mut work.tx, id).await?.ok_or(Fault::Stored("sandbox charge"))
}

/// Decides a payment that waits for its payer; one that was decided stays as it is.
async fn decide(tx: &mut Tx, payment_id: Uuid, standing: Standing) -> Result<(), Fault> {
    const SQL: &str = "UPDATE sandbox_charge SET state = $2 WHERE payment_id = $1 AND state = 'waiting'";
    tx.execute(SQL, args![payment_id, standing.word()]).await?;
    Ok(())
}

async fn find(tx: &mut Tx, payment_id: Uuid) -> Result<Option<Kept>, Fault> {
    const SQL: &str =
        "SELECT from_token, amount_minor + fee_minor, currency, state, action_key, asked FROM sandbox_charge
        WHERE payment_id = $1";
    tx.row(SQL, args![payment_id]).await?.as_ref().map(Kept::read).transpose()
}

async fn find_by_key(tx: &mut Tx, key: &str) -> Result<Option<(Uuid, String)>, Fault> {
    const SQL: &str = "SELECT payment_id, from_token FROM sandbox_charge WHERE action_key = $1";
    let row = tx.row(SQL, args![key]).await?;
    row.map(|row| Ok((row.uuid(0)?, row.text(1)?))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::body::Bar;

    #[test]
    fn the_offers_cover_every_rule_and_behaviour() {
        let offers: Vec<SourceOffer> = OFFERS.iter().map(offer).collect();
        let refused: Vec<Option<Bar>> = offers.iter().map(|offer| offer.refused).filter(Option::is_some).collect();
        assert_eq!(refused, [Some(Bar::CreditCard), Some(Bar::OtherNetwork), Some(Bar::HealthCard)]);
        for behaviour in [Behaviour::Pays, Behaviour::Declines, Behaviour::NeedsAction, Behaviour::TimesOut] {
            assert!(offers.iter().any(|offer| offer.behaviour == behaviour && offer.refused.is_none()));
        }
        assert_eq!(offers.iter().filter(|offer| offer.kind == SourceKind::Paypal).count(), 1);
    }
}
