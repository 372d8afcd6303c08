//! Simulated streams through [`qr::Tracker`].

use qr::{Aim, Ecc, Effort, Luma, Tracker, draw, scan};
use streams::{Kind, Stream};

/// Grey paper with a code on it, its quiet zone's corner here; what lies beyond the picture is cut off.
fn paper(text: &str, scale: u32, left: i32, top: i32) -> Luma<'static> {
    let code = draw(text, Ecc::M).and_then(|drawing| drawing.to_luma(scale)).expect("drawn");
    let (width, height) = (1280i32, 720i32);
    let side = code.width() as i32;
    let at = |x: i32, y: i32| {
        let (x, y) = (x - left, y - top);
        let inside = (0..side).contains(&x) && (0..side).contains(&y);
        if inside { code.row(y as u32)[x as usize] } else { 205 }
    };
    let pixels: Vec<u8> = (0..width * height).map(|n| at(n % width, n / width)).collect();
    Luma::new(width as u32, height as u32, pixels).expect("sizes agree")
}

fn empty(level: u8) -> Luma<'static> {
    Luma::new(1280, 720, vec![level; 1280 * 720]).expect("sizes agree")
}

/// The picture in which the tracker first told the stream's text.
fn read_at(kind: Kind, seed: u64) -> Option<u32> {
    let (stream, mut tracker) = (Stream::new(kind, seed), Tracker::new());
    let text = stream.text().to_owned();
    let told = |picture: &Luma<'_>| {
        let new = tracker.see(picture).new;
        assert!(new.iter().all(|symbol| symbol.text.as_deref() == Some(&text)), "{kind:?} {seed}: {new:?}");
        !new.is_empty()
    };
    stream.map(told_or(told)).position(|told| told).map(|at| at as u32)
}

