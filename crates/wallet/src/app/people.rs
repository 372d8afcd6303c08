//! The people of the book: how far they are known, blocking them, telling the operator about them.

use protocol::safety::Report;
use uuid::Uuid;

use super::App;
use super::confirm::read_handle;
use crate::book::fact;
use crate::view::{KnownPerson, ReportForm};
use crate::{WalletError, fingerprint};

impl App {
    /// Everybody this book has to do with. Who is blocked is what the server says now, or said last while it does
    /// not answer.
    pub async fn people(&self) -> Result<Vec<KnownPerson>, WalletError> {
        let book = self.book().await?;
        match self.ask_blocked().await {
            Ok(()) | Err(WalletError::Offline | WalletError::Timeout) => {}
            Err(_) if book.writable().is_err() => {}
            Err(error) => return Err(error),
        }
        book.people().await
    }

    /// Blocks a person, or no longer. Blocked people can neither pay nor ask this account, and are not told.
    pub async fn set_blocked(&self, person_id: Uuid, blocked: bool) -> Result<Vec<KnownPerson>, WalletError> {
        let book = self.book().await?;
        book.writable()?;
        book.remote()?.set_blocked(person_id, blocked).await?;
        self.ask_blocked().await?;
        book.changed();
        book.people().await
    }

    /// Keeps that the four words were compared with a person, or that they are not to be relied on.
    pub async fn set_words_compared(&self, person_id: Uuid, compared: bool) -> Result<Vec<KnownPerson>, WalletError> {
        let book = self.book().await?;
        book.set_compared(person_id, compared).await?;
        book.changed();
        book.people().await
    }

    /// Tells the operator of the server about a person.
    pub async fn report_person(&self, form: ReportForm) -> Result<(), WalletError> {
        let ReportForm { person_id, reason, words } = form;
        let report = Report { id: self.new_id(), person_id, reason, words };
        self.book().await?.remote()?.report(&report).await
    }

    /// The one way on after a payee's key changed: the four words of the new key, as the person themselves says them.
    pub async fn accept_new_key(&self, handle: &str, four_words: &str) -> Result<(), WalletError> {
        let book = self.book().await?;
        let payee = book.remote()?.payee(&read_handle(handle)?).await?.person;
        let given: Vec<String> = four_words
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        if given != fingerprint(&payee.public_key).0 {
            return Err(WalletError::WrongWords);
        }
        book.take_new_key(&payee).await?;
        book.changed();
        Ok(())
    }

    async fn ask_blocked(&self) -> Result<(), WalletError> {
        let book = self.book().await?;
        let ids: Vec<Uuid> = book.remote()?.blocked().await?.into_iter().map(|person| person.id).collect();
        book.keep(fact::BLOCKED, &ids).await
    }
}
