//! What all benchmarks share: a figure of ours beside a limit measured in the same run, and how it is printed.
//! It never judges: a benchmark prints a ratio, a person reads it; no test depends on time.
//! Start with [`Figure`].

pub mod desktop;
pub mod size;

/// One measured pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What was measured.
    pub name: &'static str,
    /// Ours, in `unit`.
    pub ours: f64,
    /// The peer's or the raw limit's, in `unit`, same run.
    pub limit: f64,
    /// For people; the JSON has only numbers.
    pub unit: &'static str,
}

impl Figure {
    /// Ours divided by the limit.
    pub fn ratio(&self) -> f64 {
        self.ours / self.limit
    }

    /// A line for people, or a JSON line `{"name","ours","limit","ratio"}`.
    pub fn print(&self, json: bool) {
        if json {
            let round = |v: f64| (v * 1000.0).round() / 1000.0;
            let (ours, limit, ratio) = (round(self.ours), round(self.limit), round(self.ratio()));
            println!("{}", serde_json::json!({ "name": self.name, "ours": ours, "limit": limit, "ratio": ratio }));
        } else {
            let Figure { name, ours, limit, unit } = self;
            println!("{name:<14} ours {ours:>9.1} {unit}   limit {limit:>9.1} {unit}   ratio {:.2}", self.ratio());
        }
    }
}

/// The middle value; an even count gives the lower middle. Nothing for no values.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle_value() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![]), None);
    }
}
