use crate::{Money, MoneyError};

/// An event met a state it has no meaning in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not possible in this state")]
pub struct StateError;

/// Where a request stands. Late, over, viewed are flags, never states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestState {
    /// Waiting to be paid.
    Open,
    /// A payment for it is in motion; time cannot expire it now.
    Processing,
    /// Some money came, less than asked.
    PartiallyPaid,
    /// Paid in full.
    Paid,
    /// The payer said no. Final.
    Declined,
    /// The requester took it back. Final.
    Canceled,
    /// Its time passed. Only late money can change it.
    Expired,
}

/// What can happen to a request, apart from money arriving (see [`RequestMoney::receive`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestEvent {
    /// A payment for it was accepted and is on its way.
    AttemptStarted,
    /// That payment failed.
    AttemptFailed,
    /// The payer declined.
    DeclinedByPayer,
    /// The requester took it back.
    CanceledByRequester,
    /// Its expiry passed.
    TimeUp,
    /// The requester says that the money came another way.
    ReceivedElsewhere,
    /// The requester says that it did not, after having said it.
    NotReceived,
}

/// Facts beside the state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RequestFlags {
    /// Somebody opened it.
    pub viewed: bool,
    /// More came than was asked.
    pub overpaid: bool,
    /// Money came after the expiry and was accepted.
    pub paid_late: bool,
}

/// What to do with less than asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartialPolicy {
    /// Keep it and wait for the rest.
    Accept,
    /// Refuse payments below what is left.
    Refuse,
}

/// What to do with more than asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OverPolicy {
    /// Keep it and raise the flag.
    Accept,
    /// Refuse payments above what is left.
    Refuse,
}

/// What to do with money after the expiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LatePolicy {
    /// Keep it and raise the flag.
    Accept,
    /// Refuse payments after the expiry.
    Refuse,
}

/// The requester's set rules for money that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Less than asked.
    pub partial: PartialPolicy,
    /// More than asked.
    pub over: OverPolicy,
    /// After the expiry.
    pub late: LatePolicy,
}

impl Default for Policy {
    fn default() -> Self {
        Policy { partial: PartialPolicy::Accept, over: OverPolicy::Accept, late: LatePolicy::Accept }
    }
}

impl RequestState {
    /// The state after `event`. `paid_so_far` tells an open request from a partly paid one when an attempt fails.
    pub fn after(self, event: RequestEvent, paid_so_far: Money) -> Result<RequestState, StateError> {
        use RequestEvent as E;
        use RequestState as S;
        let resting = if paid_so_far.is_zero() { S::Open } else { S::PartiallyPaid };
        match (self, event) {
            (S::Open | S::PartiallyPaid | S::Expired, E::AttemptStarted) => Ok(S::Processing),
            (S::Processing, E::AttemptStarted) => Ok(S::Processing),
            (S::Processing, E::AttemptFailed) => Ok(resting),
            (S::Open | S::PartiallyPaid, E::DeclinedByPayer) => Ok(S::Declined),
            (S::Open | S::PartiallyPaid, E::CanceledByRequester) => Ok(S::Canceled),
            (S::Open | S::PartiallyPaid, E::TimeUp) => Ok(S::Expired),
            // Never while a payment is under way: both would be true.
            (S::Open | S::PartiallyPaid | S::Expired, E::ReceivedElsewhere) => Ok(S::Paid),
            (S::Paid, E::NotReceived) => Ok(resting),
            _ => Err(StateError),
        }
    }

    /// True when the requester has nothing more to wait for.
    pub const fn is_settled(self) -> bool {
        matches!(self, RequestState::Paid | RequestState::Declined | RequestState::Canceled)
    }
}

/// What was asked and what has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestMoney {
    /// Asked; `None` lets the payer choose.
    pub asked: Option<Money>,
    /// Come so far.
    pub paid: Money,
}

impl RequestMoney {
    /// What is still to come; `None` when the payer chooses.
    pub fn left(self) -> Result<Option<Money>, MoneyError> {
        self.asked.map(|asked| asked.saturating_sub(self.paid)).transpose()
    }

    /// The money, state and flags after `amount` has come. Never refuses: money that came is a fact.
    pub fn receive(
        self,
        amount: Money,
        late: bool,
        flags: RequestFlags,
    ) -> Result<(RequestMoney, RequestState, RequestFlags), MoneyError> {
        let paid = self.paid.checked_add(amount)?;
        let order = self.asked.map(|asked| paid.compare(asked)).transpose()?;
        let state = match order {
            Some(std::cmp::Ordering::Less) => RequestState::PartiallyPaid,
            Some(_) | None => RequestState::Paid,
        };
        let flags = RequestFlags {
            overpaid: flags.overpaid || order == Some(std::cmp::Ordering::Greater),
            paid_late: flags.paid_late || late,
            ..flags
        };
        Ok((RequestMoney { paid, ..self }, state, flags))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD).expect("amount")
    }

    #[test]
    fn time_cannot_expire_a_request_that_is_being_paid() {
        assert!(RequestState::Processing.after(RequestEvent::TimeUp, usd(0)).is_err());
        assert_eq!(RequestState::Open.after(RequestEvent::TimeUp, usd(0)), Ok(RequestState::Expired));
    }

    #[test]
    fn a_failed_attempt_returns_to_where_it_was() {
        let failed = RequestEvent::AttemptFailed;
        assert_eq!(RequestState::Processing.after(failed, usd(0)), Ok(RequestState::Open));
        assert_eq!(RequestState::Processing.after(failed, usd(5)), Ok(RequestState::PartiallyPaid));
    }

    #[test]
    fn short_then_the_rest_is_paid_without_flags() {
        let none = RequestFlags::default();
        let money = RequestMoney { asked: Some(usd(1000)), paid: usd(0) };
        let (money, state, flags) = money.receive(usd(400), false, none).expect("first part");
        assert_eq!((state, flags, money.left()), (RequestState::PartiallyPaid, none, Ok(Some(usd(600)))));
        let (_, state, flags) = money.receive(usd(600), false, flags).expect("the rest");
        assert_eq!((state, flags), (RequestState::Paid, none));
    }

    #[test]
    fn money_from_elsewhere_ends_a_request_unless_a_payment_is_under_way() {
        let (came, not) = (RequestEvent::ReceivedElsewhere, RequestEvent::NotReceived);
        assert_eq!(RequestState::Open.after(came, usd(0)), Ok(RequestState::Paid));
        assert_eq!(RequestState::Expired.after(came, usd(0)), Ok(RequestState::Paid));
        assert!(RequestState::Processing.after(came, usd(0)).is_err());
        assert!(RequestState::Canceled.after(came, usd(0)).is_err());
        assert_eq!(RequestState::Paid.after(not, usd(5)), Ok(RequestState::PartiallyPaid));
        assert!(RequestState::Open.after(not, usd(0)).is_err());
    }

    #[test]
    fn over_and_late_are_flags_on_paid() {
        let money = RequestMoney { asked: Some(usd(1000)), paid: usd(0) };
        let (_, state, flags) = money.receive(usd(1001), true, RequestFlags::default()).expect("received");
        assert_eq!(state, RequestState::Paid);
        assert!(flags.overpaid && flags.paid_late);
    }
}
