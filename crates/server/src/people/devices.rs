use crate::fault::Fault;
use crate::idempotent::{Reply, once_signed};
use crate::people::rules;
use crate::people::sessions::whose_password;
use crate::router::Part;
use crate::signed::{Attempted, Caller, Signed, Visitor};
use crate::state::Server;
use crate::writer::Work;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use ledger::{Tx, args};
use protocol::device::{ConfirmDevice, DeviceChange, DeviceEntry, DeviceStanding, DeviceState, PairDevice};
use protocol::{Code, device_key_from_text};
use uuid::Uuid;

/// How long a device may wait for another's word, milliseconds.
const PAIRING_MS: i64 = 15 * 60_000;
/// Most devices of one account that wait at once.
const MOST_PAIRING: i64 = 3;

/// One device, whoever's it is.
struct DeviceRow {
    person_id: Uuid,
    public_key: String,
    state: DeviceState,
}

async fn find_device(tx: &mut Tx, id: Uuid, now_ms: i64) -> Result<Option<DeviceRow>, Fault> {
    const SQL: &str = "SELECT person_id, public_key, state, created_at_ms, revoked_at_ms FROM device WHERE id = $1";
    let Some(row) = tx.row(SQL, args![id]).await? else { return Ok(None) };
    let waits = row.text(2)? == "pairing";
    let state = match (row.opt_i64(4)?.is_some(), waits) {
        (true, _) => DeviceState::Gone,
        (false, true) if row.i64(3)?.saturating_add(PAIRING_MS) <= now_ms => DeviceState::Gone,
        (false, true) => DeviceState::Pairing,
        (false, false) => DeviceState::Active,
    };
    Ok(Some(DeviceRow { person_id: row.uuid(0)?, public_key: row.text(1)?, state }))
}

/// Notes that a device opened or renewed its session.
pub async fn note_seen(tx: &mut Tx, id: Uuid, now_ms: i64) -> Result<(), Fault> {
    tx.execute("UPDATE device SET last_seen_at_ms = $2 WHERE id = $1", args![id, now_ms]).await?;
    Ok(())
}

/// `POST /v1/devices`: a new device, with the account's password, asks to be let in. The same device asking again is
/// told how it stands.
pub async fn post_device(State(server): State<Server>, attempted: Attempted) -> Result<Json<DeviceStanding>, Fault> {
    let PairDevice { name, password, device } = attempted.json()?;
    if attempted.key.as_deref() != Some(device.id.to_string().as_str()) {
        return Err(Code::Malformed.into());
    }
    let person_id = whose_password(&server, &attempted, &name, password).await?;
    let key = device_key_from_text(&device.public_key).ok_or(Code::BadSignature)?;
    attempted.verify(&server, device.id, &key)?;
    let device_name = rules::clean_name(&device.name).ok_or(Code::NameInvalid)?;
    let submitted = server.writer.submit(move |work| {
        Box::pin(async move {
            const ADD: &str = "INSERT INTO device (id, person_id, public_key, name, created_at_ms, state)
                VALUES ($1, $2, $3, $4, $5, 'pairing')";
            let (tx, now_ms) = (&mut work.tx, work.now_ms);
            if let Some(known) = find_device(tx, device.id, now_ms).await? {
                if known.person_id != person_id || known.public_key != device.public_key {
                    return Err(Code::IdReused.into());
                }
                return if known.state == DeviceState::Gone {
                    Err(Code::DeviceRefused.into())
                } else {
                    Ok(known.state)
                };
            }
            if waiting(tx, person_id, now_ms).await? >= MOST_PAIRING {
                return Err(Fault::too_many(u32::try_from(PAIRING_MS / 1000).unwrap_or(u32::MAX)));
            }
            tx.execute(ADD, args![device.id, person_id, &device.public_key, device_name, now_ms]).await?;
            work.effects.pokes.insert(person_id);
            Ok(DeviceState::Pairing)
        })
    });
    Ok(Json(DeviceStanding { state: submitted.await? }))
}

async fn waiting(tx: &mut Tx, person_id: Uuid, now_ms: i64) -> Result<i64, Fault> {
    const SQL: &str = "SELECT COUNT(*) FROM device WHERE person_id = $1 AND state = 'pairing' AND revoked_at_ms IS NULL
        AND created_at_ms > $2";
    let row = tx.row(SQL, args![person_id, now_ms.saturating_sub(PAIRING_MS)]).await?;
    row.map_or(Ok(0), |row| Ok(row.i64(0)?))
}

