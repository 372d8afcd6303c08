//! The list, the search and the first sync of a book of many payments, each beside bare SQL and bare HTTP over the
//! same rows and bytes in the same run. The server is the real one, over real HTTP on this machine; what it is asked
//! for lies in its book before the clock starts.

mod payments;
mod raw;
mod world;

use crate::desktop::NotMeasured;
use crate::{Figure, median};
use raw::Bare;
use std::future::Future;
use std::time::Instant;
use wallet::App;
use wallet::view::{ActivityFilter, ActivityQuery};
use world::World;

/// First syncs of each kind; the median counts.
const SYNCS: usize = 3;
/// Questions of each kind; the median counts.
const ASKED: usize = 15;
/// Rows the window asks for at once.
const PAGE: u32 = 200;
/// What is searched for: part of a name, a whole name, an amount, a word many notes have, a word with an accent, two
/// letters.
const SEARCHES: [&str; 6] = ["webe", "clara osei", "41.70", "order", "café", "qu"];

/// The names of the figures of one size: list, search, and the first sync when it is measured.
pub struct Names {
    /// Payments in the book.
    pub rows: u32,
    /// First page of the list.
    pub activity: &'static str,
    /// Search.
    pub search: &'static str,
    /// First sync.
    pub sync: Option<&'static str>,
}

/// Every size that is measured.
pub const SIZES: [Names; 2] = [
    Names { rows: 100_000, activity: "activity-100k", search: "search-100k", sync: Some("sync-100k") },
    Names { rows: 1_000_000, activity: "activity-1m", search: "search-1m", sync: None },
];

/// Measures what is wanted of one size.
pub fn measure(names: &Names, wanted: impl Fn(&str) -> bool) -> Result<Vec<Figure>, NotMeasured> {
    let sync = names.sync.filter(|name| wanted(name));
    let (activity, search) = (wanted(names.activity), wanted(names.search));
    if sync.is_none() && !activity && !search {
        return Ok(Vec::new());
    }
    let runtime = tokio::runtime::Runtime::new().or_not("a runtime")?;
    runtime.block_on(async {
        let world = World::start(names.rows).await?;
        let mut figures = Vec::new();
        let app = match sync {
            Some(name) => {
                let (figure, app) = first_sync(&world, name).await?;
                figures.push(figure);
                app
            }
            None => world.synced().await?.1,
        };
        let mut bare = Bare::open(&world.book_file(), &world.book_key()?).await?;
        if activity {
            figures.push(first_page(&app, &mut bare, names.activity).await?);
        }
        if search {
            figures.push(searches(&app, &mut bare, names.search).await?);
        }
        app.close().await;
        world.stop().await;
        Ok(figures)
    })
}

/// Seconds a first sync took beside downloading the same bytes and inserting the same rows.
async fn first_sync(world: &World, name: &'static str) -> Result<(Figure, App), NotMeasured> {
    let pages = world.pages().await?;
    let (mut ours, mut limits) = (Vec::new(), Vec::new());
    loop {
        let (seconds, app) = world.synced().await?;
        ours.push(seconds);
        let rows = raw::Rows::of(&world.book_file(), &world.book_key()?).await?;
        let download = raw::download(&pages).await?;
        let insert = rows.insert(&world.fresh_file(), &world.book_key()?).await?;
        eprintln!("{name}: ours {seconds:.2} s; download {download:.2} s, insert {insert:.2} s");
        limits.push(download + insert);
        if ours.len() == SYNCS {
            return Ok((pair(name, ours, limits, "s"), app));
        }
        app.close().await;
    }
}

/// Says what was wanted when it could not be had.
trait OrNot<T> {
    fn or_not(self, what: &str) -> Result<T, NotMeasured>;
}

impl<T, E: std::fmt::Display> OrNot<T> for Result<T, E> {
    fn or_not(self, what: &str) -> Result<T, NotMeasured> {
        self.map_err(|error| NotMeasured(format!("{what}: {error}")))
    }
}

