//! The inbox: requests from people this book does not know. They ring nothing and count nowhere.

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
