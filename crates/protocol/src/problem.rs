use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Amount, Bar, HandleVerdict};
use crate::limits::Allowance;

/// Every reason the server can give for saying no. The app has words for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The body or a parameter is not what the contract says.
    Malformed,
    /// No such thing, or not for you.
    NotFound,
    /// No session, or it ended: sign in again.
    SignedOut,
    /// Handle, e-mail or password is wrong.
    WrongCredentials,
    /// The request signature is missing or wrong.
    BadSignature,
    /// The request was signed at a time too far from the server's: the clock is wrong.
    ClockSkew,
    /// This signed request was seen before.
    Replayed,
    /// The device is not one of this account, or was revoked.
    DeviceRefused,
    /// The account was closed by its owner. Nothing opens it again.
    AccountClosed,
    /// Payments are under way; see `payments`.
    PaymentsOpen,
    /// This server sends no letters: only its operator can help.
    NoMail,
    /// Handle cannot be had; see `handle`.
    HandleRefused,
    /// E-mail already has an account.
    EmailTaken,
    /// E-mail is not an address.
    EmailInvalid,
    /// Password too short or too common.
    PasswordWeak,
    /// Date of birth is not a day.
    DateInvalid,
    /// The display name is empty, too long, or has characters that hide or turn text.
    NameInvalid,
    /// Eligibility; see `bars`.
    NotEligible,
    /// The other side cannot receive; see `bars`.
    PayeeNotEligible,
    /// This source cannot be used; see `bars`.
    SourceRefused,
    /// Amount is zero, negative, has too many decimals, or in another currency.
    AmountInvalid,
    /// They cannot be paid by this account; why is theirs to know.
    CannotBePaid,
    /// They cannot be asked by this account; why is theirs to know.
    CannotBeAsked,
    /// Beyond a limit; see `limit`.
    OverLimit,
    /// Paying oneself.
    SelfPayment,
    /// The order's signature does not match what it says.
    OrderSignature,
    /// The order says another fee than the server's: look again.
    FeeChanged,
    /// The order is past its own expiry.
    OrderExpired,
    /// The request expired and does not take late money.
    RequestExpired,
    /// The request was canceled.
    RequestCanceled,
    /// The request was declined.
    RequestDeclined,
    /// The request is already paid.
    RequestPaid,
    /// Somebody's payment for it is in motion.
    RequestBusy,
    /// The amount does not fit the request's rules.
    RequestAmount,
    /// This payment cannot be given back: it did not succeed, or gives something back itself.
    NotReturnable,
    /// More than is left of the payment; see `limit`.
    ReturnTooMuch,
    /// Not possible in the state the thing is in now.
    WrongState,
    /// The same id came before with another body.
    IdReused,
    /// Too often; see `retry_after_s`.
    TooMany,
    /// Body larger than allowed.
    TooLarge,
    /// The server cannot do it now; nothing happened; the same id may be sent again.
    Unavailable,
}

/// RFC 9457 `application/problem+json`. `code` is the machine's word; words for people live in the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `about:blank` is never used: `urn:tessera:problem:CODE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// HTTP status.
    pub status: u16,
    /// The reason.
    pub code: Code,
    /// Short English text for a developer; never personal data, never shown to people.
    pub title: String,
    /// Rules that stand against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bars: Vec<Bar>,
    /// Verdict on a handle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<HandleVerdict>,
    /// The limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Amount>,
    /// The payments that stand in the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<uuid::Uuid>,
    /// The limit as it stands, with [`Code::OverLimit`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowance: Option<Allowance>,
    /// When to come back, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
    /// The server's clock, with [`Code::ClockSkew`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<i64>,
}

impl Code {
    /// The HTTP status that goes with the code.
    pub const fn status(self) -> u16 {
        match self {
            Code::Malformed | Code::EmailInvalid | Code::DateInvalid | Code::NameInvalid | Code::PasswordWeak => 400,
            Code::SignedOut | Code::WrongCredentials | Code::BadSignature | Code::ClockSkew | Code::Replayed => 401,
            Code::DeviceRefused
            | Code::NotEligible
            | Code::PayeeNotEligible
            | Code::SourceRefused
            | Code::CannotBePaid
            | Code::CannotBeAsked => 403,
            Code::NotFound => 404,
            Code::HandleRefused
            | Code::EmailTaken
            | Code::IdReused
            | Code::WrongState
            | Code::RequestBusy
            | Code::PaymentsOpen
            | Code::NotReturnable => 409,
            Code::AccountClosed
            | Code::RequestExpired
            | Code::RequestCanceled
            | Code::RequestDeclined
            | Code::RequestPaid => 410,
            Code::TooLarge => 413,
            Code::AmountInvalid
            | Code::OverLimit
            | Code::SelfPayment
            | Code::OrderSignature
            | Code::FeeChanged
            | Code::OrderExpired
            | Code::RequestAmount
            | Code::ReturnTooMuch => 422,
            Code::TooMany => 429,
            Code::NoMail => 501,
            Code::Unavailable => 503,
        }
    }

    /// Whether sending the same thing again, unchanged, can ever work.
    pub const fn is_temporary(self) -> bool {
        matches!(self, Code::TooMany | Code::Unavailable | Code::SignedOut | Code::ClockSkew | Code::Replayed)
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        let word = serde_json::to_value(code).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        Problem {
            kind: format!("urn:tessera:problem:{word}"),
            status: code.status(),
            code,
            title: word.replace('_', " "),
            bars: Vec::new(),
            handle: None,
            limit: None,
            payments: Vec::new(),
            allowance: None,
            retry_after_s: None,
            time_ms: None,
        }
    }
}
