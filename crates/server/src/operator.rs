//! The operator's side of safety, beside the running server and on the same database: reading what was reported, closing
//! it, and suspending accounts. Nobody but who can open the database gets here; there is no page and no address for it.

use crate::clock::Clock;
use crate::config::Config;
use crate::fault::Fault;
use crate::people::rows::{find_by_handle, the_person};
use crate::people::{announced, rules};
use crate::schema;
use ledger::{Row, Store, Tx, args, feed};
use pay::Handle;
use protocol::body::Subject;
use std::sync::Arc;
use uuid::Uuid;

/// Most characters of a note on a closed report.
const NOTE_MOST: usize = 1_000;
/// Fewest characters of an id that may stand for the whole of it.
const PREFIX_LEAST: usize = 8;
/// Most reports in one list.
const LISTED: i64 = 500;

/// Why the operator's wish was not done.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// No report begins with this id, or several do.
    #[error("no report, or more than one, begins with {0:?}")]
    NoReport(String),
    /// Closed before; it stays as it was closed.
    #[error("report {0} was closed before")]
    Closed(Uuid),
    /// A note is needed, of plain text.
    #[error("a note of plain text is needed, 1000 characters at most")]
    Note,
    /// Nobody has this handle.
    #[error("nobody here has the handle {0:?}")]
    NoPerson(String),
    /// The account is in that state already.
    #[error("@{0} is {1} already")]
    Already(String, &'static str),
    /// The database.
    #[error(transparent)]
    Server(#[from] Fault),
}

impl From<ledger::LedgerError> for OperatorError {
    fn from(error: ledger::LedgerError) -> Self {
        OperatorError::Server(error.into())
    }
}

/// A report as it was filed, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Id.
    pub id: Uuid,
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// Handle of who reported.
    pub by: String,
    /// Handle of who was reported.
    pub about: String,
    /// Their name.
    pub about_name: String,
    /// The word of [`protocol::safety::ReportReason`].
    pub reason: String,
    /// What happened, in the reporter's words.
    pub words: String,
    /// When it was closed, and with which note.
    pub closed: Option<(i64, String)>,
    /// The reported account is suspended now.
    pub suspended: bool,
    /// Reports about the same person in all.
    pub about_count: i64,
}

/// Where the operator works.
pub struct Desk {
    store: Store,
    config: Config,
    clock: Arc<dyn Clock>,
}

macro_rules! filed {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.at_ms, b.handle, a.handle, COALESCE(q.display_name, ''), r.reason, r.words, r.closed_at_ms,
            r.closing_note, a.disabled, (SELECT COUNT(*) FROM report o WHERE o.person_id = r.person_id)
            FROM report r JOIN person b ON b.id = r.reporter_id JOIN person a ON a.id = r.person_id
            LEFT JOIN person_personal q ON q.person_id = a.id ",
            $rest
        )
    };
}

impl Filed {
    fn read(row: &Row) -> Result<Filed, Fault> {
        Ok(Filed {
            id: row.uuid(0)?,
            at_ms: row.i64(1)?,
            by: row.text(2)?,
            about: row.text(3)?,
            about_name: row.text(4)?,
            reason: row.text(5)?,
            words: row.text(6)?,
            closed: row.opt_i64(7)?.zip(row.opt_text(8)?),
            suspended: row.i64(9)? != 0,
            about_count: row.i64(10)?,
        })
    }
}

impl Desk {
    /// Works on this database, which a server may be using at the same time.
    pub async fn open(store: Store, config: Config, clock: Arc<dyn Clock>) -> Result<Desk, OperatorError> {
        store.migrate(schema::NAME, schema::MIGRATIONS).await?;
        Ok(Desk { store, config, clock })
    }

    /// Reports, oldest first: the open ones, or all.
    pub async fn reports(&self, closed_too: bool) -> Result<Vec<Filed>, OperatorError> {
        const SQL: &str = filed!("WHERE ($1 = 1 OR r.closed_at_ms IS NULL) ORDER BY r.at_ms, r.id LIMIT $2");
        let mut tx = self.store.read().await?;
        let rows = tx.rows(SQL, args![closed_too, LISTED]).await?;
        Ok(rows.iter().map(Filed::read).collect::<Result<_, _>>()?)
    }

    /// One report, by its id or the beginning of it.
    pub async fn report(&self, id: &str) -> Result<Filed, OperatorError> {
        find(&mut self.store.read().await?, id).await
    }

    /// Closes a report, once, with a note for whoever looks at it later.
    pub async fn close(&self, id: &str, note: &str) -> Result<Filed, OperatorError> {
        const SQL: &str =
            "UPDATE report SET closed_at_ms = $2, closing_note = $3 WHERE id = $1 AND closed_at_ms IS NULL";
        let note = rules::clean_note(note, NOTE_MOST).filter(|note| !note.is_empty()).ok_or(OperatorError::Note)?;
        let mut tx = self.store.begin().await?;
        let filed = find(&mut tx, id).await?;
        if tx.execute(SQL, args![filed.id, self.clock.now_ms(), note]).await? == 0 {
            return Err(OperatorError::Closed(filed.id));
        }
        let closed = find(&mut tx, &filed.id.to_string()).await?;
        tx.commit().await?;
        Ok(closed)
    }

    /// Suspends an account, or no longer. From the next call on it can neither pay nor ask nor be paid; it can read its
    /// book and give money back. Its own feed says so.
    pub async fn set_suspended(&self, handle: &str, suspended: bool) -> Result<String, OperatorError> {
        const SQL: &str = "UPDATE person SET disabled = $2 WHERE id = $1 AND disabled <> $2";
        let unknown = || OperatorError::NoPerson(handle.to_owned());
        let parsed = Handle::parse(handle).map_err(|_| unknown())?;
        let mut tx = self.store.begin().await?;
        let person = find_by_handle(&mut tx, parsed.as_str()).await?.ok_or_else(unknown)?;
        if tx.execute(SQL, args![person.id, suspended]).await? == 0 {
            return Err(OperatorError::Already(person.handle, if suspended { "suspended" } else { "not suspended" }));
        }
        let person = the_person(&mut tx, person.id).await?;
        let now_ms = self.clock.now_ms();
        let me = announced(&mut tx, &self.config.eligibility, &person, now_ms).await?;
        let body = serde_json::to_string(&Subject::Me(me)).map_err(Fault::from)?;
        feed::append(&mut tx, person.id, &body, now_ms).await?;
        tx.commit().await?;
        Ok(person.handle)
    }
}

async fn find(tx: &mut Tx, id: &str) -> Result<Filed, OperatorError> {
    const BY_ID: &str = filed!("WHERE r.id = $1");
    const IDS: &str = "SELECT id FROM report ORDER BY at_ms DESC";
    let missing = || OperatorError::NoReport(id.to_owned());
    let wanted = id.replace('-', "").to_ascii_lowercase();
    if wanted.len() < PREFIX_LEAST {
        return Err(missing());
    }
    let mut found = Vec::new();
    for row in tx.rows(IDS, args![]).await? {
        let id = row.uuid(0)?;
        if id.simple().to_string().starts_with(&wanted) {
            found.push(id);
        }
    }
    let [id] = found[..] else { return Err(missing()) };
    let row = tx.row(BY_ID, args![id]).await?.ok_or_else(missing)?;
    Ok(Filed::read(&row)?)
}
