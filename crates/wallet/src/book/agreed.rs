//! What was signed here for a payment of ours, and whether the server booked exactly that.

use pay::Money;
use protocol::body::{Amount, Payment};
use protocol::{SignedOrder, SignedReturn};
use uuid::Uuid;

use super::rows::from_json;
use crate::WalletError;

/// A signed agreement of this device.
pub(super) enum Agreed {
    /// To pay.
    Order(Box<SignedOrder>),
    /// To give back.
    Return(Box<SignedReturn>),
}

/// What this device signed, as its outbox has it; `returns` is the payment it gives back.
pub(super) fn agreed(body: &str, returns: Option<Uuid>) -> Result<Agreed, WalletError> {
    Ok(match returns {
        None => Agreed::Order(Box::new(from_json(body)?)),
        Some(_) => Agreed::Return(Box::new(from_json(body)?)),
    })
}

impl Agreed {
    /// What was confirmed here is what the server booked.
    pub(super) fn says_the_same(&self, payment: &Payment) -> bool {
        let same = |a: &Amount, b: &Amount| Money::try_from(a).ok() == Money::try_from(b).ok();
        match self {
            Agreed::Order(signed) => {
                let order = &signed.order;
                same(&order.amount, &payment.amount)
                    && payment.fee.as_ref().is_none_or(|fee| same(&order.fee, fee))
                    && order.payee_id == payment.payee.id
                    && order.request_id == payment.request_id
                    && payment.returns.is_none()
            }
            Agreed::Return(signed) => {
                let order = &signed.order;
                let free = |fee: &Amount| Money::try_from(fee).is_ok_and(|fee| fee.is_zero());
                same(&order.amount, &payment.amount)
                    && payment.fee.as_ref().is_none_or(free)
                    && order.payer_id == payment.payee.id
                    && payment.returns == Some(order.payment_id)
            }
        }
    }

    /// SHA-256 of what was signed.
    pub(super) fn digest(&self) -> Option<[u8; 32]> {
        match self {
            Agreed::Order(signed) => signed.order.digest().ok(),
            Agreed::Return(signed) => signed.order.digest().ok(),
        }
    }
}
