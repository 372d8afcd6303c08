use crate::fault::Fault;
use crate::idempotent::{Reply, once_with_secret};
use crate::mail::{Matter, queue};
use crate::pages::language::Language;
use crate::people::links::{self, About, DAY_MS, LinkRow, Purpose};
use crate::people::recovery::stop_all;
use crate::people::sessions::own_password;
use crate::people::{rows, rules};
use crate::signed::{Caller, Signed};
use crate::state::Server;
use crate::writer::Work;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use ledger::{Tx, args};
use protocol::Code;
use protocol::account::{EmailChange, EmailStanding};
use uuid::Uuid;

/// How long a change of address can be taken back, milliseconds.
const UNDO_MS: i64 = 7 * DAY_MS;

/// `GET /v1/me/email`.
pub async fn get_email(State(server): State<Server>, caller: Caller) -> Result<Json<EmailStanding>, Fault> {
    const ASKED: &str =
        "SELECT address FROM mail_link WHERE person_id = $1 AND purpose = 'email' AND expires_at_ms > $2";
    let mut tx = server.read().await?;
    let email = rows::contact(&mut tx, caller.person_id).await?.email;
    let row = tx.row(ASKED, args![caller.person_id, server.now_ms()]).await?;
    let asked = row.map(|row| row.opt_text(0)).transpose()?.flatten();
    Ok(Json(EmailStanding { email, asked }))
}

/// `PUT /v1/me/email`.
pub async fn put_email(State(server): State<Server>, signed: Signed) -> Result<Response, Fault> {
    let form: EmailChange = signed.json()?;
    if server.post.is_none() {
        return Err(Code::NoMail.into());
    }
    let email = rules::clean_email(&form.email).ok_or(Code::EmailInvalid)?;
    let person_id = signed.caller.person_id;
    own_password(&server, person_id, form.password).await?;
    let language = Language::parse(&form.language).unwrap_or(Language::En);
    let whole = server.clone();
    once_with_secret(&server, &signed, "PUT email", move |work| {
        Box::pin(async move {
            if is_taken(&mut work.tx, &email).await? {
                return Err(Code::EmailTaken.into());
            }
            rows::keep_language(&mut work.tx, person_id, language).await?;
            let about = About::address(&email);
            let link = links::make(work, &whole, person_id, Purpose::Email, about, DAY_MS).await?;
            queue(work, &whole, person_id, &email, language, &Matter::ConfirmEmail { link }).await?;
            Ok(Reply::empty())
        })
    })
    .await
}

async fn is_taken(tx: &mut Tx, email: &str) -> Result<bool, Fault> {
    Ok(tx.row("SELECT 1 FROM person_personal WHERE email = $1", args![email]).await?.is_some())
}

/// The new address was confirmed: it counts from now on, and the old one is told, with a way back. False: somebody else
/// has it meanwhile.
pub async fn confirm(work: &mut Work, server: &Server, link: &LinkRow) -> Result<bool, Fault> {
    let Some(email) = link.address.as_deref() else { return Ok(false) };
    if is_taken(&mut work.tx, email).await? {
        return Ok(false);
    }
    let before = rows::contact(&mut work.tx, link.person_id).await?;
    set(work, link.person_id, email).await?;
    let about = About::address(&before.email);
    let undo = links::make(work, server, link.person_id, Purpose::UndoEmail, about, UNDO_MS).await?;
    let matter = Matter::EmailChanged { undo };
    queue(work, server, link.person_id, &before.email, before.language, &matter).await?;
    Ok(true)
}

/// The old address counts again, and nothing that went to the new one opens anything any more. False: somebody else has
/// it meanwhile.
pub async fn undo(work: &mut Work, link: &LinkRow) -> Result<bool, Fault> {
    let Some(email) = link.address.as_deref() else { return Ok(false) };
    if rows::contact(&mut work.tx, link.person_id).await?.email == email {
        return Ok(true);
    }
    if is_taken(&mut work.tx, email).await? {
        return Ok(false);
    }
    set(work, link.person_id, email).await?;
    stop_all(work, link.person_id).await?;
    for purpose in [Purpose::Email, Purpose::UndoEmail] {
        links::drop_all(&mut work.tx, link.person_id, purpose).await?;
    }
    Ok(true)
}

/// A link that was sent to another address must not set a password any more.
async fn set(work: &mut Work, person_id: Uuid, email: &str) -> Result<(), Fault> {
    let sql = "UPDATE person_personal SET email = $2 WHERE person_id = $1";
    work.tx.execute(sql, args![person_id, email]).await?;
    links::drop_all(&mut work.tx, person_id, Purpose::Password).await
}
