use crate::clock::Randomness;
use crate::fault::Fault;
use crate::limits::Kind;
use crate::people::{devices, password, rows};
use crate::signed::{Attempted, Caller, Signed};
use crate::state::Server;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ledger::{Tx, args};
use protocol::body::{Refresh, Session, SignIn};
use protocol::{Code, device_key_from_text};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// Sixteen bytes of session id, then 32 of secret; base64url. Only its SHA-256 is stored: 256 random bits need no salt.
struct Token {
    session_id: Uuid,
    text: String,
}

impl Token {
    fn make(session_id: Uuid, randomness: &dyn Randomness) -> Token {
        let mut bytes = session_id.as_bytes().to_vec();
        bytes.extend_from_slice(&randomness.bytes::<32>());
        Token { session_id, text: URL_SAFE_NO_PAD.encode(bytes) }
    }

    fn parse(text: &str) -> Option<Token> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 48)?;
        let session_id = Uuid::from_slice(&bytes[..16]).ok()?;
        Some(Token { session_id, text: text.to_owned() })
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text.as_bytes()).into()
    }
}

/// A session with its device's key.
struct SessionRow {
    person_id: Uuid,
    device_id: Uuid,
    access_hash: [u8; 32],
    access_expires_at_ms: i64,
    refresh_hash: [u8; 32],
    refresh_expires_at_ms: i64,
    previous_refresh_hash: Option<[u8; 32]>,
    used: bool,
    device_key: String,
    revoked: bool,
    closed: bool,
}

/// The session of a revoked device, or of a closed account, is kept, so that its app hears why it is over; it opens nothing.
async fn live_session(tx: &mut Tx, id: Uuid) -> Result<SessionRow, Fault> {
    match find_session(tx, id).await? {
        Some(row) if row.closed => Err(Code::AccountClosed.into()),
        Some(row) if row.revoked => Err(Code::DeviceRefused.into()),
        Some(row) => Ok(row),
        None => Err(Code::SignedOut.into()),
    }
}

async fn find_session(tx: &mut Tx, id: Uuid) -> Result<Option<SessionRow>, Fault> {
    const SQL: &str = "SELECT s.person_id, s.device_id, s.access_hash, s.access_expires_at_ms, s.refresh_hash,
        s.refresh_expires_at_ms, s.previous_refresh_hash, s.used, d.public_key, d.revoked_at_ms,
        p.closed_at_ms FROM session s JOIN device d ON d.id = s.device_id JOIN person p ON p.id = s.person_id WHERE s.id = $1";
    let Some(row) = tx.row(SQL, args![id]).await? else { return Ok(None) };
    Ok(Some(SessionRow {
        person_id: row.uuid(0)?,
        device_id: row.uuid(1)?,
        access_hash: row.bytes(2)?,
        access_expires_at_ms: row.i64(3)?,
        refresh_hash: row.bytes(4)?,
        refresh_expires_at_ms: row.i64(5)?,
        previous_refresh_hash: row.opt_bytes(6)?,
        used: row.i64(7)? != 0,
        device_key: row.text(8)?,
        revoked: row.opt_i64(9)?.is_some(),
        closed: row.opt_i64(10)?.is_some(),
    }))
}

/// Whose access token this is. The first use of a pair is noted: from then on the pair before it is dead.
pub async fn find_caller(server: &Server, token: &str) -> Result<Caller, Fault> {
    let token = Token::parse(token).ok_or(Code::SignedOut)?;
    let session_id = token.session_id;
    let row = live_session(&mut server.read().await?, session_id).await?;
    let right: bool = token.hash().ct_eq(&row.access_hash).into();
    if !right || server.now_ms() >= row.access_expires_at_ms {
        return Err(Code::SignedOut.into());
    }
    if !row.used {
        let note = "UPDATE session SET used = 1, previous_refresh_hash = NULL WHERE id = $1 AND access_hash = $2";
        let hash = token.hash();
        let noted = server
            .writer
            .submit(move |work| Box::pin(async move { Ok(work.tx.execute(note, args![session_id, hash]).await?) }));
        noted.await?;
    }
    let device_key = device_key_from_text(&row.device_key).ok_or(Fault::Stored("device key"))?;
    Ok(Caller { person_id: row.person_id, device_id: row.device_id, session_id, device_key })
}

