//! Ways out of the app in a stranger's note: phone numbers, e-mails, links and names elsewhere are covered, so that a
//! request cannot serve as an advertisement. What is covered too much can be uncovered by a press; what is covered too
//! little cannot be taken back, so doubt covers.

use unicode_normalization::UnicodeNormalization;

use crate::look_alike::as_latin;

/// What stands for something covered.
const COVER: &str = "•••";
/// A number of this many digits may be a telephone's.
const PHONE_DIGITS: usize = 7;
/// Most characters between two groups of digits of one number.
const GAP: usize = 3;
/// Endings of addresses people use, besides everything written with a scheme or a path.
const ENDINGS: &[&str] = &[
    "ai", "app", "biz", "br", "ca", "cc", "ch", "click", "club", "cn", "co", "com", "de", "dev", "es", "eu", "fr",
    "gg", "gl", "in", "info", "io", "it", "link", "live", "ly", "me", "mx", "net", "nl", "online", "org", "pay", "pl",
    "pro", "pt", "ru", "shop", "site", "space", "store", "su", "tk", "to", "top", "tv", "uk", "us", "vip", "web", "ws",
    "xyz", "zip",
];
const DIGIT_WORDS: &[&str] = &[
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "cero", "uno", "dos", "tres",
    "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "un", "deux", "trois", "quatre", "cinq", "sept", "huit",
    "neuf",
];
const DOT_WORDS: &[&str] = &["dot", "punto", "point"];
const AT_WORDS: &[&str] = &["at", "arroba", "arobase"];

/// A run of letters and digits, or a run of anything else.
struct Piece {
    text: String,
    is_word: bool,
    covered: bool,
}

/// The note with every way out covered; the same text when there is none.
pub(crate) fn masked(note: &str) -> String {
    let mut pieces = pieces(&plain(note));
    cover_addresses(&mut pieces);
    cover_spelled(&mut pieces);
    cover_numbers(&mut pieces);
    if !pieces.iter().any(|piece| piece.covered) {
        return note.to_owned();
    }
    let mut shown = String::new();
    for (i, piece) in pieces.iter().enumerate() {
        if !piece.covered {
            shown.push_str(&piece.text);
        } else if i == 0 || !pieces[i - 1].covered {
            shown.push_str(COVER);
        }
    }
    shown
}

/// One way of writing each letter and digit, and nothing invisible in between.
fn plain(note: &str) -> String {
    let hidden = |c: &char| {
        matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{20e3}')
    };
    let one_way = |c: char| match c {
        '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' | '\u{966}'..='\u{96f}' => {
            let first = match c {
                '\u{660}'..='\u{669}' => 0x660,
                '\u{6f0}'..='\u{6f9}' => 0x6f0,
                _ => 0x966,
            };
            char::from_digit(u32::from(c) - first, 10).unwrap_or(c)
        }
        '。' | '·' | '•' | '∙' | '‧' | '⋅' => '.',
        c => c,
    };
    note.nfkc().filter(|c| !hidden(c)).map(one_way).collect()
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for c in text.chars() {
        let is_word = c.is_alphanumeric();
        match pieces.last_mut() {
            Some(last) if last.is_word == is_word => last.text.push(c),
            _ => pieces.push(Piece { text: c.to_string(), is_word, covered: false }),
        }
    }
    pieces
}

fn latin(word: &str) -> String {
    word.to_lowercase().chars().map(as_latin).collect()
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.contains(&latin(word).as_str())
}

/// What joins two words of an address: a dot, in any writing. Gives the index of the word after it. A full stop or
/// comma at a word with a blank behind it is the end of a sentence.
fn after_dot(pieces: &[Piece], gap: usize) -> Option<usize> {
    let text = pieces.get(gap)?.text.as_str();
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let sentence = text.starts_with(['.', ',']) && text != bare;
    let dot = matches!(bare.as_str(), "." | "[.]" | "(.)" | "{.}" | "<.>") || text == ",";
    if dot && !sentence {
        return Some(gap + 1);
    }
    let spelled = pieces.get(gap + 1).is_some_and(|word| is_one_of(&word.text, DOT_WORDS));
    (spelled && pieces.get(gap + 3).is_some()).then_some(gap + 3)
}

