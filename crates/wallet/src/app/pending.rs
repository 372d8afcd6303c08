//! What was decided here and is not with the server yet: seeing it, and taking it away.

use uuid::Uuid;

use super::App;
use crate::WalletError;
use crate::view::PendingRow;

impl App {
    /// Everything that waits, in the order it was decided, and what was refused and not seen yet.
    pub async fn pending(&self) -> Result<Vec<PendingRow>, WalletError> {
        self.book().await?.pending().await
    }

    /// Takes away what has never left this device, or what was refused and has been seen.
    /// [`protocol::Code::WrongState`] when it is too late: then the server may have it.
    pub async fn take_back(&self, id: Uuid) -> Result<Vec<PendingRow>, WalletError> {
        let book = self.book().await?;
        // A try that finds no line takes a moment, and leaves it where it was.
        let turn = book.delivering.lock().await;
        // It is a payment, an action or a request that waits, and where its id is known is where it can be taken from.
        let mut undone = book.undo_order(id).await;
        if let Err(WalletError::Invalid(_)) = undone {
            undone = book.drop_action(id).await;
        }
        if let Err(WalletError::Invalid(_)) = undone {
            undone = book.drop_ask(id).await;
        }
        drop(turn);
        undone?;
        book.changed();
        book.pending().await
    }
}
