//! What the server's operator does beside running it, and what its letters lead to.

use super::{World, eventually, open_file};
use axum::body::Body;
use http::Request;
use std::path::PathBuf;
use tower::ServiceExt;
use uuid::Uuid;

impl World {
    /// Switches the server off, keeps a copy of its book, and starts it again.
    ///
    /// # Panics
    /// When the server is not on SQLite.
    pub async fn back_up(&mut self) {
        self.stop_server().await;
        std::fs::copy(self.folder("server.sqlite"), self.folder("backup.sqlite")).expect("a copy");
        self.start_server().await;
    }

    /// Puts the copy back in the place of the server's book, as its operator would: under a new epoch.
    ///
    /// # Panics
    /// Without [`World::back_up`] before.
    pub async fn restore(&mut self, epoch: Uuid) {
        self.stop_server().await;
        std::fs::copy(self.folder("backup.sqlite"), self.folder("server.sqlite")).expect("put back");
        let store = open_file(&self.folder("server.sqlite")).await;
        let mut tx = store.begin().await.expect("a write");
        ledger::feed::restart(&mut tx, epoch).await.expect("a new epoch");
        tx.commit().await.expect("committed");
        store.close().await;
        self.start_server().await;
    }

    /// The link in the newest letter that holds `about`: its path, as a browser would open it.
    pub async fn link_in_letter(&self, about: &str) -> String {
        eventually("the letter comes", || async {
            let letters = std::fs::read_dir(self.folder("letters")).ok()?;
            let mut texts: Vec<(PathBuf, String)> = letters
                .filter_map(|letter| Some(letter.ok()?.path()))
                .filter(|path| path.extension().is_some_and(|end| end == "eml"))
                .filter_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?.replace("=\r\n", ""))))
                .filter(|(_, text)| text.contains(about))
                .collect();
            texts.sort();
            let text = texts.pop()?.1;
            let at = text.find(&format!("{}/m/", self.address))? + self.address.len();
            Some(text[at..].split_whitespace().next()?.to_owned())
        })
        .await
    }

    /// Presses the button of a page of the server, with what was typed there.
    pub async fn press(&self, path: &str, typed: &str) -> u16 {
        let running = self.running.as_ref().expect("the server runs");
        let request = Request::post(path).header("origin", self.address.as_str());
        let request = request.body(Body::from(typed.to_owned())).expect("a request");
        let router = server::router(running.server.clone());
        router.oneshot(request).await.expect("answered").status().as_u16()
    }
}
