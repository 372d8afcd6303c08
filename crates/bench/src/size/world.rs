//! A server with a long feed for one account, and an app that has none of it yet.

use super::OrNot;
use super::payments::changes;
use crate::desktop::NotMeasured;
use ledger::{DatabaseKey, feed};
use protocol::body::{Change, FeedPage, Person};
use protocol::path::FEED_MOST;
use server::embedded::{self, Embedded, Running};
use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use tempfile::TempDir;
use wallet::view::ActivityFilter;
use wallet::{App, Options, Secrets, SecretsError};
use zeroize::Zeroizing;

/// Payments written into the server's book in one commit.
const BATCH: u64 = 5_000;

/// This machine's keyring is left alone: the book's key lies in a file, as in practice without a keyring.
struct NoKeyring;

impl Secrets for NoKeyring {
    fn get(&self, _name: &str) -> Result<Zeroizing<String>, SecretsError> {
        Err(SecretsError::Unavailable)
    }
    fn set(&self, _name: &str, _secret: &str) -> Result<(), SecretsError> {
        Err(SecretsError::Unavailable)
    }
    fn remove(&self, _name: &str) -> Result<(), SecretsError> {
        Err(SecretsError::Unavailable)
    }
}

pub(super) struct World {
    rows: u32,
    folder: TempDir,
    server: Running,
    /// The account.
    me: Person,
    /// Files made so far.
    made: Cell<u32>,
}

impl World {
    /// Starts the server, opens an account by the app, keeps a copy of that app, and fills the account's feed.
    pub(super) async fn start(rows: u32) -> Result<World, NotMeasured> {
        let folder = tempfile::tempdir().or_not("a temporary folder")?;
        let embedded = Embedded::practice(folder.path().join("server.sqlite"), DatabaseKey::new([7; 32]), 0);
        let server = embedded::start(embedded).await.or_not("the server")?;
        let app = open(&folder.path().join("joined"), &server).await?;
        let me = app.me().await.or_not("the account")?.person;
        app.sync_now().await.or_not("the sync of a new account")?;
        app.close().await;
        let world = World { rows, folder, server, me: Person { picture: None, ..me }, made: Cell::new(0) };
        world.fill().await?;
        Ok(world)
    }

    async fn fill(&self) -> Result<(), NotMeasured> {
        let started = Instant::now();
        let parts = self.server.server();
        for first in (0..u64::from(self.rows)).step_by(BATCH as usize) {
            let mut bodies = Vec::new();
            for n in first..(first + BATCH).min(u64::from(self.rows)) {
                for change in changes(&self.me, n) {
                    bodies.push(serde_json::to_string(&change).or_not("a change as JSON")?);
                }
            }
            let changes: Vec<_> = bodies.iter().map(|body| (self.me.id, body.as_str())).collect();
            let mut tx = parts.store.begin().await.or_not("the server's book")?;
            feed::append_all(&mut tx, &changes, parts.clock.now_ms()).await.or_not("the feed")?;
            tx.commit().await.or_not("the server's book")?;
        }
        eprintln!("{} payments in the server's book after {:.1} s", self.rows, started.elapsed().as_secs_f64());
        Ok(())
    }

    /// A first sync of a fresh copy of the app: seconds, and the app with all payments.
    pub(super) async fn synced(&self) -> Result<(f64, App), NotMeasured> {
        let folder = self.app_folder();
        // What an earlier run left.
        let _ = fs::remove_dir_all(&folder);
        copy(&self.folder.path().join("joined"), &folder).or_not("a copy of the app")?;
        let app = open(&folder, &self.server).await?;
        let started = Instant::now();
        app.sync_now().await.or_not("the first sync")?;
        let seconds = started.elapsed().as_secs_f64();
        let totals = app.activity_totals(&ActivityFilter::default()).await.or_not("the totals")?;
        let count: u32 = totals.iter().map(|total| total.count).sum();
        if count != self.rows {
            return Err(NotMeasured(format!("{count} payments arrived, not {}", self.rows)));
        }
        eprintln!("{count} payments synced in {seconds:.2} s");
        Ok((seconds, app))
    }

    /// The bytes of the feed's pages, as the server answers them.
    pub(super) async fn pages(&self) -> Result<Vec<Vec<u8>>, NotMeasured> {
        let parts = self.server.server();
        let mut pages = Vec::new();
        let mut after = 0;
        loop {
            let mut tx = parts.store.read().await.or_not("the server's book")?;
            let found = feed::after(&mut tx, self.me.id, after, FEED_MOST).await.or_not("the feed")?;
            let last_sequence = Some(feed::last_sequence(&mut tx, self.me.id).await.or_not("the feed")?);
            let Some(last) = found.last() else { return Ok(pages) };
            after = last.sequence;
            let changes = found.into_iter().map(|change| Change {
                sequence: change.sequence,
                at_ms: change.at_ms,
                previous_hash: hex(&change.previous_hash),
                hash: hex(&change.hash),
                body: change.body,
            });
            let (epoch, time_ms) = (parts.epoch, parts.clock.now_ms());
            let page = FeedPage { epoch, changes: changes.collect(), more: true, last_sequence, time_ms };
            pages.push(serde_json::to_vec(&page).or_not("a page as JSON")?);
        }
    }

    /// The app's database.
    pub(super) fn book_file(&self) -> PathBuf {
        self.app_folder().join("practice/book.sqlite")
    }

    /// Its key, as SQLCipher takes it.
    pub(super) fn book_key(&self) -> Result<String, NotMeasured> {
        fs::read_to_string(self.app_folder().join("practice/key")).or_not("the book's key")
    }

    /// Where nothing is yet.
    pub(super) fn fresh_file(&self) -> PathBuf {
        self.made.set(self.made.get() + 1);
        self.folder.path().join(format!("bare-{}.sqlite", self.made.get()))
    }

    pub(super) async fn stop(self) {
        self.server.shutdown().await;
    }

    fn app_folder(&self) -> PathBuf {
        self.folder.path().join("app")
    }
}

/// An app over the real network that does nothing by itself, in practice with this server.
async fn open(folder: &Path, server: &Running) -> Result<App, NotMeasured> {
    let mut options = Options::for_this_machine(folder.to_owned());
    options.secrets = Arc::new(NoKeyring);
    options.background = false;
    let app = App::open(options).await.or_not("the app")?;
    app.join_practice(&server.public_url(), &server.token, "Harbor Bakery").await.or_not("practice")?;
    Ok(app)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &place)?
        } else {
            fs::copy(entry.path(), place).map(drop)?
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
