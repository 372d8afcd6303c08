//! A server that was put back from a backup: what it lost, and going on with it all the same. Only when its epoch is
//! all that changed: another key, or a payment told differently, stays what it was, a breach.

use std::collections::BTreeMap;
use std::sync::Arc;

use protocol::body::{Payment, Subject};
use uuid::Uuid;

use super::App;
use super::evidence::{breach, kept};
use crate::book::{Book, Cursor};
use crate::reader::follow_on;
use crate::view::{Breach, Comparison, Status};
use crate::{WalletError, book::Account};

/// Changes asked for at once.
const PAGE: u32 = 500;

impl App {
    /// What the server does not know, or knows otherwise, compared with this book. Changes nothing.
    /// [`WalletError::ServerChanged`] when more than its epoch changed.
    pub async fn restored_server(&self) -> Result<Comparison, WalletError> {
        let book = self.book().await?;
        let (_, told) = told_now(&book).await?;
        let gone = book.gone_from(&told).await?;
        let mut restored =
            Comparison { lost: Vec::new(), changed: Vec::new(), told: told.len().try_into().unwrap_or(u32::MAX) };
        for id in &gone.lost {
            restored.lost.push(self.payment(*id).await?.row);
        }
        for id in &gone.changed {
            restored.changed.push(self.payment(*id).await?.row);
        }
        Ok(restored)
    }

    /// Keeps the own book and goes on with the restored server. What it does not know stays, marked as known here only;
    /// the evidence stays too.
    pub async fn follow_restored_server(&self) -> Result<Status, WalletError> {
        let book = self.book().await?;
        let turn = book.pulling.lock().await;
        let (account, told) = told_now(&book).await?;
        let gone = book.gone_from(&told).await?;
        book.go_on_with(account, &gone).await?;
        drop(turn);
        book.changed();
        self.set_to_work().await?;
        self.status().await
    }
}

/// Every payment as the server tells it now, from the beginning of its history, and the account with its new epoch.
async fn told_now(book: &Arc<Book>) -> Result<(Account, BTreeMap<Uuid, Payment>), WalletError> {
    let evidence = kept(book).await?.ok_or(WalletError::NotJoined)?;
    if breach(&evidence) != Breach::Epoch {
        return Err(WalletError::ServerChanged);
    }
    let (remote, mut account) = (book.remote()?, book.account()?);
    let info = remote.server_info().await?;
    if info.public_key != account.server_key {
        return Err(WalletError::ServerChanged);
    }
    account.epoch = info.epoch;
    let (mut told, mut cursor) = (BTreeMap::new(), Cursor::default());
    loop {
        let page = remote.feed(cursor.sequence, PAGE).await?;
        if page.epoch != account.epoch {
            return Err(WalletError::ServerChanged);
        }
        let more = page.more && !page.changes.is_empty();
        for change in page.changes {
            cursor = follow_on(account.person_id, &cursor, &change)?.ok_or(WalletError::ServerChanged)?;
            if let Ok(Subject::Payment(payment)) = serde_json::from_str(&change.body) {
                told.insert(payment.id, payment);
            }
        }
        if !more {
            return Ok((account, told));
        }
    }
}