/// Addresses: what has a scheme, an `@`, or an ending that people know.
fn cover_addresses(pieces: &mut [Piece]) {
    for i in 0..pieces.len() {
        let word = latin(&pieces[i].text);
        let next = pieces.get(i + 1).map_or("", |piece| piece.text.as_str());
        let is_link = pieces[i].is_word
            && ((next.starts_with("://") && word.len() > 2)
                || (matches!(word.as_str(), "http" | "https" | "hxxp" | "hxxps")
                    && next.trim_start().starts_with(':'))
                || word == "www");
        if is_link {
            let apart = next.contains(char::is_whitespace) && next.contains(':');
            pieces[i..=i + usize::from(apart)].iter_mut().for_each(|piece| piece.covered = true);
            cover_to_space(pieces, i + 2 * usize::from(apart));
        } else if !pieces[i].is_word && pieces[i].text.contains('@') {
            let from = if pieces[i].text.starts_with('@') && i > 0 { i - 1 } else { i };
            cover_to_space(pieces, from);
            cover_back(pieces, from);
        } else if pieces[i].is_word
            && let Some(last) = domain_end(pieces, i)
        {
            pieces[i..=last].iter_mut().for_each(|piece| piece.covered = true);
            cover_back(pieces, i);
            if pieces.get(last + 1).is_some_and(|piece| piece.text.starts_with(['/', '?', ':'])) {
                cover_to_space(pieces, last);
            }
            cover_spelled_at(pieces, i);
        }
    }
}

/// The last piece of a domain that begins at word `start`: words joined by dots, with an ending people know.
fn domain_end(pieces: &[Piece], start: usize) -> Option<usize> {
    let (mut at, mut end) = (start, None);
    while let Some(next) = after_dot(pieces, at + 1) {
        if pieces.get(next).is_none_or(|piece| !piece.is_word) {
            break;
        }
        // A dot in words or between blanks is more often just a word: short endings are words as well.
        let close = next == at + 2 && !pieces[at + 1].text.contains(char::is_whitespace);
        at = next;
        let word = &pieces[at].text;
        let has_path = pieces.get(at + 1).is_some_and(|piece| piece.text.starts_with('/'));
        let known = is_one_of(word, ENDINGS) && (close || word.chars().count() > 2 || is_one_of(word, &["fr", "io"]));
        if known || (has_path && !word.starts_with(|c: char| c.is_ascii_digit())) {
            end = Some(at);
        }
    }
    end
}

/// Covers from `start` on, up to the next blank.
fn cover_to_space(pieces: &mut [Piece], start: usize) {
    for (i, piece) in pieces.iter_mut().enumerate().skip(start) {
        if i > start && !piece.is_word && piece.text.contains(char::is_whitespace) {
            break;
        }
        piece.covered = true;
    }
}

/// Covers what is written onto the piece from the left: `name.surname@`.
fn cover_back(pieces: &mut [Piece], start: usize) {
    for piece in pieces[..start].iter_mut().rev() {
        if !piece.is_word && piece.text.contains(char::is_whitespace) {
            break;
        }
        piece.covered = true;
    }
}

/// `name at domain dot com`: the name before a covered domain.
fn cover_spelled_at(pieces: &mut [Piece], domain: usize) {
    if domain >= 4 && is_one_of(&pieces[domain - 2].text, AT_WORDS) {
        pieces[domain - 4..domain].iter_mut().for_each(|piece| piece.covered = true);
        cover_back(pieces, domain - 4);
    }
}

/// Words written letter by letter: `w w w . e x a m p l e . c o m`.
fn cover_spelled(pieces: &mut [Piece]) {
    let mut start = 0;
    while start < pieces.len() {
        let single = |piece: &Piece| !piece.is_word || piece.text.chars().count() == 1;
        let end = pieces[start..].iter().position(|piece| !single(piece)).map_or(pieces.len(), |n| start + n);
        let squeezed: String =
            pieces[start..end].iter().flat_map(|p| p.text.chars()).filter(|c| !c.is_whitespace()).collect();
        let ending = squeezed.rsplit_once('.').is_some_and(|(_, ending)| is_one_of(ending, ENDINGS));
        if end - start >= 9 && (ending || latin(&squeezed).starts_with("www")) {
            pieces[start..end].iter_mut().for_each(|piece| piece.covered = true);
        }
        start = end + 1;
    }
}

/// How many digits of a telephone number a word may stand for.
fn digits(word: &str) -> usize {
    let count = word.chars().filter(char::is_ascii_digit).count();
    let passes = |c: char| c.is_ascii_digit() || matches!(c, 'o' | 'O' | 'l' | 'I' | 'i');
    if count > 0 && word.chars().all(passes) {
        return word.chars().count();
    }
    if count >= PHONE_DIGITS || is_one_of(word, DIGIT_WORDS) { count.max(1) } else { 0 }
}

