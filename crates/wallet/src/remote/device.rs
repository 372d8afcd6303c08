use protocol::device::{ConfirmDevice, DeviceChange, DeviceEntry, DeviceStanding, PairDevice};
use protocol::path;
use uuid::Uuid;

use super::Remote;
use super::call::Call;
use crate::WalletError;

impl Remote {
    /// Asks that this device may use an account.
    pub async fn pair_device(&self, ask: &PairDevice) -> Result<DeviceStanding, WalletError> {
        let call = Call::post(path::DEVICES).body(ask)?.key(ask.device.id).signed_only();
        self.call(call).await
    }

    /// What became of a device that asked.
    pub async fn device_standing(&self, id: Uuid) -> Result<DeviceStanding, WalletError> {
        self.call(Call::open(path::device_standing(id))).await
    }

    /// The account's devices.
    pub async fn devices(&self) -> Result<Vec<DeviceEntry>, WalletError> {
        self.call(Call::get(path::DEVICES)).await
    }

    /// Lets a device in, under the key its owner compared.
    pub async fn confirm_device(&self, id: Uuid, public_key: String) -> Result<(), WalletError> {
        let call = Call::post(path::device_confirm(id)).body(&ConfirmDevice { public_key })?.key(self.new_id());
        self.call_for_nothing(call).await
    }

    /// Names a device.
    pub async fn rename_device(&self, id: Uuid, name: String) -> Result<(), WalletError> {
        self.call_for_nothing(Call::patch(path::device(id)).body(&DeviceChange { name })?.key(self.new_id())).await
    }

    /// Puts a device out.
    pub async fn revoke_device(&self, id: Uuid) -> Result<(), WalletError> {
        self.call_for_nothing(Call::delete(path::device(id)).key(self.new_id())).await
    }
}
