//! On the way to a payment. Nothing here moves money: the confirmation window does.

use protocol::body::{Amount, Quote};
use tauri::AppHandle;
use uuid::Uuid;
use wallet::view::{Draft, Found, PayeeFacts};

use super::{Answer, Core};

/// Looks a person up by handle.
#[tauri::command]
#[specta::specta]
pub(crate) async fn find_payee(core: Core<'_>, handle: String) -> Answer<Found> {
    Ok(core.wallet().await?.find_payee(&handle).await?)
}

/// What this device knows about somebody about to be paid.
#[tauri::command]
#[specta::specta]
pub(crate) async fn payee_facts(core: Core<'_>, handle: String) -> Answer<PayeeFacts> {
    Ok(core.wallet().await?.payee_facts(&handle).await?)
}

/// What a payment would cost with each source.
#[tauri::command]
#[specta::specta]
pub(crate) async fn quote(core: Core<'_>, payee_id: Uuid, amount: Amount, request_id: Option<Uuid>) -> Answer<Quote> {
    Ok(core.wallet().await?.quote(payee_id, amount, request_id).await?)
}

/// Hands a payment to the confirmation window, which shows the core's own copy of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn prepare_payment(app: AppHandle, core: Core<'_>, draft: Draft) -> Answer<()> {
    core.prepare_payment(&app, draft, None).await
}
