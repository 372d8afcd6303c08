//! What is in codes and is not a payment: named, so that people know, and secrets marked.

use crate::payload::{Reading, Warning, after};

/// Starts of well-known payloads (ZXing's "barcode contents" list, RFC 6350, 5545, 6068, 5870, 3966, otpauth key URIs).
const STARTS: &[(&str, &str)] = &[
    ("WIFI:", "wifi"),
    ("BEGIN:VCARD", "vcard"),
    ("MECARD", "vcard"),
    ("BIZCARD:", "vcard"),
    ("BEGIN:VEVENT", "calendar"),
    ("BEGIN:VCALENDAR", "calendar"),
    ("OTPAUTH:", "otpauth"),
    ("OTPAUTH-MIGRATION:", "otpauth"),
    ("HC1:", "covid-cert"),
    ("MAILTO:", "mailto"),
    ("MATMSG:", "mailto"),
    ("SMTP:", "mailto"),
    ("SMSTO:", "sms"),
    ("SMS:", "sms"),
    ("MMS:", "sms"),
    ("MMSTO:", "sms"),
    ("WHATSAPP://", "whatsapp"),
    ("TEL:", "tel"),
    ("GEO:", "geo"),
    ("MEBKM:", "bookmark"),
];

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim_start();
    let starts = |start: &str| after(text, start).is_some();
    let named = STARTS.iter().find(|(start, _)| starts(start)).map(|(_, name)| *name);
    let name = named.or_else(|| bare(text))?;
    let mut reading = Reading::nonpay(name);
    if matches!(name, "wifi" | "otpauth") {
        reading.warn(Warning::Secret);
    }
    Some(reading)
}

/// Forms without a start of their own.
fn bare(text: &str) -> Option<&'static str> {
    let text = text.trim_end();
    if is_ean13(text) {
        return Some("ean13");
    }
    if is_boarding_pass(text) {
        return Some("boarding-pass");
    }
    is_address(text).then_some("email-or-lightning-address")
}

/// Thirteen digits whose last is the GS1 check digit.
fn is_ean13(text: &str) -> bool {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| digits.len() == 13) else { return false };
    digits.iter().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum::<u32>() % 10 == 0
}

/// IATA Resolution 792: `M`, number of legs, 20 characters of name, electronic ticket mark.
fn is_boarding_pass(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 58 && text.is_ascii() && bytes[0] == b'M' && matches!(bytes[1], b'1'..=b'4') && bytes[22] == b'E'
}

/// `name@host` is an e-mail address, a Lightning address, a Pix key or a UPI address: nobody can tell, so ask.
fn is_address(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let name_ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    let host_ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let shape = !name.is_empty() && name.chars().all(name_ok) && host.chars().all(host_ok);
    shape && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::{Scheme, recognise_text};

    #[test]
    fn everyday_codes_are_named() {
        for (text, name) in [
            ("WIFI:T:WPA;S:Home;P:secret;;", "wifi"),
            ("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana\r\nEND:VCARD", "vcard"),
            ("otpauth://totp/Example?secret=AAAA", "otpauth"),
            ("mailto:ana@example.org", "mailto"),
            ("SMTP:ana@example.org:Hello:World", "mailto"),
            ("mms:+15550100", "sms"),
            ("whatsapp://send?phone=15550100", "whatsapp"),
            ("9780306406157", "ean13"),
            ("9780306406158", "text"),
            ("someone@example.com", "email-or-lightning-address"),
            ("two@at@example.com", "text"),
            ("M1DOE/JOHN            EABC123 YULFRAAC 0834 226F001A0025 100", "boarding-pass"),
        ] {
            let reading = recognise_text(text);
            assert_eq!((reading.scheme, reading.profile), (Scheme::Nonpay, Some(name)), "{text}");
            assert!(reading.valid());
        }
    }

    #[test]
    fn secrets_are_marked_and_in_no_field() {
        for text in ["WIFI:T:WPA;S:Home;P:hunter22;;", "otpauth://totp/x?secret=hunter22"] {
            let reading = recognise_text(text);
            assert!(reading.warnings.contains(&Warning::Secret));
            assert!(!format!("{reading:?}").contains("hunter22"));
        }
    }
}
