//! Swiss QR-bill: SIX Implementation Guidelines 2.3, chapter 4.

mod bill;

pub use bill::{PostalAddress, SwissBill};
use pay::Direction;

use super::account::{is_iban, is_rf_reference};
use super::swico;
use crate::payload::{AmountRule, Problem, ProblemCode, Reading, Scheme, Warning, has_hidden, must};

/// Lines of the code, counted from 0 (Guidelines, table 6).
mod line {
    pub(super) const VERSION: usize = 1;
    pub(super) const CODING: usize = 2;
    pub(super) const ACCOUNT: usize = 3;
    pub(super) const CREDITOR: usize = 4;
    pub(super) const ULTIMATE_CREDITOR: usize = 11;
    pub(super) const AMOUNT: usize = 18;
    pub(super) const CURRENCY: usize = 19;
    pub(super) const DEBTOR: usize = 20;
    pub(super) const REFERENCE_TYPE: usize = 27;
    pub(super) const REFERENCE: usize = 28;
    pub(super) const MESSAGE: usize = 29;
    pub(super) const TRAILER: usize = 30;
    pub(super) const BILL_INFORMATION: usize = 31;
    /// Bill information and two alternative procedures may follow the trailer.
    pub(super) const MOST: usize = 34;
}

pub(super) fn read(text: &str) -> Option<Reading> {
    let rest = text.strip_prefix("SPC")?;
    if !rest.starts_with(['\r', '\n']) {
        // A bill all the same, by its version line, with a wrong word in front.
        let meant = text.lines().nth(1).is_some_and(|version| version.len() == 4 && version.starts_with("02"));
        return meant.then(|| Reading::refused(Scheme::SwissQrBill, Problem::new(ProblemCode::Syntax, "type")));
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let lines: Vec<&str> = text.split('\n').collect();
    let get = |n: usize| lines.get(n).copied().unwrap_or_default();
    let mut reading = Reading::new(Scheme::SwissQrBill, Direction::Pay);
    reading.set_network("swiss-qr-bill");
    reading.set_account(get(line::ACCOUNT));
    reading.set_name(get(line::CREDITOR + 1));
    reading.set_reference(get(line::REFERENCE));
    reading.set_memo(get(line::MESSAGE));
    reading.set_due(&swico::due(get(line::BILL_INFORMATION)).unwrap_or_default());
    if [line::CREDITOR, line::DEBTOR].iter().any(|&n| get(n) == "K") {
        reading.warn(Warning::OutdatedAddress);
    }
    let money = money(&mut reading, get(line::CURRENCY), get(line::AMOUNT));
    reading.problem = check(&lines).err().or(money.err());
    Some(reading)
}

/// `0.00` is a notification that must not be paid (Guidelines, annex C).
fn money(reading: &mut Reading, currency: &str, value: &str) -> Result<(), Problem> {
    if !matches!(currency, "CHF" | "EUR") {
        return Err(Problem::new(ProblemCode::Currency, "currency"));
    }
    reading.currency = Some(currency.to_owned());
    if value.is_empty() {
        return Ok(());
    }
    // Digits stand on both sides of the point.
    must(!value.starts_with('.') && !value.ends_with('.'), ProblemCode::Amount, "amount")?;
    reading.set_decimal(value, AmountRule { field: "amount", decimals: 2, digits: 9, zero: true })?;
    if reading.intent.amount.as_ref().is_some_and(|asked| asked.value.is_zero()) {
        reading.warn(Warning::NotToBePaid);
        reading.intent.direction = Direction::None;
    }
    Ok(())
}

fn check(lines: &[&str]) -> Result<(), Problem> {
    let get = |n: usize| lines.get(n).copied().unwrap_or_default();
    let chars = |n: usize| get(n).chars().count();
    must(get(line::VERSION).starts_with("02") && get(line::VERSION).len() == 4, ProblemCode::Unsupported, "version")?;
    must(get(line::CODING) == "1", ProblemCode::Unsupported, "coding")?;
    must(lines.len() > line::TRAILER && lines.len() <= line::MOST, ProblemCode::Syntax, "lines")?;
    must(get(line::TRAILER) == "EPD", ProblemCode::Syntax, "trailer")?;
    let account = get(line::ACCOUNT);
    let home = account.starts_with("CH") || account.starts_with("LI");
    must(home && is_iban(account), ProblemCode::Account, "account")?;
    address(lines, line::CREDITOR, true)?;
    let ultimate = (line::ULTIMATE_CREDITOR..line::AMOUNT).all(|n| get(n).is_empty());
    must(ultimate, ProblemCode::Unsupported, "ultimate_creditor")?;
    address(lines, line::DEBTOR, false)?;
    reference(account, get(line::REFERENCE_TYPE), get(line::REFERENCE))?;
    must(chars(line::MESSAGE) + chars(line::BILL_INFORMATION) <= 140, ProblemCode::TooLong, "message")?;
    must(
        lines.iter().skip(line::BILL_INFORMATION + 1).all(|l| l.chars().count() <= 100),
        ProblemCode::TooLong,
        "alternative",
    )?;
    must(!lines.iter().any(|line| has_hidden(line)), ProblemCode::Deceptive, "text")
}

/// Seven lines: type, name, street, number, code, town, country. The creditor's is mandatory.
fn address(lines: &[&str], from: usize, mandatory: bool) -> Result<(), Problem> {
    let get = |n: usize| lines.get(from + n).copied().unwrap_or_default();
    if !mandatory && (0..7).all(|n| get(n).is_empty()) {
        return Ok(());
    }
    let long = |n: usize, most: usize| get(n).chars().count() > most;
    let detail = if mandatory { "creditor" } else { "debtor" };
    must(matches!(get(0), "S" | "K"), ProblemCode::Syntax, detail)?;
    must(!get(1).trim().is_empty(), ProblemCode::Missing, detail)?;
    must(!long(1, 70) && !long(2, 70) && !long(3, if get(0) == "K" { 70 } else { 16 }), ProblemCode::TooLong, detail)?;
    must(!long(4, 16) && !long(5, 35), ProblemCode::TooLong, detail)?;
    // Code and town have lines of their own, or stand together in the second one (Guidelines 2.2, table 6).
    let (own, together) = (!get(4).is_empty() && !get(5).is_empty(), !get(3).is_empty());
    let town = if get(0) == "S" { own } else { together && get(4).is_empty() && get(5).is_empty() };
    must(town, ProblemCode::Missing, detail)?;
    must(get(6).len() == 2 && get(6).bytes().all(|b| b.is_ascii_uppercase()), ProblemCode::Syntax, detail)
}

/// QRR belongs to a QR-IBAN (institution 30000 to 31999), SCOR and NON to any other.
fn reference(account: &str, kind: &str, reference: &str) -> Result<(), Problem> {
    let qr_iban = is_qr_iban(account);
    match kind {
        "QRR" => {
            must(qr_iban, ProblemCode::Contradiction, "qr_iban")?;
            must(is_qr_reference(reference), ProblemCode::Reference, "qrr")
        }
        "SCOR" => {
            must(!qr_iban, ProblemCode::Contradiction, "qr_iban")?;
            must(is_rf_reference(reference), ProblemCode::Reference, "scor")
        }
        "NON" => {
            must(!qr_iban, ProblemCode::Contradiction, "qr_iban")?;
            must(reference.is_empty(), ProblemCode::Contradiction, "reference")
        }
        _ => Err(Problem::new(ProblemCode::Unsupported, "reference_type")),
    }
}

fn is_qr_iban(account: &str) -> bool {
    let institution: u32 = account.get(4..9).and_then(|digits| digits.parse().ok()).unwrap_or_default();
    (30_000..=31_999).contains(&institution)
}

/// 27 digits, the last one recursive modulo 10 (Guidelines, annex B).
pub(super) fn is_qr_reference(text: &str) -> bool {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| digits.len() == 27) else { return false };
    check_digit(&digits[..26]) == digits[26]
}

