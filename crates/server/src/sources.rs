//! Funding sources: what can be added here, adding, naming, choosing, removing; and the rules of each class.

pub mod rows;

use crate::fault::Fault;
use crate::feed::tell;
use crate::idempotent::{Reply, once_signed};
use crate::payments::book;
use crate::people::rows::the_person;
use crate::people::{announce_me, rules};
use crate::router::Part;
use crate::signed::{Caller, Signed};
use crate::state::Server;
use crate::writer::Work;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use ledger::args;
use protocol::Code;
use protocol::body::{NewSource, Source, SourceChange, SourceOffer, Subject};
use rows::{SourceRow, find_source, list_sources, standard_label};
use uuid::Uuid;

/// Most characters of a label.
const LABEL_MOST: usize = 40;
/// Most sources of one person.
const MOST_SOURCES: usize = 20;

/// `GET /v1/sources/offers`.
pub async fn list_source_offers(State(server): State<Server>, _caller: Caller) -> Json<Vec<SourceOffer>> {
    Json(server.processor.offers())
}

/// `GET /v1/sources`.
pub async fn get_sources(State(server): State<Server>, caller: Caller) -> Result<Json<Vec<Source>>, Fault> {
    let rows = list_sources(&mut server.read().await?, caller.person_id).await?;
    Ok(Json(rows.iter().map(SourceRow::public).collect()))
}

/// `POST /v1/sources`.
pub async fn post_source(State(server): State<Server>, signed: Signed) -> Result<Response, Fault> {
    let form: NewSource = signed.json()?;
    signed.key_is(form.id)?;
    let kept = server.processor.keep_source(&form.token).ok_or(Code::NotFound)?;
    if let Some(bar) = kept.offer.refused {
        return Err(Fault::barred(Code::SourceRefused, vec![bar]));
    }
    let label = rules::clean_note(&form.label, LABEL_MOST).ok_or(Code::NameInvalid)?;
    let (person_id, words) = (signed.caller.person_id, server.clone());
    once_signed(&server, &signed, "POST source", move |work| {
        Box::pin(async move {
            let others = list_sources(&mut work.tx, person_id).await?;
            if others.len() >= MOST_SOURCES {
                return Err(Fault::too_many(86_400));
            }
            if work.tx.row("SELECT 1 FROM source WHERE id = $1", args![form.id]).await?.is_some() {
                return Err(Code::IdReused.into());
            }
            let row = SourceRow {
                id: form.id,
                person_id,
                kind: kept.offer.kind,
                card_class: kept.offer.card_class,
                label: if label.is_empty() { standard_label(&kept.offer) } else { label },
                hint: kept.offer.hint,
                token: kept.token,
                is_default: others.is_empty(),
                removed: false,
            };
            row.insert(&mut work.tx, work.now_ms).await?;
            let currency = the_person(&mut work.tx, person_id).await?.currency;
            book::open_source(&mut work.tx, row.id, currency).await?;
            announce_sources(work, &words, person_id).await?;
            Reply::created(&row.public())
        })
    })
    .await
}

/// `PATCH /v1/sources/{id}`.
pub async fn patch_source(
    State(server): State<Server>,
    Part(id): Part<Uuid>,
    signed: Signed,
) -> Result<Response, Fault> {
    let form: SourceChange = signed.json()?;
    let label = form.label.map(|label| rules::clean_note(&label, LABEL_MOST).filter(|kept| !kept.is_empty()));
    let label = match label {
        Some(None) => return Err(Code::NameInvalid.into()),
        Some(kept) => kept,
        None => None,
    };
    let (person_id, words) = (signed.caller.person_id, server.clone());
    once_signed(&server, &signed, &format!("PATCH source {id}"), move |work| {
        Box::pin(async move {
            own_source(work, person_id, id).await?;
            if let Some(label) = label {
                work.tx.execute("UPDATE source SET label = $2 WHERE id = $1", args![id, label]).await?;
            }
            if form.is_default == Some(true) {
                make_default(work, person_id, id).await?;
            }
            announce_sources(work, &words, person_id).await?;
            Reply::ok(&own_source(work, person_id, id).await?.public())
        })
    })
    .await
}

/// `DELETE /v1/sources/{id}`.
pub async fn delete_source(
    State(server): State<Server>,
    Part(id): Part<Uuid>,
    signed: Signed,
) -> Result<Response, Fault> {
    let (person_id, words) = (signed.caller.person_id, server.clone());
    once_signed(&server, &signed, &format!("DELETE source {id}"), move |work| {
        Box::pin(async move {
            let row = own_source(work, person_id, id).await?;
            const SQL: &str = "UPDATE source SET removed_at_ms = $2, is_default = 0 WHERE id = $1";
            work.tx.execute(SQL, args![id, work.now_ms]).await?;
            let next = list_sources(&mut work.tx, person_id).await?.first().map(|source| source.id);
            if let Some(next) = next.filter(|_| row.is_default) {
                make_default(work, person_id, next).await?;
            }
            announce_sources(work, &words, person_id).await?;
            Ok(Reply::empty())
        })
    })
    .await
}

async fn own_source(work: &mut Work, person_id: Uuid, id: Uuid) -> Result<SourceRow, Fault> {
    let row = find_source(&mut work.tx, id).await?.ok_or(Code::NotFound)?;
    if row.person_id == person_id && !row.removed { Ok(row) } else { Err(Code::NotFound.into()) }
}

async fn make_default(work: &mut Work, person_id: Uuid, id: Uuid) -> Result<(), Fault> {
    work.tx.execute("UPDATE source SET is_default = 0 WHERE person_id = $1", args![person_id]).await?;
    work.tx.execute("UPDATE source SET is_default = 1 WHERE id = $1", args![id]).await?;
    Ok(())
}

/// The list, and what it means for sending and receiving, into the account's feed.
async fn announce_sources(work: &mut Work, server: &Server, person_id: Uuid) -> Result<(), Fault> {
    let rows = list_sources(&mut work.tx, person_id).await?;
    let sources = rows.iter().map(SourceRow::public).collect();
    tell(work, person_id, &Subject::Sources { sources }).await?;
    announce_me(work, server, person_id).await.map(drop)
}
