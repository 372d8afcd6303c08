use crate::fault::{Fault, verdict};
use crate::idempotent::{Reply, once};
use crate::limits::Kind;
use crate::payments::book;
use crate::people::{announce_me, handles, password, rules};
use crate::signed::Attempted;
use crate::state::Server;
use crate::writer::Work;
use axum::extract::State;
use axum::response::Response;
use ledger::args;
use pay::{Currency, Handle};
use protocol::body::{HandleVerdict, Join};
use protocol::{Code, device_key_from_text};

/// What a join form says, once it has been found to be in order.
struct Newcomer {
    form: Join,
    handle: Handle,
    display_name: String,
    email: String,
    device_name: String,
}

/// `POST /v1/people`.
pub async fn post_people(State(server): State<Server>, attempted: Attempted) -> Result<Response, Fault> {
    let rates = &server.config.rates;
    server.limits.take(Kind::Join, &attempted.address, rates.joins_per_hour, 3_600_000, server.now_ms())?;
    let form: Join = attempted.json()?;
    if attempted.key.as_deref() != Some(form.id.to_string().as_str()) {
        return Err(Code::Malformed.into());
    }
    let key = device_key_from_text(&form.device.public_key).ok_or(Code::BadSignature)?;
    attempted.verify(&server, form.device.id, &key)?;
    let newcomer = check_form(form, server.now_ms())?;
    let body_hash = server.keyed_digest(b"join body", &attempted.body);
    let password_hash = password::hash(&server, newcomer.form.password.clone()).await?;
    let person_id = newcomer.form.id;
    let words = server.clone();
    once(&server, person_id, person_id.to_string(), body_hash, move |work| {
        Box::pin(async move {
            insert(work, &newcomer, password_hash).await?;
            Reply::created(&announce_me(work, &words, person_id).await?)
        })
    })
    .await
}

fn check_form(form: Join, now_ms: i64) -> Result<Newcomer, Fault> {
    let display_name = rules::clean_name(&form.display_name).ok_or(Code::NameInvalid)?;
    let device_name = rules::clean_name(&form.device.name).ok_or(Code::NameInvalid)?;
    let handle = Handle::claim(&form.handle).map_err(|error| Fault::handle(verdict(error)))?;
    let email = rules::clean_email(&form.email).ok_or(Code::EmailInvalid)?;
    if !rules::password_is_strong(&form.password, &[&email, &form.handle, &form.display_name]) {
        return Err(Code::PasswordWeak.into());
    }
    rules::birth_date(&form.date_of_birth, now_ms).ok_or(Code::DateInvalid)?;
    Currency::from_code(&form.currency).map_err(|_| Code::Malformed)?;
    if form.country.len() != 2 || !form.country.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(Code::Malformed.into());
    }
    Ok(Newcomer { form, handle, display_name, email, device_name })
}

async fn insert(work: &mut Work, newcomer: &Newcomer, password_hash: String) -> Result<(), Fault> {
    const PERSON: &str = "INSERT INTO person (id, handle, skeleton, currency, public_key, created_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6)";
    const PERSONAL: &str = "INSERT INTO person_personal (person_id, display_name, email, date_of_birth, country,
        password_hash) VALUES ($1, $2, $3, $4, $5, $6)";
    const DEVICE: &str =
        "INSERT INTO device (id, person_id, public_key, name, created_at_ms) VALUES ($1, $2, $3, $4, $5)";
    let Newcomer { form, handle, display_name, email, device_name } = newcomer;
    let (tx, now_ms) = (&mut work.tx, work.now_ms);
    match handles::check(tx, handle).await? {
        HandleVerdict::Free => {}
        other => return Err(Fault::handle(other)),
    }
    if tx.row("SELECT 1 FROM person_personal WHERE email = $1", args![email]).await?.is_some() {
        return Err(Code::EmailTaken.into());
    }
    let ids = "SELECT 1 FROM person WHERE id = $1 UNION ALL SELECT 1 FROM device WHERE id = $2";
    if tx.row(ids, args![form.id, form.device.id]).await?.is_some() {
        return Err(Code::IdReused.into());
    }
    let key = &form.device.public_key;
    let person = args![form.id, handle.as_str(), handle.skeleton(), form.currency.as_str(), key, now_ms];
    tx.execute(PERSON, person).await?;
    let country = form.country.as_str();
    let born = form.date_of_birth.as_str();
    tx.execute(PERSONAL, args![form.id, display_name, email, born, country, password_hash]).await?;
    tx.execute(DEVICE, args![form.device.id, form.id, key, device_name, now_ms]).await?;
    let currency = Currency::from_code(&form.currency).map_err(|_| Code::Malformed)?;
    book::open_person(tx, form.id, currency).await
}
