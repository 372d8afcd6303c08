#[cfg(feature = "postgres")]
use super::set::Column;
use super::set::Set;
use super::value::{Kind, Row, Value};
use crate::LedgerError;
use futures::StreamExt;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection, Transaction};
#[cfg(feature = "postgres")]
use sqlx::{Postgres, postgres::types::Oid};
use std::ops::{Deref, DerefMut};
use tokio::sync::OwnedMappedMutexGuard;

/// One database transaction: a write ([`super::Store::begin`]) or a read snapshot ([`super::Store::read`]); or queries
/// that each see their own moment ([`super::Store::glance`]).
/// Dropping it without [`Tx::commit`] undoes everything.
pub struct Tx {
    pub(super) inner: Inner,
    pub(super) depth: u32,
}

pub(super) enum Inner {
    Sqlite(OnSqlite),
    #[cfg(feature = "postgres")]
    Postgres(Transaction<'static, Postgres>),
}

/// A connection of SQLite, inside a transaction or not.
pub(super) enum OnSqlite {
    Begun(Transaction<'static, Sqlite>),
    Held(OwnedMappedMutexGuard<Option<SqliteConnection>, SqliteConnection>),
}

impl Deref for OnSqlite {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            OnSqlite::Begun(tx) => tx,
            OnSqlite::Held(connection) => connection,
        }
    }
}

impl DerefMut for OnSqlite {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            OnSqlite::Begun(tx) => tx,
            OnSqlite::Held(connection) => connection,
        }
    }
}

/// A point inside a [`Tx`] to return to. Neither released nor rolled back, it ends with the transaction.
#[must_use = "release it or roll back to it"]
pub struct Savepoint(u32);

