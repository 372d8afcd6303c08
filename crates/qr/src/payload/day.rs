//! Days as codes print them: `yyyymmdd`.

/// Whether the first eight characters are a day of the calendar.
pub(crate) fn is_day(text: &str) -> bool {
    parts(text).is_some_and(|(year, month, day)| (1..=days_in(year, month)).contains(&day))
}

/// So many days after a day, in the same form; an empty text for what is no day.
pub(crate) fn days_after(text: &str, days: u32) -> String {
    let Some((mut year, mut month, mut day)) = parts(text).filter(|_| is_day(text)) else { return String::new() };
    day += days;
    while day > days_in(year, month) {
        day -= days_in(year, month);
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    format!("{year:04}{month:02}{day:02}")
}

fn parts(text: &str) -> Option<(u32, u32, u32)> {
    let digits = text.get(..8).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let part = |from: usize, to: usize| digits[from..to].parse().ok();
    Some((part(0, 4)?, part(4, 6)?, part(6, 8)?))
}

/// None in a month that does not exist.
fn days_in(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{days_after, is_day};

    #[test]
    fn days_go_over_the_ends_of_months_and_years() {
        for (from, days, to) in [
            ("20240131", 1, "20240201"),
            ("20231231", 60, "20240229"),
            ("20240101", 366, "20250101"),
            ("20240230", 1, ""),
        ] {
            assert_eq!(days_after(from, days), to, "{from} + {days}");
        }
    }

    #[test]
    fn only_days_of_the_calendar_count() {
        for good in ["20261231", "20240229", "20000229", "20260101235959"] {
            assert!(is_day(good), "{good}");
        }
        for bad in ["20261301", "20260229", "21000229", "20260431", "20260100", "2026010", "2026-1-1", "", "２０２６"]
        {
            assert!(!is_day(bad), "{bad}");
        }
    }
}
