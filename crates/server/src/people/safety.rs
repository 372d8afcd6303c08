use crate::fault::Fault;
use crate::idempotent::{Reply, once_signed};
use crate::limits::Kind;
use crate::people::rows::{find_person, the_person};
use crate::people::rules::{NOTE_MOST, clean_note};
use crate::router::Part;
use crate::signed::{Caller, Signed};
use crate::state::Server;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use ledger::{Tx, args};
use protocol::Code;
use protocol::body::Person;
use protocol::safety::Report;
use uuid::Uuid;

/// One day, for the rate of reports.
const DAY_MS: i64 = 86_400_000;
/// Most people one account may block.
const BLOCKS_MOST: i64 = 10_000;

/// Whether `person_id` has blocked `other_id`.
pub async fn has_blocked(tx: &mut Tx, person_id: Uuid, other_id: Uuid) -> Result<bool, Fault> {
    const SQL: &str = "SELECT 1 FROM block WHERE person_id = $1 AND blocked_id = $2";
    Ok(tx.row(SQL, args![person_id, other_id]).await?.is_some())
}

/// `GET /v1/blocks`, newest first.
pub async fn get_blocks(State(server): State<Server>, caller: Caller) -> Result<Json<Vec<Person>>, Fault> {
    const SQL: &str = "SELECT blocked_id FROM block WHERE person_id = $1 ORDER BY at_ms DESC, blocked_id";
    let mut tx = server.read().await?;
    let mut people = Vec::new();
    for row in tx.rows(SQL, args![caller.person_id]).await? {
        people.push(the_person(&mut tx, row.uuid(0)?).await?.public());
    }
    Ok(Json(people))
}

/// `PUT /v1/blocks/{person_id}`. Nobody is told: the other side only finds that it cannot pay or ask.
pub async fn put_block(
    State(server): State<Server>,
    Part(blocked_id): Part<Uuid>,
    signed: Signed,
) -> Result<Response, Fault> {
    let person_id = signed.caller.person_id;
    if person_id == blocked_id {
        return Err(Code::Malformed.into());
    }
    once_signed(&server, &signed, &format!("block {blocked_id}"), move |work| {
        Box::pin(async move {
            const COUNT: &str = "SELECT COUNT(*) FROM block WHERE person_id = $1";
            const SQL: &str =
                "INSERT INTO block (person_id, blocked_id, at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            find_person(&mut work.tx, blocked_id).await?.ok_or(Code::NotFound)?;
            let count = work.tx.row(COUNT, args![person_id]).await?.ok_or(Fault::Stored("count"))?;
            if count.i64(0)? >= BLOCKS_MOST {
                return Err(Code::TooLarge.into());
            }
            work.tx.execute(SQL, args![person_id, blocked_id, work.now_ms]).await?;
            Ok(Reply::empty())
        })
    })
    .await
}

/// `DELETE /v1/blocks/{person_id}`.
pub async fn delete_block(
    State(server): State<Server>,
    Part(blocked_id): Part<Uuid>,
    signed: Signed,
) -> Result<Response, Fault> {
    let person_id = signed.caller.person_id;
    once_signed(&server, &signed, &format!("unblock {blocked_id}"), move |work| {
        Box::pin(async move {
            const SQL: &str = "DELETE FROM block WHERE person_id = $1 AND blocked_id = $2";
            work.tx.execute(SQL, args![person_id, blocked_id]).await?;
            Ok(Reply::empty())
        })
    })
    .await
}

/// `POST /v1/reports`: kept for the operator, who reads the table `report`; the log names id and reason, no person.
pub async fn post_report(State(server): State<Server>, signed: Signed) -> Result<Response, Fault> {
    let report: Report = signed.json()?;
    signed.key_is(report.id)?;
    let words = clean_note(&report.words, NOTE_MOST).ok_or(Code::Malformed)?;
    let reporter_id = signed.caller.person_id;
    if reporter_id == report.person_id {
        return Err(Code::Malformed.into());
    }
    let rate = server.config.rates.reports_per_day;
    server.limits.take(Kind::Report, &reporter_id.to_string(), rate, DAY_MS, server.now_ms())?;
    once_signed(&server, &signed, "POST report", move |work| {
        Box::pin(async move {
            const SQL: &str = "INSERT INTO report (id, reporter_id, person_id, reason, words, at_ms)
                VALUES ($1, $2, $3, $4, $5, $6)";
            find_person(&mut work.tx, report.person_id).await?.ok_or(Code::NotFound)?;
            if work.tx.row("SELECT 1 FROM report WHERE id = $1", args![report.id]).await?.is_some() {
                return Err(Code::IdReused.into());
            }
            let reason = report.reason.as_str();
            work.tx.execute(SQL, args![report.id, reporter_id, report.person_id, reason, words, work.now_ms]).await?;
            tracing::warn!(report = %report.id, reason, "somebody was reported to the operator");
            Ok(Reply::empty())
        })
    })
    .await
}