/// `GET /v1/devices/{id}/standing`. The id is known to the device itself and to its account alone.
pub async fn get_device_standing(
    State(server): State<Server>,
    _visitor: Visitor,
    Part(id): Part<Uuid>,
) -> Result<Json<DeviceStanding>, Fault> {
    let found = find_device(&mut server.read().await?, id, server.now_ms()).await?;
    Ok(Json(DeviceStanding { state: found.map_or(DeviceState::Gone, |device| device.state) }))
}

/// `GET /v1/devices`: those in use, and those that wait.
pub async fn get_devices(State(server): State<Server>, caller: Caller) -> Result<Json<Vec<DeviceEntry>>, Fault> {
    const SQL: &str = "SELECT id, name, public_key, state, created_at_ms, last_seen_at_ms FROM device
        WHERE person_id = $1 AND revoked_at_ms IS NULL AND (state = 'active' OR created_at_ms > $2)
        ORDER BY created_at_ms, id";
    let mut tx = server.read().await?;
    let rows = tx.rows(SQL, args![caller.person_id, server.now_ms().saturating_sub(PAIRING_MS)]).await?;
    let entries = rows.iter().map(|row| {
        let id = row.uuid(0)?;
        Ok(DeviceEntry {
            id,
            name: row.text(1)?,
            public_key: row.text(2)?,
            state: if row.text(3)? == "pairing" { DeviceState::Pairing } else { DeviceState::Active },
            added_at_ms: row.i64(4)?,
            last_seen_at_ms: row.opt_i64(5)?,
            is_this: id == caller.device_id,
        })
    });
    Ok(Json(entries.collect::<Result<_, Fault>>()?))
}

/// The device of this caller that is meant.
async fn own_device(work: &mut Work, person_id: Uuid, id: Uuid) -> Result<DeviceRow, Fault> {
    let found = find_device(&mut work.tx, id, work.now_ms).await?;
    let own = found.filter(|device| device.person_id == person_id && device.state != DeviceState::Gone);
    Ok(own.ok_or(Code::NotFound)?)
}

/// `POST /v1/devices/{id}/confirm`.
pub async fn confirm_device(
    State(server): State<Server>,
    Part(id): Part<Uuid>,
    signed: Signed,
) -> Result<Response, Fault> {
    let form: ConfirmDevice = signed.json()?;
    let person_id = signed.caller.person_id;
    once_signed(&server, &signed, &format!("confirm device {id}"), move |work| {
        Box::pin(async move {
            let device = own_device(work, person_id, id).await?;
            if device.public_key != form.public_key {
                return Err(Code::WrongState.into());
            }
            work.tx.execute("UPDATE device SET state = 'active' WHERE id = $1", args![id]).await?;
            Ok(Reply::empty())
        })
    })
    .await
}

/// `PATCH /v1/devices/{id}`.
pub async fn patch_device(
    State(server): State<Server>,
    Part(id): Part<Uuid>,
    signed: Signed,
) -> Result<Response, Fault> {
    let form: DeviceChange = signed.json()?;
    let name = rules::clean_name(&form.name).ok_or(Code::NameInvalid)?;
    let person_id = signed.caller.person_id;
    once_signed(&server, &signed, &format!("PATCH device {id}"), move |work| {
        Box::pin(async move {
            own_device(work, person_id, id).await?;
            work.tx.execute("UPDATE device SET name = $2 WHERE id = $1", args![id, name]).await?;
            Ok(Reply::empty())
        })
    })
    .await
}

/// `DELETE /v1/devices/{id}`. The device that asks cannot revoke itself: it signs out.
pub async fn delete_device(
    State(server): State<Server>,
    Part(id): Part<Uuid>,
    signed: Signed,
) -> Result<Response, Fault> {
    let (person_id, asking) = (signed.caller.person_id, signed.caller.device_id);
    once_signed(&server, &signed, &format!("DELETE device {id}"), move |work| {
        Box::pin(async move {
            own_device(work, person_id, id).await?;
            if id == asking {
                return Err(Code::WrongState.into());
            }
            work.tx.execute("UPDATE device SET revoked_at_ms = $2 WHERE id = $1", args![id, work.now_ms]).await?;
            work.effects.ended.insert(id);
            Ok(Reply::empty())
        })
    })
    .await
}
