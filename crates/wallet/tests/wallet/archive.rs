//! One file with everything: made, opened on a new machine, brought in as history elsewhere.

use std::path::PathBuf;
use std::sync::Mutex;

use uuid::Uuid;
use wallet::view::*;
use wallet::*;

use crate::paying::{all, confirm, draft};
use crate::world::*;

const PASSPHRASE: &str = "lemon harbor stone kite";
const ADDRESS: &str = "bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4?amount=0.001";

/// A book with money in and out, a note and a bill, and its archive.
async fn filled(world: &World) -> (App, PathBuf) {
    let app = world.joined().await;
    for n in 0..3 {
        world.server.pay_us(900 + n, 0, "2.00", &format!("loaf {n}"));
        world.wait(1_000);
    }
    app.sync_now().await.expect("synced");
    confirm(world, &app, "harbor", "7.00").await;
    app.sync_now().await.expect("synced");
    app.set_private_note(Uuid::from_u128(901), "for the Ünsal wedding").await.expect("noted");
    app.save_bill(ADDRESS, "later").await.expect("kept");
    let path = world.folder.path().join("maya.tessera-archive");
    app.make_archive(&path, PASSPHRASE.into(), |_| ()).await.expect("made");
    (app, path)
}

fn query(text: &str) -> HistoryQuery {
    HistoryQuery { text: text.into(), before: None, limit: 100 }
}

