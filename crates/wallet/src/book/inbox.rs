//! Which requests stand on the board, and which lie in the inbox because nobody here knows who asks.

use std::collections::HashMap;

use ledger::args;
use protocol::Code;
use protocol::body::{Person, Request, RequestState};
use uuid::Uuid;

use super::Book;
use super::rows::from_json;
use crate::view::{AskMe, StrangerRequest};
use crate::{WalletError, fingerprint, mask};

/// Requests by where they belong, newest change first.
pub(crate) struct Sorted {
    /// Own ones, and those of people who may ask.
    pub(crate) board: Vec<Request>,
    /// Those of all others, in every state.
    pub(crate) strangers: Vec<Request>,
}

impl Book {
    /// All requests but those of blocked people, sorted by who may ask.
    pub(crate) async fn sorted_requests(&self, ask_me: AskMe) -> Result<Sorted, WalletError> {
        let (me, blocked) = (self.account()?.person_id, self.blocked().await?);
        let mut tx = self.store.read().await?;
        let mut known: HashMap<Uuid, (bool, bool)> = HashMap::new();
        let sql = "SELECT id, body, paid, checked_key FROM wallet_person WHERE paid > 0 OR checked_key IS NOT NULL";
        for row in tx.rows(sql, args![]).await? {
            let person: Person = from_json(&row.text(1)?)?;
            let compared = row.opt_text(3)?.is_some_and(|key| key == person.public_key);
            known.insert(row.uuid(0)?, (row.i64(2)? > 0, compared));
        }
        let sql = "SELECT body, let_in FROM wallet_request ORDER BY updated_at_ms DESC LIMIT 500";
        let mut sorted = Sorted { board: Vec::new(), strangers: Vec::new() };
        for row in tx.rows(sql, args![]).await? {
            let request: Request = from_json(&row.text(0)?)?;
            let asker = request.requester.id;
            let asks_me = asker != me && request.payer.as_ref().is_some_and(|payer| payer.id == me);
            let (paid, compared) = known.get(&asker).copied().unwrap_or_default();
            let may_ask = match ask_me {
                AskMe::Anyone => true,
                AskMe::Paid => paid || compared,
                AskMe::Compared => compared,
            };
            if !asks_me || may_ask || row.i64(1)? != 0 {
                if asker == me || !blocked.contains(&asker) {
                    sorted.board.push(request);
                }
            } else if !blocked.contains(&asker) {
                sorted.strangers.push(request);
            }
        }
        Ok(sorted)
    }

    /// What strangers ask and still can be answered.
    pub(crate) async fn inbox(&self, ask_me: AskMe) -> Result<Vec<StrangerRequest>, WalletError> {
        let strangers = self.sorted_requests(ask_me).await?.strangers.into_iter();
        let waiting = |request: &Request| matches!(request.state, RequestState::Open | RequestState::PartiallyPaid);
        Ok(strangers
            .filter(waiting)
            .map(|mut request| {
                let note = mask::masked(&request.note);
                let covered = note != request.note;
                request.note = note;
                let seal = fingerprint(&request.requester.public_key).1.to_vec();
                StrangerRequest { request, covered, seal }
            })
            .collect())
    }

    /// Puts a stranger's request on the board, where it is like any other.
    pub(crate) async fn let_in(&self, id: Uuid) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        let found = tx.execute("UPDATE wallet_request SET let_in = 1 WHERE id = $1", args![id]).await?;
        if found == 0 {
            return Err(WalletError::Invalid(Code::NotFound));
        }
        Ok(tx.commit().await?)
    }

    /// The note of a request as it was written.
    pub(crate) async fn note_of(&self, id: Uuid) -> Result<String, WalletError> {
        let mut tx = self.store.read().await?;
        let row = tx.row("SELECT body FROM wallet_request WHERE id = $1", args![id]).await?;
        let row = row.ok_or(WalletError::Invalid(Code::NotFound))?;
        Ok(from_json::<Request>(&row.text(0)?)?.note)
    }
}
