//! Writing what a payee asks, in the standard a payer's own app reads. Everything written is read back first.

use pay::Intent;

use super::{Problem, ProblemCode, recognise_text};
use crate::scheme;

/// The standards a payee can ask in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Writable {
    /// EPC069-12: euros to an IBAN.
    Epc,
    /// Czech and Slovak Short Payment Descriptor.
    Spayd,
    /// RFC 8905, to an IBAN.
    Payto,
    /// India's UPI, rupees to an address `name@bank`.
    Upi,
    /// Bitcoin, on chain.
    Bip21,
    /// Brazil's Pix, static: reais to a key.
    Pix,
    /// Singapore's PayNow: dollars to a mobile number `+65…` or a company's number.
    PayNow,
    /// Thailand's PromptPay: baht to a mobile number or a tax number.
    PromptPay,
}

impl Writable {
    /// All of them, with the word of each.
    pub const ALL: [(Writable, &'static str); 8] = [
        (Writable::Epc, "epc"),
        (Writable::Spayd, "spayd"),
        (Writable::Payto, "payto"),
        (Writable::Upi, "upi"),
        (Writable::Bip21, "bip21"),
        (Writable::Pix, "pix"),
        (Writable::PayNow, "paynow"),
        (Writable::PromptPay, "promptpay"),
    ];
}

/// Writes who asks, how much and for what (`payee`, `amount`, `reference`, `memo`; the amount's unit names the currency).
/// Refused with the field that the standard cannot carry, or not in that form; nothing is shortened or left out.
pub fn write(standard: Writable, asked: &Intent) -> Result<String, Problem> {
    let text = match standard {
        Writable::Epc => scheme::epc::write(asked),
        Writable::Spayd => scheme::spayd::write(asked),
        Writable::Payto => scheme::payto::write(asked),
        Writable::Upi => scheme::upi::write(asked),
        Writable::Bip21 => scheme::bitcoin::write(asked),
        Writable::Pix => scheme::emv::write::pix(asked),
        Writable::PayNow => scheme::emv::write::paynow(asked),
        Writable::PromptPay => scheme::emv::write::promptpay(asked),
    }?;
    let read = recognise_text(&text);
    if let Some(problem) = read.problem {
        return Err(problem);
    }
    let same = |one: &Option<String>, other: &Option<String>| filled(one) == filled(other);
    let value = |intent: &Intent| intent.amount.as_ref().map(|amount| amount.value);
    let checks = [
        (same(&read.intent.payee.name, &asked.payee.name) || standard == Writable::PromptPay, "name"),
        (filled(&read.intent.payee.account).is_some(), "account"),
        (value(&read.intent) == value(asked), "amount"),
        (same(&read.intent.reference, &asked.reference), "reference"),
        (same(&read.intent.memo, &asked.memo), "memo"),
    ];
    match checks.into_iter().find(|(holds, _)| !holds) {
        Some((_, field)) => Err(Problem::new(ProblemCode::Syntax, field)),
        None => Ok(text),
    }
}

fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// The parts of what is asked, as the writers need them.
pub(crate) struct Parts<'a> {
    pub(crate) name: &'a str,
    pub(crate) account: &'a str,
    pub(crate) amount: Option<&'a str>,
    pub(crate) unit: &'a str,
    pub(crate) reference: &'a str,
    pub(crate) memo: &'a str,
}

