//! Copies of a book beside it: made daily and before its tables change, under the book's own key, thinned as they age.
//! Putting one in the place of a damaged book begins at [`crate::App::restore_backup`].

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use ledger::{Store, args};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::app::{blocking, private_folder};
use crate::book::Book;
use crate::view::BackupWhy;
use crate::{ErrorCode, WalletError};

const DAY_MS: i64 = 86_400_000;
/// Of this many days with a copy the newest of each stays, …
const DAYS: usize = 7;
/// … and of this many weeks.
const WEEKS: usize = 4;
const STAMP: &[BorrowedFormatItem<'static>] = format_description!("[year][month][day]-[hour][minute][second]");
const ENDING: &str = ".sqlite";

/// A copy on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    pub(crate) made_at_ms: i64,
    pub(crate) why: BackupWhy,
}

/// How copying goes for one open book.
#[derive(Debug, Default)]
pub(crate) struct Copying {
    /// Set when the book closes: a copy under way ends.
    pub(crate) stop: Arc<AtomicBool>,
    trouble: Mutex<Option<ErrorCode>>,
    /// One copy at a time.
    turn: tokio::sync::Mutex<()>,
}

impl Copying {
    /// Why the last try failed.
    pub(crate) fn trouble(&self) -> Option<ErrorCode> {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a copy and remembers how it went.
    pub(crate) async fn make(
        &self,
        store: &Store,
        book: &Path,
        why: BackupWhy,
        now_ms: i64,
    ) -> Result<(), WalletError> {
        let _turn = self.turn.lock().await;
        let made = make(store, book, why, now_ms, &self.stop).await;
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = made.as_ref().err().map(WalletError::code);
        made
    }
}

/// Where the copies of the book in `book` are.
pub(crate) fn folder(book: &Path) -> PathBuf {
    book.join("backups")
}

/// The copies of a book, newest first. Blocks.
pub(crate) fn kept(book: &Path) -> Vec<Kept> {
    let entries = fs::read_dir(folder(book)).into_iter().flatten().flatten();
    let mut found: Vec<Kept> = entries.filter_map(|entry| read_name(&entry.path())).collect();
    found.sort_by(|a, b| (b.made_at_ms, &b.name).cmp(&(a.made_at_ms, &a.name)));
    found
}

/// Whether a day has passed since the newest copy. One from the future says nothing.
pub(crate) fn is_due(kept: &[Kept], now_ms: i64) -> bool {
    kept.iter().all(|copy| copy.made_at_ms > now_ms || now_ms - copy.made_at_ms >= DAY_MS)
}

/// Payments in a copy that was opened. Rows are never taken out, so the last number is the count.
pub(crate) async fn payments(copy: &Store) -> Result<u32, WalletError> {
    let mut tx = copy.read().await?;
    let row = tx.row("SELECT MAX(rowid) FROM wallet_payment", args![]).await?;
    let last = row.map(|row| row.opt_i64(0)).transpose()?.flatten().unwrap_or_default();
    Ok(u32::try_from(last).unwrap_or(u32::MAX))
}

/// Writes a copy beside its place, checks it, puts it there whole, and thins what is older. The book is only read.
async fn make(
    store: &Store,
    book: &Path,
    why: BackupWhy,
    now_ms: i64,
    stop: &Arc<AtomicBool>,
) -> Result<(), WalletError> {
    let name = name_of(now_ms, why)?;
    let place = folder(book);
    let (path, part) = (place.join(&name), place.join(format!("{name}.part")));
    let cleared = place.clone();
    blocking(move || {
        private_folder(&cleared)?;
        clear_parts(&cleared);
        Ok(())
    })
    .await?;
    let copied = store.copy_to(&part, stop).await;
    let book = book.to_owned();
    blocking(move || {
        if let Err(error) = copied {
            // It may never have been made.
            let _ = fs::remove_file(&part);
            return Err(error.into());
        }
        put(&part, &path)?;
        for surplus in surplus(&kept(&book)) {
            if surplus.path != path {
                fs::remove_file(&surplus.path)?;
            }
        }
        Ok(())
    })
    .await
}

/// Moves a whole file to its place, durably.
fn put(part: &Path, path: &Path) -> Result<(), WalletError> {
    File::open(part)?.sync_all()?;
    fs::rename(part, path)?;
    if let Some(folder) = path.parent() {
        // Not every system lets a folder be synced; the rename holds without it, only later.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// What an earlier run left half written.
fn clear_parts(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().extension().is_some_and(|ending| ending == "part") {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Copies that need not stay, of all copies newest first.
fn surplus(kept: &[Kept]) -> Vec<&Kept> {
    let (mut days, mut weeks, mut update) = (BTreeSet::new(), BTreeSet::new(), false);
    let mut stays = |copy: &Kept| {
        let day = copy.made_at_ms.div_euclid(DAY_MS);
        let first_of_day = days.len() < DAYS && days.insert(day);
        let first_of_week = weeks.len() < WEEKS && weeks.insert(day.div_euclid(7));
        let last_update = copy.why == BackupWhy::Update && !std::mem::replace(&mut update, true);
        first_of_day || first_of_week || last_update
    };
    kept.iter().filter(|copy| !stays(copy)).collect()
}

/// Name of the copy of a damaged book of an older version that the screens read.
pub(crate) const LOOK: &str = "look";

/// Copies the database of a book, as its files are, into the folder for damaged ones; gives the copy. Nothing there is
/// ever removed but an earlier copy of the same name.
pub(crate) async fn set_aside(book: &Path, name: &str) -> Result<PathBuf, WalletError> {
    let (from, folder) = (Book::database_file(book), book.join("damaged"));
    let to = folder.join(format!("{name}{ENDING}"));
    blocking(move || {
        private_folder(&folder)?;
        for ending in ["-wal", "-shm", ""] {
            let _ = fs::remove_file(beside(&to, ending));
        }
        fs::copy(&from, &to)?;
        let log = beside(&from, "-wal");
        // A file that was only ever read may have an empty one.
        if fs::metadata(&log).is_ok_and(|facts| facts.len() > 0) {
            fs::copy(log, beside(&to, "-wal"))?;
        }
        File::open(&to)?.sync_all()?;
        Ok(to)
    })
    .await
}

/// Puts the copy `name` beside the book of `book`, ready to be filled and to take its place. Blocks.
pub(crate) fn lay_ready(book: &Path, name: &str) -> Result<PathBuf, WalletError> {
    // Only what is in the list: a name from the window is no path.
    let copy = kept(book).into_iter().find(|copy| copy.name == name);
    let copy = copy.ok_or(WalletError::Invalid(protocol::Code::NotFound))?;
    let ready = book.join("restoring.sqlite");
    for ending in ["-wal", "-shm", ""] {
        let _ = fs::remove_file(beside(&ready, ending));
    }
    fs::copy(copy.path, &ready)?;
    Ok(ready)
}

/// Puts a filled copy in the place of the damaged book, whose files were set aside before. Blocks.
pub(crate) fn take_place(book: &Path, ready: &Path) -> Result<(), WalletError> {
    let file = Book::database_file(book);
    // The log of the damaged file would be read into the new one.
    for ending in ["-wal", "-shm"] {
        match fs::remove_file(beside(&file, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    put(ready, &file)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A name for a damaged book that no earlier one has.
pub(crate) fn damaged_name(now_ms: i64) -> Result<String, WalletError> {
    Ok(format!("damaged-{}", name_of(now_ms, BackupWhy::Asked)?.trim_end_matches(ENDING)))
}

const WORDS: [(BackupWhy, &str); 3] =
    [(BackupWhy::Daily, "daily"), (BackupWhy::Update, "update"), (BackupWhy::Asked, "asked")];

fn name_of(now_ms: i64, why: BackupWhy) -> Result<String, WalletError> {
    let at = OffsetDateTime::from_unix_timestamp(now_ms.div_euclid(1_000)).map_err(|_| WalletError::ClockWrong)?;
    let stamp = at.format(STAMP).map_err(|_| WalletError::ClockWrong)?;
    let word = WORDS.iter().find(|(known, _)| *known == why).map_or("asked", |(_, word)| word);
    Ok(format!("book-{stamp}-{word}{ENDING}"))
}

/// A copy by its name; nothing for any other file.
fn read_name(path: &Path) -> Option<Kept> {
    let name = path.file_name()?.to_str()?.to_owned();
    let (stamp, word) = name.strip_prefix("book-")?.strip_suffix(ENDING)?.rsplit_once('-')?;
    let at = PrimitiveDateTime::parse(stamp, STAMP).ok()?.assume_utc();
    let (why, _) = WORDS.iter().find(|(_, known)| *known == word)?;
    Some(Kept { path: path.to_owned(), name, made_at_ms: at.unix_timestamp() * 1_000, why: *why })
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_MS: i64 = 1_800_000_000_000;

    fn copy(made_at_ms: i64, why: BackupWhy) -> Kept {
        Kept { path: PathBuf::new(), name: String::new(), made_at_ms, why }
    }

    #[test]
    fn seven_days_and_four_weeks_stay_and_so_does_the_last_copy_before_an_update() {
        let mut all: Vec<Kept> = (0..60).map(|day| copy(START_MS - day * DAY_MS, BackupWhy::Daily)).collect();
        all.push(copy(START_MS - 90 * DAY_MS, BackupWhy::Update));
        all.push(copy(START_MS - 91 * DAY_MS, BackupWhy::Update));
        let gone: BTreeSet<i64> = surplus(&all).iter().map(|it| (START_MS - it.made_at_ms) / DAY_MS).collect();
        let stays: Vec<i64> =
            all.iter().map(|it| (START_MS - it.made_at_ms) / DAY_MS).filter(|it| !gone.contains(it)).collect();
        assert_eq!(stays[..7], [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(stays.last(), Some(&90));
        assert!((9..=11).contains(&stays.len()), "{stays:?}");
        assert!(stays[stays.len() - 2] >= 15, "a month back: {stays:?}");
    }

    #[test]
    fn many_copies_of_one_day_are_one_day() {
        let all: Vec<Kept> = (0..40).map(|n| copy(START_MS - n * 1_000, BackupWhy::Asked)).collect();
        assert_eq!(surplus(&all).len(), 39);
    }

    #[test]
    fn a_copy_is_due_after_a_day_and_a_clock_that_was_wrong_does_not_stop_it() {
        assert!(is_due(&[], START_MS));
        assert!(!is_due(&[copy(START_MS - DAY_MS + 1, BackupWhy::Asked)], START_MS));
        assert!(is_due(&[copy(START_MS - DAY_MS, BackupWhy::Daily)], START_MS));
        assert!(is_due(&[copy(START_MS + 400 * DAY_MS, BackupWhy::Daily)], START_MS));
    }

    #[test]
    fn a_name_says_when_and_why_and_other_files_are_left_alone() {
        let name = name_of(START_MS, BackupWhy::Update).expect("name");
        assert_eq!(name, "book-20270115-080000-update.sqlite");
        let read = |name: &str| read_name(&Path::new("/backups").join(name)).map(|it| (it.made_at_ms, it.why));
        assert_eq!(read(&name), Some((START_MS, BackupWhy::Update)));
        for other in [
            "book.sqlite",
            "book-20270115-080000-update.sqlite.part",
            "book-x-daily.sqlite",
            "book-20270115-080000-other.sqlite",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
