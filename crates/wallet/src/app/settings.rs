//! Choices about the app, and the PIN.

use std::path::Path;

use ledger::LedgerError;
use protocol::Code;
use serde_json::Value;
use zeroize::Zeroizing;

use super::hold::check_hold;
use super::lock::choices;
use super::{App, blocking};
use crate::WalletError;
use crate::book::{Book, fact, keep_fact, read_fact};
use crate::keys::{Pin, read_json, write_json};
use crate::view::{PinFor, Settings};

impl App {
    /// What the person chose; the usual when nothing was, or when the file is damaged.
    pub async fn settings(&self) -> Result<Settings, WalletError> {
        let file = self.inner.options.folder.join("settings.json");
        blocking(move || Ok(read_settings(&file))).await
    }

    /// Keeps what the person chose.
    pub async fn set_settings(&self, settings: Settings) -> Result<Settings, WalletError> {
        check_hold(&settings.hold)?;
        if !settings.desk.is_plausible() {
            return Err(refuse(Code::TooLarge));
        }
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
        match pin {
            Some(pin) => book.keep(fact::PIN, &pin).await?,
            None => remove_pin(&book).await?,
        }
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

/// Passes when there is no PIN or this is it. A try is on disk before it is checked, also in a book that is closed for
/// everything else because of what its server did; a damaged one cannot count.
pub(super) async fn check_pin(book: &Book, given: Option<&str>) -> Result<(), WalletError> {
    let mut tx = match book.store.begin().await {
        Err(LedgerError::ReadOnly) => return compare_pin(book.fact(fact::PIN).await?, given).await.map(drop),
        begun => begun?,
    };
    let Some(mut pin) = read_fact::<Pin>(&mut tx, fact::PIN).await? else { return Ok(()) };
    if given.is_none() {
        return Err(WalletError::WrongPin);
    }
    pin.charge(book.clock.now_ms())?;
    keep_fact(&mut tx, fact::PIN, &pin).await?;
    tx.commit().await?;
    let pin = compare_pin(Some(pin), given).await?;
    let mut tx = book.store.begin().await?;
    keep_fact(&mut tx, fact::PIN, &pin).await?;
    Ok(tx.commit().await?)
}

async fn compare_pin(pin: Option<Pin>, given: Option<&str>) -> Result<Option<Pin>, WalletError> {
    let Some(mut pin) = pin else { return Ok(None) };
    let given = Zeroizing::new(given.ok_or(WalletError::WrongPin)?.to_owned());
    blocking(move || {
        pin.check(&given)?;
        Ok(Some(pin))
    })
    .await
}

/// Whether there is a PIN.
pub(super) async fn has_pin(book: &Book) -> Result<bool, WalletError> {
    Ok(book.fact::<Pin>(fact::PIN).await?.is_some())
}

/// Whether a payment wants the PIN.
pub(super) async fn asks_pin_to_pay(book: &Book) -> Result<bool, WalletError> {
    Ok(choices(book).await?.pin_for == PinFor::EveryPayment && has_pin(book).await?)
}

/// Takes the PIN away.
pub(super) async fn remove_pin(book: &Book) -> Result<(), WalletError> {
    let mut tx = book.begin().await?;
    tx.execute("DELETE FROM wallet_fact WHERE name = $1", ledger::args![fact::PIN]).await?;
    Ok(tx.commit().await?)
}

/// A refusal that needs no server.
pub(super) fn refuse(code: Code) -> WalletError {
    WalletError::Invalid(code)
}
