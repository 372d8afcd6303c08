use crate::fault::Fault;
use crate::people::rows::{PersonRow, the_person};
use ledger::{Row, Tx, args};
use pay::{Currency, Money, RequestFlags, RequestMoney};
use protocol::body::{Amount, LatePolicy, OverPolicy, PartialPolicy, Policy, Request, RequestState};
use protocol::group::{Group, GroupKind};
use protocol::way::{Elsewhere, WayKind};
use uuid::Uuid;

/// A request for money.
#[derive(Debug, Clone)]
pub struct RequestRow {
    /// Id.
    pub id: Uuid,
    /// Who asks.
    pub requester_id: Uuid,
    /// Who is asked, when it is for one person.
    pub payer_id: Option<Uuid>,
    /// Asked and come.
    pub money: RequestMoney,
    /// Also when the amount is open.
    pub currency: Currency,
    /// Text.
    pub note: String,
    /// State.
    pub state: RequestState,
    /// Facts beside the state.
    pub flags: RequestFlags,
    /// Rules.
    pub policy: Policy,
    /// Closed when it is paid; otherwise many people may pay it and it stays open.
    pub single_use: bool,
    /// End.
    pub expires_at_ms: Option<i64>,
    /// Last reminder.
    pub reminded_at_ms: Option<i64>,
    /// Made.
    pub created_at_ms: i64,
    /// Last change.
    pub updated_at_ms: i64,
    /// Grows with every change.
    pub version: i64,
    /// The whole it is a part of.
    pub group: Option<Group>,
    /// Its money came another way.
    pub elsewhere: Option<Elsewhere>,
}

const BY_ID: &str =
    "SELECT id, requester_id, payer_id, asked_minor, currency, paid_minor, note, state, viewed, overpaid,
    paid_late, partial_policy, over_policy, late_policy, single_use, expires_at_ms, reminded_at_ms, created_at_ms,
    updated_at_ms, version, group_id, group_kind, group_title, group_total_minor, group_own_minor,
    elsewhere_way, elsewhere_at_ms
    FROM request LEFT JOIN request_group ON request_id = id WHERE id = $1";

/// One request.
pub async fn find_request(tx: &mut Tx, id: Uuid) -> Result<Option<RequestRow>, Fault> {
    tx.row(BY_ID, args![id]).await?.as_ref().map(RequestRow::read).transpose()
}

impl RequestRow {
    fn read(row: &Row) -> Result<Self, Fault> {
        let bad = Fault::Stored("request");
        let currency = row.currency(4)?;
        let money = |minor| Money::new(minor, currency).map_err(|_| Fault::Stored("request amount"));
        let policy = Policy {
            partial: PartialPolicy::parse(&row.text(11)?).ok_or(Fault::Stored("request rule"))?,
            over: OverPolicy::parse(&row.text(12)?).ok_or(Fault::Stored("request rule"))?,
            late: LatePolicy::parse(&row.text(13)?).ok_or(Fault::Stored("request rule"))?,
        };
        Ok(RequestRow {
            id: row.uuid(0)?,
            requester_id: row.uuid(1)?,
            payer_id: row.opt_uuid(2)?,
            money: RequestMoney { asked: row.opt_i64(3)?.map(money).transpose()?, paid: money(row.i64(5)?)? },
            currency,
            note: row.text(6)?,
            state: RequestState::parse(&row.text(7)?).ok_or(bad)?,
            flags: RequestFlags { viewed: row.i64(8)? != 0, overpaid: row.i64(9)? != 0, paid_late: row.i64(10)? != 0 },
            policy,
            single_use: row.i64(14)? != 0,
            expires_at_ms: row.opt_i64(15)?,
            reminded_at_ms: row.opt_i64(16)?,
            created_at_ms: row.i64(17)?,
            updated_at_ms: row.i64(18)?,
            version: row.i64(19)?,
            group: read_group(row, currency)?,
            elsewhere: read_elsewhere(row)?,
        })
    }

