//! What was decided about requests and has to reach the server: stored with its id before anything leaves, in one order
//! with the payments and the asks.

use ledger::{Row, Tx, args};
use pay::{Currency, Money};
use protocol::body::{NewRequest, Person, Request, RequestState};
use protocol::{Code, Problem};
use uuid::Uuid;

use super::Book;
use super::apply::News;
use super::rows::{from_json, from_word, to_json, word};
use super::stored::store_requests;
use crate::WalletError;
use crate::view::PendingKind;

/// Something decided about a request that waits for the server. Its id is the idempotency key of every attempt.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub(crate) id: Uuid,
    /// Where it stands in the one order of everything that leaves.
    pub(crate) place: i64,
    pub(crate) request_id: Uuid,
    pub(crate) kind: PendingKind,
    /// The bytes every attempt carries.
    pub(crate) body: String,
    /// Tries that may have arrived.
    pub(crate) attempts: i64,
    pub(crate) next_at_ms: i64,
}

/// What became of an action.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fate {
    /// It waits, or is leaving.
    Open,
    /// The server has carried it out.
    Done,
    /// The server never will.
    Refused(Box<Problem>),
}

/// Columns: id, place, request, kind, body, attempts, next.
fn action(row: &Row) -> Result<Action, WalletError> {
    Ok(Action {
        id: row.uuid(0)?,
        place: row.i64(1)?,
        request_id: row.uuid(2)?,
        kind: from_word(&row.text(3)?)?,
        body: row.text(4)?,
        attempts: row.i64(5)?,
        next_at_ms: row.i64(6)?,
    })
}

/// The next place in the order of everything that leaves.
pub(super) async fn next_place(tx: &mut Tx) -> Result<i64, WalletError> {
    let sql = "SELECT 1 + MAX((SELECT COALESCE(MAX(place), 0) FROM wallet_outbox),
        (SELECT COALESCE(MAX(place), 0) FROM wallet_action), (SELECT COALESCE(MAX(place), 0) FROM wallet_ask))";
    tx.row(sql, args![]).await?.map(|row| Ok(row.i64(0)?)).unwrap_or(Ok(1))
}

/// The request as the book has it.
async fn request_of(tx: &mut Tx, id: Uuid) -> Result<Request, WalletError> {
    let row = tx.row("SELECT body FROM wallet_request WHERE id = $1", args![id]).await?;
    from_json(&row.ok_or(WalletError::Invalid(Code::NotFound))?.text(0)?)
}

async fn put(tx: &mut Tx, book: &Book, id: Uuid, about: (Uuid, PendingKind), body: &str) -> Result<(), WalletError> {
    let sql =
        "INSERT INTO wallet_action (id, place, request_id, kind, body, state, attempts, next_at_ms, created_at_ms)
        VALUES ($1, $2, $3, $4, $5, 'waiting', 0, 0, $6)";
    let place = next_place(tx).await?;
    tx.execute(sql, args![id, place, about.0, word(&about.1)?, body, book.now_ms()]).await?;
    Ok(())
}

impl Book {
    /// Stores a new request and that it has to be sent, in one commit; gives it as it is shown until the server knows it.
    pub(crate) async fn store_new_request(&self, form: &NewRequest) -> Result<Request, WalletError> {
        let me = self.me()?;
        let currency = Currency::from_code(&me.currency).map_err(|_| WalletError::BadAnswer)?;
        let mut tx = self.begin().await?;
        let payer = match &form.payer_handle {
            Some(handle) => Some(person_called(&mut tx, handle).await?),
            None => None,
        };
        let now_ms = self.now_ms();
        let request = Request {
            id: form.id,
            requester: Person { picture: None, ..me.person },
            payer,
            amount: form.amount.clone(),
            currency: me.currency,
            paid: Money::zero(currency).into(),
            group: None,
            ways: form.ways.clone(),
            elsewhere: None,
            note: form.note.clone(),
            state: RequestState::Open,
            viewed: false,
            overpaid: false,
            paid_late: false,
            policy: form.policy,
            single_use: form.single_use,
            expires_at_ms: form.expires_at_ms,
            reminded_at_ms: None,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            // The server's first is 1: whatever it says takes the place of this.
            version: 0,
        };
        store_requests(&mut tx, request.requester.id, std::slice::from_ref(&request)).await?;
        put(&mut tx, self, form.id, (form.id, PendingKind::NewRequest), &to_json(form)?).await?;
        tx.commit().await?;
        Ok(request)
    }

    /// Stores what was decided about a request; gives the id to wait for, if anything has to leave, and the request.
    /// The same decision again is the one that waits already; a request that never left is taken back right here.
    pub(crate) async fn store_action(
        &self,
        id: Uuid,
        request_id: Uuid,
        decided: (PendingKind, &str),
    ) -> Result<(Option<Uuid>, Request), WalletError> {
        let (kind, body) = decided;
        let mut tx = self.begin().await?;
        let request = request_of(&mut tx, request_id).await?;
        let sql = "SELECT id, place, request_id, kind, body, attempts, next_at_ms FROM wallet_action
            WHERE request_id = $1 AND state IN ('waiting', 'sending') ORDER BY place";
        let open: Vec<Action> = tx.rows(sql, args![request_id]).await?.iter().map(action).collect::<Result<_, _>>()?;
        if let Some(same) = open.iter().find(|action| action.kind == kind) {
            return Ok((Some(same.id), request));
        }
        let never_left = open.iter().any(|it| it.kind == PendingKind::NewRequest && it.attempts == 0);
        if kind == PendingKind::Cancel && never_left {
            let request = unmake(&mut tx, request, self.now_ms()).await?;
            tx.commit().await?;
            return Ok((None, request));
        }
        put(&mut tx, self, id, (request_id, kind), body).await?;
        tx.commit().await?;
        Ok((Some(id), request))
    }

