use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex};

use protocol::Code;
use wallet::view::*;
use wallet::*;

use crate::paying::{all, confirm, draft};
use crate::world::*;

const PIN: &str = "271828";

async fn with_pin(world: &World) -> App {
    let app = world.joined().await;
    app.set_pin(None, Some(PIN.into())).await.expect("set");
    app
}

fn choose(change: impl FnOnce(&mut LockChoices)) -> LockChoices {
    let mut choices = LockChoices::default();
    change(&mut choices);
    choices
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_it_says_nothing_but_that_it_is_locked() {
    let world = World::new();
    let app = with_pin(&world).await;
    confirm_with_pin(&world, &app, "1.00").await;
    app.sync_now().await.expect("synced");
    let status = app.lock_now().await.expect("locked");
    assert!(status.locked && status.pin_set && !status.needs_passphrase);
    let said = format!("{status:?}");
    for name in ["zoraida", "Zoraida", "pay.example", "Example"] {
        assert!(!said.contains(name), "{name} in {said}");
    }
    assert_eq!(app.me().await.err(), Some(WalletError::Locked));
    assert_eq!(app.activity(all()).await.err(), Some(WalletError::Locked));
    assert_eq!(app.prepare_payment(draft("harbor", "1.00")).await.err(), Some(WalletError::Locked));
    assert_eq!(app.confirm_view().await.err(), Some(WalletError::Locked));
    assert_eq!(app.set_pin(Some(PIN.into()), None).await.err(), Some(WalletError::Locked));
    assert_eq!(app.set_lock_choices(LockChoices::default(), None).await.err(), Some(WalletError::Locked));
    assert_eq!(app.stop_practice().await.err(), Some(WalletError::Locked));
    assert_eq!(app.join(form()).await.err(), Some(WalletError::Locked));
    assert_eq!(app.lock_now().await.err(), Some(WalletError::Locked));
    let status = app.unlock_with_pin(PIN).await.expect("unlocked");
    assert_eq!(status.current.expect("a book").handle, "zoraida");
    assert_eq!(app.activity(all()).await.expect("read").rows.len(), 1);
    confirm_with_pin(&world, &app, "2.00").await;
    app.sync_now().await.expect("the line is there again");
    assert_eq!(world.server.state().charged.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finger_opens_it_only_where_that_was_chosen_with_the_pin() {
    let world = World::new();
    let app = with_pin(&world).await;
    let by_finger = choose(|it| it.by_finger = true);
    assert_eq!(app.set_lock_choices(by_finger.clone(), None).await.err(), Some(WalletError::WrongPin));
    assert!(!app.lock_now().await.expect("locked").by_finger);
    assert_eq!(app.unlock_with_finger().await.err(), Some(WalletError::Invalid(Code::WrongState)));
    assert!(app.is_locked().await, "nothing was opened");
    app.unlock_with_pin(PIN).await.expect("unlocked");
    app.set_lock_choices(by_finger, Some(PIN.into())).await.expect("chosen");
    assert!(!app.status().await.expect("status").by_finger, "it is open");
    assert!(app.lock_now().await.expect("locked").by_finger);
    assert!(!app.unlock_with_finger().await.expect("unlocked").locked);
    app.close().await;
    drop(app);
    let app = App::open(world.options(world.folder.path())).await.expect("opened");
    assert!(app.status().await.expect("status").by_finger, "locked from the start, and known all the same");
    app.unlock_with_finger().await.expect("unlocked");
    confirm_with_pin(&world, &app, "1.00").await;
}

async fn confirm_with_pin(world: &World, app: &App, amount: &str) {
    app.prepare_payment(draft("harbor", amount)).await.expect("prepared");
    app.confirm_view().await.expect("view");
    world.wait(600);
    app.confirm_pay(Some(PIN.into())).await.expect("confirmed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_confirmation_is_gone_after_a_lock() {
    let world = World::new();
    let app = with_pin(&world).await;
    app.prepare_payment(draft("harbor", "3.00")).await.expect("prepared");
    app.confirm_view().await.expect("view");
    app.lock_now().await.expect("locked");
    app.unlock_with_pin(PIN).await.expect("unlocked");
    assert_eq!(app.confirm_pay(Some(PIN.into())).await.err(), Some(WalletError::NothingToConfirm));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_locked_that_nothing_would_open_again() {
    let world = World::new();
    let app = world.joined().await;
    assert_eq!(app.lock_now().await.err(), Some(WalletError::Invalid(Code::WrongState)));
    app.me().await.expect("still open");
    world.wait(24 * 3_600_000);
    assert_eq!(app.lock_if_idle().await, Ok(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_locks_itself_after_the_chosen_time_without_input_and_not_before() {
    let world = World::new();
    let app = with_pin(&world).await;
    app.set_lock_choices(choose(|it| it.after = LockAfter::FiveMinutes), None).await.expect("sooner needs no PIN");
    app.report_input();
    world.wait(299_999);
    assert_eq!(app.lock_if_idle().await, Ok(false));
    app.report_input();
    world.wait(299_999);
    assert_eq!(app.lock_if_idle().await, Ok(false), "input counts");
    world.wait(1);
    assert_eq!(app.lock_if_idle().await, Ok(true));
    assert!(app.is_locked().await);
    app.unlock_with_pin(PIN).await.expect("unlocked");
    assert_eq!(app.lock_if_idle().await, Ok(false), "unlocking is input");
    // A clock that is set back a year neither locks now nor keeps the book open for a year.
    world.wait(-31_536_000_000);
    assert_eq!(app.lock_if_idle().await, Ok(false));
    world.wait(300_000);
    assert_eq!(app.lock_if_idle().await, Ok(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn loosening_the_lock_wants_the_pin_and_tightening_does_not() {
    let world = World::new();
    let app = with_pin(&world).await;
    let looser = [
        choose(|it| it.after = LockAfter::Never),
        choose(|it| it.at_start = false),
        choose(|it| it.send_while_locked = true),
        choose(|it| it.pin_for = PinFor::UnlockOnly),
    ];
    for choices in looser {
        let refused = app.set_lock_choices(choices.clone(), None).await.err();
        assert_eq!(refused, Some(WalletError::WrongPin), "{choices:?}");
        assert_eq!(app.lock_choices().await, Ok(LockChoices::default()));
        app.set_lock_choices(choices.clone(), Some(PIN.into())).await.expect("with the PIN");
        assert_eq!(app.lock_choices().await, Ok(choices));
        app.set_lock_choices(LockChoices::default(), None).await.expect("back without it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_to_unlock_means_that_a_payment_does_not_ask() {
    let world = World::new();
    let app = with_pin(&world).await;
    let choices = choose(|it| it.pin_for = PinFor::UnlockOnly);
    app.set_lock_choices(choices, Some(PIN.into())).await.expect("chosen");
    confirm(&world, &app, "harbor", "3.00").await;
    app.lock_now().await.expect("locked");
    assert_eq!(app.unlock_with_pin("000000").await.err(), Some(WalletError::WrongPin));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_pins_at_the_lock_wait_and_a_restart_starts_locked_and_forgets_nothing() {
    let world = World::new();
    let app = with_pin(&world).await;
    app.lock_now().await.expect("locked");
    for _ in 0..3 {
        assert_eq!(app.unlock_with_pin("000000").await.err(), Some(WalletError::WrongPin));
    }
    drop(app);
    let app = world.open().await.expect("opened");
    assert!(app.status().await.expect("status").locked);
    let wait = app.unlock_with_pin(PIN).await.err();
    assert!(matches!(wait, Some(WalletError::PinWait { retry_after_s: 29..=30 })), "{wait:?}");
    assert_eq!(app.me().await.err(), Some(WalletError::Locked));
    world.wait(30_000);
    app.unlock_with_pin(PIN).await.expect("unlocked");
    app.set_lock_choices(choose(|it| it.at_start = false), Some(PIN.into())).await.expect("chosen");
    drop(app);
    let app = world.open().await.expect("opened");
    assert!(!app.status().await.expect("status").locked);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recovery_key_opens_a_lock_whose_pin_is_forgotten_and_takes_the_pin_away() {
    let world = World::new();
    let app = world.open().await.expect("opened");
    let key = app.join(form()).await.expect("joined").recovery_key;
    app.set_pin(None, Some(PIN.into())).await.expect("set");
    app.lock_now().await.expect("locked");
    assert_eq!(app.restore_with_recovery_key("000-000").await.err(), Some(WalletError::WrongPassphrase));
    assert!(app.is_locked().await);
    let status = app.restore_with_recovery_key(&key).await.expect("open");
    assert!(!status.locked && !status.pin_set);
    app.set_pin(None, Some("314159".into())).await.expect("a new one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_under_a_passphrase_locks_without_a_pin_and_the_passphrase_opens_it() {
    let world = World::new();
    world.secrets.broken.store(true, std::sync::atomic::Ordering::SeqCst);
    let app = world.open().await.expect("opened");
    let passphrase = "a long sentence of mine";
    app.join(JoinForm { passphrase: Some(passphrase.into()), ..form() }).await.expect("joined");
    let status = app.lock_now().await.expect("locked");
    assert!(status.needs_passphrase && !status.locked);
    assert_eq!(app.me().await.err(), Some(WalletError::Locked));
    assert_eq!(app.unlock_with_pin(PIN).await.err(), Some(WalletError::PassphraseNeeded));
    app.unlock_with_passphrase(passphrase).await.expect("open");
    app.me().await.expect("read");
}

#[tokio::test(flavor = "multi_thread")]
async fn queued_orders_leave_while_locked_only_when_that_was_chosen() {
    for send_while_locked in [false, true] {
        let mut world = World::new();
        world.background = true;
        let app = with_pin(&world).await;
        let choices = choose(|it| it.send_while_locked = send_while_locked);
        app.set_lock_choices(choices, Some(PIN.into())).await.expect("chosen");
        app.sync_now().await.expect("synced");
        world.server.fault("POST /v1/payments", Fault::Offline);
        confirm_with_pin(&world, &app, "3.00").await;
        until("the first try failed", || world.server.state().faults.is_empty()).await;
        app.lock_now().await.expect("locked");
        if send_while_locked {
            // Its pause passes by the world's clock; the sender looks again by itself.
            world.wait(600_000);
            until("it left", || world.server.state().charged.len() == 1).await;
        } else {
            let seen = world.server.state().seen.len();
            world.wait(600_000);
            tokio::time::sleep(std::time::Duration::from_secs(3)).await;
            assert_eq!(world.server.state().seen.len(), seen, "not a byte leaves");
        }
        assert!(app.is_locked().await);
        assert_eq!(app.me().await.err(), Some(WalletError::Locked));
        app.unlock_with_pin(PIN).await.expect("unlocked");
        until("it left in the end", || world.server.state().charged.len() == 1).await;
        assert!(world.server.state().charged.values().all(|times| *times == 1));
    }
}

async fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..1_200 {
        if done() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("never: {what}");
}

/// Real randomness that keeps every 32 bytes it gave, masked, so that looking for them does not find this list.
#[derive(Default)]
struct Keys(Mutex<Vec<[u8; 32]>>);

const MASK: u8 = 0xa5;

impl Random for Keys {
    fn fill(&self, bytes: &mut [u8]) {
        SystemRandom.fill(bytes);
        if bytes.len() == 32 {
            let mut masked = [0; 32];
            for (masked, byte) in masked.iter_mut().zip(bytes.iter()) {
                *masked = byte ^ MASK;
            }
            self.0.lock().expect("lock").push(masked);
        }
    }
}

impl Keys {
    /// Where in this process's memory one of the keys is, by its turn.
    fn in_memory(&self) -> Vec<(usize, String)> {
        let keys = self.0.lock().expect("lock").clone();
        let maps = std::fs::read_to_string("/proc/self/maps").expect("maps");
        let memory = std::fs::File::open("/proc/self/mem").expect("own memory");
        let mut found = Vec::new();
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (from, to) = line.split(' ').next().and_then(|range| range.split_once('-')).expect("a range");
            let from = u64::from_str_radix(from, 16).expect("hex");
            let to = u64::from_str_radix(to, 16).expect("hex");
            let mut bytes = vec![0; usize::try_from(to - from).expect("fits")];
            // What another thread gave back meanwhile holds no key of ours.
            if memory.read_exact_at(&mut bytes, from).is_err() {
                continue;
            }
            bytes.iter_mut().for_each(|byte| *byte ^= MASK);
            for (turn, key) in keys.iter().enumerate() {
                if bytes.windows(32).any(|window| window == key) {
                    found.push((turn, line.to_owned()));
                }
            }
        }
        found
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_is_left_in_memory_after_a_lock() {
    let world = World::new();
    let keys = Arc::new(Keys::default());
    let options = Options { random: Arc::clone(&keys) as Arc<dyn Random>, ..world.options(world.folder.path()) };
    let app = App::open(options).await.expect("opened");
    app.join(form()).await.expect("joined");
    app.set_pin(None, Some(PIN.into())).await.expect("set");
    confirm_with_pin(&world, &app, "3.00").await;
    app.sync_now().await.expect("synced");
    assert!(keys.0.lock().expect("lock").len() >= 2, "the key of the database and the key of the device");
    assert!(!keys.in_memory().is_empty(), "the open book signs with a key: looking finds it");
    app.lock_now().await.expect("locked");
    assert_eq!(keys.in_memory(), []);
    app.unlock_with_pin(PIN).await.expect("unlocked");
    assert!(!keys.in_memory().is_empty());
}
