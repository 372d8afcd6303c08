use crate::bank;
use crate::habit::{Act, Habit, Plan, luck, plan};
use crate::people::{ASKED, Neighbour, WARES, Ware};
use crate::roots::Roots;
use crate::{Pace, bank::BankError};
use futures::StreamExt;
use pay::Handle;
use protocol::body::{
    Amount, Join, LatePolicy, NewDevice, NewRequest, NewSource, OverPolicy, PartialPolicy, Payment, Policy, QuoteAsk,
    Request, Subject,
};
use protocol::{Code, Order};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::watch;
use uuid::Uuid;
use wallet::{Clock, Credentials, Device, Pokes, Random, Remote, Transport, WalletError};
use zeroize::Zeroizing;

/// An order of a neighbour is not to be carried out after this many milliseconds.
const ORDER_LIFE_MS: i64 = 300_000;
/// Without a poke the feed is asked after this many moments: a poke can get lost.
const PATIENCE_MOMENTS: u64 = 15;

/// What everybody in the street shares.
#[derive(Clone)]
pub(crate) struct Street {
    pub server: String,
    pub practice_token: String,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub pace: Pace,
    pub roots: Arc<Roots>,
    pub newcomer: watch::Receiver<Option<Handle>>,
    pub settling: watch::Sender<usize>,
}

/// One neighbour's days.
pub(crate) struct Life {
    neighbour: Neighbour,
    street: Street,
    transport: Arc<dyn Transport>,
    remote: Remote,
    person_id: Uuid,
    cursor: i64,
    requests: BTreeMap<Uuid, Request>,
    payments: BTreeMap<Uuid, Payment>,
    tried: BTreeSet<Try>,
    asked: Option<Handle>,
}

/// A thing done, or refused for good: the request, its version, how many payments there were, what was done.
type Try = (Uuid, u32, usize, bool);

/// Requests of the bakery that anybody may pay.
pub(crate) fn counter(roots: &Roots) -> Vec<Uuid> {
    let sellers = crate::NEIGHBOURS.iter().filter(|neighbour| neighbour.habit == Habit::Sells);
    sellers.flat_map(|seller| WARES.iter().map(|ware| ware_id(roots, seller, ware))).collect()
}

fn ware_id(roots: &Roots, seller: &Neighbour, ware: &Ware) -> Uuid {
    roots.id(seller.handle, &format!("ware {}", ware.note))
}

impl Life {
    pub(crate) fn new(neighbour: Neighbour, street: Street, transport: Arc<dyn Transport>) -> Self {
        let roots = &street.roots;
        let handle = neighbour.handle;
        let device = Device { id: roots.id(handle, "device"), key: Arc::new(roots.key(handle)) };
        let password = Zeroizing::new(roots.password(handle));
        let remote =
            Remote::new(&street.server, Arc::clone(&transport), Arc::clone(&street.clock), Arc::clone(&street.random))
                .with_practice_token(&street.practice_token)
                .with_device(device)
                .with_credentials(Credentials { name: handle.into(), password });
        Life {
            person_id: roots.id(handle, "person"),
            neighbour,
            transport,
            remote,
            street,
            cursor: 0,
            requests: BTreeMap::new(),
            payments: BTreeMap::new(),
            tried: BTreeSet::new(),
            asked: None,
        }
    }

    /// Lives until the town stops. Trouble on the line, or a server that says no, makes one wait and begin again.
    pub(crate) async fn live(mut self) {
        while let Err(error) = self.move_in().await {
            tracing::debug!(neighbour = self.neighbour.handle, %error, "not moved in yet");
            self.rest(3).await;
        }
        self.street.settling.send_modify(|count| *count += 1);
        loop {
            if let Err(error) = self.days().await {
                tracing::debug!(neighbour = self.neighbour.handle, %error, "the line broke");
            }
            self.rest(1).await;
        }
    }

    async fn rest(&self, moments: u64) {
        self.street.clock.sleep(self.street.pace.moment_ms.saturating_mul(moments)).await;
    }

    /// Joins, or comes back; then what has to be there: a card, and the wares on the counter. Every step may be
    /// repeated: it carries the same id and says the same.
    async fn move_in(&mut self) -> Result<(), WalletError> {
        self.remote.server_info().await?;
        match self.remote.me().await {
            Err(WalletError::Refused(problem)) if problem.code == Code::WrongCredentials => {
                self.remote.join(&self.join_form()).await?;
            }
            other => drop(other?),
        }
        let source_id = self.id("source");
        if self.remote.sources().await?.iter().all(|source| source.id != source_id) {
            let token = self.card_token().await?;
            self.remote.add_source(&NewSource { id: source_id, token, label: String::new() }).await?;
        }
        self.pull().await?;
        if self.neighbour.habit == Habit::Sells {
            for ware in &WARES {
                let id = ware_id(&self.street.roots, &self.neighbour, ware);
                self.ask(id, ware, None, false).await?;
            }
        }
        Ok(())
    }

