//! What travels: JSON bodies of requests and answers. Times are Unix milliseconds of the server's clock.

use crate::limits::Allowance;
use pay::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// `{ "value": "12.30", "currency": "USD" }`: an exact decimal text with its ISO 4217 currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct Amount {
    /// Decimal digits, at most as many decimals as the currency has.
    #[schema(example = "12.30", pattern = r"^[0-9]+(\.[0-9]+)?$")]
    pub value: String,
    /// ISO 4217 alphabetic code.
    #[schema(example = "USD", pattern = "^[A-Z]{3}$")]
    pub currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Amount { value: money.to_decimal_string(), currency: money.currency().code().into() }
    }
}

impl TryFrom<&Amount> for Money {
    type Error = MoneyError;
    fn try_from(amount: &Amount) -> Result<Self, MoneyError> {
        let currency = Currency::from_code(&amount.currency).map_err(|_| MoneyError::CurrencyMismatch)?;
        Money::parse(&amount.value, currency)
    }
}

/// Defines a closed wire enum in `snake_case` with one-to-one conversions to and from its `pay` twin.
macro_rules! twin {
    ($(#[$doc:meta])* $name:ident = $pay:path { $($(#[$vdoc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, specta::Type)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }
        impl From<$pay> for $name {
            fn from(value: $pay) -> Self { match value { $(<$pay>::$variant => $name::$variant),+ } }
        }
        impl From<$name> for $pay {
            fn from(value: $name) -> Self { match value { $($name::$variant => <$pay>::$variant),+ } }
        }
        impl $name {
            /// The word on the wire and in the stores.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => snake(stringify!($variant))),+ }
            }
            /// Reads [`Self::as_str`].
            pub fn parse(text: &str) -> Option<Self> {
                [$($name::$variant),+].into_iter().find(|v| v.as_str() == text)
            }
        }
    };
}

/// `snake_case` of the variant names used here; const, so that the words are literals in the program.
const fn snake(name: &'static str) -> &'static str {
    const WORDS: &[(&str, &str)] = &[
        ("Processing", "processing"),
        ("RequiresAction", "requires_action"),
        ("Succeeded", "succeeded"),
        ("RequiresPaymentMethod", "requires_payment_method"),
        ("Canceled", "canceled"),
        ("Open", "open"),
        ("PartiallyPaid", "partially_paid"),
        ("Paid", "paid"),
        ("Declined", "declined"),
        ("Expired", "expired"),
        ("Accept", "accept"),
        ("Refuse", "refuse"),
        ("InsufficientFunds", "insufficient_funds"),
        ("ExpiredCard", "expired_card"),
        ("ActionFailed", "action_failed"),
        ("ProcessorUnavailable", "processor_unavailable"),
        ("OrderExpired", "order_expired"),
        ("VisaDebit", "visa_debit"),
        ("MastercardDebit", "mastercard_debit"),
        ("OtherDebit", "other_debit"),
        ("Credit", "credit"),
        ("PrepaidReloadable", "prepaid_reloadable"),
        ("PrepaidPayroll", "prepaid_payroll"),
        ("Government", "government"),
        ("GovernmentSendOnly", "government_send_only"),
        ("Health", "health"),
    ];
    let mut i = 0;
    while i < WORDS.len() {
        if same(WORDS[i].0, name) {
            return WORDS[i].1;
        }
        i += 1;
    }
    ""
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

twin! {
    /// See [`pay::PaymentState`].
    PaymentState = pay::PaymentState {
        /// On its way.
        Processing,
        /// The payer has something to do at the bank.
        RequiresAction,
        /// Refused; the amount is kept, another method is another payment.
        RequiresPaymentMethod,
        /// Done.
        Succeeded,
        /// Called off.
        Canceled,
    }
}
twin! {
    /// See [`pay::RequestState`].
    RequestState = pay::RequestState {
        /// Waiting.
        Open,
        /// A payment is in motion.
        Processing,
        /// Some came.
        PartiallyPaid,
        /// Paid.
        Paid,
        /// The payer said no.
        Declined,
        /// Taken back.
        Canceled,
        /// Time passed.
        Expired,
    }
}
twin! {
    /// See [`pay::FailureReason`].
    FailureReason = pay::FailureReason {
        /// Not enough in the account.
        InsufficientFunds,
        /// Refused without a reason.
        Declined,
        /// The card has expired.
        ExpiredCard,
        /// The bank's check was not passed.
        ActionFailed,
        /// The processor cannot be used now.
        ProcessorUnavailable,
        /// The order was too old.
        OrderExpired,
    }
}
twin! {
    /// See [`pay::CardClass`].
    CardClass = pay::CardClass {
        /// Visa debit.
        VisaDebit,
        /// Mastercard debit.
        MastercardDebit,
        /// Debit of another network.
        OtherDebit,
        /// Credit.
        Credit,
        /// Reloadable prepaid.
        PrepaidReloadable,
        /// Payroll prepaid.
        PrepaidPayroll,
        /// Government-issued.
        Government,
        /// Government-issued, sends only.
        GovernmentSendOnly,
        /// Health spending.
        Health,
    }
}
twin! {
    /// See [`pay::PartialPolicy`].
    PartialPolicy = pay::PartialPolicy {
        /// Keep and wait for the rest.
        Accept,
        /// Refuse.
        Refuse,
    }
}
twin! {
    /// See [`pay::OverPolicy`].
    OverPolicy = pay::OverPolicy {
        /// Keep.
        Accept,
        /// Refuse.
        Refuse,
    }
}
twin! {
    /// See [`pay::LatePolicy`].
    LatePolicy = pay::LatePolicy {
        /// Keep.
        Accept,
        /// Refuse.
        Refuse,
    }
}

/// Why somebody or something cannot send or receive. Closed: the app has words for each, in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Bar {
    /// Lives outside the countries this server serves.
    Country,
    /// Younger than the server's minimum age.
    Age,
    /// Preferred currency is not one this server moves.
    Currency,
    /// No accepted source to send from yet.
    NoSendingSource,
    /// No accepted source to receive to yet.
    NoReceivingSource,
    /// The account was disabled by the operator.
    Disabled,
    /// Credit card.
    CreditCard,
    /// Debit of another network.
    OtherNetwork,
    /// Health-spending card.
    HealthCard,
    /// Payroll prepaid sends only.
    PayrollPrepaid,
    /// This government card sends only.
    GovernmentCard,
}

/// How the server keeps the money and for whom it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Embedded, sandbox processor, no real money.
    Practice,
    /// Real server, sandbox processor: for trying a server out.
    Sandbox,
    /// Real processors.
    Live,
}

