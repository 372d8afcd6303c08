//! The local double entry of what the server posted, so that both books agree to the cent.

use std::collections::BTreeMap;

use ledger::book::{Account, Floor, Transfer, balance, open_accounts, record};
use ledger::{LedgerError, Tx};
use pay::{Currency, Money};
use protocol::body::Payment;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::rows::other_side;
use crate::WalletError;
use crate::view::Direction;

/// Sums of a book in one currency, from its double entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Came in.
    pub received: Money,
    /// Went out, fees included.
    pub sent: Money,
    /// The part of `sent` that was fees.
    pub fees: Money,
}

/// An id that follows from names, the same on every run.
fn derived(id: Uuid, role: &str) -> Uuid {
    let digest: [u8; 32] = Sha256::new().chain_update(id.as_bytes()).chain_update(role.as_bytes()).finalize().into();
    let mut first = [0; 16];
    first.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(first).into_uuid()
}

fn account_of(id: Uuid, role: &str, currency: Currency) -> Account {
    Account { id: derived(id, &format!("{role} {currency}")), currency, floor: Floor::None }
}

/// Payments that succeeded, on their way into the double entry.
#[derive(Default)]
pub(super) struct Mirror {
    accounts: BTreeMap<Uuid, Account>,
    transfers: Vec<(Transfer, i64)>,
}

impl Mirror {
    /// Takes a payment that succeeded at `at_ms`.
    pub(super) fn add(
        &mut self,
        me: Uuid,
        payment: &Payment,
        direction: Direction,
        order_digest: Option<[u8; 32]>,
        at_ms: i64,
    ) -> Result<(), WalletError> {
        let amount = Money::try_from(&payment.amount)?;
        let currency = amount.currency();
        let own = account_of(me, "own", currency);
        let other = account_of(other_side(payment, direction).id, "other", currency);
        let fees = account_of(me, "fees", currency);
        let (debit, credit) = match direction {
            Direction::In => (other.id, own.id),
            Direction::Out => (own.id, other.id),
        };
        let transfer = |role: &str, debit, credit, amount| Transfer {
            id: derived(payment.id, role),
            payment_id: payment.id,
            debit,
            credit,
            amount,
            order_digest,
        };
        self.transfers.push((transfer("amount", debit, credit, amount), at_ms));
        let fee = payment.fee.as_ref().map(Money::try_from).transpose()?;
        if let (Direction::Out, Some(fee)) = (direction, fee.filter(|fee| !fee.is_zero())) {
            self.transfers.push((transfer("fee", own.id, fees.id, fee), at_ms));
        }
        self.accounts.extend([own, other, fees].map(|account| (account.id, account)));
        Ok(())
    }

    /// Books them; what was booked before changes nothing.
    pub(super) async fn write(self, tx: &mut Tx) -> Result<(), WalletError> {
        if self.transfers.is_empty() {
            return Ok(());
        }
        let accounts: Vec<Account> = self.accounts.into_values().collect();
        open_accounts(tx, &accounts).await?;
        record(tx, &self.transfers).await?;
        Ok(())
    }
}

/// The sums of the book of person `me` in a currency.
pub(crate) async fn totals(tx: &mut Tx, me: Uuid, currency: Currency) -> Result<Totals, WalletError> {
    let zero = Money::zero(currency);
    let sums = match balance(tx, account_of(me, "own", currency).id).await {
        Ok(sums) => sums,
        Err(LedgerError::UnknownAccount(_)) => return Ok(Totals { received: zero, sent: zero, fees: zero }),
        Err(error) => return Err(error.into()),
    };
    let fees = balance(tx, account_of(me, "fees", currency).id).await?;
    Ok(Totals { received: sums.posted_credit, sent: sums.posted_debit, fees: fees.posted_credit })
}
