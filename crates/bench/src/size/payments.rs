//! A shop's payments, the same on every run.

use pay::{Currency, Money};
use protocol::body::{Payment, PaymentState, Person, Subject};
use protocol::{NONCE_BYTES, Proof};
use uuid::Uuid;

const FIRST: [&str; 20] = [
    "Jonas", "Anna", "Maya", "Liam", "Clara", "Noor", "Tomás", "Zoë", "Ines", "Pavel", "Ruth", "Sven", "Amara",
    "Björn", "Dina", "Emil", "Fay", "Goran", "Hana", "Ivo",
];
const LAST: [&str; 24] = [
    "Weber",
    "Okafor",
    "Silva",
    "Novak",
    "Osei",
    "Lindqvist",
    "Marsh",
    "Tanaka",
    "Costa",
    "Dubois",
    "Keller",
    "Ahmadi",
    "Brandt",
    "Castro",
    "Eriksen",
    "Fontaine",
    "Gruber",
    "Haddad",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "Laurent",
    "Moreau",
    "Quintero",
];
const NOTES: [&str; 12] = [
    "Saturday order",
    "Focaccia class",
    "Rent, second half",
    "Bike repair, rack and brake pads",
    "Café, two flat whites",
    "Picnic, her share",
    "Order 2214, paid at the counter",
    "Thank you for yesterday",
    "Tickets for the late show",
    "Weekly box of vegetables",
    "",
    "Deposit for the hall",
];
/// 1 January 2024.
const START_MS: i64 = 1_704_067_200_000;
/// Between two payments.
const STEP_MS: i64 = 61_000;
const SOURCE: Uuid = Uuid::from_u128(0x018d_0000_0000_7000_8000_0000_0000_0001);

/// Splitmix64: looks random, is the same on every run.
fn mixed(n: u64) -> u64 {
    let z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn pick<'a>(from: &[&'a str], n: u64) -> &'a str {
    from.get(usize::try_from(n % from.len() as u64).unwrap_or_default()).copied().unwrap_or_default()
}

/// One of 480 people.
fn somebody(n: u64) -> Person {
    let number = n % 480;
    let (first, last) = (pick(&FIRST, number), pick(&LAST, number / 20));
    let plain: String = format!("{first}{last}").chars().filter(char::is_ascii_alphabetic).collect();
    Person {
        id: Uuid::from_u128(0x018d_1111_0000_7000_8000_0000_0000_0000 + u128::from(number)),
        handle: format!("{}{number}", plain.to_ascii_lowercase()),
        display_name: format!("{first} {last}"),
        public_key: format!("{:016x}{:016x}AAAAAAAAAAA", mixed(number), mixed(number + 1)),
        picture: None,
    }
}

/// As long as a server's; nobody checks it here.
fn receipt(payment: &Payment) -> String {
    let proof = Proof {
        server: "http://127.0.0.1:40404".into(),
        payment_id: payment.id,
        request_id: payment.request_id,
        amount: Money::try_from(&payment.amount).unwrap_or(Money::zero(Currency::USD)),
        payee_handle: payment.payee.handle.clone(),
        paid_at_ms: payment.updated_at_ms,
        nonce: [7; NONCE_BYTES],
    };
    proof.sign(&ed25519_dalek::SigningKey::from_bytes(&[7; 32])).to_code()
}

/// What the server tells `me` of payment number `n`: nine in ten come in, one goes out and is told twice.
pub fn changes(me: &Person, n: u64) -> Vec<Subject> {
    let chance = mixed(n);
    let (other, at_ms) = (somebody(mixed(chance)), START_MS + STEP_MS * i64::try_from(n).unwrap_or_default());
    let out = chance.is_multiple_of(10);
    let minor = i64::try_from(100 + mixed(chance ^ 7) % 20_000).unwrap_or_default();
    let money = |minor| Money::new(minor, Currency::USD).unwrap_or(Money::zero(Currency::USD)).into();
    let mut tail = [0; 10];
    tail[..8].copy_from_slice(&chance.to_be_bytes());
    let fails = out && chance.is_multiple_of(70);
    let payment = Payment {
        id: uuid::Builder::from_unix_timestamp_millis(u64::try_from(at_ms).unwrap_or_default(), &tail).into_uuid(),
        payer: if out { me.clone() } else { other.clone() },
        payee: if out { other } else { me.clone() },
        amount: money(minor),
        fee: out.then(|| money(30)),
        source_id: out.then_some(SOURCE),
        request_id: None,
        returns: None,
        returned: None,
        note: pick(&NOTES, mixed(chance ^ 3)).to_owned(),
        state: PaymentState::Processing,
        outcome_unknown: false,
        failure: None,
        action_url: None,
        verified_by: None,
        receipt: None,
        created_at_ms: at_ms,
        updated_at_ms: at_ms,
    };
    let settled = Payment {
        state: if fails { PaymentState::Canceled } else { PaymentState::Succeeded },
        verified_by: Some("sandbox".into()),
        receipt: (!fails).then(|| receipt(&payment)),
        updated_at_ms: at_ms + 900,
        ..payment.clone()
    };
    if out { vec![Subject::Payment(payment), Subject::Payment(settled)] } else { vec![Subject::Payment(settled)] }
}
