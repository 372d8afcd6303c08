use crate::fault::Fault;
use crate::requests::rows::find_request;
use crate::requests::tell_sides;
use crate::state::Server;
use ledger::args;
use pay::RequestEvent;
use uuid::Uuid;

/// Most requests ended in one commit.
const MOST: i64 = 100;

/// Ends requests whose time has passed, until the server stops. One being paid is left alone: it ends, if at all, when
/// that payment has failed.
pub async fn keep_expiring(server: Server) {
    while server.next_tick().await {
        if let Err(error) = expire_due(&server).await {
            tracing::warn!(%error, "looking for expired requests failed");
        }
    }
}

async fn expire_due(server: &Server) -> Result<(), Fault> {
    const DUE: &str = "SELECT id FROM request WHERE state IN ('open', 'partially_paid') AND expires_at_ms <= $1
        ORDER BY expires_at_ms LIMIT $2";
    let rows = server.read().await?.rows(DUE, args![server.now_ms(), MOST]).await?;
    let due: Vec<Uuid> = rows.iter().map(|row| row.uuid(0)).collect::<Result<_, _>>()?;
    if due.is_empty() {
        return Ok(());
    }
    let ended = server.writer.submit(move |work| {
        Box::pin(async move {
            for id in due {
                let Some(mut row) = find_request(&mut work.tx, id).await? else { continue };
                let after = pay::RequestState::from(row.state).after(RequestEvent::TimeUp, row.money.paid);
                // It may have been paid or taken back since it was found.
                let Ok(state) = after else { continue };
                row.state = state.into();
                row.update(&mut work.tx, work.now_ms).await?;
                tell_sides(work, &row).await?;
            }
            Ok(())
        })
    });
    ended.await
}
