//! What comes back by the calendar: requests that are made by themselves, and payments that are only shown as due.

use protocol::body::Amount;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ErrorCode;

/// What happens when it is time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleKind {
    /// Money is asked for.
    Request,
    /// The payment is shown as due; nothing moves before the person confirms it.
    Payment,
}

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// Once.
    Once,
    /// Each day.
    Day,
    /// Every so many weeks.
    Week,
    /// Each month on a day, or its last one.
    Month,
    /// Each year.
    Year,
}

/// What a person fills in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ScheduleForm {
    /// Asking or paying.
    pub kind: ScheduleKind,
    /// Who is asked or paid; an open request needs nobody.
    pub handle: Option<String>,
    /// How much.
    pub amount: Amount,
    /// Text for the other side.
    pub note: String,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Time of the day, `HH:MM`.
    pub at: String,
    /// Time zone, as in `Europe/Madrid`.
    pub zone: String,
    /// How often.
    pub repeat: Repeat,
    /// Every so many weeks, 1 to 52.
    pub weeks: u8,
    /// Day of the month, 1 to 31.
    pub month_day: u8,
    /// Last day, `YYYY-MM-DD`.
    pub until: Option<String>,
    /// How many times.
    pub times: Option<u32>,
}

/// Where a schedule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleState {
    /// It goes on.
    Active,
    /// The person stopped it for a while; what would be due meanwhile is not made up for.
    Paused,
    /// It is over.
    Ended,
}

/// Something to decide: payments that are due, or requests that were missed while the app was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Due {
    /// The oldest.
    pub number: u32,
    /// When it was due.
    #[specta(type = u32)]
    pub at_ms: i64,
    /// How many there are, up to a hundred.
    pub count: u32,
}

/// One occurrence of a scheduled payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct DuePayment {
    /// Of which schedule.
    pub schedule_id: Uuid,
    /// Which one, from 0.
    pub number: u32,
}

/// A schedule in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ScheduleRow {
    /// Its id.
    pub id: Uuid,
    /// What was filled in.
    pub form: ScheduleForm,
    /// Where it stands.
    pub state: ScheduleState,
    /// The next moments, three at most; none when it is paused or over.
    #[specta(type = Vec<u32>)]
    pub next_ms: Vec<i64>,
    /// What has to be decided.
    pub due: Option<Due>,
    /// Why the newest request of it was refused.
    pub refused: Option<ErrorCode>,
}

/// What a person does with a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleAct {
    /// Leaves out the next one.
    SkipNext,
    /// Stops for a while.
    Pause,
    /// Goes on with what is still to come.
    Resume,
    /// Stops for good.
    End,
}

/// What to do with what was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum MissedAnswer {
    /// Each of them, late.
    All,
    /// The newest alone.
    Latest,
    /// None.
    Skip,
}

/// The next moments of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Moments {
    /// Unix milliseconds, three at most.
    #[specta(type = Vec<u32>)]
    pub next_ms: Vec<i64>,
}
