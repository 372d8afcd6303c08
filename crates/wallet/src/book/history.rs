//! Payments of an archive, kept as history: in tables of their own, which no sum, no balance and no outbox reads.

use ledger::{Row, Store, Tx, args};
use protocol::Code;
use protocol::body::Me;
use uuid::Uuid;

use super::rows::{folded, from_json, from_word, search_text, to_json, word};
use super::salvage::keep_note;
use super::{Account, Book, fact, keep_fact, read_fact};
use crate::WalletError;
use crate::archive::{About, BillLine, Line, PaymentLine};
use crate::view::{ActivityRow, HistoryPage, HistoryQuery, HistoryRow, Origin, Sync};

/// Most rows of a page.
const MOST: u32 = 200;
/// Words of a search that are looked for.
const WORDS: usize = 6;
const PAGE: &str =
    "SELECT h.origin, h.body, h.direction, h.refused, h.note, h.created_at_ms, h.number FROM wallet_history h
    JOIN wallet_origin o ON o.id = h.origin AND o.whole = 1
    WHERE (h.created_at_ms, h.number) < ($1, $2) AND instr(h.search, $3) > 0 AND instr(h.search, $4) > 0
    AND instr(h.search, $5) > 0 AND instr(h.search, $6) > 0 AND instr(h.search, $7) > 0 AND instr(h.search, $8) > 0
    AND NOT EXISTS (SELECT 1 FROM wallet_payment p WHERE p.id = h.payment_id)
    ORDER BY h.created_at_ms DESC, h.number DESC LIMIT $9";

/// Begins to take a history in. Nothing of it is shown before [`end`].
pub(crate) async fn begin(store: &Store, id: Uuid) -> Result<(), WalletError> {
    let mut tx = store.begin().await?;
    // What an earlier try left.
    clear(&mut tx).await?;
    tx.execute("INSERT INTO wallet_origin (id, body, whole) VALUES ($1, '', 0)", args![id]).await?;
    Ok(tx.commit().await?)
}

/// Takes some lines in.
pub(crate) async fn take(store: &Store, id: Uuid, lines: &[Line]) -> Result<(), WalletError> {
    let mut tx = store.begin().await?;
    for line in lines {
        match line {
            Line::Payment(payment) => take_payment(&mut tx, id, payment).await?,
            Line::Bill(bill) => take_bill(&mut tx, id, bill).await?,
            // The double entry was looked at; people and requests are the other server's.
            Line::About(_)
            | Line::Person(_)
            | Line::Request(_)
            | Line::Entry(_)
            | Line::Head(_)
            | Line::Manifest(_) => {}
        }
    }
    Ok(tx.commit().await?)
}

