use crate::Habit;

/// Somebody who lives in the town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbour {
    /// Handle, without `@`.
    pub handle: &'static str,
    /// Name others see.
    pub name: &'static str,
    /// What they do when asked for money.
    pub habit: Habit,
}

/// Everybody, one for each habit.
pub const NEIGHBOURS: [Neighbour; 7] = [
    Neighbour { handle: "rosa", name: "Rosa Lindqvist", habit: Habit::PaysSoon },
    Neighbour { handle: "theo", name: "Theo Brandt", habit: Habit::Declines },
    Neighbour { handle: "nadia", name: "Nadia Okafor", habit: Habit::PaysInParts },
    Neighbour { handle: "felix", name: "Felix Moreau", habit: Habit::PaysLate },
    Neighbour { handle: "june", name: "June Park", habit: Habit::Confirms },
    Neighbour { handle: "omar", name: "Omar Haddad", habit: Habit::Asks },
    Neighbour { handle: "harbor", name: "Harbor Bakery", habit: Habit::Sells },
];

/// Something the bakery sells by an open request: note and price in US dollars.
pub(crate) struct Ware {
    pub note: &'static str,
    pub price: &'static str,
}

/// What stands on the counter.
pub(crate) const WARES: [Ware; 3] = [
    Ware { note: "Coffee and a cinnamon roll", price: "6.40" },
    Ware { note: "Sourdough loaf", price: "8.50" },
    Ware { note: "Box of six pastries", price: "21.00" },
];

/// What the asker asks a newcomer for.
pub(crate) const ASKED: Ware = Ware { note: "Your half of the pizza", price: "11.75" };

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn handles_can_be_had_and_do_not_look_alike() {
        let shapes: BTreeSet<String> =
            NEIGHBOURS.iter().map(|n| pay::Handle::claim(n.handle).expect("free").skeleton()).collect();
        assert_eq!(shapes.len(), NEIGHBOURS.len());
    }

    #[test]
    fn prices_are_money() {
        for ware in WARES.iter().chain([&ASKED]) {
            let price = pay::Money::parse(ware.price, pay::Currency::USD).expect("money");
            assert!(!price.is_zero(), "{}", ware.note);
        }
    }
}