    fn id(&self, purpose: &str) -> Uuid {
        self.street.roots.id(self.neighbour.handle, purpose)
    }

    fn join_form(&self) -> Join {
        let handle = self.neighbour.handle;
        let key = self.street.roots.key(handle);
        Join {
            id: self.person_id,
            display_name: self.neighbour.name.into(),
            handle: handle.into(),
            email: format!("{handle}@town.example"),
            password: self.street.roots.password(handle),
            date_of_birth: "1988-05-17".into(),
            country: "US".into(),
            currency: "USD".into(),
            device: NewDevice {
                id: self.id("device"),
                public_key: protocol::key_to_text(&key.verifying_key()),
                name: "Practice".into(),
            },
        }
    }

    /// The first card on offer that behaves like its owner.
    async fn card_token(&self) -> Result<String, WalletError> {
        use protocol::body::{Behaviour, CardClass};
        let wanted = match self.neighbour.habit {
            Habit::Confirms => Behaviour::NeedsAction,
            _ => Behaviour::Pays,
        };
        let offers = self.remote.source_offers().await?;
        let debit = |class| matches!(class, Some(CardClass::VisaDebit | CardClass::MastercardDebit));
        let fits = offers.into_iter().find(|o| o.refused.is_none() && o.behaviour == wanted && debit(o.card_class));
        Ok(fits.ok_or(WalletError::BadAnswer)?.token)
    }

    /// Days with an open line, until it breaks.
    async fn days(&mut self) -> Result<(), WalletError> {
        let mut pokes = self.remote.pokes().await?;
        loop {
            self.pull().await?;
            self.greet().await?;
            let next_ms = self.act().await?;
            self.wait(&mut pokes, next_ms).await?;
        }
    }

    async fn wait(&mut self, pokes: &mut Pokes, next_ms: Option<i64>) -> Result<(), WalletError> {
        let patience = self.street.pace.moment_ms.saturating_mul(PATIENCE_MOMENTS);
        let now_ms = self.remote.server_now_ms();
        let due = next_ms.map_or(patience, |at| u64::try_from(at.saturating_sub(now_ms)).unwrap_or(0));
        tokio::select! {
            poke = pokes.next() => poke.unwrap_or(Err(wallet::TransportError::Lost)).map(drop).map_err(WalletError::from),
            () = self.street.clock.sleep(due.min(patience)) => Ok(()),
            told = self.street.newcomer.changed() => {
                if told.is_err() {
                    std::future::pending::<()>().await; // the town is being torn down
                }
                Ok(())
            }
        }
    }

    /// Reads everything new of the own feed.
    async fn pull(&mut self) -> Result<(), WalletError> {
        loop {
            let page = self.remote.feed(self.cursor, 500).await?;
            for change in &page.changes {
                match serde_json::from_str(&change.body).map_err(|_| WalletError::BadAnswer)? {
                    Subject::Request(request) => drop(self.requests.insert(request.id, request)),
                    Subject::Payment(payment) => drop(self.payments.insert(payment.id, payment)),
                    Subject::Me(_) | Subject::Sources { .. } => {}
                }
                self.cursor = change.sequence;
            }
            if !page.more || page.changes.is_empty() {
                return Ok(());
            }
        }
    }

    /// Asks a newcomer for money, once in a lifetime.
    async fn greet(&mut self) -> Result<(), WalletError> {
        let newcomer = self.street.newcomer.borrow_and_update().clone();
        if self.neighbour.habit != Habit::Asks || newcomer == self.asked {
            return Ok(());
        }
        if let Some(handle) = &newcomer {
            let id = self.id(&format!("ask {handle}"));
            if !self.requests.contains_key(&id) {
                let few = self.street.pace.few_moments(luck(self.street.roots.seed(), id));
                self.street.clock.sleep(few.unsigned_abs()).await;
                self.ask(id, &ASKED, Some(handle), true).await?;
            }
        }
        self.asked = newcomer;
        Ok(())
    }

    /// Asks, unless it was asked before. A refusal is an answer: it is not tried again.
    async fn ask(&self, id: Uuid, ware: &Ware, payer: Option<&Handle>, single_use: bool) -> Result<(), WalletError> {
        if self.requests.contains_key(&id) {
            return Ok(());
        }
        let request = NewRequest {
            id,
            amount: Some(Amount { value: ware.price.into(), currency: "USD".into() }),
            note: ware.note.into(),
            payer_handle: payer.map(ToString::to_string),
            expires_at_ms: None,
            single_use,
            policy: Policy { partial: PartialPolicy::Accept, over: OverPolicy::Accept, late: LatePolicy::Accept },
            group: None,
            ways: Vec::new(),
        };
        answered(self.remote.new_request(&request).await).map(drop)
    }

