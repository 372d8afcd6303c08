use super::Value;
use std::fmt::Write as _;
use std::iter;
use uuid::Uuid;

/// Many rows handed to one statement: columns of equal length, named `c1`, `c2`, … inside `{SET}`.
#[derive(Default)]
pub struct Set {
    pub(super) columns: Vec<Column>,
    pub(super) rows: usize,
}

pub(super) enum Column {
    Ints(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
    Blobs(Vec<Option<Vec<u8>>>),
}

impl Set {
    /// No columns yet.
    pub fn new() -> Self {
        Set::default()
    }

    /// One column of these ids.
    pub fn of_ids<'a>(ids: impl IntoIterator<Item = &'a Uuid>) -> Self {
        Set::new().blobs(ids)
    }

    /// Adds a BIGINT column.
    pub fn ints<T: Into<Value>>(self, values: impl IntoIterator<Item = T>) -> Self {
        let ints = values.into_iter().map(|value| match value.into() {
            Value::Int(int) => Some(int),
            Value::Null | Value::Text(_) | Value::Blob(_) => None,
        });
        self.with(Column::Ints(ints.collect()))
    }

    /// Adds a TEXT column.
    pub fn texts<T: Into<Value>>(self, values: impl IntoIterator<Item = T>) -> Self {
        let texts = values.into_iter().map(|value| match value.into() {
            Value::Text(text) => Some(text),
            Value::Null | Value::Int(_) | Value::Blob(_) => None,
        });
        self.with(Column::Texts(texts.collect()))
    }

    /// Adds a BLOB column.
    pub fn blobs<T: Into<Value>>(self, values: impl IntoIterator<Item = T>) -> Self {
        let blobs = values.into_iter().map(|value| match value.into() {
            Value::Blob(blob) => Some(blob),
            Value::Null | Value::Int(_) | Value::Text(_) => None,
        });
        self.with(Column::Blobs(blobs.collect()))
    }

    /// No rows: the statement need not run.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    fn with(mut self, column: Column) -> Self {
        let length = match &column {
            Column::Ints(values) => values.len(),
            Column::Texts(values) => values.len(),
            Column::Blobs(values) => values.len(),
        };
        // A column shorter than the others would be padded with NULL by PostgreSQL and is by us: NOT NULL then refuses.
        self.rows = self.rows.max(length);
        self.columns.push(column);
        self
    }

    /// `sql` with `{SET}` and `{FOR UPDATE}` in SQLite's words: the rows travel as one JSON text in `$1`.
    pub(super) fn sqlite_text(&self, sql: &str) -> String {
        let mut table = String::from("(SELECT ");
        for (index, column) in self.columns.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let number = index + 1;
            // Writing to a String cannot fail.
            let _ = match column {
                Column::Ints(_) => write!(table, "{comma}value ->> {index} AS c{number}"),
                Column::Texts(_) => write!(table, "{comma}CAST(unhex(value ->> {index}) AS TEXT) AS c{number}"),
                Column::Blobs(_) => write!(table, "{comma}unhex(value ->> {index}) AS c{number}"),
            };
        }
        table.push_str(" FROM json_each($1)) AS s");
        sql.replace("{SET}", &table).replace("{FOR UPDATE}", "")
    }

    /// `sql` with `{SET}` and `{FOR UPDATE}` in PostgreSQL's words: each column is one array, `$1` first.
    #[cfg(feature = "postgres")]
    pub(super) fn postgres_text(&self, sql: &str) -> String {
        let list = |prefix: &str| {
            let names: Vec<String> = (1..=self.columns.len()).map(|number| format!("{prefix}{number}")).collect();
            names.join(", ")
        };
        let table = format!("UNNEST({}) AS s({})", list("$"), list("c"));
        sql.replace("{SET}", &table).replace("{FOR UPDATE}", "FOR UPDATE")
    }

    /// `head`, as many rows of parameters, `tail`: one insert of SQLite's.
    pub(super) fn sqlite_insert(&self, head: &str, rows: usize, tail: &str) -> String {
        let row = format!("({})", vec!["?"; self.columns.len()].join(","));
        let rows: Vec<&str> = iter::repeat_n(row.as_str(), rows).collect();
        format!("{head} VALUES {} {tail}", rows.join(","))
    }

    /// How many rows one insert of SQLite's takes: few enough for its limit of parameters, many enough to be quick.
    pub(super) fn sqlite_rows(&self) -> usize {
        const MOST_PARAMETERS: usize = 32_000;
        const USUAL: usize = 128;
        (MOST_PARAMETERS / self.columns.len().max(1)).clamp(1, USUAL)
    }

    /// Moves the values of these rows out, row by row.
    pub(super) fn take(&mut self, rows: std::ops::Range<usize>) -> Vec<Value> {
        let mut values = Vec::with_capacity(rows.len() * self.columns.len());
        for row in rows {
            for column in &mut self.columns {
                values.push(match column {
                    Column::Ints(ints) => ints.get(row).copied().flatten().into(),
                    Column::Texts(texts) => texts.get_mut(row).and_then(Option::take).into(),
                    Column::Blobs(blobs) => blobs.get_mut(row).and_then(Option::take).into(),
                });
            }
        }
        values
    }

    /// The rows as JSON; text and bytes in hexadecimal, so that nothing needs escaping.
    pub(super) fn json(&self) -> String {
        let mut json = String::from("[");
        for row in 0..self.rows {
            json.push_str(if row == 0 { "[" } else { ",[" });
            for (index, column) in self.columns.iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                match column {
                    Column::Ints(values) => match values.get(row).copied().flatten() {
                        Some(int) => json.push_str(&int.to_string()),
                        None => json.push_str("null"),
                    },
                    Column::Texts(values) => {
                        push_hex(&mut json, values.get(row).and_then(Option::as_ref).map(String::as_bytes));
                    }
                    Column::Blobs(values) => {
                        push_hex(&mut json, values.get(row).and_then(Option::as_deref));
                    }
                }
            }
            json.push(']');
        }
        json.push(']');
        json
    }
}

fn push_hex(json: &mut String, bytes: Option<&[u8]>) {
    let Some(bytes) = bytes else { return json.push_str("null") };
    json.push('"');
    for byte in bytes {
        for nibble in [byte >> 4, byte & 0xf] {
            json.push(char::from_digit(nibble.into(), 16).unwrap_or('0'));
        }
    }
    json.push('"');
}