    /// Everything that has to leave, in its order.
    pub(crate) async fn open_actions(&self) -> Result<Vec<Action>, WalletError> {
        let sql = "SELECT id, place, request_id, kind, body, attempts, next_at_ms FROM wallet_action
            WHERE state = 'waiting' ORDER BY place";
        let mut tx = self.store.read().await?;
        tx.read_rows(sql, args![], action).await
    }

    /// Moves an open action; true when it was still open.
    pub(crate) async fn set_action(
        &self,
        action: &Action,
        sending: bool,
        next_at_ms: i64,
    ) -> Result<bool, WalletError> {
        let mut tx = self.begin().await?;
        let sql = "UPDATE wallet_action SET state = $2, attempts = $3, next_at_ms = $4
            WHERE id = $1 AND state IN ('waiting', 'sending')";
        let state = if sending { "sending" } else { "waiting" };
        let moved = tx.execute(sql, args![action.id, state, action.attempts, next_at_ms]).await? == 1;
        tx.commit().await?;
        Ok(moved)
    }

    /// The server carried it out: its word and the end of the action are one commit.
    pub(crate) async fn finish_action(&self, action: &Action, request: &Request) -> Result<(), WalletError> {
        if request.id != action.request_id {
            return Err(WalletError::BadAnswer);
        }
        let mut tx = self.begin().await?;
        let subject = protocol::body::Subject::Request(request.clone());
        self.apply(&mut tx, vec![subject], &mut News::default()).await?;
        tx.execute("UPDATE wallet_action SET state = 'sent' WHERE id = $1", args![action.id]).await?;
        Ok(tx.commit().await?)
    }

    /// The server never will. What was decided about a request that will never be goes with it.
    pub(crate) async fn refuse_action(&self, action: &Action, why: &Problem) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        let sql = "UPDATE wallet_action SET state = 'refused', refused = $2 WHERE id = $1";
        tx.execute(sql, args![action.id, to_json(why)?]).await?;
        if action.kind == PendingKind::NewRequest {
            let request = request_of(&mut tx, action.request_id).await?;
            unmake(&mut tx, request, self.now_ms()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// What became of an action.
    pub(crate) async fn fate(&self, id: Uuid) -> Result<Fate, WalletError> {
        let mut tx = self.store.read().await?;
        let row = tx.row("SELECT state, refused FROM wallet_action WHERE id = $1", args![id]).await?;
        let row = row.ok_or(WalletError::Invalid(Code::NotFound))?;
        match (row.text(0)?.as_str(), row.opt_text(1)?) {
            ("refused", Some(problem)) => Ok(Fate::Refused(from_json(&problem)?)),
            ("waiting" | "sending", _) => Ok(Fate::Open),
            _ => Ok(Fate::Done),
        }
    }

    /// The person was told of a refusal where they asked: nothing has to be shown of it any more.
    pub(crate) async fn forget_refused(&self, request_id: Uuid, action_id: Uuid) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        tx.execute("DELETE FROM wallet_request WHERE id = $1 AND version = 0", args![request_id]).await?;
        tx.execute("UPDATE wallet_action SET state = 'dropped' WHERE id = $1", args![action_id]).await?;
        Ok(tx.commit().await?)
    }

    /// Takes an action away that never left, or a refused one that was seen.
    pub(crate) async fn drop_action(&self, id: Uuid) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        let sql = "UPDATE wallet_action SET state = 'dropped'
            WHERE id = $1 AND (state = 'refused' OR (state = 'waiting' AND attempts = 0)) RETURNING request_id, kind, refused";
        let row = tx.row(sql, args![id]).await?.ok_or(WalletError::Invalid(Code::WrongState))?;
        let kind: PendingKind = from_word(&row.text(1)?)?;
        if kind == PendingKind::NewRequest && row.opt_text(2)?.is_some() {
            // It never came to be, and that was seen.
            tx.execute("DELETE FROM wallet_request WHERE id = $1 AND version = 0", args![row.uuid(0)?]).await?;
        } else if kind == PendingKind::NewRequest {
            let request = request_of(&mut tx, row.uuid(0)?).await?;
            unmake(&mut tx, request, self.now_ms()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// A request as the book has it.
    pub(crate) async fn request(&self, id: Uuid) -> Result<Request, WalletError> {
        request_of(&mut self.store.read().await?, id).await
    }
}

/// A request that no server will hear of: canceled here, and what was decided about it needs not leave.
async fn unmake(tx: &mut Tx, mut request: Request, now_ms: i64) -> Result<Request, WalletError> {
    request.state = RequestState::Canceled;
    request.updated_at_ms = now_ms;
    store_requests(tx, request.requester.id, std::slice::from_ref(&request)).await?;
    let sql = "UPDATE wallet_action SET state = 'dropped' WHERE request_id = $1 AND state IN ('waiting', 'sending')";
    tx.execute(sql, args![request.id]).await?;
    Ok(request)
}

/// Who has a handle, as far as this book knows; else a person of whom nothing but the handle is known.
pub(super) async fn person_called(tx: &mut Tx, handle: &str) -> Result<Person, WalletError> {
    let row = tx.row("SELECT body FROM wallet_person WHERE handle = $1", args![handle]).await?;
    match row {
        Some(row) => Ok(Person { picture: None, ..from_json(&row.text(0)?)? }),
        None => Ok(Person {
            id: Uuid::nil(),
            handle: handle.to_owned(),
            display_name: handle.to_owned(),
            public_key: String::new(),
            picture: None,
        }),
    }
}
