//! What a Swiss biller writes: SIX Implementation Guidelines QR-bill 2.3, chapter 4. Only structured addresses (type S):
//! banks may refuse the combined ones since September 2026.

use rust_decimal::Decimal;

use super::{check_digit, is_qr_iban, read};
use crate::payload::{Problem, ProblemCode, must};

/// A name with its structured address (Guidelines, table 6).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostalAddress {
    /// Up to 70 characters.
    pub name: String,
    /// Up to 70 characters; may be empty.
    pub street: String,
    /// Up to 16 characters; may be empty.
    pub number: String,
    /// Up to 16 characters, without a country's letters.
    pub postcode: String,
    /// Up to 35 characters.
    pub town: String,
    /// Two letters, ISO 3166-1.
    pub country: String,
}

/// Everything on the payment part of a bill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SwissBill {
    /// An IBAN or QR-IBAN of Switzerland or Liechtenstein; spaces do not matter.
    pub account: String,
    /// Who is paid.
    pub creditor: PostalAddress,
    /// 0.01 to 999,999,999.99; `None`: the payer writes it.
    pub amount: Option<Decimal>,
    /// `CHF` or `EUR`.
    pub currency: String,
    /// Who pays; `None`: the payer writes it.
    pub debtor: Option<PostalAddress>,
    /// 27 digits with a QR-IBAN; ISO 11649 (`RF…`) or empty with any other. Spaces do not matter.
    pub reference: String,
    /// For the payer to read; with `information` up to 140 characters.
    pub message: String,
    /// For the payer's program: `//S1/…` (Swico).
    pub information: String,
}

impl SwissBill {
    /// The account without spaces.
    pub fn account(&self) -> String {
        without_spaces(&self.account).to_ascii_uppercase()
    }

    /// The reference without spaces.
    pub fn reference(&self) -> String {
        without_spaces(&self.reference).to_ascii_uppercase()
    }

    /// The reference under which a payment of `number` comes back: 27 digits for a QR-IBAN, nothing for any other account.
    pub fn reference_of(account: &str, number: u128) -> String {
        const PLACES: u128 = 10_u128.pow(26);
        if !is_qr_iban(&without_spaces(account).to_ascii_uppercase()) {
            return String::new();
        }
        let digits = format!("{:026}", number % PLACES);
        let check = check_digit(&digits.bytes().map(|digit| u32::from(digit - b'0')).collect::<Vec<_>>());
        format!("{digits}{check}")
    }

    /// The text of the Swiss QR code. Refused with the field that breaks a rule; nothing is shortened.
    pub fn write(&self) -> Result<String, Problem> {
        let mut lines: Vec<String> = ["SPC", "0200", "1"].map(str::to_owned).into();
        lines.push(self.account());
        lines.extend(address(Some(&self.creditor)));
        lines.extend(address(None));
        lines.push(self.amount.map(|amount| format!("{amount:.2}")).unwrap_or_default());
        lines.push(self.currency.clone());
        lines.extend(address(self.debtor.as_ref()));
        lines.extend([self.reference_type().to_owned(), self.reference(), self.message.clone(), "EPD".to_owned()]);
        if !self.information.is_empty() {
            lines.push(self.information.clone());
        }
        let exact = self.amount.is_none_or(|amount| amount.normalize().scale() <= 2 && amount > Decimal::ZERO);
        must(exact, ProblemCode::Amount, "amount")?;
        must(lines.iter().all(|line| line.chars().all(is_permitted)), ProblemCode::Syntax, "text")?;
        let text = lines.join("\n");
        match read(&text).and_then(|reading| reading.problem) {
            Some(problem) => Err(problem),
            None => Ok(text),
        }
    }

    fn reference_type(&self) -> &'static str {
        match (is_qr_iban(&self.account()), self.reference.trim().is_empty()) {
            (true, _) => "QRR",
            (false, true) => "NON",
            (false, false) => "SCOR",
        }
    }
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn address(of: Option<&PostalAddress>) -> [String; 7] {
    let Some(of) = of else { return Default::default() };
    ["S", &of.name, &of.street, &of.number, &of.postcode, &of.town, &of.country].map(str::to_owned)
}

