//! Groups of requests, put together from what the server says and what has not left yet.

use std::collections::{BTreeMap, HashMap};

use ledger::{Tx, args};
use pay::{Currency, Money};
use protocol::body::{NewRequest, Payment, PaymentState, Request, RequestState};
use protocol::group::{Group, GroupKind};
use uuid::Uuid;

use super::Book;
use super::rows::{from_json, from_word};
use crate::WalletError;
use crate::view::{GroupDetail, GroupPart, GroupPayer, GroupRow};

/// More groups than anybody looks at.
const MOST: usize = 200;

/// Requests and what waits, by group.
#[derive(Default)]
struct Found {
    group: Option<Group>,
    parts: Vec<(i64, i64, GroupPart)>,
}

impl Book {
    /// Every group, newest first.
    pub(crate) async fn groups(&self) -> Result<Vec<GroupRow>, WalletError> {
        let mut tx = self.store.read().await?;
        let found = find(&mut tx, None).await?;
        let mut rows: Vec<GroupRow> = found
            .into_values()
            .filter_map(|found| detail(found).transpose())
            .map(|it| it.map(|it| it.row))
            .collect::<Result<_, _>>()?;
        rows.sort_by_key(|row| (std::cmp::Reverse(row.created_at_ms), row.group.id));
        rows.truncate(MOST);
        Ok(rows)
    }

    /// One group with who paid.
    pub(crate) async fn group(&self, id: Uuid) -> Result<Option<GroupDetail>, WalletError> {
        let mut tx = self.store.read().await?;
        let Some(found) = find(&mut tx, Some(id)).await?.remove(&id) else { return Ok(None) };
        let Some(mut detail) = detail(found)? else { return Ok(None) };
        for part in &mut detail.parts {
            part.payers = payers(&mut tx, part.request_id).await?;
        }
        Ok(Some(detail))
    }
}

async fn find(tx: &mut Tx, only: Option<Uuid>) -> Result<HashMap<Uuid, Found>, WalletError> {
    let mut names: BTreeMap<Uuid, (i64, String)> = BTreeMap::new();
    for row in tx.rows("SELECT request_id, place, name FROM wallet_part", args![]).await? {
        names.insert(row.uuid(0)?, (row.i64(1)?, row.text(2)?));
    }
    let mut found: HashMap<Uuid, Found> = HashMap::new();
    let mut add = |group: Group, at_ms: i64, part: GroupPart| {
        let (place, name) = names.get(&part.request_id).cloned().unwrap_or((i64::MAX, String::new()));
        let entry = found.entry(group.id).or_default();
        entry.parts.push((place, at_ms, GroupPart { name, ..part }));
        entry.group.get_or_insert(group);
    };
    let sql =
        "SELECT body FROM wallet_request WHERE mine = 1 AND group_id IS NOT NULL AND ($1 IS NULL OR group_id = $1)";
    for row in tx.rows(sql, args![only]).await? {
        let request: Request = from_json(&row.text(0)?)?;
        let Some(group) = request.group.clone() else { continue };
        let part = GroupPart {
            request_id: request.id,
            name: String::new(),
            handle: request.payer.as_ref().map(|payer| payer.handle.clone()),
            amount: request.amount.clone(),
            refused: None,
            payers: Vec::new(),
            request: Some(request),
        };
        add(group, part.request.as_ref().map_or(0, |request| request.created_at_ms), part);
    }
    let sql = "SELECT body, refused FROM wallet_ask
        WHERE state <> 'sent' AND group_id IS NOT NULL AND ($1 IS NULL OR group_id = $1)
        AND request_id NOT IN (SELECT id FROM wallet_request WHERE group_id IS NOT NULL)";
    for row in tx.rows(sql, args![only]).await? {
        let ask: NewRequest = from_json(&row.text(0)?)?;
        let Some(group) = ask.group else { continue };
        let refused = row.opt_text(1)?.map(|code| from_word(&code)).transpose()?;
        let part = GroupPart {
            request_id: ask.id,
            name: String::new(),
            handle: ask.payer_handle,
            amount: ask.amount,
            request: None,
            refused,
            payers: Vec::new(),
        };
        add(group, i64::MAX, part);
    }
    Ok(found)
}

