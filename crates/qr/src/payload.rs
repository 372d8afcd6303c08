//! What a text from a code is: which standard, whether it obeys it, which way the money goes, and who, how much,
//! for what. First match wins, nothing is guessed, and nothing is ever fetched.

mod amount;
mod checksum;
mod day;
mod percent;
mod shown;
mod start;
mod write;

use std::ops::RangeInclusive;

use pay::{AskedAmount, Direction, Intent, Link};

use crate::scheme;
pub use crate::scheme::swiss::{PostalAddress, SwissBill};
pub(crate) use amount::{AmountRule, amount};
use amount::{decimal, hundredths};
pub(crate) use checksum::crc32;
pub(crate) use day::{days_after, is_day};
pub(crate) use percent::{Query, decode as percent_decode, encode as percent_encode, fields, query};
pub(crate) use shown::has_hidden;
pub use shown::shown;
pub(crate) use start::after;
pub(crate) use write::Parts;
pub use write::{Writable, write};

/// Longest payload looked at, in bytes: more than any QR code carries (2,953 bytes or 7,089 digits).
pub const MAX_BYTES: usize = 8 * 1024;

/// The standard a payload follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "view", derive(serde::Serialize, serde::Deserialize, specta::Type))]
#[cfg_attr(feature = "view", serde(rename_all = "kebab-case"))]
pub enum Scheme {
    /// Our own links.
    Tessera,
    /// EPC069-12 SEPA credit transfer (GiroCode).
    Epc,
    /// EMVCo merchant- or consumer-presented code.
    Emv,
    /// NPCI UPI link.
    Upi,
    /// UPI standing authorisation.
    UpiMandate,
    /// A UPI link in an app's own scheme.
    UpiAppLink,
    /// Bitcoin URI (BIP 21 / 321).
    Bip21,
    /// A bare Bitcoin address.
    BitcoinAddress,
    /// Lightning invoice (BOLT 11).
    Bolt11,
    /// Swiss QR-bill.
    SwissQrBill,
    /// Czech and Slovak Short Payment Descriptor.
    Spayd,
    /// RFC 8905.
    Payto,
    /// Lightning offer (BOLT 12).
    Bolt12Offer,
    /// Lightning invoice for an offer (BOLT 12): never for codes.
    Bolt12Invoice,
    /// LNURL in bech32 (LUD-01).
    Lnurl,
    /// LNURL in a scheme of its own (LUD-17).
    LnurlLud17,
    /// Lightning address (LUD-16) or BIP 353 name.
    LightningAddress,
    /// Ethereum URI (ERC-681).
    Eip681,
    /// Monero URI.
    MoneroUri,
    /// Litecoin URI.
    LitecoinUri,
    /// Bitcoin Cash URI.
    #[cfg_attr(feature = "view", serde(rename = "bitcoincash-uri"))]
    BitcoinCashUri,
    /// Solana Pay.
    SolanaPay,
    /// GNU Taler URI.
    Taler,
    /// Interledger payment pointer.
    PaymentPointer,
    /// Open Payments wallet address or incoming payment.
    #[cfg_attr(feature = "view", serde(rename = "open-payments-wallet-address"))]
    OpenPayments,
    /// Bearer e-cash.
    CashuToken,
    /// The key to a node or a wallet.
    WalletSecret,
    /// Slovak PAY by square.
    PayBySquare,
    /// German `bank:` link.
    #[cfg_attr(feature = "view", serde(rename = "bezahlcode"))]
    BezahlCode,
    /// Hungarian instant payment code.
    HuMnb,
    /// Polish transfer code.
    #[cfg_attr(feature = "view", serde(rename = "pl-zbp-2d"))]
    PlZbp,
    /// Serbian instant payment code.
    #[cfg_attr(feature = "view", serde(rename = "rs-nbs-ips"))]
    RsNbs,
    /// Slovenian universal payment order.
    #[cfg_attr(feature = "view", serde(rename = "si-upn-qr"))]
    SiUpn,
    /// Croatian payment slip.
    HrHub3,
    /// Ukrainian credit transfer code.
    #[cfg_attr(feature = "view", serde(rename = "ua-nbu-qr"))]
    UaNbu,
    /// Russian payment document (GOST R 56042).
    #[cfg_attr(feature = "view", serde(rename = "ru-gost-56042"))]
    RuGost,
    /// Thai bill payment barcode.
    ThaiBotBarcode,
    /// The code on a Thai transfer slip: no payment.
    ThaiSlipVerify,
    /// A payment service's own web link.
    Link,
    /// Anything that is not a payment.
    Nonpay,
}

