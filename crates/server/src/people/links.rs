//! Links that the server's letters carry. A link is a row and a token made from the row's id and the server's key, so
//! that the database alone opens nothing. It does one thing, once, for a while, and only by a press on its page: mail
//! programs and their scanners fetch links by themselves.

use crate::fault::Fault;
use crate::state::Server;
use crate::writer::Work;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ledger::{Tx, args};
use std::collections::BTreeSet;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// One hour, milliseconds.
pub const HOUR_MS: i64 = 3_600_000;
/// One day, milliseconds.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// What a link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Sets a new password.
    Password,
    /// Lets a device in whose owner has no other.
    LetIn,
    /// Puts a device out, or stops one that would come in.
    Stop,
    /// Confirms a new address.
    Email,
    /// Puts the address back that was there before.
    UndoEmail,
}

impl Purpose {
    const ALL: [Purpose; 5] = [Purpose::Password, Purpose::LetIn, Purpose::Stop, Purpose::Email, Purpose::UndoEmail];

    const fn as_str(self) -> &'static str {
        match self {
            Purpose::Password => "password",
            Purpose::LetIn => "let_in",
            Purpose::Stop => "stop",
            Purpose::Email => "email",
            Purpose::UndoEmail => "undo_email",
        }
    }
}

/// A link that can still be used.
#[derive(Debug, Clone)]
pub struct LinkRow {
    /// Id.
    pub id: Uuid,
    /// Whose account.
    pub person_id: Uuid,
    /// What it does.
    pub purpose: Purpose,
    /// The device it is about.
    pub device_id: Option<Uuid>,
    /// The address it is about.
    pub address: Option<String>,
}

/// What a new link is about.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// A device.
    pub device_id: Option<Uuid>,
    /// An address.
    pub address: Option<String>,
}

impl About {
    /// A device.
    pub fn device(id: Uuid) -> About {
        About { device_id: Some(id), address: None }
    }

    /// An address.
    pub fn address(address: &str) -> About {
        About { device_id: None, address: Some(address.to_owned()) }
    }
}

/// Makes a link that lives for `life_ms`; one of the same purpose before it is worth nothing any more, unless it is
/// about another device or takes something back.
pub async fn make(
    work: &mut Work,
    server: &Server,
    person_id: Uuid,
    purpose: Purpose,
    about: About,
    life_ms: i64,
) -> Result<Uuid, Fault> {
    const SQL: &str = "INSERT INTO mail_link (id, person_id, purpose, device_id, address, expires_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6)";
    if matches!(purpose, Purpose::Password | Purpose::LetIn | Purpose::Email) {
        drop_all(&mut work.tx, person_id, purpose).await?;
    }
    let id = server.randomness.id();
    let end_ms = work.now_ms.saturating_add(life_ms);
    work.tx.execute(SQL, args![id, person_id, purpose.as_str(), about.device_id, about.address, end_ms]).await?;
    Ok(id)
}

/// Every link of this purpose is worth nothing any more.
pub async fn drop_all(tx: &mut Tx, person_id: Uuid, purpose: Purpose) -> Result<(), Fault> {
    const SQL: &str = "DELETE FROM mail_link WHERE person_id = $1 AND purpose = $2";
    tx.execute(SQL, args![person_id, purpose.as_str()]).await?;
    Ok(())
}

/// The addresses that could take a change of address back now.
pub async fn addresses_before(tx: &mut Tx, person_id: Uuid, now_ms: i64) -> Result<BTreeSet<String>, Fault> {
    const SQL: &str =
        "SELECT address FROM mail_link WHERE person_id = $1 AND purpose = 'undo_email' AND expires_at_ms > $2";
    let rows = tx.rows(SQL, args![person_id, now_ms]).await?;
    Ok(rows.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?)
}

/// Links whose time is over.
pub async fn drop_expired(tx: &mut Tx, now_ms: i64) -> Result<(), Fault> {
    tx.execute("DELETE FROM mail_link WHERE expires_at_ms <= $1", args![now_ms]).await?;
    Ok(())
}

/// The link's whole address.
pub fn address(server: &Server, id: Uuid) -> String {
    let mut bytes = id.as_bytes().to_vec();
    bytes.extend_from_slice(&secret(server, id));
    format!("{}/m/{}", server.public_url, URL_SAFE_NO_PAD.encode(bytes))
}

fn secret(server: &Server, id: Uuid) -> [u8; 32] {
    server.keyed_digest(b"link of a letter", id.as_bytes())
}

/// The link that a token stands for, while it can be used.
pub async fn find(server: &Server, tx: &mut Tx, token: &str, now_ms: i64) -> Result<Option<LinkRow>, Fault> {
    const SQL: &str =
        "SELECT person_id, purpose, device_id, address FROM mail_link WHERE id = $1 AND expires_at_ms > $2";
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == 48);
    let Some(bytes) = bytes else { return Ok(None) };
    let Ok(id) = Uuid::from_slice(&bytes[..16]) else { return Ok(None) };
    let right: bool = bytes[16..].ct_eq(&secret(server, id)).into();
    if !right {
        return Ok(None);
    }
    let Some(row) = tx.row(SQL, args![id, now_ms]).await? else { return Ok(None) };
    let word = row.text(1)?;
    let purpose = Purpose::ALL.into_iter().find(|purpose| purpose.as_str() == word).ok_or(Fault::Stored("purpose"))?;
    Ok(Some(LinkRow { id, person_id: row.uuid(0)?, purpose, device_id: row.opt_uuid(2)?, address: row.opt_text(3)? }))
}

/// Takes the link out of use, in the commit of what it does; false: somebody was faster.
pub async fn use_up(work: &mut Work, link: &LinkRow) -> Result<bool, Fault> {
    const SQL: &str = "DELETE FROM mail_link WHERE id = $1 AND expires_at_ms > $2";
    Ok(work.tx.execute(SQL, args![link.id, work.now_ms]).await? == 1)
}
