//! Confirming a payment, or a return of one: the core fetches and keeps its own copy of what is shown, and signs exactly
//! that, once.

use pay::{Handle, Money};
use protocol::body::{Amount, Payee, Payment, Quote, QuoteAsk, QuoteLine, Request, RequestState, Source};
use protocol::{Code, Order, Problem};
use uuid::Uuid;

use super::App;
use super::give_back;
use super::hold::hold_ms;
use super::known::{known_payee, known_quote, known_request, known_sources, no_line};
use super::settings::{asks_pin_to_pay, check_pin, refuse};
use crate::WalletError;
use crate::book::Book;
use crate::keys::leaving_no_trace;
use crate::outside::KillPoint;
use crate::view::{Confirmation, Confirmed, Draft, DuePayment, GivesBack, PayeeFacts};

/// A view has to be there this long before it can be confirmed.
const READ_MS: i64 = 600;
/// An order that waited leaves at least this long before it expires.
const LEAVING_MS: i64 = 10_000;
/// A view that nobody answered gives way to another after this.
const FORGOTTEN_MS: i64 = 600_000;
/// Longest note, bytes.
const MAX_NOTE: usize = 1_000;

/// What waits for confirmation.
pub(super) struct Pending {
    /// Who gets it.
    pub(super) payee: Payee,
    pub(super) facts: PayeeFacts,
    pub(super) amount: Money,
    pub(super) agreement: Agreement,
    /// The server could not be reached: all of this is as known last.
    pub(super) is_queued: bool,
    /// Shown, and signed.
    pub(super) expires_at_ms: i64,
    pub(super) hold_ms: i64,
    pub(super) viewed_at_ms: Option<i64>,
}

/// What is agreed to.
pub(super) enum Agreement {
    /// A payment.
    Payment(Box<Paying>),
    /// This received payment goes back.
    Return(Box<Payment>),
}

/// What only a payment has.
pub(super) struct Paying {
    line: QuoteLine,
    source: Source,
    note: String,
    request: Option<Request>,
    /// The occurrence of a schedule that it pays.
    due: Option<DuePayment>,
}

impl App {
    /// Asks the server who would be paid and what it costs, and keeps the answer for the confirmation window.
    pub async fn prepare_payment(&self, draft: Draft) -> Result<(), WalletError> {
        self.prepare_for(draft, None).await
    }

    /// The same for an occurrence of a scheduled payment, which is done with once it is confirmed.
    pub async fn prepare_scheduled_payment(&self, draft: Draft, due: DuePayment) -> Result<(), WalletError> {
        self.check_due(due).await?;
        self.prepare_for(draft, Some(due)).await
    }

    async fn prepare_for(&self, draft: Draft, due: Option<DuePayment>) -> Result<(), WalletError> {
        let _turn = self.inner.confirming.lock().await;
        let book = self.book().await?;
        self.is_free(&book)?;
        let life_ms = self.settings().await?.order_life.ms();
        let mut pending = prepare(&book, draft, due, life_ms).await?;
        let Agreement::Payment(paying) = &pending.agreement else { return Err(WalletError::Fault("not a payment")) };
        let scanned = self.inner.scanned.asked_for(paying.request.as_ref(), pending.amount);
        let hold = self.settings().await.unwrap_or_default().hold;
        pending.hold_ms = hold_ms(&hold, pending.amount, pending.facts.first_payment, scanned);
        *self.confirmation() = Some(pending);
        Ok(())
    }

    /// Asks the server for a received payment and keeps it for the confirmation window, to be given back: whole, or this
    /// much of it. It goes to the source it came from; nobody chooses where.
    pub async fn prepare_return(&self, payment_id: Uuid, amount: Amount) -> Result<(), WalletError> {
        let _turn = self.inner.confirming.lock().await;
        let book = self.book().await?;
        self.is_free(&book)?;
        let life_ms = self.settings().await?.order_life.ms();
        let mut pending = give_back::prepare(&book, payment_id, &amount, life_ms).await?;
        let hold = self.settings().await.unwrap_or_default().hold;
        // Where it goes was settled by whoever paid, so that nothing can be wrong but the amount.
        pending.hold_ms = hold_ms(&hold, pending.amount, false, false);
        *self.confirmation() = Some(pending);
        Ok(())
    }

    /// What the confirmation window shows. The first look starts the clock of [`App::confirm_pay`].
    pub async fn confirm_view(&self) -> Result<Confirmation, WalletError> {
        let book = self.book().await?;
        let pin_needed = asks_pin_to_pay(&book).await?;
        let mut guard = self.confirmation();
        let pending = guard.as_mut().ok_or(WalletError::NothingToConfirm)?;
        let opened_at_ms = *pending.viewed_at_ms.get_or_insert_with(|| book.clock.now_ms());
        let amount = Amount::from(pending.amount);
        let shown = Confirmation {
            payee: pending.payee.clone(),
            facts: pending.facts.clone(),
            amount: amount.clone(),
            fee: Money::zero(pending.amount.currency()).into(),
            total: amount,
            source: None,
            note: String::new(),
            request_id: None,
            gives_back: None,
            hold_s: u32::try_from(pending.hold_ms / 1000).unwrap_or(u32::MAX),
            pin_needed,
            mode: book.card.mode,
            is_queued: pending.is_queued,
            expires_at_ms: pending.expires_at_ms,
            opened_at_ms,
        };
        Ok(match &pending.agreement {
            Agreement::Payment(paying) => Confirmation {
                fee: paying.line.fee.clone(),
                total: paying.line.total.clone(),
                source: Some(paying.source.clone()),
                note: paying.note.clone(),
                request_id: paying.request.as_ref().map(|request| request.id),
                ..shown
            },
            Agreement::Return(payment) => Confirmation {
                gives_back: Some(GivesBack {
                    payment_id: payment.id,
                    received: payment.amount.clone(),
                    received_at_ms: payment.updated_at_ms,
                }),
                ..shown
            },
        })
    }

