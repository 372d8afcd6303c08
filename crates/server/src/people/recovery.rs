//! A lost device: a new one is let in by a letter, after a waiting time in which every old device, and the letter that
//! tells of it, can stop it. Then all others go out.

use crate::fault::Fault;
use crate::mail::{Matter, queue};
use crate::pages::language::Language;
use crate::people::devices::{DeviceRow, find_device};
use crate::people::forgotten::take_letter;
use crate::people::links::{self, About, DAY_MS, HOUR_MS, LinkRow, Purpose};
use crate::people::rows;
use crate::people::sessions::whose_password;
use crate::router::Part;
use crate::signed::Attempted;
use crate::state::Server;
use crate::writer::Work;
use axum::Json;
use axum::extract::State;
use ledger::args;
use protocol::account::RecoverDevice;
use protocol::device::{DeviceStanding, DeviceState};
use protocol::{Code, device_key_from_text, fingerprint};
use uuid::Uuid;

/// How long "That was not me" works, milliseconds.
pub const STOP_MS: i64 = 7 * DAY_MS;

/// `POST /v1/devices/{id}/recovery`: a device that waits asks for a letter in place of another device's word.
pub async fn post_device_recovery(
    State(server): State<Server>,
    Part(id): Part<Uuid>,
    attempted: Attempted,
) -> Result<Json<DeviceStanding>, Fault> {
    let RecoverDevice { name, password, language } = attempted.json()?;
    if server.post.is_none() {
        return Err(Code::NoMail.into());
    }
    let person_id = whose_password(&server, &attempted, &name, password).await?;
    let device = find_device(&mut server.read().await?, id, server.now_ms()).await?;
    let device = device.filter(|device| device.person_id == person_id).ok_or(Code::NotFound)?;
    let key = device_key_from_text(&device.public_key).ok_or(Fault::Stored("device key"))?;
    attempted.verify(&server, id, &key)?;
    take_letter(&server, &attempted, &person_id.to_string())?;
    let language = Language::parse(&language).unwrap_or(Language::En);
    let whole = server.clone();
    let asked = server.writer.submit(move |work| {
        Box::pin(async move {
            const KEEP: &str = "UPDATE device SET lapses_at_ms = $2 WHERE id = $1";
            let device = find_device(&mut work.tx, id, work.now_ms).await?.ok_or(Code::NotFound)?;
            match device.state {
                DeviceState::Pairing => {}
                DeviceState::Recovering | DeviceState::Active => return Ok(device.standing()),
                DeviceState::Gone => return Err(Code::DeviceRefused.into()),
            }
            // It waits as long as its letter.
            let lapses_at_ms = work.now_ms.saturating_add(HOUR_MS);
            work.tx.execute(KEEP, args![id, lapses_at_ms]).await?;
            rows::keep_language(&mut work.tx, person_id, language).await?;
            let link = links::make(work, &whole, person_id, Purpose::LetIn, About::device(id), HOUR_MS).await?;
            let words = fingerprint(&device.public_key).0.join(" ");
            let contact = rows::contact(&mut work.tx, person_id).await?;
            let matter = Matter::LetIn { link, device: device.name.clone(), words };
            queue(work, &whole, person_id, &contact.email, language, &matter).await?;
            Ok(device.standing())
        })
    });
    Ok(Json(asked.await?))
}

/// What the link's page shows and does is about this device; `None`: it is gone, or in already.
async fn asking_device(work: &mut Work, link: &LinkRow) -> Result<Option<(Uuid, DeviceRow)>, Fault> {
    let Some(id) = link.device_id else { return Ok(None) };
    let device = find_device(&mut work.tx, id, work.now_ms).await?;
    Ok(device.filter(|device| device.person_id == link.person_id).map(|device| (id, device)))
}

/// The owner said yes by letter: the waiting time begins, and everybody who could stop it is told. Gives when it ends.
pub async fn begin(work: &mut Work, server: &Server, link: &LinkRow) -> Result<Option<i64>, Fault> {
    const WAIT: &str = "UPDATE device SET state = 'recovering', due_at_ms = $2 WHERE id = $1";
    let asking = asking_device(work, link).await?.filter(|(_, device)| device.state == DeviceState::Pairing);
    let Some((id, device)) = asking else { return Ok(None) };
    let wait_ms = server.config.timings.recovery_wait_ms.max(0);
    let due_at_ms = work.now_ms.saturating_add(wait_ms);
    work.tx.execute(WAIT, args![id, due_at_ms]).await?;
    work.effects.pokes.insert(link.person_id);
    if wait_ms > 0 {
        let life_ms = wait_ms.saturating_add(STOP_MS);
        let stop = links::make(work, server, link.person_id, Purpose::Stop, About::device(id), life_ms).await?;
        let matter = Matter::ComingIn { stop, device: device.name, due_at_ms };
        tell_every_address(work, server, link.person_id, &matter).await?;
    }
    Ok(Some(due_at_ms))
}

