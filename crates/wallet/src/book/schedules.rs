//! What comes back by the calendar. Each occurrence is dealt with once: a request's id follows from the schedule and
//! the number, and that it was made is one commit with the request.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use ledger::{Row, Tx, args};
use pay::{End, Every, Rule};
use protocol::Code;
use protocol::body::{LatePolicy, NewRequest, OverPolicy, PartialPolicy, Policy};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::asks::store_asks;
use super::rows::{from_json, from_word, to_json, word};
use super::{Book, NewAsk};
use crate::view::{Due, DuePayment, MissedAnswer, Repeat, ScheduleForm, ScheduleKind, ScheduleState};
use crate::{ErrorCode, WalletError};

/// More than this is not counted.
const MOST_DUE: u32 = 100;
/// Further ahead no day is looked for.
const FARTHEST: u32 = 100_000;

/// The days of a schedule, where they are counted.
#[derive(Debug, Clone)]
pub(crate) struct Occurrence {
    rule: Rule,
    zone: TimeZone,
}

/// A schedule as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct StoredSchedule {
    pub(crate) id: Uuid,
    pub(crate) form: ScheduleForm,
    pub(crate) state: ScheduleState,
    /// The first occurrence nothing was done about yet.
    pub(crate) next: u32,
}

impl Occurrence {
    /// Reads the calendar part of a form.
    pub(crate) fn read(form: &ScheduleForm) -> Result<Occurrence, WalletError> {
        let wrong = |_| WalletError::Invalid(Code::DateInvalid);
        let date = |text: &str| text.parse::<Date>().map_err(wrong);
        let at = format!("{}:00", form.at).parse::<Time>().map_err(wrong)?;
        let zone = TimeZone::get(&form.zone).map_err(wrong)?;
        let every = match form.repeat {
            Repeat::Once => Every::Once,
            Repeat::Day => Every::Day,
            Repeat::Week => Every::Weeks(form.weeks),
            Repeat::Month => Every::Month(form.month_day),
            Repeat::Year => Every::Year,
        };
        let end = match (&form.until, form.times) {
            (Some(last), None) => End::On(date(last)?),
            (None, Some(times)) => End::After(times),
            (None, None) => End::Never,
            (Some(_), Some(_)) => return Err(WalletError::Invalid(Code::DateInvalid)),
        };
        let rule = Rule::new(date(&form.from)?, every, end, at).map_err(|_| WalletError::Invalid(Code::DateInvalid))?;
        Ok(Occurrence { rule, zone })
    }

    /// The first one from `number` on that is still to come; `None` when there is none.
    pub(crate) fn first_after(&self, number: u32, now_ms: i64) -> Option<u32> {
        // Due ones are a run without gaps, so the first that is not due is found by halves.
        let (mut low, mut high) = (number, number.saturating_add(FARTHEST));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.rule.due_ms(middle, &self.zone) {
                Some(at_ms) if at_ms <= now_ms => low = middle + 1,
                Some(_) | None => high = middle,
            }
        }
        self.rule.due_ms(low, &self.zone).map(|_| low)
    }

    /// The moments from `number` on, three at most.
    pub(crate) fn next_ms(&self, number: u32) -> Vec<i64> {
        self.rule.next_ms(number, 3, &self.zone)
    }

    /// What is due from `number` on.
    pub(crate) fn due(&self, number: u32, now_ms: i64) -> Option<Due> {
        let count = self.rule.due(number, now_ms, &self.zone, MOST_DUE);
        let at_ms = self.rule.due_ms(number, &self.zone)?;
        (count > 0).then_some(Due { number, at_ms, count })
    }
}

impl StoredSchedule {
    /// What has to be decided: of requests only more than one, for one alone is simply late.
    pub(crate) fn undecided(&self, days: &Occurrence, now_ms: i64) -> Option<Due> {
        let due = days.due(self.next, now_ms).filter(|_| self.state == ScheduleState::Active)?;
        (self.form.kind == ScheduleKind::Payment || due.count > 1).then_some(due)
    }

    fn ask(&self, number: u32) -> NewAsk {
        let form = &self.form;
        let request = NewRequest {
            id: occurrence_id(self.id, number),
            amount: Some(form.amount.clone()),
            note: form.note.clone(),
            payer_handle: form.handle.clone(),
            expires_at_ms: None,
            single_use: true,
            policy: Policy { partial: PartialPolicy::Accept, over: OverPolicy::Accept, late: LatePolicy::Accept },
            group: None,
            ways: Vec::new(),
        };
        NewAsk { request, part: None, schedule_id: Some(self.id) }
    }
}

