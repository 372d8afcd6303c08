//! What happened: the first screen, the list, one payment.

use tauri::AppHandle;
use tauri::ipc::Channel;
use uuid::Uuid;
use wallet::view::{
    ActivityFilter, ActivityPage, ActivityQuery, ActivityView, CurrencyTotal, ExportFormat, ExportProgress, Exported,
    Home, PaymentDetail,
};

use super::{Answer, Core};
use crate::{browser, day, save};

/// The first screen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn home(core: Core<'_>) -> Answer<Home> {
    Ok(core.wallet().await?.home(day::offset_minutes()).await?)
}

/// A page of payments.
#[tauri::command]
#[specta::specta]
pub(crate) async fn activity(core: Core<'_>, query: ActivityQuery) -> Answer<ActivityPage> {
    Ok(core.wallet().await?.activity(query).await?)
}

/// What the shown payments sum to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn activity_totals(core: Core<'_>, filter: ActivityFilter) -> Answer<Vec<CurrencyTotal>> {
    Ok(core.wallet().await?.activity_totals(&filter).await?)
}

/// The saved filters.
#[tauri::command]
#[specta::specta]
pub(crate) async fn activity_views(core: Core<'_>) -> Answer<Vec<ActivityView>> {
    Ok(core.wallet().await?.activity_views().await?)
}

/// Saves a filter under its name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_activity_view(core: Core<'_>, view: ActivityView) -> Answer<Vec<ActivityView>> {
    Ok(core.wallet().await?.save_activity_view(view).await?)
}

/// Forgets a saved filter.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_activity_view(core: Core<'_>, name: String) -> Answer<Vec<ActivityView>> {
    Ok(core.wallet().await?.remove_activity_view(&name).await?)
}

/// Asks where to, and writes the shown payments there; how far it is comes on the channel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_activity(
    app: AppHandle,
    core: Core<'_>,
    filter: ActivityFilter,
    format: ExportFormat,
    channel: Channel<ExportProgress>,
) -> Answer<Exported> {
    let wallet = core.wallet().await?;
    let ending = match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Json => "json",
    };
    let Some(path) = save::choose(&app, "tessera-payments", ending).await? else {
        return Ok(Exported { path: None, count: 0 });
    };
    // A page that is gone hears nothing; the file is written all the same.
    Ok(wallet.export_activity(&filter, format, &path, |at| drop(channel.send(at))).await?)
}

/// Calls the running export off.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_export(core: Core<'_>) -> Answer<()> {
    core.wallet().await?.cancel_export();
    Ok(())
}

/// One payment with its story.
#[tauri::command]
#[specta::specta]
pub(crate) async fn payment(core: Core<'_>, id: Uuid) -> Answer<PaymentDetail> {
    Ok(core.wallet().await?.payment(id).await?)
}

/// A note only this device knows.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_private_note(core: Core<'_>, payment_id: Uuid, text: String) -> Answer<()> {
    Ok(core.wallet().await?.set_private_note(payment_id, &text).await?)
}

/// Calls a payment off, while that is possible.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_payment(core: Core<'_>, id: Uuid) -> Answer<()> {
    Ok(core.wallet().await?.cancel_payment(id).await?)
}

/// Opens the page where the bank asks something, in the system's browser.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_action(app: AppHandle, core: Core<'_>, payment_id: Uuid) -> Answer<()> {
    let action = core.wallet().await?.action(payment_id).await?;
    browser::open(&app, &action.url, &action.server)
}

/// Takes a payment back that still waits on this device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_payment(core: Core<'_>, id: Uuid) -> Answer<()> {
    Ok(core.wallet().await?.undo_payment(id).await?)
}
