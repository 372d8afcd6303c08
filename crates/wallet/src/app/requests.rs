//! Requests for money, own and others'.

use protocol::body::{NewRequest, Request};
use uuid::Uuid;

use super::App;
use crate::WalletError;
use crate::view::NewRequestForm;

impl App {
    /// The board: own requests and those of people who may ask, newest change first.
    pub async fn requests(&self) -> Result<Vec<Request>, WalletError> {
        let ask_me = self.settings().await?.ask_me;
        Ok(self.book().await?.sorted_requests(ask_me).await?.board)
    }

    /// Asks for money.
    pub async fn new_request(&self, form: NewRequestForm) -> Result<Request, WalletError> {
        let request = NewRequest {
            id: self.new_id(),
            amount: form.amount,
            note: form.note,
            payer_handle: form.payer_handle.map(|handle| handle.trim().trim_start_matches('@').to_ascii_lowercase()),
            expires_at_ms: form.expires_at_ms,
            single_use: form.single_use,
            policy: form.policy,
            group: None,
        };
        let request = self.book().await?.remote()?.new_request(&request).await?;
        self.keep_request(request).await
    }

    /// Takes an own request back.
    pub async fn cancel_request(&self, id: Uuid) -> Result<Request, WalletError> {
        let request = self.book().await?.remote()?.cancel_request(id).await?;
        self.keep_request(request).await
    }

    /// Says no to somebody's request.
    pub async fn decline_request(&self, id: Uuid) -> Result<Request, WalletError> {
        let request = self.book().await?.remote()?.decline_request(id).await?;
        self.keep_request(request).await
    }

    /// Reminds the payer of an own request.
    pub async fn remind_request(&self, id: Uuid) -> Result<Request, WalletError> {
        let request = self.book().await?.remote()?.remind_request(id).await?;
        self.keep_request(request).await
    }

    async fn keep_request(&self, request: Request) -> Result<Request, WalletError> {
        let book = self.book().await?;
        let mut tx = book.begin().await?;
        book.apply_request(&mut tx, &request).await?;
        tx.commit().await?;
        book.changed();
        Ok(request)
    }
}
