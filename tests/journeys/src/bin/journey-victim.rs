//! An app in a process of its own, to be killed at a chosen point. Only the kill tests start it.

use futures::future::BoxFuture;
use journeys::{FolderPocket, Hand, join_form};
use pay::Currency;
use protocol::body::PaymentState;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use wallet::view::{Hold, Sync as Known};
use wallet::{
    ErrorCode, HttpRequest, HttpResponse, Internet, KillPoint, Network, NoProbe, Options, Pokes, Probe, SystemClock,
    SystemRandom, Transport, TransportError,
};

/// Stands still at one point until the process is killed.
struct StandStill(KillPoint);

impl Probe for StandStill {
    fn reached(&self, point: KillPoint) {
        if point == self.0 {
            say("reached");
            loop {
                std::thread::park();
            }
        }
    }
}

/// Fills the disk once an order has left.
struct FillUp {
    filler: PathBuf,
    armed: AtomicBool,
}

impl Probe for FillUp {
    fn reached(&self, point: KillPoint) {
        if point == KillPoint::SentNotAnswered && self.armed.swap(false, Ordering::SeqCst) {
            fill(&self.filler);
            say("filled");
        }
    }
}

/// The real network, with a switch.
struct Cable {
    plugged_in: Arc<AtomicBool>,
}

struct Plug {
    way: Arc<dyn Transport>,
    plugged_in: Arc<AtomicBool>,
}

impl Network for Cable {
    fn open(&self, server: &str) -> Result<Arc<dyn Transport>, TransportError> {
        Ok(Arc::new(Plug { way: Internet.open(server)?, plugged_in: Arc::clone(&self.plugged_in) }))
    }
}

impl Plug {
    fn check(&self) -> Result<(), TransportError> {
        if self.plugged_in.load(Ordering::SeqCst) { Ok(()) } else { Err(TransportError::Unreachable) }
    }
}

impl Transport for Plug {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async move {
            self.check()?;
            self.way.send(request).await
        })
    }

    fn listen(&self, request: HttpRequest) -> BoxFuture<'_, Result<Pokes, TransportError>> {
        Box::pin(async move {
            self.check()?;
            self.way.listen(request).await
        })
    }
}

fn say(word: &str) {
    println!("{word}");
    std::io::stdout().flush().expect("somebody listens");
}

fn options(folder: &Path, probe: Arc<dyn Probe>) -> Options {
    Options {
        folder: folder.join("app"),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        secrets: Arc::new(FolderPocket(folder.join("keyring"))),
        network: Arc::new(Internet),
        probe,
        background: true,
    }
}

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["join", folder, address, handle] => join(Path::new(folder), address, handle).await,
        ["pay", folder, payee, amount, point] => {
            let hand = Hand::open(options(Path::new(folder), Arc::new(StandStill(point_of(point))))).await;
            hand.pay(payee, amount, None).await.expect("confirmed");
            std::future::pending::<()>().await;
        }
        // Pays as "pay" does, but the payment waits this many seconds first.
        ["pay-waiting", folder, payee, amount, seconds] => {
            let probe = Arc::new(StandStill(KillPoint::StoredNotSent));
            let hand = Hand::open(options(Path::new(folder), probe)).await;
            let first_or_large_s = seconds.parse().expect("seconds");
            hand.hold(Hold { first_or_large_s, ..Hold::none() }).await;
            hand.pay(payee, amount, None).await.expect("confirmed");
            std::future::pending::<()>().await;
        }
        // Gives the newest received payment back and stands still at the point.
        ["give-back", folder, point] => {
            let hand = Hand::open(options(Path::new(folder), Arc::new(StandStill(point_of(point))))).await;
            let row = journeys::eventually("money came", || async { hand.rows().await.into_iter().next() }).await;
            hand.app.prepare_return(row.payment.id, row.payment.amount).await.expect("prepared");
            hand.app.confirm_view().await.expect("a view");
            tokio::time::sleep(Duration::from_millis(700)).await;
            hand.app.confirm_pay(None).await.expect("confirmed");
            std::future::pending::<()>().await;
        }
        ["undo", folder] => {
            let hand = Hand::open(options(Path::new(folder), Arc::new(NoProbe))).await;
            for row in hand.rows().await {
                hand.app.undo_payment(row.payment.id).await.expect("it still waits");
            }
            finish(hand).await;
        }
        ["finish", folder] => finish(Hand::open(options(Path::new(folder), Arc::new(NoProbe))).await).await,
        ["hold", folder] => {
            let _hand = Hand::open(options(Path::new(folder), Arc::new(NoProbe))).await;
            say("open");
            std::future::pending::<()>().await;
        }
        ["full-disk", folder, address, payee] => full_disk(Path::new(folder), address, payee).await,
        other => panic!("no such story: {other:?}"),
    }
}

fn point_of(word: &str) -> KillPoint {
    match word {
        "stored" => KillPoint::StoredNotSent,
        "sent" => KillPoint::SentNotAnswered,
        "answered" => KillPoint::AnsweredNotApplied,
        other => panic!("no such point: {other}"),
    }
}

