//! Leaving: what is personal is erased, the book of accounts stays with ids alone, and nothing opens the account again.

use crate::fault::Fault;
use crate::idempotent::{Reply, once_with_secret};
use crate::mail::{Matter, queue};
use crate::pages::language::Language;
use crate::people::rows;
use crate::people::sessions::own_password;
use crate::requests::rows::find_request;
use crate::requests::tell_sides;
use crate::signed::Signed;
use crate::state::Server;
use crate::writer::Work;
use axum::extract::State;
use axum::response::Response;
use ledger::{Store, Tx, args, feed, replay};
use pay::RequestEvent;
use protocol::account::CloseAccount;
use protocol::{Code, Problem};
use std::time::Duration;
use uuid::Uuid;

/// `POST /v1/me/closing`.
pub async fn post_closing(State(server): State<Server>, signed: Signed) -> Result<Response, Fault> {
    let form: CloseAccount = signed.json()?;
    signed.key_is(form.id)?;
    let person_id = signed.caller.person_id;
    own_password(&server, person_id, form.password).await?;
    let language = Language::parse(&form.language).unwrap_or(Language::En);
    let whole = server.clone();
    once_with_secret(&server, &signed, "POST closing", move |work| {
        Box::pin(async move {
            let payments = under_way(&mut work.tx, person_id).await?;
            if !payments.is_empty() {
                return Err(Problem { payments, ..Code::PaymentsOpen.into() }.into());
            }
            let email = rows::contact(&mut work.tx, person_id).await?.email;
            end_requests(work, person_id).await?;
            erase(work, person_id).await?;
            queue(work, &whole, person_id, &email, language, &Matter::Closed).await?;
            work.effects.scrub = true;
            Ok(Reply::empty())
        })
    })
    .await
}

/// Payments to or from this person that are not over.
async fn under_way(tx: &mut Tx, person_id: Uuid) -> Result<Vec<Uuid>, Fault> {
    const SQL: &str = "SELECT id FROM payment WHERE state IN ('processing', 'requires_action')
        AND (payer_id = $1 OR payee_id = $1) ORDER BY created_at_ms, id LIMIT 50";
    Ok(tx.rows(SQL, args![person_id]).await?.iter().map(|row| row.uuid(0)).collect::<Result<_, _>>()?)
}

/// Requests that wait for this person, or for others because of them.
async fn end_requests(work: &mut Work, person_id: Uuid) -> Result<(), Fault> {
    const OPEN: &str = "SELECT id FROM request WHERE state IN ('open', 'partially_paid')
        AND (requester_id = $1 OR payer_id = $1) ORDER BY id";
    for row in work.tx.rows(OPEN, args![person_id]).await? {
        let Some(mut request) = find_request(&mut work.tx, row.uuid(0)?).await? else { continue };
        let own = request.requester_id == person_id;
        let event = if own { RequestEvent::CanceledByRequester } else { RequestEvent::DeclinedByPayer };
        request.state = pay::RequestState::from(request.state).after(event, request.money.paid)?.into();
        request.update(&mut work.tx, work.now_ms).await?;
        tell_sides(work, &request).await?;
    }
    Ok(())
}

/// See the head of `schema.rs` for what is personal and where. The sessions stay, and open nothing: other devices hear
/// from them why.
async fn erase(work: &mut Work, person_id: Uuid) -> Result<(), Fault> {
    const STEPS: &[&str] = &[
        "DELETE FROM person_personal WHERE person_id = $1",
        "DELETE FROM mail_link WHERE person_id = $1",
        "DELETE FROM letter WHERE person_id = $1",
        "DELETE FROM block WHERE person_id = $1",
        "DELETE FROM request_way WHERE request_id IN (SELECT id FROM request WHERE requester_id = $1)",
        "UPDATE report SET words = '' WHERE reporter_id = $1",
        "UPDATE device SET name = '' WHERE person_id = $1",
    ];
    for step in STEPS {
        work.tx.execute(step, args![person_id]).await?;
    }
    let now_ms = work.now_ms;
    let devices = "SELECT id FROM device WHERE person_id = $1 AND revoked_at_ms IS NULL";
    for row in work.tx.rows(devices, args![person_id]).await? {
        work.effects.ended.insert(row.uuid(0)?);
    }
    let revoke = "UPDATE device SET revoked_at_ms = $2 WHERE person_id = $1 AND revoked_at_ms IS NULL";
    work.tx.execute(revoke, args![person_id, now_ms]).await?;
    let sources = "UPDATE source SET label = '', hint = '', token = '', is_default = 0,
        removed_at_ms = COALESCE(removed_at_ms, $2) WHERE person_id = $1";
    work.tx.execute(sources, args![person_id, now_ms]).await?;
    work.tx.execute("UPDATE person SET closed_at_ms = $2 WHERE id = $1", args![person_id, now_ms]).await?;
    feed::erase(&mut work.tx, person_id, now_ms).await?;
    Ok(replay::forget(&mut work.tx, person_id).await?)
}

/// Takes what was erased out of the database's log as well; a reader in the way is waited for.
pub async fn scrub(store: Store) {
    for _ in 0..600 {
        match store.scrub().await {
            Ok(true) => return,
            Ok(false) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(error) => {
                tracing::error!(%error, "the database's log could not be emptied after an erasure");
                return;
            }
        }
    }
    tracing::error!("the database's log was never free to be emptied after an erasure; a restart empties it");
}
