//! The rows of payments, people, requests and steps: many at once, each kind in few statements.

use ledger::{Set, Tx};
use pay::Handle;
use protocol::body::{Payment, PaymentState, Person, Request};
use uuid::Uuid;

use super::listed::list;
use super::rows::{ordered_at, other_side, to_json, word};
use crate::WalletError;
use crate::view::{Direction, TimelineBy, TimelineWhat};

/// A payment with what only this device knows of it.
#[derive(Clone, Copy)]
pub(super) struct Stored<'a> {
    pub(super) payment: &'a Payment,
    pub(super) direction: Direction,
    pub(super) private_note: &'a str,
}

/// Writes the rows of payments, and their lines in the list.
pub(super) async fn store_payments(tx: &mut Tx, stored: &[Stored<'_>]) -> Result<(), WalletError> {
    let bodies: Vec<String> = stored.iter().map(|it| to_json(it.payment)).collect::<Result<_, _>>()?;
    let directions: Vec<String> = stored.iter().map(|it| word(&it.direction)).collect::<Result<_, _>>()?;
    let set = Set::of_ids(stored.iter().map(|it| &it.payment.id))
        .texts(bodies)
        .texts(directions)
        .texts(stored.iter().map(|it| it.payment.state.as_str()))
        .ints(stored.iter().map(|it| ordered_at(it.payment)))
        .blobs(stored.iter().map(|it| other_side(it.payment, it.direction).id))
        .texts(stored.iter().map(|it| it.private_note))
        .blobs(stored.iter().map(|it| it.payment.returns));
    let head =
        "INSERT INTO wallet_payment (id, body, direction, state, created_at_ms, other_id, private_note, returns)";
    let tail = "ON CONFLICT (id) DO UPDATE SET body = excluded.body, state = excluded.state, refused = NULL,
        created_at_ms = excluded.created_at_ms";
    tx.insert_set(head, set, tail).await?;
    list(tx, stored).await
}

/// Remembers people as the server last showed them. A handle that is not one is not remembered.
pub(super) async fn store_people<'a>(
    tx: &mut Tx,
    people: impl IntoIterator<Item = &'a Person>,
) -> Result<(), WalletError> {
    let (mut ids, mut handles, mut skeletons, mut bodies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for person in people {
        let Ok(handle) = Handle::parse(&person.handle) else { return Err(WalletError::BadAnswer) };
        ids.push(person.id);
        skeletons.push(handle.skeleton());
        handles.push(handle.as_str().to_owned());
        bodies.push(to_json(person)?);
    }
    let set = Set::of_ids(&ids).texts(handles).texts(skeletons).texts(bodies).ints(ids.iter().map(|_| 0_i64));
    let head = "INSERT INTO wallet_person (id, handle, skeleton, body, paid)";
    let tail = "ON CONFLICT (id) DO UPDATE SET handle = excluded.handle, skeleton = excluded.skeleton,
        body = excluded.body WHERE wallet_person.body <> excluded.body";
    tx.insert_set(head, set, tail).await?;
    Ok(())
}

/// Writes requests; an older word on one changes nothing.
pub(super) async fn store_requests(tx: &mut Tx, me: Uuid, requests: &[Request]) -> Result<(), WalletError> {
    let bodies: Vec<String> = requests.iter().map(to_json).collect::<Result<_, _>>()?;
    let set = Set::of_ids(requests.iter().map(|request| &request.id))
        .texts(bodies)
        .ints(requests.iter().map(|request| request.requester.id == me))
        .texts(requests.iter().map(|request| request.state.as_str()))
        .ints(requests.iter().map(|request| request.version))
        .ints(requests.iter().map(|request| request.updated_at_ms))
        .blobs(requests.iter().map(|request| request.group.as_ref().map(|group| group.id)));
    let head = "INSERT INTO wallet_request (id, body, mine, state, version, updated_at_ms, group_id)";
    let tail = "ON CONFLICT (id) DO UPDATE SET body = excluded.body, state = excluded.state,
        version = excluded.version, updated_at_ms = excluded.updated_at_ms, group_id = excluded.group_id
        WHERE excluded.version >= wallet_request.version";
    tx.insert_set(head, set, tail).await?;
    Ok(())
}

/// One step of a payment's story.
pub(super) struct Step {
    payment_id: Uuid,
    at_ms: i64,
    what: TimelineWhat,
    by: TimelineBy,
}

/// Adds steps, each once, in their order.
pub(super) async fn store_steps(tx: &mut Tx, steps: &[Step]) -> Result<(), WalletError> {
    let whats: Vec<String> = steps.iter().map(|step| word(&step.what)).collect::<Result<_, _>>()?;
    let bys: Vec<String> = steps.iter().map(|step| word(&step.by)).collect::<Result<_, _>>()?;
    let set = Set::of_ids(steps.iter().map(|step| &step.payment_id))
        .ints(steps.iter().map(|step| step.at_ms))
        .texts(whats)
        .texts(bys);
    let head = "INSERT INTO wallet_step (payment_id, at_ms, what, done_by)";
    tx.insert_set(head, set, "ON CONFLICT DO NOTHING").await?;
    Ok(())
}

/// The steps between what was known and what is said now.
pub(super) fn steps_between(before: Option<&Payment>, now: &Payment, steps: &mut Vec<Step>) {
    use TimelineWhat as W;
    let mut step = |at_ms, what, by| steps.push(Step { payment_id: now.id, at_ms, what, by });
    if before.is_none() {
        step(now.created_at_ms, W::Accepted, TimelineBy::Server);
    }
    if now.outcome_unknown && !before.is_some_and(|before| before.outcome_unknown) {
        step(now.updated_at_ms, W::Asking, TimelineBy::Server);
    }
    if before.is_some_and(|before| before.state == now.state) {
        return;
    }
    let (what, by) = match now.state {
        PaymentState::Processing => return,
        PaymentState::RequiresAction => (W::ActionAsked, TimelineBy::Processor),
        PaymentState::RequiresPaymentMethod => (W::Failed, TimelineBy::Processor),
        PaymentState::Succeeded => (W::Succeeded, TimelineBy::Processor),
        PaymentState::Canceled => (W::Canceled, TimelineBy::Server),
    };
    step(now.updated_at_ms, what, by);
}