/// Recursive modulo 10.
fn check_digit(digits: &[u32]) -> u32 {
    const NEXT: [u32; 10] = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
    (10 - digits.iter().fold(0, |carry, digit| NEXT[((carry + digit) % 10) as usize])) % 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    const BILL: &str = "SPC\n0200\n1\nCH4431999123000889012\nS\nMuster AG\nRue du Lac\n1268\n2501\nBiel\nCH\n\n\n\n\n\n\n\n1949.75\nCHF\n\n\n\n\n\n\n\nQRR\n210000000003139471430009017\nThank you\nEPD";

    #[test]
    fn a_bill_reads_with_every_field_whatever_ends_its_lines() {
        for end in ["\n", "\r\n", "\r"] {
            let reading = recognise_text(&BILL.replace('\n', end));
            assert_eq!((reading.scheme, reading.problem), (Scheme::SwissQrBill, None));
            assert_eq!(reading.intent.payee.name.as_deref(), Some("Muster AG"));
            assert_eq!(reading.intent.reference.as_deref(), Some("210000000003139471430009017"));
            assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("1949.75"));
        }
    }

    #[test]
    fn the_last_day_is_in_the_bill_information() {
        let reading = recognise_text(&format!("{BILL}\n//S1/10/7/11/260101/40/2:10;0:30"));
        assert_eq!((reading.problem, reading.intent.due.as_deref()), (None, Some("2026-01-31")));
        assert_eq!(recognise_text(&format!("{BILL}\n//S1/10/7")).intent.due, None);
    }

    #[test]
    fn a_zero_bill_is_a_notification() {
        let reading = recognise_text(&BILL.replace("1949.75", "0.00"));
        assert!(reading.valid() && reading.warnings.contains(&Warning::NotToBePaid));
        assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("0.00"));
    }

    #[test]
    fn every_broken_rule_is_refused_with_its_field() {
        for (from, to, code, detail) in [
            ("430009017", "430009016", ProblemCode::Reference, "qrr"),
            ("QRR", "NON", ProblemCode::Contradiction, "qr_iban"),
            ("QRR", "ABC", ProblemCode::Unsupported, "reference_type"),
            ("CH4431999123000889012", "DE02120300000000202051", ProblemCode::Account, "account"),
            ("CHF", "USD", ProblemCode::Currency, "currency"),
            ("1949.75", "19d49.75", ProblemCode::Amount, "amount"),
            ("1949.75", "1949.", ProblemCode::Amount, "amount"),
            ("1949.75", ".75", ProblemCode::Amount, "amount"),
            ("0200", "0100", ProblemCode::Unsupported, "version"),
            ("Muster AG", "", ProblemCode::Missing, "creditor"),
            ("2501", "", ProblemCode::Missing, "creditor"),
            ("Biel", "", ProblemCode::Missing, "creditor"),
            ("\nS\n", "\nK\n", ProblemCode::Missing, "creditor"),
            ("EPD", "EP", ProblemCode::Syntax, "trailer"),
            ("CH\n\n\n", "CH\nS\n\n", ProblemCode::Unsupported, "ultimate_creditor"),
        ] {
            let reading = recognise_text(&BILL.replacen(from, to, 1));
            assert_eq!(reading.problem, Some(Problem::new(code, detail)), "{from:?} -> {to:?}");
        }
    }
}
