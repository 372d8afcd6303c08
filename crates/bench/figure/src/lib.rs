//! What all benchmarks share: a figure of ours beside a limit measured in the same run, and how it is printed.
//! It never judges: a benchmark prints a ratio, a person reads it; no test depends on time. Start with [`Figure`].

use std::borrow::Cow;

/// One measured pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What was measured.
    pub name: Cow<'static, str>,
    /// Ours, in `unit`.
    pub ours: f64,
    /// The peer's or the raw limit's, in `unit`, same run.
    pub limit: f64,
    /// For people; the JSON has only numbers.
    pub unit: &'static str,
}

impl Figure {
    /// Ours divided by the limit; two zeros are even.
    pub fn ratio(&self) -> f64 {
        if self.ours == self.limit { 1.0 } else { self.ours / self.limit }
    }

    /// A line for people, or a JSON line `{"name","ours","limit","ratio"}`; a ratio to nothing is `null`.
    pub fn print(&self, json: bool) {
        if json {
            let round = |v: f64| (v * 1000.0).round() / 1000.0;
            let (ours, limit, ratio) = (round(self.ours), round(self.limit), round(self.ratio()));
            println!("{}", serde_json::json!({ "name": self.name, "ours": ours, "limit": limit, "ratio": ratio }));
        } else {
            let Figure { name, ours, limit, unit } = self;
            println!("{name:<24} ours {ours:>9.1} {unit:<3} limit {limit:>9.1} {unit:<3} ratio {:.2}", self.ratio());
        }
    }
}

/// The middle value; an even count gives the lower middle. Nothing for no values.
pub fn median(values: Vec<f64>) -> Option<f64> {
    reached(values, 50)
}

/// The smallest value that this percentage of all values does not exceed. Nothing for no values.
pub fn reached(mut values: Vec<f64>, percent: usize) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let place = (values.len() * percent).div_ceil(100);
    values.get(place.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_value() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![]), None);
    }

    #[test]
    fn ninety_five_of_a_hundred_are_at_or_below_the_ninety_fifth() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(reached(values, 95), Some(95.0));
        assert_eq!(reached(vec![7.0], 95), Some(7.0));
    }

    #[test]
    fn nothing_beside_nothing_is_even() {
        let none = Figure { name: "wrong".into(), ours: 0.0, limit: 0.0, unit: "" };
        assert_eq!(none.ratio(), 1.0);
    }
}
