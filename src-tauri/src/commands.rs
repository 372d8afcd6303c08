//! What the windows can ask for: each command is one call into the wallet, the camera or practice.

pub(crate) mod account;
pub(crate) mod activity;
pub(crate) mod archive;
pub(crate) mod backup;
pub(crate) mod bills;
pub(crate) mod codes;
pub(crate) mod confirm;
pub(crate) mod desktop;
pub(crate) mod devices;
pub(crate) mod evidence;
pub(crate) mod groups;
pub(crate) mod inbox;
pub(crate) mod leaving;
pub(crate) mod lock;
#[cfg(test)]
pub(crate) mod names;
pub(crate) mod pay;
pub(crate) mod pending;
pub(crate) mod people;
pub(crate) mod requests;
pub(crate) mod scan;
pub(crate) mod schedules;
pub(crate) mod settings;
pub(crate) mod share;
pub(crate) mod sources;

/// What every command answers.
pub(crate) type Answer<T> = Result<T, wallet::CommandError>;

/// The core, as commands get it.
pub(crate) type Core<'a> = tauri::State<'a, std::sync::Arc<crate::engine::Engine>>;
