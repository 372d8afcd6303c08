use crate::fault::{Fault, verdict};
use crate::router::Part;
use crate::signed::Visitor;
use crate::state::Server;
use axum::Json;
use axum::extract::State;
use ledger::{Tx, args};
use pay::Handle;
use protocol::body::{HandleCheck, HandleVerdict};

/// `GET /v1/handles/{handle}`.
pub async fn get_handle(
    State(server): State<Server>,
    _visitor: Visitor,
    Part(text): Part<String>,
) -> Result<Json<HandleCheck>, Fault> {
    let verdict = match Handle::claim(&text) {
        Err(error) => verdict(error),
        Ok(handle) => check(&mut server.read().await?, &handle).await?,
    };
    Ok(Json(HandleCheck { verdict }))
}

/// Whether nobody has this handle or one that looks like it.
pub async fn check(tx: &mut Tx, handle: &Handle) -> Result<HandleVerdict, Fault> {
    const SQL: &str = "SELECT handle FROM person WHERE skeleton = $1";
    let row = tx.row(SQL, args![handle.skeleton()]).await?;
    let holder = row.map(|row| row.text(0)).transpose()?;
    Ok(match holder {
        None => HandleVerdict::Free,
        Some(held) if held == handle.as_str() => HandleVerdict::Taken,
        Some(_) => HandleVerdict::LookAlike,
    })
}
