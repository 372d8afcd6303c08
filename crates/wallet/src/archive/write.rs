//! Writing an archive: one moment of the book, sealed beside its place, read back to its end, then put there.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ledger::{Row, Tx, args, chain};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::line::{About, EntryLine, HeadLine, Line, PersonLine, RequestLine, SECTIONS};
use super::read::{manifest_of, walk_with};
use super::seal::{ArchiveKey, Sealing, With};
use crate::WalletError;
use crate::app::blocking;
use crate::book::Book;
use crate::book::archived as rows;
use crate::outside::Random;
use crate::view::ArchiveProgress;

/// Rows read at once.
const PIECE: u32 = 500;

/// Writes the archive of a book. Nothing stays of one that was called off ([`WalletError::Stopped`]) or does not read
/// back as it was written.
pub(crate) async fn write(
    book: &Book,
    path: &Path,
    passphrase: String,
    stop: &Arc<AtomicBool>,
    tell: impl Fn(ArchiveProgress) + Send + Sync,
) -> Result<u32, WalletError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = write_part(book, &part, passphrase, stop, &tell).await;
    let (part, path) = (part.clone(), path.to_owned());
    blocking(move || match written {
        Ok(count) => {
            fs::rename(part, path)?;
            Ok(count)
        }
        Err(error) => {
            // It may never have been made.
            let _ = fs::remove_file(part);
            Err(error)
        }
    })
    .await
}

async fn write_part(
    book: &Book,
    part: &Path,
    passphrase: String,
    stop: &Arc<AtomicBool>,
    tell: &(impl Fn(ArchiveProgress) + Send + Sync),
) -> Result<u32, WalletError> {
    let (random, file) = (Arc::clone(&book.random), part.to_owned());
    let (sealing, key) = blocking(move || begin(&file, &passphrase, &*random)).await?;
    let mut tx = book.store.read().await?;
    let total = rows::count(&mut tx).await?;
    let mut out = Out { sealing, counts: Default::default() };
    out.line(&Line::About(Box::new(about(book).await?)))?;
    people(&mut tx, &mut out).await?;
    let mut done = 0;
    let mut after = (i64::MIN, Uuid::nil());
    loop {
        tell(ArchiveProgress { done, total, checking: false });
        if stop.load(Ordering::Relaxed) {
            return Err(WalletError::Stopped);
        }
        let page = rows::payments(&mut tx, after, PIECE).await?;
        let Some(last) = page.last() else { break };
        after = (last.payment.created_at_ms, last.payment.id);
        for payment in page {
            out.line(&Line::Payment(Box::new(payment)))?;
            done += 1;
        }
    }
    requests(&mut tx, &mut out).await?;
    for bill in rows::bills(&mut tx).await? {
        out.line(&Line::Bill(bill))?;
    }
    entries(&mut tx, &mut out, stop).await?;
    drop(tx);
    tell(ArchiveProgress { done, total, checking: true });
    finish(out, key, part, stop).await?;
    Ok(done)
}

fn begin(
    file: &Path,
    passphrase: &str,
    random: &dyn Random,
) -> Result<(Sealing<BufWriter<File>>, ArchiveKey), WalletError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Sealing::begin(BufWriter::new(options.open(file)?), passphrase, random)
}

/// Writes the manifest, and reads the whole file back.
async fn finish(mut out: Out, key: ArchiveKey, part: &Path, stop: &Arc<AtomicBool>) -> Result<(), WalletError> {
    let (part, stop): (PathBuf, _) = (part.to_owned(), Arc::clone(stop));
    blocking(move || {
        let manifest = Line::Manifest(manifest_of(&out.counts));
        out.text(&manifest)?;
        let file = out.sealing.finish()?.into_inner().map_err(|error| WalletError::from(error.into_error()))?;
        file.sync_all()?;
        walk_with(BufReader::new(File::open(part)?), With::Key(&key), &stop, |_| Ok(())).map(drop)
    })
    .await
}

struct Out {
    sealing: Sealing<BufWriter<File>>,
    counts: [(u64, Sha256); SECTIONS.len()],
}

impl Out {
    fn line(&mut self, line: &Line) -> Result<(), WalletError> {
        let text = self.text(line)?;
        if let Some(section) = line.section() {
            let (lines, hash) = &mut self.counts[section];
            *lines += 1;
            hash.update(&text);
        }
        Ok(())
    }

    fn text(&mut self, line: &impl Serialize) -> Result<Vec<u8>, WalletError> {
        let mut text = serde_json::to_vec(line).map_err(|_| WalletError::Fault("line to JSON"))?;
        text.push(b'\n');
        self.sealing.add(&text)?;
        Ok(text)
    }
}

async fn about(book: &Book) -> Result<About, WalletError> {
    let account = book.account()?;
    let cursor = book.cursor().await?;
    Ok(About {
        made_at_ms: book.now_ms(),
        server_url: book.card.server_url.clone(),
        server_name: book.card.server_name.clone(),
        server_key: account.server_key.clone(),
        epoch: account.epoch,
        holder: book.card.holder.clone(),
        mode: book.card.mode,
        me: book.me()?,
        feed_sequence: cursor.sequence,
        feed_hash: cursor.hash,
    })
}

async fn people(tx: &mut Tx, out: &mut Out) -> Result<(), WalletError> {
    let mut after = Uuid::nil();
    loop {
        let page: Vec<PersonLine> = rows::people(tx, after, PIECE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.person.id;
        for person in page {
            out.line(&Line::Person(Box::new(person)))?;
        }
    }
}

async fn requests(tx: &mut Tx, out: &mut Out) -> Result<(), WalletError> {
    let mut after = Uuid::nil();
    loop {
        let page: Vec<RequestLine> = rows::requests(tx, after, PIECE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.request.id;
        for request in page {
            out.line(&Line::Request(Box::new(request)))?;
        }
    }
}

async fn entries(tx: &mut Tx, out: &mut Out, stop: &AtomicBool) -> Result<(), WalletError> {
    let ids = tx.rows("SELECT id FROM ledger_account WHERE last_sequence > 0 ORDER BY id", args![]).await?;
    for id in ids.iter().map(|row: &Row| row.uuid(0)) {
        let account = id?;
        let mut head = HeadLine { account, sequence: 0, hash: hex::encode(chain::GENESIS) };
        loop {
            if stop.load(Ordering::Relaxed) {
                return Err(WalletError::Stopped);
            }
            let page = chain::entries_after(tx, account, head.sequence, PIECE).await?;
            let Some(last) = page.last() else { break };
            (head.sequence, head.hash) = (last.sequence, hex::encode(last.hash));
            for entry in page {
                out.line(&Line::Entry(EntryLine {
                    account,
                    sequence: entry.sequence,
                    at_ms: entry.at_ms,
                    text: entry.body,
                    previous_hash: hex::encode(entry.previous_hash),
                    hash: hex::encode(entry.hash),
                }))?;
            }
        }
        out.line(&Line::Head(head))?;
    }
    Ok(())
}