impl Tx {
    /// Runs a statement (`$1`, `$2`, … are `args`); gives the number of rows it touched.
    pub async fn execute(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64, LedgerError> {
        match &mut self.inner {
            Inner::Sqlite(tx) => Ok(bind_sqlite(sqlx::query(sql), args).execute(&mut **tx).await?.rows_affected()),
            #[cfg(feature = "postgres")]
            Inner::Postgres(tx) => Ok(bind_postgres(sqlx::query(sql), args).execute(&mut **tx).await?.rows_affected()),
        }
    }

    /// All rows of a query (or of a statement with RETURNING).
    pub async fn rows(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, LedgerError> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => of_sqlite(bind_sqlite(sqlx::query(sql), args).fetch_all(&mut **tx).await?),
            #[cfg(feature = "postgres")]
            Inner::Postgres(tx) => of_postgres(bind_postgres(sqlx::query(sql), args).fetch_all(&mut **tx).await?),
        })
    }

    /// What `read` makes of each row of a query, while the database looks for the next ones.
    pub async fn read_rows<T, E: From<LedgerError>>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
        mut read: impl FnMut(&Row) -> Result<T, E>,
    ) -> Result<Vec<T>, E> {
        let mut all = Vec::new();
        match &mut self.inner {
            Inner::Sqlite(tx) => {
                let mut rows = bind_sqlite(sqlx::query(sql), args).fetch(&mut **tx);
                while let Some(row) = rows.next().await {
                    all.push(read(&Row(Kind::Sqlite(row.map_err(LedgerError::from)?)))?);
                }
            }
            #[cfg(feature = "postgres")]
            Inner::Postgres(tx) => {
                let mut rows = bind_postgres(sqlx::query(sql), args).fetch(&mut **tx);
                while let Some(row) = rows.next().await {
                    all.push(read(&Row(Kind::Postgres(row.map_err(LedgerError::from)?)))?);
                }
            }
        }
        Ok(all)
    }

    /// The first row of a query, if there is one.
    pub async fn row(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Option<Row>, LedgerError> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => {
                let row = bind_sqlite(sqlx::query(sql), args).fetch_optional(&mut **tx).await?;
                row.map(|row| Row(Kind::Sqlite(row)))
            }
            #[cfg(feature = "postgres")]
            Inner::Postgres(tx) => {
                let row = bind_postgres(sqlx::query(sql), args).fetch_optional(&mut **tx).await?;
                row.map(|row| Row(Kind::Postgres(row)))
            }
        })
    }

    /// Runs one statement over many rows: `INSERT INTO t (a, b) SELECT c1, c2 FROM {SET}`. No other parameters.
    /// `{SET}` is a table named `s`; `{FOR UPDATE}` locks rows where the database needs it said. Gives the rows touched.
    pub async fn execute_set(&mut self, sql: &'static str, set: Set) -> Result<u64, LedgerError> {
        if set.is_empty() {
            return Ok(0);
        }
        match &mut self.inner {
            Inner::Sqlite(tx) => {
                let query = sqlx::query(AssertSqlSafe(set.sqlite_text(sql))).bind(set.json());
                Ok(query.execute(&mut **tx).await?.rows_affected())
            }
            #[cfg(feature = "postgres")]
            Inner::Postgres(tx) => {
                let query = bind_set(sqlx::query(AssertSqlSafe(set.postgres_text(sql))), set);
                Ok(query.execute(&mut **tx).await?.rows_affected())
            }
        }
    }

    /// Inserts many rows in few statements, in the set's order: `head` is `INSERT INTO t (a, b)` with as many columns as
    /// the set, `tail` what follows the rows (`ON CONFLICT …`, or nothing). For wide rows quicker than
    /// [`Tx::execute_set`]. Gives the rows touched.
    pub async fn insert_set(
        &mut self,
        head: &'static str,
        mut set: Set,
        tail: &'static str,
    ) -> Result<u64, LedgerError> {
        if set.is_empty() {
            return Ok(0);
        }
        match &mut self.inner {
            Inner::Sqlite(tx) => {
                let (most, mut done, mut touched) = (set.sqlite_rows(), 0, 0);
                while done < set.rows {
                    let rows = most.min(set.rows - done);
                    let sql = AssertSqlSafe(set.sqlite_insert(head, rows, tail));
                    // Full statements come again and are kept prepared; what is left over has another length each time.
                    let query = sqlx::query(sql).persistent(rows == most || rows == 1);
                    let query = bind_sqlite(query, set.take(done..done + rows));
                    touched += query.execute(&mut **tx).await?.rows_affected();
                    done += rows;
                }
                Ok(touched)
            }
            #[cfg(feature = "postgres")]
            Inner::Postgres(tx) => {
                let names: Vec<String> = (1..=set.columns.len()).map(|number| format!("c{number}")).collect();
                let sql = set.postgres_text(&format!("{head} SELECT {} FROM {{SET}} {tail}", names.join(", ")));
                let query = bind_set(sqlx::query(AssertSqlSafe(sql)), set);
                Ok(query.execute(&mut **tx).await?.rows_affected())
            }
        }
    }

    /// The rows of a query over many given ones: `SELECT … FROM t WHERE id IN (SELECT c1 FROM {SET})`.
    /// The order is the query's, not the set's.
    pub async fn rows_set(&mut self, sql: &'static str, set: Set) -> Result<Vec<Row>, LedgerError> {
        if set.is_empty() {
            return Ok(Vec::new());
        }
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => {
                let query = sqlx::query(AssertSqlSafe(set.sqlite_text(sql))).bind(set.json());
                of_sqlite(query.fetch_all(&mut **tx).await?)
            }
            #[cfg(feature = "postgres")]
            Inner::Postgres(tx) => {
                let query = bind_set(sqlx::query(AssertSqlSafe(set.postgres_text(sql))), set);
                of_postgres(query.fetch_all(&mut **tx).await?)
            }
        })
    }

    /// Marks a point to return to. Savepoints nest: end the inner ones first.
    pub async fn savepoint(&mut self) -> Result<Savepoint, LedgerError> {
        let level = self.depth + 1;
        self.script(&format!("SAVEPOINT level_{level}")).await?;
        self.depth = level;
        Ok(Savepoint(level))
    }

    /// Keeps what was done since the savepoint (until the whole commits or not).
    pub async fn release(&mut self, savepoint: Savepoint) -> Result<(), LedgerError> {
        self.depth = savepoint.0 - 1;
        self.script(&format!("RELEASE SAVEPOINT level_{}", savepoint.0)).await
    }

    /// Undoes what was done since the savepoint.
    pub async fn rollback_to(&mut self, savepoint: Savepoint) -> Result<(), LedgerError> {
        self.depth = savepoint.0 - 1;
        let level = savepoint.0;
        self.script(&format!("ROLLBACK TO SAVEPOINT level_{level}; RELEASE SAVEPOINT level_{level}")).await
    }

    /// Keeps everything, durably. After [`LedgerError::Unavailable`] the outcome is unknown: ask with the same ids.
    pub async fn commit(self) -> Result<(), LedgerError> {
        match self.inner {
            Inner::Sqlite(OnSqlite::Begun(tx)) => Ok(tx.commit().await?),
            Inner::Sqlite(OnSqlite::Held(_)) => Ok(()),
            #[cfg(feature = "postgres")]
            Inner::Postgres(tx) => Ok(tx.commit().await?),
        }
    }

    /// Undoes everything and waits for it; a plain drop does the same later.
    pub async fn rollback(self) -> Result<(), LedgerError> {
        match self.inner {
            Inner::Sqlite(OnSqlite::Begun(tx)) => Ok(tx.rollback().await?),
            Inner::Sqlite(OnSqlite::Held(_)) => Ok(()),
            #[cfg(feature = "postgres")]
            Inner::Postgres(tx) => Ok(tx.rollback().await?),
        }
    }

    /// Statements without parameters, several at once.
    pub(super) async fn script(&mut self, sql: &str) -> Result<(), LedgerError> {
        let script = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match &mut self.inner {
            Inner::Sqlite(tx) => script.execute(&mut **tx).await.map(drop)?,
            #[cfg(feature = "postgres")]
            Inner::Postgres(tx) => script.execute(&mut **tx).await.map(drop)?,
        }
        Ok(())
    }
}

