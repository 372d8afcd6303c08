//! Which payments a list shows, what they sum to, and how they leave as a file.

use protocol::body::Amount;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ActivityRow, Direction};

/// What became of a payment, as lists tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Money moved.
    Paid,
    /// Not decided yet.
    Waiting,
    /// No money moved: the bank or the server said no.
    Failed,
    /// Called off.
    Canceled,
}

/// Which payments are shown. All conditions hold together; the default is every payment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ActivityFilter {
    /// Words to look for in names, handles, notes and private notes; case and accents do not matter. Empty: all.
    pub text: String,
    /// The other side.
    pub person: Option<Uuid>,
    /// Which way the money went.
    pub direction: Option<Direction>,
    /// What became of it.
    pub stage: Option<Stage>,
    /// The own method it was paid with.
    pub source_id: Option<Uuid>,
    /// Only the last so many days, from now.
    pub last_days: Option<u32>,
    /// Accepted at this moment or later.
    #[specta(type = Option<u32>)]
    pub from_ms: Option<i64>,
    /// Accepted before this moment.
    #[specta(type = Option<u32>)]
    pub until_ms: Option<i64>,
    /// At least this much, in its currency.
    pub min: Option<Amount>,
    /// At most this much, in its currency.
    pub max: Option<Amount>,
}

/// Which payments to show, and from where on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ActivityQuery {
    /// Which.
    pub filter: ActivityFilter,
    /// [`ActivityPage::next`] of the page before.
    pub before: Option<String>,
    /// Rows left out from there on, to jump far; `None` for none.
    pub skip: Option<u32>,
    /// At most this many rows, 1 to 200.
    pub limit: u32,
}

/// A page of the list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ActivityPage {
    /// The rows.
    pub rows: Vec<ActivityRow>,
    /// For [`ActivityQuery::before`]; `None` at the end.
    pub next: Option<String>,
    /// Nothing holds the words as typed: these rows hold these ones, which are near. The next page is asked with them.
    pub near: Option<String>,
}

/// Sums of the shown payments in one currency. Only what was paid is summed; everything is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CurrencyTotal {
    /// Came in.
    pub received: Amount,
    /// Went out, fees included.
    pub sent: Amount,
    /// How many payments are shown, whatever became of them.
    pub count: u32,
}

/// A filter with a name, kept in the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ActivityView {
    /// What the person calls it, 1 to 60 characters.
    pub name: String,
    /// What it shows.
    pub filter: ActivityFilter,
}

/// Format of a file of payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// For spreadsheets: RFC 4180, UTF-8 with a mark at its start.
    Csv,
    /// For programs.
    Json,
}

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ExportProgress {
    /// Payments written.
    pub done: u32,
    /// Payments to write.
    pub total: u32,
}

/// How an export ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Exported {
    /// Where the file is; `None` when the person called it off.
    pub path: Option<String>,
    /// Payments in it.
    pub count: u32,
}
