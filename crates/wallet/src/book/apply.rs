//! What the server says enters the book here, in the caller's transaction, and only if it can be true.

use ledger::{Tx, args};
use pay::{Handle, Money};
use protocol::body::{Amount, Payment, PaymentState, Person, Request, Source, Subject};
use uuid::Uuid;

use super::agreed::{Agreed, agreed_for};
use super::listed::list;
use super::mirror::mirror;
use super::restored::{is_here_only, is_known_again};
use super::rows::{from_json, ordered_at, other_side, store_step, to_json, word};
use super::{Book, fact, keep_fact};
use crate::WalletError;
use crate::view::{Direction, TimelineBy, TimelineWhat};

/// What the window has to hear once the transaction is kept.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// Money that arrived.
    pub(crate) incoming: Vec<Payment>,
    /// Requests of others that were not known.
    pub(crate) asked: Vec<Request>,
    /// The newest own account.
    pub(crate) me: Option<protocol::body::Me>,
}

impl Book {
    /// Applies one change of the account's world.
    pub(crate) async fn apply(&self, tx: &mut Tx, subject: Subject, news: &mut News) -> Result<(), WalletError> {
        match subject {
            Subject::Payment(payment) => self.apply_payment(tx, payment, news).await,
            Subject::Request(request) => {
                let sql = "SELECT 1 FROM wallet_request WHERE id = $1";
                let is_new = tx.row(sql, args![request.id]).await?.is_none();
                self.apply_request(tx, &request).await?;
                if is_new && request.requester.id != self.account()?.person_id {
                    news.asked.push(request);
                }
                Ok(())
            }
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
        payment.returned.as_ref().map(check_amount).transpose()?;
        let order = match direction {
            Direction::Out => agreed_for(tx, payment.id).await?,
            Direction::In => None,
        };
        if order.as_ref().is_some_and(|order| !order.says_the_same(&payment)) {
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
        if is_here_only(tx, payment.id).await? {
            // A restored server says what it remembers; what this book saw happen stays.
            if before.as_ref().is_some_and(|before| before.state != payment.state) {
                return Ok(());
            }
            is_known_again(tx, payment.id).await?;
        }
        if before.as_ref().is_some_and(|before| is_older(&payment, before)) {
            return Ok(());
        }
        let note = match known {
            Some(row) => row.text(1)?,
            None => kept_note(tx, payment.id).await?,
        };
        store_payment(tx, &payment, direction, &note).await?;
        tx.execute("UPDATE wallet_outbox SET state = 'acked' WHERE payment_id = $1", args![payment.id]).await?;
        let other = other_side(&payment, direction);
        store_person(tx, other).await?;
        store_steps(tx, before.as_ref(), &payment).await?;
        let was = before.as_ref().map(|before| before.state);
        if payment.state == PaymentState::Succeeded && was != Some(PaymentState::Succeeded) {
            let digest = order.as_ref().and_then(Agreed::digest);
            mirror(tx, me, &payment, direction, digest, payment.updated_at_ms).await?;
            if payment.returns.is_some() && direction == Direction::Out {
                // Giving back makes nobody known: it is no payment to them.
            } else if direction == Direction::Out {
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
        put_request(tx, request, mine).await?;
        match (&request.payer, mine) {
            (Some(payer), true) => store_person(tx, payer).await,
            (None, true) => Ok(()),
            (_, false) => store_person(tx, &request.requester).await,
        }
    }
}

/// Keeps a request, unless a newer one is kept already.
pub(super) async fn put_request(tx: &mut Tx, request: &Request, mine: bool) -> Result<(), WalletError> {
    let sql = "INSERT INTO wallet_request (id, body, mine, state, version, updated_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET body = excluded.body, state = excluded.state, version = excluded.version,
            updated_at_ms = excluded.updated_at_ms
        WHERE excluded.version >= wallet_request.version";
    let (body, state) = (to_json(request)?, request.state.as_str());
    tx.execute(sql, args![request.id, body, mine, state, request.version, request.updated_at_ms]).await?;
    Ok(())
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

/// An answer overtaken by a newer one: the feed and direct answers may cross.
fn is_older(new: &Payment, known: &Payment) -> bool {
    let known_final = pay::PaymentState::from(known.state).is_final();
    let new_final = pay::PaymentState::from(new.state).is_final();
    // What was given back only grows.
    let back = |payment: &Payment| payment.returned.as_ref().and_then(|back| Money::try_from(back).ok());
    let shrank = match (back(new), back(known)) {
        (Some(new), Some(known)) => new.compare(known).is_ok_and(|order| order.is_lt()),
        (None, Some(_)) => true,
        (_, None) => false,
    };
    new.updated_at_ms < known.updated_at_ms || (known_final && !new_final) || shrank
}

/// The note of a payment that is told of again.
async fn kept_note(tx: &mut Tx, id: Uuid) -> Result<String, WalletError> {
    let row = tx.row("SELECT note FROM wallet_kept_note WHERE payment_id = $1", args![id]).await?;
    Ok(row.map(|row| row.text(0)).transpose()?.unwrap_or_default())
}

/// Writes the row of a payment.
pub(super) async fn store_payment(
    tx: &mut Tx,
    payment: &Payment,
    direction: Direction,
    private_note: &str,
) -> Result<(), WalletError> {
    let sql = "INSERT INTO wallet_payment (id, body, direction, state, refused, created_at_ms, other_id, private_note, returns)
        VALUES ($1, $2, $3, $4, NULL, $5, $6, $7, $8)
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
        payment.returns,
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
