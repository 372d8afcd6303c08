use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ledger::LedgerError;
use pay::{HandleError, MoneyError, StateError};
use protocol::body::{Bar, HandleVerdict};
use protocol::limits::Allowance;
use protocol::{Code, Problem};

/// Why a call was not carried out. `Refused` is the caller's to know; everything else is logged and answered as
/// [`Code::Unavailable`], because nothing happened and the same id may be sent again.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A rule said no.
    #[error("refused: {}", .0.title)]
    Refused(Box<Problem>),
    /// The database or the book.
    #[error("ledger: {0}")]
    Ledger(LedgerError),
    /// A row holds what this version cannot read.
    #[error("stored row is not readable: {0}")]
    Stored(&'static str),
    /// A body could not be written as JSON.
    #[error("answer could not be written")]
    Json(#[from] serde_json::Error),
    /// Password hashing failed.
    #[error("password hashing failed")]
    Hashing,
    /// The writer is gone or its commit failed.
    #[error("the commit failed")]
    Commit,
    /// The processor's own store failed, or it does not answer.
    #[error("the processor cannot be used now")]
    Processor,
    /// Letters cannot be sent as configured.
    #[error("letters cannot be sent")]
    Post,
    /// The server is going down.
    #[error("the server is stopping")]
    Stopping,
}

impl Fault {
    /// The problem to answer with.
    pub fn problem(&self) -> Problem {
        match self {
            Fault::Refused(problem) => (**problem).clone(),
            Fault::Ledger(LedgerError::IdReused(_)) => Code::IdReused.into(),
            Fault::Ledger(_)
            | Fault::Stored(_)
            | Fault::Json(_)
            | Fault::Hashing
            | Fault::Commit
            | Fault::Processor
            | Fault::Post
            | Fault::Stopping => Code::Unavailable.into(),
        }
    }

    /// Refused because of eligibility or source rules.
    pub fn barred(code: Code, bars: Vec<Bar>) -> Self {
        Problem { bars, ..code.into() }.into()
    }

    /// Refused because of a limit.
    pub fn over_limit(broken: Allowance) -> Self {
        let limit = Some(broken.limit.clone());
        Problem { limit, allowance: Some(broken), ..Code::OverLimit.into() }.into()
    }

    /// Refused because it came too often.
    pub fn too_many(retry_after_s: u32) -> Self {
        Problem { retry_after_s: Some(retry_after_s), ..Code::TooMany.into() }.into()
    }

    /// Refused because the two clocks disagree.
    pub fn clock_skew(now_ms: i64) -> Self {
        Problem { time_ms: Some(now_ms), ..Code::ClockSkew.into() }.into()
    }

    /// Refused because of the handle.
    pub fn handle(verdict: HandleVerdict) -> Self {
        Problem { handle: Some(verdict), ..Code::HandleRefused.into() }.into()
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Fault::Refused(Box::new(problem))
    }
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Problem::from(code).into()
    }
}

impl From<LedgerError> for Fault {
    fn from(error: LedgerError) -> Self {
        Fault::Ledger(error)
    }
}

impl From<MoneyError> for Fault {
    fn from(_: MoneyError) -> Self {
        Code::AmountInvalid.into()
    }
}

impl From<StateError> for Fault {
    fn from(_: StateError) -> Self {
        Code::WrongState.into()
    }
}

/// The verdict that tells a person what is wrong with a handle.
pub fn verdict(error: HandleError) -> HandleVerdict {
    match error {
        HandleError::TooShort => HandleVerdict::TooShort,
        HandleError::TooLong => HandleVerdict::TooLong,
        HandleError::BadCharacter => HandleVerdict::BadCharacter,
        HandleError::Reserved => HandleVerdict::Reserved,
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        if !matches!(self, Fault::Refused(_)) {
            tracing::error!(error = %self, "a call could not be carried out");
        }
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = problem.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
