//! Payments: what they would cost, accepting a signed order, carrying it out with the processor, calling it off.
//!
//! Accepting reserves the money, keeps the order and the reply, and writes the feeds in one commit. Only then is the
//! processor asked, with the payment's id, so that a crash at any point is mended by asking again.

mod accept;
pub mod book;
mod give_back;
pub mod guest;
mod limits;
mod quote;
pub mod receipt;
pub mod rows;
mod settle;

pub use accept::post_payment;
pub use give_back::post_return;
pub use limits::get_limits;
pub use quote::post_quote;
pub use settle::{keep_settling, unfinished};

use crate::fault::Fault;
use crate::feed::tell;
use crate::idempotent::{Reply, once_signed};
use crate::processor::Outcome;
use crate::router::Part;
use crate::signed::{Caller, Signed};
use crate::state::Server;
use crate::writer::Work;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use pay::PaymentEvent;
use protocol::Code;
use protocol::body::{Payment, PaymentState, Subject};
use rows::{PaymentRow, find_payment};
use uuid::Uuid;

/// `GET /v1/payments/{id}`. The payee sees a payment once it has succeeded.
pub async fn get_payment(
    State(server): State<Server>,
    caller: Caller,
    Part(id): Part<Uuid>,
) -> Result<Json<Payment>, Fault> {
    let mut tx = server.read().await?;
    let row = find_payment(&mut tx, id).await?.ok_or(Code::NotFound)?;
    if row.payer_id == caller.person_id {
        return Ok(Json(row.for_payer(&mut tx).await?));
    }
    if row.payee_id == caller.person_id && row.state == PaymentState::Succeeded {
        return Ok(Json(row.for_payee(&mut tx).await?));
    }
    Err(Code::NotFound.into())
}

/// `POST /v1/payments/{id}/cancel`. The processor is told first: what it has called off it can no longer charge.
pub async fn cancel_payment(
    State(server): State<Server>,
    Part(id): Part<Uuid>,
    signed: Signed,
) -> Result<Response, Fault> {
    let payer_id = signed.caller.person_id;
    let row = own_payment(&mut server.read().await?, payer_id, id).await?;
    if row.state == PaymentState::RequiresAction {
        let outcome = server.processor.cancel(id).await.map_err(|_| Fault::Processor)?;
        if outcome != Outcome::Canceled {
            // Decided meanwhile: the settling task writes down what it became.
            let _ = server.settle.send(id);
            return Err(Code::WrongState.into());
        }
    }
    once_signed(&server, &signed, &format!("cancel payment {id}"), move |work| {
        Box::pin(async move {
            let mut row = own_payment(&mut work.tx, payer_id, id).await?;
            match row.state {
                PaymentState::Canceled => {}
                PaymentState::RequiresAction => settle::call_off(work, &mut row).await?,
                PaymentState::RequiresPaymentMethod => {
                    row.state = pay::PaymentState::from(row.state).after(PaymentEvent::CancelAsked)?.into();
                    row.update(&mut work.tx, work.now_ms).await?;
                    tell_payer(work, &row).await?;
                }
                PaymentState::Processing | PaymentState::Succeeded => return Err(Code::WrongState.into()),
            }
            Reply::ok(&row.for_payer(&mut work.tx).await?)
        })
    })
    .await
}

async fn own_payment(tx: &mut ledger::Tx, payer_id: Uuid, id: Uuid) -> Result<PaymentRow, Fault> {
    find_payment(tx, id).await?.filter(|row| row.payer_id == payer_id).ok_or(Code::NotFound.into())
}

/// Writes the payment into the payer's feed; gives it. A guest has no feed, only a page that waits for a poke.
async fn tell_payer(work: &mut Work, row: &PaymentRow) -> Result<Payment, Fault> {
    let payment = row.for_payer(&mut work.tx).await?;
    if payment.payer.is_guest() {
        work.effects.pokes.insert(row.payer_id);
        return Ok(payment);
    }
    tell(work, row.payer_id, &Subject::Payment(payment.clone())).await?;
    Ok(payment)
}