/// Who may use the server (rails: the original's rule is US, 18, USD).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct EligibilityPolicy {
    /// ISO 3166-1 alpha-2 codes.
    pub countries: Vec<String>,
    /// Full years.
    pub minimum_age_years: u32,
    /// ISO 4217 codes.
    pub currencies: Vec<String>,
}

/// Facts about a server, before any account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct ServerInfo {
    /// What the operator calls it.
    pub name: String,
    /// Its public address, no trailing slash.
    pub public_url: String,
    /// Ed25519 public key, base64url without padding.
    pub public_key: String,
    /// Changes when a backup was restored, so that clients notice.
    pub epoch: Uuid,
    /// Practice, sandbox or live.
    pub mode: Mode,
    /// The words for who holds money: `practice money`, `Stripe`, …
    pub holder: String,
    /// How to reach the operator.
    pub contact: String,
    /// Now, on the server.
    #[specta(type = u32)]
    pub time_ms: i64,
    /// Who may use it.
    pub eligibility: EligibilityPolicy,
    /// Most that one payment may move, per currency.
    pub payment_limits: Vec<Amount>,
    /// It sends letters: a forgotten password, a lost device and another address can be dealt with.
    #[serde(default)]
    pub sends_mail: bool,
    /// How long a device that was confirmed by a letter waits before it comes in, milliseconds.
    #[serde(default)]
    #[specta(type = u32)]
    pub recovery_wait_ms: i64,
    /// What payments cost, by kind of source; empty from a server that does not say.
    #[serde(default)]
    pub fees: Vec<crate::fee::FeeRule>,
}

/// Whether a handle can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum HandleVerdict {
    /// Yes.
    Free,
    /// Somebody has it.
    Taken,
    /// It looks like one somebody has.
    LookAlike,
    /// Kept for the service, or looks like it.
    Reserved,
    /// Too short.
    TooShort,
    /// Too long.
    TooLong,
    /// A character that is not allowed.
    BadCharacter,
}

