use crate::fault::Fault;
use crate::pages::language::Language;
use crate::people::rules::{self, Traits};
use crate::sources::rows::SourceRow;
use ledger::{Row, Tx, args};
use pay::Currency;
use protocol::body::{Bar, EligibilityPolicy, Person};
use uuid::Uuid;

/// A person with what is erasable.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Id.
    pub id: Uuid,
    /// Handle.
    pub handle: String,
    /// Preferred currency.
    pub currency: Currency,
    /// First device's key.
    pub public_key: String,
    /// By the operator.
    pub disabled: bool,
    /// Name.
    pub display_name: String,
    /// `YYYY-MM-DD`.
    pub date_of_birth: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Base64.
    pub picture: Option<String>,
}

impl PersonRow {
    fn read(row: &Row) -> Result<Self, Fault> {
        Ok(PersonRow {
            id: row.uuid(0)?,
            handle: row.text(1)?,
            currency: row.currency(2)?,
            public_key: row.text(3)?,
            disabled: row.i64(4)? != 0,
            display_name: row.text(5)?,
            date_of_birth: row.text(6)?,
            country: row.text(7)?,
            picture: row.opt_text(8)?,
        })
    }

    /// As others see them, with the picture.
    pub fn with_picture(&self) -> Person {
        Person { picture: self.picture.clone(), ..self.public() }
    }

    /// As it goes into payments and requests: without the picture, which would weigh more than all the rest.
    pub fn public(&self) -> Person {
        Person {
            id: self.id,
            handle: self.handle.clone(),
            display_name: self.display_name.clone(),
            public_key: self.public_key.clone(),
            picture: None,
        }
    }

    fn bars(&self, policy: &EligibilityPolicy, now_ms: i64) -> Vec<Bar> {
        let traits = Traits {
            country: &self.country,
            currency: self.currency.code(),
            date_of_birth: &self.date_of_birth,
            disabled: self.disabled,
        };
        rules::bars(policy, &traits, now_ms)
    }

    /// Why this person cannot send.
    pub fn send_bars(&self, policy: &EligibilityPolicy, sources: &[SourceRow], now_ms: i64) -> Vec<Bar> {
        let mut bars = self.bars(policy, now_ms);
        if !sources.iter().any(|source| source.send_bar().is_none()) {
            bars.push(Bar::NoSendingSource);
        }
        bars
    }

    /// Why this person cannot receive.
    pub fn receive_bars(&self, policy: &EligibilityPolicy, sources: &[SourceRow], now_ms: i64) -> Vec<Bar> {
        let mut bars = self.bars(policy, now_ms);
        if !sources.iter().any(|source| source.receive_bar().is_none()) {
            bars.push(Bar::NoReceivingSource);
        }
        bars
    }
}

/// Guests too, and those who have left: they have a name (the handle, when nothing else) and nothing more, so that no
/// rule lets them receive.
const BY_ID: &str = "SELECT p.id, p.handle, p.currency, p.public_key, p.disabled,
    COALESCE(q.display_name, g.display_name, p.handle), COALESCE(q.date_of_birth, ''), COALESCE(q.country, ''), q.picture
    FROM person p LEFT JOIN person_personal q ON q.person_id = p.id LEFT JOIN guest g ON g.person_id = p.id
    WHERE p.id = $1";
const BY_HANDLE: &str = "SELECT p.id, p.handle, p.currency, p.public_key, p.disabled, q.display_name, q.date_of_birth,
    q.country, q.picture FROM person p JOIN person_personal q ON q.person_id = p.id WHERE p.handle = $1";

/// The person with this id.
pub async fn find_person(tx: &mut Tx, id: Uuid) -> Result<Option<PersonRow>, Fault> {
    tx.row(BY_ID, args![id]).await?.as_ref().map(PersonRow::read).transpose()
}

/// A person that a foreign key says is there.
pub async fn the_person(tx: &mut Tx, id: Uuid) -> Result<PersonRow, Fault> {
    find_person(tx, id).await?.ok_or(Fault::Stored("person"))
}

/// The person with this handle.
pub async fn find_by_handle(tx: &mut Tx, handle: &str) -> Result<Option<PersonRow>, Fault> {
    tx.row(BY_HANDLE, args![handle]).await?.as_ref().map(PersonRow::read).transpose()
}

/// Whose e-mail or handle this is, with their password hash.
pub async fn find_password(tx: &mut Tx, name: &str) -> Result<Option<(Uuid, String)>, Fault> {
    const SQL: &str = "SELECT p.id, q.password_hash FROM person p JOIN person_personal q ON q.person_id = p.id
        WHERE p.handle = $1 OR q.email = $1";
    let row = tx.row(SQL, args![name]).await?;
    row.map(|row| Ok((row.uuid(0)?, row.text(1)?))).transpose()
}

/// The key of an active device of this person.
pub async fn find_device_key(tx: &mut Tx, person_id: Uuid, device_id: Uuid) -> Result<Option<String>, Fault> {
    const SQL: &str = "SELECT public_key FROM device WHERE id = $1 AND person_id = $2
        AND state = 'active' AND revoked_at_ms IS NULL";
    let row = tx.row(SQL, args![device_id, person_id]).await?;
    row.map(|row| Ok(row.text(0)?)).transpose()
}

/// Where letters to a person go.
pub struct Contact {
    /// E-mail.
    pub email: String,
    /// As they last used it.
    pub language: Language,
}

/// How to write to somebody who has an account.
pub async fn contact(tx: &mut Tx, person_id: Uuid) -> Result<Contact, Fault> {
    const SQL: &str = "SELECT email, language FROM person_personal WHERE person_id = $1";
    let row = tx.row(SQL, args![person_id]).await?.ok_or(Fault::Stored("person_personal"))?;
    Ok(Contact { email: row.text(0)?, language: Language::parse(&row.text(1)?).unwrap_or(Language::En) })
}

/// Remembers the language somebody uses.
pub async fn keep_language(tx: &mut Tx, person_id: Uuid, language: Language) -> Result<(), Fault> {
    const SQL: &str = "UPDATE person_personal SET language = $2 WHERE person_id = $1";
    tx.execute(SQL, args![person_id, language.code()]).await?;
    Ok(())
}

/// The password hash of somebody who has an account.
pub async fn password_hash(tx: &mut Tx, person_id: Uuid) -> Result<Option<String>, Fault> {
    const SQL: &str = "SELECT password_hash FROM person_personal WHERE person_id = $1";
    Ok(tx.row(SQL, args![person_id]).await?.map(|row| row.text(0)).transpose()?)
}