/// The archive holds to its end: its history is shown from now on, instead of an older one of the same account. Where the
/// account is this book's own, its notes wait for the payments the server tells of.
pub(crate) async fn end(store: &Store, id: Uuid, about: &About) -> Result<(), WalletError> {
    let mut tx = store.begin().await?;
    let older = tx.rows("SELECT id, body FROM wallet_origin WHERE whole = 1", args![]).await?;
    for row in &older {
        let before: About = from_json(&row.text(1)?)?;
        if same_account(&before, about) {
            tx.execute("DELETE FROM wallet_history WHERE origin = $1", args![row.uuid(0)?]).await?;
            tx.execute("DELETE FROM wallet_origin WHERE id = $1", args![row.uuid(0)?]).await?;
        }
    }
    let sql = "INSERT INTO wallet_bill (id, payload, state, due, note, created_at_ms, marked_at_ms)
        SELECT id, payload, state, due, note, created_at_ms, marked_at_ms FROM wallet_history_bill WHERE origin = $1
        ON CONFLICT DO NOTHING";
    tx.execute(sql, args![id]).await?;
    tx.execute("DELETE FROM wallet_history_bill", args![]).await?;
    tx.execute("UPDATE wallet_origin SET body = $2, whole = 1 WHERE id = $1", args![id, to_json(about)?]).await?;
    let own = read_fact::<Account>(&mut tx, fact::ACCOUNT).await?;
    if own.is_some_and(|own| own.person_id == about.me.person.id && own.server_key == about.server_key) {
        for (payment, note) in notes(&mut tx, id).await? {
            keep_note(&mut tx, payment, &note).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Called off, or the archive does not hold: nothing of it stays.
pub(crate) async fn undo(store: &Store) -> Result<(), WalletError> {
    let mut tx = store.begin().await?;
    clear(&mut tx).await?;
    Ok(tx.commit().await?)
}

async fn clear(tx: &mut Tx) -> Result<(), WalletError> {
    tx.execute("DELETE FROM wallet_history WHERE origin IN (SELECT id FROM wallet_origin WHERE whole = 0)", args![])
        .await?;
    tx.execute("DELETE FROM wallet_history_bill", args![]).await?;
    tx.execute("DELETE FROM wallet_origin WHERE whole = 0", args![]).await?;
    Ok(())
}

fn same_account(a: &About, b: &About) -> bool {
    a.me.person.id == b.me.person.id && a.server_url == b.server_url
}

async fn take_payment(tx: &mut Tx, origin: Uuid, line: &PaymentLine) -> Result<(), WalletError> {
    let sql = "INSERT INTO wallet_history (origin, payment_id, created_at_ms, direction, refused, body, note, search)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let refused = line.refused.as_ref().map(word).transpose()?;
    let search = search_text(&line.payment, line.direction, &line.note);
    let values = args![
        origin,
        line.payment.id,
        line.payment.created_at_ms,
        word(&line.direction)?,
        refused,
        to_json(&line.payment)?,
        &line.note,
        search,
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

async fn take_bill(tx: &mut Tx, origin: Uuid, bill: &BillLine) -> Result<(), WalletError> {
    let sql = "INSERT INTO wallet_history_bill (origin, id, payload, state, due, note, created_at_ms, marked_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let due = bill.due.clone();
    let values =
        args![origin, bill.id, &bill.text, word(&bill.state)?, due, &bill.note, bill.created_at_ms, bill.marked_at_ms];
    tx.execute(sql, values).await?;
    Ok(())
}

async fn notes(tx: &mut Tx, origin: Uuid) -> Result<Vec<(Uuid, String)>, WalletError> {
    let sql = "SELECT payment_id, note FROM wallet_history WHERE origin = $1 AND note <> ''";
    tx.read_rows(sql, args![origin], |row| Ok((row.uuid(0)?, row.text(1)?))).await
}

/// Keeps whose history a book of its own is.
pub(crate) async fn move_in(store: &Store, account: &Account, me: &Me) -> Result<(), WalletError> {
    let mut tx = store.begin().await?;
    keep_fact(&mut tx, fact::ACCOUNT, account).await?;
    keep_fact(&mut tx, fact::ME, me).await?;
    Ok(tx.commit().await?)
}

impl Book {
    /// Lets a history go.
    pub(crate) async fn remove_history(&self, id: Uuid) -> Result<(), WalletError> {
        let mut tx = self.begin().await?;
        if tx.execute("DELETE FROM wallet_origin WHERE id = $1", args![id]).await? == 0 {
            return Err(WalletError::Invalid(Code::NotFound));
        }
        tx.execute("DELETE FROM wallet_history WHERE origin = $1", args![id]).await?;
        Ok(tx.commit().await?)
    }

    /// A page of what archives brought in. A payment this book has itself is not shown a second time.
    pub(crate) async fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, WalletError> {
        let limit = query.limit.clamp(1, MOST);
        let place = query.before.as_deref().map(read_place).transpose()?.unwrap_or((i64::MAX, i64::MAX));
        let text = folded(&query.text);
        let mut words: Vec<&str> = text.split_whitespace().take(WORDS).collect();
        words.resize(WORDS, "");
        let mut tx = self.store.read().await?;
        let values = args![
            place.0,
            place.1,
            words[0],
            words[1],
            words[2],
            words[3],
            words[4],
            words[5],
            limit.saturating_add(1)
        ];
        let mut found = tx.rows(PAGE, values).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = match found.last().filter(|_| more) {
            Some(row) => Some(format!("{}.{}", row.i64(5)?, row.i64(6)?)),
            None => None,
        };
        let rows = found.iter().map(history_row).collect::<Result<_, _>>()?;
        Ok(HistoryPage { origins: origins(&mut tx).await?, rows, next })
    }

    /// Lets the notes and bills of a history of this account come along to another book of it.
    pub(crate) async fn hand_on_notes(&self, other: &Book) -> Result<(), WalletError> {
        let mut from = other.store.read().await?;
        let kept = from.rows("SELECT payment_id, note FROM wallet_kept_note", args![]).await?;
        let sql = "SELECT id, payload, state, due, note, created_at_ms, marked_at_ms FROM wallet_bill";
        let bills = from.rows(sql, args![]).await?;
        let mut tx = self.begin().await?;
        for row in &kept {
            keep_note(&mut tx, row.uuid(0)?, &row.text(1)?).await?;
        }
        for row in &bills {
            let sql = "INSERT INTO wallet_bill (id, payload, state, due, note, created_at_ms, marked_at_ms)
                VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
            let (due, marked) = (row.opt_text(3)?, row.opt_i64(6)?);
            let values = args![row.uuid(0)?, row.text(1)?, row.text(2)?, due, row.text(4)?, row.i64(5)?, marked];
            tx.execute(sql, values).await?;
        }
        Ok(tx.commit().await?)
    }
}

async fn origins(tx: &mut Tx) -> Result<Vec<Origin>, WalletError> {
    let sql = "SELECT o.id, o.body, (SELECT COUNT(*) FROM wallet_history h WHERE h.origin = o.id) FROM wallet_origin o
        WHERE o.whole = 1 ORDER BY o.id";
    let one = |row: &Row| {
        let count = u32::try_from(row.i64(2)?).unwrap_or(u32::MAX);
        Ok(from_json::<About>(&row.text(1)?)?.origin(row.uuid(0)?, count))
    };
    tx.read_rows(sql, args![], one).await
}

fn history_row(row: &Row) -> Result<HistoryRow, WalletError> {
    let refused = row.opt_text(3)?.map(|word| from_word(&word)).transpose()?;
    Ok(HistoryRow {
        origin_id: row.uuid(0)?,
        row: ActivityRow {
            payment: from_json(&row.text(1)?)?,
            direction: from_word(&row.text(2)?)?,
            sync: Sync::Acked,
            private_note: row.text(4)?,
            refused,
        },
    })
}

fn read_place(text: &str) -> Result<(i64, i64), WalletError> {
    let place = text.split_once('.').and_then(|(ms, number)| Some((ms.parse().ok()?, number.parse().ok()?)));
    place.ok_or(WalletError::Invalid(Code::Malformed))
}