/// Answer to a handle check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct HandleCheck {
    /// The verdict.
    pub verdict: HandleVerdict,
}

/// A device to register: its key was made on it and never leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewDevice {
    /// Made by the device, UUIDv7.
    pub id: Uuid,
    /// Ed25519 public key, base64url without padding.
    pub public_key: String,
    /// What its owner calls it.
    pub name: String,
}

/// Opens an account. Signed by the new device's key.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Join {
    /// The person's id, UUIDv7, made by the app.
    pub id: Uuid,
    /// Name shown to others.
    pub display_name: String,
    /// Wanted handle.
    pub handle: String,
    /// E-mail address.
    pub email: String,
    /// Password; hashed with Argon2id by the server, never stored or logged.
    pub password: String,
    /// `YYYY-MM-DD`.
    pub date_of_birth: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Preferred currency, ISO 4217.
    pub currency: String,
    /// The first device.
    pub device: NewDevice,
}

impl std::fmt::Debug for Join {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Join").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Signs a registered device in.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SignIn {
    /// Handle or e-mail.
    pub name: String,
    /// The password.
    pub password: String,
    /// A device of this account.
    pub device_id: Uuid,
}

/// Exchanges a refresh token.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Refresh {
    /// The newest refresh token; using an older one ends the session (it was stolen or copied).
    pub refresh_token: String,
}

/// A session: opaque tokens, useless without the device key.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Whose it is.
    pub person_id: Uuid,
    /// Which device.
    pub device_id: Uuid,
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// Until when.
    pub access_expires_at_ms: i64,
    /// Single use.
    pub refresh_token: String,
    /// Until when.
    pub refresh_expires_at_ms: i64,
}

/// What others see of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct Person {
    /// Id.
    pub id: Uuid,
    /// Handle without `@`.
    pub handle: String,
    /// Name.
    pub display_name: String,
    /// Public key of the account's first device, for the seal and the four words.
    pub public_key: String,
    /// Square PNG or JPEG, base64, at most 64 KiB decoded.
    pub picture: Option<String>,
}

/// A person as a payee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct Payee {
    /// Who.
    pub person: Person,
    /// Currency they are paid in.
    pub currency: String,
    /// Why they cannot be paid now; empty when they can.
    pub receive_bars: Vec<Bar>,
    /// Where the money goes, in the operator's words: `practice money`, `their Stripe account`.
    pub holder: String,
    /// When the server last checked the name, if it did.
    #[specta(type = Option<u32>)]
    pub name_checked_at_ms: Option<i64>,
}

/// The own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct Me {
    /// Public part.
    pub person: Person,
    /// Preferred currency.
    pub currency: String,
    /// Country.
    pub country: String,
    /// Why this account cannot send; empty when it can.
    pub send_bars: Vec<Bar>,
    /// Why it cannot receive; empty when it can.
    pub receive_bars: Vec<Bar>,
}

/// Changes the public part of the own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProfileChange {
    /// Name.
    pub display_name: String,
    /// See [`Person::picture`].
    pub picture: Option<String>,
}

/// Card or account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A card of some class.
    Card,
    /// A PayPal account.
    Paypal,
}

/// A funding source. Never holds a card number: the processor's token stays on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct Source {
    /// Id, UUIDv7, made by the app.
    pub id: Uuid,
    /// Card or PayPal.
    pub kind: SourceKind,
    /// Class of a card.
    pub card_class: Option<CardClass>,
    /// What its owner calls it.
    pub label: String,
    /// Last four digits or masked e-mail, as the processor shows it.
    pub hint: String,
    /// The one used when nothing is chosen.
    pub is_default: bool,
    /// Why it cannot send.
    pub send_bar: Option<Bar>,
    /// Why it cannot receive.
    pub receive_bar: Option<Bar>,
}

/// Something that can be added as a source here. In practice: the sandbox's test cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct SourceOffer {
    /// Token to send back in [`NewSource`].
    pub token: String,
    /// Card or PayPal.
    pub kind: SourceKind,
    /// Class of a card.
    pub card_class: Option<CardClass>,
    /// Last four or masked e-mail.
    pub hint: String,
    /// How it behaves, for people who practise.
    pub behaviour: Behaviour,
    /// Why it would be refused; `None` when it can be added.
    pub refused: Option<Bar>,
}