    /// Adds it.
    pub async fn insert(&self, tx: &mut Tx) -> Result<(), Fault> {
        const SQL: &str =
            "INSERT INTO request (id, requester_id, payer_id, asked_minor, currency, paid_minor, note, state,
            viewed, overpaid, paid_late, partial_policy, over_policy, late_policy, single_use, expires_at_ms,
            created_at_ms, updated_at_ms, version)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, $9, $10, $11, $12, $13, $14, $15, $16)";
        let (asked, paid) = (self.money.asked.map(Money::minor), self.money.paid.minor());
        let Policy { partial, over, late } = self.policy;
        let values = args![
            self.id,
            self.requester_id,
            self.payer_id,
            asked,
            self.currency,
            paid,
            &self.note,
            self.state.as_str(),
            partial.as_str(),
            over.as_str(),
            late.as_str(),
            self.single_use,
            self.expires_at_ms,
            self.created_at_ms,
            self.updated_at_ms,
            self.version
        ];
        tx.execute(SQL, values).await?;
        let Some(group) = &self.group else { return Ok(()) };
        const GROUP: &str =
            "INSERT INTO request_group (request_id, group_id, group_kind, group_title, group_total_minor, group_own_minor)
            VALUES ($1, $2, $3, $4, $5, $6)";
        let (total, own) = (Money::try_from(&group.total)?, Money::try_from(&group.own)?);
        let values = args![self.id, group.id, group.kind.as_str(), &group.title, total.minor(), own.minor()];
        tx.execute(GROUP, values).await?;
        Ok(())
    }

    /// Writes what can change, as the next version.
    pub async fn update(&mut self, tx: &mut Tx, now_ms: i64) -> Result<(), Fault> {
        const SQL: &str = "UPDATE request SET paid_minor = $2, state = $3, viewed = $4, overpaid = $5, paid_late = $6,
            reminded_at_ms = $7, updated_at_ms = $8, version = $9, elsewhere_way = $10, elsewhere_at_ms = $11
            WHERE id = $1";
        (self.updated_at_ms, self.version) = (now_ms, self.version + 1);
        let RequestFlags { viewed, overpaid, paid_late } = self.flags;
        let (paid, state) = (self.money.paid.minor(), self.state.as_str());
        let way = self.elsewhere.and_then(|elsewhere| elsewhere.way).map(WayKind::as_str);
        let values = args![
            self.id,
            paid,
            state,
            viewed,
            overpaid,
            paid_late,
            self.reminded_at_ms,
            now_ms,
            self.version,
            way,
            self.elsewhere.map(|elsewhere| elsewhere.at_ms)
        ];
        tx.execute(SQL, values).await?;
        Ok(())
    }

    /// Whether its end has passed.
    pub fn is_late(&self, now_ms: i64) -> bool {
        self.expires_at_ms.is_some_and(|end| now_ms >= end)
    }

    /// As both sides see it.
    pub async fn public(&self, tx: &mut Tx) -> Result<Request, Fault> {
        let requester = the_person(tx, self.requester_id).await?;
        let payer = match self.payer_id {
            Some(id) => Some(the_person(tx, id).await?),
            None => None,
        };
        Ok(Request {
            id: self.id,
            requester: requester.public(),
            payer: payer.as_ref().map(PersonRow::public),
            amount: self.money.asked.map(Amount::from),
            currency: self.currency.code().to_owned(),
            paid: self.money.paid.into(),
            note: self.note.clone(),
            state: self.state,
            viewed: self.flags.viewed,
            overpaid: self.flags.overpaid,
            paid_late: self.flags.paid_late,
            policy: self.policy,
            single_use: self.single_use,
            group: self.group.clone(),
            ways: super::ways_of(tx, self.id).await?,
            elsewhere: self.elsewhere,
            expires_at_ms: self.expires_at_ms,
            reminded_at_ms: self.reminded_at_ms,
            created_at_ms: self.created_at_ms,
            updated_at_ms: self.updated_at_ms,
            version: u32::try_from(self.version).map_err(|_| Fault::Stored("request version"))?,
        })
    }
}

/// The columns after the request's own; all empty when it stands alone.
fn read_group(row: &Row, currency: Currency) -> Result<Option<Group>, Fault> {
    let Some(id) = row.opt_uuid(20)? else { return Ok(None) };
    let money = |minor| Money::new(minor, currency).map(Amount::from).map_err(|_| Fault::Stored("group amount"));
    Ok(Some(Group {
        id,
        kind: GroupKind::parse(&row.text(21)?).ok_or(Fault::Stored("group kind"))?,
        title: row.text(22)?,
        total: money(row.i64(23)?)?,
        own: money(row.i64(24)?)?,
    }))
}

fn read_elsewhere(row: &Row) -> Result<Option<Elsewhere>, Fault> {
    let Some(at_ms) = row.opt_i64(26)? else { return Ok(None) };
    let way = match row.opt_text(25)? {
        Some(word) => Some(WayKind::parse(&word).ok_or(Fault::Stored("way of a request"))?),
        None => None,
    };
    Ok(Some(Elsewhere { way, at_ms }))
}
