use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

/// A rule that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a calendar rule")]
pub struct RuleError;

/// How often something comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Every {
    /// Once only.
    Once,
    /// Each day.
    Day,
    /// Every so many weeks, 1 to 52, on the weekday of the first.
    Weeks(u8),
    /// Each month on this day, 1 to 31; in a shorter month on its last day.
    Month(u8),
    /// Each year on the day of the first; 29 February is the last of February elsewhere.
    Year,
}

/// When it stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// Never.
    Never,
    /// After this day, which is still in.
    On(Date),
    /// After so many times, at least one.
    After(u32),
}

/// Days on which something comes back, counted from 0. Each is computed from the first, so that a short month never
/// pulls the ones after it to an earlier day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    first: Date,
    every: Every,
    end: End,
    at: Time,
}

impl Rule {
    /// From the first day that fits on or after `from`, at `at` o'clock of the place it is for.
    pub fn new(from: Date, every: Every, end: End, at: Time) -> Result<Rule, RuleError> {
        let first = match every {
            Every::Weeks(0 | 53..) | Every::Month(0 | 32..) => return Err(RuleError),
            Every::Once | Every::Day | Every::Weeks(_) | Every::Year => from,
            Every::Month(day) => {
                let here = on_day(from, day)?;
                if here >= from { here } else { on_day(later(from.first_of_month(), 1.month())?, day)? }
            }
        };
        let ends_before = match end {
            End::Never => false,
            End::On(last) => last < first,
            End::After(times) => times == 0,
        };
        if ends_before { Err(RuleError) } else { Ok(Rule { first, every, end, at }) }
    }

    /// The day of one occurrence; `None` when the rule has ended by then, or the calendar has.
    pub fn day(&self, number: u32) -> Option<Date> {
        let n = i64::from(number);
        let day = match self.every {
            Every::Once => (number == 0).then_some(self.first)?,
            Every::Day => later(self.first, Span::new().try_days(n).ok()?).ok()?,
            Every::Weeks(weeks) => later(self.first, Span::new().try_weeks(n * i64::from(weeks)).ok()?).ok()?,
            Every::Month(day) => {
                on_day(later(self.first.first_of_month(), Span::new().try_months(n).ok()?).ok()?, day).ok()?
            }
            // The last day of a shorter February, by the calendar's own rule.
            Every::Year => later(self.first, Span::new().try_years(n).ok()?).ok()?,
        };
        let over = match self.end {
            End::Never => false,
            End::On(last) => day > last,
            End::After(times) => number >= times,
        };
        (!over).then_some(day)
    }

    /// When one occurrence is due, Unix milliseconds. An hour that summer time skips is the one after it; one that
    /// comes twice is the first.
    pub fn due_ms(&self, number: u32, zone: &TimeZone) -> Option<i64> {
        let moment = zone.to_ambiguous_zoned(self.day(number)?.to_datetime(self.at)).compatible().ok()?;
        Some(moment.timestamp().as_millisecond())
    }

    /// Occurrences from `number` on that are due at `now_ms`: how many there are, up to `most`.
    pub fn due(&self, number: u32, now_ms: i64, zone: &TimeZone, most: u32) -> u32 {
        let is_due = |n: &u32| self.due_ms(*n, zone).is_some_and(|at_ms| at_ms <= now_ms);
        let last = number.saturating_add(most);
        u32::try_from((number..last).take_while(is_due).count()).unwrap_or(most)
    }

    /// The next few moments from `number` on.
    pub fn next_ms(&self, number: u32, few: u32, zone: &TimeZone) -> Vec<i64> {
        (number..number.saturating_add(few)).map_while(|n| self.due_ms(n, zone)).collect()
    }
}

fn later(date: Date, span: Span) -> Result<Date, RuleError> {
    date.checked_add(span).map_err(|_| RuleError)
}