    /// The person confirmed: signs what was shown, stores it, and wakes the sender.
    pub async fn confirm_pay(&self, pin: Option<String>) -> Result<Confirmed, WalletError> {
        let _turn = self.inner.confirming.lock().await;
        let book = self.book().await?;
        {
            let guard = self.confirmation();
            let viewed = guard.as_ref().ok_or(WalletError::NothingToConfirm)?.viewed_at_ms;
            if viewed.is_none_or(|at| book.clock.now_ms().saturating_sub(at) < READ_MS) {
                return Err(WalletError::ConfirmTooEarly);
            }
        }
        if asks_pin_to_pay(&book).await? {
            check_pin(&book, pin.as_deref()).await?;
        }
        let pending = self.confirmation().take().ok_or(WalletError::NothingToConfirm)?;
        let stored = match &pending.agreement {
            Agreement::Payment(paying) => store(&book, &pending, paying).await,
            Agreement::Return(payment) => give_back::store(&book, &pending, payment).await,
        };
        match stored {
            Ok(confirmed) => {
                book.probe.reached(KillPoint::StoredNotSent);
                crate::sender::wake_line(&book);
                book.wake_sender.notify_one();
                book.changed();
                Ok(confirmed)
            }
            Err(error) => {
                *self.confirmation() = Some(pending);
                Err(error)
            }
        }
    }

    /// The person did not want to.
    pub async fn confirm_cancel(&self) -> Result<(), WalletError> {
        *self.confirmation() = None;
        Ok(())
    }

    /// What this device knows about somebody about to be paid.
    pub async fn payee_facts(&self, handle: &str) -> Result<PayeeFacts, WalletError> {
        let book = self.book().await?;
        let handle = read_handle(handle)?;
        let payee = match book.remote()?.payee(&handle).await {
            Err(error) if no_line(&error) => known_payee(&book, &handle).await?,
            answer => answer?,
        };
        facts(&book, &payee).await
    }

    /// That nothing else is being confirmed now.
    fn is_free(&self, book: &Book) -> Result<(), WalletError> {
        book.writable()?;
        let now = book.clock.now_ms();
        let busy = |pending: &Pending| pending.viewed_at_ms.is_some_and(|at| (0..FORGOTTEN_MS).contains(&(now - at)));
        if self.confirmation().as_ref().is_some_and(busy) { Err(refuse(Code::WrongState)) } else { Ok(()) }
    }

