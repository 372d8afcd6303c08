//! Random batches against a plain model that knows nothing of databases.

use crate::place::*;
use ledger::book::{self, Floor, Transfer, TransferState};
use ledger::{Database, LedgerError};
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

const ACCOUNTS: [(u128, bool); 4] = [(1, true), (2, true), (3, false), (4, false)];

#[derive(Debug, Clone)]
enum Step {
    Reserve(Vec<Transfer>),
    Post(Vec<Uuid>),
    Void(Vec<Uuid>),
    Reverse(Vec<(Uuid, Uuid)>),
}

fn step() -> impl Strategy<Value = Step> {
    let some_id = || (100_u128..118).prop_map(id);
    let some_transfer =
        (100_u128..112, 50_u128..53, 0_usize..4, 0_usize..4, 1_i64..8).prop_map(|(own, of, from, to, minor)| {
            let to = if from == to { (to + 1) % 4 } else { to };
            transfer(own, of, ACCOUNTS[from].0, ACCOUNTS[to].0, minor)
        });
    let ids = || prop::collection::vec(some_id(), 1..6);
    prop_oneof![
        4 => prop::collection::vec(some_transfer, 1..5).prop_map(Step::Reserve),
        3 => ids().prop_map(Step::Post),
        1 => ids().prop_map(Step::Void),
        1 => prop::collection::vec((some_id(), some_id()), 1..3).prop_map(Step::Reverse),
    ]
}

/// Transfers and their states; everything else is counted afresh from them.
#[derive(Clone, Default)]
struct Model(BTreeMap<Uuid, (Transfer, TransferState, Option<Uuid>)>);

impl Model {
    /// The model after the step, or nothing when the whole step must be refused.
    fn after(&self, step: &Step) -> Option<Model> {
        use TransferState::*;
        let mut next = self.clone();
        match step {
            Step::Reserve(transfers) => {
                for transfer in transfers {
                    match next.0.get(&transfer.id) {
                        Some((before, _, None)) if before == transfer => {}
                        Some(_) => return None,
                        None => drop(next.0.insert(transfer.id, (*transfer, Reserved, None))),
                    }
                }
            }
            Step::Post(ids) => next.settle(ids, Posted)?,
            Step::Void(ids) => next.settle(ids, Voided)?,
            Step::Reverse(pairs) => {
                for (old, new) in pairs {
                    let (before, state, reverses) = *next.0.get(old)?;
                    match next.0.get(new) {
                        Some((_, _, Some(of))) if of == old => continue,
                        Some(_) => return None,
                        None => {}
                    }
                    if state != Posted || reverses.is_some() || next.0.values().any(|t| t.2 == Some(*old)) {
                        return None;
                    }
                    let back = Transfer { id: *new, debit: before.credit, credit: before.debit, ..before };
                    next.0.insert(*new, (back, Posted, Some(*old)));
                }
            }
        }
        let sound = ACCOUNTS.iter().all(|(account, floor)| !floor || next.available(id(*account)) >= 0);
        sound.then_some(next)
    }

    fn settle(&mut self, ids: &[Uuid], to: TransferState) -> Option<()> {
        for id in ids {
            let state = &mut self.0.get_mut(id)?.1;
            if *state != TransferState::Reserved && *state != to {
                return None;
            }
            *state = to;
        }
        Some(())
    }

    fn posted(&self, account: Uuid) -> i64 {
        self.0.values().filter(|t| t.1 == TransferState::Posted).map(|t| signed(&t.0, account)).sum()
    }

    fn available(&self, account: Uuid) -> i64 {
        let mut nets: BTreeMap<Uuid, i64> = BTreeMap::new();
        for (transfer, ..) in self.0.values().filter(|t| t.1 == TransferState::Reserved) {
            *nets.entry(transfer.payment_id).or_default() += signed(transfer, account);
        }
        self.posted(account) + nets.values().map(|net| (*net).min(0)).sum::<i64>()
    }
}

fn signed(transfer: &Transfer, account: Uuid) -> i64 {
    let minor = transfer.amount.minor();
    i64::from(transfer.credit == account) * minor - i64::from(transfer.debit == account) * minor
}

async fn follow(database: Database, steps: &[Step]) {
    let place = place(database).await;
    let mut tx = place.store.begin().await.unwrap();
    for (account, floor) in ACCOUNTS {
        open(&mut tx, account, if floor { Floor::Zero } else { Floor::None }).await;
    }
    tx.commit().await.unwrap();
    let mut model = Model::default();
    for step in steps {
        let mut tx = place.store.begin().await.unwrap();
        let done: Result<_, LedgerError> = match step {
            Step::Reserve(transfers) => book::reserve(&mut tx, transfers, 1).await,
            Step::Post(ids) => book::post(&mut tx, ids, 2).await,
            Step::Void(ids) => book::void(&mut tx, ids, 3).await,
            Step::Reverse(pairs) => book::reverse(&mut tx, pairs, 4).await,
        };
        tx.commit().await.unwrap();
        let expected = model.after(step);
        assert_eq!(done.is_ok(), expected.is_some(), "{step:?} gave {done:?}");
        model = expected.unwrap_or(model);
        for (account, _) in ACCOUNTS {
            let (posted, _, held) = sums(&place.store, account).await;
            assert_eq!((posted, posted - held), (model.posted(id(account)), model.available(id(account))));
        }
    }
    assert_sound(&place.store).await;
}

fn check(database: Database, cases: u32) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in prop::collection::vec(step(), 1..25))| {
        runtime.block_on(follow(database, &steps));
    });
}

#[test]
fn sqlite_does_what_the_model_says() {
    check(Database::Sqlite, 60);
}

#[test]
fn postgres_does_what_the_model_says() {
    check(Database::Postgres, 15);
}
