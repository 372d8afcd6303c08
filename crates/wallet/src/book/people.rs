//! What a book knows of people: whom it paid, under which key, and whose words were compared.

use ledger::{Tx, args};
use pay::Handle;
use protocol::body::Person;
use uuid::Uuid;

use super::rows::from_json;
use super::stored::store_people;
use super::{Book, fact};
use crate::view::{KnownPerson, Trust};
use crate::{WalletError, fingerprint, look_alike};

/// Most people one list shows.
const LISTED: i64 = 2_000;

/// What is known of somebody about to be paid.
pub(crate) struct Acquaintance {
    /// Nothing was ever paid to them.
    pub(crate) first_payment: bool,
    /// Somebody paid before, with a handle like theirs.
    pub(crate) looks_like: Option<String>,
    /// Somebody paid before, with their name.
    pub(crate) same_name_as: Option<String>,
    /// The key they, or whoever had this handle, were last paid with, when it is another.
    pub(crate) other_key: Option<String>,
}

impl Book {
    /// What this book knows of a payee. Comparing the four words silences the look-alike alarm, nothing else does.
    pub(crate) async fn acquaintance(&self, payee: &Person) -> Result<Acquaintance, WalletError> {
        let handle = Handle::parse(&payee.handle).map_err(|_| WalletError::BadAnswer)?;
        let mut tx = self.store.read().await?;
        let sql = "SELECT paid, checked_key FROM wallet_person WHERE id = $1";
        let row = tx.row(sql, args![payee.id]).await?;
        let (paid, checked) = match &row {
            Some(row) => (row.i64(0)?, row.opt_text(1)?),
            None => (0, None),
        };
        // A handle that suddenly belongs to another account is as suspicious as a key that is another.
        let sql = "SELECT paid_key FROM wallet_person
            WHERE (id = $1 OR handle = $2) AND paid_key IS NOT NULL AND paid_key <> $3 LIMIT 1";
        let row = tx.row(sql, args![payee.id, handle.as_str(), &payee.public_key]).await?;
        let other_key = row.map(|row| row.text(0)).transpose()?;
        let (mut looks_like, mut same_name_as) = (None, None);
        if checked.as_ref() != Some(&payee.public_key) {
            let sql = "SELECT body FROM wallet_person WHERE paid > 0 AND id <> $1 ORDER BY paid DESC LIMIT 5000";
            for row in tx.rows(sql, args![payee.id]).await? {
                let known: Person = from_json(&row.text(0)?)?;
                if looks_like.is_none() && look_alike::alike(handle.as_str(), &known.handle) {
                    looks_like = Some(known.handle.clone());
                }
                if same_name_as.is_none() && look_alike::same_name(&payee.display_name, &known.display_name) {
                    same_name_as = Some(known.handle);
                }
            }
        }
        Ok(Acquaintance { first_payment: paid == 0, looks_like, same_name_as, other_key })
    }

    /// Somebody who was paid under the key they have now, by handle or by id: as they were known last.
    pub(crate) async fn paid_before(&self, handle: &str, id: Uuid) -> Result<Option<Person>, WalletError> {
        let sql = "SELECT body, paid_key FROM wallet_person WHERE (handle = $1 OR id = $2) AND paid > 0";
        let mut tx = self.store.read().await?;
        for row in tx.rows(sql, args![handle, id]).await? {
            let person: Person = from_json(&row.text(0)?)?;
            if row.opt_text(1)?.as_ref() == Some(&person.public_key) {
                return Ok(Some(person));
            }
        }
        Ok(None)
    }

    /// Everybody, those of the latest payments first.
    pub(crate) async fn people(&self) -> Result<Vec<KnownPerson>, WalletError> {
        let sql = "SELECT w.body, w.paid_key, w.checked_key, MIN(p.created_at_ms), MAX(p.created_at_ms),
                COALESCE(SUM(p.direction = 'out'), 0), COALESCE(SUM(p.direction = 'in'), 0)
            FROM wallet_person w LEFT JOIN wallet_payment p ON p.other_id = w.id AND p.state = 'succeeded' AND p.returns IS NULL
            GROUP BY w.id ORDER BY COALESCE(MAX(p.created_at_ms), 0) DESC, w.handle LIMIT $1";
        let blocked = self.blocked().await?;
        let mut tx = self.store.read().await?;
        let mut people = Vec::new();
        for row in tx.rows(sql, args![LISTED]).await? {
            let person: Person = from_json(&row.text(0)?)?;
            let (paid_key, checked_key) = (row.opt_text(1)?, row.opt_text(2)?);
            let trust = trust(&person.public_key, paid_key.as_deref(), checked_key.as_deref());
            let (words, seal) = fingerprint(paid_key.as_ref().unwrap_or(&person.public_key));
            people.push(KnownPerson {
                four_words: words.map(str::to_owned).to_vec(),
                seal: seal.to_vec(),
                trust,
                blocked: blocked.contains(&person.id),
                paid_count: u32::try_from(row.i64(5)?).unwrap_or(u32::MAX),
                received_count: u32::try_from(row.i64(6)?).unwrap_or(u32::MAX),
                first_at_ms: row.opt_i64(3)?,
                last_at_ms: row.opt_i64(4)?,
                person,
            });
        }
        Ok(people)
    }

    /// Ids of whom the account has blocked, as the server said last.
    pub(crate) async fn blocked(&self) -> Result<Vec<Uuid>, WalletError> {
        Ok(self.fact(fact::BLOCKED).await?.unwrap_or_default())
    }

    /// The words of the key a person has now were compared with them, or are not to be relied on any more.
    pub(crate) async fn set_compared(&self, id: Uuid, compared: bool) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        let row = tx.row("SELECT body, paid_key FROM wallet_person WHERE id = $1", args![id]).await?;
        let row = row.ok_or(WalletError::Invalid(protocol::Code::NotFound))?;
        let person: Person = from_json(&row.text(0)?)?;
        if row.opt_text(1)?.is_some_and(|key| key != person.public_key) {
            return Err(WalletError::KeyChanged);
        }
        let key = compared.then_some(person.public_key);
        tx.execute("UPDATE wallet_person SET checked_key = $2 WHERE id = $1", args![id, key]).await?;
        Ok(tx.commit().await?)
    }

    /// The person typed the words of the new key: from now on it is the one they are paid with.
    pub(crate) async fn take_new_key(&self, payee: &Person) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        let person = Person { picture: None, ..payee.clone() };
        store_people(&mut tx, [&person]).await?;
        // Whoever had the handle before is not them any more.
        let sql = "UPDATE wallet_person SET paid_key = NULL, checked_key = NULL WHERE handle = $1 AND id <> $2";
        tx.execute(sql, args![&person.handle, person.id]).await?;
        let sql = "UPDATE wallet_person SET paid_key = $2, checked_key = $2 WHERE id = $1";
        tx.execute(sql, args![person.id, &person.public_key]).await?;
        Ok(tx.commit().await?)
    }
}

fn trust(key: &str, paid: Option<&str>, checked: Option<&str>) -> Trust {
    match paid {
        Some(paid) if paid != key => Trust::KeyChanged,
        _ if checked == Some(key) => Trust::WordsCompared,
        Some(_) => Trust::Paid,
        None => Trust::Unpaid,
    }
}

/// Remembers the key somebody is paid with, in the commit that stores the order.
pub(super) async fn pin_key(tx: &mut Tx, payee: &Person) -> Result<(), WalletError> {
    let sql = "UPDATE wallet_person SET paid_key = $2 WHERE id = $1";
    tx.execute(sql, args![payee.id, &payee.public_key]).await?;
    Ok(())
}
