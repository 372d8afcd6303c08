use crate::fault::Fault;
use crate::people::rows::the_person;
use ledger::{Row, Tx, args};
use pay::Money;
use protocol::body::{FailureReason, Payment, PaymentState};
use uuid::Uuid;

/// A payment.
#[derive(Debug, Clone)]
pub struct PaymentRow {
    /// Made by the payer's app.
    pub id: Uuid,
    /// Who pays.
    pub payer_id: Uuid,
    /// Who is paid.
    pub payee_id: Uuid,
    /// Where the money comes from.
    pub source_id: Uuid,
    /// Where it goes.
    pub payee_source_id: Uuid,
    /// The request it pays.
    pub request_id: Option<Uuid>,
    /// The payment it gives back; it then runs from that one's end to its beginning.
    pub returns: Option<Uuid>,
    /// How much of it was given back.
    pub returned: Money,
    /// What the payee gets.
    pub amount: Money,
    /// On top.
    pub fee: Money,
    /// Text for the payee.
    pub note: String,
    /// State.
    pub state: PaymentState,
    /// The processor's answer was lost.
    pub outcome_unknown: bool,
    /// Why it failed.
    pub failure: Option<FailureReason>,
    /// Where the payer confirms.
    pub action_url: Option<String>,
    /// Which source of truth said so.
    pub verified_by: Option<String>,
    /// What was signed about it when it succeeded.
    pub receipt: Option<String>,
    /// Accepted.
    pub created_at_ms: i64,
    /// Last change.
    pub updated_at_ms: i64,
}

/// Between whom money moves: people, and the sources they use.
#[derive(Debug, Clone, Copy)]
pub struct Between {
    /// Who pays.
    pub payer_id: Uuid,
    /// Who is paid.
    pub payee_id: Uuid,
    /// Where the money comes from.
    pub source_id: Uuid,
    /// Where it goes.
    pub payee_source_id: Uuid,
}

impl PaymentRow {
    /// A payment as it stands when it is accepted: on its way, for no request, without a text.
    pub fn accepted(id: Uuid, between: Between, amount: Money, fee: Money, now_ms: i64) -> PaymentRow {
        let Between { payer_id, payee_id, source_id, payee_source_id } = between;
        PaymentRow {
            id,
            payer_id,
            payee_id,
            source_id,
            payee_source_id,
            request_id: None,
            returns: None,
            returned: Money::zero(amount.currency()),
            amount,
            fee,
            note: String::new(),
            state: PaymentState::Processing,
            outcome_unknown: false,
            failure: None,
            action_url: None,
            verified_by: None,
            receipt: None,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
        }
    }
}

const BY_ID: &str = "SELECT id, payer_id, payee_id, source_id, payee_source_id, request_id, amount_minor, fee_minor,
    currency, note, state, outcome_unknown, failure, action_url, verified_by, created_at_ms, updated_at_ms,
    returns, returned_minor, receipt FROM payment WHERE id = $1";

/// One payment.
pub async fn find_payment(tx: &mut Tx, id: Uuid) -> Result<Option<PaymentRow>, Fault> {
    tx.row(BY_ID, args![id]).await?.as_ref().map(PaymentRow::read).transpose()
}

impl PaymentRow {
    fn read(row: &Row) -> Result<Self, Fault> {
        let currency = row.currency(8)?;
        let money = |minor| Money::new(minor, currency).map_err(|_| Fault::Stored("payment amount"));
        let failure = row.opt_text(12)?.map(|word| FailureReason::parse(&word).ok_or(Fault::Stored("failure")));
        Ok(PaymentRow {
            id: row.uuid(0)?,
            payer_id: row.uuid(1)?,
            payee_id: row.uuid(2)?,
            source_id: row.uuid(3)?,
            payee_source_id: row.uuid(4)?,
            request_id: row.opt_uuid(5)?,
            returns: row.opt_uuid(17)?,
            returned: money(row.i64(18)?)?,
            amount: money(row.i64(6)?)?,
            fee: money(row.i64(7)?)?,
            note: row.text(9)?,
            state: PaymentState::parse(&row.text(10)?).ok_or(Fault::Stored("payment state"))?,
            outcome_unknown: row.i64(11)? != 0,
            failure: failure.transpose()?,
            action_url: row.opt_text(13)?,
            verified_by: row.opt_text(14)?,
            receipt: row.opt_text(19)?,
            created_at_ms: row.i64(15)?,
            updated_at_ms: row.i64(16)?,
        })
    }

    /// Adds it.
    pub async fn insert(&self, tx: &mut Tx) -> Result<(), Fault> {
        const SQL: &str = "INSERT INTO payment (id, payer_id, payee_id, source_id, payee_source_id, request_id,
            amount_minor, fee_minor, currency, note, state, outcome_unknown, created_at_ms, updated_at_ms, returns)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, $14)";
        let (amount, fee, currency) = (self.amount.minor(), self.fee.minor(), self.amount.currency());
        let values = args![
            self.id,
            self.payer_id,
            self.payee_id,
            self.source_id,
            self.payee_source_id,
            self.request_id,
            amount,
            fee,
            currency,
            &self.note,
            self.state.as_str(),
            self.created_at_ms,
            self.updated_at_ms,
            self.returns
        ];
        tx.execute(SQL, values).await?;
        Ok(())
    }

    /// Writes what can change.
    pub async fn update(&mut self, tx: &mut Tx, now_ms: i64) -> Result<(), Fault> {
        const SQL: &str = "UPDATE payment SET state = $2, outcome_unknown = $3, failure = $4, action_url = $5,
            verified_by = $6, updated_at_ms = $7, receipt = $8 WHERE id = $1";
        self.updated_at_ms = now_ms;
        let (state, failure) = (self.state.as_str(), self.failure.map(FailureReason::as_str));
        let (action, by) = (self.action_url.as_deref(), self.verified_by.as_deref());
        let receipt = self.receipt.as_deref();
        tx.execute(SQL, args![self.id, state, self.outcome_unknown, failure, action, by, now_ms, receipt]).await?;
        Ok(())
    }

    /// As the payer sees it.
    pub async fn for_payer(&self, tx: &mut Tx) -> Result<Payment, Fault> {
        Ok(Payment {
            id: self.id,
            payer: the_person(tx, self.payer_id).await?.public(),
            payee: the_person(tx, self.payee_id).await?.public(),
            amount: self.amount.into(),
            fee: Some(self.fee.into()),
            source_id: Some(self.source_id),
            request_id: self.request_id,
            returns: self.returns,
            returned: (!self.returned.is_zero()).then(|| self.returned.into()),
            note: self.note.clone(),
            state: self.state,
            outcome_unknown: self.outcome_unknown,
            failure: self.failure,
            action_url: self.action_url.clone(),
            verified_by: self.verified_by.clone(),
            receipt: self.receipt.clone(),
            created_at_ms: self.created_at_ms,
            updated_at_ms: self.updated_at_ms,
        })
    }

    /// As the payee sees it: not what it cost, nor from what.
    pub async fn for_payee(&self, tx: &mut Tx) -> Result<Payment, Fault> {
        Ok(Payment { fee: None, source_id: None, action_url: None, ..self.for_payer(tx).await? })
    }
}