impl Scheme {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scheme::Tessera => "tessera",
            Scheme::Epc => "epc",
            Scheme::Emv => "emv",
            Scheme::Upi => "upi",
            Scheme::UpiMandate => "upi-mandate",
            Scheme::UpiAppLink => "upi-app-link",
            Scheme::Bip21 => "bip21",
            Scheme::BitcoinAddress => "bitcoin-address",
            Scheme::Bolt11 => "bolt11",
            Scheme::SwissQrBill => "swiss-qr-bill",
            Scheme::Spayd => "spayd",
            Scheme::Payto => "payto",
            Scheme::Bolt12Offer => "bolt12-offer",
            Scheme::Bolt12Invoice => "bolt12-invoice",
            Scheme::Lnurl => "lnurl",
            Scheme::LnurlLud17 => "lnurl-lud17",
            Scheme::LightningAddress => "lightning-address",
            Scheme::Eip681 => "eip681",
            Scheme::MoneroUri => "monero-uri",
            Scheme::LitecoinUri => "litecoin-uri",
            Scheme::BitcoinCashUri => "bitcoincash-uri",
            Scheme::SolanaPay => "solana-pay",
            Scheme::Taler => "taler",
            Scheme::PaymentPointer => "payment-pointer",
            Scheme::OpenPayments => "open-payments-wallet-address",
            Scheme::CashuToken => "cashu-token",
            Scheme::WalletSecret => "wallet-secret",
            Scheme::PayBySquare => "pay-by-square",
            Scheme::BezahlCode => "bezahlcode",
            Scheme::HuMnb => "hu-mnb",
            Scheme::PlZbp => "pl-zbp-2d",
            Scheme::RsNbs => "rs-nbs-ips",
            Scheme::SiUpn => "si-upn-qr",
            Scheme::HrHub3 => "hr-hub3",
            Scheme::UaNbu => "ua-nbu-qr",
            Scheme::RuGost => "ru-gost-56042",
            Scheme::ThaiBotBarcode => "thai-bot-barcode",
            Scheme::ThaiSlipVerify => "thai-slip-verify",
            Scheme::Link => "link",
            Scheme::Nonpay => "nonpay",
        }
    }
}

/// Something the person should know although the code may be valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "view", derive(serde::Serialize, serde::Deserialize, specta::Type))]
#[cfg_attr(feature = "view", serde(rename_all = "snake_case"))]
pub enum Warning {
    /// A shown text held control, bidirectional, zero-width or line-separator characters; they were neutralised.
    HiddenCharacters,
    /// The payee is not in the code; only the service knows, after the link is opened.
    PayeeUnknown,
    /// The real amount comes from the payee's server; the one printed has no authority.
    AmountFromServer,
    /// A form that some tools emit against their standard.
    NonStandard,
    /// An address type the Swiss guidelines removed in November 2025.
    OutdatedAddress,
    /// The scheme asks for the payer to check a signature that was not checked here.
    SignatureUnchecked,
    /// The link is for trying out; no money moves.
    TestMode,
    /// The link is not encrypted.
    NotEncrypted,
    /// The host name is written with letters of another script.
    UnusualHost,
    /// The code carries a secret; it must not be stored or shown to others.
    Secret,
    /// A code shown by a payer, with live card data.
    ConsumerPresented,
    /// Notification only: not to be paid.
    NotToBePaid,
    /// The amount is a limit for future debits.
    FutureDebits,
    /// The code names several networks; the payer should choose.
    SeveralNetworks,
    /// The address fails its own checksum: nothing can be sent there.
    AddressChecksum,
}

