use crate::Money;

/// One part of a divided amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// How much.
    pub amount: Money,
    /// One of the minor units that were left over fell here.
    pub rounded_up: bool,
}

impl Money {
    /// Divides the amount by whole weights, by the largest remainder: everybody gets their exact part rounded down, and
    /// the minor units left over go one each to whoever lost most by the rounding, the first of them when two lost the
    /// same. The parts add up to the whole exactly. `None` when all weights are zero: then nobody takes part.
    pub fn split(self, weights: &[u32]) -> Option<Vec<Share>> {
        let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        if whole == 0 {
            return None;
        }
        let exact = |weight: &u32| i128::from(self.minor()) * i128::from(*weight);
        // At most the amount itself, so it fits again.
        let down = |weight: &u32| i64::try_from(exact(weight) / whole).unwrap_or(i64::MAX);
        let floors: Vec<i64> = weights.iter().map(down).collect();
        let left = floors.iter().fold(self.minor(), |left, floor| left - floor);
        let mut by_loss: Vec<usize> = (0..weights.len()).collect();
        // A stable sort: of equal losses the first stays first.
        by_loss.sort_by_key(|at| weights.get(*at).map_or(0, |weight| -(exact(weight) % whole)));
        let up = by_loss.get(..usize::try_from(left).ok()?)?;
        let share = |(at, floor): (usize, i64)| {
            let rounded_up = up.contains(&at);
            let amount = Money::new(floor + i64::from(rounded_up), self.currency()).ok()?;
            Some(Share { amount, rounded_up })
        };
        floors.into_iter().enumerate().map(share).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;
    use proptest::prelude::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD).expect("amount")
    }

    fn minors(minor: i64, weights: &[u32]) -> Vec<i64> {
        usd(minor).split(weights).expect("somebody").iter().map(|share| share.amount.minor()).collect()
    }

    #[test]
    fn ten_dollars_by_three_leave_one_cent_to_the_first() {
        let shares = usd(1000).split(&[1, 1, 1]).expect("three");
        assert_eq!(minors(1000, &[1, 1, 1]), [334, 333, 333]);
        assert_eq!(shares.iter().map(|share| share.rounded_up).collect::<Vec<_>>(), [true, false, false]);
    }

    #[test]
    fn whoever_lost_most_by_rounding_gets_the_cent_that_is_left() {
        // Exactly 3333.33, 4444.44 and 2222.22 of a cent more than rounded down: the second lost most.
        assert_eq!(minors(10_000, &[3, 4, 2]), [3333, 4445, 2222]);
        assert_eq!(minors(1, &[1, 5, 1]), [0, 1, 0]);
        assert_eq!(minors(100, &[0, 1, 0]), [0, 100, 0]);
    }

    #[test]
    fn nobody_is_no_split() {
        assert_eq!(usd(1000).split(&[]), None);
        assert_eq!(usd(1000).split(&[0, 0]), None);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_none_is_a_whole_unit_from_its_exact_share(
            minor in 0i64..,
            weights in prop::collection::vec(any::<u32>(), 1..40),
        ) {
            let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            prop_assume!(whole > 0);
            let parts = minors(minor, &weights);
            prop_assert_eq!(parts.iter().map(|part| i128::from(*part)).sum::<i128>(), i128::from(minor));
            for (part, weight) in parts.iter().zip(&weights) {
                let off = i128::from(*part) * whole - i128::from(minor) * i128::from(*weight);
                prop_assert!(off.abs() < whole, "{part} for {weight} of {whole}");
            }
        }

        #[test]
        fn equal_weights_differ_by_one_unit_at_most_and_the_first_pay_it(minor in 0i64.., people in 1usize..60) {
            let parts = minors(minor, &vec![1; people]);
            prop_assert!(parts.iter().max().expect("one") - parts.iter().min().expect("one") <= 1);
            prop_assert!(parts.windows(2).all(|two| two[0] >= two[1]));
        }
    }
}