/// Whose handle or e-mail and password these are. Limited per name and per address; a wrong password and an unknown
/// name look the same.
pub async fn whose_password(
    server: &Server,
    attempted: &Attempted,
    name: &str,
    password: String,
) -> Result<Uuid, Fault> {
    let name = name.trim().trim_start_matches('@').to_lowercase();
    let (rate, now_ms) = (server.config.rates.passwords_per_minute, server.now_ms());
    server.limits.take(Kind::PasswordAddress, &attempted.address, rate.saturating_mul(10), 60_000, now_ms)?;
    server.limits.take(Kind::Password, &name, rate, 60_000, now_ms)?;
    if password.len() > 1024 {
        return Err(Code::WrongCredentials.into());
    }
    let found = rows::find_password(&mut server.read().await?, &name).await?;
    let (person_id, hash) = found.map_or((None, None), |(id, hash)| (Some(id), Some(hash)));
    let right = password::is_right(server, password, hash).await?;
    Ok(person_id.filter(|_| right).ok_or(Code::WrongCredentials)?)
}

/// Whether somebody who is signed in knows their password; limited like any other try.
pub async fn own_password(server: &Server, person_id: Uuid, password: String) -> Result<(), Fault> {
    let (rate, person) = (server.config.rates.passwords_per_minute, person_id.to_string());
    server.limits.take(Kind::Password, &person, rate, 60_000, server.now_ms())?;
    if password.len() > 1024 {
        return Err(Code::WrongCredentials.into());
    }
    let hash = rows::password_hash(&mut server.read().await?, person_id).await?;
    let right = password::is_right(server, password, hash).await?;
    if right { Ok(()) } else { Err(Code::WrongCredentials.into()) }
}

/// `POST /v1/sessions`: handle or e-mail, password, and a registered device that signs.
pub async fn post_session(State(server): State<Server>, attempted: Attempted) -> Result<Json<Session>, Fault> {
    let form: SignIn = attempted.json()?;
    let person_id = whose_password(&server, &attempted, &form.name, form.password).await?;
    let device_id = form.device_id;
    let key = rows::find_device_key(&mut server.read().await?, person_id, device_id).await?;
    let key = key.and_then(|key| device_key_from_text(&key)).ok_or(Code::DeviceRefused)?;
    attempted.verify(&server, device_id, &key)?;
    let session_id = server.randomness.id();
    let pair = Pair::make(&server, session_id);
    let session = pair.session(person_id, device_id);
    let submitted = server.writer.submit(move |work| {
        Box::pin(async move {
            if rows::find_device_key(&mut work.tx, person_id, device_id).await?.is_none() {
                return Err(Code::DeviceRefused.into());
            }
            work.tx.execute("DELETE FROM session WHERE device_id = $1", args![device_id]).await?;
            devices::note_seen(&mut work.tx, device_id, work.now_ms).await?;
            pair.insert(&mut work.tx, person_id, device_id).await
        })
    });
    submitted.await?;
    Ok(Json(session))
}

