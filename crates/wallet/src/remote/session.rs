use std::sync::atomic::Ordering;

use futures::future::BoxFuture;
use protocol::body::{Refresh, Session, SignIn};
use protocol::{Code, Problem, path};
use zeroize::Zeroizing;

use super::call::Call;
use super::{Remote, lock};
use crate::WalletError;

/// An access token this close to its end is renewed first.
const MARGIN_MS: i64 = 20_000;

/// Stores sessions. A refresh token works once, so the new one must be on disk before it is needed.
pub trait SessionKeeper: Send + Sync + 'static {
    /// Keeps the newest session.
    fn keep<'a>(&'a self, session: &'a Session) -> BoxFuture<'a, Result<(), WalletError>>;
}

/// Keeps sessions in memory only.
#[derive(Debug, Clone, Copy, Default)]
pub struct ForgetSessions;

impl SessionKeeper for ForgetSessions {
    fn keep<'a>(&'a self, _session: &'a Session) -> BoxFuture<'a, Result<(), WalletError>> {
        Box::pin(async { Ok(()) })
    }
}

/// Whether a refusal to go on with a session means that it is over; else the server only cannot say now.
const fn ends_session(code: Code) -> bool {
    matches!(code, Code::SignedOut) || !code.is_temporary()
}

/// Name and password of an account.
#[derive(Clone)]
pub struct Credentials {
    /// Handle or e-mail.
    pub name: String,
    /// Wiped from memory when dropped.
    pub password: Zeroizing<String>,
}

impl Remote {
    /// Signs this device in.
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<(), WalletError> {
        let mut session = self.session.lock().await;
        *session = Some(self.open_session(name, password).await?);
        self.session_ended.store(false, Ordering::Relaxed);
        self.device_refused.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Waits until no session is being renewed; none is until what this gives is dropped.
    pub(crate) async fn settled(&self) -> impl Sized + '_ {
        self.session.lock().await
    }

    /// Signs this device out.
    pub async fn sign_out(&self) -> Result<(), WalletError> {
        self.call_for_nothing(Call::delete(path::SESSIONS)).await?;
        *self.session.lock().await = None;
        self.session_ended.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn open_session(&self, name: &str, password: &str) -> Result<Session, WalletError> {
        let device_id = self.device().ok_or(WalletError::NotJoined)?.id;
        let body = SignIn { name: name.to_owned(), password: password.to_owned(), device_id };
        let session: Session = Box::pin(self.call(Call::post(path::SESSIONS).body(&body)?.signed_only())).await?;
        self.keeper.keep(&session).await?;
        Ok(session)
    }

    /// Makes sure of a session before anything that needs one leaves.
    pub(crate) async fn ready(&self) -> Result<(), WalletError> {
        self.bearer().await.map(drop)
    }

    /// The value of `Authorization`, from a session that will last a while.
    pub(super) async fn bearer(&self) -> Result<String, WalletError> {
        let mut session = self.session.lock().await;
        let fresh = session.take_if(|s| s.access_expires_at_ms > self.server_now_ms() + MARGIN_MS);
        let fresh = match fresh {
            Some(fresh) => fresh,
            None => self.trade(&mut session).await?,
        };
        let bearer = format!("Bearer {}", fresh.access_token);
        *session = Some(fresh);
        Ok(bearer)
    }

    /// The server does not know the access token `used` any more: get another, unless somebody has meanwhile.
    pub(super) async fn renew(&self, used: Option<&str>) -> Result<(), WalletError> {
        let mut session = self.session.lock().await;
        if let Some(current) = session.as_ref() {
            if used.is_some_and(|used| used != format!("Bearer {}", current.access_token)) {
                return Ok(());
            }
            let next = self.trade(&mut session).await?;
            *session = Some(next);
        }
        Ok(())
    }

    /// Trades the session there is for a new one. A refusal ends it; silence, or a server that says to come later, leaves
    /// it as it was.
    async fn trade(&self, session: &mut Option<Session>) -> Result<Session, WalletError> {
        let next = self.next_session(session.as_ref()).await;
        if let Some(code) = next.as_ref().err().and_then(WalletError::refusal).filter(|&code| ends_session(code)) {
            *session = None;
            self.session_ended.store(true, Ordering::Relaxed);
            self.note_refusal(code);
        }
        next
    }

    /// Remembers that this device was put out, or that the account is closed.
    pub(super) fn note_refusal(&self, code: Code) {
        if code == Code::AccountClosed {
            self.account_closed.store(true, Ordering::Relaxed);
        }
        if code == Code::DeviceRefused {
            self.device_refused.store(true, Ordering::Relaxed);
        }
    }

    /// Exchanges the refresh token, or signs in again where name and password are at hand.
    async fn next_session(&self, old: Option<&Session>) -> Result<Session, WalletError> {
        let refused = match old {
            None => WalletError::Refused(Box::new(Problem::from(Code::SignedOut))),
            Some(old) => match self.refresh(old).await {
                Err(error) if error.refusal().is_some_and(ends_session) => error,
                other => return other,
            },
        };
        let credentials = lock(&self.credentials).clone();
        match credentials {
            Some(Credentials { name, password }) => self.open_session(&name, &password).await,
            None => Err(refused),
        }
    }

    async fn refresh(&self, old: &Session) -> Result<Session, WalletError> {
        let body = Refresh { refresh_token: old.refresh_token.clone() };
        let call = Call::post(path::SESSION_REFRESH).body(&body)?.signed_only();
        let session: Session = Box::pin(self.call(call)).await?;
        self.keeper.keep(&session).await?;
        Ok(session)
    }
}
