//! Bills that were divided and collections: who paid, reminding who has not, and taking back what is left.

use protocol::Code;
use protocol::body::{Request, RequestState};
use uuid::Uuid;

use super::App;
use super::settings::refuse;
use crate::view::{GroupDetail, GroupRow, Reminded};
use crate::{CommandError, WalletError, sender};

impl App {
    /// All of them, newest first.
    pub async fn groups(&self) -> Result<Vec<GroupRow>, WalletError> {
        self.book().await?.groups().await
    }

    /// One with everybody in it.
    pub async fn group(&self, id: Uuid) -> Result<GroupDetail, WalletError> {
        self.book().await?.group(id).await?.ok_or(refuse(Code::NotFound))
    }

    /// Reminds everybody of a group who has an account and has not paid. What the server says of each is told; one
    /// that was reminded a short while ago is not reminded again.
    pub async fn remind_group(&self, id: Uuid) -> Result<Vec<Reminded>, WalletError> {
        let mut all = Vec::new();
        for request in self.waiting_of(id).await?.into_iter().filter(|request| request.payer.is_some()) {
            let (refused, retry_after_s) = match self.remind_request(request.id).await {
                Ok(_) => (None, None),
                Err(error @ (WalletError::Offline | WalletError::Timeout | WalletError::Tls)) => return Err(error),
                Err(error) => {
                    let error = CommandError::from(error);
                    (Some(error.code), error.retry_after_s)
                }
            };
            all.push(Reminded { request_id: request.id, refused, retry_after_s });
        }
        Ok(all)
    }

    /// Takes back what nobody has paid yet. What has not left may be on its way, so it leaves first.
    pub async fn cancel_group(&self, id: Uuid) -> Result<GroupDetail, WalletError> {
        let book = self.book().await?;
        book.hurry_orders().await?;
        sender::deliver_due(&book).await?;
        let left_here =
            |detail: &GroupDetail| detail.parts.iter().any(|it| it.request.is_none() && it.refused.is_none());
        if left_here(&self.group(id).await?) {
            return Err(WalletError::Offline);
        }
        for request in self.waiting_of(id).await? {
            match self.cancel_request(request.id).await {
                // It was paid or declined a moment ago; the feed says so.
                Err(error) if error.refusal() == Some(Code::WrongState) => {}
                other => drop(other?),
            }
        }
        self.group(id).await
    }

    /// Requests of a group that can still be paid, and are not being paid now.
    async fn waiting_of(&self, id: Uuid) -> Result<Vec<Request>, WalletError> {
        let requests = self.group(id).await?.parts.into_iter().filter_map(|part| part.request);
        Ok(requests.filter(|it| matches!(it.state, RequestState::Open | RequestState::PartiallyPaid)).collect())
    }
}