async fn history(app: &App, text: &str) -> Vec<HistoryRow> {
    app.history(&query(text)).await.expect("history").rows
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_opens_on_a_new_machine_as_a_book_to_read_and_search() {
    let world = World::new();
    let (_app, path) = filled(&world).await;
    let bytes = std::fs::read(&path).expect("archive");
    for known in ["zoraida", "loaf 1", "wedding", "bitcoin"] {
        assert!(!bytes.windows(known.len()).any(|it| it == known.as_bytes()), "{known} is readable");
    }
    let elsewhere = tempfile::tempdir().expect("folder");
    let new = App::open(world.options(elsewhere.path())).await.expect("opened");
    let told = Mutex::new(Vec::new());
    let tell = |at| told.lock().expect("lock").push(at);
    let status = new.restore_archive(&path, PASSPHRASE.into(), tell).await.expect("restored");
    let book = status.current.expect("a book");
    assert_eq!((book.kind, book.handle.as_str(), book.server_url.as_str()), (BookKind::History, "zoraida", SERVER));
    assert!(status.read_only && !status.needs_passphrase);
    assert_eq!(told.lock().expect("lock").last(), Some(&ArchiveProgress { done: 4, total: 4, checking: false }));

    let page = new.history(&query("")).await.expect("history");
    assert_eq!(page.rows.len(), 4);
    assert_eq!(page.origins.iter().map(|it| (it.handle.as_str(), it.payments)).collect::<Vec<_>>(), [("zoraida", 4)]);
    let found = history(&new, "unsal LOAF").await;
    assert_eq!(found.iter().map(|it| it.row.payment.id).collect::<Vec<_>>(), [Uuid::from_u128(901)]);
    assert_eq!(found[0].row.private_note, "for the Ünsal wedding");
    let receipt = found[0].row.payment.receipt.clone().expect("the receipt is in the archive");
    assert!(receipt.ends_with("/V/901"), "{receipt}");
    assert_eq!(new.bills().await.expect("bills").iter().map(|it| it.note.clone()).collect::<Vec<_>>(), ["later"]);
    assert!(new.prepare_payment(draft("harbor", "1.00")).await.is_err());
    assert_eq!(new.activity(all()).await.expect("rows").rows.len(), 0, "nothing here is this book's own");
    let asked = world.server.state().seen.len();
    new.restore_archive(&path, PASSPHRASE.into(), |_| ()).await.expect("again");
    assert_eq!(world.server.state().seen.len(), asked, "no server hears of it");
    let status = new.status().await.expect("status");
    assert_eq!((status.books.len(), history(&new, "").await.len()), (1, 4), "one book, once");
    new.close().await;
    drop(new);
    let new = App::open(world.options(elsewhere.path())).await.expect("opened");
    assert_eq!(history(&new, "").await.len(), 4, "it is there after a restart");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_whole_archive_under_this_passphrase_leaves_nothing() {
    let world = World::new();
    let (app, path) = filled(&world).await;
    let good = std::fs::read(&path).expect("archive");
    let mut changed = good.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let elsewhere = tempfile::tempdir().expect("folder");
    let new = App::open(world.options(elsewhere.path())).await.expect("opened");
    for (bytes, passphrase, code) in [
        (good.clone(), "lemon harbor stone kit", ErrorCode::WrongPassphrase),
        (good[..good.len() - 20].to_vec(), PASSPHRASE, ErrorCode::ArchiveCut),
        (changed, PASSPHRASE, ErrorCode::ArchiveChanged),
        (b"PK\x03\x04 some other file".to_vec(), PASSPHRASE, ErrorCode::NotAnArchive),
        (Vec::new(), PASSPHRASE, ErrorCode::NotAnArchive),
    ] {
        let bad = world.folder.path().join("bad.tessera-archive");
        std::fs::write(&bad, bytes).expect("written");
        let error = new.restore_archive(&bad, passphrase.into(), |_| ()).await.expect_err("refused");
        assert_eq!(error.code(), code);
        let error = app.bring_in_history(&bad, passphrase.into(), |_| ()).await.expect_err("refused");
        assert_eq!(error.code(), code);
    }
    assert!(new.status().await.expect("status").books.is_empty());
    assert!(app.history(&query("")).await.expect("history").origins.is_empty());
    let missing = new.restore_archive(&elsewhere.path().join("none"), PASSPHRASE.into(), |_| ()).await;
    assert_eq!(missing.expect_err("missing").code(), ErrorCode::FileFailed);
}

#[tokio::test(flavor = "multi_thread")]
async fn history_brought_in_on_another_server_counts_nowhere_and_reaches_nobody() {
    let world = World::new();
    let (_app, path) = filled(&world).await;
    let other = World::new();
    // Every world begins with the same randomness: the ids of this one must be others.
    (0..5).for_each(|_| drop(other.options(other.folder.path())));
    let app = App::open(other.options(other.folder.path())).await.expect("opened");
    app.join(JoinForm { handle: "zora".into(), ..form() }).await.expect("joined");
    other.server.pay_us(700, 0, "5.00", "loaf of here");
    app.sync_now().await.expect("synced");
    let asked = other.server.state().seen.len();
    let before = (app.activity(all()).await, app.activity_totals(&ActivityFilter::default()).await);
    let totals = app.totals(pay::Currency::USD).await;

    let origin = app.bring_in_history(&path, PASSPHRASE.into(), |_| ()).await.expect("brought in");
    assert_eq!((origin.handle.as_str(), origin.server_name.as_str(), origin.payments), ("zoraida", "Test", 4));
    assert_eq!(before, (app.activity(all()).await, app.activity_totals(&ActivityFilter::default()).await));
    assert_eq!(totals, app.totals(pay::Currency::USD).await);
    assert_eq!(app.home(0).await.expect("home").latest.len(), 1);
    let rows = history(&app, "loaf").await;
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|it| it.origin_id == origin.id));
    let of_history = rows[0].row.payment.id;
    assert!(app.payment(of_history).await.is_err() && app.cancel_payment(of_history).await.is_err());
    assert_eq!(app.bills().await.expect("bills").len(), 1);
    assert!(other.server.state().charged.is_empty());
    assert_eq!(other.server.state().seen[asked..].iter().filter(|it| !it.contains("/v1/payments/")).count(), 0);

    let again = app.bring_in_history(&path, PASSPHRASE.into(), |_| ()).await.expect("again");
    let page = app.history(&query("")).await.expect("history");
    assert_eq!((page.origins, page.rows.len()), (vec![again.clone()], 4), "the newer instead of the older");
    let mut seen = Vec::new();
    let mut asked = HistoryQuery { limit: 3, ..query("") };
    loop {
        let page = app.history(&asked).await.expect("page");
        seen.extend(page.rows.iter().map(|it| it.row.payment.id));
        let Some(next) = page.next else { break };
        asked.before = Some(next);
    }
    seen.dedup();
    assert_eq!(seen.len(), 4, "page by page, each once");
    app.remove_history(again.id).await.expect("let go");
    assert!(app.history(&query("")).await.expect("history").rows.is_empty());
    assert_eq!(before.0, app.activity(all()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_called_off_or_under_a_short_passphrase_leaves_no_file() {
    let world = World::new();
    let (app, path) = filled(&world).await;
    std::fs::remove_file(&path).expect("removed");
    let short = app.make_archive(&path, "seven77".into(), |_| ()).await.expect_err("refused");
    assert_eq!(short.code(), ErrorCode::PasswordWeak);
    let stopping = app.clone();
    let tell = move |_| stopping.cancel_export();
    let stopped = app.make_archive(&path, PASSPHRASE.into(), tell).await.expect_err("called off");
    assert_eq!(stopped.code(), ErrorCode::Stopped);
    let nowhere = app.make_archive(&world.folder.path().join("none/a"), PASSPHRASE.into(), |_| ()).await;
    assert_eq!(nowhere.expect_err("no folder").code(), ErrorCode::FileFailed);
    let left: Vec<_> = std::fs::read_dir(world.folder.path())
        .expect("folder")
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| name.contains("archive"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}
