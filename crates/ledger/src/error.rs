use pay::MoneyError;
use uuid::Uuid;

/// Why the ledger refused or could not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The key does not open this encrypted file.
    #[error("the key does not open this database")]
    WrongKey,
    /// The file is damaged, or is no database at all. Open it with [`crate::Store::open_sqlite_read_only`] to save what can be read.
    #[error("the database is damaged")]
    Corrupt,
    /// Another process holds the database.
    #[error("the database is locked by another process")]
    Locked,
    /// No space left; nothing of this commit was written.
    #[error("the disk is full")]
    DiskFull,
    /// A write on a read-only store or in a read snapshot.
    #[error("the database is read-only here")]
    ReadOnly,
    /// The database cannot be reached, or reading or writing failed. Whether a commit under way was kept is unknown:
    /// ask again with the same ids.
    #[error("the database is unavailable")]
    Unavailable,
    /// Two writers met; roll back and do the same again.
    #[error("another writer was in the way; do the same again")]
    Conflict,
    /// A row with this key exists already.
    #[error("a row with this key exists already")]
    Duplicate,
    /// A foreign key, check or not-null rule of a table refused the row.
    #[error("a rule of the table refused the row")]
    Constraint,
    /// Something tried to change or delete what may only be added.
    #[error("this table only grows")]
    AppendOnly,
    /// The statement itself is wrong (a defect of the caller); the text is the database's and holds no values of rows.
    #[error("wrong statement: {0}")]
    Statement(String),
    /// Column `0` (counted from 0) is missing, null or of another type (a defect of the caller, or a damaged row).
    #[error("column {0} is not what was asked")]
    Column(usize),
    /// A migration that ran here had another text, or its ids do not grow.
    #[error("migration {id} of {name} was changed after it ran")]
    MigrationChanged {
        /// The named set of migrations.
        name: &'static str,
        /// The id within it.
        id: i64,
    },
    /// A newer program has written this database.
    #[error("the tables of {name} were made by a newer version")]
    Newer {
        /// The named set of migrations.
        name: &'static str,
    },
    /// No such account.
    #[error("no account {0}")]
    UnknownAccount(Uuid),
    /// No such transfer.
    #[error("no transfer {0}")]
    UnknownTransfer(Uuid),
    /// The id was used for something with other content.
    #[error("{0} was used for other content")]
    IdReused(Uuid),
    /// Account and transfer, or two accounts, differ in currency.
    #[error("currencies differ at {0}")]
    CurrencyMismatch(Uuid),
    /// A transfer of nothing.
    #[error("transfer {0} moves nothing")]
    NothingMoved(Uuid),
    /// A transfer from an account to itself.
    #[error("transfer {0} names one account twice")]
    SameAccount(Uuid),
    /// The account would go below its floor.
    #[error("account {0} would go below zero")]
    BelowFloor(Uuid),
    /// The account's sums would no longer fit.
    #[error("the sums of account {0} would overflow")]
    Overflow(Uuid),
    /// The transfer is posted: it cannot be voided; reverse it.
    #[error("transfer {0} is posted")]
    AlreadyPosted(Uuid),
    /// The transfer is voided: it cannot be posted.
    #[error("transfer {0} is voided")]
    AlreadyVoided(Uuid),
    /// Only posted transfers are reversed.
    #[error("transfer {0} is not posted")]
    NotPosted(Uuid),
    /// The transfer has been reversed by another one.
    #[error("transfer {0} is reversed already")]
    AlreadyReversed(Uuid),
    /// A reversal is not reversed again: book a new transfer.
    #[error("transfer {0} is itself a reversal")]
    IsReversal(Uuid),
    /// A stored amount is not money.
    #[error("a stored amount is not money: {0}")]
    Money(#[from] MoneyError),
}

impl LedgerError {
    /// The same work may succeed when done again, with the same ids.
    pub fn is_retryable(&self) -> bool {
        matches!(self, LedgerError::Conflict | LedgerError::Locked | LedgerError::Unavailable)
    }
}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(inner) => of_database(&*inner),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => LedgerError::Unavailable,
            other => LedgerError::Statement(other.to_string()),
        }
    }
}

fn of_database(error: &dyn sqlx::error::DatabaseError) -> LedgerError {
    let code = error.code().unwrap_or_default();
    match code.parse::<i32>() {
        // SQLite's codes have at most four digits, PostgreSQL's SQLSTATE always five characters.
        Ok(number) if code.len() < 5 => of_sqlite(number, error),
        _ => of_postgres(&code, error),
    }
}

fn of_sqlite(extended: i32, error: &dyn sqlx::error::DatabaseError) -> LedgerError {
    use libsqlite3_sys as c;
    match extended {
        c::SQLITE_IOERR_SHMSIZE => return LedgerError::DiskFull,
        c::SQLITE_CONSTRAINT_UNIQUE | c::SQLITE_CONSTRAINT_PRIMARYKEY => return LedgerError::Duplicate,
        c::SQLITE_CONSTRAINT_TRIGGER => return LedgerError::AppendOnly,
        _ => {}
    }
    match extended & 0xff {
        c::SQLITE_BUSY | c::SQLITE_LOCKED => LedgerError::Locked,
        c::SQLITE_FULL => LedgerError::DiskFull,
        c::SQLITE_CORRUPT | c::SQLITE_NOTADB => LedgerError::Corrupt,
        c::SQLITE_READONLY | c::SQLITE_PERM => LedgerError::ReadOnly,
        c::SQLITE_IOERR | c::SQLITE_CANTOPEN | c::SQLITE_NOMEM | c::SQLITE_INTERRUPT | c::SQLITE_PROTOCOL => {
            LedgerError::Unavailable
        }
        c::SQLITE_CONSTRAINT => LedgerError::Constraint,
        _ => LedgerError::Statement(error.message().to_owned()),
    }
}

/// SQLSTATE, PostgreSQL 15 manual appendix A.
fn of_postgres(state: &str, error: &dyn sqlx::error::DatabaseError) -> LedgerError {
    match state {
        "40001" | "40P01" | "55P03" => LedgerError::Conflict,
        "23505" => LedgerError::Duplicate,
        crate::store::APPEND_ONLY_STATE => LedgerError::AppendOnly,
        "25006" => LedgerError::ReadOnly,
        "53100" => LedgerError::DiskFull,
        "XX001" | "XX002" => LedgerError::Corrupt,
        _ if state.starts_with("23") => LedgerError::Constraint,
        _ if ["08", "53", "57", "58"].iter().any(|class| state.starts_with(class)) => LedgerError::Unavailable,
        _ => LedgerError::Statement(error.message().to_owned()),
    }
}
