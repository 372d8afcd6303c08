//! Payments as the screens show them.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};

use pay::Currency;
use protocol::Code;
use protocol::body::PaymentState;
use url::Url;
use uuid::Uuid;

use super::App;
use super::settings::refuse;
use crate::WalletError;
use crate::book::{Day, News, Totals, totals};
use crate::transport::is_this_machine;
use crate::view::{
    ActivityFilter, ActivityPage, ActivityQuery, ActivityView, CurrencyTotal, ExportFormat, ExportProgress, Exported,
    Home, PaymentDetail,
};

/// Where a payer confirms at the bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// To be opened in the system's browser.
    pub url: String,
    /// The server that names it.
    pub server: String,
}

impl App {
    /// The first screen. Local time is UTC plus `offset_minutes`.
    pub async fn home(&self, offset_minutes: i32) -> Result<Home, WalletError> {
        let book = self.book().await?;
        let ask_me = self.settings().await?.ask_me;
        book.home(Day::around(book.now_ms(), offset_minutes), ask_me).await
    }

    /// A page of payments, newest first.
    pub async fn activity(&self, query: ActivityQuery) -> Result<ActivityPage, WalletError> {
        self.book().await?.activity(&query).await
    }

    /// What a filter's payments sum to, by currency.
    pub async fn activity_totals(&self, filter: &ActivityFilter) -> Result<Vec<CurrencyTotal>, WalletError> {
        self.book().await?.activity_totals(filter).await
    }

    /// The saved filters.
    pub async fn activity_views(&self) -> Result<Vec<ActivityView>, WalletError> {
        self.book().await?.activity_views().await
    }

    /// Saves a filter under its name; gives all of them.
    pub async fn save_activity_view(&self, view: ActivityView) -> Result<Vec<ActivityView>, WalletError> {
        self.book().await?.save_activity_view(view).await
    }

    /// Forgets a saved filter; gives all others.
    pub async fn remove_activity_view(&self, name: &str) -> Result<Vec<ActivityView>, WalletError> {
        self.book().await?.remove_activity_view(name).await
    }

    /// Writes what a filter shows to `path`, telling how far it is, until [`App::cancel_export`]. One at a time: a
    /// second one calls the first off.
    pub async fn export_activity(
        &self,
        filter: &ActivityFilter,
        format: ExportFormat,
        path: &Path,
        tell: impl Fn(ExportProgress) + Send + Sync,
    ) -> Result<Exported, WalletError> {
        let book = self.book().await?;
        let stop = self.begin_export();
        let count = book.export(filter, format, path, &stop, tell).await?;
        Ok(Exported { path: count.map(|_| path.display().to_string()), count: count.unwrap_or_default() })
    }

    /// Calls the export off; nothing stays of it.
    pub fn cancel_export(&self) {
        if let Some(stop) = self.exporting().take() {
            stop.store(true, Ordering::Relaxed);
        }
    }

    /// What calls an export, or the reading of an archive, off. One that runs is called off.
    pub(super) fn begin_export(&self) -> Arc<AtomicBool> {
        let stop = Arc::new(AtomicBool::new(false));
        if let Some(before) = self.exporting().replace(Arc::clone(&stop)) {
            before.store(true, Ordering::Relaxed);
        }
        stop
    }

    fn exporting(&self) -> MutexGuard<'_, Option<Arc<AtomicBool>>> {
        self.inner.exporting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One payment with its story.
    pub async fn payment(&self, id: Uuid) -> Result<PaymentDetail, WalletError> {
        self.book().await?.payment_detail(id).await
    }

    /// Writes a note only this device knows.
    pub async fn set_private_note(&self, payment_id: Uuid, text: &str) -> Result<(), WalletError> {
        self.book().await?.set_private_note(payment_id, text).await
    }

    /// Calls a payment off, while that is possible.
    pub async fn cancel_payment(&self, id: Uuid) -> Result<(), WalletError> {
        let book = self.book().await?;
        let payment = book.remote()?.cancel_payment(id).await?;
        if payment.id != id {
            return Err(WalletError::BadAnswer);
        }
        let mut tx = book.begin().await?;
        book.apply_payment(&mut tx, payment, &mut News::default()).await?;
        tx.commit().await?;
        book.changed();
        Ok(())
    }

    /// Where the payer confirms at the bank. Only encrypted addresses, or this machine's, are given out.
    pub async fn action(&self, payment_id: Uuid) -> Result<Action, WalletError> {
        let book = self.book().await?;
        let payment = book.payment_detail(payment_id).await?.row.payment;
        let url = match (payment.state, payment.action_url) {
            (PaymentState::RequiresAction, Some(url)) => url,
            _ => return Err(refuse(Code::WrongState)),
        };
        let parsed = Url::parse(&url).map_err(|_| WalletError::BadAnswer)?;
        let safe = parsed.scheme() == "https" || (parsed.scheme() == "http" && is_this_machine(&parsed));
        if !safe || !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(WalletError::BadAnswer);
        }
        Ok(Action { url, server: book.card.server_url.clone() })
    }

    /// What the local double entry says came and went in a currency.
    pub async fn totals(&self, currency: Currency) -> Result<Totals, WalletError> {
        let book = self.book().await?;
        let mut tx = book.store.read().await?;
        totals(&mut tx, book.account()?.person_id, currency).await
    }
}
