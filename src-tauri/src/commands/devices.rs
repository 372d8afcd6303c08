//! Devices of the account, and coming to one from a new device.

use protocol::device::DeviceStanding;
use uuid::Uuid;
use wallet::view::{DeviceRow, PairForm, Paired, PendingRow};

use super::{Answer, Core};

/// The account's devices, and those that ask to become one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn devices(core: Core<'_>) -> Answer<Vec<DeviceRow>> {
    Ok(core.wallet().await?.devices().await?)
}

/// Lets a device in whose words were compared.
#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_device(core: Core<'_>, id: Uuid, public_key: String) -> Answer<Vec<DeviceRow>> {
    Ok(core.wallet().await?.confirm_device(id, public_key).await?)
}

/// Names a device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rename_device(core: Core<'_>, id: Uuid, name: String) -> Answer<Vec<DeviceRow>> {
    Ok(core.wallet().await?.rename_device(id, name).await?)
}

/// Puts a device out, or refuses one that asks.
#[tauri::command]
#[specta::specta]
pub(crate) async fn revoke_device(core: Core<'_>, id: Uuid) -> Answer<Vec<DeviceRow>> {
    Ok(core.wallet().await?.revoke_device(id).await?)
}

/// Comes to an account that exists; again with the same form once the other device has said yes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pair(core: Core<'_>, form: PairForm) -> Answer<Paired> {
    Ok(core.wallet().await?.pair(form).await?)
}

/// Whether a device that asked was let in.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pairing_state(core: Core<'_>, address: String, device_id: Uuid) -> Answer<DeviceStanding> {
    Ok(core.wallet().await?.pairing_state(&address, device_id).await?)
}

/// For a device that waits and has no other to let it in: asks for an e-mail instead.
#[tauri::command]
#[specta::specta]
pub(crate) async fn recover_device(core: Core<'_>, form: PairForm, language: String) -> Answer<DeviceStanding> {
    Ok(core.wallet().await?.recover_device(form, &language).await?)
}

/// Signs this device out, unless something decided on it is not with the server yet: then it gives that.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_out(core: Core<'_>) -> Answer<Vec<PendingRow>> {
    Ok(core.wallet().await?.sign_out().await?)
}