/// Numbers of seven digits and more, however they are grouped.
fn cover_numbers(pieces: &mut [Piece]) {
    let mut run: Option<(usize, usize, usize)> = None;
    for i in 0..=pieces.len() {
        let (is_gap, count) = pieces.get(i).map_or((false, 0), |piece| {
            let short = !piece.is_word && piece.text.chars().count() <= GAP;
            (short, if piece.is_word { digits(&piece.text) } else { 0 })
        });
        match (&mut run, count) {
            (Some((_, last, sum)), 1..) => (*last, *sum) = (i, *sum + count),
            (None, 1..) => run = Some((i, i, count)),
            (_, 0) if is_gap => {}
            (_, 0) => {
                if let Some((first, last, sum)) = run.take()
                    && sum >= PHONE_DIGITS
                {
                    pieces[first..=last].iter_mut().for_each(|piece| piece.covered = true);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_evasion_is_covered() {
        for (note, secrets) in [
            ("call +1 (555) 010-4477 now", &["555", "4477"][..]),
            ("call 555.010.4477", &["4477"]),
            ("5 5 5 0 1 0 4 4 7 7", &["4 4 7 7"]),
            ("５５５０１０４４７７", &["4477", "４４７７"]),
            ("①②③④⑤⑥⑦⑧", &["5", "⑤"]),
            ("5\u{200b}5\u{200b}5\u{200b}0104477", &["0104477"]),
            ("٥٥٥٠١٠٤٤٧٧", &["٤٤٧٧", "4477"]),
            ("5️⃣5️⃣5️⃣0️⃣1️⃣0️⃣4️⃣", &["5"]),
            ("five five five zero one zero four", &["zero"]),
            ("cinco cinco cinco cero uno cero cuatro", &["cero"]),
            ("deux trois quatre cinq six sept huit", &["sept"]),
            ("555 O1O 44l7", &["555", "44l7"]),
            ("tel:5550104477x", &["5550104477"]),
            ("555_010_4477 / 555*010*4477", &["4477"]),
            ("mail eve@evil.example", &["eve", "evil"]),
            ("eve＠evil．example", &["evil"]),
            ("first.last@evil.example", &["first", "evil"]),
            ("eve (at) evil (dot) com", &["eve", "evil"]),
            ("eve [at] evil [dot] com", &["eve", "evil"]),
            ("eve at evil dot com", &["eve", "evil"]),
            ("eve arroba evil punto com", &["eve", "evil"]),
            ("eve arobase evil point fr", &["eve", "evil"]),
            ("follow @evil_bank on chat", &["evil", "bank"]),
            ("https://evil.example/pay?x=1", &["evil", "pay", "x=1"]),
            ("HTTPS://EVIL.example", &["EVIL"]),
            ("hxxps://evil[.]example/a", &["evil", "example"]),
            ("http : //evil.example", &["http", "evil"]),
            ("www.evil.example", &["evil"]),
            ("evil.com", &["evil"]),
            ("evil . com", &["evil"]),
            ("evil,com", &["evil"]),
            ("evil[.]com", &["evil"]),
            ("evil。com", &["evil"]),
            ("evil•com", &["evil"]),
            ("evil dot com", &["evil"]),
            ("ev\u{200b}il.c\u{200b}om", &["evil"]),
            ("evil.со\u{43c}", &["evil"]),
            ("ⓔⓥⓘⓛ.ⓒⓞⓜ", &["evil", "ⓔ"]),
            ("t.me/evilbank", &["evilbank"]),
            ("bit.ly/3xyz", &["3xyz", "bit"]),
            ("evil.example/login", &["evil", "login"]),
            ("w w w . e v i l . c o m", &["e v i l"]),
            ("e v i l . c o m", &["e v i l"]),
            ("whatsapp://send?phone=5", &["send"]),
        ] {
            let shown = masked(note);
            assert!(shown.contains(COVER), "{note} → {shown}");
            for secret in secrets {
                assert!(!shown.contains(secret), "{note} → {shown}");
            }
        }
    }

    #[test]
    fn what_people_write_on_a_bill_stays_as_it_is() {
        for note in [
            "",
            "two coffees, one tart",
            "Saturday order: 4 loaves & a tart",
            "rent for November, flat 12",
            "Dinner at Luigi's. Me and you, one pizza each",
            "invoice 26-114",
            "12.50 for the taxi, 3.20 for water",
            "Zoë’s birthday 🎂",
            "lunch at noon",
            "gift for one of us two",
            "see you at 10:30",
            "point taken. To be continued",
            "l'addition de samedi, merci",
            "la parte de los dos, gracias",
            "no point in that",
            "punto de vista, punto es",
            "point de vue",
            "coffee . me again",
            "東京 trip",
        ] {
            assert_eq!(masked(note), note);
        }
    }

    #[test]
    fn the_rest_of_the_note_stays_readable() {
        assert_eq!(masked("rent, call 555-010-4477 please"), "rent, call ••• please");
        assert_eq!(masked("see evil.com/pay for the bill"), "see ••• for the bill");
    }

    #[test]
    fn no_text_breaks_it() {
        let mut seed = 7_u64;
        let alphabet: Vec<char> = "a1@.:/ -()dot at www com é٥\u{200b}\n".chars().collect();
        for _ in 0..5_000 {
            let mut text = String::new();
            for _ in 0..24 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push(alphabet[(seed >> 33) as usize % alphabet.len()]);
            }
            let _ = masked(&text);
        }
    }
}