/// "That was not me": the device is out, or never comes in. Its name; `None`: it was gone before.
pub async fn stop(work: &mut Work, link: &LinkRow) -> Result<Option<String>, Fault> {
    const REVOKE: &str = "UPDATE device SET revoked_at_ms = $2 WHERE id = $1";
    let found = asking_device(work, link).await?.filter(|(_, device)| device.state != DeviceState::Gone);
    let Some((id, device)) = found else { return Ok(None) };
    work.tx.execute(REVOKE, args![id, work.now_ms]).await?;
    work.effects.ended.insert(id);
    work.effects.pokes.insert(link.person_id);
    Ok(Some(device.name))
}

/// Tells the owner of a device that came in, with a link that puts it out.
pub async fn tell_came_in(
    work: &mut Work,
    server: &Server,
    person_id: Uuid,
    device: (Uuid, &str),
    others_out: bool,
) -> Result<(), Fault> {
    if server.post.is_none() {
        return Ok(());
    }
    let (id, name) = device;
    let stop = links::make(work, server, person_id, Purpose::Stop, About::device(id), STOP_MS).await?;
    let matter = Matter::CameIn { stop, device: name.to_owned(), others_out };
    tell_every_address(work, server, person_id, &matter).await
}

/// Also an address that can still take a change back: whoever changed it must not let a device in unseen.
async fn tell_every_address(work: &mut Work, server: &Server, person_id: Uuid, matter: &Matter) -> Result<(), Fault> {
    let contact = rows::contact(&mut work.tx, person_id).await?;
    let mut addresses = links::addresses_before(&mut work.tx, person_id, work.now_ms).await?;
    addresses.insert(contact.email);
    for address in addresses {
        queue(work, server, person_id, &address, contact.language, matter).await?;
    }
    Ok(())
}

/// Whatever waits to come in by a letter stays out: password or address turned out to be in other hands.
pub async fn stop_all(work: &mut Work, person_id: Uuid) -> Result<(), Fault> {
    const SQL: &str = "UPDATE device SET revoked_at_ms = $2 WHERE person_id = $1 AND state = 'recovering'
        AND revoked_at_ms IS NULL";
    work.tx.execute(SQL, args![person_id, work.now_ms]).await?;
    links::drop_all(&mut work.tx, person_id, Purpose::LetIn).await
}

/// Lets in whose waiting time is over, and clears links away whose time is, until the server stops.
pub async fn keep_letting_in(server: Server) {
    while server.next_tick().await {
        if let Err(error) = let_in_due(&server).await {
            tracing::warn!(%error, "looking for devices that wait failed");
        }
    }
}

async fn let_in_due(server: &Server) -> Result<(), Fault> {
    const DUE: &str = "SELECT id FROM device WHERE state = 'recovering' AND revoked_at_ms IS NULL AND due_at_ms <= $1";
    const OLD: &str = "SELECT id FROM mail_link WHERE expires_at_ms <= $1 LIMIT 1";
    let mut tx = server.read().await?;
    let due: Vec<Uuid> =
        tx.rows(DUE, args![server.now_ms()]).await?.iter().map(|row| row.uuid(0)).collect::<Result<_, _>>()?;
    let old = tx.row(OLD, args![server.now_ms()]).await?.is_some();
    drop(tx);
    if due.is_empty() && !old {
        return Ok(());
    }
    let whole = server.clone();
    let let_in = server.writer.submit(move |work| {
        Box::pin(async move {
            for id in due {
                let_in(work, &whole, id).await?;
            }
            links::drop_expired(&mut work.tx, work.now_ms).await
        })
    });
    let_in.await
}

/// It may have been stopped since it was found.
async fn let_in(work: &mut Work, server: &Server, id: Uuid) -> Result<(), Fault> {
    const IN: &str =
        "UPDATE device SET state = 'active' WHERE id = $1 AND state = 'recovering' AND revoked_at_ms IS NULL";
    const OTHERS: &str = "SELECT id FROM device WHERE person_id = $1 AND id <> $2 AND revoked_at_ms IS NULL";
    const OUT: &str =
        "UPDATE device SET revoked_at_ms = $3 WHERE person_id = $1 AND id <> $2 AND revoked_at_ms IS NULL";
    if work.tx.execute(IN, args![id]).await? == 0 {
        return Ok(());
    }
    let device = find_device(&mut work.tx, id, work.now_ms).await?.ok_or(Fault::Stored("device"))?;
    let person_id = device.person_id;
    for row in work.tx.rows(OTHERS, args![person_id, id]).await? {
        work.effects.ended.insert(row.uuid(0)?);
    }
    work.tx.execute(OUT, args![person_id, id, work.now_ms]).await?;
    work.effects.pokes.insert(person_id);
    tell_came_in(work, server, person_id, (id, &device.name), true).await
}
