//! EMVCo merchant-presented codes (QRCPS-MPM 1.1) and their national profiles; consumer-presented ones are named only.

mod profile;
pub(crate) mod write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pay::{Currency, Direction};

use super::tlv::{self, Fields};
use crate::payload::{AmountRule, Problem, ProblemCode, Reading, Scheme, Warning, amount, must};

pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let starts = text.starts_with("000201") || text.starts_with("000202");
    if !starts {
        return consumer_presented(text);
    }
    let fields = match tlv::parse(text) {
        Ok(fields) => fields,
        Err(problem) => return Some(Reading::refused(Scheme::Emv, problem)),
    };
    // A payload whose checksum tag is another one is a look-alike of some other service.
    if !fields.has("63") && text.contains("9104") {
        return None;
    }
    let mut reading = Reading::new(Scheme::Emv, Direction::Pay);
    let fill = fill(&fields, &mut reading);
    if look_alike(&fields) {
        return Some(wallet_code(&fields, checksum(text, &fields)));
    }
    // Mandatory in the standard, dropped by national profiles.
    if !["52", "58", "59", "60"].iter().all(|tag| fields.has(tag)) && reading.profile == Some("generic") {
        reading.warn(Warning::NonStandard);
    }
    reading.problem = check(text, &fields).err().or(fill.err());
    Some(reading)
}

fn fill(fields: &Fields, reading: &mut Reading) -> Result<(), Problem> {
    let templates = profile::templates(fields);
    let additional = fields.get("62").and_then(|text| tlv::parse(text).ok()).unwrap_or_default();
    let found = profile::profile(fields, &templates, &additional);
    reading.profile = Some(found.name);
    if let Some(name) = fields.get("59") {
        reading.set_name(name);
    }
    if let Some(account) = found.account {
        reading.set_account(&account);
    }
    let meant = |value: &&str| *value != "***" && !value.is_empty();
    let additional_reference = additional.get("05").filter(meant).map(str::to_owned);
    let reference = if found.own_reference {
        found.reference.or(additional_reference)
    } else {
        additional_reference.or(found.reference)
    };
    if let Some(reference) = reference {
        reading.set_reference(&reference);
    }
    if let Some(memo) = found.memo.as_deref().or(additional.get("08")) {
        reading.set_memo(memo);
    }
    let networks = profile::networks(fields, &templates);
    if networks.len() > 1 {
        reading.warn(Warning::SeveralNetworks);
    }
    if !networks.is_empty() {
        let joined = networks.join(",");
        reading.intent.network = reading.text(&joined);
    }
    reading.set_due(found.due.as_deref().unwrap_or_default());
    if found.contradicts {
        return Err(Problem::new(ProblemCode::Contradiction, "26-51"));
    }
    if found.from_server {
        reading.warn(Warning::AmountFromServer);
    }
    if found.recurring {
        reading.intent.direction = Direction::Authorise;
        reading.warn(Warning::FutureDebits);
    }
    money(fields, reading)
}

fn money(fields: &Fields, reading: &mut Reading) -> Result<(), Problem> {
    let Some(code) = fields.get("53") else { return Ok(()) };
    let currency = code.parse().ok().and_then(|number| Currency::from_numeric(number).ok());
    let currency = currency.ok_or(Problem::new(ProblemCode::Currency, "53"))?;
    reading.currency = Some(currency.code().to_owned());
    if let Some(value) = fields.get("54").filter(|value| !value.is_empty()) {
        // Tag 54 has at most 13 characters; some networks print two decimals also for currencies without cents.
        let decimals = (currency.exponent() as usize).max(2);
        reading.set_decimal(value, AmountRule { field: "54", decimals, digits: 13, zero: true })?;
    }
    Ok(())
}

/// Wallets use the same grammar with other meanings: the point of initiation is neither `11` nor `12` and nothing that
/// a payment needs is there.
fn look_alike(fields: &Fields) -> bool {
    let initiation = fields.get("01").is_some_and(|value| !matches!(value, "11" | "12"));
    initiation && !fields.has("53")
}