/// Milliseconds until the newest rows are there, ready for the window, beside the bare query.
async fn first_page(app: &App, bare: &mut Bare, name: &'static str) -> Result<Figure, NotMeasured> {
    let (ours, shown) = asked_often(app, "").await?;
    let mut limits = Vec::new();
    for _ in 0..ASKED {
        let (raw_ms, found) = timed(bare.newest(PAGE)).await?;
        same(name, &shown, &found)?;
        limits.push(raw_ms);
    }
    Ok(pair(name, ours, limits, "ms"))
}

/// The search whose ratio is the worst. The bare query is the quicker one of the two anybody would write: along the
/// trigrams, or along time. Each is asked in a row of its own: what comes after a slow one finds the caches full of that.
async fn searches(app: &App, bare: &mut Bare, name: &'static str) -> Result<Figure, NotMeasured> {
    let mut worst: Option<Figure> = None;
    for text in SEARCHES {
        let (ours, shown) = asked_often(app, text).await?;
        let (mut along_trigrams, mut along_time) = (Vec::new(), Vec::new());
        for _ in 0..ASKED {
            let (raw_ms, found) = timed(bare.search_by_time(text, PAGE)).await?;
            same(text, &shown, &found)?;
            along_time.push(raw_ms);
        }
        if let Some(trigrams) = raw::trigrams(text) {
            for _ in 0..ASKED {
                let (raw_ms, found) = timed(bare.search_by_trigrams(&trigrams, text, PAGE)).await?;
                same(text, &shown, &found)?;
                along_trigrams.push(raw_ms);
            }
        }
        let by_time = median(along_time).unwrap_or(f64::INFINITY);
        let by_trigrams = median(along_trigrams).unwrap_or(f64::INFINITY);
        let figure = pair(name, ours, vec![by_time.min(by_trigrams)], "ms");
        let (ours, ratio) = (figure.ours, figure.ratio());
        eprintln!("{name} {text:?}: ours {ours:.2} ms; trigrams {by_trigrams:.2}, time {by_time:.2}; {ratio:.2}");
        if worst.as_ref().is_none_or(|worst| worst.ratio() < ratio) {
            worst = Some(figure);
        }
    }
    worst.ok_or_else(|| NotMeasured("nothing was searched".into()))
}

/// Milliseconds of each time, and the ids of what was shown.
async fn asked_often(app: &App, text: &str) -> Result<(Vec<f64>, Vec<String>), NotMeasured> {
    let (mut all, mut shown) = (Vec::new(), Vec::new());
    for _ in 0..ASKED {
        let ms;
        (ms, shown) = ask(app, text).await?;
        all.push(ms);
    }
    Ok((all, shown))
}

async fn ask(app: &App, text: &str) -> Result<(f64, Vec<String>), NotMeasured> {
    let filter = ActivityFilter { text: text.into(), ..ActivityFilter::default() };
    let (ms, page) = timed(async {
        app.activity(ActivityQuery { filter, before: None, skip: None, limit: PAGE }).await.or_not("the list")
    })
    .await?;
    Ok((ms, page.rows.iter().map(|row| row.payment.id.to_string()).collect()))
}

/// Both gave the same rows in the same order: a limit of other rows would be none.
fn same(what: &str, shown: &[String], bodies: &[String]) -> Result<(), NotMeasured> {
    let agree = shown.len() == bodies.len() && shown.iter().zip(bodies).all(|(id, body)| body.contains(id));
    if agree { Ok(()) } else { Err(NotMeasured(format!("{what}: the bare query found other rows"))) }
}

async fn timed<T>(work: impl Future<Output = Result<T, NotMeasured>>) -> Result<(f64, T), NotMeasured> {
    let started = Instant::now();
    let done = work.await?;
    Ok((started.elapsed().as_secs_f64() * 1000.0, done))
}

fn pair(name: &'static str, ours: Vec<f64>, limits: Vec<f64>, unit: &'static str) -> Figure {
    let name = name.into();
    Figure { name, ours: median(ours).unwrap_or_default(), limit: median(limits).unwrap_or_default(), unit }
}
