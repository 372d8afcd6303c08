use crate::StateError;

/// Where a payment stands, in Stripe's words. What only the app knows (draft, queued, unknown) is the wallet's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentState {
    /// Accepted by the server, money reserved, the processor is asked or about to be.
    Processing,
    /// The payer has something to do at the bank.
    RequiresAction,
    /// The processor said no; the reservation is void. Another attempt is another payment.
    RequiresPaymentMethod,
    /// The processor said yes and the book is posted. Final.
    Succeeded,
    /// Called off before anything moved. Final.
    Canceled,
}

/// What can happen to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentEvent {
    /// The processor wants the payer to confirm.
    ActionAsked,
    /// The payer did what was asked.
    ActionDone,
    /// The processor took the money.
    Charged,
    /// The processor refused.
    Declined,
    /// The payer called it off.
    CancelAsked,
}

/// Why a processor refused, in classes a person can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureReason {
    /// Not enough in the account.
    InsufficientFunds,
    /// The bank refused without saying why.
    Declined,
    /// The card has expired.
    ExpiredCard,
    /// The payer did not pass, or refused, the bank's check.
    ActionFailed,
    /// The processor cannot be used now.
    ProcessorUnavailable,
    /// The order lay unsent past its expiry.
    OrderExpired,
}

impl PaymentState {
    /// The state after `event`, or an error when that cannot happen now.
    pub const fn after(self, event: PaymentEvent) -> Result<PaymentState, StateError> {
        use PaymentEvent as E;
        use PaymentState as S;
        match (self, event) {
            (S::Processing, E::ActionAsked) => Ok(S::RequiresAction),
            (S::RequiresAction, E::ActionDone) => Ok(S::Processing),
            (S::Processing, E::Charged) => Ok(S::Succeeded),
            (S::Processing | S::RequiresAction, E::Declined) => Ok(S::RequiresPaymentMethod),
            (S::RequiresAction | S::RequiresPaymentMethod, E::CancelAsked) => Ok(S::Canceled),
            _ => Err(StateError),
        }
    }

    /// True when nothing can change any more.
    pub const fn is_final(self) -> bool {
        matches!(self, PaymentState::Succeeded | PaymentState::Canceled | PaymentState::RequiresPaymentMethod)
    }
}

#[cfg(test)]
mod tests {
    use super::{PaymentEvent::*, PaymentState::*};

    #[test]
    fn a_paid_payment_never_changes() {
        for event in [ActionAsked, ActionDone, Charged, Declined, CancelAsked] {
            assert!(Succeeded.after(event).is_err(), "{event:?}");
        }
    }

    #[test]
    fn a_payment_in_processing_cannot_be_called_off() {
        assert!(Processing.after(CancelAsked).is_err());
        assert_eq!(RequiresAction.after(CancelAsked), Ok(Canceled));
    }

    #[test]
    fn a_declined_payment_never_succeeds_later() {
        assert!(RequiresPaymentMethod.after(Charged).is_err());
    }
}
