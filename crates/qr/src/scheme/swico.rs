//! What a Swiss bill tells the payer's books: Swico's syntax definition S1, version 1.2. Only the last day is of use here; a
//! mistake in it is none of the bill's.

use crate::payload::{days_after, is_day};

/// Day of the document, and its conditions: percent of discount and days, `2:10;0:30`.
const DATE: &str = "11";
const CONDITIONS: &str = "40";
/// Longest term believed, in days.
const LONGEST: u32 = 3_650;

/// The last day without discount, as `yyyymmdd`.
pub(super) fn due(information: &str) -> Option<String> {
    let fields = fields(information.strip_prefix("//S1/")?);
    let get = |tag: &str| fields.iter().find(|(known, _)| known == tag).map(|(_, value)| value.as_str());
    let date = format!("20{}", get(DATE).filter(|date| date.len() == 6)?);
    let terms = get(CONDITIONS)?.split(';').filter_map(|term| term.split_once(':'));
    let whole = |percent: &str| !percent.is_empty() && percent.bytes().all(|b| matches!(b, b'0' | b'.'));
    let days = terms.filter(|(percent, _)| whole(percent)).find_map(|(_, days)| days.parse().ok())?;
    (is_day(&date) && days <= LONGEST).then(|| days_after(&date, days))
}

/// Tag and value in turn between slashes; `\` frees the letter behind it (2.2).
fn fields(text: &str) -> Vec<(String, String)> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, parts.last_mut()) {
            ('/', _) => parts.push(String::new()),
            ('\\', Some(part)) => part.extend(letters.next()),
            (letter, Some(part)) => part.push(letter),
            (_, None) => {}
        }
    }
    parts.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::due;

    #[test]
    fn the_last_day_is_the_date_and_the_days_without_discount() {
        for (text, day) in [
            // The example of the syntax definition.
            ("//S1/10/10201409/11/190512/20/1400.000-53/30/106017086/31/180508/32/7.7/40/2:10;0:30", "20190611"),
            (
                "//S1/10/X.66711\\/8824/11/200712/20/MW-2020-04/30/107978798/32/2.5:117.22/40/3:5;1.5:20;1:40;0:60",
                "20200910",
            ),
            ("//S1/11/231231/40/0:60", "20240229"),
            ("//S1/11/231231/40/0:0", "20231231"),
            ("//S1/10/a\\\\/11/240101/40/0.0:31", "20240201"),
        ] {
            assert_eq!(due(text).as_deref(), Some(day), "{text}");
        }
    }

    #[test]
    fn what_does_not_say_a_day_says_none() {
        for text in [
            "",
            "//S1/",
            "//S1/11/190512",
            "//S1/40/0:30",
            "//S1/11/191301/40/0:30",
            "//S1/11/190512/40/2:10",
            "//S1/11/190512/40/0:x",
            "//S1/11/190512/40/0:99999",
            "//S1/10/x\\/11\\/190512\\/40\\/0:30",
            "//S1/01/20170309/11/10201409/20/14000000/40/1020/41/3010",
            "//XX/11/190512/40/0:30",
            "//S1/11/1905ä/40/0:30",
        ] {
            assert_eq!(due(text), None, "{text}");
        }
    }
}