fn told_or(mut told: impl FnMut(&Luma<'_>) -> bool) -> impl FnMut(Luma<'static>) -> bool {
    move |picture| told(&picture)
}

#[test]
fn frames_together_show_what_none_of_them_does() {
    // In these streams nothing is read in any single frame up to then.
    let alone = |seed| {
        let at = read_at(Kind::Bands, seed)?;
        let alone = Stream::new(Kind::Bands, seed).take(at as usize + 1);
        Some(alone.into_iter().all(|picture| scan(&picture, Effort::Stream).is_empty()))
    };
    let together = (1..=4).filter_map(alone).filter(|nothing_alone| *nothing_alone).count();
    assert!(together >= 2, "{together}");
}

#[test]
fn a_code_is_read_long_before_the_lens_has_found_its_focus() {
    for (seed, soon) in [(6, 18), (8, 12)] {
        let at = read_at(Kind::Focus, seed).expect("it is read");
        assert!(at < soon, "seed {seed}: {at}");
    }
}

#[test]
fn a_text_is_told_once_and_followed_where_it_goes() {
    let (stream, mut tracker) = (Stream::new(Kind::Shake, 1), Tracker::new());
    let places: Vec<_> = (0..stream.pictures()).map(|picture| stream.corners(picture)).collect();
    let text = stream.text().to_owned();
    let (mut told, mut seen) = (0, 0);
    for (picture, place) in stream.zip(places) {
        let sighting = tracker.see(&picture);
        told += sighting.new.len();
        for symbol in &sighting.in_sight {
            assert_eq!(symbol.text.as_deref(), Some(text.as_str()));
            let apart = |n: usize| {
                let (a, b) = (symbol.corners[n], place[n]);
                (a[0] - b[0]).hypot(a[1] - b[1])
            };
            assert!((0..4).all(|n| apart(n) < 14.0), "{:?} beside {place:?}", symbol.corners);
            seen += 1;
        }
    }
    assert_eq!(told, 1);
    assert!(seen > 60, "{seen}");
}

#[test]
fn a_code_that_was_away_for_long_is_told_again() {
    let (code, nothing, mut tracker) = (paper("lunch", 6, 500, 250), empty(205), Tracker::new());
    assert_eq!(tracker.see(&code).new.len(), 1);
    assert_eq!(tracker.see(&code).new.len(), 0);
    for _ in 0..20 {
        tracker.see(&nothing);
    }
    assert_eq!(tracker.see(&code).new.len(), 0, "a blink");
    for _ in 0..Tracker::FORGOTTEN + 10 {
        assert!(tracker.see(&nothing).new.is_empty());
    }
    assert_eq!(tracker.see(&code).new.len(), 1);
}

#[test]
fn a_second_code_is_found_while_the_first_is_followed() {
    let mut tracker = Tracker::new();
    let one = paper("first", 5, 150, 200);
    assert_eq!(tracker.see(&one).in_sight.len(), 1);
    let other = paper("second", 5, 800, 200);
    let pixels: Vec<u8> = one.pixels().iter().zip(other.pixels()).map(|(a, b)| (*a).min(*b)).collect();
    let both = Luma::new(1280, 720, pixels).expect("sizes agree");
    let seen: Vec<_> = (0..20).map(|_| tracker.see(&both)).collect();
    assert_eq!(seen.iter().map(|sighting| sighting.new.len()).sum::<usize>(), 1);
    assert_eq!(seen[19].in_sight.len(), 2);
}

/// What is said most in some frames of one picture.
fn aim(picture: &Luma<'_>) -> Option<Aim> {
    let mut tracker = Tracker::new();
    let mut said: Vec<Option<Aim>> = Vec::new();
    for _ in 0..12 {
        let sighting = tracker.see(picture);
        assert!(sighting.new.is_empty());
        said.push(sighting.aim);
    }
    let count = |aim: &Option<Aim>| said.iter().filter(|it| *it == aim).count();
    said.iter().filter(|aim| aim.is_some()).max_by_key(|aim| count(aim)).copied().flatten()
}

#[test]
fn a_code_that_sticks_out_is_sent_the_other_way() {
    let text = "https://pay.example/@ana/25.00-USD?note=lunch";
    assert_eq!(aim(&paper(text, 8, -150, 200)), Some(Aim::Right));
    assert_eq!(aim(&paper(text, 8, 1130, 200)), Some(Aim::Left));
    assert_eq!(aim(&paper(text, 8, 400, -150)), Some(Aim::Down));
    assert_eq!(aim(&paper(text, 8, 400, 560)), Some(Aim::Up));
}

#[test]
fn a_code_larger_than_the_picture_is_sent_away() {
    let text = "https://pay.example/@ana/25.00-USD?note=lunch";
    assert_eq!(aim(&paper(text, 40, -60, -60)), Some(Aim::Farther));
}

#[test]
fn a_dark_room_is_told_and_a_wall_is_not() {
    assert_eq!(aim(&empty(8)), Some(Aim::TooDark));
    assert_eq!(aim(&empty(140)), None);
}

#[test]
fn noise_shows_nothing() {
    let mut tracker = Tracker::new();
    let mut state = 11u32;
    for _ in 0..12 {
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let noise: Vec<u8> = (0..640 * 360).map(|_| random()).collect();
        let sighting = tracker.see(&Luma::new(640, 360, noise).expect("sizes agree"));
        assert!(sighting.new.is_empty() && sighting.in_sight.is_empty());
    }
}

#[test]
fn frames_of_changing_and_odd_sizes_break_nothing() {
    let mut tracker = Tracker::new();
    let code = paper("lunch", 6, 500, 250);
    for (width, height) in [(1, 1), (640, 2), (3, 480), (70, 70), (1280, 720), (17, 900)] {
        tracker.see(&code);
        let odd = Luma::new(width, height, vec![90; (width * height) as usize]).expect("sizes agree");
        tracker.see(&odd);
        tracker.see(&odd);
    }
}

/// A code of version 3, level M, that carries one part of a text (ISO/IEC 18004, 8).
fn part(index: u8, count: u8, parity: u8, bytes: &[u8]) -> Luma<'static> {
    use qrcode::canvas::Canvas;
    use qrcode::{Color, EcLevel, Version};
    let (version, level, capacity) = (Version::Normal(3), EcLevel::M, 44);
    let mut nibbles = vec![0b0011, index, count - 1, parity >> 4, parity & 15, 0b0100];
    nibbles.extend([bytes.len() as u8 >> 4, bytes.len() as u8 & 15]);
    nibbles.extend(bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]));
    nibbles.push(0);
    nibbles.resize(nibbles.len().next_multiple_of(2), 0);
    let mut data: Vec<u8> = nibbles.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    data.extend([0xec, 0x11].into_iter().cycle().take(capacity - data.len()));
    let (data, repair) = qrcode::ec::construct_codewords(&data, version, level).expect("it fits");
    let mut canvas = Canvas::new(version, level);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &repair);
    let colors = canvas.apply_best_mask().into_colors();
    let side = 29usize;
    let at = |x: usize, y: usize| {
        let (x, y) = ((x / 6).wrapping_sub(20), (y / 6).wrapping_sub(20));
        if x < side && y < side && colors[y * side + x] == Color::Dark { 20 } else { 215 }
    };
    let pixels: Vec<u8> = (0..640 * 480).map(|n| at(n % 640, n / 640)).collect();
    Luma::new(640, 480, pixels).expect("sizes agree")
}

