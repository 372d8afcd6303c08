//! Without a line: who can be paid, and what it costs, by what was known last. Only what is exact is given; the server
//! judges all of it again when the order reaches it, and an order that says another fee than its own is refused.

use pay::{Handle, Money};
use protocol::body::{Amount, Payee, Quote, QuoteLine, Request, ServerInfo, Source};
use uuid::Uuid;

use crate::WalletError;
use crate::book::{Book, fact};

/// Whether an error says that the server cannot be reached.
pub(super) fn no_line(error: &WalletError) -> bool {
    matches!(error, WalletError::Offline | WalletError::Timeout)
}

/// Somebody who was paid before under the key they had last; [`WalletError::Offline`] for everybody else.
pub(super) async fn known_payee(book: &Book, handle: &Handle) -> Result<Payee, WalletError> {
    let person = book.paid_before(handle.as_str(), Uuid::nil()).await?.ok_or(WalletError::Offline)?;
    Ok(Payee {
        person,
        currency: book.me()?.currency,
        receive_bars: Vec::new(),
        holder: book.card.holder.clone(),
        name_checked_at_ms: None,
    })
}

/// A request that is in the book; [`WalletError::Offline`] for any other.
pub(super) async fn known_request(book: &Book, id: Uuid) -> Result<Request, WalletError> {
    book.request(id).await.map_err(|error| match error {
        WalletError::Invalid(_) => WalletError::Offline,
        error => error,
    })
}

/// The sources as they were known last.
pub(super) async fn known_sources(book: &Book) -> Result<Vec<Source>, WalletError> {
    Ok(book.fact(fact::SOURCES).await?.unwrap_or_default())
}

/// What a payment to somebody paid before costs by the server's own rules. [`WalletError::Offline`] when the server
/// never told them.
pub(super) async fn known_quote(book: &Book, payee_id: Uuid, amount: Money) -> Result<Quote, WalletError> {
    book.paid_before("", payee_id).await?.ok_or(WalletError::Offline)?;
    let server: ServerInfo = book.fact(fact::SERVER).await?.ok_or(WalletError::Offline)?;
    let mut lines = Vec::new();
    for source in known_sources(book).await? {
        let rule = server.fees.iter().find(|rule| rule.kind == source.kind).ok_or(WalletError::Offline)?;
        let fee = rule.fee(amount).map_err(|_| WalletError::BadAnswer)?;
        let total = amount.checked_add(fee)?;
        lines.push(QuoteLine { source_id: source.id, fee: fee.into(), total: total.into(), bar: source.send_bar });
    }
    Ok(Quote {
        lines,
        send_bars: book.me()?.send_bars,
        receive_bars: Vec::new(),
        over_limit: over_limit(&server, amount).map(Amount::from),
        near: None,
    })
}

fn over_limit(server: &ServerInfo, amount: Money) -> Option<Money> {
    let mut limits = server.payment_limits.iter().filter_map(|limit| Money::try_from(limit).ok());
    limits.find(|limit| amount.compare(*limit).is_ok_and(|order| order.is_gt()))
}
