//! Requests and payments that come back by the calendar.

use tauri::AppHandle;
use uuid::Uuid;
use wallet::view::{Draft, DuePayment, MissedAnswer, Moments, ScheduleAct, ScheduleForm, ScheduleRow};

use super::{Answer, Core};

/// All of them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn schedules(core: Core<'_>) -> Answer<Vec<ScheduleRow>> {
    Ok(core.wallet().await?.schedules().await?)
}

/// The next moments of a form.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_schedule(core: Core<'_>, schedule: ScheduleForm) -> Answer<Moments> {
    Ok(core.wallet().await?.preview_schedule(schedule).await?)
}

/// Keeps one; the one it replaces ends.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_schedule(
    core: Core<'_>,
    schedule: ScheduleForm,
    replaces: Option<Uuid>,
) -> Answer<ScheduleRow> {
    Ok(core.wallet().await?.save_schedule(schedule, replaces).await?)
}

/// Skips, pauses, goes on or ends.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_schedule(core: Core<'_>, id: Uuid, act: ScheduleAct) -> Answer<()> {
    Ok(core.wallet().await?.set_schedule(id, act).await?)
}

/// Decides about what was missed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn answer_missed(core: Core<'_>, id: Uuid, answer: MissedAnswer) -> Answer<()> {
    Ok(core.wallet().await?.answer_missed(id, answer).await?)
}

/// Hands a scheduled payment that is due to the confirmation window, like any other.
#[tauri::command]
#[specta::specta]
pub(crate) async fn prepare_scheduled_payment(
    app: AppHandle,
    core: Core<'_>,
    draft: Draft,
    due: DuePayment,
) -> Answer<()> {
    core.prepare_scheduled_payment(&app, draft, due).await
}
