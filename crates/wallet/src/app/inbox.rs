//! The inbox: requests from people this book does not know. They ring nothing and count nowhere.

use protocol::body::{Request, RequestState};
use uuid::Uuid;

use super::App;
use crate::WalletError;
use crate::view::StrangerRequest;

impl App {
    /// What strangers ask, newest first, with the ways out of their notes covered.
    pub async fn inbox(&self) -> Result<Vec<StrangerRequest>, WalletError> {
        let ask_me = self.settings().await?.ask_me;
        self.book().await?.inbox(ask_me).await
    }

    /// A request that stands on the board and waits for an answer; nothing for a stranger's, which rings nothing.
    pub async fn asked(&self, id: Uuid) -> Result<Option<Request>, WalletError> {
        let ask_me = self.settings().await?.ask_me;
        let board = self.book().await?.sorted_requests(ask_me).await?.board;
        Ok(board.into_iter().find(|request| request.id == id && request.state == RequestState::Open))
    }

    /// Puts a stranger's request on the board.
    pub async fn let_request_in(&self, id: Uuid) -> Result<(), WalletError> {
        let book = self.book().await?;
        book.let_in(id).await?;
        book.changed();
        Ok(())
    }

    /// The note of a request, nothing covered.
    pub async fn uncovered_note(&self, id: Uuid) -> Result<String, WalletError> {
        self.book().await?.note_of(id).await
    }
}
