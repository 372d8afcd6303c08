//! The raw limits: bare SQL through sqlx on the same encrypted database, with the app's own settings of SQLite, and
//! bare HTTP over the same bytes.

use super::OrNot;
use crate::desktop::NotMeasured;
use axum::Router;
use axum::extract::{Path as Number, State};
use axum::routing::get;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Row, Sqlite, TypeInfo, ValueRef};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// The tables whose rows are inserted, each before those that refer to it.
const TABLES: [&str; 9] = [
    "ledger_account",
    "ledger_transfer",
    "ledger_entry",
    "wallet_person",
    "wallet_payment",
    "wallet_listed",
    "wallet_step",
    "wallet_fact",
    "wallet_request",
];
/// Rows of one statement, and of one commit.
const STATEMENT: usize = 128;
const COMMIT: usize = 20_000;

/// What both bare list queries show, as the app's own does.
macro_rules! shown {
    ($from:literal) => {
        concat!(
            "SELECT p.body, p.direction, p.refused, p.private_note, o.state FROM ",
            $from,
            " LEFT JOIN wallet_outbox o ON o.payment_id = p.id "
        )
    };
}

async fn connect(file: &Path, key: &str) -> Result<SqliteConnection, NotMeasured> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .pragma("key", format!("\"x'{}'\"", key.trim()))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", "-32768")
        .pragma("secure_delete", "ON");
    SqliteConnection::connect_with(&options).await.or_not("the bare database")
}

/// The app's database without the app.
pub(super) struct Bare(SqliteConnection);

impl Bare {
    pub(super) async fn open(file: &Path, key: &str) -> Result<Bare, NotMeasured> {
        Ok(Bare(connect(file, key).await?))
    }

    /// The newest rows' bodies.
    pub(super) async fn newest(&mut self, limit: u32) -> Result<Vec<String>, NotMeasured> {
        let sql = concat!(shown!("wallet_payment p"), "ORDER BY p.created_at_ms DESC, p.id DESC LIMIT ?");
        bodies(sqlx::query(sql).bind(limit).fetch_all(&mut self.0).await.or_not("the bare list")?)
    }

    /// What the words' trigrams name, looked at, newest first.
    pub(super) async fn search_by_trigrams(
        &mut self,
        trigrams: &str,
        text: &str,
        limit: u32,
    ) -> Result<Vec<String>, NotMeasured> {
        let sql = concat!(
            shown!(
                "wallet_trigram t JOIN wallet_listed l ON l.number = t.rowid JOIN wallet_payment p ON p.id = l.payment_id"
            ),
            "WHERE wallet_trigram MATCH ? AND instr(l.search, ?) > 0 AND instr(l.search, ?) > 0
            ORDER BY l.created_at_ms DESC, l.payment_id DESC LIMIT ?"
        );
        let (first, second) = two_words(text);
        let query = sqlx::query(sql).bind(trigrams.to_owned()).bind(first).bind(second).bind(limit);
        bodies(query.fetch_all(&mut self.0).await.or_not("the bare search")?)
    }

    /// Every row looked at, newest first, until there are enough.
    pub(super) async fn search_by_time(&mut self, text: &str, limit: u32) -> Result<Vec<String>, NotMeasured> {
        let sql = concat!(
            shown!("wallet_listed l JOIN wallet_payment p ON p.id = l.payment_id"),
            "WHERE instr(l.search, ?) > 0 AND instr(l.search, ?) > 0
            ORDER BY l.created_at_ms DESC, l.payment_id DESC LIMIT ?"
        );
        let (first, second) = two_words(text);
        let query = sqlx::query(sql).bind(first).bind(second).bind(limit);
        bodies(query.fetch_all(&mut self.0).await.or_not("the bare search")?)
    }
}

fn two_words(text: &str) -> (String, String) {
    let folded = text.replace('é', "e");
    let (first, second) = folded.split_once(' ').unwrap_or((&folded, ""));
    (first.to_owned(), second.to_owned())
}

