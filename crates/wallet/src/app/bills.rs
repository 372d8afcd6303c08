//! Payment codes of other systems: given to another app by a press, or kept as a note. No money moves here, and no sum
//! of the book knows a bill.

use pay::Direction;
use protocol::Code;
use qr::payload::{self, Scheme, Warning};
use url::Url;
use uuid::Uuid;

use super::App;
use super::scan::{shown, view_of};
use super::settings::refuse;
use crate::WalletError;
use crate::view::{Bill, BillState, Handover};

impl App {
    /// How the code could be given to another app of this system; nothing when no app may be asked. Opens nothing.
    pub async fn handover(&self, text: &str) -> Result<Option<Handover>, WalletError> {
        Ok(handover(text))
    }

    /// Every bill: to pay first, by its due day, then the newest.
    pub async fn bills(&self) -> Result<Vec<Bill>, WalletError> {
        let stored = self.book().await?.bills().await?;
        Ok(stored.into_iter().map(read_again).collect())
    }

    /// Keeps a payment code of another system. The same code twice is one bill.
    pub async fn save_bill(&self, text: &str, note: &str) -> Result<Bill, WalletError> {
        // Blanks around a code are nobody's, but some standards count the empty lines at their end.
        let trimmed = shown(text.trim());
        let text = if payload::recognise_text(&trimmed).valid() { trimmed } else { shown(text) };
        let reading = payload::recognise_text(&text);
        // A slip, a contact, a login or money to be fetched is nothing that could be paid later.
        let is_to_be_paid = reading.valid() && reading.intent.direction == Direction::Pay;
        let is_foreign = !matches!(reading.scheme, Scheme::Nonpay | Scheme::Tessera);
        if !is_to_be_paid || !is_foreign || reading.warnings.iter().any(|warning| is_secret(*warning)) {
            return Err(refuse(Code::Malformed));
        }
        let book = self.book().await?;
        let bill = StoredBill {
            id: self.new_id(),
            payload: text,
            state: BillState::ToPay,
            note: note.trim().to_owned(),
            created_at_ms: book.now_ms(),
            marked_at_ms: None,
        };
        let bill = book.keep_bill(bill, reading.intent.due).await?;
        Ok(read_again(bill))
    }

    /// Says that a bill was paid elsewhere, or that it was not.
    pub async fn mark_bill(&self, id: Uuid, paid: bool) -> Result<(), WalletError> {
        self.book().await?.mark_bill(id, paid).await
    }

    /// Writes a note only this device knows.
    pub async fn set_bill_note(&self, id: Uuid, note: &str) -> Result<(), WalletError> {
        self.book().await?.set_bill_note(id, note).await
    }

    /// Forgets a bill.
    pub async fn remove_bill(&self, id: Uuid) -> Result<(), WalletError> {
        self.book().await?.remove_bill(id).await
    }
}

/// A bill as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct StoredBill {
    pub(crate) id: Uuid,
    pub(crate) payload: String,
    pub(crate) state: BillState,
    pub(crate) note: String,
    pub(crate) created_at_ms: i64,
    pub(crate) marked_at_ms: Option<i64>,
}

/// The code is read anew each time, so that a bill never says more than its code.
fn read_again(bill: StoredBill) -> Bill {
    let StoredBill { id, payload, state, note, created_at_ms, marked_at_ms } = bill;
    let reading = view_of(&payload::recognise_text(&payload));
    Bill { id, reading, handover: handover(&payload), text: payload, state, note, created_at_ms, marked_at_ms }
}

/// Codes that must not be stored or given away.
fn is_secret(warning: Warning) -> bool {
    matches!(warning, Warning::Secret | Warning::ConsumerPresented)
}

/// Schemes another app may be asked to open, and nothing else.
const SCHEMES: [&str; 14] = [
    "bitcoin",
    "lightning",
    "upi",
    "payto",
    "https",
    "ethereum",
    "monero",
    "litecoin",
    "bitcoincash",
    "solana",
    "taler",
    "lnurlp",
    "lnurlw",
    "keyauth",
];
/// Longest address another app is asked to open, in bytes.
const LONGEST: usize = 4_096;

fn handover(text: &str) -> Option<Handover> {
    let text = text.trim();
    let reading = payload::recognise_text(text);
    let kept_back = |warning: &Warning| {
        is_secret(*warning)
            || matches!(warning, Warning::NotToBePaid | Warning::FutureDebits | Warning::AddressChecksum)
    };
    if !reading.valid() || reading.warnings.iter().any(kept_back) {
        return None;
    }
    let has_scheme =
        |scheme: &str| text.get(..=scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(&format!("{scheme}:")));
    let uri = match reading.scheme {
        Scheme::BitcoinAddress => format!("bitcoin:{text}"),
        Scheme::Bolt11 | Scheme::Bolt12Offer | Scheme::Lnurl if !text.contains(':') => format!("lightning:{text}"),
        Scheme::Bolt11 | Scheme::Bolt12Offer | Scheme::Lnurl if !has_scheme("lightning") => return None,
        Scheme::Bolt11 | Scheme::Bolt12Offer | Scheme::Lnurl | Scheme::LnurlLud17 => text.to_owned(),
        Scheme::Eip681 | Scheme::MoneroUri | Scheme::LitecoinUri | Scheme::BitcoinCashUri => text.to_owned(),
        Scheme::Bip21 | Scheme::Upi | Scheme::Payto | Scheme::SolanaPay | Scheme::Taler | Scheme::Link => {
            text.to_owned()
        }
        _ => return None,
    };
    // A blank or a hidden letter would make it something else on the way to the other program.
    if uri.len() > LONGEST || !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let (scheme, payload) = uri.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    if !SCHEMES.contains(&scheme.as_str()) {
        return None;
    }
    let host = match scheme.as_str() {
        "https" => Some(plain_host(&uri)?),
        _ => None,
    };
    let payload = payload.to_owned();
    Some(Handover { scheme, host, payload, uri })
}

/// The site of a web address that names no user and no port of its own.
fn plain_host(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    plain.then(|| url.host_str().map(str::to_owned)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";

    #[test]
    fn only_valid_codes_of_listed_schemes_can_be_given_to_another_app() {
        let given = |text: &str| handover(text).map(|it| it.uri);
        assert_eq!(given(ADDRESS), Some(format!("bitcoin:{ADDRESS}")));
        let uri = format!("bitcoin:{ADDRESS}?amount=0.001");
        assert_eq!(given(&uri), Some(uri.clone()), "the exact text of the code");
        assert_eq!(given("upi://pay?pa=a@bank&pn=A&am=10.00&cu=INR").map(|it| it.starts_with("upi:")), Some(true));
        for refused in [
            "bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "https://evil.example/pay",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "tessera://pay.example/@ana",
            "--help",
            "WIFI:S:net;P:secret;;",
            "",
        ] {
            assert_eq!(given(refused), None, "{refused}");
        }
        assert_eq!(given(&format!("bitcoin:{ADDRESS}?message=a\u{202e}b")), None, "a hidden letter");
    }
}
