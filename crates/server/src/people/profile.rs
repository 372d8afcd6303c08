use crate::fault::Fault;
use crate::feed::tell;
use crate::idempotent::{Reply, once_signed};
use crate::people::rows::{self, PersonRow};
use crate::people::rules;
use crate::router::Part;
use crate::signed::{Caller, Signed};
use crate::sources::rows::{SourceRow, list_sources};
use crate::state::Server;
use crate::writer::Work;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ledger::{Tx, args};
use pay::Handle;
use protocol::Code;
use protocol::body::{EligibilityPolicy, Me, Payee, ProfileChange, Subject};
use uuid::Uuid;

/// Largest picture, bytes.
const PICTURE_MOST: usize = 64 * 1024;

/// `GET /v1/me`.
pub async fn get_me(State(server): State<Server>, caller: Caller) -> Result<Json<Me>, Fault> {
    let mut tx = server.read().await?;
    let person = rows::the_person(&mut tx, caller.person_id).await?;
    let sources = list_sources(&mut tx, caller.person_id).await?;
    Ok(Json(me(&server.config.eligibility, &person, &sources, server.now_ms())))
}

/// `PUT /v1/me`.
pub async fn put_me(State(server): State<Server>, signed: Signed) -> Result<Response, Fault> {
    let form: ProfileChange = signed.json()?;
    let name = rules::clean_name(&form.display_name).ok_or(Code::NameInvalid)?;
    if form.picture.as_deref().is_some_and(|picture| !is_picture(picture)) {
        return Err(Code::Malformed.into());
    }
    let (person_id, words) = (signed.caller.person_id, server.clone());
    once_signed(&server, &signed, "PUT me", move |work| {
        Box::pin(async move {
            const SQL: &str = "UPDATE person_personal SET display_name = $2, picture = $3 WHERE person_id = $1";
            work.tx.execute(SQL, args![person_id, name, form.picture]).await?;
            Reply::ok(&announce_me(work, &words, person_id).await?)
        })
    })
    .await
}

/// `GET /v1/people/{handle}`.
pub async fn get_person(
    State(server): State<Server>,
    _caller: Caller,
    Part(handle): Part<String>,
) -> Result<Json<Payee>, Fault> {
    let handle = Handle::parse(&handle).map_err(|_| Code::NotFound)?;
    let mut tx = server.read().await?;
    let person = rows::find_by_handle(&mut tx, handle.as_str()).await?.ok_or(Code::NotFound)?;
    let sources = list_sources(&mut tx, person.id).await?;
    Ok(Json(Payee {
        receive_bars: person.receive_bars(&server.config.eligibility, &sources, server.now_ms()),
        currency: person.currency.code().to_owned(),
        person: person.with_picture(),
        holder: server.config.holder.clone(),
        name_checked_at_ms: None,
    }))
}

/// Writes the account's own state into its feed; gives it.
pub async fn announce_me(work: &mut Work, server: &Server, person_id: Uuid) -> Result<Me, Fault> {
    let person = rows::the_person(&mut work.tx, person_id).await?;
    let me = announced(&mut work.tx, &server.config.eligibility, &person, work.now_ms).await?;
    tell(work, person_id, &Subject::Me(me.clone())).await?;
    Ok(me)
}

/// The account's own state, as its feed says it.
pub async fn announced(tx: &mut Tx, policy: &EligibilityPolicy, person: &PersonRow, now_ms: i64) -> Result<Me, Fault> {
    Ok(me(policy, person, &list_sources(tx, person.id).await?, now_ms))
}

fn me(policy: &EligibilityPolicy, person: &PersonRow, sources: &[SourceRow], now_ms: i64) -> Me {
    Me {
        person: person.with_picture(),
        currency: person.currency.code().to_owned(),
        country: person.country.clone(),
        send_bars: person.send_bars(policy, sources, now_ms),
        receive_bars: person.receive_bars(policy, sources, now_ms),
    }
}

/// Whether this is base64 of something small that begins like a PNG or a JPEG. It is never decoded here.
fn is_picture(text: &str) -> bool {
    let bytes = STANDARD.decode(text).unwrap_or_default();
    bytes.len() <= PICTURE_MOST && (bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff"))
}
