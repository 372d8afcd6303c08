//! Power cuts: real processes, SIGKILL, and the same data opened again. And what else can happen to a disk.

use journeys::{FolderPocket, Hand, Pocket, World, audit, eventually, join_form};
use ledger::Store;
use protocol::body::PaymentState;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;
use wallet::view::Sync;
use wallet::{App, ErrorCode, Internet, NoProbe, Options, SystemClock, SystemRandom};

/// A process that is killed with SIGKILL, at the latest when the test ends.
struct Process(Child);

impl Process {
    fn kill(&mut self) {
        self.0.kill().expect("SIGKILL");
        self.0.wait().expect("ended");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The newest modification under a folder.
fn newest(folder: &Path) -> SystemTime {
    let times = std::fs::read_dir(folder).expect("a folder").map(|entry| {
        let path = entry.expect("an entry").path();
        if path.is_dir() { newest(&path) } else { path.metadata().and_then(|m| m.modified()).expect("a time") }
    });
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The server's program beside this test's, built when it is missing or older than its sources.
fn server_program() -> PathBuf {
    let here = std::env::current_exe().expect("a path");
    let program = here.ancestors().nth(2).expect("the target folder").join("tessera-server");
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates");
    let sources =
        ["server", "ledger", "protocol", "pay", "qr", "print"].map(|part| newest(&crates.join(part).join("src")));
    let built = program.metadata().and_then(|m| m.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    if sources.iter().any(|time| *time > built) {
        // Without `--package`, so that the parts it is made of are those of every other build.
        let status = Command::new("cargo")
            .args(["build", "--bin", "tessera-server"])
            .current_dir(crates)
            .status()
            .expect("cargo runs");
        assert!(status.success(), "the server builds");
    }
    program
}

/// A `tessera-server` of its own on a free port.
struct Server {
    folder: TempDir,
    port: u16,
    process: Process,
}

impl Server {
    fn start(timings: &str) -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        let port = {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
            listener.local_addr().expect("an address").port()
        };
        let key = folder.path().join("server.key");
        let config = format!("key_file = {key:?}\n[rates]\nvisits_per_minute = 100000\n[timings]\n{timings}\n");
        std::fs::write(folder.path().join("server.toml"), config).expect("written");
        let process = Server::launch(folder.path(), port);
        Server { folder, port, process }
    }

    fn launch(folder: &Path, port: u16) -> Process {
        let child = Command::new(server_program())
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .args(["--database", &format!("sqlite:{}", folder.join("server.sqlite").display())])
            .args(["--public-url", &format!("http://127.0.0.1:{port}")])
            .arg("--config")
            .arg(folder.join("server.toml"))
            .stderr(std::fs::File::options().create(true).append(true).open(folder.join("log")).expect("a log"))
            .spawn()
            .expect("the server starts");
        let process = Process(child);
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            assert!(began.elapsed() < Duration::from_secs(60), "the server does not listen: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
        process
    }

    fn kill(&mut self) {
        self.process.kill();
    }

    fn start_again(&mut self) {
        self.process = Server::launch(self.folder.path(), self.port);
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Kills it and reads its book: how many payments there are, and what was sent in all.
    async fn read_the_book(&mut self) -> (i64, i64) {
        self.kill();
        let store = Store::open_sqlite(&self.folder.path().join("server.sqlite"), None).await.expect("opens");
        let sent = audit(&store).await.values().map(|(sent, _)| sent).sum();
        let mut tx = store.read().await.expect("a view");
        let count = tx.row("SELECT COUNT(*) FROM payment", ledger::args![]).await.expect("read").expect("a row");
        (count.i64(0).expect("a number"), sent)
    }
}

fn victim() -> Command {
    Command::new(env!("CARGO_BIN_EXE_journey-victim"))
}

/// Runs a victim to its end; gives its lines.
fn run(command: &mut Command) -> Vec<String> {
    let output = command.stderr(Stdio::inherit()).output().expect("it runs");
    assert!(output.status.success(), "{command:?} failed");
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

/// Starts a victim and waits until it says a word.
fn until_said(command: &mut Command, word: &str) -> (Process, BufReader<ChildStdout>) {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its words"));
    let process = Process(child);
    let mut line = String::new();
    while line.trim() != word {
        line.clear();
        assert!(lines.read_line(&mut line).expect("its words") > 0, "it ended before it said {word}");
    }
    (process, lines)
}

/// A payer is killed at a point and opened again: the payment ends exactly once.
async fn killed_at(point: &str) {
    let mut server = Server::start("");
    let (payer, payee) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    run(victim().arg("join").arg(payee.path()).args([&server.address(), "ben.bakes"]));
    run(victim().arg("join").arg(payer.path()).args([&server.address(), "ana"]));
    let (mut process, _lines) =
        until_said(victim().arg("pay").arg(payer.path()).args(["ben.bakes", "7.25", point]), "reached");
    process.kill();
    let said = run(victim().arg("finish").arg(payer.path()));
    assert_eq!(said, ["payment succeeded 7.25", "sent 7.25"]);
    let again = run(victim().arg("finish").arg(payer.path()));
    assert_eq!(again, said, "opening it once more changes nothing");
    assert_eq!(server.read_the_book().await, (1, 725));
}

/// A payer is killed while the confirmed payment still waits for its time.
async fn killed_while_waiting(seconds: &str) -> (Server, TempDir) {
    let server = Server::start("");
    let (payer, payee) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    run(victim().arg("join").arg(payee.path()).args([&server.address(), "ben.bakes"]));
    run(victim().arg("join").arg(payer.path()).args([&server.address(), "ana"]));
    let paying = ["ben.bakes", "7.25", seconds];
    let (mut process, _lines) = until_said(victim().arg("pay-waiting").arg(payer.path()).args(paying), "reached");
    process.kill();
    (server, payer)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_killed_with_a_return_sent_and_not_answered_gives_back_once() {
    let mut server = Server::start("");
    let (payer, payee) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    run(victim().arg("join").arg(payee.path()).args([&server.address(), "ben.bakes"]));
    run(victim().arg("join").arg(payer.path()).args([&server.address(), "ana"]));
    let paying = ["ben.bakes", "7.25", "answered"];
    let (mut process, _lines) = until_said(victim().arg("pay").arg(payer.path()).args(paying), "reached");
    process.kill();
    let (mut process, _lines) = until_said(victim().arg("give-back").arg(payee.path()).arg("sent"), "reached");
    process.kill();
    let said = run(victim().arg("finish").arg(payee.path()));
    assert_eq!(said, ["payment succeeded 7.25", "payment succeeded 7.25", "sent 7.25"]);
    assert_eq!(server.read_the_book().await, (2, 1450));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_killed_while_a_payment_waits_still_can_undo_it_and_nothing_moves() {
    let (mut server, payer) = killed_while_waiting("600").await;
    let said = run(victim().arg("undo").arg(payer.path()));
    assert_eq!(said, ["payment canceled 7.25", "sent 0.00"]);
    assert_eq!(run(victim().arg("finish").arg(payer.path())), said, "opening it once more changes nothing");
    assert_eq!(server.read_the_book().await, (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_killed_while_a_payment_waits_sends_it_once_when_its_time_has_come() {
    let (mut server, payer) = killed_while_waiting("4").await;
    let said = run(victim().arg("finish").arg(payer.path()));
    assert_eq!(said, ["payment succeeded 7.25", "sent 7.25"]);
    assert_eq!(run(victim().arg("finish").arg(payer.path())), said, "opening it once more changes nothing");
    assert_eq!(server.read_the_book().await, (1, 725));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_killed_with_the_order_stored_and_not_sent_pays_once() {
    killed_at("stored").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_killed_with_the_order_sent_and_not_answered_pays_once() {
    killed_at("sent").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_killed_with_the_answer_read_and_not_applied_pays_once() {
    killed_at("answered").await;
}

fn options(folder: &Path) -> Options {
    Options {
        folder: folder.join("app"),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        secrets: Arc::new(Pocket::default()),
        network: Arc::new(Internet),
        probe: Arc::new(NoProbe),
        background: true,
    }
}

async fn joined(folder: &Path, server: &Server, handle: &str) -> Hand {
    let hand = Hand::open(options(folder)).await;
    hand.app.join(join_form(&server.address(), handle)).await.expect("joined");
    hand.app.add_source("sandbox_visa_debit".into(), String::new()).await.expect("a card");
    hand
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_between_accepting_and_settling_settles_once_after_its_restart() {
    let mut server = Server::start("sandbox_charge_ms = 3000");
    let folder = tempfile::tempdir().expect("a folder");
    let ana = joined(&folder.path().join("ana"), &server, "ana").await;
    let ben = joined(&folder.path().join("ben"), &server, "ben.bakes").await;
    let id = ana.pay("ben.bakes", "3.10", None).await.expect("confirmed");
    let accepted = |row: &wallet::view::ActivityRow| row.sync == Sync::Acked;
    let row = ana.until(id, "the server accepts", accepted).await;
    assert_eq!(row.payment.state, PaymentState::Processing);
    server.kill();
    server.start_again();
    ana.until_paid(id).await;
    eventually("the money is there", || async { (ben.moved().await == (0, 310)).then_some(()) }).await;
    assert_eq!(ana.moved().await, (310, 0));
    assert_eq!(server.read_the_book().await, (1, 310));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_named_and_loses_nothing() {
    let mut server = Server::start("");
    let (payee, disk) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    run(victim().arg("join").arg(payee.path()).args([&server.address(), "ben.bakes"]));
    // A small disk that only this process and its children see; a user without rights makes it in a namespace.
    let script = "mount -t tmpfs -o size=6m none \"$2\" && exec \"$1\" full-disk \"$2\" \"$3\" ben.bakes";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    command.arg(env!("CARGO_BIN_EXE_journey-victim")).arg(disk.path()).arg(server.address());
    let said = run(&mut command);
    assert_eq!(said.first().map(String::as_str), Some("confirmed after"));
    assert_eq!(said.last().map(String::as_str), Some("sent 10.00"));
    assert_eq!(server.read_the_book().await, (4, 1000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_instance_on_the_same_data_is_told_so() {
    let server = Server::start("");
    let folder = tempfile::tempdir().expect("a folder");
    run(victim().arg("join").arg(folder.path()).args([&server.address(), "ana"]));
    let (mut first, _lines) = until_said(victim().arg("hold").arg(folder.path()), "open");
    let secrets = Arc::new(FolderPocket(folder.path().join("keyring")));
    let second = App::open(Options { secrets: secrets.clone(), ..options(folder.path()) }).await;
    assert_eq!(second.err().map(|error| error.code()), Some(ErrorCode::DatabaseLocked));
    first.kill();
    let third = App::open(Options { secrets, ..options(folder.path()) }).await.expect("the first has gone");
    assert_eq!(third.status().await.expect("status").current.expect("a book").handle, "ana");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_database_opens_for_reading_and_is_named() {
    let world = World::new(1).await;
    let ben = world.hand("ben.bakes", "sandbox_visa_debit").await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    let id = ana.pay("ben.bakes", "2.00", None).await.expect("confirmed");
    ana.until_paid(id).await;
    // A long note, so that the last page of the file holds nothing the app starts with.
    ana.app.set_private_note(id, &"a long story ".repeat(300)).await.expect("noted");
    ana.app.close().await;
    drop(ana);
    let file = world.folder("ana").join("servers/pay.example/book.sqlite");
    let mut bytes = std::fs::read(&file).expect("the database");
    let last = bytes.len() - 4096;
    bytes[last + 100..last + 164].fill(0xAA);
    std::fs::write(&file, bytes).expect("damaged");
    let ana = eventually("the app opens", || async { App::open(world.options("ana")).await.ok() }).await;
    let ana = Hand { app: ana, clock: world.clock.clone() };
    let status = ana.app.status().await.expect("status");
    assert!(status.read_only && !status.needs_passphrase, "{status:?}");
    let draft = wallet::view::Draft {
        payee_handle: "ben.bakes".into(),
        amount: journeys::usd("1.00"),
        source_id: uuid::Uuid::nil(),
        request_id: None,
        note: String::new(),
    };
    assert_eq!(ana.app.prepare_payment(draft).await.expect_err("read-only").code(), ErrorCode::DatabaseCorrupt);
    assert_eq!(status.current.expect("a book").handle, "ana", "what is whole can be read");
    assert_eq!(ben.moved().await, (0, 200), "the other side is untouched");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_damaged_from_its_first_page_is_not_taken_for_a_locked_one() {
    let world = World::new(1).await;
    let ana = world.hand("ana", "sandbox_visa_debit").await;
    ana.app.close().await;
    drop(ana);
    let file = world.folder("ana").join("servers/pay.example/book.sqlite");
    let mut bytes = std::fs::read(&file).expect("the database");
    bytes[..8192].fill(0xAA);
    std::fs::write(&file, bytes).expect("damaged");
    let app = eventually("the app opens", || async { App::open(world.options("ana")).await.ok() }).await;
    let status = app.status().await.expect("status");
    assert!(status.read_only && !status.needs_passphrase, "no passphrase mends it: {status:?}");
    assert_eq!(app.home(0).await.expect_err("damaged").code(), ErrorCode::DatabaseCorrupt);
}
