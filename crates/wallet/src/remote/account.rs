use protocol::account::{CloseAccount, EmailChange, EmailStanding, ForgottenPassword, RecoverDevice};
use protocol::device::DeviceStanding;
use protocol::path;
use uuid::Uuid;

use super::Remote;
use super::call::Call;
use crate::WalletError;

impl Remote {
    /// Asks for an e-mail with a link to set a new password. The answer never says whether there is such an account.
    pub async fn forgotten_password(&self, ask: &ForgottenPassword) -> Result<(), WalletError> {
        self.call_for_nothing(Call::post(path::FORGOTTEN_PASSWORD).body(ask)?.anybody()).await
    }

    /// Asks, for this device that waits, for an e-mail in place of another device's word.
    pub async fn recover_device(&self, id: Uuid, ask: &RecoverDevice) -> Result<DeviceStanding, WalletError> {
        self.call(Call::post(path::device_recovery(id)).body(ask)?.key(self.new_id()).signed_only()).await
    }

    /// The address of e-mails.
    pub async fn email(&self) -> Result<EmailStanding, WalletError> {
        self.call(Call::get(path::EMAIL)).await
    }

    /// Asks for another address.
    pub async fn change_email(&self, change: &EmailChange) -> Result<(), WalletError> {
        self.call_for_nothing(Call::put(path::EMAIL).body(change)?.key(self.new_id())).await
    }

    /// Closes the account for good.
    pub async fn close_account(&self, close: &CloseAccount) -> Result<(), WalletError> {
        let done = self.call_for_nothing(Call::post(path::CLOSING).body(close)?.key(close.id)).await;
        if done.is_ok() {
            self.note_refusal(protocol::Code::AccountClosed);
        }
        done
    }
}
