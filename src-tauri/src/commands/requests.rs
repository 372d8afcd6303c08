//! Requests, asked and received.

use protocol::body::Request;
use protocol::way::WayKind;
use uuid::Uuid;
use wallet::view::{Code, KeptWay, NewRequestForm, OwnWay, WayCode, WayOffer};

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

/// The standards that can stand beside the own code, with the own account of each.
#[tauri::command]
#[specta::specta]
pub(crate) async fn ways(core: Core<'_>) -> Answer<Vec<WayOffer>> {
    Ok(core.wallet().await?.ways().await?)
}

/// Keeps an own account elsewhere, or says what its standard has against it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_way(core: Core<'_>, own: OwnWay) -> Answer<KeptWay> {
    Ok(core.wallet().await?.set_way(own).await?)
}

/// Forgets an own account elsewhere.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_way(core: Core<'_>, kind: WayKind) -> Answer<()> {
    Ok(core.wallet().await?.remove_way(kind).await?)
}

/// The codes of other systems beside one of the own requests.
#[tauri::command]
#[specta::specta]
pub(crate) async fn request_ways(core: Core<'_>, id: Uuid) -> Answer<Vec<WayCode>> {
    Ok(core.wallet().await?.request_ways(id).await?)
}

/// Says that the money of an own request came another way.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_received(core: Core<'_>, id: Uuid, way: Option<WayKind>) -> Answer<Request> {
    Ok(core.wallet().await?.mark_received(id, way).await?)
}

/// Says that it did not come after all.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_not_received(core: Core<'_>, id: Uuid) -> Answer<Request> {
    Ok(core.wallet().await?.mark_not_received(id).await?)
}