/// How a practice source behaves when charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// Pays at once.
    Pays,
    /// Declines: not enough money.
    Declines,
    /// The bank wants a confirmation first.
    NeedsAction,
    /// Takes effect, but the answer is lost: the outcome stays unknown for a while.
    TimesOut,
}

/// Adds a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewSource {
    /// Id, UUIDv7.
    pub id: Uuid,
    /// From [`SourceOffer`].
    pub token: String,
    /// Name; empty for the standard one.
    pub label: String,
}

/// Renames a source or makes it the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceChange {
    /// New name.
    pub label: Option<String>,
    /// `true` makes it the default.
    pub is_default: Option<bool>,
}

/// Asks what a payment would cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteAsk {
    /// Who would be paid.
    pub payee_id: Uuid,
    /// How much the payee gets.
    pub amount: Amount,
    /// For which request.
    pub request_id: Option<Uuid>,
}

/// What a payment would cost with one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct QuoteLine {
    /// The source.
    pub source_id: Uuid,
    /// Added on top, paid by the payer.
    pub fee: Amount,
    /// What leaves the account.
    pub total: Amount,
    /// Why it cannot be used.
    pub bar: Option<Bar>,
}

/// Costs by source, and what stands against the payment as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct Quote {
    /// A line for each source.
    pub lines: Vec<QuoteLine>,
    /// Why this payer cannot send.
    pub send_bars: Vec<Bar>,
    /// Why this payee cannot receive.
    pub receive_bars: Vec<Bar>,
    /// The limit that would be broken.
    pub over_limit: Option<Amount>,
    /// That limit as it stands, or the one that the amount comes near to.
    pub near: Option<Allowance>,
}

/// A payment as both its sides see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct Payment {
    /// Made by the payer's app.
    pub id: Uuid,
    /// Who pays.
    pub payer: Person,
    /// Who is paid.
    pub payee: Person,
    /// What the payee gets.
    pub amount: Amount,
    /// On top; `None` for the payee's eyes.
    pub fee: Option<Amount>,
    /// Source used; only for the payer's eyes.
    pub source_id: Option<Uuid>,
    /// Request it pays.
    pub request_id: Option<Uuid>,
    /// The payment it gives back, whole or in part: then it went to the source that one came from.
    pub returns: Option<Uuid>,
    /// How much of it was given back, when any was.
    pub returned: Option<Amount>,
    /// Text for the payee.
    pub note: String,
    /// State.
    pub state: PaymentState,
    /// True while the processor's answer was lost and the server is asking again.
    pub outcome_unknown: bool,
    /// Why it failed.
    pub failure: Option<FailureReason>,
    /// Where the payer confirms, when the state asks for it. Opened in the system's browser.
    pub action_url: Option<String>,
    /// Which source of truth said so: `sandbox`, `stripe_webhook`, …
    pub verified_by: Option<String>,
    /// What the server signed about it when it succeeded, as the text of a code ([`crate::SignedProof::read`]). What gives
    /// a payment back has none.
    #[serde(default)]
    pub receipt: Option<String>,
    /// Accepted by the server.
    #[specta(type = u32)]
    pub created_at_ms: i64,
    /// Last change.
    #[specta(type = u32)]
    pub updated_at_ms: i64,
}

/// Rules for money that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct Policy {
    /// Less than asked.
    pub partial: PartialPolicy,
    /// More than asked.
    pub over: OverPolicy,
    /// After the expiry.
    pub late: LatePolicy,
}

/// Makes a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewRequest {
    /// Id, UUIDv7.
    pub id: Uuid,
    /// Asked; `None`: the payer chooses (then `currency` is the requester's).
    pub amount: Option<Amount>,
    /// Text for the payer.
    pub note: String,
    /// For one person; `None`: whoever has the link.
    pub payer_handle: Option<String>,
    /// When it ends; `None`: never.
    pub expires_at_ms: Option<i64>,
    /// Closed by the first payment (true), or a link many people may pay (false).
    pub single_use: bool,
    /// Rules.
    pub policy: Policy,
    /// The whole it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<crate::group::Group>,
    /// Codes of other systems for the same money, each kind once; only with `single_use`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<crate::way::OtherWay>,
}

