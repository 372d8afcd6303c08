//! Simulated streams: how long until the text is known, ours beside zxing-cpp picture by picture.

use cpu_time::ThreadTime;
use figure::{Figure, median, reached};
use qr::{Luma, Tracker};
use streams::{Kind, RATE, Stream};

use crate::reader::Reader;

/// Somebody who looks at a stream.
trait Viewer {
    /// The texts told after this picture.
    fn see(&mut self, picture: &Luma<'_>) -> Vec<Vec<u8>>;
}

impl Viewer for Tracker {
    fn see(&mut self, picture: &Luma<'_>) -> Vec<Vec<u8>> {
        Tracker::see(self, picture).new.into_iter().map(|symbol| symbol.bytes).collect()
    }
}

/// Each picture for itself.
struct PictureByPicture(Reader);

impl Viewer for PictureByPicture {
    fn see(&mut self, picture: &Luma<'_>) -> Vec<Vec<u8>> {
        self.0.read(picture)
    }
}

/// How one viewer did in one stream.
#[derive(Debug, Clone, Default)]
struct Watched {
    /// Seconds from the first picture with the whole code in it until the text was known.
    read_after: Option<f64>,
    wrong: usize,
    /// Milliseconds of each picture before and after that.
    unread_ms: Vec<f64>,
    read_ms: Vec<f64>,
}

/// Pictures watched after the text was known, to see what following costs.
const AFTER: u32 = 20;

/// Times each picture is seen: a viewer's work is the same each time, what else the machine does is not, so the least is
/// what it costs.
const REPEATS: usize = 3;

/// A viewer and when it is free again.
struct Seat<V> {
    /// They see the same and say the same.
    viewers: [V; REPEATS],
    free_at: f64,
    after: u32,
    watched: Watched,
}

impl<V: Viewer> Seat<V> {
    fn new(viewer: impl Fn() -> V) -> Self {
        Seat { viewers: std::array::from_fn(|_| viewer()), free_at: 0.0, after: 0, watched: Watched::default() }
    }

    fn is_done(&self) -> bool {
        self.after >= AFTER
    }

    /// A picture comes; who is busy does not see it.
    fn show(&mut self, picture: &Luma<'_>, number: u32, whole_from: u32, text: &str) {
        let comes = f64::from(number) / f64::from(RATE);
        if comes < self.free_at || self.is_done() {
            return;
        }
        let (mut told, mut spent) = (Vec::new(), f64::MAX);
        for viewer in &mut self.viewers {
            let start = ThreadTime::now();
            told = viewer.see(picture);
            spent = spent.min(start.elapsed().as_secs_f64());
        }
        self.free_at = comes + spent;
        let known = self.watched.read_after.is_some();
        let list = if known { &mut self.watched.read_ms } else { &mut self.watched.unread_ms };
        list.push(spent * 1000.0);
        self.after += u32::from(known);
        self.watched.wrong += told.iter().filter(|bytes| *bytes != text.as_bytes()).count();
        if !known && told.iter().any(|bytes| bytes == text.as_bytes()) {
            let whole = f64::from(whole_from) / f64::from(RATE);
            self.watched.read_after = Some((self.free_at - whole).max(0.0));
        }
    }
}

/// One stream: its kind, its seconds, ours and zxing-cpp.
struct Row {
    kind: Kind,
    seed: u64,
    seconds: f64,
    both: [Watched; 2],
}

/// All streams.
pub struct Table {
    rows: Vec<Row>,
    /// CPU milliseconds a second of a stream without a code costs.
    idle: f64,
}

/// Watches so many streams of each kind.
pub fn measure(count: u64) -> Table {
    let seeds = |kind| (1..=count).map(move |seed| (kind, seed));
    let rows = Kind::ALL.into_iter().flat_map(seeds).map(|(kind, seed)| watch(kind, seed)).collect();
    Table { rows, idle: idle(count) }
}

/// CPU milliseconds our tracker needs for a second of a stream in which the code is covered.
fn idle(count: u64) -> f64 {
    let (mut spent, mut pictures) = (0.0, 0);
    for seed in 1..=count {
        let mut tracker = Tracker::new();
        let stream = Stream::new(Kind::Shake, seed);
        let corners: Vec<_> = (0..RATE).map(|number| stream.corners(number)).collect();
        for (picture, corners) in stream.zip(corners) {
            let picture = covered(&picture, &corners);
            let start = ThreadTime::now();
            tracker.see(&picture);
            spent += start.elapsed().as_secs_f64() * 1000.0;
            pictures += 1;
        }
    }
    spent * f64::from(RATE) / f64::from(pictures.max(1))
}

/// The picture with grey over the code.
fn covered(picture: &Luma<'_>, corners: &[[f32; 2]; 4]) -> Luma<'static> {
    let least = |axis: usize| corners.iter().map(|corner| corner[axis]).fold(f32::MAX, f32::min) - SMEAR;
    let most = |axis: usize| corners.iter().map(|corner| corner[axis]).fold(f32::MIN, f32::max) + SMEAR;
    let (across, down) = (least(0)..most(0), least(1)..most(1));
    let width = picture.width() as usize;
    let hidden = |n: usize| across.contains(&((n % width) as f32)) && down.contains(&((n / width) as f32));
    let pixels = picture.pixels().iter().enumerate().map(|(n, &level)| if hidden(n) { 128 } else { level });
    Luma::new(picture.width(), picture.height(), pixels.collect::<Vec<u8>>())
        .unwrap_or_else(|_| picture.clone().into_owned())
}

/// Pixels a moving code may be smeared beyond its corners.
const SMEAR: f32 = 60.0;
/// CPU milliseconds a second that scanning without a code may take: 35 % of a core.
const IDLE_LIMIT: f64 = 350.0;

fn watch(kind: Kind, seed: u64) -> Row {
    let stream = Stream::new(kind, seed);
    let (text, whole_from, pictures) = (stream.text().to_owned(), stream.whole_from(), stream.pictures());
    let (mut ours, mut peer) = (Seat::new(Tracker::new), Seat::new(|| PictureByPicture(Reader::ZxingCpp)));
    for (number, picture) in (0..).zip(stream) {
        ours.show(&picture, number, whole_from, &text);
        peer.show(&picture, number, whole_from, &text);
        if ours.is_done() && peer.is_done() {
            break;
        }
    }
    let seconds = f64::from(pictures.saturating_sub(whole_from)) / f64::from(RATE);
    Row { kind, seed, seconds, both: [ours.watched, peer.watched] }
}

const WHO: [&str; 2] = ["ours", "zxing-cpp"];

impl Table {
    fn of(&self, kind: Kind) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.kind == kind)
    }

