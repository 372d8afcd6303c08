//! What reading one payload costs, beside the least that anybody could do with its bytes: seeing that they are text.
//!
//! `cargo bench -p bench --bench read`, over the seeds of the fuzz target, one code of a standard each; `PAYLOADS=FILE` takes a file with one JSON
//! object a line instead, whose `payload` (text) or `payload_b64` is read.

use std::hint::black_box;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use qr::payload::recognise;

fn payloads() -> Vec<Vec<u8>> {
    let Some(file) = std::env::var_os("PAYLOADS") else { return seeds() };
    let text = std::fs::read_to_string(file).expect("the file of payloads");
    let one = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        let bytes = line["payload_b64"].as_str().and_then(|text| STANDARD.decode(text).ok());
        bytes.or_else(|| Some(line["payload"].as_str()?.as_bytes().to_vec()))
    };
    text.lines().filter_map(one).collect()
}

fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/seeds/read");
    let files = std::fs::read_dir(folder).expect("the seeds").flatten();
    files.filter_map(|file| std::fs::read(file.path()).ok()).collect()
}

fn read(criterion: &mut Criterion) {
    let payloads = payloads();
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Elements(payloads.len() as u64));
    group.bench_function("recognise", |bencher| {
        bencher.iter(|| payloads.iter().filter(|bytes| recognise(black_box(bytes)).valid()).count());
    });
    group.bench_function("utf-8 alone", |bencher| {
        bencher.iter(|| payloads.iter().filter(|bytes| std::str::from_utf8(black_box(bytes)).is_ok()).count());
    });
    group.finish();
    median_of_each(&payloads);
}

/// Microseconds of the payload in the middle and of the dearest one: a mean would hide both.
fn median_of_each(payloads: &[Vec<u8>]) {
    const TIMES: u32 = 200;
    let one = |bytes: &Vec<u8>| {
        let started = std::time::Instant::now();
        for _ in 0..TIMES {
            black_box(recognise(black_box(bytes)));
        }
        started.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES)
    };
    let mut each: Vec<f64> = payloads.iter().map(one).collect();
    each.sort_by(f64::total_cmp);
    if let (Some(median), Some(most)) = (each.get(each.len() / 2), each.last()) {
        println!("of {} payloads: median {median:.2} µs, dearest {most:.2} µs", each.len());
    }
}

criterion_group!(benches, read);
criterion_main!(benches);
