//! What the codes say: payments as they are written in the world.

use crate::random::Random;

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MIXED: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const DIGITS: &[u8] = b"0123456789";
const NAMES: [&str; 8] = ["Avila", "Brandt", "Castel", "Duarte", "Engström", "Fontaine", "Grünwald", "Horvat"];
const HOSTS: [&str; 5] = ["pay.example", "checkout.example.com", "p.example.org", "till.example.net", "shop.example"];

fn letters(random: &mut Random, from: &[u8], count: usize) -> String {
    (0..count).map(|_| char::from(*random.one_of(from))).collect()
}

/// A link, a European transfer or an upper-case request, of the lengths these have.
pub(crate) fn payment(random: &mut Random) -> String {
    match random.below(3) {
        0 => {
            let count = 16 + random.below(32);
            format!("https://{}/i/{}", random.one_of(&HOSTS), letters(random, MIXED, count))
        }
        1 => {
            let (bic, account) = (letters(random, LETTERS, 8), letters(random, DIGITS, 20));
            let (name, euros, cents) = (random.one_of(&NAMES), 1 + random.below(900), random.below(100));
            let bill = letters(random, DIGITS, 8);
            format!("BCD\n002\n1\nSCT\n{bic}\n{name} GmbH\nDE{account}\nEUR{euros}.{cents:02}\n\n\nRechnung {bill}")
        }
        _ => format!("HTTPS://PAY.EXAMPLE/R/{}", letters(random, b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", 20)),
    }
}
