//! Devices of an account, and coming to one from a new device.

use protocol::device::DeviceState;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One device, as its owner's list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct DeviceRow {
    /// Id.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// `pairing` (it waits for a word), `recovering` (it was confirmed by e-mail and waits for its time) or `active`.
    pub state: DeviceState,
    /// Its key; given back when it is confirmed, so that what was compared is what is let in.
    pub public_key: String,
    /// Four words of its key, the same on both screens.
    pub words: Vec<String>,
    /// When it was added, or asked.
    #[specta(type = u32)]
    pub added_at_ms: i64,
    /// When it last opened or renewed its session.
    #[specta(type = Option<u32>)]
    pub last_seen_at_ms: Option<i64>,
    /// When a recovering device comes in and all others go out.
    #[specta(type = Option<u32>)]
    pub due_at_ms: Option<i64>,
    /// This device.
    pub is_this: bool,
}

/// What a person fills in to come to an account from a new device.
#[derive(Clone, Serialize, Deserialize, specta::Type)]
pub struct PairForm {
    /// Address of the server, typed or scanned.
    pub address: String,
    /// Handle or e-mail.
    pub name: String,
    /// Password for the server.
    pub password: String,
    /// What the owner will read in the list of devices.
    pub device_name: String,
    /// Protects the local database where there is no keyring.
    pub passphrase: Option<String>,
}

impl std::fmt::Debug for PairForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PairForm").field("address", &self.address).finish_non_exhaustive()
    }
}

/// How far a new device has come.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Paired {
    /// The new device.
    pub device_id: Uuid,
    /// Four words of its key, to compare with the other device.
    pub words: Vec<String>,
    /// Opens this book when keyring and passphrase are lost. Shown once; missing while the device waits.
    pub recovery_key: Option<String>,
}

impl std::fmt::Debug for Paired {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paired").field("device_id", &self.device_id).finish_non_exhaustive()
    }
}
