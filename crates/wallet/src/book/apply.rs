//! What the server says enters the book here, in the caller's transaction, and only if it can be true.

use ledger::{Tx, args};
use pay::{Handle, Money};
use protocol::SignedOrder;
use protocol::body::{Amount, Payment, PaymentState, Person, Request, Source, Subject};
use uuid::Uuid;

use super::listed::list;
use super::mirror::mirror;
use super::rows::{from_json, ordered_at, other_side, store_step, to_json, word};
use super::{Book, fact, keep_fact};
use crate::WalletError;
use crate::view::{Direction, TimelineBy, TimelineWhat};

/// What the window has to hear once the transaction is kept.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// Money that arrived.
    pub(crate) incoming: Vec<Payment>,
    /// The newest own account.
    pub(crate) me: Option<protocol::body::Me>,
}

impl Book {
    /// Applies one change of the account's world.
    pub(crate) async fn apply(&self, tx: &mut Tx, subject: Subject, news: &mut News) -> Result<(), WalletError> {
        match subject {
            Subject::Payment(payment) => self.apply_payment(tx, payment, news).await,
            Subject::Request(request) => self.apply_request(tx, &request).await,
            Subject::Me(me) => {
                keep_fact(tx, fact::ME, &me).await?;
                news.me = Some(me);
                Ok(())
            }
            Subject::Sources { sources } => keep_fact::<Vec<Source>>(tx, fact::SOURCES, &sources).await,
        }
    }

    /// Applies the server's newest word on a payment.
    pub(crate) async fn apply_payment(
        &self,
        tx: &mut Tx,
        payment: Payment,
        news: &mut News,
    ) -> Result<(), WalletError> {
        let me = self.account()?.person_id;
        let direction = direction_of(&payment, me)?;
        check_amount(&payment.amount)?;
        let order = match direction {
            Direction::Out => order_of(tx, payment.id).await?,
            Direction::In => None,
        };
        if order.as_ref().is_some_and(|order| !says_the_same(order, &payment)) {
            return Err(WalletError::BadAnswer);
        }
        let sql = "SELECT p.body, p.private_note, p.refused, o.state FROM wallet_payment p
            LEFT JOIN wallet_outbox o ON o.payment_id = p.id WHERE p.id = $1";
        let known = tx.row(sql, args![payment.id]).await?;
        let before: Option<Payment> = known.as_ref().map(|row| from_json(&row.text(0)?)).transpose()?;
        let acked = match &known {
            Some(row) => row.opt_text(3)?.is_none_or(|state| state == "acked") && row.opt_text(2)?.is_none(),
            None => false,
        };
        let before = before.filter(|_| acked);
        if before.as_ref().is_some_and(|before| is_older(&payment, before)) {
            return Ok(());
        }
        let note = known.map(|row| row.text(1)).transpose()?.unwrap_or_default();
        store_payment(tx, &payment, direction, &note).await?;
        tx.execute("UPDATE wallet_outbox SET state = 'acked' WHERE payment_id = $1", args![payment.id]).await?;
        if let Some(request_id) = payment.request_id {
            let sql = "INSERT INTO wallet_paid_for (payment_id, request_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            tx.execute(sql, args![payment.id, request_id]).await?;
        }
        let other = other_side(&payment, direction);
        store_person(tx, other).await?;
        store_steps(tx, before.as_ref(), &payment).await?;
        let was = before.as_ref().map(|before| before.state);
        if payment.state == PaymentState::Succeeded && was != Some(PaymentState::Succeeded) {
            let digest = order.and_then(|order| order.order.digest().ok());
            mirror(tx, me, &payment, direction, digest, payment.updated_at_ms).await?;
            if direction == Direction::Out {
                // A payment made with another device pins the key too, if nothing did.
                let sql = "UPDATE wallet_person SET paid = paid + 1, paid_key = COALESCE(paid_key, $2) WHERE id = $1";
                tx.execute(sql, args![other.id, &other.public_key]).await?;
            } else {
                news.incoming.push(payment);
            }
        }
        Ok(())
    }

    /// Applies the server's newest word on a request.
    pub(crate) async fn apply_request(&self, tx: &mut Tx, request: &Request) -> Result<(), WalletError> {
        let me = self.account()?.person_id;
        check_amount(&request.paid)?;
        request.amount.as_ref().map(check_amount).transpose()?;
        let mine = request.requester.id == me;
        let sql = "INSERT INTO wallet_request (id, body, mine, state, version, updated_at_ms)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (id) DO UPDATE SET body = excluded.body, state = excluded.state, version = excluded.version,
                updated_at_ms = excluded.updated_at_ms
            WHERE excluded.version >= wallet_request.version";
        let body = to_json(request)?;
        let state = request.state.as_str();
        tx.execute(sql, args![request.id, body, mine, state, request.version, request.updated_at_ms]).await?;
        if let Some(group) = &request.group {
            check_amount(&group.total)?;
            check_amount(&group.own)?;
            tx.execute("UPDATE wallet_request SET group_id = $2 WHERE id = $1", args![request.id, group.id]).await?;
        }
        match (&request.payer, mine) {
            (Some(payer), true) => store_person(tx, payer).await,
            (None, true) => Ok(()),
            (_, false) => store_person(tx, &request.requester).await,
        }
    }
}

