//! The list of payments: what filters show, what it sums to, how it leaves as a file.

use std::sync::Mutex;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use protocol::body::{Payment, PaymentState, Subject};
use uuid::Uuid;
use wallet::view::*;
use wallet::*;

use crate::world::*;

fn text(text: &str) -> ActivityFilter {
    ActivityFilter { text: text.into(), ..ActivityFilter::default() }
}

fn query(filter: &ActivityFilter) -> ActivityQuery {
    ActivityQuery { filter: filter.clone(), before: None, skip: None, limit: 200 }
}

async fn ids(app: &App, filter: &ActivityFilter) -> Vec<u128> {
    let page = app.activity(query(filter)).await.expect("page");
    page.rows.iter().map(|row| row.payment.id.as_u128()).collect()
}

fn paid(world: &World, id: u128, name: &str, amount: &str, note: &str) -> Payment {
    let now = world.clock.0.load(std::sync::atomic::Ordering::SeqCst);
    let handle = format!("payer{}", id % 7);
    Payment {
        id: Uuid::from_u128(id),
        payer: person(100 + id % 7, &handle, name),
        payee: world.server.state().me.clone(),
        amount: usd(amount),
        fee: None,
        source_id: None,
        request_id: None,
        returns: None,
        returned: None,
        note: note.into(),
        state: PaymentState::Succeeded,
        outcome_unknown: false,
        failure: None,
        action_url: None,
        verified_by: None,
        receipt: None,
        created_at_ms: now,
        updated_at_ms: now,
    }
}

const NAMES: [&str; 7] =
    ["Jonas Weber", "Anna Núñez", "Françoise Lefèvre", "José Gutiérrez", "Zoë O'Hara", "Ben Achterberg", "Li"];
const NOTES: [&str; 8] = ["", "rent", "Crème brûlée", "café 50% \"off\"", "a_b", "niño's cake", "ab", "Straße 12"];

#[tokio::test(flavor = "multi_thread")]
async fn a_search_shows_the_rows_a_plain_look_through_all_of_them_shows() {
    let world = World::new();
    let app = world.joined().await;
    let mut all = Vec::new();
    for n in 0..160_u128 {
        let (name, note) = (NAMES[(n % 7) as usize], NOTES[(n % 8) as usize]);
        let payment = paid(&world, 1_000 + n, name, &format!("{}.{:02}", n % 23 + 1, n % 100), note);
        // Two in the same millisecond, now and then: the order must not waver.
        world.wait(i64::from(n % 3 != 0));
        all.push((payment.created_at_ms, payment.id, payment.clone(), note));
        world.server.publish(&Subject::Payment(payment));
    }
    app.sync_now().await.expect("synced");
    all.sort_by_key(|(at, id, ..)| std::cmp::Reverse((*at, *id)));

    let mut runner =
        TestRunner::new_with_rng(Config::with_cases(120), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let places = (0..NAMES.len(), 0..NOTES.len(), 0_usize..14, 1_usize..6, 0_u32..20, any::<bool>(), 3_u32..60);
    let plain = |letters: &str| letters.to_lowercase();
    runner
        .run(&places, |(name, note, from, length, least, with_amount, limit)| {
            let source: Vec<char> = if from % 2 == 0 { NAMES[name] } else { NOTES[note] }.chars().collect();
            let words: String = source.iter().skip(from / 2).take(length).collect();
            let mut filter = text(&plain(&words));
            if with_amount {
                filter.min = Some(usd(&format!("{least}.00")));
            }
            let wanted: Vec<u128> = all
                .iter()
                .filter(|(_, _, payment, note)| {
                    let hay = folded_by_hand(&format!(
                        "{} {} {} {}",
                        payment.payer.display_name, payment.payer.handle, note, payment.amount.value
                    ));
                    let found = folded_by_hand(&words).split_whitespace().all(|word| hay.contains(word));
                    let whole: u32 = payment.amount.value.split('.').next().expect("whole").parse().expect("number");
                    found && (!with_amount || whole >= least)
                })
                .map(|(_, id, ..)| id.as_u128())
                .collect();
            let found = tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(page_by_page(&app, &filter, limit))
            });
            match found {
                Some(found) => prop_assert_eq!(found, wanted, "{:?} by {}", filter, limit),
                None => prop_assert!(wanted.is_empty(), "near although something holds {:?}", filter),
            }
            Ok(())
        })
        .expect("the same rows");
}

