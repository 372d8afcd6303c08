//! Every picture of a folder by every scanner.

use std::collections::BTreeMap;
use std::path::Path;

use cpu_time::ThreadTime;
use figure::{Figure, median, reached};
use qr::picture;

use crate::manifest::Entry;
use crate::reader::Reader;

/// One picture by one scanner.
struct Reading {
    /// Share of its codes that was read; nothing where it is not scored.
    share: Option<f64>,
    wrong: usize,
    /// Reads where there is no code.
    phantoms: usize,
    ms: f64,
}

/// One picture by all scanners, in their order.
struct Row {
    group: &'static str,
    category: String,
    size: (u32, u32),
    readings: Vec<Reading>,
}

/// All pictures.
pub struct Table(Vec<Row>);

/// Reads everything with everyone.
pub fn measure(folder: &Path, entries: &[Entry]) -> Result<Table, String> {
    let mut rows = Vec::new();
    for entry in entries {
        let path = folder.join(&entry.file);
        let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let Ok(picture) = picture::decode(&bytes) else {
            eprintln!("not a picture we open: {}", entry.file);
            continue;
        };
        let readings = Reader::ALL.iter().map(|reader| {
            let start = ThreadTime::now();
            let read = reader.read(&picture);
            let ms = start.elapsed().as_secs_f64() * 1000.0;
            let judged = entry.truth.judge(&read);
            let phantoms = if entry.truth.is_none() { read.len() } else { 0 };
            if *reader == Reader::Ours && (judged.is_some_and(|(_, wrong)| wrong > 0) || phantoms > 0) {
                eprintln!(
                    "wrong in {}: {:?}",
                    entry.file,
                    read.iter().map(|it| String::from_utf8_lossy(it)).collect::<Vec<_>>()
                );
            }
            Reading { share: judged.map(|it| it.0), wrong: judged.map_or(0, |it| it.1), phantoms, ms }
        });
        rows.push(Row {
            group: if entry.synthetic { "frames" } else { "photographs" },
            category: entry.category.clone(),
            size: (picture.width(), picture.height()),
            readings: readings.collect(),
        });
    }
    Ok(Table(rows))
}

/// What most of the figures are beside.
const ZXING_CPP: usize = 4;
const OURS: usize = 0;

impl Table {
    /// Percent read by a scanner of the rows chosen, and how many rows were scored.
    fn rate(&self, reader: usize, chosen: impl Fn(&Row) -> bool) -> (f64, usize) {
        let shares: Vec<f64> =
            self.0.iter().filter(|row| chosen(row)).filter_map(|row| row.readings[reader].share).collect();
        (shares.iter().sum::<f64>() * 100.0 / shares.len().max(1) as f64, shares.len())
    }

    fn times(&self, reader: usize, chosen: impl Fn(&Row) -> bool) -> Vec<f64> {
        self.0.iter().filter(|row| chosen(row)).map(|row| row.readings[reader].ms).collect()
    }

    fn count(&self, reader: usize, of: impl Fn(&Reading) -> usize) -> usize {
        self.0.iter().map(|row| of(&row.readings[reader])).sum()
    }

    /// Group and category of every scored row, each once.
    fn categories(&self) -> BTreeMap<(&'static str, &str), usize> {
        let mut all = BTreeMap::new();
        for row in self.0.iter().filter(|row| row.readings[OURS].share.is_some()) {
            *all.entry((row.group, row.category.as_str())).or_default() += 1;
        }
        all
    }

    /// For people: who reads how much of what, how often wrongly, and in what time.
    pub fn print(&self) {
        let head: String = Reader::ALL.iter().map(|reader| format!("{:>10}", reader.name())).collect();
        println!("{:<34}{:>5}{head}", "percent read", "of");
        let line = |name: &str, count: usize, values: Vec<f64>| {
            let values: String = values.iter().map(|value| format!("{value:>10.1}")).collect();
            println!("{name:<34}{count:>5}{values}");
        };
        let rates = |chosen: &dyn Fn(&Row) -> bool| -> Vec<f64> {
            (0..Reader::ALL.len()).map(|reader| self.rate(reader, chosen).0).collect()
        };
        for ((group, category), count) in self.categories() {
            let chosen = |row: &Row| row.group == group && row.category == category;
            line(&format!("{group} {category}"), count, rates(&chosen));
        }
        for group in ["photographs", "frames"] {
            let chosen = |row: &Row| row.group == group;
            line(group, self.rate(OURS, chosen).1, rates(&chosen));
        }
        let counts = |of: &dyn Fn(&Reading) -> usize| -> Vec<f64> {
            (0..Reader::ALL.len()).map(|reader| self.count(reader, of) as f64).collect()
        };
        line("wrong texts", self.0.len(), counts(&|reading| reading.wrong));
        line("reads without a code", self.0.len(), counts(&|reading| reading.phantoms));
        for (name, chosen) in SIZES {
            for (what, percent) in [("median", 50), ("p95", 95)] {
                let times = |reader| reached(self.times(reader, chosen), percent).unwrap_or_default();
                let all = (0..Reader::ALL.len()).map(times).collect();
                line(&format!("ms {name} {what}"), self.times(OURS, chosen).len(), all);
            }
        }
    }

    /// Ours beside the best peer, or beside zxing-cpp where it is about time.
    pub fn figures(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        let mut rate = |name: String, chosen: &dyn Fn(&Row) -> bool| {
            let (ours, scored) = self.rate(OURS, chosen);
            let limit = (1..Reader::ALL.len()).map(|reader| self.rate(reader, chosen).0).fold(0.0, f64::max);
            if scored > 0 {
                figures.push(Figure { name: name.into(), ours, limit, unit: "%" });
            }
        };
        for group in ["photographs", "frames"] {
            rate(group.into(), &|row| row.group == group);
        }
        for ((group, category), _) in self.categories() {
            rate(format!("{group}-{category}"), &|row| row.group == group && row.category == category);
        }
        let mut fewest = |name: &'static str, of: &dyn Fn(&Reading) -> usize| {
            let limit = (1..Reader::ALL.len()).map(|reader| self.count(reader, of)).min().unwrap_or_default();
            figures.push(Figure {
                name: name.into(),
                ours: self.count(OURS, of) as f64,
                limit: limit as f64,
                unit: "",
            });
        };
        fewest("wrong-texts", &|reading| reading.wrong);
        fewest("no-code-reads", &|reading| reading.phantoms);
        for (name, chosen) in SIZES {
            let [ours, limit] = [OURS, ZXING_CPP].map(|reader| self.times(reader, chosen));
            let middles = median(ours.clone()).zip(median(limit.clone()));
            let lates = reached(ours, 95).zip(reached(limit, 95));
            for (what, pair) in [("median", middles), ("p95", lates)] {
                let named =
                    |(ours, limit)| Figure { name: format!("ms-{name}-{what}").into(), ours, limit, unit: "ms" };
                figures.extend(pair.map(named));
            }
        }
        figures
    }
}

/// Some of the pictures, by name.
type Group = (&'static str, fn(&Row) -> bool);

/// Which pictures a time is of.
const SIZES: [Group; 3] = [
    ("720p", |row| row.size == (1280, 720)),
    ("1080p", |row| row.size == (1920, 1080)),
    ("photographs", |row| row.group == "photographs"),
];
