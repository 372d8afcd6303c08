//! The evidence a book was closed with: to look at, and to hand to somebody who can judge it.

use serde_json::{Value, json};

use super::App;
use crate::WalletError;
use crate::book::{Book, fact};
use crate::view::{Breach, Evidence};

impl App {
    /// What the server of the book in use did, or nothing when it did nothing wrong.
    pub async fn evidence(&self) -> Result<Option<Evidence>, WalletError> {
        let raw = kept(&*self.book().await?).await?;
        Ok(raw.map(|raw| Evidence {
            breach: breach(&raw),
            at_ms: raw["at_ms"].as_i64().unwrap_or_default(),
            known: pretty(&raw["known"]),
            told: pretty(&raw["told"]),
        }))
    }

    /// A file with everything that was kept of it: JSON. It names the account, its device and the server.
    pub async fn evidence_file(&self) -> Result<Vec<u8>, WalletError> {
        let book = self.book().await?;
        let raw = kept(&book).await?.ok_or(WalletError::NotJoined)?;
        let account = book.account()?;
        let file = json!({
            "server": book.card.server_url, "server_key": account.server_key, "person_id": account.person_id,
            "handle": account.handle, "device_id": account.device_id, "evidence": raw,
        });
        serde_json::to_vec_pretty(&file).map_err(|_| WalletError::Fault("evidence to JSON"))
    }
}

pub(super) async fn kept(book: &Book) -> Result<Option<Value>, WalletError> {
    book.fact(fact::EVIDENCE).await
}

pub(super) fn breach(raw: &Value) -> Breach {
    if raw["what"] == "chain" {
        return Breach::Chain;
    }
    let key = |side: &str| raw[side].get("public_key");
    if key("known") == key("told") { Breach::Epoch } else { Breach::Key }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
