//! Dividing a bill: by the largest remainder, to the minor unit, and one request for each person.

use pay::Money;
use protocol::Code;
use protocol::body::{LatePolicy, NewRequest, OverPolicy, PartialPolicy, Policy};
use protocol::group::{Group, GroupKind};
use uuid::Uuid;

use super::App;
use super::confirm::read_handle;
use super::settings::refuse;
use crate::book::{Book, NewAsk, own_currency};
use crate::view::{CollectForm, PartForm, PartShare, PreviewedPart, SplitForm, SplitPreview, SplitWay};
use crate::{WalletError, sender};

/// Most people of one bill.
const MOST: usize = 50;
/// Longest title, characters; the server takes no longer one.
const TITLE: usize = 80;
/// Longest typed name, characters.
const NAME: usize = 80;
/// Money that does not fit is kept: friends who round up are no error.
const POLICY: Policy = Policy { partial: PartialPolicy::Accept, over: OverPolicy::Accept, late: LatePolicy::Accept };

/// A bill as it is divided.
struct Divided {
    own: Option<(Option<Money>, bool)>,
    parts: Vec<(Option<Money>, bool)>,
    asked: Money,
    left: Money,
    over: Money,
}

impl App {
    /// What a bill would be divided into. Nothing is kept and nobody is asked.
    pub async fn preview_split(&self, form: SplitForm) -> Result<SplitPreview, WalletError> {
        let divided = divide(&form)?;
        let shown =
            |(amount, rounded_up): (Option<Money>, bool)| PreviewedPart { amount: amount.map(Into::into), rounded_up };
        Ok(SplitPreview {
            own: divided.own.map(shown),
            parts: divided.parts.into_iter().map(shown).collect(),
            asked: divided.asked.into(),
            left: (!divided.left.is_zero()).then(|| divided.left.into()),
            over: (!divided.over.is_zero()).then(|| divided.over.into()),
        })
    }

    /// Divides a bill and asks everybody for their part: all requests are stored at once, then they leave. Gives the id
    /// of the group.
    pub async fn make_split(&self, form: SplitForm) -> Result<Uuid, WalletError> {
        let book = self.book().await?;
        let title = title(&form.title)?;
        let divided = divide(&form)?;
        check(&book, &form, &divided)?;
        let own = divided.own.and_then(|(amount, _)| amount).unwrap_or(Money::zero(divided.asked.currency()));
        let group = Group {
            id: self.new_id(),
            kind: GroupKind::Split,
            title: title.clone(),
            total: form.total.clone(),
            own: own.into(),
        };
        let mut asks = Vec::with_capacity(form.parts.len());
        for (place, (part, (amount, _))) in form.parts.iter().zip(&divided.parts).enumerate() {
            let request = NewRequest {
                id: self.new_id(),
                amount: amount.map(Into::into),
                note: title.clone(),
                payer_handle: handle_of(part)?,
                expires_at_ms: None,
                single_use: true,
                policy: POLICY,
                group: Some(group.clone()),
                ways: Vec::new(),
            };
            asks.push(NewAsk { request, part: Some((place, part.name.trim().to_owned())), schedule_id: None });
        }
        book.ask_for(&asks).await?;
        Ok(group.id)
    }

    /// Collects for something: one request that many people may pay. Gives the id of the group.
    pub async fn start_collection(&self, form: CollectForm) -> Result<Uuid, WalletError> {
        let book = self.book().await?;
        let title = title(&form.title)?;
        let goal = Money::try_from(&form.goal)?;
        let each = form.each.as_ref().map(Money::try_from).transpose()?;
        let currency = own_currency(&book)?;
        let fits = |money: Money| !money.is_zero() && money.currency() == currency;
        if !fits(goal) || each.is_some_and(|each| !fits(each)) {
            return Err(refuse(Code::AmountInvalid));
        }
        let own = Money::zero(currency).into();
        let group = Group { id: self.new_id(), kind: GroupKind::Collect, title: title.clone(), total: form.goal, own };
        let request = NewRequest {
            id: self.new_id(),
            amount: form.each,
            note: title,
            payer_handle: None,
            expires_at_ms: form.expires_at_ms,
            single_use: false,
            policy: POLICY,
            group: Some(group.clone()),
            ways: Vec::new(),
        };
        book.ask_for(&[NewAsk { request, part: None, schedule_id: None }]).await?;
        // Its code is what is wanted next; without a line it leaves later.
        sender::deliver_now(&book).await;
        Ok(group.id)
    }
}