async fn join(folder: &Path, address: &str, handle: &str) {
    let hand = Hand::open(options(folder, Arc::new(NoProbe))).await;
    hand.app.join(join_form(address, handle)).await.expect("joined");
    hand.app.add_source("sandbox_visa_debit".into(), String::new()).await.expect("a card");
    say("joined");
    quit(hand).await;
}

/// Ends as the app does. No thread of a database may be left then: at exit SQLCipher gives back the memory they work with.
async fn quit(hand: Hand) {
    hand.app.close().await;
    journeys::eventually("no thread of a database is left", || async {
        let threads = std::fs::read_dir("/proc/self/task").expect("own threads").flatten();
        let mut names = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("comm")).ok());
        (!names.any(|name| name.starts_with("sqlx-sqlite"))).then_some(())
    })
    .await;
}

/// Waits until everything is over, then says what happened: a line a payment, and the sum.
async fn finish(hand: Hand) {
    let rows = journeys::eventually("everything is over", || async {
        let rows = hand.rows().await;
        let over =
            |row: &wallet::view::ActivityRow| row.sync == Known::Acked && row.payment.state != PaymentState::Processing;
        (!rows.is_empty() && rows.iter().all(over)).then_some(rows)
    })
    .await;
    for row in rows {
        say(&format!("payment {} {}", row.payment.state.as_str(), row.payment.amount.value));
    }
    say(&format!("sent {}", hand.app.totals(Currency::USD).await.expect("totals").sent.to_decimal_string()));
    quit(hand).await;
}

/// Writes until there is no space left.
fn fill(filler: &Path) {
    let mut file = std::fs::File::create(filler).expect("a filler");
    for size in [1 << 16, 1 << 12, 1] {
        let piece = vec![0; size];
        while file.write_all(&piece).is_ok() {}
    }
}

/// On a small disk: paying is refused with its code while the disk is full and works once it is not; an answer that
/// comes while the disk is full is not lost.
async fn full_disk(folder: &Path, address: &str, payee: &str) {
    let filler = folder.join("filler");
    let probe = Arc::new(FillUp { filler: filler.clone(), armed: AtomicBool::new(false) });
    let plugged_in = Arc::new(AtomicBool::new(true));
    let network = Arc::new(Cable { plugged_in: Arc::clone(&plugged_in) });
    let options = || Options { network: network.clone(), ..options(folder, probe.clone()) };
    let hand = Hand::open(options()).await;
    hand.app.join(join_form(address, "full.house")).await.expect("joined");
    hand.app.add_source("sandbox_visa_debit".into(), String::new()).await.expect("a card");
    let first = hand.pay(payee, "1.00", None).await.expect("confirmed");
    hand.until_paid(first).await;

    let draft = hand.draft(payee, &journeys::usd("2.00"), None).await;
    hand.look(draft).await.expect("looked");
    fill(&filler);
    // The write-ahead log may have room left; notes use it up.
    let mut notes = 0_u32;
    let refused = loop {
        notes += 1;
        assert!(notes < 5_000, "the disk never got full");
        let text = format!("{notes} {}", "x".repeat(3_900));
        if let Err(error) = hand.app.set_private_note(first, &text).await {
            break error;
        }
    };
    assert_eq!(refused.code(), ErrorCode::DiskFull, "{refused:?}");
    assert_eq!(hand.app.make_backup().await.expect_err("no room").code(), ErrorCode::DiskFull);
    assert_eq!(hand.app.backups().await.expect("listed").trouble, Some(ErrorCode::DiskFull));
    assert_eq!(hand.app.confirm_pay(None).await.expect_err("no room").code(), ErrorCode::DiskFull);
    std::fs::remove_file(&filler).expect("room again");
    let second = hand.app.confirm_pay(None).await.expect("what was looked at can still be confirmed").payment_id;
    hand.until_paid(second).await;
    say("confirmed after");

    // The answer cannot be written down. Opened anew, the write-ahead log has no room of its own.
    let hand = reopened(hand, options()).await;
    probe.armed.store(true, Ordering::SeqCst);
    let third = hand.pay(payee, "3.00", None).await.expect("confirmed");
    wait_and_make_room(&filler).await;
    hand.until_paid(third).await;

    // Nor can be written down that nothing left.
    let hand = reopened(hand, options()).await;
    let draft = hand.draft(payee, &journeys::usd("4.00"), None).await;
    hand.look(draft).await.expect("looked");
    plugged_in.store(false, Ordering::SeqCst);
    probe.armed.store(true, Ordering::SeqCst);
    let fourth = hand.app.confirm_pay(None).await.expect("confirmed").payment_id;
    wait_and_make_room(&filler).await;
    plugged_in.store(true, Ordering::SeqCst);
    hand.until_paid(fourth).await;
    finish(hand).await;
}

async fn reopened(hand: Hand, options: Options) -> Hand {
    hand.app.close().await;
    drop(hand);
    let app = journeys::eventually("the app lets go", || async { wallet::App::open(options.clone()).await.ok() }).await;
    Hand { app, clock: options.clock.clone() }
}

/// Waits until the disk was full for a while, then makes room.
async fn wait_and_make_room(filler: &Path) {
    while !filler.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    std::fs::remove_file(filler).expect("room again");
}