    fn confirmation(&self) -> std::sync::MutexGuard<'_, Option<Pending>> {
        self.inner.confirmation.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A handle as typed.
pub(super) fn read_handle(text: &str) -> Result<Handle, WalletError> {
    Handle::parse(text).map_err(|_| refuse(Code::NotFound))
}

async fn prepare(book: &Book, draft: Draft, due: Option<DuePayment>, life_ms: i64) -> Result<Pending, WalletError> {
    let amount = Money::try_from(&draft.amount)?;
    if amount.is_zero() {
        return Err(refuse(Code::AmountInvalid));
    }
    if draft.note.len() > MAX_NOTE {
        return Err(refuse(Code::TooLarge));
    }
    let remote = book.remote()?;
    let handle = read_handle(&draft.payee_handle)?;
    let (payee, is_queued) = match remote.payee(&handle).await {
        Err(error) if no_line(&error) => (known_payee(book, &handle).await?, true),
        answer => (answer?, false),
    };
    if payee.person.id == book.account()?.person_id {
        return Err(refuse(Code::SelfPayment));
    }
    let facts = facts(book, &payee).await?;
    if facts.key_changed {
        return Err(WalletError::KeyChanged);
    }
    let request = match draft.request_id {
        Some(id) if is_queued => Some(payable(known_request(book, id).await?, &payee)?),
        Some(id) => Some(payable(remote.request(id).await?, &payee)?),
        None => None,
    };
    let ask = QuoteAsk { payee_id: payee.person.id, amount: amount.into(), request_id: draft.request_id };
    let quote = if is_queued { known_quote(book, ask.payee_id, amount).await? } else { remote.quote(&ask).await? };
    let sources = if is_queued { known_sources(book).await? } else { remote.sources().await? };
    let (source, line) = usable(quote, sources, draft.source_id, amount)?;
    let expires_at_ms = valid_until(request.as_ref(), book.now_ms(), life_ms);
    let agreement = Agreement::Payment(Box::new(Paying { line, source, note: draft.note, request, due }));
    Ok(Pending { payee, facts, amount, agreement, is_queued, expires_at_ms, hold_ms: 0, viewed_at_ms: None })
}

/// The source the money comes from and what it costs with it, if nothing stands against it.
fn usable(
    quote: Quote,
    sources: Vec<Source>,
    source_id: Uuid,
    amount: Money,
) -> Result<(Source, QuoteLine), WalletError> {
    let refused = |code, bars: Vec<_>| Err(WalletError::Refused(Box::new(Problem { bars, ..Problem::from(code) })));
    if !quote.send_bars.is_empty() {
        return refused(Code::NotEligible, quote.send_bars);
    }
    if !quote.receive_bars.is_empty() {
        return refused(Code::PayeeNotEligible, quote.receive_bars);
    }
    if quote.over_limit.is_some() {
        let problem = Problem { limit: quote.over_limit, allowance: quote.near, ..Problem::from(Code::OverLimit) };
        return Err(WalletError::Refused(Box::new(problem)));
    }
    let source = sources.into_iter().find(|source| source.id == source_id);
    let line = quote.lines.into_iter().find(|line| line.source_id == source_id);
    let (Some(source), Some(line)) = (source, line) else { return Err(refuse(Code::SourceRefused)) };
    if let Some(bar) = line.bar {
        return refused(Code::SourceRefused, vec![bar]);
    }
    let (fee, total) = (Money::try_from(&line.fee), Money::try_from(&line.total));
    let adds_up = match (fee, total) {
        (Ok(fee), Ok(total)) => amount.checked_add(fee) == Ok(total),
        _ => false,
    };
    if adds_up { Ok((source, line)) } else { Err(WalletError::BadAnswer) }
}

/// Until when an order confirmed now is valid: as long as was chosen, and not beyond the end of its request.
fn valid_until(request: Option<&Request>, now_ms: i64, life_ms: i64) -> i64 {
    let end = request.and_then(|request| request.expires_at_ms).filter(|end| *end > now_ms);
    now_ms.saturating_add(life_ms).min(end.unwrap_or(i64::MAX))
}

/// A request that can be paid, by its own payee.
fn payable(request: Request, payee: &Payee) -> Result<Request, WalletError> {
    if request.requester.id != payee.person.id {
        return Err(refuse(Code::NotFound));
    }
    match request.state {
        RequestState::Paid if request.single_use => Err(refuse(Code::RequestPaid)),
        RequestState::Declined => Err(refuse(Code::RequestDeclined)),
        RequestState::Canceled => Err(refuse(Code::RequestCanceled)),
        RequestState::Expired if request.policy.late == protocol::body::LatePolicy::Refuse => {
            Err(refuse(Code::RequestExpired))
        }
        RequestState::Open
        | RequestState::Processing
        | RequestState::PartiallyPaid
        | RequestState::Paid
        | RequestState::Expired => Ok(request),
    }
}

pub(super) async fn facts(book: &Book, payee: &Payee) -> Result<PayeeFacts, WalletError> {
    let known = book.acquaintance(&payee.person).await?;
    let (words, seal) = crate::fingerprint(known.other_key.as_ref().unwrap_or(&payee.person.public_key));
    Ok(PayeeFacts {
        first_payment: known.first_payment,
        four_words: words.map(str::to_owned).to_vec(),
        seal: seal.to_vec(),
        looks_like: known.looks_like,
        same_name_as: known.same_name_as,
        key_changed: known.other_key.is_some(),
    })
}

async fn store(book: &Book, pending: &Pending, paying: &Paying) -> Result<Confirmed, WalletError> {
    let account = book.account()?;
    let now = book.now_ms();
    if now >= pending.expires_at_ms {
        return Err(refuse(Code::OrderExpired));
    }
    let order = Order {
        id: crate::new_id(&*book.clock, &*book.random),
        server: book.remote().map_or_else(|_| book.card.server_url.clone(), |remote| remote.server().to_owned()),
        payer_id: account.person_id,
        device_id: account.device_id,
        payee_id: pending.payee.person.id,
        payee_handle: pending.payee.person.handle.clone(),
        payee_name: pending.payee.person.display_name.clone(),
        amount: pending.amount.into(),
        fee: paying.line.fee.clone(),
        source_id: paying.source.id,
        request_id: paying.request.as_ref().map(|request| request.id),
        note: paying.note.clone(),
        confirmed_at_ms: now,
        expires_at_ms: pending.expires_at_ms,
    };
    let payment_id = order.id;
    // A request that ends soon is not to end while its payment waits here.
    let not_before_ms =
        now.saturating_add(pending.hold_ms).min(order.expires_at_ms.saturating_sub(LEAVING_MS)).max(now);
    let device = account.device();
    let signed = leaving_no_trace(|| order.sign(&device.key)).map_err(|_| WalletError::BadAnswer)?;
    book.store_order(&signed, book.me()?.person, pending.payee.person.clone(), not_before_ms, paying.due).await?;
    Ok(Confirmed { payment_id })
}
