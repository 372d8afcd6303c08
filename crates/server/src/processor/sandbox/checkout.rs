//! The sandbox's page for people without an account: which of its practice sources, or none.

use super::{OFFERS, Sandbox, offer, offer_of};
use crate::fault::Fault;
use crate::processor::{Answer, Checkout, Hosted, KeptSource, Plea, Silence, Visit};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ledger::{Row, Tx, args};
use pay::Money;
use protocol::body::{SourceKind, SourceOffer};
use uuid::Uuid;

/// The sandbox's second table.
pub const TABLE: &str = "CREATE TABLE sandbox_checkout (
    payment_id BLOB PRIMARY KEY,
    page_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    token TEXT,
    created_at_ms BIGINT NOT NULL
);";

const COLUMNS_BY_ID: &str = "SELECT payment_id, page_key, kind, amount_minor, fee_minor, currency, state, token
    FROM sandbox_checkout WHERE payment_id = $1";
const COLUMNS_BY_KEY: &str = "SELECT payment_id, page_key, kind, amount_minor, fee_minor, currency, state, token
    FROM sandbox_checkout WHERE page_key = $1";

struct Kept {
    checkout: Checkout,
    key: String,
    state: State,
}

enum State {
    Open,
    Chosen(String),
    Left,
}

impl Kept {
    fn read(row: &Row) -> Result<Kept, Fault> {
        let bad = || Fault::Stored("sandbox checkout");
        let currency = row.currency(5)?;
        let money = |minor| Money::new(minor, currency).map_err(|_| bad());
        let kind = match row.text(2)?.as_str() {
            "card" => SourceKind::Card,
            "paypal" => SourceKind::Paypal,
            _ => return Err(bad()),
        };
        let state = match (row.text(6)?.as_str(), row.opt_text(7)?) {
            ("open", _) => State::Open,
            ("chosen", Some(token)) => State::Chosen(token),
            ("left", _) => State::Left,
            _ => return Err(bad()),
        };
        let checkout =
            Checkout { payment_id: row.uuid(0)?, kind, amount: money(row.i64(3)?)?, fee: money(row.i64(4)?)? };
        Ok(Kept { checkout, key: row.text(1)?, state })
    }

    fn visit(self) -> Result<Visit, Fault> {
        Ok(match self.state {
            State::Open => Visit::Open(place(&self.key)),
            State::Left => Visit::Left,
            State::Chosen(token) => {
                let found = offer_of(&token).ok_or(Fault::Stored("sandbox checkout"))?;
                Visit::Chosen(KeptSource { offer: offer(found), token })
            }
        })
    }
}

fn place(key: &str) -> String {
    format!("/sandbox/checkout/{key}")
}

/// What can be chosen for a checkout.
fn offers(kind: SourceKind) -> Vec<SourceOffer> {
    OFFERS.iter().map(offer).filter(|offer| offer.kind == kind).collect()
}

async fn by_id(tx: &mut Tx, payment_id: Uuid) -> Result<Option<Kept>, Fault> {
    tx.row(COLUMNS_BY_ID, args![payment_id]).await?.as_ref().map(Kept::read).transpose()
}

async fn by_key(tx: &mut Tx, key: &str) -> Result<Option<Kept>, Fault> {
    tx.row(COLUMNS_BY_KEY, args![key]).await?.as_ref().map(Kept::read).transpose()
}

impl Sandbox {
    pub(super) async fn opened_checkout(&self, checkout: Checkout) -> Result<String, Silence> {
        const NEW: &str = "INSERT INTO sandbox_checkout (payment_id, page_key, kind, amount_minor, fee_minor, currency,
            state, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, 'open', $7) ON CONFLICT DO NOTHING";
        let key = URL_SAFE_NO_PAD.encode(self.randomness.bytes::<24>());
        let opened = self.writer.submit(move |work| {
            Box::pin(async move {
                let Checkout { payment_id, kind, amount, fee } = checkout;
                let kind = match kind {
                    SourceKind::Card => "card",
                    SourceKind::Paypal => "paypal",
                };
                let (minor, fee_minor, currency) = (amount.minor(), fee.minor(), amount.currency());
                let values = args![payment_id, key, kind, minor, fee_minor, currency, work.now_ms];
                work.tx.execute(NEW, values).await?;
                let kept = by_id(&mut work.tx, payment_id).await?.ok_or(Fault::Stored("sandbox checkout"))?;
                if (kept.checkout.amount, kept.checkout.fee) != (amount, fee) {
                    return Err(Fault::Stored("sandbox checkout: the id was used for something else"));
                }
                Ok(place(&kept.key))
            })
        });
        opened.await.map_err(|error| {
            tracing::warn!(%error, "the sandbox could not open a page");
            Silence::Lost
        })
    }

    pub(super) async fn found_checkout(&self, payment_id: Uuid) -> Result<Option<Visit>, Silence> {
        let found = async {
            let mut tx = self.store.read().await?;
            by_id(&mut tx, payment_id).await?.map(Kept::visit).transpose()
        };
        found.await.map_err(|error: Fault| {
            tracing::warn!(%error, "the sandbox could not look a page up");
            Silence::Lost
        })
    }

    pub(super) async fn found_hosted(&self, key: String) -> Result<Option<Hosted>, Fault> {
        let found = by_key(&mut self.store.read().await?, &key).await?;
        Ok(found.map(|kept| Hosted {
            offers: offers(kept.checkout.kind),
            answered: !matches!(kept.state, State::Open),
            checkout: kept.checkout,
        }))
    }

    pub(super) async fn answered_checkout(
        &self,
        key: String,
        answer: Answer,
    ) -> Result<Option<Result<Uuid, Plea>>, Fault> {
        const SQL: &str = "UPDATE sandbox_checkout SET state = $2, token = $3 WHERE payment_id = $1 AND state = 'open'";
        let done = self.writer.submit(move |work| {
            Box::pin(async move {
                let Some(kept) = by_key(&mut work.tx, &key).await? else { return Ok(None) };
                let id = kept.checkout.payment_id;
                if !matches!(kept.state, State::Open) {
                    return Ok(Some(Ok(id)));
                }
                let (state, token) = match answer {
                    Answer::Leave => ("left", None),
                    Answer::Choose(token) => {
                        let offer = offers(kept.checkout.kind).into_iter().find(|offer| offer.token == token);
                        match offer.map(|offer| offer.refused) {
                            None => return Ok(Some(Err(Plea::NothingChosen))),
                            Some(Some(bar)) => return Ok(Some(Err(Plea::Refused(bar)))),
                            Some(None) => ("chosen", Some(token)),
                        }
                    }
                };
                work.tx.execute(SQL, args![id, state, token]).await?;
                Ok(Some(Ok(id)))
            })
        });
        done.await
    }
}