    /// Does what is due; gives when the next thing is.
    async fn act(&mut self) -> Result<Option<i64>, WalletError> {
        while let Some((request, tried, plan)) = self.next_plan() {
            if plan.at_ms > self.remote.server_now_ms() {
                return Ok(Some(plan.at_ms));
            }
            self.carry_out(&request, plan.act).await?;
            self.tried.insert(tried);
            self.pull().await?;
        }
        Ok(None)
    }

    /// The earliest thing to do about requests of others.
    fn next_plan(&self) -> Option<(Request, Try, Plan)> {
        let seed = self.street.roots.seed();
        let asked_of_me = self.requests.values().filter(|r| r.payer.as_ref().is_some_and(|p| p.id == self.person_id));
        let plans = asked_of_me.filter_map(|request| {
            let mine =
                self.payments.values().filter(|p| p.request_id == Some(request.id) && p.payer.id == self.person_id);
            let own: Vec<&Payment> = mine.collect();
            let plan = plan(self.neighbour.habit, request, &own, self.street.pace, seed)?;
            let tried = (request.id, request.version, own.len(), matches!(plan.act, Act::Confirm { .. }));
            (!self.tried.contains(&tried)).then(|| (request.clone(), tried, plan))
        });
        plans.min_by_key(|(_, _, plan)| plan.at_ms)
    }

    async fn carry_out(&mut self, request: &Request, act: Act) -> Result<(), WalletError> {
        match act {
            Act::Decline => answered(self.remote.decline_request(request.id).await).map(drop),
            Act::Pay { part, amount } => self.pay(request, part, amount.into()).await,
            Act::Confirm { payment_id } => {
                let url = self.payments.get(&payment_id).and_then(|payment| payment.action_url.clone());
                let Some(path) = url.as_deref().and_then(|url| url.strip_prefix(&self.street.server)) else {
                    return Ok(()); // a page elsewhere: nobody here goes there
                };
                match bank::approve(&*self.transport, path).await {
                    Err(BankError::Line(error)) => Err(error.into()),
                    Err(error @ (BankError::Refused(_) | BankError::NoForm)) => {
                        tracing::warn!(neighbour = self.neighbour.handle, %error, "the bank's page");
                        Ok(())
                    }
                    Ok(()) => Ok(()),
                }
            }
        }
    }

    /// Pays, unless that part was paid before: its id is the same every time, so it is asked for first.
    async fn pay(&mut self, request: &Request, part: usize, amount: Amount) -> Result<(), WalletError> {
        let purpose = format!("payment {} {part}", request.id);
        let id = self.street.roots.id_at(self.neighbour.handle, &purpose, request.created_at_ms);
        match self.remote.payment(id).await {
            Err(WalletError::Refused(problem)) if problem.code == Code::NotFound => {}
            other => {
                self.payments.insert(id, other?);
                return Ok(());
            }
        }
        let payee = &request.requester;
        let ask = QuoteAsk { payee_id: payee.id, amount: amount.clone(), request_id: Some(request.id) };
        let Some(quote) = answered(self.remote.quote(&ask).await)? else { return Ok(()) };
        let source_id = self.id("source");
        let Some(line) = quote.lines.into_iter().find(|line| line.source_id == source_id) else { return Ok(()) };
        let now_ms = self.remote.server_now_ms();
        let order = Order {
            id,
            server: self.street.server.clone(),
            payer_id: self.person_id,
            device_id: self.id("device"),
            payee_id: payee.id,
            payee_handle: payee.handle.clone(),
            payee_name: payee.display_name.clone(),
            amount,
            fee: line.fee,
            source_id,
            request_id: Some(request.id),
            note: String::new(),
            confirmed_at_ms: now_ms,
            expires_at_ms: now_ms.saturating_add(ORDER_LIFE_MS),
        };
        let key = self.street.roots.key(self.neighbour.handle);
        let signed = order.sign(&key).map_err(|_| WalletError::Fault("own order"))?;
        if let Some(payment) = answered(self.remote.pay(&signed).await)? {
            self.payments.insert(payment.id, payment);
        }
        Ok(())
    }
}

/// `None` when the server said no for good; what may be cured by trying later stays an error.
fn answered<T>(result: Result<T, WalletError>) -> Result<Option<T>, WalletError> {
    match result {
        Ok(answer) => Ok(Some(answer)),
        Err(WalletError::Refused(problem)) if !problem.code.is_temporary() => {
            tracing::debug!(code = ?problem.code, "a neighbour was refused");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