/// A wallet's own code is whole or not, and never payable here. VNPay's says who and how much in tags 07 to 11.
fn wallet_code(fields: &Fields, sum: Result<(), Problem>) -> Reading {
    let vnpay = fields.get("04") == Some("VNPayWallet");
    let mut reading = Reading::new(Scheme::Emv, if vnpay { Direction::Pay } else { Direction::None });
    reading.profile = Some("lookalike");
    reading.warn(Warning::NonStandard);
    reading.problem = sum.err();
    if vnpay {
        reading.set_network("vnpay-wallet");
        let text = |tag: &str| fields.get(tag).unwrap_or_default();
        reading.set_account(text("07"));
        reading.set_name(text("08"));
        reading.set_memo(text("11"));
        let currency = text("10").parse().ok().and_then(|number| Currency::from_numeric(number).ok());
        reading.currency = currency.map(|currency| currency.code().to_owned());
        let rule = AmountRule { field: "09", decimals: 2, digits: 13, zero: true };
        match amount(text("09"), rule) {
            Ok(asked) => reading.set_amount(asked),
            Err(problem) => reading.problem = reading.problem.or((!text("09").is_empty()).then_some(problem)),
        }
    }
    reading
}

fn checksum(text: &str, fields: &Fields) -> Result<(), Problem> {
    must(fields.last() == Some("63"), ProblemCode::Missing, "63")?;
    checksum_in(text, fields, "63")
}

/// The checksum in the last field, over everything before its value.
pub(super) fn checksum_in(text: &str, fields: &Fields, tag: &'static str) -> Result<(), Problem> {
    let printed = fields.get(tag).unwrap_or_default();
    let body = text.len().saturating_sub(printed.len());
    let sum = format!("{:04X}", crc16(&text.as_bytes()[..body]));
    must(sum.eq_ignore_ascii_case(printed), ProblemCode::Checksum, tag)
}

fn check(text: &str, fields: &Fields) -> Result<(), Problem> {
    checksum(text, fields)?;
    must(!fields.repeated(), ProblemCode::Contradiction, "tag")?;
    must(fields.get("54").is_none_or(|value| value.len() <= 13), ProblemCode::Amount, "54")?;
    must(fields.has("53"), ProblemCode::Missing, "53")?;
    let accounts = fields.iter().any(|(tag, _)| matches!(tag.parse(), Ok(2..=51u8)));
    must(accounts, ProblemCode::Missing, "02-51")?;
    fields.iter().try_for_each(|(tag, value)| inside(tag, value))
}

/// Payees (26 to 51, each with its network's identifier) and additional data (62) are fields again, each once (4.4, 4.8).
fn inside(tag: &str, value: &str) -> Result<(), Problem> {
    let account = matches!(tag.parse(), Ok(26..=51u8));
    if !account && tag != "62" {
        return Ok(());
    }
    let detail = if account { "26-51" } else { "62" };
    let fields = tlv::parse(value).map_err(|_| Problem::new(ProblemCode::Syntax, detail))?;
    must(!fields.repeated(), ProblemCode::Contradiction, detail)?;
    must(!account || fields.get("00").is_some_and(|id| !id.is_empty()), ProblemCode::Missing, detail)
}

/// CRC-16/CCITT-FALSE over bytes (QRCPS-MPM 4.7.3).
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc: u16, &byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |c, _| if c & 0x8000 == 0 { c << 1 } else { (c << 1) ^ 0x1021 })
    })
}

/// QRCPS-CPM: base64 of `85 05 CPV01 61 …`. It is shown by the payer and holds live card data: named, never taken apart
/// further than its lengths.
fn consumer_presented(text: &str) -> Option<Reading> {
    if !text.starts_with("hQVDUFYw") {
        return None;
    }
    let whole = STANDARD.decode(text).ok().is_some_and(|bytes| ber_lengths_fit(&bytes));
    let mut reading = Reading::new(Scheme::Emv, Direction::None);
    reading.profile = Some("cpm");
    reading.warn(Warning::ConsumerPresented);
    reading.warn(Warning::Secret);
    reading.problem = (!whole).then_some(Problem::new(ProblemCode::Syntax, "ber-tlv"));
    Some(reading)
}