fn bodies(rows: Vec<SqliteRow>) -> Result<Vec<String>, NotMeasured> {
    let all = |row: &SqliteRow| -> Result<String, sqlx::Error> {
        let _: (String, Option<String>, String, Option<String>) =
            (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
        row.try_get(0)
    };
    rows.iter().map(all).collect::<Result<_, _>>().or_not("a bare row")
}

/// How the trigram index is asked for all words of three letters or more.
pub(super) fn trigrams(text: &str) -> Option<String> {
    let (first, second) = two_words(text);
    let mut asked = String::new();
    for word in [first, second] {
        for three in word.chars().collect::<Vec<_>>().windows(3) {
            asked.push_str(&format!("\"{}\" ", three.iter().collect::<String>()));
        }
    }
    Some(asked).filter(|asked| !asked.is_empty())
}

#[derive(Clone)]
enum Cell {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

/// All rows of a book, in memory, and the statements that made its tables.
pub(super) struct Rows {
    schema: Vec<String>,
    tables: Vec<(String, usize, Vec<Cell>)>,
}

impl Rows {
    pub(super) async fn of(file: &Path, key: &str) -> Result<Rows, NotMeasured> {
        let mut from = connect(file, key).await?;
        let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
            AND name NOT LIKE 'wallet_trigram_%' ORDER BY type = 'trigger', type = 'index', rowid";
        let schema = sqlx::query(sql).fetch_all(&mut from).await.or_not("the schema")?;
        let schema = schema.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().or_not("the schema")?;
        let mut tables = Vec::new();
        for table in TABLES {
            let sql = AssertSqlSafe(format!("SELECT * FROM {table} ORDER BY rowid"));
            let rows = sqlx::query(sql).fetch_all(&mut from).await.or_not("the rows")?;
            let columns = rows.first().map_or(0, Row::len);
            let cells = rows.iter().flat_map(|row| (0..columns).map(|column| cell(row, column)));
            tables.push((table.to_owned(), columns, cells.collect::<Result<_, _>>().or_not("the rows")?));
        }
        Ok(Rows { schema, tables })
    }

    /// Seconds to insert them into a new database of the same tables, indexes and triggers.
    pub(super) async fn insert(self, file: &Path, key: &str) -> Result<f64, NotMeasured> {
        let mut into = connect(file, key).await?;
        for statement in self.schema {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut into).await.or_not("a bare table")?;
        }
        let started = Instant::now();
        for (table, columns, cells) in self.tables.into_iter().filter(|(_, columns, _)| *columns > 0) {
            let row = format!("({})", vec!["?"; columns].join(","));
            let insert = |rows: usize| format!("INSERT INTO {table} VALUES {}", vec![row.as_str(); rows].join(","));
            let mut cells = cells.into_iter();
            while !cells.as_slice().is_empty() {
                let mut tx = into.begin().await.or_not("a bare commit")?;
                for _ in 0..COMMIT / STATEMENT {
                    let rows = STATEMENT.min(cells.as_slice().len() / columns);
                    if rows == 0 {
                        break;
                    }
                    let query = sqlx::query(AssertSqlSafe(insert(rows))).persistent(rows == STATEMENT);
                    let query = cells.by_ref().take(rows * columns).fold(query, bind);
                    query.execute(&mut *tx).await.or_not("a bare insert")?;
                }
                tx.commit().await.or_not("a bare commit")?;
            }
        }
        Ok(started.elapsed().as_secs_f64())
    }
}

type Query<'q> = sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments>;

fn bind(query: Query<'_>, cell: Cell) -> Query<'_> {
    match cell {
        Cell::Null => query.bind(None::<i64>),
        Cell::Int(int) => query.bind(int),
        Cell::Text(text) => query.bind(text),
        Cell::Blob(blob) => query.bind(blob),
    }
}

fn cell(row: &SqliteRow, column: usize) -> Result<Cell, sqlx::Error> {
    let value = row.try_get_raw(column)?;
    if value.is_null() {
        return Ok(Cell::Null);
    }
    Ok(match value.type_info().name() {
        "INTEGER" => Cell::Int(row.try_get(column)?),
        "TEXT" => Cell::Text(row.try_get(column)?),
        _ => Cell::Blob(row.try_get_unchecked(column)?),
    })
}

/// Seconds to fetch the pages one after the other from a server that only hands them out, and throw them away.
pub(super) async fn download(pages: &[Vec<u8>]) -> Result<f64, NotMeasured> {
    let shared: Arc<Vec<Vec<u8>>> = Arc::new(pages.to_vec());
    let hand_out = |State(pages): State<Arc<Vec<Vec<u8>>>>, Number(number): Number<usize>| async move {
        pages.get(number).cloned().unwrap_or_default()
    };
    let router = Router::new().route("/{number}", get(hand_out)).with_state(shared);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.or_not("a port")?;
    let address = listener.local_addr().or_not("a port")?;
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let client = reqwest::Client::builder().no_proxy().build().or_not("a client")?;
    let started = Instant::now();
    for number in 0..pages.len() {
        let url = format!("http://{address}/{number}");
        let mut answer = client.get(url).send().await.or_not("the bare download")?;
        while answer.chunk().await.or_not("the bare download")?.is_some() {}
    }
    let seconds = started.elapsed().as_secs_f64();
    serving.abort();
    Ok(seconds)
}
