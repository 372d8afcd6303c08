use rust_decimal::Decimal;

/// Which way the money (or the right) goes for the person who scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The reader pays.
    Pay,
    /// The reader is given money.
    Receive,
    /// The reader would allow future debits.
    Authorise,
    /// The reader would sign in somewhere.
    Login,
    /// No money and no right moves.
    None,
}

impl Direction {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Direction::Pay => "pay",
            Direction::Receive => "receive",
            Direction::Authorise => "authorise",
            Direction::Login => "login",
            Direction::None => "none",
        }
    }
}

/// Who is on the other side, as far as the code says. Unproved: codes are unsigned paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// The name printed in the code; never invented.
    pub name: Option<String>,
    /// Account, handle, address or IBAN, as printed.
    pub account: Option<String>,
}

/// An amount a code asks for. Codes may ask in units that are not money here (ETH, sat), so this is a decimal
/// beside the text of its unit; [`crate::Money`] is made from it only for ISO 4217 currencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedAmount {
    /// The exact decimal, in whole units.
    pub value: Decimal,
    /// The text of the amount as it should be shown (keeps printed trailing zeros).
    pub text: String,
    /// ISO 4217 code or a unit such as `BTC`; `None` when the code does not say.
    pub unit: Option<String>,
}

/// What a code asks for, before anybody agreed to anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Which way it goes.
    pub direction: Direction,
    /// Who asks.
    pub payee: Party,
    /// How much, when the code says.
    pub amount: Option<AskedAmount>,
    /// The payee's reference.
    pub reference: Option<String>,
    /// Free text for the payer.
    pub memo: Option<String>,
    /// Day by which it should be paid, `YYYY-MM-DD`.
    pub due: Option<String>,
    /// Payment network or chain, for example `bitcoin`, `sepa`.
    pub network: Option<String>,
}

impl Intent {
    /// An intent with a direction and nothing else.
    pub fn new(direction: Direction) -> Self {
        Intent {
            direction,
            payee: Party::default(),
            amount: None,
            reference: None,
            memo: None,
            due: None,
            network: None,
        }
    }
}