/// The id of the request of one occurrence: whoever makes it, and however often, makes this one.
fn occurrence_id(schedule: Uuid, number: u32) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(b"tessera scheduled request");
    hash.update(schedule.as_bytes());
    hash.update(number.to_be_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

const ALL: &str = "SELECT id, body, state, next FROM wallet_schedule ORDER BY created_at_ms, id LIMIT 500";
const ONE: &str = "SELECT id, body, state, next FROM wallet_schedule WHERE id = $1";

fn stored(row: &Row) -> Result<StoredSchedule, WalletError> {
    Ok(StoredSchedule {
        id: row.uuid(0)?,
        form: from_json(&row.text(1)?)?,
        state: from_word(&row.text(2)?)?,
        next: u32::try_from(row.i64(3)?).map_err(|_| WalletError::DatabaseCorrupt)?,
    })
}

async fn find(tx: &mut Tx, id: Uuid) -> Result<StoredSchedule, WalletError> {
    let row = tx.row(ONE, args![id]).await?;
    stored(&row.ok_or(WalletError::Invalid(Code::NotFound))?)
}

async fn put(tx: &mut Tx, it: &StoredSchedule) -> Result<(), WalletError> {
    let sql = "UPDATE wallet_schedule SET state = $2, next = $3 WHERE id = $1";
    tx.execute(sql, args![it.id, word(&it.state)?, i64::from(it.next)]).await?;
    Ok(())
}

/// An occurrence was dealt with; doing so again changes nothing.
pub(super) async fn done_with(tx: &mut Tx, due: DuePayment) -> Result<(), WalletError> {
    let sql = "UPDATE wallet_schedule SET next = $2 + 1 WHERE id = $1 AND next = $2";
    tx.execute(sql, args![due.schedule_id, i64::from(due.number)]).await?;
    Ok(())
}

impl Book {
    /// All of them, oldest first.
    pub(crate) async fn schedules(&self) -> Result<Vec<StoredSchedule>, WalletError> {
        let mut tx = self.store.read().await?;
        let rows = tx.rows(ALL, args![]).await?;
        rows.iter().map(stored).collect()
    }

    /// One of them.
    pub(crate) async fn schedule(&self, id: Uuid) -> Result<StoredSchedule, WalletError> {
        find(&mut self.store.read().await?, id).await
    }

    /// Why the newest request of a schedule was refused, if it was.
    pub(crate) async fn newest_refusal(&self, schedule: Uuid) -> Result<Option<ErrorCode>, WalletError> {
        let sql = "SELECT refused FROM wallet_ask WHERE schedule_id = $1 ORDER BY rowid DESC LIMIT 1";
        let mut tx = self.store.read().await?;
        let Some(row) = tx.row(sql, args![schedule]).await? else { return Ok(None) };
        row.opt_text(0)?.map(|code| from_word(&code)).transpose()
    }

    /// Adds a schedule; the one it replaces ends in the same commit.
    pub(crate) async fn add_schedule(&self, it: &StoredSchedule, replaces: Option<Uuid>) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        if let Some(old) = replaces {
            let old = find(&mut tx, old).await?;
            put(&mut tx, &StoredSchedule { state: ScheduleState::Ended, ..old }).await?;
        }
        let sql = "INSERT INTO wallet_schedule (id, body, state, next, created_at_ms) VALUES ($1, $2, $3, $4, $5)";
        let (body, state) = (to_json(&it.form)?, word(&it.state)?);
        tx.execute(sql, args![it.id, body, state, i64::from(it.next), self.now_ms()]).await?;
        tx.commit().await?;
        self.changed();
        self.wake_calendar.notify_one();
        Ok(())
    }

    /// Changes a schedule as `change` says, in one commit.
    pub(crate) async fn change_schedule(
        &self,
        id: Uuid,
        change: impl FnOnce(&mut StoredSchedule) -> Result<(), WalletError> + Send,
    ) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        let mut it = find(&mut tx, id).await?;
        change(&mut it)?;
        put(&mut tx, &it).await?;
        tx.commit().await?;
        self.changed();
        self.wake_calendar.notify_one();
        Ok(())
    }

    /// Stores the request of every schedule that has one occurrence due. More than one was missed: the person is asked.
    pub(crate) async fn make_due(&self) -> Result<(), WalletError> {
        let now_ms = self.now_ms();
        let active = |it: &StoredSchedule| it.state == ScheduleState::Active && it.form.kind == ScheduleKind::Request;
        for it in self.schedules().await?.into_iter().filter(active) {
            let due = Occurrence::read(&it.form)?.due(it.next, now_ms);
            if due.is_some_and(|due| due.count == 1) {
                self.make(it.id, it.next, 1, MissedAnswer::All).await?;
            }
        }
        Ok(())
    }

    /// Deals with `count` occurrences from `number` on, if that is still what is next: their requests and that they
    /// were made are one commit.
    pub(crate) async fn make(&self, id: Uuid, number: u32, count: u32, which: MissedAnswer) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        let mut it = find(&mut tx, id).await?;
        if it.next != number || it.state != ScheduleState::Active {
            return Ok(());
        }
        let end = number.saturating_add(count);
        if it.form.kind == ScheduleKind::Request {
            let asked = match which {
                MissedAnswer::All => number..end,
                MissedAnswer::Latest => end.saturating_sub(1)..end,
                MissedAnswer::Skip => end..end,
            };
            let asks: Vec<NewAsk> = asked.map(|number| it.ask(number)).collect();
            store_asks(&mut tx, &asks).await?;
        }
        // Of payments the newest stays due: it is paid by the person alone.
        let keeps_latest = it.form.kind == ScheduleKind::Payment && which == MissedAnswer::Latest;
        it.next = if keeps_latest { end.saturating_sub(1) } else { end };
        put(&mut tx, &it).await?;
        tx.commit().await?;
        self.changed();
        self.wake_sender.notify_one();
        Ok(())
    }

    /// How long until something is due.
    pub(crate) async fn until_due_ms(&self) -> Result<u64, WalletError> {
        let now_ms = self.now_ms();
        let mut least = i64::MAX;
        for it in self.schedules().await?.into_iter().filter(|it| it.state == ScheduleState::Active) {
            let days = Occurrence::read(&it.form)?;
            let next = days.first_after(it.next, now_ms).and_then(|number| days.next_ms(number).first().copied());
            least = least.min(next.map_or(i64::MAX, |at_ms| at_ms.saturating_sub(now_ms)));
        }
        Ok(u64::try_from(least).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_occurrence_has_one_id_for_ever_and_no_other_has_it() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(occurrence_id(one, 3), occurrence_id(one, 3));
        let all = [occurrence_id(one, 3), occurrence_id(one, 4), occurrence_id(two, 3)];
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
        // What a schedule stored last year made must be made the same by every later version.
        assert_eq!(occurrence_id(one, 0).get_version_num(), 8);
    }
}
