use super::{Letter, Post, PostError};
use futures::future::BoxFuture;
use std::path::PathBuf;

/// A folder with one `.eml` file a letter, named by the time and the letter's id.
pub struct Folder(pub PathBuf);

impl Post for Folder {
    fn hand_over<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), PostError>> {
        Box::pin(async move {
            let bytes = letter.message()?.formatted();
            let name = format!("{:013}-{}", letter.at_ms, letter.id.simple());
            let (making, done) = (self.0.join(format!("{name}.part")), self.0.join(format!("{name}.eml")));
            let written = async {
                tokio::fs::create_dir_all(&self.0).await?;
                tokio::fs::write(&making, bytes).await?;
                // Whoever looks for letters finds whole ones.
                tokio::fs::rename(&making, &done).await
            };
            written.await.map_err(|error| {
                tracing::warn!(%error, "a letter could not be put into the folder");
                PostError::Later
            })
        })
    }
}