impl Warning {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Warning::HiddenCharacters => "hidden_characters",
            Warning::PayeeUnknown => "payee_unknown",
            Warning::AmountFromServer => "amount_from_server",
            Warning::NonStandard => "non_standard",
            Warning::OutdatedAddress => "outdated_address",
            Warning::SignatureUnchecked => "signature_unchecked",
            Warning::TestMode => "test_mode",
            Warning::NotEncrypted => "not_encrypted",
            Warning::UnusualHost => "unusual_host",
            Warning::Secret => "secret",
            Warning::ConsumerPresented => "consumer_presented",
            Warning::NotToBePaid => "not_to_be_paid",
            Warning::FutureDebits => "future_debits",
            Warning::SeveralNetworks => "several_networks",
            Warning::AddressChecksum => "address_checksum",
        }
    }
}

/// Why a payload of a known scheme is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "view", derive(serde::Serialize, serde::Deserialize, specta::Type))]
#[cfg_attr(feature = "view", serde(rename_all = "snake_case"))]
pub enum ProblemCode {
    /// The grammar is broken.
    Syntax,
    /// A checksum fails.
    Checksum,
    /// A mandatory field is missing.
    Missing,
    /// A field is given twice, or two fields contradict each other.
    Contradiction,
    /// The account or address is not one.
    Account,
    /// The amount is malformed or out of range.
    Amount,
    /// A currency the scheme does not know.
    Currency,
    /// The reference fails its check.
    Reference,
    /// A field is longer than the scheme allows.
    TooLong,
    /// A name or text carries characters that could deceive.
    Deceptive,
    /// It asks the reader for money under the form of a payment code.
    AsksReader,
    /// A version or a mandatory extension nobody here knows.
    Unsupported,
    /// A host that only looks like the service's.
    LookAlikeHost,
    /// One of our links, with a mistake in it.
    Link,
}

impl ProblemCode {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            ProblemCode::Syntax => "syntax",
            ProblemCode::Checksum => "checksum",
            ProblemCode::Missing => "missing",
            ProblemCode::Contradiction => "contradiction",
            ProblemCode::Account => "account",
            ProblemCode::Amount => "amount",
            ProblemCode::Currency => "currency",
            ProblemCode::Reference => "reference",
            ProblemCode::TooLong => "too_long",
            ProblemCode::Deceptive => "deceptive",
            ProblemCode::AsksReader => "asks_reader",
            ProblemCode::Unsupported => "unsupported",
            ProblemCode::LookAlikeHost => "look_alike_host",
            ProblemCode::Link => "link",
        }
    }
}

/// Something about a code that adds up. It says that nobody mistyped it, never that it is honest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "view", derive(serde::Serialize, serde::Deserialize, specta::Type))]
#[cfg_attr(feature = "view", serde(rename_all = "snake_case"))]
pub enum Check {
    /// The account's own check digits.
    Account,
    /// The reference's own check digits.
    Reference,
    /// The checksum over the whole code.
    Whole,
    /// The signature of the node that asks; it proves no name.
    Signature,
}

/// A refusal and the field it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// Why.
    pub code: ProblemCode,
    /// The field in the scheme's own words, for example `iban`, `54`, `pa`.
    pub detail: &'static str,
}

impl Problem {
    pub(crate) const fn new(code: ProblemCode, detail: &'static str) -> Self {
        Problem { code, detail }
    }
}

/// A rule of a scheme: refused with this code and field unless it holds.
pub(crate) fn must(holds: bool, code: ProblemCode, detail: &'static str) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(Problem::new(code, detail)) }
}

/// What a payload says.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The standard.
    pub scheme: Scheme,
    /// The national or service profile inside the standard.
    pub profile: Option<&'static str>,
    /// Direction, payee, amount, reference, memo, due date, network: every text already neutralised.
    pub intent: Intent,
    /// The currency or unit, also when the code has no amount.
    pub currency: Option<String>,
    /// One of our links, parsed.
    pub link: Option<Link>,
    /// What the person should know.
    pub warnings: Vec<Warning>,
    /// Why it is refused; `None` when it obeys its scheme.
    pub problem: Option<Problem>,
}

impl Reading {
    pub(crate) fn new(scheme: Scheme, direction: Direction) -> Self {
        let intent = Intent::new(direction);
        Reading { scheme, profile: None, intent, currency: None, link: None, warnings: Vec::new(), problem: None }
    }

    /// A payload of this scheme that breaks its rules.
    pub(crate) fn refused(scheme: Scheme, problem: Problem) -> Self {
        let mut reading = Reading::new(scheme, Direction::None);
        reading.problem = Some(problem);
        reading
    }