fn direction_of(payment: &Payment, me: Uuid) -> Result<Direction, WalletError> {
    match (payment.payer.id == me, payment.payee.id == me) {
        (true, false) => Ok(Direction::Out),
        (false, true) => Ok(Direction::In),
        (true, true) | (false, false) => Err(WalletError::BadAnswer),
    }
}

fn check_amount(amount: &Amount) -> Result<(), WalletError> {
    Money::try_from(amount).map(drop).map_err(|_| WalletError::BadAnswer)
}

/// The order we signed for a payment, if this device did.
async fn order_of(tx: &mut Tx, payment: Uuid) -> Result<Option<SignedOrder>, WalletError> {
    let row = tx.row("SELECT body FROM wallet_outbox WHERE payment_id = $1", args![payment]).await?;
    row.map(|row| from_json(&row.text(0)?)).transpose()
}

/// What was confirmed here is what the server booked.
fn says_the_same(signed: &SignedOrder, payment: &Payment) -> bool {
    let same = |a: &Amount, b: &Amount| Money::try_from(a).ok() == Money::try_from(b).ok();
    let order = &signed.order;
    same(&order.amount, &payment.amount)
        && payment.fee.as_ref().is_none_or(|fee| same(&order.fee, fee))
        && order.payee_id == payment.payee.id
        && order.request_id == payment.request_id
}

/// An answer overtaken by a newer one: the feed and direct answers may cross.
fn is_older(new: &Payment, known: &Payment) -> bool {
    let known_final = pay::PaymentState::from(known.state).is_final();
    let new_final = pay::PaymentState::from(new.state).is_final();
    new.updated_at_ms < known.updated_at_ms || (known_final && !new_final)
}

/// Writes the row of a payment.
pub(super) async fn store_payment(
    tx: &mut Tx,
    payment: &Payment,
    direction: Direction,
    private_note: &str,
) -> Result<(), WalletError> {
    let sql = "INSERT INTO wallet_payment (id, body, direction, state, refused, created_at_ms, other_id, private_note)
        VALUES ($1, $2, $3, $4, NULL, $5, $6, $7)
        ON CONFLICT (id) DO UPDATE SET body = excluded.body, state = excluded.state, refused = NULL,
            created_at_ms = excluded.created_at_ms";
    let other = other_side(payment, direction).id;
    let values = args![
        payment.id,
        to_json(payment)?,
        word(&direction)?,
        payment.state.as_str(),
        ordered_at(payment),
        other,
        private_note,
    ];
    tx.execute(sql, values).await?;
    list(tx, payment, direction, private_note).await
}

/// Remembers somebody as the server last showed them. A handle that is not one is not remembered.
pub(super) async fn store_person(tx: &mut Tx, person: &Person) -> Result<(), WalletError> {
    let Ok(handle) = Handle::parse(&person.handle) else { return Err(WalletError::BadAnswer) };
    let sql = "INSERT INTO wallet_person (id, handle, skeleton, body, paid) VALUES ($1, $2, $3, $4, 0)
        ON CONFLICT (id) DO UPDATE SET handle = excluded.handle, skeleton = excluded.skeleton, body = excluded.body";
    tx.execute(sql, args![person.id, handle.as_str(), handle.skeleton(), to_json(person)?]).await?;
    Ok(())
}

/// The steps between what was known and what is said now.
async fn store_steps(tx: &mut Tx, before: Option<&Payment>, now: &Payment) -> Result<(), WalletError> {
    use TimelineWhat as W;
    let (id, at_ms) = (now.id, now.updated_at_ms);
    if before.is_none() {
        store_step(tx, id, now.created_at_ms, W::Accepted, TimelineBy::Server).await?;
    }
    if now.outcome_unknown && !before.is_some_and(|before| before.outcome_unknown) {
        store_step(tx, id, at_ms, W::Asking, TimelineBy::Server).await?;
    }
    if before.is_some_and(|before| before.state == now.state) {
        return Ok(());
    }
    let (what, by) = match now.state {
        PaymentState::Processing => return Ok(()),
        PaymentState::RequiresAction => (W::ActionAsked, TimelineBy::Processor),
        PaymentState::RequiresPaymentMethod => (W::Failed, TimelineBy::Processor),
        PaymentState::Succeeded => (W::Succeeded, TimelineBy::Processor),
        PaymentState::Canceled => (W::Canceled, TimelineBy::Server),
    };
    store_step(tx, id, at_ms, what, by).await
}
