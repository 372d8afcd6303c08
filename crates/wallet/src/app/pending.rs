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
        match book.undo_order(id).await {
            // No payment that could be taken back; perhaps an action.
            Err(WalletError::Invalid(_)) => book.drop_action(id).await?,
            undone => undone?,
        }
        drop(turn);
        book.changed();
        book.pending().await
    }
}