/// The characters of a bill (Guidelines, 4.1.1): printable Latin-1, Latin Extended-A, four Romanian letters, the euro.
fn is_permitted(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{17f}' | '\u{218}'..='\u{21b}' | '\u{20ac}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::{Scheme, recognise_text};
    use proptest::prelude::*;

    #[test]
    fn a_qr_iban_gets_a_reference_that_adds_up_and_other_accounts_none() {
        let bill = SwissBill { reference: SwissBill::reference_of(&bill().account, u128::MAX), ..bill() };
        assert_eq!(bill.reference.len(), 27);
        assert!(bill.write().is_ok(), "{:?}", bill.write());
        assert_eq!(SwissBill::reference_of("CH93 0076 2011 6238 5295 7", 7), "");
    }

    fn bill() -> SwissBill {
        SwissBill {
            account: "CH44 3199 9123 0008 8901 2".into(),
            creditor: PostalAddress {
                name: "Bäckerei am Hafen AG".into(),
                street: "Seestraße".into(),
                number: "12a".into(),
                postcode: "9400".into(),
                town: "Rorschach".into(),
                country: "CH".into(),
            },
            amount: Some(Decimal::new(194_975, 2)),
            currency: "CHF".into(),
            debtor: None,
            reference: "21 00000 00003 13947 14300 09017".into(),
            message: "Bestellung vom 15.06.2026".into(),
            information: "//S1/10/10201409/11/260615/40/0:30".into(),
        }
    }

    #[test]
    fn what_is_written_says_the_whole_bill() {
        let reading = recognise_text(&bill().write().expect("a bill"));
        assert_eq!((reading.scheme, &reading.problem), (Scheme::SwissQrBill, &None));
        assert_eq!(reading.intent.payee.name.as_deref(), Some("Bäckerei am Hafen AG"));
        assert_eq!(reading.intent.payee.account.as_deref(), Some("CH4431999123000889012"));
        assert_eq!(reading.intent.amount.map(|amount| amount.text).as_deref(), Some("1949.75"));
        assert_eq!(reading.intent.reference.as_deref(), Some("210000000003139471430009017"));
    }

    #[test]
    fn each_rule_is_kept_with_its_field() {
        let broken = |change: fn(&mut SwissBill)| {
            let mut bill = bill();
            change(&mut bill);
            bill.write().map_err(|problem| (problem.code, problem.detail))
        };
        assert_eq!(broken(|b| b.reference.clear()), Err((ProblemCode::Reference, "qrr")));
        assert_eq!(broken(|b| b.account = "CH93 0076 2011 6238 5295 7".into()), Err((ProblemCode::Reference, "scor")));
        assert_eq!(broken(|b| b.currency = "USD".into()), Err((ProblemCode::Currency, "currency")));
        assert_eq!(broken(|b| b.creditor.town = "x".repeat(36)), Err((ProblemCode::TooLong, "creditor")));
        assert_eq!(broken(|b| b.amount = Some(Decimal::ZERO)), Err((ProblemCode::Amount, "amount")));
        assert_eq!(broken(|b| b.amount = Some(Decimal::new(1_005, 3))), Err((ProblemCode::Amount, "amount")));
        assert_eq!(broken(|b| b.message = "東京".into()), Err((ProblemCode::Syntax, "text")));
        assert_eq!(broken(|b| b.message = "one\ntwo".into()), Err((ProblemCode::Syntax, "text")));
        assert_eq!(broken(|b| b.message = "x".repeat(110)), Err((ProblemCode::TooLong, "message")));
    }

    proptest! {
        #[test]
        fn every_bill_reads_back_as_it_was_meant(
            cents in 1_i64..99_999_999_999, name in "[A-Za-zÀ-ž][A-Za-zÀ-ž .-]{0,60}[A-Za-z]", message in "[A-Za-z0-9À-ž]([ -~À-ž]{0,100}[A-Za-z0-9])?"
        ) {
            let mut bill = bill();
            bill.amount = Some(Decimal::new(cents, 2));
            (bill.creditor.name, bill.message, bill.information) = (name, message, String::new());
            let reading = recognise_text(&bill.write().expect("a bill"));
            prop_assert!(reading.valid());
            prop_assert_eq!(reading.intent.amount.map(|amount| amount.value), bill.amount.map(|a| a.normalize()));
            prop_assert_eq!(reading.intent.payee.name.as_deref(), Some(bill.creditor.name.as_str()));
            prop_assert_eq!(reading.intent.memo.as_deref(), Some(bill.message.as_str()));
        }
    }
}