/// `POST /v1/sessions/refresh`. A token that is neither the newest, nor the one before while the newest was never
/// used (its answer was lost), ends the session: somebody has a copy.
pub async fn post_session_refresh(State(server): State<Server>, attempted: Attempted) -> Result<Json<Session>, Fault> {
    let form: Refresh = attempted.json()?;
    let token = Token::parse(&form.refresh_token).ok_or(Code::SignedOut)?;
    let session_id = token.session_id;
    let row = live_session(&mut server.read().await?, session_id).await?;
    let key = device_key_from_text(&row.device_key).ok_or(Fault::Stored("device key"))?;
    attempted.verify(&server, row.device_id, &key)?;
    let pair = Pair::make(&server, session_id);
    let fresh = pair.session(row.person_id, row.device_id);
    let hash = token.hash();
    let submitted = server.writer.submit(move |work| {
        Box::pin(async move {
            let now_ms = work.now_ms;
            let row = live_session(&mut work.tx, session_id).await?;
            let newest: bool = hash.ct_eq(&row.refresh_hash).into();
            let before = row.previous_refresh_hash.is_some_and(|previous| hash.ct_eq(&previous).into());
            let may = now_ms < row.refresh_expires_at_ms && (newest || (before && !row.used));
            if may {
                pair.replace(&mut work.tx, hash).await?;
                devices::note_seen(&mut work.tx, row.device_id, now_ms).await?;
            } else {
                work.tx.execute("DELETE FROM session WHERE id = $1", args![session_id]).await?;
            }
            Ok(may)
        })
    });
    if submitted.await? { Ok(Json(fresh)) } else { Err(Code::SignedOut.into()) }
}

/// `DELETE /v1/sessions`.
pub async fn delete_session(State(server): State<Server>, signed: Signed) -> Result<StatusCode, Fault> {
    let session_id = signed.caller.session_id;
    let submitted = server.writer.submit(move |work| {
        Box::pin(async move { Ok(work.tx.execute("DELETE FROM session WHERE id = $1", args![session_id]).await?) })
    });
    submitted.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An access and a refresh token made together.
struct Pair {
    access: Token,
    refresh: Token,
    access_expires_at_ms: i64,
    refresh_expires_at_ms: i64,
}

impl Pair {
    fn make(server: &Server, session_id: Uuid) -> Pair {
        let (now_ms, timings) = (server.now_ms(), &server.config.timings);
        Pair {
            access: Token::make(session_id, &*server.randomness),
            refresh: Token::make(session_id, &*server.randomness),
            access_expires_at_ms: now_ms.saturating_add(timings.access_ms),
            refresh_expires_at_ms: now_ms.saturating_add(timings.refresh_ms),
        }
    }

    fn session(&self, person_id: Uuid, device_id: Uuid) -> Session {
        Session {
            person_id,
            device_id,
            access_token: self.access.text.clone(),
            access_expires_at_ms: self.access_expires_at_ms,
            refresh_token: self.refresh.text.clone(),
            refresh_expires_at_ms: self.refresh_expires_at_ms,
        }
    }

    async fn insert(self, tx: &mut Tx, person_id: Uuid, device_id: Uuid) -> Result<(), Fault> {
        const SQL: &str = "INSERT INTO session (id, person_id, device_id, access_hash, access_expires_at_ms,
            refresh_hash, refresh_expires_at_ms, used) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)";
        let (access, refresh) = (self.access.hash(), self.refresh.hash());
        let (until, refresh_until) = (self.access_expires_at_ms, self.refresh_expires_at_ms);
        let id = self.access.session_id;
        tx.execute(SQL, args![id, person_id, device_id, access, until, refresh, refresh_until]).await?;
        Ok(())
    }

    /// Takes the place of the pair whose refresh token had the hash `spent`.
    async fn replace(self, tx: &mut Tx, spent: [u8; 32]) -> Result<(), Fault> {
        const SQL: &str = "UPDATE session SET access_hash = $2, access_expires_at_ms = $3, refresh_hash = $4,
            refresh_expires_at_ms = $5, previous_refresh_hash = $6, used = 0 WHERE id = $1";
        let (access, refresh) = (self.access.hash(), self.refresh.hash());
        let (until, refresh_until) = (self.access_expires_at_ms, self.refresh_expires_at_ms);
        tx.execute(SQL, args![self.access.session_id, access, until, refresh, refresh_until, spent]).await?;
        Ok(())
    }
}
