use crate::fault::Fault;
use crate::payments::rows::{PaymentRow, find_payment};
use crate::payments::{book, give_back, receipt, tell_payer};
use crate::people::rows::the_person;
use crate::processor::{Charge, Outcome, Processor, Refund, Silence};
use crate::requests::{attempt_failed, money_came};
use crate::sources::rows::find_source;
use crate::state::Server;
use crate::writer::Work;
use ledger::args;
use pay::{FailureReason, PaymentEvent};
use protocol::body::PaymentState;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use uuid::Uuid;

/// Most questions to the processor at once.
const MOST_ASKING: usize = 64;

/// Payments whose outcome is not final, oldest first: to be asked about after a start.
pub async fn unfinished(server: &Server) -> Result<Vec<Uuid>, Fault> {
    const SQL: &str = "SELECT id FROM payment WHERE state IN ('processing', 'requires_action') ORDER BY created_at_ms";
    let rows = server.read().await?.rows(SQL, args![]).await?;
    Ok(rows.iter().map(|row| row.uuid(0)).collect::<Result<_, _>>()?)
}

/// Takes accepted payments to the processor until the server stops.
pub async fn keep_settling(server: Server, mut accepted: mpsc::UnboundedReceiver<Uuid>) {
    let asking = Arc::new(Semaphore::new(MOST_ASKING));
    let mut stopping = server.stopping.clone();
    loop {
        let id = tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            id = accepted.recv() => id,
        };
        let Some(id) = id else { return };
        tokio::spawn(settle(server.clone(), asking.clone(), id));
    }
}

/// Asks until the outcome is known and written down. What is left when the server stops is asked again on its start.
async fn settle(server: Server, asking: Arc<Semaphore>, id: Uuid) {
    let mut stopping = server.stopping.clone();
    for attempt in 0.. {
        let asked = tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            asked = ask_once(&server, &asking, id) => asked,
        };
        match asked {
            Ok(()) | Err(Fault::Stopping) => return,
            Err(error) => tracing::warn!(payment = %id, attempt, %error, "not settled yet"),
        }
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(server.config.timings.ask_again(attempt)) => {}
        }
    }
}

async fn ask_once(server: &Server, asking: &Semaphore, id: Uuid) -> Result<(), Fault> {
    let Some(question) = question_of(server, id).await? else { return Ok(()) };
    let wait = Duration::from_millis(server.config.timings.processor_wait_ms);
    let permit = asking.acquire().await.map_err(|_| Fault::Stopping)?;
    let answer = tokio::time::timeout(wait, question.ask(&*server.processor)).await;
    drop(permit);
    match answer {
        Ok(Ok(outcome)) => {
            let words = server.clone();
            server.writer.submit(move |work| Box::pin(async move { write_down(work, &words, id, outcome).await })).await
        }
        Ok(Err(Silence::Lost)) | Err(_) => {
            server.writer.submit(move |work| Box::pin(async move { mark_unknown(work, id).await })).await?;
            Err(Fault::Processor)
        }
    }
}

/// What the processor is asked to do.
enum Question {
    Charge(Charge),
    Refund(Refund),
}

impl Question {
    async fn ask(self, processor: &dyn Processor) -> Result<Outcome, Silence> {
        match self {
            Question::Charge(charge) => processor.charge(charge).await,
            Question::Refund(refund) => processor.refund(refund).await,
        }
    }
}

/// What is to be asked; `None` when the payment is final already.
async fn question_of(server: &Server, id: Uuid) -> Result<Option<Question>, Fault> {
    let mut tx = server.read().await?;
    let row = find_payment(&mut tx, id).await?.ok_or(Fault::Stored("payment"))?;
    if pay::PaymentState::from(row.state).is_final() {
        return Ok(None);
    }
    if let Some(payment_id) = row.returns {
        return Ok(Some(Question::Refund(give_back::refund(&row, payment_id))));
    }
    let from = find_source(&mut tx, row.source_id).await?.ok_or(Fault::Stored("source"))?;
    let to = find_source(&mut tx, row.payee_source_id).await?.ok_or(Fault::Stored("source"))?;
    let (from_token, to_token) = (from.token, to.token);
    Ok(Some(Question::Charge(Charge { payment_id: id, from_token, to_token, amount: row.amount, fee: row.fee })))
}

