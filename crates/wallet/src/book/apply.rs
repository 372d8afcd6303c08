//! What the server says enters the book here, in the caller's transaction, and only if it can be true: one word or a
//! whole page of the feed, worked out in memory and written in a handful of statements.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ledger::{Set, Tx, args};
use pay::Money;
use protocol::body::{Amount, Me, Payment, PaymentState, Person, Request, Source, Subject};
use uuid::Uuid;

use super::agreed::{Agreed, agreed};
use super::mirror::Mirror;
use super::rows::{from_json, other_side};
use super::stored::{Step, Stored, steps_between, store_payments, store_people, store_requests, store_steps};
use super::{Book, fact, keep_fact};
use crate::WalletError;
use crate::view::Direction;

/// What the window has to hear once the transaction is kept.
#[derive(Debug)]
pub(crate) struct News {
    /// Money that arrived.
    pub(crate) incoming: Vec<Payment>,
    /// Requests of others that were not known.
    pub(crate) asked: Vec<Request>,
    /// What happened earlier is history, not news; server's time.
    pub(crate) since_ms: i64,
    /// The newest own account.
    pub(crate) me: Option<Me>,
}

impl News {
    /// Of what happens at this time or later.
    pub(crate) fn since(since_ms: i64) -> Self {
        News { incoming: Vec::new(), asked: Vec::new(), since_ms, me: None }
    }
}

impl Default for News {
    fn default() -> Self {
        News::since(i64::MIN)
    }
}

impl Book {
    /// Applies changes of the account's world, in their order.
    pub(crate) async fn apply(&self, tx: &mut Tx, subjects: Vec<Subject>, news: &mut News) -> Result<(), WalletError> {
        let mut arriving = Arriving::load(tx, self.account()?.person_id, &subjects).await?;
        for subject in subjects {
            match subject {
                Subject::Payment(payment) => arriving.payment(payment, news)?,
                Subject::Request(request) => arriving.request(request, news)?,
                Subject::Me(me) => news.me = Some(me),
                Subject::Sources { sources } => arriving.sources = Some(sources),
            }
        }
        if let Some(me) = &news.me {
            keep_fact(tx, fact::ME, me).await?;
        }
        arriving.write(tx).await
    }

    /// Applies the server's newest word on a payment.
    pub(crate) async fn apply_payment(
        &self,
        tx: &mut Tx,
        payment: Payment,
        news: &mut News,
    ) -> Result<(), WalletError> {
        self.apply(tx, vec![Subject::Payment(payment)], news).await
    }
}

/// A payment as the book has it.
#[derive(Default)]
struct Known {
    /// The server's last word; nothing when it has said none yet.
    before: Option<Payment>,
    private_note: String,
    /// What we signed, if this device did.
    order: Option<Agreed>,
    /// A restored server has not told of it.
    here_only: bool,
    changed: bool,
}

struct Arriving {
    me: Uuid,
    known: HashMap<Uuid, Known>,
    /// Payments that are to be written, in the order they first came.
    payments: Vec<Uuid>,
    known_requests: BTreeSet<Uuid>,
    requests: Vec<Request>,
    /// Payments that a restored server told of after all.
    known_again: Vec<Uuid>,
    sources: Option<Vec<Source>>,
    people: BTreeMap<Uuid, Person>,
    steps: Vec<Step>,
    mirror: Mirror,
    /// Whom we paid: how often, and the key of the first time.
    paid: BTreeMap<Uuid, (i64, String)>,
}

