//! Requests for money, own and others'.

use pay::Money;
use protocol::Code;
use protocol::body::{NewRequest, Request};
use uuid::Uuid;

use super::App;
use super::confirm::read_handle;
use super::settings::refuse;
use crate::book::{Book, Fate};
use crate::outside::KillPoint;
use crate::view::{NewRequestForm, PendingKind};
use crate::{WalletError, sender};

impl App {
    /// The board: own requests and those of people who may ask, newest change first.
    pub async fn requests(&self) -> Result<Vec<Request>, WalletError> {
        let ask_me = self.settings().await?.ask_me;
        Ok(self.book().await?.sorted_requests(ask_me).await?.board)
    }

    /// Asks for money. Without a line the request is shown at once, waits here and leaves when there is one.
    pub async fn new_request(&self, form: NewRequestForm) -> Result<Request, WalletError> {
        let book = self.book().await?;
        let id = self.new_id();
        let ways = self.ways_for(&book, &form.ways, (id, form.amount.as_ref(), &form.note)).await?;
        let request = NewRequest {
            id,
            amount: form.amount,
            note: form.note,
            payer_handle: form.payer_handle.map(|handle| handle.trim().trim_start_matches('@').to_ascii_lowercase()),
            expires_at_ms: form.expires_at_ms,
            single_use: form.single_use,
            policy: form.policy,
            group: None,
            ways,
        };
        check_new(&book, &request)?;
        let kept = book.store_new_request(&request).await?;
        leave(&book, kept.id, kept).await
    }

    /// Takes an own request back; one that has never left is canceled here, and no server hears of it.
    pub async fn cancel_request(&self, id: Uuid) -> Result<Request, WalletError> {
        self.decide(id, PendingKind::Cancel).await
    }

    /// Says no to somebody's request.
    pub async fn decline_request(&self, id: Uuid) -> Result<Request, WalletError> {
        self.decide(id, PendingKind::Decline).await
    }

    /// Reminds the payer of an own request.
    pub async fn remind_request(&self, id: Uuid) -> Result<Request, WalletError> {
        self.decide(id, PendingKind::Remind).await
    }

    async fn decide(&self, request_id: Uuid, kind: PendingKind) -> Result<Request, WalletError> {
        self.decide_with(request_id, kind, "").await
    }

    /// Stores what was decided, with the bytes that every attempt carries, and lets it leave.
    pub(super) async fn decide_with(
        &self,
        request_id: Uuid,
        kind: PendingKind,
        body: &str,
    ) -> Result<Request, WalletError> {
        let book = self.book().await?;
        let turn = book.delivering.lock().await;
        let (waits, request) = book.store_action(self.new_id(), request_id, (kind, body)).await?;
        drop(turn);
        match waits {
            Some(id) => leave(&book, id, request).await,
            None => {
                book.changed();
                Ok(request)
            }
        }
    }
}

/// What no server has to be asked about.
fn check_new(book: &Book, request: &NewRequest) -> Result<(), WalletError> {
    if let Some(amount) = &request.amount
        && Money::try_from(amount)?.is_zero()
    {
        return Err(refuse(Code::AmountInvalid));
    }
    if let Some(handle) = &request.payer_handle {
        let handle = read_handle(handle)?;
        if handle.as_str() == book.me()?.person.handle {
            return Err(refuse(Code::SelfPayment));
        }
    }
    Ok(())
}

/// Lets what was stored leave. With a line the person waits for the server's word, and is told a refusal where they
/// asked; without one it goes by itself later.
async fn leave(book: &Book, action_id: Uuid, kept: Request) -> Result<Request, WalletError> {
    book.probe.reached(KillPoint::StoredNotSent);
    book.changed();
    sender::deliver_now(book).await;
    match book.fate(action_id).await? {
        Fate::Open => Ok(kept),
        Fate::Done => book.request(kept.id).await,
        Fate::Refused(problem) => {
            book.forget_refused(kept.id, action_id).await?;
            book.changed();
            Err(WalletError::Refused(problem))
        }
    }
}
