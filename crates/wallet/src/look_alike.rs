//! Handles and names a tired eye takes for one another.

use pay::skeleton;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters of other scripts that are drawn like Latin ones.
const DRAWN_ALIKE: &str = "авекмнорстухіѕјԁɡԛѡոսօհαβεικνορτυχıłøđ";
/// The Latin ones, in the same order.
const LATIN: &str = "abekmhopctyxisjdgqwnuohabeikvoptuxilod";

/// Whether two different handles look alike. From six letters on, two typing slips are near enough; of four or five,
/// one; shorter ones only when they have the same shape, or differ by a doubled letter, because half of all short
/// names are one letter from another. Separators never tell two handles apart, nor do digits behind a longer one.
pub(crate) fn alike(a: &str, b: &str) -> bool {
    if a == b {
        return false;
    }
    let stem = |handle: &str| skeleton(handle.trim_end_matches(|c: char| c.is_ascii_digit() || "._-".contains(c)));
    let (stem_a, stem_b) = (stem(a), stem(b));
    if stem_a.chars().count() >= 5 && stem_a == stem_b {
        return true;
    }
    let (a, b) = (skeleton(a), skeleton(b));
    let allowed = match a.chars().count().min(b.chars().count()) {
        0..=3 => 0,
        4 | 5 => 1,
        _ => 2,
    };
    distance(&a, &b) <= allowed || undoubled(&a) == undoubled(&b)
}

/// Whether two display names are one name to the eye: the same letters, or, from twelve letters on, one slip apart.
/// Names of fewer than six letters are left out: many people share a first name, and none of them poses as another.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (letters(a), letters(b));
    let shortest = a.chars().count().min(b.chars().count());
    shortest >= 6 && (a == b || (shortest >= 12 && distance(&a, &b) <= 1))
}

fn letters(name: &str) -> String {
    let folded = name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let latin = folded.map(as_latin);
    skeleton(&latin.filter(|c| c.is_alphanumeric()).collect::<String>())
}

/// The Latin letter that a lower-case one of another script is drawn like, or the letter itself.
pub(crate) fn as_latin(c: char) -> char {
    DRAWN_ALIKE.chars().zip(LATIN.chars()).find(|(other, _)| *other == c).map_or(c, |(_, latin)| latin)
}

fn undoubled(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    chars.dedup();
    chars.into_iter().collect()
}

/// Levenshtein's distance, counting two swapped neighbours as one slip.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j - 1] + change).min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_are_noticed_and_others_are_not() {
        for (a, b) in [
            ("maria", "rnaria"),
            ("harbor", "harbour"),
            ("harbor", "harobr"),
            ("lucia.p", "lucla.p"),
            ("bob", "b0b"),
            ("ana", "anna"),
            ("maria", "mariia"),
            ("harbor.bakery", "harborbakery"),
            ("harbor", "harbor1"),
            ("harbor", "harbor-2026"),
            ("northside", "nortsid"),
        ] {
            assert!(alike(a, b) && alike(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("maria", "maria"),
            ("ana", "eva"),
            ("ana", "ann"),
            ("bob", "rob"),
            ("tom", "tim"),
            ("maria", "marco"),
            ("jon", "jon4s"),
            ("lena", "elli"),
            ("harbor", "bakery"),
            ("tomas", "sofia"),
            ("ana1", "ana2b"),
        ] {
            assert!(!alike(a, b) && !alike(b, a), "{a} {b}");
        }
    }

    #[test]
    fn a_name_drawn_like_another_is_the_same_name_and_a_shared_first_name_is_not() {
        for (a, b) in [
            ("Harbor Bakery", "Harbor  Bakery"),
            ("Harbor Bakery", "HARBOR-BAKERY"),
            ("Harbor Bakery", "Harbour Bakery"),
            ("Harbor Bakery", "H\u{430}rb\u{43e}r Bakery"),
            ("Zoë Martín", "Zoe Martin"),
            ("Harbor Bakery", "Harb\u{200b}or Bakery"),
            ("Paul Meier", "Pau1 Meier"),
        ] {
            assert!(same_name(a, b) && same_name(b, a), "{a} {b}");
        }
        for (a, b) in [("Maria", "Maria"), ("Tom", "Tim"), ("Maria Lopez", "Mario Lopez"), ("Ana Ruiz", "Eva Ruiz")] {
            assert!(!same_name(a, b), "{a} {b}");
        }
    }
}