#[test]
fn a_text_spread_over_three_codes_is_told_when_all_were_seen() {
    let text = "a long text in three codes, für lunch";
    let parity = text.bytes().fold(0, |parity, byte| parity ^ byte);
    // The cut goes through a character.
    let parts = [&text.as_bytes()[..12], &text.as_bytes()[12..30], &text.as_bytes()[30..]];
    let nothing = Luma::new(640, 480, vec![215; 640 * 480]).expect("sizes agree");
    let (mut tracker, mut told, mut gathered) = (Tracker::new(), Vec::new(), Vec::new());
    for index in [1, 2, 0] {
        let picture = part(index, 3, parity, parts[usize::from(index)]);
        for frame in [&picture, &picture, &nothing, &nothing] {
            let sighting = tracker.see(frame);
            told.extend(sighting.new);
            gathered.push(sighting.gathered);
        }
        for _ in 0..10 {
            tracker.see(&nothing);
        }
    }
    assert_eq!((gathered[0], gathered[4], gathered[8]), (Some((1, 3)), Some((2, 3)), None));
    let texts: Vec<_> = told.iter().map(|symbol| symbol.text.as_deref()).collect();
    assert_eq!(texts, [Some(text)]);
}

#[test]
fn parts_seen_one_by_one_are_put_together_and_a_part_of_another_text_never_is() {
    let (text, other) = ("lunch, coffee and a cake for three", "quite another text in three parts!");
    let parity = |text: &str| text.bytes().fold(0, |parity, byte| parity ^ byte);
    let cut =
        |text: &'static str, n: u8| &text.as_bytes()[usize::from(n) * 12..(usize::from(n) * 12 + 12).min(text.len())];
    let nothing = Luma::new(640, 480, vec![215; 640 * 480]).expect("sizes agree");
    let (mut tracker, mut told, mut gathered) = (Tracker::new(), Vec::new(), Vec::new());
    // Two of another text come between; one of them says it belongs to the first by its count and parity.
    let frames = [
        part(2, 3, parity(text), cut(text, 2)),
        part(1, 3, parity(other), cut(other, 1)),
        part(0, 3, parity(text), cut(text, 0)),
        part(1, 3, parity(text), cut(other, 1)),
        part(1, 3, parity(text), cut(text, 1)),
    ];
    for picture in &frames {
        for frame in std::iter::repeat_n(picture, 2).chain(std::iter::repeat_n(&nothing, 12)) {
            let sighting = tracker.see(frame);
            told.extend(sighting.new.into_iter().filter_map(|symbol| symbol.text));
        }
        gathered.push(tracker.see(&nothing).gathered);
    }
    assert_eq!(gathered, [Some((1, 3)), Some((1, 3)), Some((2, 3)), Some((2, 3)), None]);
    assert_eq!(told, [text]);
}
