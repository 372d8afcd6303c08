//! What this book knows and a restored server does not.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use ledger::args;
use protocol::body::{Amount, Payment};
use serde_json::Value;
use uuid::Uuid;

use super::rows::from_json;
use super::{Account, Book, Cursor, WRITABLE, fact, keep_fact, read_fact, write};
use crate::WalletError;

/// Payments of this book, by what became of them at the server.
#[derive(Debug, Default)]
pub(crate) struct Gone {
    /// It has never heard of them.
    pub(crate) lost: Vec<Uuid>,
    /// It says they stand somewhere else.
    pub(crate) changed: Vec<Uuid>,
}

impl Book {
    /// Compares what the server had accepted with what it tells now. [`WalletError::ServerChanged`] when a payment is
    /// told with another amount or other people: that is no backup.
    pub(crate) async fn gone_from(&self, told: &BTreeMap<Uuid, Payment>) -> Result<Gone, WalletError> {
        // What was never accepted, or is not answered, is no loss: the outbox asks for it.
        let sql = "SELECT p.body FROM wallet_payment p LEFT JOIN wallet_outbox o ON o.payment_id = p.id
            WHERE p.refused IS NULL AND (o.state IS NULL OR o.state = 'acked')
                AND EXISTS (SELECT 1 FROM wallet_step s WHERE s.payment_id = p.id AND s.done_by <> 'you')
            ORDER BY p.created_at_ms DESC, p.id";
        let mut gone = Gone::default();
        for row in self.store.read().await?.rows(sql, args![]).await? {
            let known: Payment = from_json(&row.text(0)?)?;
            match told.get(&known.id) {
                None => gone.lost.push(known.id),
                Some(told) if !is_the_same(&known, told) => return Err(WalletError::ServerChanged),
                Some(told) if told.state != known.state && pay::PaymentState::from(known.state).is_final() => {
                    gone.changed.push(known.id);
                }
                Some(_) => {}
            }
        }
        Ok(gone)
    }

    /// Opens the book for writing again under the account's new epoch, in one commit with the marks; its feed is read
    /// from the beginning.
    pub(crate) async fn go_on_with(&self, account: Account, gone: &Gone) -> Result<(), WalletError> {
        let mut tx = self.store.begin().await?;
        for id in gone.lost.iter().chain(&gone.changed) {
            tx.execute("INSERT INTO wallet_here_only (payment_id) VALUES ($1) ON CONFLICT DO NOTHING", args![id])
                .await?;
        }
        let evidence: Option<Value> = read_fact(&mut tx, fact::EVIDENCE).await?;
        let mut past: Vec<Value> = read_fact(&mut tx, fact::PAST_EVIDENCE).await?.unwrap_or_default();
        past.extend(evidence);
        keep_fact(&mut tx, fact::PAST_EVIDENCE, &past).await?;
        tx.execute("DELETE FROM wallet_fact WHERE name = $1", args![fact::EVIDENCE]).await?;
        keep_fact(&mut tx, fact::ACCOUNT, &account).await?;
        keep_fact(&mut tx, fact::CURSOR, &Cursor::default()).await?;
        tx.commit().await?;
        *write(&self.account) = Some(account);
        self.server_checked.store(false, Ordering::Relaxed);
        self.sealed.store(WRITABLE, Ordering::Relaxed);
        Ok(())
    }
}

/// The same money between the same people; where it stands may differ.
fn is_the_same(known: &Payment, told: &Payment) -> bool {
    let same = |a: &Amount, b: &Amount| pay::Money::try_from(a).ok() == pay::Money::try_from(b).ok();
    same(&known.amount, &told.amount)
        && (known.payer.id, known.payee.id, known.request_id) == (told.payer.id, told.payee.id, told.request_id)
}
