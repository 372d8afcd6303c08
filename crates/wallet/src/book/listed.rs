//! The list of payments: which rows a filter shows, page by page, and what they sum to.
//!
//! Three ways to the same rows, chosen by what is asked: along one person's payments, along what the trigrams of the
//! words name, or along time. Common words are found soonest along time, where a page is full after a few rows: a taste
//! of the newest rows tells, and where it is wrong, how far back the newest rows that the trigrams name reach.

use ledger::{Row, Set, Store, Tx, Value, args};
use pay::{Currency, Money};
use protocol::Code;
use protocol::body::{Amount, Payment, PaymentState};
use uuid::Uuid;

use super::rows::{activity_row, folded, from_json, from_word, ordered_at, other_side, search_text, word};
use super::stored::Stored;
use super::{Book, fact, keep_fact, nearest, read_fact};
use crate::WalletError;
use crate::view::{
    ActivityFilter, ActivityPage, ActivityQuery, ActivityRow, ActivityView, CurrencyTotal, Direction, Stage,
};

macro_rules! rare {
    () => {
        500
    };
}
// Of how many of the newest rows how many must hold the words, that a page is tried along time; and how many times as far
// back as these rows reach it may be looked for.
macro_rules! newest {
    () => {
        32
    };
}
macro_rules! often {
    () => {
        2
    };
}
macro_rules! far {
    () => {
        128
    };
}

/// Words of a search that are looked for; more make it no narrower.
const WORDS: usize = 6;
/// A search whose trigrams name fewer rows than this goes along these rows; beyond it, how close together the newest of
/// them lie says whether a page is full sooner along time.
const RARE: i128 = rare!();
/// Fetching a named row costs about as much as looking at this many in the order of time.
const FETCH: i128 = 3;
/// Rows of a usual page.
const USUAL: i128 = 200;
const DAY_MS: i64 = 86_400_000;
const LOW_32: i128 = 1 << 32;
const MOST_VIEWS: usize = 50;
const LONGEST_NAME: usize = 60;
/// Payments of an older book listed in one commit.
const CATCH_UP: u32 = 500;

