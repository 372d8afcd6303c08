//! PAY by square (Slovak Banking Association, bysquare 1.1): base32hex of a header and an LZMA stream of tab-separated
//! fields with their CRC-32 in front.

use std::io::Read as _;

use lzma_rust2::LzmaReader;
use pay::{Currency, Direction};

use super::account::{is_bic, is_iban};
use super::fives::to_bytes;
use crate::payload::{AmountRule, Problem, ProblemCode, Reading, Scheme, Warning, crc32, must};

/// Fewest characters of a code.
const SHORTEST: usize = 60;
/// Most bytes a code unpacks to; a real one has some hundred.
const UNPACKED: u64 = 64 * 1024;
const DICTIONARY: u32 = 128 * 1024;
/// Fields of a standing order and of a direct debit.
const STANDING_FIELDS: usize = 4;
const DEBIT_FIELDS: usize = 10;

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let letters = text.len() >= SHORTEST && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'V'));
    let bytes = letters.then(|| to_bytes(text.chars().map(|c| c.to_digit(32).unwrap_or_default() as u8)).0)?;
    // Type 0 (payment), version up to 2, document type 0, and four bits in reserve.
    let [kind, 0, rest @ ..] = bytes.as_slice() else { return None };
    if *kind > 2 {
        return None;
    }
    let mut reading = Reading::new(Scheme::PayBySquare, Direction::Pay);
    reading.set_network("pay-by-square");
    reading.problem = unpack(rest).and_then(|text| fill(&text, &mut reading)).err();
    Some(reading)
}

/// Two bytes of length, then LZMA (lc 3, lp 0, pb 2) of the checksum and the text.
fn unpack(bytes: &[u8]) -> Result<String, Problem> {
    let bad = Problem::new(ProblemCode::Checksum, "lzma");
    let (length, stream) = bytes.split_first_chunk::<2>().ok_or(bad)?;
    let length = u64::from(u16::from_le_bytes(*length));
    must((5..=UNPACKED).contains(&length), ProblemCode::Syntax, "length")?;
    let reader = LzmaReader::new(stream, length, 3, 0, 2, DICTIONARY, None).map_err(|_| bad)?;
    let mut unpacked = Vec::with_capacity(length as usize);
    reader.take(length).read_to_end(&mut unpacked).map_err(|_| bad)?;
    must(unpacked.len() as u64 == length, ProblemCode::Checksum, "lzma")?;
    let (sum, text) = unpacked.split_first_chunk::<4>().ok_or(bad)?;
    must(crc32(text) == u32::from_le_bytes(*sum), ProblemCode::Checksum, "crc32")?;
    String::from_utf8(text.to_vec()).map_err(|_| Problem::new(ProblemCode::Syntax, "utf-8"))
}

/// Fields in their order; several payments are named by the first.
fn fill(text: &str, reading: &mut Reading) -> Result<(), Problem> {
    let mut fields = text.split('\t');
    let mut next = || fields.next().unwrap_or_default();
    let _invoice = next();
    let payments = count(next(), "payments")?;
    must(payments >= 1, ProblemCode::Missing, "payments")?;
    for nth in 0..payments {
        let payment = payment(&mut next)?;
        if nth == 0 {
            show(&payment, reading)?;
        }
    }
    // Beneficiaries follow behind all payments, in the same order.
    reading.set_name(next());
    if payments > 1 {
        reading.warn(Warning::SeveralNetworks);
    }
    Ok(())
}

/// One payment as its fields say.
struct Payment<'a> {
    options: &'a str,
    amount: &'a str,
    currency: &'a str,
    due: &'a str,
    variable: &'a str,
    reference: &'a str,
    note: &'a str,
    accounts: Vec<(&'a str, &'a str)>,
}

fn payment<'a>(next: &mut impl FnMut() -> &'a str) -> Result<Payment<'a>, Problem> {
    let (options, amount, currency, due, variable) = (next(), next(), next(), next(), next());
    let (_constant, _specific, reference, note) = (next(), next(), next(), next());
    let accounts = (0..count(next(), "accounts")?).map(|_| (next(), next())).collect();
    for extra in [STANDING_FIELDS, DEBIT_FIELDS] {
        if next() == "1" {
            (0..extra).for_each(|_| {
                let _ = next();
            });
        }
    }
    Ok(Payment { options, amount, currency, due, variable, reference, note, accounts })
}