    /// Something that is not a payment.
    pub(crate) fn nonpay(profile: &'static str) -> Self {
        let mut reading = Reading::new(Scheme::Nonpay, Direction::None);
        reading.profile = Some(profile);
        reading
    }

    /// Whether it obeys its scheme's grammar, checksums and limits. Never means "safe".
    pub fn valid(&self) -> bool {
        self.problem.is_none()
    }

    /// What of it was checked and adds up; nothing of a code that is refused.
    pub fn checks(&self) -> Vec<Check> {
        if !self.valid() {
            return Vec::new();
        }
        let of = |text: &Option<String>, holds: fn(&str) -> bool| text.as_deref().is_some_and(holds);
        let account = of(&self.intent.payee.account, scheme::has_check_digits);
        let reference = of(&self.intent.reference, scheme::is_checked_reference);
        let whole = matches!(self.scheme, Scheme::Emv | Scheme::PayBySquare | Scheme::SiUpn | Scheme::Lnurl);
        let signature = self.scheme == Scheme::Bolt11;
        let all = [
            (account, Check::Account),
            (reference, Check::Reference),
            (whole || signature, Check::Whole),
            (signature, Check::Signature),
        ];
        all.into_iter().filter_map(|(holds, check)| holds.then_some(check)).collect()
    }

    pub(crate) fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// A text for showing: neutralised, with a warning when something had to be; empty is none.
    pub(crate) fn text(&mut self, raw: &str) -> Option<String> {
        if has_hidden(raw) {
            self.warn(Warning::HiddenCharacters);
        }
        let text = shown(raw);
        (!text.is_empty()).then_some(text)
    }

    pub(crate) fn set_name(&mut self, raw: &str) {
        self.intent.payee.name = self.text(raw);
    }

    pub(crate) fn set_account(&mut self, raw: &str) {
        self.intent.payee.account = self.text(raw);
    }

    pub(crate) fn set_memo(&mut self, raw: &str) {
        self.intent.memo = self.text(raw);
    }

    pub(crate) fn set_reference(&mut self, raw: &str) {
        self.intent.reference = self.text(raw);
    }

    pub(crate) fn set_network(&mut self, network: &str) {
        self.intent.network = Some(network.to_owned());
    }

    /// The last day as `yyyymmdd`, perhaps with more behind it; none when the calendar has no such day.
    pub(crate) fn set_due(&mut self, text: &str) {
        self.intent.due = is_day(text).then(|| format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..8]));
    }

    /// Cents as digits; none when they are zero.
    pub(crate) fn set_hundredths(
        &mut self,
        text: &str,
        lengths: RangeInclusive<usize>,
        field: &'static str,
    ) -> Result<(), Problem> {
        if let Some(asked) = hundredths(text, lengths, field)? {
            self.set_amount(asked);
        }
        Ok(())
    }

    /// A printed amount by a scheme's rule; one that breaks the rule is refused, and shown as it is.
    pub(crate) fn set_decimal(&mut self, text: &str, rule: AmountRule) -> Result<(), Problem> {
        let refused = Problem::new(ProblemCode::Amount, rule.field);
        let asked = decimal(text).ok_or(refused)?;
        let allowed = rule.allows(&asked);
        self.set_amount(asked);
        must(allowed, ProblemCode::Amount, rule.field)
    }

    pub(crate) fn set_amount(&mut self, mut asked: AskedAmount) {
        asked.unit = self.currency.clone();
        self.intent.amount = Some(asked);
    }
}