macro_rules! holds_words {
    () => {
        "($9 = '' OR instr(search, $9) > 0) AND ($10 = '' OR instr(search, $10) > 0)
        AND ($11 = '' OR instr(search, $11) > 0) AND ($12 = '' OR instr(search, $12) > 0)
        AND ($13 = '' OR instr(search, $13) > 0) AND ($14 = '' OR instr(search, $14) > 0) "
    };
}
macro_rules! shown {
    ($along:expr) => {
        shown!($along, "$1")
    };
    ($along:expr, $from:expr) => {
        concat!(
            "FROM wallet_listed ",
            $along,
            " AND created_at_ms >= ",
            $from,
            " AND created_at_ms < $2 AND ($3 IS NULL OR direction = $3)
            AND ($4 IS NULL OR stage = $4) AND ($5 IS NULL OR source_id = $5)
            AND ($6 IS NULL OR (currency = $6 AND minor >= $7 AND minor <= $8))
            AND ($15 IS NULL OR other_id = $15) AND ",
            holds_words!()
        )
    };
}
macro_rules! along_time {
    () => {
        shown!("WHERE true")
    };
}
macro_rules! along_person {
    () => {
        shown!("INDEXED BY wallet_listed_by_other WHERE other_id = $15")
    };
}
macro_rules! along_trigrams {
    () => {
        shown!("WHERE number IN (SELECT rowid FROM wallet_trigram WHERE wallet_trigram MATCH $16)")
    };
}
macro_rules! among_few {
    () => {
        shown!(concat!("WHERE number IN (SELECT number FROM few WHERE (SELECT COUNT(*) FROM few) < ", rare!(), ")"))
    };
}
macro_rules! near {
    () => {
        shown!("WHERE true", "max($1, (SELECT from_ms FROM taste))")
    };
}
// What the newest rows say is told first. Of words that many of them hold, the page along time, no further back than it
// should have to be looked for; of others, the page of what the trigrams name, if that is little. At last, one row that
// is no payment unless the page is all there is.
macro_rules! soonest_page {
    () => {
        concat!(
            "WITH span AS MATERIALIZED (SELECT MIN(created_at_ms) AS oldest, MAX(created_at_ms) AS latest, SUM(",
            holds_words!(),
            ") AS hits FROM (SELECT created_at_ms, search FROM wallet_listed
                    ORDER BY created_at_ms DESC, payment_id DESC LIMIT ",
            newest!(),
            ")),
                taste AS MATERIALIZED (SELECT min($17, latest) - (latest - oldest) * ",
            far!(),
            " AS from_ms FROM span WHERE hits >= ",
            often!(),
            "), few AS MATERIALIZED (SELECT rowid AS number FROM wallet_trigram WHERE wallet_trigram MATCH $16
                    LIMIT iif(EXISTS (SELECT 1 FROM taste), 0, ",
            rare!(),
            ")) ",
            page!(near!()),
            " UNION ALL ",
            page!(among_few!()),
            " UNION ALL SELECT NULL, NULL, NULL, NULL, NULL
                WHERE EXISTS (SELECT 1 FROM taste) OR (SELECT COUNT(*) FROM few) = ",
            rare!()
        )
    };
}
macro_rules! page {
    ($shown:expr) => {
        concat!(
            "SELECT p.body, p.direction, p.refused, p.private_note, CASE WHEN p.id IN (SELECT payment_id FROM wallet_here_only)
                THEN 'here_only' ELSE o.state END FROM (SELECT payment_id AS found ",
            $shown,
            "AND (created_at_ms, payment_id) < ($17, $18) ORDER BY created_at_ms DESC, payment_id DESC LIMIT $19 OFFSET $20)
            JOIN wallet_payment p ON p.id = found LEFT JOIN wallet_outbox o ON o.payment_id = p.id"
        )
    };
}
// Two halves of each sum: each stays far inside 64 bits, whatever is added up.
macro_rules! sums {
    ($shown:expr) => {
        concat!(
            "SELECT currency, direction, stage, COUNT(*), SUM(minor >> 32) + SUM(fee_minor >> 32),
                SUM(minor & 4294967295) + SUM(fee_minor & 4294967295) ",
            $shown,
            "GROUP BY currency, direction, stage ORDER BY currency"
        )
    };
}

/// The way to the rows.
#[derive(Debug, Clone, Copy)]
enum Along {
    Time,
    Person,
    /// Along time or along what the trigrams name, whichever has a page sooner; a sum goes along the trigrams.
    Words,
}

/// A filter ready to be asked with: its values are `$1` to `$16` of the statements.
pub(super) struct Asked {
    along: Along,
    values: Vec<Value>,
}

impl Asked {
    /// Reads a filter; `now_ms` is what "the last days" end at.
    pub(super) fn new(filter: &ActivityFilter, now_ms: i64) -> Result<Self, WalletError> {
        let text = folded(&filter.text);
        let mut words: Vec<&str> = text.split_whitespace().take(WORDS).collect();
        let trigrams = trigrams_of(&words);
        words.resize(WORDS, "");
        let days = filter.last_days.map(|days| now_ms.saturating_sub(i64::from(days).saturating_mul(DAY_MS)));
        let from_ms = filter.from_ms.unwrap_or(i64::MIN).max(days.unwrap_or(i64::MIN));
        let (currency, min, max) = range(filter)?;
        let mut values = args![
            from_ms,
            filter.until_ms.unwrap_or(i64::MAX),
            filter.direction.map(|direction| word(&direction)).transpose()?,
            filter.stage.map(|stage| word(&stage)).transpose()?,
            filter.source_id,
            currency.map(|currency| currency.code().to_owned()),
            min,
            max,
        ];
        values.extend(words.into_iter().map(Value::from));
        let along = match (filter.person, &trigrams) {
            (Some(_), _) => Along::Person,
            (None, Some(_)) => Along::Words,
            (None, None) => Along::Time,
        };
        values.extend(args![filter.person, trigrams]);
        Ok(Asked { along, values })
    }

    /// At most `limit` rows before a place in the list, after the first `skip` of them; newest first.
    pub(super) async fn rows(
        &self,
        tx: &mut Tx,
        before: Place,
        skip: u32,
        limit: i64,
    ) -> Result<Vec<ActivityRow>, WalletError> {
        let mut rows = self.some_rows(tx, before, skip, limit).await?;
        // SQLite gives them in this order already, but owes it to nobody: to order them there it would copy their bodies.
        rows.sort_by_key(|row| std::cmp::Reverse(place_of(row)));
        Ok(rows)
    }

    /// The rows of a page, in any order.
    async fn some_rows(
        &self,
        tx: &mut Tx,
        before: Place,
        skip: u32,
        limit: i64,
    ) -> Result<Vec<ActivityRow>, WalletError> {
        let mut values = self.values.clone();
        values.extend(args![before.0, before.1, limit, skip]);
        let sql = match self.along {
            Along::Time => page!(along_time!()),
            Along::Person => page!(along_person!()),
            Along::Words => {
                let mut more = false;
                let rows = tx.read_rows(soonest_page!(), values.clone(), |row| row_or_more(row, &mut more)).await?;
                if !more || rows.len() as i64 > limit {
                    return Ok(rows.into_iter().flatten().collect());
                }
                let Spread { within, all } = self.spread(tx).await?;
                if is_sooner_along_time(within, all) { page!(along_time!()) } else { page!(along_trigrams!()) }
            }
        };
        tx.read_rows(sql, values, activity_row).await
    }

    /// How far the newest rows that the trigrams name reach back.
    async fn spread(&self, tx: &mut Tx) -> Result<Spread, WalletError> {
        let sql = concat!(
            "SELECT MIN(rowid), (SELECT MAX(number) FROM wallet_listed)
                FROM (SELECT rowid FROM wallet_trigram WHERE wallet_trigram MATCH $16 ORDER BY rowid DESC LIMIT ",
            rare!(),
            ")"
        );
        let row = tx.row(sql, self.values.clone()).await?.ok_or(WalletError::DatabaseCorrupt)?;
        let (oldest, all) = (i128::from(row.i64(0)?), i128::from(row.i64(1)?));
        Ok(Spread { within: (all - oldest + 1).max(1), all })
    }

    /// What the rows sum to, by currency.
    pub(super) async fn totals(&self, tx: &mut Tx) -> Result<Vec<CurrencyTotal>, WalletError> {
        let sql = match self.along {
            Along::Time => sums!(along_time!()),
            Along::Person => sums!(along_person!()),
            Along::Words => sums!(along_trigrams!()),
        };
        let mut totals: Vec<(Currency, [i128; 2], i64)> = Vec::new();
        for row in tx.rows(sql, self.values.clone()).await? {
            let currency = Currency::from_code(&row.text(0)?).map_err(|_| WalletError::DatabaseCorrupt)?;
            let direction: Direction = from_word(&row.text(1)?)?;
            let stage: Stage = from_word(&row.text(2)?)?;
            if totals.last().is_none_or(|(last, _, _)| *last != currency) {
                totals.push((currency, [0, 0], 0));
            }
            let Some((_, sums, count)) = totals.last_mut() else { continue };
            *count += row.i64(3)?;
            if stage == Stage::Paid {
                sums[usize::from(direction == Direction::Out)] +=
                    i128::from(row.i64(4)?) * LOW_32 + i128::from(row.i64(5)?);
            }
        }
        totals.into_iter().map(|(currency, sums, count)| total(currency, sums, count)).collect()
    }
}

/// A place in the list: when, and which payment.
pub(super) type Place = (i64, Uuid);
/// Before the newest.
pub(super) const TOP: Place = (i64::MAX, Uuid::max());

pub(super) fn place_of(row: &ActivityRow) -> Place {
    (ordered_at(&row.payment), row.payment.id)
}

impl Book {
    /// A page of payments, newest first. Words that nothing holds are taken for the nearest ones that something does.
    pub(crate) async fn activity(&self, query: &ActivityQuery) -> Result<ActivityPage, WalletError> {
        let (limit, skip) = (i64::from(query.limit.clamp(1, 200)), query.skip.unwrap_or(0));
        let before = query.before.as_deref().map_or(Ok(TOP), read_cursor)?;
        let mut tx = self.store.glance().await?;
        let now_ms = self.now_ms();
        let asked = Asked::new(&query.filter, now_ms)?;
        let mut rows = asked.rows(&mut tx, before, skip, limit + 1).await?;
        let mut near = None;
        if rows.is_empty()
            && query.before.is_none()
            && skip == 0
            && let Some(text) = nearest::words(&mut tx, &query.filter.text).await?
        {
            let filter = ActivityFilter { text: text.clone(), ..query.filter.clone() };
            rows = Asked::new(&filter, now_ms)?.rows(&mut tx, before, 0, limit + 1).await?;
            near = Some(text).filter(|_| !rows.is_empty());
        }
        let more = rows.len() as i64 > limit;
        rows.truncate(limit as usize);
        let last = rows.last().filter(|_| more).map(place_of);
        let next = last.map(|(at_ms, id)| format!("{at_ms}.{}", pay::short_id(id)));
        Ok(ActivityPage { rows, next, near })
    }

    /// What a filter's payments sum to, by currency.
    pub(crate) async fn activity_totals(&self, filter: &ActivityFilter) -> Result<Vec<CurrencyTotal>, WalletError> {
        let mut tx = self.store.read().await?;
        let asked = Asked::new(filter, self.now_ms())?;
        asked.totals(&mut tx).await
    }

    /// The saved filters, in the order they were saved.
    pub(crate) async fn activity_views(&self) -> Result<Vec<ActivityView>, WalletError> {
        Ok(self.fact(fact::VIEWS).await?.unwrap_or_default())
    }

    /// Saves a filter; one of the same name is replaced where it is.
    pub(crate) async fn save_activity_view(&self, view: ActivityView) -> Result<Vec<ActivityView>, WalletError> {
        let view = ActivityView { name: view.name.trim().to_owned(), filter: view.filter };
        if view.name.is_empty() || view.name.chars().count() > LONGEST_NAME || view.filter.text.len() > 1_000 {
            return Err(WalletError::Invalid(Code::TooLarge));
        }
        range(&view.filter)?;
        let mut tx = self.begin().await?;
        let mut views: Vec<ActivityView> = read_fact(&mut tx, fact::VIEWS).await?.unwrap_or_default();
        let full = views.len() >= MOST_VIEWS;
        match views.iter_mut().find(|kept| folded(&kept.name) == folded(&view.name)) {
            Some(kept) => *kept = view,
            None if full => return Err(WalletError::Invalid(Code::TooLarge)),
            None => views.push(view),
        }
        keep_fact(&mut tx, fact::VIEWS, &views).await?;
        tx.commit().await?;
        Ok(views)
    }

    /// Forgets a saved filter.
    pub(crate) async fn remove_activity_view(&self, name: &str) -> Result<Vec<ActivityView>, WalletError> {
        let mut tx = self.begin().await?;
        let mut views: Vec<ActivityView> = read_fact(&mut tx, fact::VIEWS).await?.unwrap_or_default();
        views.retain(|kept| kept.name != name);
        keep_fact(&mut tx, fact::VIEWS, &views).await?;
        tx.commit().await?;
        Ok(views)
    }
}

/// Writes the lines of payments in the list.
pub(super) async fn list(tx: &mut Tx, stored: &[Stored<'_>]) -> Result<(), WalletError> {
    let mut set = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for Stored { payment, direction, private_note } in stored {
        let amount = Money::try_from(&payment.amount)?;
        let fee = payment.fee.as_ref().filter(|_| *direction == Direction::Out).map(Money::try_from).transpose()?;
        // A fee in another currency has no place in this sum; the server never says one.
        let fee = fee.filter(|fee| fee.currency() == amount.currency()).map_or(0, Money::minor);
        set.0.push((word(direction)?, word(&stage_of(payment.state))?));
        set.1.push(amount);
        set.2.push(fee);
        set.3.push(search_text(payment, *direction, private_note));
    }
    let (words, amounts, fees, searches) = set;
    let set = Set::of_ids(stored.iter().map(|it| &it.payment.id))
        .ints(stored.iter().map(|it| ordered_at(it.payment)))
        .texts(words.iter().map(|(direction, _)| direction))
        .texts(words.iter().map(|(_, stage)| stage))
        .texts(amounts.iter().map(|amount| amount.currency()))
        .ints(amounts.iter().map(|amount| amount.minor()))
        .ints(fees)
        .blobs(stored.iter().map(|it| other_side(it.payment, it.direction).id))
        .blobs(stored.iter().map(|it| it.payment.source_id))
        .texts(searches);
    let head = "INSERT INTO wallet_listed
        (payment_id, created_at_ms, direction, stage, currency, minor, fee_minor, other_id, source_id, search)";
    let tail = "ON CONFLICT (payment_id) DO UPDATE SET created_at_ms = excluded.created_at_ms, stage = excluded.stage,
        currency = excluded.currency, minor = excluded.minor, fee_minor = excluded.fee_minor,
        source_id = excluded.source_id, search = excluded.search";
    tx.insert_set(head, set, tail).await?;
    Ok(())
}

/// Writes only what became of a payment.
pub(super) async fn relist_stage(tx: &mut Tx, payment: &Payment) -> Result<(), WalletError> {
    let sql = "UPDATE wallet_listed SET stage = $2 WHERE payment_id = $1";
    tx.execute(sql, args![payment.id, word(&stage_of(payment.state))?]).await?;
    Ok(())
}

/// Lists what an older book holds, a few hundred in each commit; interrupted, it goes on where it was.
pub(super) async fn list_all(store: &Store) -> Result<(), WalletError> {
    let sql = "SELECT p.id, p.body, p.direction, p.private_note FROM wallet_payment p
        WHERE NOT EXISTS (SELECT 1 FROM wallet_listed l WHERE l.payment_id = p.id) LIMIT $1";
    loop {
        let mut tx = store.begin().await?;
        if read_fact::<bool>(&mut tx, fact::LISTED).await?.is_some() {
            return Ok(());
        }
        let rows = tx.rows(sql, args![CATCH_UP]).await?;
        let payments: Vec<(Payment, Direction, String)> = rows
            .iter()
            .map(|row| Ok((from_json(&row.text(1)?)?, from_word(&row.text(2)?)?, row.text(3)?)))
            .collect::<Result<_, WalletError>>()?;
        let stored = payments.iter().map(|(payment, direction, private_note)| Stored {
            payment,
            direction: *direction,
            private_note,
        });
        list(&mut tx, &stored.collect::<Vec<_>>()).await?;
        if rows.is_empty() {
            keep_fact(&mut tx, fact::LISTED, &true).await?;
        }
        tx.commit().await?;
    }
}

/// How the trigrams are asked for all words of three letters or more; nothing when there is no such word.
pub(super) fn trigrams_of(words: &[&str]) -> Option<String> {
    let mut asked = String::new();
    for word in words.iter().filter(|word| !word.contains('\0')) {
        let letters: Vec<char> = word.chars().collect();
        for three in letters.windows(3) {
            let text: String = three.iter().collect();
            asked.push_str(&format!("\"{}\" ", text.replace('"', "\"\"")));
        }
    }
    Some(asked).filter(|asked| !asked.is_empty())
}

/// A payment, or the word that there may be more of them.
fn row_or_more(row: &Row, more: &mut bool) -> Result<Option<ActivityRow>, WalletError> {
    if row.opt_str(1)?.is_some() {
        return activity_row(row).map(Some);
    }
    *more = true;
    Ok(None)
}

/// Within so many of all rows lie the newest [`RARE`] that the trigrams name; their share says how many there are in all.
struct Spread {
    within: i128,
    all: i128,
}

/// Whether a page is full sooner along time than the named rows are fetched.
fn is_sooner_along_time(within: i128, all: i128) -> bool {
    USUAL * within / RARE <= FETCH * RARE * all / within
}

/// Currency and minor units of an amount range.
fn range(filter: &ActivityFilter) -> Result<(Option<Currency>, i64, i64), WalletError> {
    let read = |amount: &Option<Amount>| amount.as_ref().map(Money::try_from).transpose();
    let (min, max) = (read(&filter.min)?, read(&filter.max)?);
    if let (Some(min), Some(max)) = (min, max)
        && min.currency() != max.currency()
    {
        return Err(WalletError::Invalid(Code::Malformed));
    }
    let currency = min.or(max).map(Money::currency);
    Ok((currency, min.map_or(0, Money::minor), max.map_or(i64::MAX, Money::minor)))
}

fn total(currency: Currency, [received, sent]: [i128; 2], count: i64) -> Result<CurrencyTotal, WalletError> {
    let money = |sum: i128| {
        let minor = i64::try_from(sum).map_err(|_| pay::MoneyError::OutOfRange)?;
        Money::new(minor, currency)
    };
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    Ok(CurrencyTotal { received: money(received)?.into(), sent: money(sent)?.into(), count })
}

const fn stage_of(state: PaymentState) -> Stage {
    match state {
        PaymentState::Succeeded => Stage::Paid,
        PaymentState::Processing | PaymentState::RequiresAction => Stage::Waiting,
        PaymentState::RequiresPaymentMethod => Stage::Failed,
        PaymentState::Canceled => Stage::Canceled,
    }
}

fn read_cursor(text: &str) -> Result<Place, WalletError> {
    let parts = text.split_once('.').and_then(|(ms, id)| Some((ms.parse().ok()?, pay::parse_short_id(id)?)));
    parts.ok_or(WalletError::Invalid(Code::Malformed))
}
