use crate::Pace;
use pay::{Currency, Money, RequestMoney};
use protocol::body::{LatePolicy, PartialPolicy, Payment, PaymentState, Request, RequestState};
use uuid::Uuid;

/// How a neighbour treats a request that is addressed to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Habit {
    /// Pays after a few seconds.
    PaysSoon,
    /// Says no.
    Declines,
    /// Pays some, and the rest a little later.
    PaysInParts,
    /// Pays after the end of the request; without an end, after a long while.
    PaysLate,
    /// Pays with a card whose bank wants a confirmation, and gives it on the bank's page.
    Confirms,
    /// Asks newcomers for money; pays like anybody else.
    Asks,
    /// Sells: is paid, and has open requests anybody may pay. Says no to being asked.
    Sells,
}

/// What a neighbour decides to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Pays this much; `part` counts from 0.
    Pay { part: usize, amount: Money },
    /// Declines.
    Decline,
    /// Confirms a payment of theirs on the bank's page.
    Confirm { payment_id: Uuid },
}

/// Something to do, not before a time of the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub at_ms: i64,
    pub act: Act,
}

/// What a neighbour with this habit does next about a request, given their own payments for it. `seed` makes people
/// different and a run repeatable.
pub(crate) fn plan(habit: Habit, request: &Request, own: &[&Payment], pace: Pace, seed: u64) -> Option<Plan> {
    if let Some(waiting) = own.iter().find(|payment| payment.state == PaymentState::RequiresAction) {
        let at_ms = waiting.updated_at_ms.saturating_add(pace.few_moments(luck(seed, waiting.id)));
        return Some(Plan { at_ms, act: Act::Confirm { payment_id: waiting.id } });
    }
    if own.iter().any(|payment| payment.state != PaymentState::Succeeded) {
        return None; // in motion, or it failed: nobody tries a dead card twice
    }
    let ended = request.state == RequestState::Expired;
    let in_parts = habit == Habit::PaysInParts && request.single_use;
    let payable = match request.state {
        // A second part is for a request that shows the first one, not for what was known before it.
        RequestState::Open => own.is_empty(),
        RequestState::PartiallyPaid => own.len() <= usize::from(in_parts),
        RequestState::Expired => {
            habit == Habit::PaysLate && request.policy.late == LatePolicy::Accept && own.is_empty()
        }
        RequestState::Processing | RequestState::Paid | RequestState::Declined | RequestState::Canceled => false,
    };
    if !payable {
        return None;
    }
    let few = pace.few_moments(luck(seed, request.id));
    let soon_ms = request.updated_at_ms.saturating_add(few);
    let act = match habit {
        Habit::Declines | Habit::Sells => Act::Decline,
        Habit::PaysSoon | Habit::PaysInParts | Habit::PaysLate | Habit::Confirms | Habit::Asks => {
            Act::Pay { part: own.len(), amount: amount(habit, request, own.len(), seed)? }
        }
    };
    let at_ms = match (habit, request.expires_at_ms) {
        (Habit::PaysLate, Some(_)) if !ended => return None,
        (Habit::PaysLate, None) => request.created_at_ms.saturating_add(few.saturating_mul(10)),
        _ => soon_ms,
    };
    Some(Plan { at_ms, act })
}

/// How much the next part is; `None` when nothing is left, or the server speaks of money we do not know.
fn amount(habit: Habit, request: &Request, part: usize, seed: u64) -> Option<Money> {
    let asked = request.amount.as_ref().map(Money::try_from).transpose().ok()?;
    let paid = Money::try_from(&request.paid).ok()?;
    let left = match (RequestMoney { asked, paid }).left().ok()? {
        Some(left) => left,
        None => chosen(Currency::from_code(&request.currency).ok()?, luck(seed, request.id))?,
    };
    let parts_fit = request.policy.partial == PartialPolicy::Accept && request.single_use && asked.is_some();
    let amount = if habit == Habit::PaysInParts && parts_fit && part == 0 && left.minor() > 1 {
        two_fifths(left)?
    } else {
        left
    };
    (!amount.is_zero()).then_some(amount)
}

/// Two fifths, rounded down, at least the smallest unit.
fn two_fifths(money: Money) -> Option<Money> {
    let fifth = money.minor() / 5;
    Money::new(fifth.checked_mul(2)?.max(1), money.currency()).ok()
}

/// What somebody gives who may choose: 5 to 24 whole units.
fn chosen(currency: Currency, luck: u64) -> Option<Money> {
    Money::parse(&(5 + luck % 20).to_string(), currency).ok()
}