/// Reads the bytes of a code. Text in another character set is decoded where the scheme says which.
pub fn recognise(bytes: &[u8]) -> Reading {
    if bytes.len() > MAX_BYTES {
        return Reading::refused(Scheme::Nonpay, Problem::new(ProblemCode::TooLong, "payload"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => recognise_text(text),
        // The format's own character set line decides.
        Err(_) => scheme::BYTE_READERS.iter().find_map(|read| read(bytes)).unwrap_or_else(|| Reading::nonpay("text")),
    }
}

/// Reads a text. Every text gets an answer; what no standard claims is `nonpay` `text`.
pub fn recognise_text(text: &str) -> Reading {
    if text.len() > MAX_BYTES {
        return Reading::refused(Scheme::Nonpay, Problem::new(ProblemCode::TooLong, "payload"));
    }
    // A byte order mark is the file's that the text was in, not the code's.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    scheme::READERS.iter().find_map(|read| read(text)).unwrap_or_else(|| Reading::nonpay("text"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_was_checked_is_said_to_add_up() {
        let checks = |text: &str| recognise_text(text).checks();
        let epc = "BCD\n002\n1\nSCT\n\nAna\nDE02120300000000202051\nEUR1\n\n";
        assert_eq!(checks(&format!("{epc}RF18539007547034")), [Check::Account, Check::Reference]);
        assert_eq!(checks(&format!("{epc}\ntea")), [Check::Account]);
        assert_eq!(checks(&epc.replace("2051", "2052")), [], "refused");
        assert_eq!(checks("bitcoin:1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"), [Check::Account]);
        assert_eq!(checks("upi://pay?pa=shop@okbank&pn=Shop&cu=INR"), [], "an address without check digits");
    }

    #[test]
    fn text_of_no_standard_is_text() {
        for text in ["", " ", "Hello, world", "upi", "BCDE", "0002", "SPC", "€ 12,50"] {
            let reading = recognise_text(text);
            assert_eq!((reading.scheme, reading.profile), (Scheme::Nonpay, Some("text")), "{text:?}");
            assert!(reading.valid());
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_code() {
        let epc = "\u{feff}BCD\n002\n1\nSCT\n\nAna\nDE02120300000000202051\nEUR1";
        assert_eq!((recognise_text(epc).scheme, recognise_text(epc).problem), (Scheme::Epc, None));
        assert_eq!(recognise(epc.as_bytes()).scheme, Scheme::Epc);
    }

    #[test]
    fn a_payload_longer_than_any_code_is_refused_unread() {
        let long = "x".repeat(MAX_BYTES + 1);
        assert_eq!(recognise(long.as_bytes()).problem, Some(Problem::new(ProblemCode::TooLong, "payload")));
        assert_eq!(recognise_text(&long).problem, Some(Problem::new(ProblemCode::TooLong, "payload")));
    }

    /// Starts that lead into every reader.
    const STARTS: &[&str] = &[
        "",
        "BCD\n002\n1\nSCT\n",
        "SPC\n0200\n1\n",
        "SPD*1.0*",
        "000201",
        "upi://pay?",
        "upi://mandate?",
        "bitcoin:",
        "lightning:lnbc",
        "lnbc",
        "payto://iban/",
        "https://pay.example/@",
        "https://paypal.me/",
        "WIFI:",
        "otpauth:",
        "tessera://h/",
        "hQVDUFYw",
        "venmo://",
        "bc1",
        "00020126360014BR.GOV.BCB.PIX01",
        "taler://pay/",
        "monero:",
        "solana:",
        "ethereum:",
        "litecoin:",
        "bitcoincash:",
        "lnurlp://",
        "lnurl1",
        "lno1",
        "ST00012|Name=",
        "K:PR|V:01|C:1|",
        "|PL|2416",
        "HCT\n001\n1\n",
        "UPNQR\n",
        "HRVHUB30\nEUR\n",
        "https://bank.gov.ua/qr/",
        "|099400016550100\r",
        "00410006000001",
        "0004Q000",
        "bank://singlepaymentsepa?",
        "$wallet.example",
        "cashuA",
        "https://ilp.wallet.example/",
    ];

    fn neutral(text: &Option<String>) -> bool {
        text.as_ref().is_none_or(|text| !has_hidden(text) && !text.contains('\n'))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn any_text_gets_an_answer_with_neutral_fields(start in 0..STARTS.len(), rest in "(?s).{0,80}") {
            let reading = recognise_text(&format!("{}{rest}", STARTS[start]));
            for field in [&reading.intent.payee.name, &reading.intent.payee.account, &reading.intent.memo, &reading.intent.reference] {
                prop_assert!(neutral(field), "{field:?}");
            }
        }

        #[test]
        fn any_bytes_get_an_answer(start in 0..STARTS.len(), rest in prop::collection::vec(any::<u8>(), 0..120)) {
            let _ = recognise(&[STARTS[start].as_bytes(), &rest].concat());
        }
    }
}
