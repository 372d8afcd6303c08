//! Choices about the app, and the PIN.

use std::path::Path;

use protocol::Code;
use serde_json::Value;

use super::hold::check_hold;
use super::{App, blocking};
use crate::WalletError;
use crate::book::{Book, fact, keep_fact, read_fact};
use crate::keys::{Pin, read_json, write_json};
use crate::view::Settings;

impl App {
    /// What the person chose; the usual when nothing was, or when the file is damaged.
    pub async fn settings(&self) -> Result<Settings, WalletError> {
        let file = self.inner.options.folder.join("settings.json");
        blocking(move || Ok(read_settings(&file))).await
    }

    /// Keeps what the person chose.
    pub async fn set_settings(&self, settings: Settings) -> Result<Settings, WalletError> {
        check_hold(&settings.hold)?;
        let file = self.inner.options.folder.join("settings.json");
        let kept = settings.clone();
        blocking(move || write_json(&file, &kept)).await?;
        let _ = self.inner.events.send(super::Event::Changed);
        Ok(settings)
    }

    /// Sets, changes or (`new` is `None`) removes the PIN. The old one has to be given when there is one.
    pub async fn set_pin(&self, old: Option<String>, new: Option<String>) -> Result<(), WalletError> {
        let _turn = self.inner.confirming.lock().await;
        let book = self.book().await?;
        check_pin(&book, old.as_deref()).await?;
        let random = std::sync::Arc::clone(&book.random);
        let pin = blocking(move || new.map(|new| Pin::make(&new, &*random)).transpose()).await?;
        let mut tx = book.begin().await?;
        match pin {
            Some(pin) => keep_fact(&mut tx, fact::PIN, &pin).await?,
            None => drop(tx.execute("DELETE FROM wallet_fact WHERE name = $1", ledger::args![fact::PIN]).await?),
        }
        tx.commit().await?;
        book.changed();
        Ok(())
    }
}

/// The file's choices. What an older file does not say is as usual, and the rest is kept.
fn read_settings(file: &Path) -> Settings {
    let usual = serde_json::to_value(Settings::default()).unwrap_or_default();
    let (Ok(Value::Object(kept)), Value::Object(mut all)) = (read_json(file), usual) else {
        return Settings::default();
    };
    all.extend(kept);
    serde_json::from_value(all.into()).unwrap_or_default()
}

/// Passes when there is no PIN or this is it. A try is on disk before it is checked.
pub(super) async fn check_pin(book: &Book, given: Option<&str>) -> Result<(), WalletError> {
    let mut tx = book.begin().await?;
    let Some(mut pin) = read_fact::<Pin>(&mut tx, fact::PIN).await? else { return Ok(()) };
    let given = given.ok_or(WalletError::WrongPin)?.to_owned();
    pin.charge(book.clock.now_ms())?;
    keep_fact(&mut tx, fact::PIN, &pin).await?;
    tx.commit().await?;
    let pin = blocking(move || {
        pin.check(&given)?;
        Ok(pin)
    })
    .await?;
    book.keep(fact::PIN, &pin).await
}

/// Whether a PIN gates confirmations.
pub(super) async fn has_pin(book: &Book) -> Result<bool, WalletError> {
    Ok(book.fact::<Pin>(fact::PIN).await?.is_some())
}

/// A refusal that needs no server.
pub(super) fn refuse(code: Code) -> WalletError {
    WalletError::Invalid(code)
}
