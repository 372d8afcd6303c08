//! Funding sources: kept by the server, remembered here for when it does not answer.

use protocol::body::{NewSource, Source, SourceChange, SourceOffer};
use uuid::Uuid;

use super::App;
use crate::WalletError;
use crate::book::fact;

impl App {
    /// All sources, as the server says now, or as it said last while it does not answer.
    pub async fn sources(&self) -> Result<Vec<Source>, WalletError> {
        let book = self.book().await?;
        let answer = match book.remote() {
            Ok(remote) => remote.sources().await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(sources) => {
                if book.writable().is_ok() {
                    book.keep(fact::SOURCES, &sources).await?;
                }
                Ok(sources)
            }
            Err(WalletError::Offline | WalletError::Timeout) => Ok(book.fact(fact::SOURCES).await?.unwrap_or_default()),
            Err(error) => Err(error),
        }
    }

    /// What could be added.
    pub async fn source_offers(&self) -> Result<Vec<SourceOffer>, WalletError> {
        self.book().await?.remote()?.source_offers().await
    }

    /// Adds a source by the token of an offer; an empty label gives it the standard name.
    pub async fn add_source(&self, token: String, label: String) -> Result<Vec<Source>, WalletError> {
        let source = NewSource { id: self.new_id(), token, label };
        self.book().await?.remote()?.add_source(&source).await?;
        self.sources_changed().await
    }

    /// Gives a source another name.
    pub async fn rename_source(&self, id: Uuid, label: String) -> Result<Vec<Source>, WalletError> {
        self.change_source(id, SourceChange { label: Some(label), is_default: None }).await
    }

    /// Makes a source the one used when nothing is chosen.
    pub async fn set_default_source(&self, id: Uuid) -> Result<Vec<Source>, WalletError> {
        self.change_source(id, SourceChange { label: None, is_default: Some(true) }).await
    }

    /// Removes a source.
    pub async fn remove_source(&self, id: Uuid) -> Result<Vec<Source>, WalletError> {
        self.book().await?.remote()?.remove_source(id).await?;
        self.sources_changed().await
    }

    async fn change_source(&self, id: Uuid, change: SourceChange) -> Result<Vec<Source>, WalletError> {
        self.book().await?.remote()?.change_source(id, &change).await?;
        self.sources_changed().await
    }

    async fn sources_changed(&self) -> Result<Vec<Source>, WalletError> {
        let sources = self.sources().await?;
        self.book().await?.changed();
        Ok(sources)
    }
}