impl Arriving {
    /// Reads what the book knows of these payments and requests.
    async fn load(tx: &mut Tx, me: Uuid, subjects: &[Subject]) -> Result<Self, WalletError> {
        let (mut ids, mut asked) = (BTreeSet::new(), BTreeSet::new());
        for subject in subjects {
            match subject {
                Subject::Payment(payment) => drop(ids.insert(payment.id)),
                Subject::Request(request) => drop(asked.insert(request.id)),
                Subject::Me(_) | Subject::Sources { .. } => {}
            }
        }
        let mut known_requests = BTreeSet::new();
        let sql = "SELECT id FROM wallet_request WHERE id IN (SELECT c1 FROM {SET})";
        for row in tx.rows_set(sql, Set::of_ids(&asked)).await? {
            known_requests.insert(row.uuid(0)?);
        }
        Ok(Arriving {
            me,
            known: known_payments(tx, &ids).await?,
            payments: Vec::new(),
            known_requests,
            requests: Vec::new(),
            known_again: Vec::new(),
            sources: None,
            people: BTreeMap::new(),
            steps: Vec::new(),
            mirror: Mirror::default(),
            paid: BTreeMap::new(),
        })
    }

    fn payment(&mut self, payment: Payment, news: &mut News) -> Result<(), WalletError> {
        let direction = direction_of(&payment, self.me)?;
        check_amount(&payment.amount)?;
        payment.returned.as_ref().map(check_amount).transpose()?;
        let known = self.known.entry(payment.id).or_default();
        let order = known.order.as_ref().filter(|_| direction == Direction::Out);
        if order.is_some_and(|order| !order.says_the_same(&payment)) {
            return Err(WalletError::BadAnswer);
        }
        if known.here_only {
            // A restored server says what it remembers; what this book saw happen stays.
            if known.before.as_ref().is_some_and(|before| before.state != payment.state) {
                return Ok(());
            }
            known.here_only = false;
            self.known_again.push(payment.id);
        }
        if known.before.as_ref().is_some_and(|before| is_older(&payment, before)) {
            return Ok(());
        }
        steps_between(known.before.as_ref(), &payment, &mut self.steps);
        let other = other_side(&payment, direction);
        self.people.insert(other.id, other.clone());
        let was = known.before.as_ref().map(|before| before.state);
        if payment.state == PaymentState::Succeeded && was != Some(PaymentState::Succeeded) {
            let digest = order.and_then(Agreed::digest);
            self.mirror.add(self.me, &payment, direction, digest, payment.updated_at_ms)?;
            if payment.returns.is_some() && direction == Direction::Out {
                // Giving back makes nobody known: it is no payment to them.
            } else if direction == Direction::Out {
                // A payment made with another device pins the key too, if nothing did.
                let paid = self.paid.entry(other.id).or_insert_with(|| (0, other.public_key.clone()));
                paid.0 += 1;
            } else if payment.updated_at_ms >= news.since_ms {
                news.incoming.push(payment.clone());
            }
        }
        if !std::mem::replace(&mut known.changed, true) {
            self.payments.push(payment.id);
        }
        known.before = Some(payment);
        Ok(())
    }

    fn request(&mut self, request: Request, news: &mut News) -> Result<(), WalletError> {
        check_amount(&request.paid)?;
        request.amount.as_ref().map(check_amount).transpose()?;
        if let Some(group) = &request.group {
            check_amount(&group.total)?;
            check_amount(&group.own)?;
        }
        let mine = request.requester.id == self.me;
        let other = if mine { request.payer.as_ref() } else { Some(&request.requester) };
        if let Some(other) = other {
            self.people.insert(other.id, other.clone());
        }
        if self.known_requests.insert(request.id) && !mine && request.updated_at_ms >= news.since_ms {
            news.asked.push(request.clone());
        }
        self.requests.push(request);
        Ok(())
    }

