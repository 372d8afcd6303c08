/// What kind of source money is drawn from or sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FundingKind {
    /// A payment card, by its class and network.
    Card(CardClass),
    /// A PayPal account.
    PayPal,
}

/// Card classes that the eligibility rules tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardClass {
    /// Bank-issued Visa debit.
    VisaDebit,
    /// Bank-issued Mastercard debit.
    MastercardDebit,
    /// Debit of another network.
    OtherDebit,
    /// Any credit card.
    Credit,
    /// Prepaid card its holder can load from several places.
    PrepaidReloadable,
    /// Prepaid card with one source, such as payroll.
    PrepaidPayroll,
    /// Government-issued card that works both ways.
    Government,
    /// Government-issued card that cannot be paid to.
    GovernmentSendOnly,
    /// Health-spending card.
    Health,
}

/// Why a source cannot send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SendBar {
    /// Credit cards are refused between people.
    CreditCard,
    /// Debit of a network other than Visa and Mastercard.
    OtherNetwork,
    /// Health-spending cards may pay for health only.
    HealthCard,
}

/// Why a source cannot receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReceiveBar {
    /// Refused altogether, for the same reason as sending.
    Refused(SendBar),
    /// Payroll prepaid cards can send, not receive.
    PayrollPrepaid,
    /// This government card can send, not receive.
    GovernmentCard,
}

/// Whether a source can send.
pub type Send = Result<(), SendBar>;
/// Whether a source can receive.
pub type Receive = Result<(), ReceiveBar>;

impl FundingKind {
    /// The original's rule for sending.
    pub const fn can_send(self) -> Send {
        match self {
            FundingKind::PayPal => Ok(()),
            FundingKind::Card(class) => match class {
                CardClass::Credit => Err(SendBar::CreditCard),
                CardClass::OtherDebit => Err(SendBar::OtherNetwork),
                CardClass::Health => Err(SendBar::HealthCard),
                CardClass::VisaDebit
                | CardClass::MastercardDebit
                | CardClass::PrepaidReloadable
                | CardClass::PrepaidPayroll
                | CardClass::Government
                | CardClass::GovernmentSendOnly => Ok(()),
            },
        }
    }

    /// The original's rule for receiving.
    pub const fn can_receive(self) -> Receive {
        match (self.can_send(), self) {
            (Err(bar), _) => Err(ReceiveBar::Refused(bar)),
            (Ok(()), FundingKind::Card(CardClass::PrepaidPayroll)) => Err(ReceiveBar::PayrollPrepaid),
            (Ok(()), FundingKind::Card(CardClass::GovernmentSendOnly)) => Err(ReceiveBar::GovernmentCard),
            (Ok(()), _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payroll_and_some_government_cards_send_but_do_not_receive() {
        for (class, bar) in [
            (CardClass::PrepaidPayroll, ReceiveBar::PayrollPrepaid),
            (CardClass::GovernmentSendOnly, ReceiveBar::GovernmentCard),
        ] {
            assert_eq!(FundingKind::Card(class).can_send(), Ok(()));
            assert_eq!(FundingKind::Card(class).can_receive(), Err(bar));
        }
    }

    #[test]
    fn credit_health_and_other_networks_are_refused_both_ways() {
        for (class, bar) in [
            (CardClass::Credit, SendBar::CreditCard),
            (CardClass::OtherDebit, SendBar::OtherNetwork),
            (CardClass::Health, SendBar::HealthCard),
        ] {
            assert_eq!(FundingKind::Card(class).can_send(), Err(bar));
            assert_eq!(FundingKind::Card(class).can_receive(), Err(ReceiveBar::Refused(bar)));
        }
    }
}