fn title(typed: &str) -> Result<String, WalletError> {
    let title = typed.trim();
    if title.is_empty() || title.chars().count() > TITLE { Err(refuse(Code::Malformed)) } else { Ok(title.to_owned()) }
}

fn handle_of(part: &PartForm) -> Result<Option<String>, WalletError> {
    let typed = part.handle.as_deref().map(|handle| handle.trim().trim_start_matches('@').to_ascii_lowercase());
    let typed = typed.filter(|handle| !handle.is_empty());
    typed.map(|handle| Ok(read_handle(&handle)?.as_str().to_owned())).transpose()
}

/// A bill that may be sent: every part is money, nothing is left or too much, and nobody is in it twice.
fn check(book: &Book, form: &SplitForm, divided: &Divided) -> Result<(), WalletError> {
    let me = book.me()?.person.handle;
    if form.parts.is_empty() || form.parts.len() > MOST {
        return Err(refuse(Code::Malformed));
    }
    let whole = divided.left.is_zero() && divided.over.is_zero();
    let all_money = divided.parts.iter().all(|(amount, _)| amount.is_some_and(|amount| !amount.is_zero()));
    if !whole || !all_money || divided.asked.currency() != own_currency(book)? {
        return Err(refuse(Code::AmountInvalid));
    }
    let mut seen = std::collections::BTreeSet::new();
    for part in &form.parts {
        let handle = handle_of(part)?;
        let named = !part.name.trim().is_empty() && part.name.chars().count() <= NAME;
        if handle.as_deref() == Some(me.as_str()) {
            return Err(refuse(Code::SelfPayment));
        }
        if (handle.is_none() && !named) || handle.is_some_and(|handle| !seen.insert(handle)) {
            return Err(refuse(Code::Malformed));
        }
    }
    Ok(())
}

fn divide(form: &SplitForm) -> Result<Divided, WalletError> {
    let total = Money::try_from(&form.total)?;
    let nothing = Money::zero(total.currency());
    let people: Vec<&PartShare> = form.own.iter().chain(form.parts.iter().map(|part| &part.share)).collect();
    let amounts: Vec<(Option<Money>, bool)> = match form.way {
        SplitWay::Exact => people
            .iter()
            .map(|share| Ok((share.exact.as_ref().map(Money::try_from).transpose()?, false)))
            .collect::<Result<_, WalletError>>()?,
        SplitWay::Equal | SplitWay::Shares => {
            let equal = form.way == SplitWay::Equal;
            let weights: Vec<u32> = people.iter().map(|share| if equal { 1 } else { share.weight }).collect();
            match total.split(&weights) {
                Some(shares) => shares.iter().map(|share| (Some(share.amount), share.rounded_up)).collect(),
                None => people.iter().map(|_| (None, false)).collect(),
            }
        }
    };
    let sum = |amounts: &[(Option<Money>, bool)]| {
        amounts.iter().filter_map(|(amount, _)| *amount).try_fold(nothing, Money::checked_add)
    };
    let given = sum(&amounts)?;
    let (own, parts) = amounts.split_at(usize::from(form.own.is_some()));
    Ok(Divided {
        own: own.first().copied(),
        asked: sum(parts)?,
        parts: parts.to_vec(),
        left: total.saturating_sub(given)?,
        over: given.saturating_sub(total)?,
    })
}
