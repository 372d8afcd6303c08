//! The server's letters: queued in the commit that caused them, composed and handed to a [`Post`] afterwards, each once
//! as far as SMTP allows. A queued letter holds an address and ids, never a secret: links are made from ids and the
//! server's key when it leaves. Sent or given up, its row is gone.

mod folder;
mod letter;
mod queue;
#[cfg(feature = "smtp")]
mod smtp;
mod words;

pub use letter::{Letter, Matter};
pub use queue::{keep_sending, queue};

use crate::config::{Mail, MailBy};
use futures::future::BoxFuture;
use std::sync::Arc;

/// What takes letters and brings them on their way.
pub trait Post: Send + Sync + 'static {
    /// Takes one letter. After `Ok` it is the post's; the same letter may come again when that was not noted in time.
    fn hand_over<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), PostError>>;
}

/// Why a letter was not taken. Says nothing of whom it was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// Not now.
    #[error("the post does not take it now")]
    Later,
    /// Never: no such mailbox, or no address.
    #[error("the post refuses it")]
    Refused,
}

/// The post that the operator chose; `None`: this server sends nothing.
pub fn open(mail: &Mail, public_url: &str) -> Result<Option<Arc<dyn Post>>, crate::Fault> {
    match mail.by {
        MailBy::Nothing => Ok(None),
        MailBy::Folder => Ok(Some(Arc::new(folder::Folder(mail.folder.clone())))),
        #[cfg(feature = "smtp")]
        MailBy::Smtp => Ok(Some(Arc::new(smtp::Relay::new(mail, public_url)?))),
        #[cfg(not(feature = "smtp"))]
        MailBy::Smtp => {
            tracing::error!(server = public_url, "this build sends no mail by SMTP");
            Err(crate::Fault::Post)
        }
    }
}
