use crate::fault::Fault;
use crate::idempotent::{Reply, once_signed};
use crate::people::recovery::tell_came_in;
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
pub struct DeviceRow {
    /// Whose.
    pub person_id: Uuid,
    /// Its key.
    pub public_key: String,
    /// What it calls itself.
    pub name: String,
    /// How far it has come.
    pub state: DeviceState,
    due_at_ms: Option<i64>,
}

impl DeviceRow {
    /// A device of this person that is not gone.
    pub fn is_of(&self, person_id: Uuid) -> bool {
        self.person_id == person_id && self.state != DeviceState::Gone
    }

    /// As it is told.
    pub fn standing(&self) -> DeviceStanding {
        let due_at_ms = self.due_at_ms.filter(|_| self.state == DeviceState::Recovering);
        DeviceStanding { state: self.state, due_at_ms }
    }
}

pub async fn find_device(tx: &mut Tx, id: Uuid, now_ms: i64) -> Result<Option<DeviceRow>, Fault> {
    const SQL: &str =
        "SELECT person_id, public_key, state, COALESCE(lapses_at_ms, created_at_ms + $2), revoked_at_ms, name,
        due_at_ms FROM device WHERE id = $1";
    let Some(row) = tx.row(SQL, args![id, PAIRING_MS]).await? else { return Ok(None) };
    let state = match (row.opt_i64(4)?.is_some(), row.text(2)?.as_str()) {
        (true, _) => DeviceState::Gone,
        (false, "pairing") if row.i64(3)? <= now_ms => DeviceState::Gone,
        (false, "pairing") => DeviceState::Pairing,
        (false, "recovering") => DeviceState::Recovering,
        (false, _) => DeviceState::Active,
    };
    Ok(Some(DeviceRow {
        person_id: row.uuid(0)?,
        public_key: row.text(1)?,
        name: row.text(5)?,
        state,
        due_at_ms: row.opt_i64(6)?,
    }))
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
                    Ok(known.standing())
                };
            }
            if waiting(tx, person_id, now_ms).await? >= MOST_PAIRING {
                return Err(Fault::too_many(u32::try_from(PAIRING_MS / 1000).unwrap_or(u32::MAX)));
            }
            tx.execute(ADD, args![device.id, person_id, &device.public_key, device_name, now_ms]).await?;
            work.effects.pokes.insert(person_id);
            Ok(DeviceStanding { state: DeviceState::Pairing, due_at_ms: None })
        })
    });
    Ok(Json(submitted.await?))
}

async fn waiting(tx: &mut Tx, person_id: Uuid, now_ms: i64) -> Result<i64, Fault> {
    const SQL: &str = "SELECT COUNT(*) FROM device WHERE person_id = $1 AND state = 'pairing' AND revoked_at_ms IS NULL
        AND COALESCE(lapses_at_ms, created_at_ms + $2) > $3";
    let row = tx.row(SQL, args![person_id, PAIRING_MS, now_ms]).await?;
    row.map_or(Ok(0), |row| Ok(row.i64(0)?))
}

/// `GET /v1/devices/{id}/standing`. The id is known to the device itself and to its account alone.
pub async fn get_device_standing(
    State(server): State<Server>,
    _visitor: Visitor,
    Part(id): Part<Uuid>,
) -> Result<Json<DeviceStanding>, Fault> {
    let found = find_device(&mut server.read().await?, id, server.now_ms()).await?;
    let gone = DeviceStanding { state: DeviceState::Gone, due_at_ms: None };
    Ok(Json(found.map_or(gone, |device| device.standing())))
}

/// `GET /v1/devices`: those in use, and those that wait.
pub async fn get_devices(State(server): State<Server>, caller: Caller) -> Result<Json<Vec<DeviceEntry>>, Fault> {
    const SQL: &str = "SELECT id, name, public_key, state, created_at_ms, last_seen_at_ms, due_at_ms FROM device
        WHERE person_id = $1 AND revoked_at_ms IS NULL
        AND (state <> 'pairing' OR COALESCE(lapses_at_ms, created_at_ms + $2) > $3)
        ORDER BY created_at_ms, id";
    let mut tx = server.read().await?;
    let rows = tx.rows(SQL, args![caller.person_id, PAIRING_MS, server.now_ms()]).await?;
    let entries = rows.iter().map(|row| {
        let id = row.uuid(0)?;
        Ok(DeviceEntry {
            id,
            name: row.text(1)?,
            public_key: row.text(2)?,
            state: match row.text(3)?.as_str() {
                "pairing" => DeviceState::Pairing,
                "recovering" => DeviceState::Recovering,
                _ => DeviceState::Active,
            },
            due_at_ms: row.opt_i64(6)?.filter(|_| row.text(3).as_deref() == Ok("recovering")),
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
    let (person_id, whole) = (signed.caller.person_id, server.clone());
    once_signed(&server, &signed, &format!("confirm device {id}"), move |work| {
        Box::pin(async move {
            let device = own_device(work, person_id, id).await?;
            if device.public_key != form.public_key {
                return Err(Code::WrongState.into());
            }
            if device.state != DeviceState::Active {
                work.tx.execute("UPDATE device SET state = 'active' WHERE id = $1", args![id]).await?;
                tell_came_in(work, &whole, person_id, (id, &device.name), false).await?;
            }
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