/// All rows of a filter, so many at a time; nothing when its words were taken for the nearest ones.
async fn page_by_page(app: &App, filter: &ActivityFilter, limit: u32) -> Option<Vec<u128>> {
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = app.activity(ActivityQuery { before, limit, ..query(filter) }).await.expect("page");
        if page.near.is_some() {
            return None;
        }
        assert!(page.rows.len() <= limit as usize, "more than asked for");
        found.extend(page.rows.iter().map(|row| row.payment.id.as_u128()));
        before = page.next;
        if before.is_none() {
            return Some(found);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_of_this_week_is_also_found_where_it_stood_long_ago() {
    let world = World::new();
    let app = world.joined().await;
    // Often among the newest, then not for longer than such a page is looked for along time, then often once more: too
    // many in all to go along what the trigrams name.
    let (newest, oldest, all) = (60, 520, 5_000);
    let says = |n: u128| if n < oldest || n >= all - newest { "market stall" } else { "rent" };
    for n in 0..all {
        world.server.publish(&Subject::Payment(paid(&world, 1_000 + n, "Li", "2.00", says(n))));
        world.wait(1);
    }
    app.sync_now().await.expect("synced");
    let wanted: Vec<u128> = (0..all).rev().filter(|n| says(*n) == "market stall").map(|n| 1_000 + n).collect();
    for limit in [20, 200] {
        assert_eq!(page_by_page(&app, &text("stall"), limit).await, Some(wanted.clone()), "{limit} at a time");
    }
    let totals = app.activity_totals(&text("stall")).await.expect("totals");
    assert_eq!(totals[0].count, wanted.len() as u32);
}

/// The letters of the test's own names, without looking at how the app folds.
fn folded_by_hand(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .map(|letter| match letter {
            'ú' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            'è' | 'é' | 'ë' => 'e',
            'û' => 'u',
            other => other,
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelt_name_finds_the_nearest_and_says_so() {
    let world = World::new();
    let app = world.joined().await;
    for (n, name) in NAMES.iter().enumerate() {
        world.server.publish(&Subject::Payment(paid(&world, 50 + n as u128, name, "3.00", "Saturday order")));
        world.wait(1);
    }
    app.sync_now().await.expect("synced");
    for (typed, meant, id) in [
        ("webr", "weber", 50),
        ("NUNES", "nunez", 51),
        ("lefevbre", "lefevre", 52),
        ("guttierez", "gutierrez", 53),
        ("achtrberg", "achterberg", 55),
        ("jnoas weber", "jonas weber", 50),
    ] {
        let page = app.activity(query(&text(typed))).await.expect("page");
        assert_eq!(page.near.as_deref(), Some(meant), "{typed}");
        assert_eq!(page.rows.iter().map(|row| row.payment.id.as_u128()).collect::<Vec<_>>(), [id], "{typed}");
    }
    let satrday = app.activity(query(&text("satrday"))).await.expect("page");
    assert_eq!((satrday.near.as_deref(), satrday.rows.len()), (Some("saturday"), 7));
    let exact = app.activity(query(&text("weber"))).await.expect("page");
    assert_eq!((exact.near, exact.rows.len()), (None, 1));
    let nothing = app.activity(query(&text("xylophone"))).await.expect("page");
    assert_eq!((nothing.near, nothing.rows.len()), (None, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_hold_together_and_the_totals_are_of_what_is_shown() {
    let world = World::new();
    let app = world.joined().await;
    let mut failed = paid(&world, 13, "Jonas Weber", "4.00", "");
    failed.state = PaymentState::RequiresPaymentMethod;
    let jonas = failed.payer.clone();
    let mut out = paid(&world, 14, "Jonas Weber", "10.00", "");
    std::mem::swap(&mut out.payer, &mut out.payee);
    out.payee = jonas.clone();
    (out.fee, out.source_id) = (Some(usd("0.30")), Some(Uuid::from_u128(5)));
    for payment in [
        paid(&world, 10, "Anna", "0.10", ""),
        Payment { payer: jonas.clone(), ..paid(&world, 11, "Jonas Weber", "0.20", "") },
        Payment { payer: jonas.clone(), ..paid(&world, 12, "Jonas Weber", "90071992547409.93", "") },
        failed,
        out,
    ] {
        world.wait(1_000);
        let at = world.clock.0.load(std::sync::atomic::Ordering::SeqCst);
        let payment = Payment { created_at_ms: at, updated_at_ms: at, ..payment };
        world.server.publish(&Subject::Payment(payment));
    }
    app.sync_now().await.expect("synced");
    let person = ActivityFilter { person: Some(jonas.id), ..ActivityFilter::default() };
    assert_eq!(ids(&app, &person).await, [14, 13, 12, 11]);
    let totals = app.activity_totals(&person).await.expect("totals");
    assert_eq!(totals.len(), 1);
    assert_eq!(
        (totals[0].received.clone(), totals[0].sent.clone(), totals[0].count),
        (usd("90071992547410.13"), usd("10.30"), 4)
    );
    let none = ActivityFilter::default;
    assert_eq!(ids(&app, &ActivityFilter { direction: Some(Direction::Out), ..none() }).await, [14]);
    assert_eq!(ids(&app, &ActivityFilter { stage: Some(Stage::Failed), ..none() }).await, [13]);
    assert_eq!(ids(&app, &ActivityFilter { source_id: Some(Uuid::from_u128(5)), ..none() }).await, [14]);
    let range = ActivityFilter { min: Some(usd("0.20")), max: Some(usd("4.00")), ..none() };
    assert_eq!(ids(&app, &range).await, [13, 11]);
    let time = ActivityFilter { from_ms: Some(START_MS + 2_000), until_ms: Some(START_MS + 4_000), ..none() };
    assert_eq!(ids(&app, &time).await, [12, 11]);
    world.wait(86_400_000 - 1_000);
    assert_eq!(ids(&app, &ActivityFilter { last_days: Some(1), ..none() }).await, [14, 13]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_stay_in_place_while_payments_arrive() {
    let world = World::new();
    let app = world.joined().await;
    for n in 0..50 {
        world.server.pay_us(600 + n, 0, "1.00", "rent");
        world.wait(1);
    }
    app.sync_now().await.expect("synced");
    let mut seen = Vec::new();
    let mut asked = ActivityQuery { limit: 8, ..query(&text("rent")) };
    loop {
        let page = app.activity(asked.clone()).await.expect("page");
        seen.extend(page.rows.iter().map(|row| row.payment.id.as_u128()));
        world.server.pay_us(900 + seen.len() as u128, 0, "1.00", "rent");
        world.wait(1);
        app.sync_now().await.expect("synced");
        let Some(next) = page.next else { break };
        asked.before = Some(next);
    }
    assert_eq!(seen, (600..650).rev().collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_holds_exactly_what_is_shown() {
    let world = World::new();
    let app = world.joined().await;
    for n in 0..1_203 {
        let note = if n == 7 { "=HYPERLINK(\"http://x\")" } else { "Zoë, rent" };
        world.server.publish(&Subject::Payment(paid(&world, 2_000 + n, "Anna", "90071992547.93", note)));
        world.wait(1);
    }
    app.sync_now().await.expect("synced");
    app.set_private_note(Uuid::from_u128(2_007), "only\nmine").await.expect("noted");
    let told = Mutex::new(Vec::new());
    let path = world.folder.path().join("out.csv");
    let none = ActivityFilter::default();
    let tell = |at| told.lock().expect("lock").push(at);
    let done = app.export_activity(&none, ExportFormat::Csv, &path, tell).await.expect("written");
    assert_eq!((done.count, done.path.as_deref()), (1_203, path.to_str()));
    let csv = std::fs::read_to_string(&path).expect("file");
    assert!(csv.starts_with("\u{feff}id,accepted_at,direction,"));
    assert_eq!(csv.matches(",90071992547.93,").count(), 1_203);
    assert!(csv.contains(",\"'=HYPERLINK(\"\"http://x\"\")\",\"only\nmine\","));
    assert!(csv.contains("2027-01-15T08:00:00"), "the moment in words");
    let told = told.into_inner().expect("told");
    assert_eq!(told.first(), Some(&ExportProgress { done: 0, total: 1_203 }));
    assert_eq!(told.last(), Some(&ExportProgress { done: 1_203, total: 1_203 }));

    let path = world.folder.path().join("out.json");
    app.export_activity(&text("hyperlink"), ExportFormat::Json, &path, |_| ()).await.expect("written");
    let rows: Vec<ActivityRow> = serde_json::from_slice(&std::fs::read(&path).expect("file")).expect("json");
    assert_eq!(rows, app.activity(query(&text("hyperlink"))).await.expect("page").rows);
    assert_eq!(rows.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_called_off_leaves_nothing() {
    let world = World::new();
    let app = world.joined().await;
    for n in 0..600 {
        world.server.pay_us(3_000 + n, 0, "1.00", "rent");
    }
    app.sync_now().await.expect("synced");
    let path = world.folder.path().join("out").with_extension("csv");
    let stop = |at: ExportProgress| {
        if at.done > 0 {
            app.cancel_export()
        }
    };
    let none = ActivityFilter::default();
    let done = app.export_activity(&none, ExportFormat::Csv, &path, stop).await.expect("ended");
    assert_eq!(done, Exported { path: None, count: 0 });
    let left: Vec<_> = std::fs::read_dir(world.folder.path())
        .expect("folder")
        .filter(|entry| entry.as_ref().expect("entry").file_name().to_string_lossy().starts_with("out"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_views_are_kept_in_the_book() {
    let world = World::new();
    let app = world.joined().await;
    let view = |name: &str, words: &str| ActivityView { name: name.into(), filter: text(words) };
    app.save_activity_view(view(" Rent ", "rent")).await.expect("saved");
    app.save_activity_view(view("Cafés", "cafe")).await.expect("saved");
    let kept = app.save_activity_view(view("rent", "rent 2027")).await.expect("saved");
    assert_eq!(kept, [view("rent", "rent 2027"), view("Cafés", "cafe")]);
    assert!(app.save_activity_view(view("  ", "")).await.is_err());
    app.close().await;
    drop(app);
    let app = world.open().await.expect("opened");
    assert_eq!(app.activity_views().await.expect("views"), kept);
    assert_eq!(app.remove_activity_view("rent").await.expect("removed"), [view("Cafés", "cafe")]);
}