/// A number that depends on nothing but the seed and the thing it is about (splitmix64).
pub(crate) fn luck(seed: u64, about: Uuid) -> u64 {
    let (high, low) = about.as_u64_pair();
    let mut mixed = seed ^ high.rotate_left(17) ^ low;
    mixed = mixed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::body::{Amount, OverPolicy, Person, Policy};

    const PACE: Pace = Pace { moment_ms: 1_000 };

    fn person(name: &str) -> Person {
        Person {
            id: Uuid::nil(),
            handle: name.into(),
            display_name: name.into(),
            public_key: String::new(),
            picture: None,
        }
    }

    fn usd(value: &str) -> Amount {
        Amount { value: value.into(), currency: "USD".into() }
    }

    fn asked(value: &str) -> Request {
        Request {
            id: Uuid::from_u128(7),
            requester: person("maya"),
            payer: Some(person("rosa")),
            amount: Some(usd(value)),
            currency: "USD".into(),
            paid: usd("0.00"),
            note: String::new(),
            state: RequestState::Open,
            viewed: false,
            overpaid: false,
            paid_late: false,
            policy: Policy { partial: PartialPolicy::Accept, over: OverPolicy::Accept, late: LatePolicy::Accept },
            single_use: true,
            group: None,
            ways: Vec::new(),
            elsewhere: None,
            expires_at_ms: None,
            reminded_at_ms: None,
            created_at_ms: 1_000_000,
            updated_at_ms: 1_000_000,
            version: 1,
        }
    }

    fn payment(request: &Request, state: PaymentState) -> Payment {
        Payment {
            id: Uuid::from_u128(9),
            payer: person("rosa"),
            payee: request.requester.clone(),
            amount: usd("4.00"),
            fee: None,
            source_id: None,
            request_id: Some(request.id),
            returns: None,
            returned: None,
            note: String::new(),
            state,
            outcome_unknown: false,
            failure: None,
            action_url: None,
            verified_by: None,
            receipt: None,
            created_at_ms: 1_004_000,
            updated_at_ms: 1_004_000,
        }
    }

    fn paid(plan: Option<Plan>) -> String {
        match plan.map(|plan| plan.act) {
            Some(Act::Pay { amount, .. }) => amount.to_decimal_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_request_is_paid_whole_after_three_to_six_moments() {
        let plan = plan(Habit::PaysSoon, &asked("10.00"), &[], PACE, 1).expect("a plan");
        assert!((1_003_000..1_006_000).contains(&plan.at_ms), "{plan:?}");
        assert_eq!(paid(Some(plan)), "10.00");
    }

    #[test]
    fn the_same_seed_plans_the_same_and_another_does_not() {
        let at = |seed| plan(Habit::PaysSoon, &asked("10.00"), &[], PACE, seed).map(|p| p.at_ms);
        assert_eq!(at(1), at(1));
        assert!((2..10).any(|seed| at(seed) != at(1)));
    }

    #[test]
    fn parts_add_up_and_whole_is_paid_where_parts_are_refused() {
        let mut request = asked("10.01");
        assert_eq!(paid(plan(Habit::PaysInParts, &request, &[], PACE, 1)), "4.00");
        request.paid = usd("4.00");
        request.state = RequestState::PartiallyPaid;
        let first = payment(&request, PaymentState::Succeeded);
        assert_eq!(paid(plan(Habit::PaysInParts, &request, &[&first], PACE, 1)), "6.01");
        let mut whole = asked("10.01");
        whole.policy.partial = PartialPolicy::Refuse;
        assert_eq!(paid(plan(Habit::PaysInParts, &whole, &[], PACE, 1)), "10.01");
        assert_eq!(paid(plan(Habit::PaysInParts, &asked("0.01"), &[], PACE, 1)), "0.01");
    }

    #[test]
    fn the_late_one_waits_for_the_end_and_only_where_late_money_is_taken() {
        let mut request = asked("10.00");
        request.expires_at_ms = Some(2_000_000);
        assert_eq!(plan(Habit::PaysLate, &request, &[], PACE, 1), None);
        request.state = RequestState::Expired;
        request.updated_at_ms = 2_000_000;
        assert_eq!(paid(plan(Habit::PaysLate, &request, &[], PACE, 1)), "10.00");
        assert_eq!(plan(Habit::PaysSoon, &request, &[], PACE, 1), None);
        request.policy.late = LatePolicy::Refuse;
        assert_eq!(plan(Habit::PaysLate, &request, &[], PACE, 1), None);
    }

    #[test]
    fn nobody_pays_twice_while_a_payment_is_in_motion_or_failed() {
        let request = asked("10.00");
        for state in [PaymentState::Processing, PaymentState::RequiresPaymentMethod, PaymentState::Canceled] {
            assert_eq!(plan(Habit::PaysSoon, &request, &[&payment(&request, state)], PACE, 1), None);
        }
    }

    #[test]
    fn a_link_for_many_is_paid_once_by_each() {
        let mut request = asked("10.00");
        request.single_use = false;
        assert_eq!(paid(plan(Habit::PaysInParts, &request, &[], PACE, 1)), "10.00");
        let once = payment(&request, PaymentState::Succeeded);
        for habit in [Habit::PaysSoon, Habit::PaysInParts, Habit::PaysLate] {
            assert_eq!(plan(habit, &request, &[&once], PACE, 1), None);
        }
    }

    #[test]
    fn the_rest_waits_until_the_request_shows_the_first_part() {
        let request = asked("10.00");
        let first = payment(&request, PaymentState::Succeeded);
        assert_eq!(plan(Habit::PaysInParts, &request, &[&first], PACE, 1), None);
    }

    #[test]
    fn what_the_bank_asks_is_confirmed() {
        let request = asked("10.00");
        let waiting = payment(&request, PaymentState::RequiresAction);
        let plan = plan(Habit::Confirms, &request, &[&waiting], PACE, 1).map(|p| p.act);
        assert_eq!(plan, Some(Act::Confirm { payment_id: waiting.id }));
    }

    #[test]
    fn an_open_amount_is_chosen_and_settled_requests_are_left_alone() {
        let mut request = asked("10.00");
        request.amount = None;
        assert!(matches!(plan(Habit::PaysSoon, &request, &[], PACE, 1).map(|p| p.act), Some(Act::Pay { .. })));
        for state in [RequestState::Paid, RequestState::Declined, RequestState::Canceled, RequestState::Processing] {
            request.state = state;
            assert_eq!(plan(Habit::PaysSoon, &request, &[], PACE, 1), None);
        }
    }
}