fn count(text: &str, field: &'static str) -> Result<usize, Problem> {
    text.parse().ok().filter(|n| *n <= 32).ok_or(Problem::new(ProblemCode::Syntax, field))
}

fn show(payment: &Payment, reading: &mut Reading) -> Result<(), Problem> {
    reading.set_memo(payment.note);
    let references = [payment.variable, payment.reference];
    reading.set_reference(references.into_iter().find(|text| !text.is_empty()).unwrap_or_default());
    reading.set_due(payment.due);
    // One bit each: payment order, standing order, direct debit.
    if matches!(payment.options.parse::<u8>(), Ok(options) if options & 1 == 0 && options & 6 != 0) {
        reading.intent.direction = Direction::Authorise;
        reading.warn(Warning::FutureDebits);
    }
    let known = Currency::from_code(payment.currency).map_err(|_| Problem::new(ProblemCode::Currency, "currency"))?;
    reading.currency = Some(known.code().to_owned());
    if !payment.amount.is_empty() {
        let rule = AmountRule { field: "amount", decimals: 2, digits: 13, zero: true };
        reading.set_decimal(payment.amount, rule)?;
    }
    let (iban, _) = payment.accounts.first().ok_or(Problem::new(ProblemCode::Missing, "account"))?;
    reading.set_account(iban);
    for (iban, bic) in &payment.accounts {
        must(is_iban(iban), ProblemCode::Account, "iban")?;
        must(bic.is_empty() || is_bic(bic), ProblemCode::Account, "bic")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;
    use std::io::Write as _;

    fn code(text: &str) -> String {
        let body = [&crc32(text.as_bytes()).to_le_bytes()[..], text.as_bytes()].concat();
        let mut options = lzma_rust2::LzmaOptions::with_preset(6);
        (options.lc, options.lp, options.pb, options.dict_size) = (3, 0, 2, DICTIONARY);
        let mut writer = lzma_rust2::LzmaWriter::new_no_header(Vec::new(), &options, false).expect("options");
        writer.write_all(&body).expect("memory");
        let packed = writer.finish().expect("memory");
        let bytes = [&[0, 0][..], &(body.len() as u16).to_le_bytes(), &packed].concat();
        let (mut out, mut held, mut bits) = (String::new(), 0u32, 0);
        for byte in bytes {
            held = (held << 8 | u32::from(byte)) & 0xffff;
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                out.push(char::from_digit(held >> bits & 31, 32).expect("five bits").to_ascii_uppercase());
            }
        }
        if bits > 0 {
            out.push(char::from_digit(held << (5 - bits) & 31, 32).expect("five bits").to_ascii_uppercase());
        }
        out
    }

    const IBAN: &str = "SK9611000000002918599669";

    #[test]
    fn a_payment_with_symbols_reads() {
        let text = code(&format!(
            "inv\t1\t1\t12.5\tEUR\t20270131\t123\t45\t67\t\tNájom\t1\t{IBAN}\tTATRSKBX\t0\t0\tJana Nováková\tUlica 1\t"
        ));
        let reading = recognise_text(&text);
        assert_eq!((reading.scheme, reading.problem), (Scheme::PayBySquare, None));
        assert_eq!(reading.intent.payee.account.as_deref(), Some(IBAN));
        assert_eq!(reading.intent.payee.name.as_deref(), Some("Jana Nováková"));
        assert_eq!((reading.intent.reference.as_deref(), reading.intent.memo.as_deref()), (Some("123"), Some("Nájom")));
        assert_eq!(reading.intent.due.as_deref(), Some("2027-01-31"));
    }

    #[test]
    fn a_changed_character_is_refused() {
        let text =
            code(&format!("\t1\t1\t1\tEUR\t\t\t\t\t\t\t1\t{IBAN}\t\t0\t0\tShop on the corner of the street\t\t"));
        assert_eq!(recognise_text(&text).problem, None);
        for at in 8..text.len() - 8 {
            let mut changed = text.clone();
            changed.replace_range(at..=at, if &text[at..=at] == "A" { "B" } else { "A" });
            assert!(!recognise_text(&changed).valid(), "{at}");
        }
    }

    #[test]
    fn lengths_that_lie_and_other_texts_are_harmless() {
        let bomb = format!("0000VVVV{}", "0".repeat(80));
        assert!(!recognise_text(&bomb).valid() || recognise_text(&bomb).scheme == Scheme::Nonpay);
        let hash = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";
        assert_eq!(recognise_text(hash).scheme, Scheme::Nonpay);
    }
}
