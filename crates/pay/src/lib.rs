//! The language every other part speaks: money, parties, intents, payment and request states.
//! It never does IO, reads a clock, makes randomness or knows a wire format; nothing here is `async` or `serde`.
//! Start with [`Money`], then [`Intent`], then the two state machines [`PaymentState`] and [`RequestState`].

mod calendar;
mod currency;
mod funding;
mod handle;
mod intent;
mod link;
mod money;
mod payment;
mod request;
mod split;

pub use calendar::{End, Every, Rule, RuleError};
pub use currency::{Currency, UnknownCurrency};
pub use funding::{CardClass, FundingKind, Receive, ReceiveBar, Send, SendBar};
pub use handle::{Handle, HandleError, skeleton};
pub use intent::{AskedAmount, Direction, Intent, Party};
pub use link::{Link, LinkError, Target, parse_short_id, short_id};
pub use money::{Money, MoneyError};
pub use payment::{FailureReason, PaymentEvent, PaymentState};
pub use request::{
    LatePolicy, OverPolicy, PartialPolicy, Policy, RequestEvent, RequestFlags, RequestMoney, RequestState, StateError,
};
pub use split::Share;
