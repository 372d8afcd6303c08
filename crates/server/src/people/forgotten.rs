use crate::fault::Fault;
use crate::limits::Kind;
use crate::mail::{Matter, queue};
use crate::pages::language::Language;
use crate::people::links::{self, About, HOUR_MS, LinkRow, Purpose};
use crate::people::recovery::stop_all;
use crate::people::rows;
use crate::signed::Attempted;
use crate::state::Server;
use crate::writer::Work;
use axum::extract::State;
use axum::http::StatusCode;
use ledger::args;
use protocol::Code;
use protocol::account::ForgottenPassword;
use uuid::Uuid;

/// How long a new password can be set with a link, milliseconds: half an hour.
const LINK_MS: i64 = HOUR_MS / 2;

/// Takes one letter out of what may be asked for under this name and from this address.
pub fn take_letter(server: &Server, attempted: &Attempted, name: &str) -> Result<(), Fault> {
    let (rate, now_ms) = (server.config.rates.letters_per_hour, server.now_ms());
    server.limits.take(Kind::LetterAddress, &attempted.address, rate.saturating_mul(10), HOUR_MS, now_ms)?;
    server.limits.take(Kind::Letter, name, rate, HOUR_MS, now_ms)
}

/// `POST /v1/password/forgotten`. Whether somebody has this name shows neither in the answer nor in what is refused:
/// limits are counted by what was typed, and a commit is made in both cases.
pub async fn post_forgotten_password(State(server): State<Server>, attempted: Attempted) -> Result<StatusCode, Fault> {
    let form: ForgottenPassword = attempted.json()?;
    if server.post.is_none() {
        return Err(Code::NoMail.into());
    }
    let name = form.name.trim().trim_start_matches('@').to_lowercase();
    if name.is_empty() || name.len() > 320 {
        return Err(Code::Malformed.into());
    }
    take_letter(&server, &attempted, &name)?;
    let language = Language::parse(&form.language).unwrap_or(Language::En);
    let whole = server.clone();
    let asked = server.writer.submit(move |work| {
        Box::pin(async move {
            let Some((person_id, _)) = rows::find_password(&mut work.tx, &name).await? else { return Ok(()) };
            send_password_link(work, &whole, person_id, language).await
        })
    });
    asked.await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn send_password_link(
    work: &mut Work,
    server: &Server,
    person_id: Uuid,
    language: Language,
) -> Result<(), Fault> {
    let contact = rows::contact(&mut work.tx, person_id).await?;
    // Handle and address are two names of one person: no more letters for the two than for one.
    let (rate, person) = (server.config.rates.letters_per_hour, person_id.to_string());
    if server.limits.take(Kind::LetterPerson, &person, rate, HOUR_MS, work.now_ms).is_err() {
        return Ok(());
    }
    let link = links::make(work, server, person_id, Purpose::Password, About::default(), LINK_MS).await?;
    queue(work, server, person_id, &contact.email, language, &Matter::NewPassword { link }).await
}

/// Sets the password that was typed on the link's page: every session ends, a device that was coming in by a letter
/// stays out, and the owner is told.
pub async fn set_password(
    work: &mut Work,
    server: &Server,
    link: &LinkRow,
    hash: &str,
    language: Language,
) -> Result<(), Fault> {
    let person_id = link.person_id;
    let contact = rows::contact(&mut work.tx, person_id).await?;
    let set = "UPDATE person_personal SET password_hash = $2 WHERE person_id = $1";
    work.tx.execute(set, args![person_id, hash]).await?;
    end_sessions(work, person_id).await?;
    stop_all(work, person_id).await?;
    links::drop_all(&mut work.tx, person_id, Purpose::Password).await?;
    queue(work, server, person_id, &contact.email, language, &Matter::PasswordChanged).await
}

/// Ends every session of devices that are in use; they stay known, and need the password. Sessions of revoked devices
/// open nothing, and stay to say why.
async fn end_sessions(work: &mut Work, person_id: Uuid) -> Result<(), Fault> {
    const DEVICES: &str = "SELECT id FROM device WHERE person_id = $1 AND revoked_at_ms IS NULL";
    const END: &str = "DELETE FROM session WHERE person_id = $1
        AND device_id IN (SELECT id FROM device WHERE person_id = $1 AND revoked_at_ms IS NULL)";
    for row in work.tx.rows(DEVICES, args![person_id]).await? {
        work.effects.ended.insert(row.uuid(0)?);
    }
    work.tx.execute(END, args![person_id]).await?;
    Ok(())
}