    fn mean_ms(&self, kind: Kind, who: usize) -> f64 {
        let times: Vec<f64> = self.of(kind).map(|row| row.both[who].read_after.unwrap_or(row.seconds)).collect();
        times.iter().sum::<f64>() * 1000.0 / times.len().max(1) as f64
    }

    fn never(&self, kind: Kind, who: usize) -> usize {
        self.of(kind).filter(|row| row.both[who].read_after.is_none()).count()
    }

    fn ms(&self, who: usize, read: bool, unread: bool) -> Vec<f64> {
        let of = |watched: &Watched| {
            let lists = [(unread, watched.unread_ms.clone()), (read, watched.read_ms.clone())];
            lists.into_iter().filter(|(wanted, _)| *wanted).flat_map(|(_, list)| list).collect::<Vec<f64>>()
        };
        self.rows.iter().flat_map(|row| of(&row.both[who])).collect()
    }

    /// For people: every stream.
    pub fn print(&self) {
        println!("\nmilliseconds until the text of a stream is known; a picture's time is the least of {REPEATS}");
        for kind in Kind::ALL {
            for (who, name) in WHO.iter().enumerate() {
                let each = self.of(kind).map(|row| match row.both[who].read_after {
                    Some(seconds) => format!("{:>6.0}", seconds * 1000.0),
                    None => "     –".into(),
                });
                let each: String = each.collect();
                println!("{:<10}{name:<10}{each}", kind.as_str());
            }
        }
        for row in self.rows.iter().filter(|row| row.both[0].wrong > 0) {
            println!("wrong: {} of seed {}", row.kind.as_str(), row.seed);
        }
    }

    /// Ours beside zxing-cpp.
    pub fn figures(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        let mut pair = |name: String, unit, [ours, limit]: [f64; 2]| {
            figures.push(Figure { name: name.into(), ours, limit, unit });
        };
        for kind in Kind::ALL {
            pair(format!("time-to-read-{}", kind.as_str()), "ms", [0, 1].map(|who| self.mean_ms(kind, who)));
        }
        for kind in Kind::ALL {
            pair(format!("never-read-{}", kind.as_str()), "", [0, 1].map(|who| self.never(kind, who) as f64));
        }
        let wrong = |who: usize| self.rows.iter().map(|row| row.both[who].wrong).sum::<usize>() as f64;
        pair("wrong-streams".into(), "", [wrong(0), wrong(1)]);
        let whole = |who: usize| self.ms(who, true, true);
        for (what, percent) in [("median", 50), ("p95", 95), ("max", 100)] {
            pair(format!("ms-frame-{what}"), "ms", [0, 1].map(|who| reached(whole(who), percent).unwrap_or_default()));
        }
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len().max(1) as f64;
        pair("ms-empty-mean".into(), "ms", [0, 1].map(|who| mean(self.ms(who, false, true))));
        pair("ms-follow-median".into(), "ms", [0, 1].map(|who| median(self.ms(who, true, false)).unwrap_or_default()));
        pair("camera-idle".into(), "ms", [self.idle, IDLE_LIMIT]);
        figures
    }
}
