//! Delivering one decision about a request. The server keeps its answer under the action's id, so what may have arrived
//! is simply sent again.

use protocol::body::NewRequest;
use protocol::{Code, Problem};

use super::{Ended, line_or_own};
use crate::WalletError;
use crate::book::{Action, Book};
use crate::outside::KillPoint;
use crate::view::{Online, PendingKind};

/// A wait longer than this is the pause between two reminders, not the server's defence against floods; seconds.
const FLOOD_MOST_S: u32 = 120;

pub(super) async fn deliver(book: &Book, mut action: Action) -> Result<Ended, WalletError> {
    let remote = book.remote()?;
    let over = is_over(book, &action);
    if over && action.attempts == 0 {
        return refuse(book, &action, &Problem::from(Code::RequestExpired)).await;
    }
    let before = action.clone();
    action.attempts = action.attempts.saturating_add(1);
    if !book.set_action(&action, true, 0).await? {
        return Ok(Ended::Done);
    }
    book.changed();
    let body = action.body.clone().into_bytes();
    let answer = remote.carry_out(action.kind, action.request_id, action.id, body).await;
    book.probe.reached(KillPoint::SentNotAnswered);
    match answer {
        Ok(request) => {
            book.probe.reached(KillPoint::AnsweredNotApplied);
            match book.finish_action(&action, &request).await {
                Ok(()) => {
                    book.set_online(Online::Online);
                    book.changed();
                    Ok(Ended::Done)
                }
                Err(WalletError::BadAnswer) => pause(book, action, &WalletError::BadAnswer).await,
                Err(error) => Err(error),
            }
        }
        Err(WalletError::Refused(problem)) if is_final(&action, &problem) => {
            let ended = over && problem.code == Code::Malformed;
            let problem = if ended { Problem::from(Code::RequestExpired) } else { *problem };
            refuse(book, &action, &problem).await
        }
        // Not a byte has left: as if it had not been tried.
        Err(error @ (WalletError::Offline | WalletError::Tls)) => pause(book, before, &error).await,
        Err(error) => pause(book, action, &error).await,
    }
}

/// A new request whose end has passed.
fn is_over(book: &Book, action: &Action) -> bool {
    let form = (action.kind == PendingKind::NewRequest).then(|| serde_json::from_str::<NewRequest>(&action.body));
    let end = form.and_then(Result::ok).and_then(|form| form.expires_at_ms);
    end.is_some_and(|end| end <= book.now_ms())
}

fn is_final(action: &Action, problem: &Problem) -> bool {
    let reminded = action.kind == PendingKind::Remind && problem.code == Code::TooMany;
    !problem.code.is_temporary() || (reminded && problem.retry_after_s.is_some_and(|wait_s| wait_s > FLOOD_MOST_S))
}

async fn refuse(book: &Book, action: &Action, why: &Problem) -> Result<Ended, WalletError> {
    book.refuse_action(action, why).await?;
    book.changed();
    Ok(Ended::Done)
}

async fn pause(book: &Book, action: Action, why: &WalletError) -> Result<Ended, WalletError> {
    let ended = line_or_own(book, why, action.attempts);
    book.set_action(&action, false, ended.next_at_ms(book)).await?;
    book.changed();
    Ok(ended)
}
