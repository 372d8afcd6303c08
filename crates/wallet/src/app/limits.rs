//! Limits, told before they bite.

use pay::Money;
use protocol::body::Amount;
use protocol::limits::{Allowance, LimitKind, nearest};

use super::App;
use crate::WalletError;
use crate::view::Limits;

impl App {
    /// The account's limits as the server says now, and what they say to asking for `asked` in one payment: what others
    /// may send in a day is theirs to know.
    pub async fn limits(&self, asked: Option<&Amount>) -> Result<Limits, WalletError> {
        let all = self.book().await?.remote()?.limits().await?;
        let asked = asked.map(Money::try_from).transpose()?;
        let of_one: Vec<Allowance> = all.iter().filter(|limit| limit.kind == LimitKind::Payment).cloned().collect();
        let near = match asked {
            Some(asked) => nearest(&of_one, asked)?,
            None => None,
        };
        let over = match (&near, asked) {
            (Some(limit), Some(asked)) => limit.is_broken_by(asked)?,
            _ => false,
        };
        Ok(Limits { all, near, over })
    }
}
