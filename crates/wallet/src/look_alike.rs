//! Handles a tired eye takes for one another.

use pay::skeleton;

/// Whether two different handles look alike: the same shape, or at most two typing slips apart. Short handles are
/// compared more strictly: two slips make any of them another.
pub(crate) fn alike(a: &str, b: &str) -> bool {
    if a == b {
        return false;
    }
    let (a, b) = (skeleton(a), skeleton(b));
    let allowed = if a.chars().count().min(b.chars().count()) < 5 { 1 } else { 2 };
    a == b || distance(&a, &b) <= allowed
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
        for (a, b) in
            [("maria", "rnaria"), ("harbor", "harbour"), ("harbor", "harobr"), ("lucia.p", "lucla.p"), ("bob", "b0b")]
        {
            assert!(alike(a, b) && alike(b, a), "{a} {b}");
        }
        for (a, b) in [("maria", "maria"), ("ana", "eva"), ("harbor", "bakery"), ("tomas", "sofia")] {
            assert!(!alike(a, b), "{a} {b}");
        }
    }
}
