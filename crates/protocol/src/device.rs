//! Devices of an account: asking to become one, being confirmed from another, and the list of them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::body::NewDevice;

/// Asks that a new device may use an account. Signed by the new device's key; sent again, it gives the state as it is.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct PairDevice {
    /// Handle or e-mail.
    pub name: String,
    /// The password.
    pub password: String,
    /// The device that asks.
    pub device: NewDevice,
}

impl std::fmt::Debug for PairDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PairDevice").field("device", &self.device).finish_non_exhaustive()
    }
}

/// How far a device has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Asked, and waits for a word from another device.
    Pairing,
    /// Confirmed by a letter; comes in when its waiting time is over, unless it is stopped.
    Recovering,
    /// May sign in.
    Active,
    /// Refused, revoked, never confirmed in time, or unknown.
    Gone,
}

/// What became of a device that asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct DeviceStanding {
    /// How far it has come.
    pub state: DeviceState,
    /// When a recovering device comes in, by the server's clock.
    #[serde(default)]
    #[specta(type = Option<u32>)]
    pub due_at_ms: Option<i64>,
}

/// One device in the list of its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceEntry {
    /// Id.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// Its key; both sides make the words from it that a person compares.
    pub public_key: String,
    /// `pairing`, `recovering` or `active`.
    pub state: DeviceState,
    /// When a recovering device comes in and all others go out.
    #[serde(default)]
    pub due_at_ms: Option<i64>,
    /// When it joined, or asked to.
    pub added_at_ms: i64,
    /// When it last opened or renewed its session: exact to a quarter of an hour.
    pub last_seen_at_ms: Option<i64>,
    /// The device that asks for the list.
    pub is_this: bool,
}

/// Confirms a device. Names the key its owner compared, so that no other can take its place in between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConfirmDevice {
    /// Key of the device that is meant.
    pub public_key: String,
}

/// Names a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceChange {
    /// The new name.
    pub name: String,
}
