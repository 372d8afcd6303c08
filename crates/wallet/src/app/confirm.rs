//! Confirming a payment: the core fetches and keeps its own copy of what is shown, and signs exactly that, once.

use pay::{Handle, Money};
use protocol::body::{Payee, QuoteAsk, QuoteLine, Request, RequestState, Source};
use protocol::{Code, Order, Problem};

use super::App;
use super::hold::hold_ms;
use super::settings::{asks_pin_to_pay, check_pin, refuse};
use crate::WalletError;
use crate::book::Book;
use crate::keys::leaving_no_trace;
use crate::outside::KillPoint;
use crate::view::{Confirmation, Confirmed, Draft, DuePayment, PayeeFacts};

/// A view has to be there this long before it can be confirmed.
const READ_MS: i64 = 600;
/// How long an order typed by hand may wait for the line.
const ORDER_LIFE_MS: i64 = 24 * 3_600_000;
/// An order that waited leaves at least this long before it expires.
const LEAVING_MS: i64 = 10_000;
/// A view that nobody answered gives way to another after this.
const FORGOTTEN_MS: i64 = 600_000;
/// Longest note, bytes.
const MAX_NOTE: usize = 1_000;

/// What waits for confirmation.
pub(super) struct Pending {
    payee: Payee,
    facts: PayeeFacts,
    amount: Money,
    line: QuoteLine,
    source: Source,
    note: String,
    request: Option<Request>,
    due: Option<DuePayment>,
    viewed_at_ms: Option<i64>,
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
        book.writable()?;
        let now = book.clock.now_ms();
        let busy = |pending: &Pending| pending.viewed_at_ms.is_some_and(|at| (0..FORGOTTEN_MS).contains(&(now - at)));
        if self.pending().as_ref().is_some_and(busy) {
            return Err(refuse(Code::WrongState));
        }
        let pending = prepare(&book, draft).await?;
        *self.pending() = Some(Pending { due, ..pending });
        Ok(())
    }

    /// What the confirmation window shows. The first look starts the clock of [`App::confirm_pay`].
    pub async fn confirm_view(&self) -> Result<Confirmation, WalletError> {
        let book = self.book().await?;
        let pin_needed = asks_pin_to_pay(&book).await?;
        let mut guard = self.pending();
        let pending = guard.as_mut().ok_or(WalletError::NothingToConfirm)?;
        let opened_at_ms = *pending.viewed_at_ms.get_or_insert_with(|| book.clock.now_ms());
        Ok(Confirmation {
            payee: pending.payee.clone(),
            facts: pending.facts.clone(),
            amount: pending.amount.into(),
            fee: pending.line.fee.clone(),
            total: pending.line.total.clone(),
            source: pending.source.clone(),
            note: pending.note.clone(),
            request_id: pending.request.as_ref().map(|request| request.id),
            pin_needed,
            mode: book.card.mode,
            opened_at_ms,
        })
    }

    /// The person confirmed: signs what was shown, stores it, and wakes the sender.
    pub async fn confirm_pay(&self, pin: Option<String>) -> Result<Confirmed, WalletError> {
        let _turn = self.inner.confirming.lock().await;
        let book = self.book().await?;
        {
            let guard = self.pending();
            let viewed = guard.as_ref().ok_or(WalletError::NothingToConfirm)?.viewed_at_ms;
            if viewed.is_none_or(|at| book.clock.now_ms().saturating_sub(at) < READ_MS) {
                return Err(WalletError::ConfirmTooEarly);
            }
        }
        if asks_pin_to_pay(&book).await? {
            check_pin(&book, pin.as_deref()).await?;
        }
        let pending = self.pending().take().ok_or(WalletError::NothingToConfirm)?;
        let scanned = self.inner.scanned.asked_for(pending.request.as_ref(), pending.amount);
        let hold = self.settings().await.unwrap_or_default().hold;
        let hold_ms = hold_ms(&hold, pending.amount, pending.facts.first_payment, scanned);
        match store(&book, &pending, hold_ms).await {
            Ok(confirmed) => {
                book.probe.reached(KillPoint::StoredNotSent);
                book.wake_sender.notify_one();
                book.changed();
                Ok(confirmed)
            }
            Err(error) => {
                *self.pending() = Some(pending);
                Err(error)
            }
        }
    }

    /// The person did not want to.
    pub async fn confirm_cancel(&self) -> Result<(), WalletError> {
        *self.pending() = None;
        Ok(())
    }

    /// What this device knows about somebody about to be paid.
    pub async fn payee_facts(&self, handle: &str) -> Result<PayeeFacts, WalletError> {
        let book = self.book().await?;
        let handle = read_handle(handle)?;
        let payee = book.remote()?.payee(&handle).await?;
        facts(&book, &payee).await
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, Option<Pending>> {
        self.inner.confirmation.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A handle as typed.
pub(super) fn read_handle(text: &str) -> Result<Handle, WalletError> {
    Handle::parse(text).map_err(|_| refuse(Code::NotFound))
}

async fn prepare(book: &Book, draft: Draft) -> Result<Pending, WalletError> {
    let amount = Money::try_from(&draft.amount)?;
    if amount.is_zero() {
        return Err(refuse(Code::AmountInvalid));
    }
    if draft.note.len() > MAX_NOTE {
        return Err(refuse(Code::TooLarge));
    }
    let remote = book.remote()?;
    let payee = remote.payee(&read_handle(&draft.payee_handle)?).await?;
    if payee.person.id == book.account()?.person_id {
        return Err(refuse(Code::SelfPayment));
    }
    let facts = facts(book, &payee).await?;
    if facts.key_changed {
        return Err(WalletError::KeyChanged);
    }
    let request = match draft.request_id {
        Some(id) => Some(payable(remote.request(id).await?, &payee)?),
        None => None,
    };
    let ask = QuoteAsk { payee_id: payee.person.id, amount: amount.into(), request_id: draft.request_id };
    let quote = remote.quote(&ask).await?;
    let refused = |code, bars: Vec<_>| Err(WalletError::Refused(Box::new(Problem { bars, ..Problem::from(code) })));
    if !quote.send_bars.is_empty() {
        return refused(Code::NotEligible, quote.send_bars);
    }
    if !quote.receive_bars.is_empty() {
        return refused(Code::PayeeNotEligible, quote.receive_bars);
    }
    if quote.over_limit.is_some() {
        let problem = Problem { limit: quote.over_limit, ..Problem::from(Code::OverLimit) };
        return Err(WalletError::Refused(Box::new(problem)));
    }
    let source = remote.sources().await?.into_iter().find(|source| source.id == draft.source_id);
    let line = quote.lines.into_iter().find(|line| line.source_id == draft.source_id);
    let (Some(source), Some(line)) = (source, line) else { return Err(refuse(Code::SourceRefused)) };
    if let Some(bar) = line.bar {
        return refused(Code::SourceRefused, vec![bar]);
    }
    let (fee, total) = (Money::try_from(&line.fee), Money::try_from(&line.total));
    let adds_up = match (fee, total) {
        (Ok(fee), Ok(total)) => amount.checked_add(fee) == Ok(total),
        _ => false,
    };
    if !adds_up {
        return Err(WalletError::BadAnswer);
    }
    Ok(Pending { payee, facts, amount, line, source, note: draft.note, request, due: None, viewed_at_ms: None })
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

async fn facts(book: &Book, payee: &Payee) -> Result<PayeeFacts, WalletError> {
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

async fn store(book: &Book, pending: &Pending, hold_ms: i64) -> Result<Confirmed, WalletError> {
    let account = book.account()?;
    let now = book.now_ms();
    let end = pending.request.as_ref().and_then(|request| request.expires_at_ms).filter(|end| *end > now);
    let order = Order {
        id: crate::new_id(&*book.clock, &*book.random),
        server: book.remote().map_or_else(|_| book.card.server_url.clone(), |remote| remote.server().to_owned()),
        payer_id: account.person_id,
        device_id: account.device_id,
        payee_id: pending.payee.person.id,
        payee_handle: pending.payee.person.handle.clone(),
        payee_name: pending.payee.person.display_name.clone(),
        amount: pending.amount.into(),
        fee: pending.line.fee.clone(),
        source_id: pending.source.id,
        request_id: pending.request.as_ref().map(|request| request.id),
        note: pending.note.clone(),
        confirmed_at_ms: now,
        expires_at_ms: end.unwrap_or(now.saturating_add(ORDER_LIFE_MS)),
    };
    let payment_id = order.id;
    // A request that ends soon is not to end while its payment waits here.
    let not_before_ms = now.saturating_add(hold_ms).min(order.expires_at_ms.saturating_sub(LEAVING_MS)).max(now);
    let device = account.device();
    let signed = leaving_no_trace(|| order.sign(&device.key)).map_err(|_| WalletError::BadAnswer)?;
    book.store_order(&signed, book.me()?.person, pending.payee.person.clone(), not_before_ms, pending.due).await?;
    Ok(Confirmed { payment_id })
}
