//! Thai codes beside PromptPay: the Bank of Thailand's bill payment barcode, and the code on a transfer slip.

use pay::Direction;

use super::{emv, tlv};
use crate::payload::{Problem, ProblemCode, Reading, Scheme, must};

pub(super) fn read(text: &str) -> Option<Reading> {
    barcode(text).or_else(|| slip(text))
}

/// `|`, then payee, two references and the amount in satang, each on its line.
fn barcode(text: &str) -> Option<Reading> {
    let text = text.replace("\r\n", "\r");
    let rest = text.trim_matches(['\r', '\n', ' ']).strip_prefix('|')?;
    let lines: Vec<&str> = rest.split(['\r', '\n']).map(str::trim).collect();
    let payee = lines.first()?;
    if !(13..=15).contains(&payee.len()) || !payee.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut reading = Reading::new(Scheme::ThaiBotBarcode, Direction::Pay);
    reading.set_network("thai-bill-payment");
    reading.currency = Some("THB".to_owned());
    reading.set_account(payee);
    reading.set_reference(lines.get(1).copied().unwrap_or_default());
    reading.problem = fill(&lines, &mut reading).err();
    Some(reading)
}

fn fill(lines: &[&str], reading: &mut Reading) -> Result<(), Problem> {
    let &[_, first, second, satang] = lines else { return Err(Problem::new(ProblemCode::Missing, "lines")) };
    let reference = |text: &str| text.len() <= 20 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    must(!first.is_empty() && reference(first), ProblemCode::Reference, "ref1")?;
    must(reference(second), ProblemCode::Reference, "ref2")?;
    reading.set_hundredths(satang, 1..=12, "amount")
}

/// EMVCo's grammar with another meaning: template 00 names the bank and the transfer, and the checksum's tag is 91.
fn slip(text: &str) -> Option<Reading> {
    let text = text.trim();
    let fields = text.starts_with("00").then(|| tlv::parse(text).ok())??;
    let inner = fields.get("00").and_then(|inner| tlv::parse(inner).ok())?;
    // Banks' slips and the wallet TrueMoney's number their fields differently.
    let transfer = match (fields.last(), inner.get("00")) {
        (Some("91"), Some("000001")) => "02",
        (Some("91"), Some("01")) if inner.has("03") => "03",
        _ => return None,
    };
    let mut reading = Reading::new(Scheme::ThaiSlipVerify, Direction::None);
    reading.set_network("thai-slip-verify");
    if let Some(reference) = inner.get(transfer) {
        reading.set_reference(reference);
    }
    reading.problem = emv::checksum_in(text, &fields, "91").err();
    Some(reading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    #[test]
    fn satang_become_baht() {
        let reading = recognise_text("|099400016550100\r123456789012\r670429\r364922");
        assert_eq!((reading.scheme, reading.problem), (Scheme::ThaiBotBarcode, None));
        assert_eq!(reading.intent.amount.map(|a| a.text).as_deref(), Some("3649.22"));
        assert_eq!(recognise_text("|099400016550100\r1\r\r0").intent.amount, None);
        let reading = recognise_text("|099400016550100\r\n1\r\n\r\n100\r\n");
        assert_eq!((reading.problem, reading.intent.amount.map(|a| a.text).as_deref()), (None, Some("1.00")));
    }

    #[test]
    fn broken_barcodes_and_slips_are_refused() {
        for (text, code) in [
            ("|099400016550100\r123456789012\r670429", ProblemCode::Missing),
            ("|099400016550100\r123\r670429\r36.5", ProblemCode::Amount),
            ("|099400016550100\r\r670429\r36", ProblemCode::Reference),
            ("004100060000010103014022000111222233344ABCD125102TH910417DE", ProblemCode::Checksum),
        ] {
            assert_eq!(recognise_text(text).problem.map(|p| p.code), Some(code), "{text}");
        }
    }

    #[test]
    fn a_slip_is_no_payment() {
        let reading = recognise_text("004100060000010103014022000111222233344ABCD125102TH910417DF");
        assert_eq!((reading.scheme, reading.problem), (Scheme::ThaiSlipVerify, None));
        assert_eq!(reading.intent.direction, Direction::None);
        assert_eq!(reading.intent.reference.as_deref(), Some("00111222233344ABCD12"));
        let body = "00400002010102010203P2P0305TX1230408202601019104";
        let wallet = format!("{body}{:04x}", emv::crc16(body.as_bytes()));
        let reading = recognise_text(&wallet);
        assert_eq!((reading.scheme, reading.problem), (Scheme::ThaiSlipVerify, None), "{wallet}");
        assert_eq!(reading.intent.reference.as_deref(), Some("TX123"));
        let changed = recognise_text(&wallet.replace("TX123", "TX124"));
        assert_eq!(changed.problem.map(|p| p.code), Some(ProblemCode::Checksum));
    }
}