    async fn write(self, tx: &mut Tx) -> Result<(), WalletError> {
        let changed = || self.payments.iter().filter_map(|id| self.known.get(id));
        let mut stored = Vec::with_capacity(self.payments.len());
        for known in changed() {
            if let Some(payment) = &known.before {
                let direction = direction_of(payment, self.me)?;
                stored.push(Stored { payment, direction, private_note: &known.private_note });
            }
        }
        store_payments(tx, &stored).await?;
        let asked: Vec<(Uuid, Uuid)> =
            stored.iter().filter_map(|it| Some((it.payment.id, it.payment.request_id?))).collect();
        let set =
            Set::of_ids(asked.iter().map(|(payment, _)| payment)).blobs(asked.iter().map(|(_, request)| *request));
        tx.insert_set("INSERT INTO wallet_paid_for (payment_id, request_id)", set, "ON CONFLICT DO NOTHING").await?;
        let ordered = changed().filter(|known| known.order.is_some()).filter_map(|known| known.before.as_ref());
        let set = Set::of_ids(ordered.map(|payment| &payment.id));
        let sql = "UPDATE wallet_outbox SET state = 'acked' WHERE payment_id IN (SELECT c1 FROM {SET})";
        tx.execute_set(sql, set).await?;
        let sql = "DELETE FROM wallet_here_only WHERE payment_id IN (SELECT c1 FROM {SET})";
        tx.execute_set(sql, Set::of_ids(&self.known_again)).await?;
        store_people(tx, self.people.values()).await?;
        store_steps(tx, &self.steps).await?;
        self.mirror.write(tx).await?;
        let set = Set::of_ids(self.paid.keys())
            .ints(self.paid.values().map(|(times, _)| *times))
            .texts(self.paid.values().map(|(_, key)| key));
        let sql = "UPDATE wallet_person SET paid = paid + s.c2, paid_key = COALESCE(paid_key, s.c3) FROM {SET}
            WHERE wallet_person.id = s.c1";
        tx.execute_set(sql, set).await?;
        store_requests(tx, self.me, &self.requests).await?;
        match &self.sources {
            Some(sources) => keep_fact(tx, fact::SOURCES, sources).await,
            None => Ok(()),
        }
    }
}

/// What the book knows of these payments. A note that was kept waits for its payment to be told of again.
async fn known_payments(tx: &mut Tx, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Known>, WalletError> {
    let mut known: HashMap<Uuid, Known> = HashMap::with_capacity(ids.len());
    // Many books have none of these: what is not there need not be looked for.
    let sql = "SELECT EXISTS (SELECT 1 FROM wallet_kept_note), EXISTS (SELECT 1 FROM wallet_outbox),
        EXISTS (SELECT 1 FROM wallet_here_only)";
    let any = tx.row(sql, args![]).await?;
    let if_any = |column| -> Result<Set, WalletError> {
        let is_there = any.as_ref().map_or(Ok(1), |any| any.i64(column))? != 0;
        Ok(if is_there { Set::of_ids(ids) } else { Set::new() })
    };
    let sql = "SELECT payment_id, note FROM wallet_kept_note WHERE payment_id IN (SELECT c1 FROM {SET})";
    for row in tx.rows_set(sql, if_any(0)?).await? {
        known.entry(row.uuid(0)?).or_default().private_note = row.text(1)?;
    }
    let sql = "SELECT p.id, p.body, p.private_note, p.refused, o.state FROM wallet_payment p
        LEFT JOIN wallet_outbox o ON o.payment_id = p.id WHERE p.id IN (SELECT c1 FROM {SET})";
    for row in tx.rows_set(sql, Set::of_ids(ids)).await? {
        let acked = row.opt_text(4)?.is_none_or(|state| state == "acked") && row.opt_text(3)?.is_none();
        let before = if acked { Some(from_json(&row.text(1)?)?) } else { None };
        known.insert(row.uuid(0)?, Known { before, private_note: row.text(2)?, ..Known::default() });
    }
    let sql = "SELECT payment_id, body, returns FROM wallet_outbox WHERE payment_id IN (SELECT c1 FROM {SET})";
    for row in tx.rows_set(sql, if_any(1)?).await? {
        known.entry(row.uuid(0)?).or_default().order = Some(agreed(&row.text(1)?, row.opt_uuid(2)?)?);
    }
    let sql = "SELECT payment_id FROM wallet_here_only WHERE payment_id IN (SELECT c1 FROM {SET})";
    for row in tx.rows_set(sql, if_any(2)?).await? {
        known.entry(row.uuid(0)?).or_default().here_only = true;
    }
    Ok(known)
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
