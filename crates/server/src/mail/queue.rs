use super::letter::Envelope;
use super::{Letter, Matter, PostError};
use crate::fault::Fault;
use crate::pages::language::Language;
use crate::state::Server;
use crate::writer::Work;
use ledger::{Row, args};
use uuid::Uuid;

/// Letters tried in one round.
const MOST: i64 = 20;
/// After this a letter is given up, milliseconds: two days. What its link was for is over long before.
const GIVEN_UP_MS: i64 = 2 * 86_400_000;

/// Queues a letter to `address` about the account of `person_id`, in this commit. A server that sends none queues none.
pub async fn queue(
    work: &mut Work,
    server: &Server,
    person_id: Uuid,
    address: &str,
    language: Language,
    matter: &Matter,
) -> Result<(), Fault> {
    const SQL: &str =
        "INSERT INTO letter (id, person_id, address, language, matter, attempts, next_at_ms, created_at_ms)
        VALUES ($1, $2, $3, $4, $5, 0, $6, $6)";
    if server.post.is_none() {
        return Ok(());
    }
    let (id, matter) = (server.randomness.id(), serde_json::to_string(matter)?);
    work.tx.execute(SQL, args![id, person_id, address, language.code(), matter, work.now_ms]).await?;
    work.effects.letters = true;
    Ok(())
}

/// Sends what is due, until the server stops.
pub async fn keep_sending(server: Server) {
    loop {
        if let Err(error) = send_due(&server).await {
            tracing::warn!(%error, "looking for letters to send failed");
        }
        tokio::select! {
            going_on = server.next_tick() => if !going_on { return },
            () = server.letter_bell.notified() => {}
        }
    }
}

struct Queued {
    id: Uuid,
    envelope: Envelope,
    matter: Matter,
    attempts: i64,
    created_at_ms: i64,
}

impl Queued {
    fn read(row: &Row) -> Result<Queued, Fault> {
        let language = Language::parse(&row.text(2)?).unwrap_or(Language::En);
        Ok(Queued {
            id: row.uuid(0)?,
            envelope: Envelope { address: row.text(1)?, language, handle: row.text(6)? },
            matter: serde_json::from_str(&row.text(3)?).map_err(|_| Fault::Stored("letter"))?,
            attempts: row.i64(4)?,
            created_at_ms: row.i64(5)?,
        })
    }
}

async fn send_due(server: &Server) -> Result<(), Fault> {
    const DUE: &str = "SELECT l.id, l.address, l.language, l.matter, l.attempts, l.created_at_ms, p.handle
        FROM letter l JOIN person p ON p.id = l.person_id WHERE l.next_at_ms <= $1 ORDER BY l.next_at_ms, l.id LIMIT $2";
    let Some(post) = &server.post else { return Ok(()) };
    let rows = server.read().await?.rows(DUE, args![server.now_ms(), MOST]).await?;
    for row in &rows {
        let queued = Queued::read(row)?;
        let letter = Letter::compose(server, queued.id, queued.created_at_ms, &queued.envelope, &queued.matter);
        let age_ms = server.now_ms().saturating_sub(queued.created_at_ms);
        match post.hand_over(&letter).await {
            Err(PostError::Later) if age_ms < GIVEN_UP_MS => put_off(server, queued.id, queued.attempts + 1).await?,
            Ok(()) => remove(server, &queued).await?,
            Err(error) => {
                tracing::warn!(letter = %queued.id, %error, "a letter is given up");
                remove(server, &queued).await?;
            }
        }
    }
    Ok(())
}

async fn put_off(server: &Server, id: Uuid, attempts: i64) -> Result<(), Fault> {
    const SQL: &str = "UPDATE letter SET attempts = $2, next_at_ms = $3 WHERE id = $1";
    let wait_ms = server.config.timings.letter_again(attempts);
    let put = server.writer.submit(move |work| {
        Box::pin(async move {
            let next_at_ms = work.now_ms.saturating_add(wait_ms);
            Ok(work.tx.execute(SQL, args![id, attempts, next_at_ms]).await?)
        })
    });
    put.await.map(drop)
}

/// Its address is personal: sent or given up, nothing is kept of it.
async fn remove(server: &Server, queued: &Queued) -> Result<(), Fault> {
    let (id, last) = (queued.id, queued.matter == Matter::Closed);
    let removed = server.writer.submit(move |work| {
        Box::pin(async move {
            work.effects.scrub |= last;
            Ok(work.tx.execute("DELETE FROM letter WHERE id = $1", args![id]).await?)
        })
    });
    removed.await.map(drop)
}
