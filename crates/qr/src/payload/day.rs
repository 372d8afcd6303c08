//! Days as codes print them: `yyyymmdd`.

/// Whether the first eight characters are a day of the calendar.
pub(crate) fn is_day(text: &str) -> bool {
    let Some(digits) = text.get(..8).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit())) else { return false };
    let part = |from: usize, to: usize| digits[from..to].parse::<u32>().unwrap_or_default();
    let (year, month, day) = (part(0, 4), part(4, 6), part(6, 8));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let most = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=most).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::is_day;

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
