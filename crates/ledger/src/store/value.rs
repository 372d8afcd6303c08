use crate::LedgerError;
use sqlx::{Decode, Type, ValueRef as _};
use uuid::Uuid;

/// One parameter of a statement. [`args!`](crate::args) makes them from Rust values.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// SQL's NULL, of no type.
    Null,
    /// A BIGINT.
    Int(i64),
    /// A TEXT.
    Text(String),
    /// A BLOB (BYTEA on PostgreSQL).
    Blob(Vec<u8>),
}

/// The parameters of one statement, `$1` first: `args![id, "text", 5_i64, None::<Uuid>]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { ::std::vec::Vec::<$crate::Value>::from([$($crate::Value::from($value)),*]) };
}

macro_rules! value_from {
    ($($from:ty => |$value:ident| $make:expr),* $(,)?) => {
        $(impl From<$from> for Value { fn from($value: $from) -> Self { $make } })*
    };
}

value_from! {
    i64 => |v| Value::Int(v),
    i32 => |v| Value::Int(v.into()),
    u32 => |v| Value::Int(v.into()),
    u16 => |v| Value::Int(v.into()),
    u8 => |v| Value::Int(v.into()),
    bool => |v| Value::Int(v.into()),
    &str => |v| Value::Text(v.to_owned()),
    String => |v| Value::Text(v),
    &String => |v| Value::Text(v.clone()),
    Vec<u8> => |v| Value::Blob(v),
    &Vec<u8> => |v| Value::Blob(v.clone()),
    &[u8] => |v| Value::Blob(v.to_vec()),
    Uuid => |v| Value::Blob(v.into_bytes().to_vec()),
    &Uuid => |v| Value::Blob(v.into_bytes().to_vec()),
    pay::Currency => |v| Value::Text(v.code().to_owned()),
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Value::Blob(value.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(value: &[u8; N]) -> Self {
        Value::Blob(value.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// One row of an answer; columns are counted from 0.
pub struct Row(pub(super) Kind);

pub(super) enum Kind {
    Sqlite(sqlx::sqlite::SqliteRow),
    #[cfg(feature = "postgres")]
    Postgres(sqlx::postgres::PgRow),
}

impl Row {
    /// A whole number (BIGINT, INTEGER, or a truth value as 0 or 1). SUM of BIGINT is NUMERIC on PostgreSQL:
    /// write `CAST(SUM(x) AS BIGINT)`.
    pub fn i64(&self, index: usize) -> Result<i64, LedgerError> {
        self.opt_i64(index)?.ok_or(LedgerError::Column(index))
    }

    /// A whole number or NULL.
    pub fn opt_i64(&self, index: usize) -> Result<Option<i64>, LedgerError> {
        match &self.0 {
            Kind::Sqlite(row) => get(row, index),
            #[cfg(feature = "postgres")]
            Kind::Postgres(row) => get(row, index)
                .or_else(|_| Ok(get::<_, i32>(row, index)?.map(i64::from)))
                .or_else(|_: LedgerError| Ok(get::<_, bool>(row, index)?.map(i64::from))),
        }
    }

    /// A text.
    pub fn text(&self, index: usize) -> Result<String, LedgerError> {
        self.opt_text(index)?.ok_or(LedgerError::Column(index))
    }

    /// A text, where it lies.
    pub fn str(&self, index: usize) -> Result<&str, LedgerError> {
        self.opt_str(index)?.ok_or(LedgerError::Column(index))
    }

    /// A text or NULL, where it lies.
    pub fn opt_str(&self, index: usize) -> Result<Option<&str>, LedgerError> {
        match &self.0 {
            Kind::Sqlite(row) => get(row, index),
            #[cfg(feature = "postgres")]
            Kind::Postgres(row) => get(row, index),
        }
    }

    /// A text or NULL.
    pub fn opt_text(&self, index: usize) -> Result<Option<String>, LedgerError> {
        Ok(self.opt_str(index)?.map(str::to_owned))
    }

    /// Bytes.
    pub fn blob(&self, index: usize) -> Result<Vec<u8>, LedgerError> {
        self.opt_blob(index)?.ok_or(LedgerError::Column(index))
    }

    /// Bytes or NULL.
    pub fn opt_blob(&self, index: usize) -> Result<Option<Vec<u8>>, LedgerError> {
        match &self.0 {
            Kind::Sqlite(row) => get(row, index),
            #[cfg(feature = "postgres")]
            Kind::Postgres(row) => get(row, index),
        }
    }

    /// Exactly `N` bytes, such as a hash.
    pub fn bytes<const N: usize>(&self, index: usize) -> Result<[u8; N], LedgerError> {
        self.blob(index)?.try_into().map_err(|_| LedgerError::Column(index))
    }

    /// Exactly `N` bytes or NULL.
    pub fn opt_bytes<const N: usize>(&self, index: usize) -> Result<Option<[u8; N]>, LedgerError> {
        self.opt_blob(index)?.map(|bytes| bytes.try_into().map_err(|_| LedgerError::Column(index))).transpose()
    }

    /// A UUID, stored as its 16 bytes.
    pub fn uuid(&self, index: usize) -> Result<Uuid, LedgerError> {
        self.bytes(index).map(Uuid::from_bytes)
    }

    /// A UUID or NULL.
    pub fn opt_uuid(&self, index: usize) -> Result<Option<Uuid>, LedgerError> {
        Ok(self.opt_bytes(index)?.map(Uuid::from_bytes))
    }

    /// A currency, stored as its code.
    pub fn currency(&self, index: usize) -> Result<pay::Currency, LedgerError> {
        pay::Currency::from_code(&self.text(index)?).map_err(|_| LedgerError::Column(index))
    }
}

fn get<'r, R, T>(row: &'r R, index: usize) -> Result<Option<T>, LedgerError>
where
    R: sqlx::Row,
    usize: sqlx::ColumnIndex<R>,
    T: Decode<'r, R::Database> + Type<R::Database>,
{
    let value = row.try_get_raw(index).map_err(|_| LedgerError::Column(index))?;
    if value.is_null() {
        return Ok(None);
    }
    if !T::compatible(&value.type_info()) {
        return Err(LedgerError::Column(index));
    }
    T::decode(value).map(Some).map_err(|_| LedgerError::Column(index))
}