/// Whether BER-TLV objects (ISO/IEC 8825-1) fill the bytes exactly, inside templates too.
fn ber_lengths_fit(mut bytes: &[u8]) -> bool {
    while let [first, rest @ ..] = bytes {
        let mut rest = rest;
        if first & 0x1f == 0x1f {
            let Some(end) = rest.iter().position(|b| b & 0x80 == 0) else { return false };
            rest = &rest[end + 1..];
        }
        let (length, value) = match rest {
            [0x81, n, value @ ..] => (usize::from(*n), value),
            [0x82, a, b, value @ ..] => (usize::from(*a) << 8 | usize::from(*b), value),
            [n @ 0..=0x7f, value @ ..] => (usize::from(*n), value),
            _ => return false,
        };
        if value.len() < length || (first & 0x20 != 0 && !ber_lengths_fit(&value[..length])) {
            return false;
        }
        bytes = &value[length..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::recognise_text;

    fn with_crc(body: &str) -> String {
        format!("{body}6304{:04X}", crc16(format!("{body}6304").as_bytes()))
    }

    fn field(tag: &str, value: &str) -> String {
        format!("{tag}{:02}{value}", value.len())
    }

    #[test]
    fn a_pix_code_names_key_payee_and_amount() {
        let text = with_crc(
            "00020126380014BR.GOV.BCB.PIX0116test@mail.com.br5204000053039865406100.995802BR5913FULANO DE TAL6009SAO PAULO62070503***",
        );
        let reading = recognise_text(&text);
        assert_eq!((reading.scheme, reading.profile, reading.problem), (Scheme::Emv, Some("pix"), None));
        assert_eq!(reading.intent.payee.account.as_deref(), Some("test@mail.com.br"));
        assert_eq!(reading.intent.payee.name.as_deref(), Some("FULANO DE TAL"));
        assert_eq!(
            (reading.intent.amount.map(|a| a.text), reading.currency),
            (Some("100.99".into()), Some("BRL".into()))
        );
        assert_eq!(reading.intent.reference, None, "three stars are no reference");
    }

    #[test]
    fn lengths_count_characters_and_the_checksum_counts_bytes() {
        let text = with_crc("00020129300012D156000000000510A93FO3230Q52041111530315654041.505802CN5904最佳运输6002BJ");
        let reading = recognise_text(&text);
        assert_eq!((reading.problem, reading.intent.payee.name.as_deref()), (None, Some("最佳运输")));
    }

    #[test]
    fn any_changed_character_is_refused_or_reads_the_same() {
        let text = with_crc(
            "00020101021138620010A000000727013200069710250118PSP1234567890000000208QRIBFTTA53037045802VN62190515MOMOW2W12345678",
        );
        let good = recognise_text(&text);
        assert_eq!((good.problem, good.profile), (None, Some("vietqr")));
        for at in 0..text.len() {
            for replacement in ["0", "9", "A", "x"] {
                let mut changed = text.clone();
                changed.replace_range(at..at + 1, replacement);
                let reading = recognise_text(&changed);
                let foreign = reading.scheme != Scheme::Emv;
                assert!(foreign || !reading.valid() || changed.eq_ignore_ascii_case(&text), "{changed}");
            }
        }
    }

    #[test]
    fn a_code_shown_by_a_payer_is_named_and_its_data_is_in_no_field() {
        let reading = recognise_text("hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MQ==");
        assert_eq!((reading.profile, reading.intent.direction), (Some("cpm"), Direction::None));
        assert_eq!(reading.intent.payee.account, None);
        assert_eq!(recognise_text("hQVDUFYwMWETTweg").problem, Some(Problem::new(ProblemCode::Syntax, "ber-tlv")));
    }

    #[test]
    fn what_is_said_twice_or_broken_inside_a_payee_is_refused() {
        let pix = |inner: &str, more: &str| {
            let account = field("26", &format!("{}{inner}", field("00", "br.gov.bcb.pix")));
            with_crc(&format!("000201{account}5303986{more}5802BR5903ANA6002SP"))
        };
        for (text, code) in [
            (pix("0103abc0103def", ""), ProblemCode::Contradiction),
            (pix("0103abc2503x.y", ""), ProblemCode::Contradiction),
            (pix("0103abc", "27240014br.gov.bcb.pix0102xx"), ProblemCode::Contradiction),
            (pix("0103abc", "62140503one0503two"), ProblemCode::Contradiction),
            (pix("0103ab", ""), ProblemCode::Syntax),
            (pix("0103abc", "6205050"), ProblemCode::Syntax),
            (pix("0103abc", "28070103abc"), ProblemCode::Missing),
        ] {
            assert_eq!(recognise_text(&text).problem.map(|p| p.code), Some(code), "{text}");
        }
        let hong_kong = |number: &str| format!("0012hk.com.hkicl02{:02}{number}", number.len());
        let two = field("26", &hong_kong("123")) + &field("27", &hong_kong("124")) + "5303344";
        let reading = recognise_text(&with_crc(&format!("000201{two}")));
        assert_eq!(reading.problem, Some(Problem::new(ProblemCode::Contradiction, "26-51")), "two payees");
        assert_eq!(recognise_text(&pix("0103abc", "")).problem, None);
        assert_eq!(recognise_text(&format!(" {}\r\n", pix("0103abc", ""))).problem, None, "blanks around it");
    }

    #[test]
    fn a_thai_bill_reads_the_same_in_any_order() {
        let payee = |tag: &str, id: &str, rest: &str| field(tag, &format!("{}{rest}", field("00", id)));
        let bill = payee("30", "A000000677010112", "01150999999999999900204REF10304REF2");
        let own = payee("31", "A000000677010113", "01030040204REF9");
        for text in [format!("000201{own}53037645802TH{bill}"), format!("000201{bill}{own}53037645802TH")] {
            let reading = recognise_text(&with_crc(&text));
            assert_eq!((reading.problem, reading.profile), (None, Some("promptpay")));
            assert_eq!(reading.intent.payee.account.as_deref(), Some("099999999999990"));
            assert_eq!(reading.intent.reference.as_deref(), Some("REF1"));
        }
    }

    #[test]
    fn a_singaporean_code_says_its_last_day() {
        for (day, due) in [("20301231", Some("2030-12-31")), ("20230801180200", Some("2023-08-01")), ("20301331", None)]
        {
            let account = field("00", "SG.PAYNOW") + &field("02", "201403121W") + &field("04", day);
            let reading = recognise_text(&with_crc(&format!("000201{}53037025802SG", field("26", &account))));
            assert_eq!((reading.problem, reading.intent.due.as_deref()), (None, due), "{day}");
        }
    }

    #[test]
    fn a_singaporean_reference_is_the_bill_number() {
        let account =
            field("26", &format!("{}{}{}", field("00", "SG.PAYNOW"), field("01", "2"), field("02", "201403121W")));
        let text = |more: &str| with_crc(&format!("000201{account}53037025802SG{}", field("62", more)));
        let reference = |more: &str| recognise_text(&text(more)).intent.reference;
        assert_eq!(reference("0104INV7").as_deref(), Some("INV7"));
        assert_eq!(reference("0104INV70504REF5").as_deref(), Some("REF5"));
        assert_eq!(reference("0103***"), None);
    }

    #[test]
    fn a_philippine_code_is_known_by_the_national_identifier_too() {
        let text = |more: &str| {
            let account = field("28", &format!("{}{}", field("00", "ph.bank.p2m"), field("04", "0123456789")));
            with_crc(&format!("000201{account}5303608{more}5802PH5903ANA6002QC"))
        };
        let reading = recognise_text(&text(&field("62", &field("00", "ph.ppmi.qrph"))));
        assert_eq!((reading.problem, reading.profile), (None, Some("qrph")));
        assert_eq!(reading.intent.payee.account.as_deref(), Some("0123456789"));
        assert_eq!(reading.intent.network.as_deref(), Some("ph.bank.p2m"));
        assert_eq!(recognise_text(&text("")).profile, Some("generic"));
    }

    #[test]
    fn an_indonesian_payee_is_the_one_at_the_acquirer() {
        let national = field("51", &(field("00", "ID.CO.QRIS.WWW") + &field("02", "ID1020")));
        for tag in ["26", "27"] {
            let acquirer = field(tag, &(field("00", "ID.BANK.WWW") + &field("01", "93600014")));
            let reading = recognise_text(&with_crc(&format!("000201{acquirer}{national}53033605802ID")));
            assert_eq!((reading.problem, reading.profile), (None, Some("qris")));
            assert_eq!(reading.intent.payee.account.as_deref(), Some("93600014"), "{tag}");
        }
        let alone = recognise_text(&with_crc(&format!("000201{national}53033605802ID")));
        assert_eq!((alone.profile, alone.intent.payee.account), (Some("qris"), None));
    }

    #[test]
    fn an_indian_shop_is_known_by_its_cards_alone_and_shows_none_of_them() {
        let text = with_crc("0002010102110216412345678901234552045399530335654045.005802IN5903aut6009BANGALORE");
        let reading = recognise_text(&text);
        assert_eq!((reading.problem, reading.profile), (None, Some("bharatqr")));
        assert!(!format!("{reading:?}").contains("4123456789012345"));
    }

    #[test]
    fn card_numbers_of_bharat_codes_stay_hidden() {
        let text = with_crc(
            "0002010216412345678901234526300010A0000005240112random@icici5204539953033565802IN5903aut6009BANGALORE",
        );
        let reading = recognise_text(&text);
        assert_eq!((reading.problem, reading.profile), (None, Some("bharatqr")));
        assert_eq!(reading.intent.payee.account.as_deref(), Some("random@icici"));
        assert!(!format!("{reading:?}").contains("4123456789012345"));
    }
}