/// A request as both its sides see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, specta::Type)]
pub struct Request {
    /// Id.
    pub id: Uuid,
    /// Who asks.
    pub requester: Person,
    /// Who is asked, when it is for one person.
    pub payer: Option<Person>,
    /// Asked.
    pub amount: Option<Amount>,
    /// Currency, also when the amount is open.
    pub currency: String,
    /// Come so far.
    pub paid: Amount,
    /// Text.
    pub note: String,
    /// State.
    pub state: RequestState,
    /// Somebody opened it.
    pub viewed: bool,
    /// More came than was asked.
    pub overpaid: bool,
    /// Money came after the expiry.
    pub paid_late: bool,
    /// The whole it is a part of; servers that know no groups leave it out.
    pub group: Option<crate::group::Group>,
    /// Rules.
    pub policy: Policy,
    /// Closed by the first payment.
    pub single_use: bool,
    /// Codes of other systems for the same money; servers that know none leave them out.
    #[serde(default)]
    pub ways: Vec<crate::way::OtherWay>,
    /// Its state is `paid` because whoever asked says that the money came another way; `paid` does not count it.
    #[serde(default)]
    pub elsewhere: Option<crate::way::Elsewhere>,
    /// End.
    #[specta(type = Option<u32>)]
    pub expires_at_ms: Option<i64>,
    /// Last reminder.
    #[specta(type = Option<u32>)]
    pub reminded_at_ms: Option<i64>,
    /// Made.
    #[specta(type = u32)]
    pub created_at_ms: i64,
    /// Last change.
    #[specta(type = u32)]
    pub updated_at_ms: i64,
    /// Grows with every change.
    pub version: u32,
}

/// One change of an account's world, whole: the newest body of a subject replaces older ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// A payment came to be or changed.
    Payment(Payment),
    /// A request came to be or changed.
    Request(Request),
    /// The account itself.
    Me(Me),
    /// All sources, after one changed.
    Sources {
        /// The list.
        sources: Vec<Source>,
    },
}

/// A link of the account's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// 1, 2, 3… without gaps, per account.
    pub sequence: i64,
    /// Server time.
    pub at_ms: i64,
    /// Hex SHA-256 of the link before; zeros for the first.
    pub previous_hash: String,
    /// Hex SHA-256 of this one, as `ledger::chain` says.
    pub hash: String,
    /// JSON text of a [`Subject`], exactly as hashed.
    pub body: String,
}

/// A page of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedPage {
    /// See [`ServerInfo::epoch`].
    pub epoch: Uuid,
    /// In order.
    pub changes: Vec<Change>,
    /// True when there is more after the last.
    pub more: bool,
    /// The newest sequence of the whole feed, to show how far a long fetch is; servers before it did not say it.
    #[serde(default)]
    pub last_sequence: Option<i64>,
    /// Server time, to notice a wrong clock.
    pub time_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_states_are_those_of_serde() {
        for state in [PaymentState::Processing, PaymentState::RequiresPaymentMethod, PaymentState::Canceled] {
            assert_eq!(serde_json::to_string(&state).ok(), Some(format!("\"{}\"", state.as_str())));
            assert_eq!(PaymentState::parse(state.as_str()), Some(state));
        }
        for class in [CardClass::VisaDebit, CardClass::GovernmentSendOnly, CardClass::Health, CardClass::Credit] {
            assert_eq!(serde_json::to_string(&class).ok(), Some(format!("\"{}\"", class.as_str())));
        }
        for reason in [FailureReason::ProcessorUnavailable, FailureReason::OrderExpired, FailureReason::ActionFailed] {
            assert_eq!(serde_json::to_string(&reason).ok(), Some(format!("\"{}\"", reason.as_str())));
        }
        for state in [RequestState::PartiallyPaid, RequestState::Expired, RequestState::Paid, RequestState::Open] {
            assert_eq!(serde_json::to_string(&state).ok(), Some(format!("\"{}\"", state.as_str())));
        }
    }

    #[test]
    fn an_amount_on_the_wire_is_a_decimal_text() {
        let money = Money::parse("12.3", Currency::USD).expect("money");
        let json = serde_json::to_string(&Amount::from(money)).expect("json");
        assert_eq!(json, r#"{"value":"12.30","currency":"USD"}"#);
        assert!(serde_json::from_str::<Amount>(r#"{"value":12.3,"currency":"USD"}"#).is_err());
    }
}