type SqliteQuery<'q> = sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments>;

fn bind_sqlite(query: SqliteQuery<'_>, args: Vec<Value>) -> SqliteQuery<'_> {
    args.into_iter().fold(query, |query, value| match value {
        Value::Null => query.bind(None::<i64>),
        Value::Int(int) => query.bind(int),
        Value::Text(text) => query.bind(text),
        Value::Blob(blob) => query.bind(blob),
    })
}

fn of_sqlite(rows: Vec<sqlx::sqlite::SqliteRow>) -> Vec<Row> {
    rows.into_iter().map(|row| Row(Kind::Sqlite(row))).collect()
}

#[cfg(feature = "postgres")]
type PostgresQuery<'q> = sqlx::query::Query<'q, Postgres, sqlx::postgres::PgArguments>;

#[cfg(feature = "postgres")]
fn bind_postgres(query: PostgresQuery<'_>, args: Vec<Value>) -> PostgresQuery<'_> {
    args.into_iter().fold(query, |query, value| match value {
        Value::Null => query.bind(Untyped),
        Value::Int(int) => query.bind(int),
        Value::Text(text) => query.bind(text),
        Value::Blob(blob) => query.bind(blob),
    })
}

#[cfg(feature = "postgres")]
fn bind_set(query: PostgresQuery<'_>, set: Set) -> PostgresQuery<'_> {
    set.columns.into_iter().fold(query, |query, column| match column {
        Column::Ints(values) => query.bind(values),
        Column::Texts(values) => query.bind(values),
        Column::Blobs(values) => query.bind(values),
    })
}

#[cfg(feature = "postgres")]
fn of_postgres(rows: Vec<sqlx::postgres::PgRow>) -> Vec<Row> {
    rows.into_iter().map(|row| Row(Kind::Postgres(row))).collect()
}

/// NULL whose type the server infers from its place, as SQLite does.
#[cfg(feature = "postgres")]
struct Untyped;

#[cfg(feature = "postgres")]
impl sqlx::Type<Postgres> for Untyped {
    fn type_info() -> sqlx::postgres::PgTypeInfo {
        /// `unknown` in the catalogue pg_type.
        const UNKNOWN: Oid = Oid(705);
        sqlx::postgres::PgTypeInfo::with_oid(UNKNOWN)
    }
}

#[cfg(feature = "postgres")]
impl sqlx::Encode<'_, Postgres> for Untyped {
    fn encode_by_ref(
        &self,
        _: &mut sqlx::postgres::PgArgumentBuffer,
    ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        Ok(sqlx::encode::IsNull::Yes)
    }
}
