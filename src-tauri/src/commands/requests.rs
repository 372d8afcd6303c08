//! Requests, asked and received.

use protocol::body::Request;
use uuid::Uuid;
use wallet::view::{Code, NewRequestForm};

use super::{Answer, Core};

/// All of them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn requests(core: Core<'_>) -> Answer<Vec<Request>> {
    Ok(core.wallet().await?.requests().await?)
}

/// Asks for money.
#[tauri::command]
#[specta::specta]
pub(crate) async fn new_request(core: Core<'_>, form: NewRequestForm) -> Answer<Request> {
    Ok(core.wallet().await?.new_request(form).await?)
}

/// The code of one of the own requests.
#[tauri::command]
#[specta::specta]
pub(crate) async fn request_code(core: Core<'_>, id: Uuid) -> Answer<Code> {
    Ok(core.wallet().await?.request_code(id).await?)
}

/// The code of a payment's receipt.
#[tauri::command]
#[specta::specta]
pub(crate) async fn receipt_code(core: Core<'_>, payment_id: Uuid) -> Answer<Code> {
    Ok(core.wallet().await?.receipt_code(payment_id).await?)
}

/// Takes one of the own requests back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_request(core: Core<'_>, id: Uuid) -> Answer<Request> {
    Ok(core.wallet().await?.cancel_request(id).await?)
}

/// Says no to somebody's request.
#[tauri::command]
#[specta::specta]
pub(crate) async fn decline_request(core: Core<'_>, id: Uuid) -> Answer<Request> {
    Ok(core.wallet().await?.decline_request(id).await?)
}

/// Reminds whoever is asked.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remind_request(core: Core<'_>, id: Uuid) -> Answer<Request> {
    Ok(core.wallet().await?.remind_request(id).await?)
}
