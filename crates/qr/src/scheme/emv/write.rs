//! Writing merchant-presented codes of three national networks.

use pay::Intent;

use super::crc16;
use crate::payload::{Parts, Problem, ProblemCode, must};

/// Banco Central do Brasil: a static code for a key. The reference is the `txid`, letters and digits only.
pub(crate) fn pix(asked: &Intent) -> Result<String, Problem> {
    let parts = Parts::of(asked, Some("BRL"))?;
    let txid = parts.reference.len() <= 25 && parts.reference.bytes().all(|b| b.is_ascii_alphanumeric());
    must(txid, ProblemCode::Reference, "62")?;
    let mut account = field("00", "br.gov.bcb.pix")? + &field("01", parts.account)?;
    if !parts.memo.is_empty() {
        account += &field("02", parts.memo)?;
    }
    let reference = if parts.reference.is_empty() { "***" } else { parts.reference };
    let body = field("26", &account)? + &field("52", "0000")? + &field("53", "986")? + &amount(&parts)?;
    let payee = field("58", "BR")? + &name(&parts, 25)? + &field("60", "BRASIL")?;
    Ok(closed(body + &payee + &field("62", &field("05", reference)?)?))
}

/// Association of Banks in Singapore: a mobile number with its country, or a company's number (UEN).
pub(crate) fn paynow(asked: &Intent) -> Result<String, Problem> {
    let parts = Parts::of(asked, Some("SGD"))?;
    must(parts.memo.is_empty(), ProblemCode::Unsupported, "memo")?;
    let mobile = parts.account.strip_prefix("+65").is_some_and(|number| number.len() == 8 && digits(number));
    let company = matches!(parts.account.len(), 9..=13) && parts.account.bytes().all(|b| b.is_ascii_alphanumeric());
    must(mobile || company, ProblemCode::Account, "26")?;
    // A payer may change the amount only where none is asked.
    let editable = if parts.amount.is_some() { "0" } else { "1" };
    let account = field("00", "SG.PAYNOW")?
        + &field("01", if mobile { "0" } else { "2" })?
        + &field("02", parts.account)?
        + &field("03", editable)?;
    let body = field("26", &account)? + &field("52", "0000")? + &field("53", "702")? + &amount(&parts)?;
    let mut payee = field("58", "SG")? + &name(&parts, 25)? + &field("60", "Singapore")?;
    if !parts.reference.is_empty() {
        // Where the banks' apps look for it: the bill number (SGQR specification, tag 62).
        payee += &field("62", &field("01", parts.reference)?)?;
    }
    Ok(closed(body + &payee))
}

/// Bank of Thailand: a mobile number in thirteen digits with its country, or a tax number. Neither name nor text fits in.
pub(crate) fn promptpay(asked: &Intent) -> Result<String, Problem> {
    let parts = Parts::of(asked, Some("THB"))?;
    must(parts.reference.is_empty(), ProblemCode::Unsupported, "reference")?;
    must(parts.memo.is_empty(), ProblemCode::Unsupported, "memo")?;
    let mobile = parts.account.strip_prefix("+66").or(parts.account.strip_prefix('0')).filter(|rest| rest.len() == 9);
    let proxy = match mobile {
        Some(number) if digits(number) => field("01", &format!("0066{number}"))?,
        _ => {
            must(parts.account.len() == 13 && digits(parts.account), ProblemCode::Account, "29")?;
            field("02", parts.account)?
        }
    };
    let account = field("00", "A000000677010111")? + &proxy;
    Ok(closed(field("29", &account)? + &field("53", "764")? + &amount(&parts)? + &field("58", "TH")?))
}

fn digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn amount(parts: &Parts) -> Result<String, Problem> {
    parts.amount.map_or(Ok(String::new()), |amount| field("54", amount))
}

/// Card schemes' letters only: the networks' own apps read nothing else.
fn name(parts: &Parts, most: usize) -> Result<String, Problem> {
    let plain = parts.name.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    must(!parts.name.is_empty(), ProblemCode::Missing, "59")?;
    must(plain, ProblemCode::Syntax, "59")?;
    must(parts.name.len() <= most, ProblemCode::TooLong, "59")?;
    field("59", parts.name)
}

/// Tag, two digits of length in characters, value (QRCPS-MPM 3.2).
fn field(tag: &'static str, value: &str) -> Result<String, Problem> {
    let length = value.chars().count();
    must((1..=99).contains(&length), ProblemCode::TooLong, tag)?;
    Ok(format!("{tag}{length:02}{value}"))
}

/// Between format indicator and checksum.
fn closed(body: String) -> String {
    let text = format!("000201{body}6304");
    let sum = crc16(text.as_bytes());
    format!("{text}{sum:04X}")
}
