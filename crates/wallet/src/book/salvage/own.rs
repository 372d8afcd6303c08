//! What only this device holds, row by row as it is: decisions about requests, the asks of splits and schedules, the
//! parts of splits, and the schedules themselves.

use ledger::{Row, Store, Tx, Value, args};
use protocol::{Code, Problem};

use super::all;
use crate::book::rows::{to_json, word};
use crate::{ErrorCode, WalletError};

/// One kind of rows: how they are read, what each column is, and how they are kept. Ids and bytes stay the same, so that
/// what the server has heard already changes nothing there.
struct Kind {
    read: &'static str,
    columns: &'static [Column],
    keep: &'static str,
}

#[derive(Clone, Copy)]
enum Column {
    Id,
    Int,
    Text,
}

use Column::{Id, Int, Text};

const KINDS: [Kind; 6] = [
    // Requests the server has not heard of yet; it tells of all others again.
    Kind {
        read: "SELECT id, body, mine, state, version, updated_at_ms, group_id FROM wallet_request
            WHERE id IN (SELECT request_id FROM wallet_action) OR id IN (SELECT request_id FROM wallet_ask)",
        columns: &[Id, Text, Int, Text, Int, Int, Id],
        keep: "INSERT INTO wallet_request (id, body, mine, state, version, updated_at_ms, group_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET body = excluded.body,
            state = excluded.state, version = excluded.version, updated_at_ms = excluded.updated_at_ms
            WHERE excluded.version >= wallet_request.version",
    },
    // What was leaving may have arrived: it is asked again under the same id.
    Kind {
        read: "SELECT id, place, request_id, kind, body, CASE state WHEN 'sending' THEN 'waiting' ELSE state END, attempts,
            created_at_ms, refused FROM wallet_action ORDER BY place",
        columns: &[Id, Int, Id, Text, Text, Text, Int, Int, Text],
        keep: "INSERT INTO wallet_action
            (id, place, request_id, kind, body, state, attempts, next_at_ms, created_at_ms, refused)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9) ON CONFLICT (id) DO UPDATE SET state = excluded.state,
            attempts = excluded.attempts, next_at_ms = 0, refused = excluded.refused",
    },
    Kind {
        read: "SELECT request_id, place, group_id, schedule_id, body, state, refused, attempts FROM wallet_ask
            ORDER BY rowid",
        columns: &[Id, Int, Id, Id, Text, Text, Text, Int],
        keep: "INSERT INTO wallet_ask
            (request_id, place, group_id, schedule_id, body, state, refused, attempts, next_at_ms)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0) ON CONFLICT (request_id) DO UPDATE SET state = excluded.state,
            refused = excluded.refused, attempts = excluded.attempts, next_at_ms = 0",
    },
    Kind {
        read: "SELECT request_id, place, name FROM wallet_part",
        columns: &[Id, Int, Text],
        keep: "INSERT INTO wallet_part (request_id, place, name) VALUES ($1, $2, $3)
            ON CONFLICT (request_id) DO UPDATE SET place = excluded.place, name = excluded.name",
    },
    Kind {
        read: "SELECT payment_id, request_id FROM wallet_paid_for",
        columns: &[Id, Id],
        keep: "INSERT INTO wallet_paid_for (payment_id, request_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    },
    // An occurrence that is done with stays done with.
    Kind {
        read: "SELECT id, body, state, next, created_at_ms FROM wallet_schedule",
        columns: &[Id, Text, Text, Int, Int],
        keep: "INSERT INTO wallet_schedule (id, body, state, next, created_at_ms) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (id) DO UPDATE SET body = excluded.body, state = excluded.state, next = excluded.next",
    },
];

/// Carries over all of it that can be read; true when that was everything.
pub(super) async fn carry_own(tx: &mut Tx, damaged: &Store) -> Result<bool, WalletError> {
    let mut all_read = true;
    // Asks that were taken back are gone there, and come from there anew when they were not.
    if all(damaged, "SELECT request_id FROM wallet_ask").await.is_ok() {
        tx.execute("DELETE FROM wallet_ask WHERE state = 'waiting' AND attempts = 0", args![]).await?;
    }
    for kind in &KINDS {
        let Ok(rows) = all(damaged, kind.read).await else {
            all_read = false;
            continue;
        };
        for row in &rows {
            tx.execute(kind.keep, values(row, kind.columns)?).await?;
        }
    }
    if !all_read {
        hold_back(tx).await?;
    }
    Ok(all_read)
}

fn values(row: &Row, columns: &[Column]) -> Result<Vec<Value>, WalletError> {
    let one = |(at, column): (usize, &Column)| {
        Ok(match column {
            Column::Id => Value::from(row.opt_uuid(at)?),
            Column::Int => Value::from(row.opt_i64(at)?),
            Column::Text => Value::from(row.opt_text(at)?),
        })
    };
    columns.iter().enumerate().map(one).collect()
}

/// What the older copy has waiting and has never left may have been taken back since: it is shown, and not sent by itself.
pub(super) async fn hold_back(tx: &mut Tx) -> Result<(), WalletError> {
    let actions = "UPDATE wallet_action SET state = 'refused', refused = $1 WHERE state = 'waiting' AND attempts = 0";
    tx.execute(actions, args![to_json(&Problem::from(Code::OrderExpired))?]).await?;
    let asks = "UPDATE wallet_ask SET state = 'refused', refused = $1 WHERE state = 'waiting' AND attempts = 0";
    tx.execute(asks, args![word(&ErrorCode::OrderExpired)?]).await?;
    Ok(())
}