/// Adds up. `None` for a group that cannot be true.
fn detail(found: Found) -> Result<Option<GroupDetail>, WalletError> {
    let Found { group: Some(group), mut parts } = found else { return Ok(None) };
    parts.sort_by_key(|(place, at_ms, part)| (*place, *at_ms, part.request_id));
    let total = Money::try_from(&group.total)?;
    let (mut asked, mut collected) = (Money::zero(total.currency()), Money::zero(total.currency()));
    let (mut waited_for, mut paid_count, mut over) = (asked, 0, true);
    let mut created_at_ms = i64::MAX;
    for (_, at_ms, part) in &parts {
        created_at_ms = created_at_ms.min(*at_ms);
        let amount = part.amount.as_ref().map(Money::try_from).transpose()?.unwrap_or(asked);
        let amount = if group.kind == GroupKind::Collect { total } else { amount };
        asked = asked.checked_add(amount)?;
        let Some(request) = &part.request else {
            over &= part.refused.is_some();
            if part.refused.is_none() {
                waited_for = waited_for.checked_add(amount)?;
            }
            continue;
        };
        // What whoever asks says came another way is not waited for any more.
        let came = if request.elsewhere.is_some() { amount } else { Money::try_from(&request.paid)? };
        collected = collected.checked_add(came)?;
        paid_count += u32::from(request.state == RequestState::Paid);
        if is_waited_for(request) {
            over = false;
            waited_for = waited_for.checked_add(amount.saturating_sub(came)?)?;
        }
    }
    let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
    let row = GroupRow {
        asked: asked.into(),
        collected: collected.into(),
        left: waited_for.into(),
        percent: percent(collected, asked),
        paid_count,
        count,
        over,
        created_at_ms: made_at_ms(group.id).unwrap_or(created_at_ms),
        group,
    };
    Ok(Some(GroupDetail { row, parts: parts.into_iter().map(|(_, _, part)| part).collect() }))
}

/// When an id was made, as it says itself.
pub(super) fn made_at_ms(id: Uuid) -> Option<i64> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    i64::try_from(seconds.checked_mul(1_000)?.checked_add(u64::from(nanos / 1_000_000))?).ok()
}

/// Whether money may still come for it.
pub(crate) fn is_waited_for(request: &Request) -> bool {
    matches!(request.state, RequestState::Open | RequestState::PartiallyPaid | RequestState::Processing)
}

fn percent(part: Money, whole: Money) -> u8 {
    if whole.is_zero() {
        return 0;
    }
    let hundredths = i128::from(part.minor()) * 100 / i128::from(whole.minor());
    u8::try_from(hundredths.clamp(0, 100)).unwrap_or(100)
}

async fn payers(tx: &mut Tx, request_id: Uuid) -> Result<Vec<GroupPayer>, WalletError> {
    let sql = "SELECT p.body FROM wallet_paid_for f JOIN wallet_payment p ON p.id = f.payment_id
        WHERE f.request_id = $1 AND p.direction = 'in' ORDER BY p.created_at_ms, p.id LIMIT 500";
    let rows = tx.rows(sql, args![request_id]).await?;
    let payments = rows.iter().map(|row| from_json::<Payment>(&row.text(0)?)).collect::<Result<Vec<_>, _>>()?;
    let paid = payments.into_iter().filter(|payment| payment.state == PaymentState::Succeeded);
    Ok(paid
        .map(|payment| GroupPayer {
            payment_id: payment.id,
            person: payment.payer,
            amount: payment.amount,
            at_ms: payment.updated_at_ms,
        })
        .collect())
}

/// The own currency.
pub(crate) fn own_currency(book: &Book) -> Result<Currency, WalletError> {
    Currency::from_code(&book.me()?.currency).map_err(|_| WalletError::BadAnswer)
}
