//! The account beyond its devices: a forgotten password, another e-mail address, leaving the server for good, and
//! removing the book that is left.

use protocol::Code;
use protocol::account::{CloseAccount, EmailChange, EmailStanding, ForgottenPassword};

use super::account::server_address;
use super::{App, blocking};
use crate::book::Book;
use crate::view::{ActivityRow, BookKind, Status};
use crate::{WalletError, reader};

impl App {
    /// Asks the server for an e-mail with a link to set a new password. It never says whether it knows the name.
    pub async fn forgotten_password(&self, address: &str, name: &str, language: &str) -> Result<(), WalletError> {
        let ask = ForgottenPassword { name: name.trim().to_owned(), language: language.to_owned() };
        self.line(&server_address(address)?)?.forgotten_password(&ask).await
    }

    /// The address that the server's e-mails go to.
    pub async fn email(&self) -> Result<EmailStanding, WalletError> {
        self.book().await?.remote()?.email().await
    }

    /// Asks for another address; it counts once the link in the e-mail to it was pressed.
    pub async fn change_email(
        &self,
        email: String,
        password: String,
        language: String,
    ) -> Result<EmailStanding, WalletError> {
        let book = not_practice(self).await?;
        book.remote()?.change_email(&EmailChange { email: email.trim().to_owned(), password, language }).await?;
        book.remote()?.email().await
    }

    /// Closes the account for good. While payments are under way, here or at the server, nothing happens, and they are
    /// given. The book on this device stays until [`App::remove_book`].
    pub async fn close_account(&self, password: String, language: String) -> Result<Vec<ActivityRow>, WalletError> {
        let book = not_practice(self).await?;
        // No order may begin to leave between the look and the end of the account.
        let _turn = book.delivering.lock().await;
        let open = book.open_orders().await?;
        let mut waiting: Vec<uuid::Uuid> = open.into_iter().map(|order| order.payment_id).collect();
        if waiting.is_empty() {
            let close = CloseAccount { id: self.new_id(), password, language };
            match book.remote()?.close_account(&close).await {
                // An earlier attempt arrived, and its answer was lost.
                Err(error) if error.refusal() == Some(Code::AccountClosed) => {}
                Err(WalletError::Refused(problem)) if problem.code == Code::PaymentsOpen => {
                    waiting.clone_from(&problem.payments);
                    // They may be news to this device.
                    reader::pull(&book).await?;
                }
                done => done?,
            }
        }
        let mut rows = Vec::new();
        for id in waiting {
            rows.push(self.payment(id).await?.row);
        }
        book.changed();
        Ok(rows)
    }

    /// Removes the book of a closed account from this device: its folder, and its key from the keyring.
    pub async fn remove_book(&self) -> Result<Status, WalletError> {
        let book = self.book().await?;
        if !book.is_account_closed() {
            return Err(WalletError::Invalid(Code::WrongState));
        }
        let id = book.card.id;
        let (engine, other) = {
            let mut shelf = self.inner.shelf.write().await;
            let engine = shelf.engine.take();
            shelf.places.retain(|place| place.card.id != id);
            (engine, shelf.places.iter().find(|place| place.card.kind == BookKind::Server).map(|place| place.card.id))
        };
        if let Some(engine) = engine {
            engine.end().await;
        }
        book.put_away().await;
        let (vault, folder) = (self.vault(id, &book.folder), book.folder.clone());
        blocking(move || {
            vault.forget();
            Ok(std::fs::remove_dir_all(folder)?)
        })
        .await?;
        self.use_book(other).await?;
        book.changed();
        self.status().await
    }
}

/// The book in use; the account of practice has no password that anybody knows, and no address.
async fn not_practice(app: &App) -> Result<std::sync::Arc<Book>, WalletError> {
    let book = app.book().await?;
    if book.card.kind == BookKind::Practice { Err(WalletError::Invalid(Code::WrongState)) } else { Ok(book) }
}