impl<'a> Parts<'a> {
    /// An account is always needed; an amount needs a unit, which must be `unit` when the standard knows one only.
    pub(crate) fn of(asked: &'a Intent, unit: Option<&'static str>) -> Result<Self, Problem> {
        let text = |text: &'a Option<String>| text.as_deref().unwrap_or_default();
        let account = text(&asked.payee.account);
        super::must(!account.is_empty(), ProblemCode::Missing, "account")?;
        let given = asked.amount.as_ref().and_then(|amount| amount.unit.as_deref());
        if let Some(unit) = unit {
            super::must(given.is_none_or(|given| given == unit), ProblemCode::Currency, "amount")?;
        }
        super::must(asked.amount.is_none() || given.or(unit).is_some(), ProblemCode::Currency, "amount")?;
        Ok(Parts {
            name: text(&asked.payee.name),
            account,
            amount: asked.amount.as_ref().map(|amount| amount.text.as_str()),
            unit: given.or(unit).unwrap_or_default(),
            reference: text(&asked.reference),
            memo: text(&asked.memo),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pay::{AskedAmount, Direction};
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    fn asked(account: &str, unit: &str, cents: i64, name: &str, reference: &str, memo: &str) -> Intent {
        let mut intent = Intent::new(Direction::Pay);
        intent.payee.account = Some(account.to_owned());
        intent.payee.name = (!name.is_empty()).then(|| name.to_owned());
        intent.reference = (!reference.is_empty()).then(|| reference.to_owned());
        intent.memo = (!memo.is_empty()).then(|| memo.to_owned());
        let value = Decimal::new(cents, 2);
        intent.amount = (cents > 0).then(|| AskedAmount {
            text: value.to_string(),
            value: value.normalize(),
            unit: Some(unit.to_owned()),
        });
        intent
    }

    #[test]
    fn each_standard_says_the_whole_request() {
        for (standard, intent, start) in [
            (
                Writable::Epc,
                asked("DE33100205000001194700", "EUR", 1250, "Café Ömür", "", "Tea & cake"),
                "BCD\n002\n1\nSCT\n",
            ),
            (Writable::Epc, asked("DE33100205000001194700", "EUR", 0, "Café", "RF18539007547034", ""), "BCD"),
            (
                Writable::Spayd,
                asked("CZ7603000000000076327632", "CZK", 2512, "NOVÁK*SYN", "0009", "100 %"),
                "SPD*1.0*ACC:",
            ),
            (Writable::Payto, asked("DE33100205000001194700", "EUR", 1, "A & B", "7", "a+b"), "payto://iban/"),
            (Writable::Upi, asked("ana@bank", "INR", 99, "Ana + Co", "TR1", "chai & more"), "upi://pay?pa=ana%40bank"),
            (Writable::Bip21, asked("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "BTC", 5, "Ana", "", "Tea?"), "bitcoin:1Bg"),
            (Writable::Pix, asked("ana@mail.example", "BRL", 10099, "ANA SILVA", "PEDIDO7", "cafe"), "000201"),
            (Writable::PayNow, asked("+6591234567", "SGD", 500, "ANA TAN", "INV7", ""), "000201"),
            (Writable::PayNow, asked("201403121W", "SGD", 0, "SHOP PTE LTD", "", ""), "000201"),
            (Writable::PromptPay, asked("0812345678", "THB", 42, "", "", ""), "000201"),
            (Writable::PromptPay, asked("1234567890123", "THB", 0, "", "", ""), "000201"),
        ] {
            let text = write(standard, &intent).unwrap_or_else(|problem| panic!("{standard:?}: {problem:?}"));
            assert!(text.starts_with(start), "{text}");
        }
    }

    #[test]
    fn what_a_standard_cannot_carry_is_refused_not_left_out() {
        let long = "x".repeat(80);
        for (standard, intent) in [
            (Writable::Epc, asked("DE33100205000001194700", "CZK", 1, "A", "", "")),
            (Writable::Epc, asked("DE33100205000001194700", "EUR", 1, "A", "RF18539007547034", "and a text")),
            (Writable::Epc, asked("DE33100205000001194701", "EUR", 1, "A", "", "")),
            (Writable::Spayd, asked("CZ7603000000000076327632", "CZK", 1, &long, "", "")),
            (Writable::Upi, asked("ana", "INR", 1, "A", "", "")),
            (Writable::Bip21, asked("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "BTC", 5, "A", "REF", "")),
            (Writable::Pix, asked("ana@mail.example", "BRL", 1, &long, "", "")),
            (Writable::Pix, asked("ana@mail.example", "BRL", 1, "A", "has space", "")),
            (Writable::PayNow, asked("12", "SGD", 1, "A", "", "")),
            (Writable::PromptPay, asked("0812345678", "THB", 1, "", "REF", "")),
            (Writable::PromptPay, asked("0812345678", "THB", 1, "", "", "a note")),
        ] {
            assert!(write(standard, &intent).is_err(), "{standard:?} {intent:?}");
        }
    }

    proptest! {
        #[test]
        fn written_and_read_is_the_same(
            which in 0..Writable::ALL.len(), cents in 0i64..99_999_999, name in "[ -~\u{e0}-\u{ff}]{0,30}", memo in "[ -~\u{e0}-\u{ff}]{0,30}"
        ) {
            let (standard, _) = Writable::ALL[which];
            let (account, unit) = match standard {
                Writable::Epc | Writable::Payto => ("DE33100205000001194700", "EUR"),
                Writable::Spayd => ("CZ7603000000000076327632", "CZK"),
                Writable::Upi => ("ana@bank", "INR"),
                Writable::Bip21 => ("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "BTC"),
                Writable::Pix => ("ana@mail.example", "BRL"),
                Writable::PayNow => ("+6591234567", "SGD"),
                Writable::PromptPay => ("0812345678", "THB"),
            };
            // Blanks around and inside a text are not kept by every standard; that is refused, never changed.
            if let Ok(text) = write(standard, &asked(account, unit, cents, &name, "", &memo)) {
                let read = recognise_text(&text);
                prop_assert!(read.valid());
                prop_assert_eq!(read.intent.memo.unwrap_or_default(), memo);
                prop_assert_eq!(read.intent.amount.map(|a| a.value).unwrap_or_default(), Decimal::new(cents, 2).normalize());
            }
        }
    }
}
