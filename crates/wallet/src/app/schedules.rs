//! Scheduled requests and payments. A request is made by itself at its time, or late, once, when the app was closed
//! then; a payment never moves money by itself.

use pay::Money;
use protocol::Code;
use uuid::Uuid;

use super::App;
use super::confirm::read_handle;
use super::settings::refuse;
use crate::book::{Book, Occurrence, StoredSchedule, own_currency};
use crate::view::{
    DuePayment, MissedAnswer, Moments, ScheduleAct, ScheduleForm, ScheduleKind, ScheduleRow, ScheduleState,
};
use crate::{WalletError, sender};

/// Longest note, characters; the server takes no longer one.
const NOTE: usize = 280;

impl App {
    /// All of them: what has to be decided first, then by the next moment, what is over last.
    pub async fn schedules(&self) -> Result<Vec<ScheduleRow>, WalletError> {
        let book = self.book().await?;
        let mut rows = Vec::new();
        for it in book.schedules().await? {
            rows.push(row(&book, it).await?);
        }
        rows.sort_by_key(|row| {
            let place = match row.state {
                _ if row.due.is_some() => 0,
                ScheduleState::Active => 1,
                ScheduleState::Paused => 2,
                ScheduleState::Ended => 3,
            };
            (place, row.next_ms.first().copied().unwrap_or(i64::MAX), row.id)
        });
        Ok(rows)
    }

    /// The next moments a form stands for, three at most; none when all of it has passed. Nothing is kept.
    pub async fn preview_schedule(&self, form: ScheduleForm) -> Result<Moments, WalletError> {
        let days = Occurrence::read(&form)?;
        let next = days.first_after(0, self.book().await?.now_ms());
        Ok(Moments { next_ms: next.map_or_else(Vec::new, |number| days.next_ms(number)) })
    }

    /// Keeps a schedule, from its next moment on; the one it replaces ends.
    pub async fn save_schedule(&self, form: ScheduleForm, replaces: Option<Uuid>) -> Result<ScheduleRow, WalletError> {
        let book = self.book().await?;
        let form = check(&book, form)?;
        let days = Occurrence::read(&form)?;
        let next = days.first_after(0, book.now_ms()).ok_or(refuse(Code::DateInvalid))?;
        let it = StoredSchedule { id: self.new_id(), form, state: ScheduleState::Active, next };
        book.add_schedule(&it, replaces).await?;
        row(&book, it).await
    }

    /// Skips, pauses, goes on or ends.
    pub async fn set_schedule(&self, id: Uuid, act: ScheduleAct) -> Result<(), WalletError> {
        let book = self.book().await?;
        let now_ms = book.now_ms();
        book.change_schedule(id, |it| {
            let days = Occurrence::read(&it.form)?;
            match (it.state, act) {
                (ScheduleState::Active, ScheduleAct::SkipNext) => it.next = it.next.saturating_add(1),
                (ScheduleState::Active, ScheduleAct::Pause) => it.state = ScheduleState::Paused,
                (ScheduleState::Paused, ScheduleAct::Resume) => {
                    it.state = ScheduleState::Active;
                    it.next = days.first_after(it.next, now_ms).unwrap_or(u32::MAX);
                }
                (ScheduleState::Active | ScheduleState::Paused, ScheduleAct::End) => it.state = ScheduleState::Ended,
                _ => return Err(refuse(Code::WrongState)),
            }
            Ok(())
        })
        .await
    }

    /// Decides about what was missed. Payments are never made by this: all but the newest, or all, are left out.
    pub async fn answer_missed(&self, id: Uuid, answer: MissedAnswer) -> Result<(), WalletError> {
        let book = self.book().await?;
        let it = book.schedule(id).await?;
        if it.form.kind == ScheduleKind::Payment && answer == MissedAnswer::All {
            return Err(refuse(Code::WrongState));
        }
        let days = Occurrence::read(&it.form)?;
        let due = it.undecided(&days, book.now_ms()).ok_or(refuse(Code::WrongState))?;
        book.make(id, due.number, due.count, answer).await?;
        // Without a line they leave later.
        sender::deliver_now(&book).await;
        Ok(())
    }

    /// An occurrence that is due, and the next to be dealt with.
    pub(super) async fn check_due(&self, due: DuePayment) -> Result<(), WalletError> {
        let book = self.book().await?;
        let it = book.schedule(due.schedule_id).await?;
        let undecided = it.undecided(&Occurrence::read(&it.form)?, book.now_ms());
        let is_next = undecided.is_some_and(|next| next.number == due.number);
        if is_next && it.form.kind == ScheduleKind::Payment { Ok(()) } else { Err(refuse(Code::WrongState)) }
    }
}

fn check(book: &Book, form: ScheduleForm) -> Result<ScheduleForm, WalletError> {
    let amount = Money::try_from(&form.amount)?;
    if amount.is_zero() || amount.currency() != own_currency(book)? {
        return Err(refuse(Code::AmountInvalid));
    }
    if form.note.chars().count() > NOTE {
        return Err(refuse(Code::TooLarge));
    }
    let typed = form.handle.as_deref().map(|handle| handle.trim().trim_start_matches('@').to_ascii_lowercase());
    let typed = typed.filter(|handle| !handle.is_empty());
    let handle = typed.map(|handle| read_handle(&handle)).transpose()?.map(|handle| handle.as_str().to_owned());
    if handle.as_deref() == Some(book.me()?.person.handle.as_str()) {
        return Err(refuse(Code::SelfPayment));
    }
    if handle.is_none() && form.kind == ScheduleKind::Payment {
        return Err(refuse(Code::NotFound));
    }
    Ok(ScheduleForm { handle, note: form.note.trim().to_owned(), ..form })
}

async fn row(book: &Book, it: StoredSchedule) -> Result<ScheduleRow, WalletError> {
    let days = Occurrence::read(&it.form)?;
    let now_ms = book.now_ms();
    let due = it.undecided(&days, now_ms);
    let coming = days.first_after(it.next, now_ms);
    let over = coming.is_none() && due.is_none() && it.state == ScheduleState::Active;
    let state = if over { ScheduleState::Ended } else { it.state };
    let next_ms = match (state, coming) {
        (ScheduleState::Active, Some(number)) => days.next_ms(number),
        _ => Vec::new(),
    };
    let refused = book.newest_refusal(it.id).await?;
    Ok(ScheduleRow { id: it.id, form: it.form, state, next_ms, due, refused })
}
