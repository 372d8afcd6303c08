//! Delivering one request that a split, a collection or the calendar asks for. Its id is the idempotency key, so what may
//! have arrived is simply sent again.

use protocol::Code;

use super::{Ended, line_or_own};
use crate::book::{Ask, Book};
use crate::outside::KillPoint;
use crate::view::Online;
use crate::{ErrorCode, WalletError};

pub(super) async fn deliver(book: &Book, ask: Ask) -> Result<Ended, WalletError> {
    let remote = book.remote()?;
    let id = ask.request.id;
    let tries = ask.attempts.saturating_add(1);
    if !book.set_ask(id, tries, 0).await? {
        return Ok(Ended::Done);
    }
    let answer = match remote.new_request(&ask.request).await {
        // Another device of the account has made it: what it asks for is what counts.
        Err(error) if error.refusal() == Some(Code::IdReused) => remote.request(id).await,
        answer => answer,
    };
    book.probe.reached(KillPoint::SentNotAnswered);
    match answer {
        Ok(request) if request.id == id => {
            book.probe.reached(KillPoint::AnsweredNotApplied);
            match book.ask_arrived(&request).await {
                Ok(()) => {
                    book.set_online(Online::Online);
                    book.changed();
                    Ok(Ended::Done)
                }
                Err(WalletError::BadAnswer) => pause(book, &ask, tries, &WalletError::BadAnswer).await,
                Err(error) => Err(error),
            }
        }
        Ok(_) => pause(book, &ask, tries, &WalletError::BadAnswer).await,
        Err(WalletError::Refused(problem)) if !problem.code.is_temporary() => {
            book.ask_refused(id, ErrorCode::from(problem.code)).await?;
            book.changed();
            Ok(Ended::Done)
        }
        // Not a byte has left: as if it had not been tried.
        Err(error @ (WalletError::Offline | WalletError::Tls)) => pause(book, &ask, ask.attempts, &error).await,
        Err(error) => pause(book, &ask, tries, &error).await,
    }
}

async fn pause(book: &Book, ask: &Ask, tries: i64, why: &WalletError) -> Result<Ended, WalletError> {
    let ended = line_or_own(book, why, tries);
    book.set_ask(ask.request.id, tries, ended.next_at_ms(book)).await?;
    book.changed();
    Ok(ended)
}