async fn mark_unknown(work: &mut Work, id: Uuid) -> Result<(), Fault> {
    let mut row = find_payment(&mut work.tx, id).await?.ok_or(Fault::Stored("payment"))?;
    if row.outcome_unknown || pay::PaymentState::from(row.state).is_final() {
        return Ok(());
    }
    row.outcome_unknown = true;
    row.update(&mut work.tx, work.now_ms).await?;
    tell_payer(work, &row).await.map(drop)
}

/// Writes an outcome into book, payment, request and feeds. A payment that is final stays as it is, so that an answer
/// that comes late or twice changes nothing.
async fn write_down(work: &mut Work, server: &Server, id: Uuid, outcome: Outcome) -> Result<(), Fault> {
    let mut row = find_payment(&mut work.tx, id).await?.ok_or(Fault::Stored("payment"))?;
    if pay::PaymentState::from(row.state).is_final() {
        return Ok(());
    }
    row.verified_by = Some(server.processor.name().to_owned());
    match outcome {
        Outcome::Charged => charged(work, server, &mut row).await,
        Outcome::Declined(reason) => declined(work, &mut row, reason).await,
        Outcome::ActionAsked(place) => action_asked(work, server, &mut row, &place).await,
        Outcome::Canceled => call_off(work, &mut row).await,
    }
}

async fn charged(work: &mut Work, server: &Server, row: &mut PaymentRow) -> Result<(), Fault> {
    let mut state = pay::PaymentState::from(row.state);
    if state == pay::PaymentState::RequiresAction {
        state = state.after(PaymentEvent::ActionDone)?;
    }
    row.state = state.after(PaymentEvent::Charged)?.into();
    (row.outcome_unknown, row.action_url) = (false, None);
    if row.returns.is_none() {
        let payee = the_person(&mut work.tx, row.payee_id).await?;
        row.updated_at_ms = work.now_ms;
        row.receipt = Some(receipt::signed(server, row, &payee.handle));
    }
    row.update(&mut work.tx, work.now_ms).await?;
    book::post(&mut work.tx, row, work.now_ms).await?;
    tell_payer(work, row).await?;
    give_back::tell_payee(work, row).await?;
    match (row.request_id, row.returns) {
        (Some(request_id), _) => money_came(work, request_id, row.amount, row.created_at_ms).await,
        (None, Some(payment_id)) => give_back::came_back(work, payment_id, row.amount).await,
        (None, None) => Ok(()),
    }
}

async fn declined(work: &mut Work, row: &mut PaymentRow, reason: FailureReason) -> Result<(), Fault> {
    row.state = pay::PaymentState::from(row.state).after(PaymentEvent::Declined)?.into();
    row.failure = Some(reason.into());
    let_go(work, row).await
}

async fn action_asked(work: &mut Work, server: &Server, row: &mut PaymentRow, place: &str) -> Result<(), Fault> {
    if row.state == PaymentState::RequiresAction && !row.outcome_unknown {
        return Ok(());
    }
    if row.state == PaymentState::Processing {
        row.state = pay::PaymentState::from(row.state).after(PaymentEvent::ActionAsked)?.into();
    }
    let url = if place.starts_with('/') { format!("{}{place}", server.public_url) } else { place.to_owned() };
    (row.outcome_unknown, row.action_url) = (false, Some(url));
    row.update(&mut work.tx, work.now_ms).await?;
    tell_payer(work, row).await.map(drop)
}

/// Called off at the processor: nothing moved and nothing will.
pub async fn call_off(work: &mut Work, row: &mut PaymentRow) -> Result<(), Fault> {
    let mut state = pay::PaymentState::from(row.state);
    if state == pay::PaymentState::Processing {
        // The action was asked and answered by calling off before we heard of it.
        state = state.after(PaymentEvent::ActionAsked)?;
    }
    row.state = state.after(PaymentEvent::CancelAsked)?.into();
    let_go(work, row).await
}

/// The end of a payment that moved nothing.
async fn let_go(work: &mut Work, row: &mut PaymentRow) -> Result<(), Fault> {
    (row.outcome_unknown, row.action_url) = (false, None);
    row.update(&mut work.tx, work.now_ms).await?;
    book::void(&mut work.tx, row, work.now_ms).await?;
    tell_payer(work, row).await?;
    match row.request_id {
        Some(request_id) => attempt_failed(work, request_id).await,
        None => Ok(()),
    }
}