/// The day of the month of `date`, or its last one when there is none.
fn on_day(date: Date, day: u8) -> Result<Date, RuleError> {
    let day = i8::try_from(day).map_err(|_| RuleError)?.min(date.days_in_month());
    Date::new(date.year(), date.month(), day).map_err(|_| RuleError)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};
    use jiff::tz;
    use proptest::prelude::*;

    const NINE: Time = time(9, 0, 0, 0);

    fn days(rule: &Rule, few: u32) -> Vec<String> {
        (0..few).map_while(|n| rule.day(n)).map(|day| day.to_string()).collect()
    }

    fn rule(from: Date, every: Every, end: End) -> Rule {
        Rule::new(from, every, end, NINE).expect("a rule")
    }

    #[test]
    fn the_31st_is_the_last_day_of_a_shorter_month_and_comes_back_after_it() {
        let rent = rule(date(2027, 1, 31), Every::Month(31), End::Never);
        assert_eq!(days(&rent, 5), ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]);
        let leap = rule(date(2028, 1, 30), Every::Month(30), End::Never);
        assert_eq!(days(&leap, 3), ["2028-01-30", "2028-02-29", "2028-03-30"]);
    }

    #[test]
    fn a_day_that_has_passed_this_month_begins_next_month() {
        let rent = rule(date(2026, 11, 25), Every::Month(1), End::Never);
        assert_eq!(days(&rent, 2), ["2026-12-01", "2027-01-01"]);
        assert_eq!(days(&rule(date(2026, 2, 28), Every::Month(31), End::Never), 1), ["2026-02-28"]);
    }

    #[test]
    fn weeks_and_years_keep_their_day() {
        let lesson = rule(date(2026, 12, 21), Every::Weeks(2), End::Never);
        assert_eq!(days(&lesson, 3), ["2026-12-21", "2027-01-04", "2027-01-18"]);
        let birthday = rule(date(2028, 2, 29), Every::Year, End::Never);
        assert_eq!(days(&birthday, 5), ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]);
    }

    #[test]
    fn it_ends_by_its_day_or_by_its_count() {
        let until = rule(date(2026, 11, 25), Every::Day, End::On(date(2026, 11, 27)));
        assert_eq!(days(&until, 9), ["2026-11-25", "2026-11-26", "2026-11-27"]);
        assert_eq!(days(&rule(date(2026, 11, 25), Every::Weeks(1), End::After(2)), 9), ["2026-11-25", "2026-12-02"]);
        assert_eq!(days(&rule(date(2026, 11, 25), Every::Once, End::Never), 9), ["2026-11-25"]);
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        let today = date(2026, 11, 25);
        for (every, end) in [
            (Every::Weeks(0), End::Never),
            (Every::Weeks(53), End::Never),
            (Every::Month(0), End::Never),
            (Every::Month(32), End::Never),
            (Every::Day, End::After(0)),
            (Every::Day, End::On(date(2026, 11, 24))),
            (Every::Month(1), End::On(date(2026, 11, 30))),
        ] {
            assert_eq!(Rule::new(today, every, end, NINE), Err(RuleError), "{every:?} {end:?}");
        }
    }

    /// Central Europe's rule, in words the library reads: no file is looked at here.
    fn berlin() -> TimeZone {
        TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a zone")
    }

    #[test]
    fn nine_o_clock_stays_nine_o_clock_when_summer_begins_and_ends() {
        let hours = |from: Date| {
            let rule = rule(from, Every::Day, End::Never);
            let all = rule.next_ms(0, 3, &berlin());
            all.windows(2).map(|two| (two[1] - two[0]) / 3_600_000).collect::<Vec<_>>()
        };
        assert_eq!(hours(date(2027, 3, 27)), [23, 24]);
        assert_eq!(hours(date(2026, 10, 24)), [25, 24]);
        let night = Rule::new(date(2027, 3, 28), Every::Once, End::Never, time(2, 30, 0, 0)).expect("a rule");
        let shown = jiff::Timestamp::from_millisecond(night.due_ms(0, &berlin()).expect("due")).expect("a moment");
        assert_eq!(shown.to_string(), "2027-03-28T01:30:00Z", "half past three, the hour after the one left out");
    }

    fn any_rule() -> impl Strategy<Value = Rule> {
        let every = prop_oneof![
            Just(Every::Day),
            (1u8..=52).prop_map(Every::Weeks),
            (1u8..=31).prop_map(Every::Month),
            Just(Every::Year),
        ];
        let from = (2000i16..2200, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| date(y, m, d));
        (from, every).prop_map(|(from, every)| rule(from, every, End::Never))
    }

    proptest! {
        #[test]
        fn every_occurrence_is_later_than_the_one_before_in_any_zone(rule in any_rule(), n in 0u32..500, hours in -12i8..=14) {
            let zone = TimeZone::fixed(tz::offset(hours));
            for zone in [zone, berlin()] {
                prop_assert!(rule.due_ms(n, &zone).expect("one") < rule.due_ms(n + 1, &zone).expect("next"));
            }
        }

        #[test]
        fn a_month_is_never_left_out_and_never_comes_twice(from in 1i8..=28, day in 1u8..=31, n in 0u32..1_000) {
            let rule = rule(date(2026, 1, from), Every::Month(day), End::Never);
            let (one, two) = (rule.day(n).expect("one"), rule.day(n + 1).expect("next"));
            let month = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
            prop_assert_eq!(month(two) - month(one), 1);
            prop_assert_eq!(two.day(), i8::try_from(day).expect("day").min(two.days_in_month()));
        }

        #[test]
        fn what_is_due_is_exactly_what_has_passed(rule in any_rule(), n in 0u32..20, more in 0u32..20, ms in 0i64..60_000) {
            let zone = berlin();
            let now_ms = rule.due_ms(n + more, &zone).expect("due") + ms;
            prop_assert_eq!(rule.due(n, now_ms, &zone, 100), more + 1);
        }
    }
}
