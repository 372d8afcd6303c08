use crate::fault::Fault;
use ledger::{Row, Tx, args};
use pay::{FundingKind, ReceiveBar, SendBar};
use protocol::body::{Bar, CardClass, Source, SourceKind, SourceOffer};
use uuid::Uuid;

/// A funding source.
#[derive(Debug, Clone)]
pub struct SourceRow {
    /// Id.
    pub id: Uuid,
    /// Whose.
    pub person_id: Uuid,
    /// Card or PayPal.
    pub kind: SourceKind,
    /// Class of a card.
    pub card_class: Option<CardClass>,
    /// Its owner's name for it.
    pub label: String,
    /// Masked number.
    pub hint: String,
    /// The processor's.
    pub token: String,
    /// Chosen when nothing is.
    pub is_default: bool,
    /// Removed sources stay for the payments they made.
    pub removed: bool,
}

impl SourceRow {
    fn read(row: &Row) -> Result<Self, Fault> {
        let kind = match row.text(2)?.as_str() {
            "card" => SourceKind::Card,
            "paypal" => SourceKind::Paypal,
            _ => return Err(Fault::Stored("kind of source")),
        };
        let class = row.opt_text(3)?.map(|word| CardClass::parse(&word).ok_or(Fault::Stored("card class")));
        Ok(SourceRow {
            id: row.uuid(0)?,
            person_id: row.uuid(1)?,
            kind,
            card_class: class.transpose()?,
            label: row.text(4)?,
            hint: row.text(5)?,
            token: row.text(6)?,
            is_default: row.i64(7)? != 0,
            removed: row.opt_i64(8)?.is_some(),
        })
    }

    /// Adds it.
    pub async fn insert(&self, tx: &mut Tx, now_ms: i64) -> Result<(), Fault> {
        const SQL: &str = "INSERT INTO source (id, person_id, kind, card_class, label, hint, token, is_default,
            created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let kind = match self.kind {
            SourceKind::Card => "card",
            SourceKind::Paypal => "paypal",
        };
        let class = self.card_class.map(CardClass::as_str);
        let (label, hint, token) = (&self.label, &self.hint, &self.token);
        let values = args![self.id, self.person_id, kind, class, label, hint, token, self.is_default, now_ms];
        tx.execute(SQL, values).await?;
        Ok(())
    }

    fn funding(&self) -> FundingKind {
        funding(self.kind, self.card_class)
    }

    /// Why it cannot send.
    pub fn send_bar(&self) -> Option<Bar> {
        self.funding().can_send().err().map(send_bar)
    }

    /// Why it cannot receive.
    pub fn receive_bar(&self) -> Option<Bar> {
        receive_bar(self.funding())
    }

    /// As its owner sees it.
    pub fn public(&self) -> Source {
        Source {
            id: self.id,
            kind: self.kind,
            card_class: self.card_class,
            label: self.label.clone(),
            hint: self.hint.clone(),
            is_default: self.is_default,
            send_bar: self.send_bar(),
            receive_bar: self.receive_bar(),
        }
    }
}

fn funding(kind: SourceKind, class: Option<CardClass>) -> FundingKind {
    match (kind, class) {
        (SourceKind::Paypal, _) => FundingKind::PayPal,
        (SourceKind::Card, Some(class)) => FundingKind::Card(class.into()),
        // A card whose class is not known is treated as the class that may do nothing.
        (SourceKind::Card, None) => FundingKind::Card(pay::CardClass::OtherDebit),
    }
}

fn send_bar(bar: SendBar) -> Bar {
    match bar {
        SendBar::CreditCard => Bar::CreditCard,
        SendBar::OtherNetwork => Bar::OtherNetwork,
        SendBar::HealthCard => Bar::HealthCard,
    }
}

fn receive_bar(kind: FundingKind) -> Option<Bar> {
    kind.can_receive().err().map(|bar| match bar {
        ReceiveBar::Refused(bar) => send_bar(bar),
        ReceiveBar::PayrollPrepaid => Bar::PayrollPrepaid,
        ReceiveBar::GovernmentCard => Bar::GovernmentCard,
    })
}

/// Why a source of this kind would not be taken at all: it can neither send nor receive.
pub fn refusal(kind: SourceKind, class: Option<CardClass>) -> Option<Bar> {
    funding(kind, class).can_send().err().map(send_bar)
}

/// The name a source gets when its owner gives none: the processor's brand words, not translated.
pub fn standard_label(offer: &SourceOffer) -> String {
    let brand = match (offer.kind, offer.card_class) {
        (SourceKind::Paypal, _) => "PayPal",
        (SourceKind::Card, Some(CardClass::VisaDebit)) => "Visa",
        (SourceKind::Card, Some(CardClass::MastercardDebit)) => "Mastercard",
        (SourceKind::Card, _) => "Card",
    };
    format!("{brand} {}", offer.hint)
}

/// A person's sources that were not removed, oldest first.
pub async fn list_sources(tx: &mut Tx, person_id: Uuid) -> Result<Vec<SourceRow>, Fault> {
    const SQL: &str =
        "SELECT id, person_id, kind, card_class, label, hint, token, is_default, removed_at_ms FROM source
        WHERE person_id = $1 AND removed_at_ms IS NULL ORDER BY created_at_ms, id";
    tx.read_rows(SQL, args![person_id], SourceRow::read).await
}

/// One source, also a removed one.
pub async fn find_source(tx: &mut Tx, id: Uuid) -> Result<Option<SourceRow>, Fault> {
    const SQL: &str =
        "SELECT id, person_id, kind, card_class, label, hint, token, is_default, removed_at_ms FROM source
        WHERE id = $1";
    tx.row(SQL, args![id]).await?.as_ref().map(SourceRow::read).transpose()
}
