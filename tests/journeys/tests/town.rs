//! The people of practice mode: ordinary accounts, each with a habit, and nothing moves when they are gone.

use journeys::{Database, Resident, World, accepting, eventually, minor, seeds, usd};
use pay::Handle;
use protocol::body::{LatePolicy, Mode, NewRequest, PaymentState, RequestState};
use std::time::Duration;
use wallet::Clock;

async fn practice(seed: u64) -> World {
    World::with(seed, Mode::Practice, Database::Sqlite).await
}

async fn ask(maya: &Resident, payer: &str, amount: &str) -> NewRequest {
    let form = maya.asking(Some(payer), amount);
    maya.remote.new_request(&form).await.expect("asked");
    form
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_pays_one_declines_one_pays_in_parts_and_one_goes_to_the_bank() {
    for seed in seeds(1) {
        let world = practice(seed).await;
        let town = world.town();
        town.settled().await;
        let maya = world.somebody("maya", "sandbox_visa_debit").await;
        let forms = [
            ask(&maya, "rosa", "12.00").await,
            ask(&maya, "theo", "9.00").await,
            ask(&maya, "nadia", "20.05").await,
            ask(&maya, "june", "7.30").await,
        ];
        let [rosa, theo, nadia, june] = forms.map(|form| form.id);
        maya.until_request(rosa, "Rosa pays", |r| r.state == RequestState::Paid).await;
        maya.until_request(theo, "Theo declines", |r| r.state == RequestState::Declined).await;
        maya.until_request(nadia, "Nadia pays some", |r| minor(&r.paid) == 802).await;
        let whole = maya.until_request(nadia, "Nadia pays the rest", |r| r.state == RequestState::Paid).await;
        assert!(!whole.overpaid && minor(&whole.paid) == 2005, "{whole:?}");
        maya.until_request(june, "June confirms at the bank", |r| r.state == RequestState::Paid).await;
        let moved = world.audit().await;
        assert_eq!(moved[&maya.person_id], (0, 1200 + 2005 + 730));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_pays_late_and_the_request_says_so() {
    let world = practice(1).await;
    let town = world.town();
    town.settled().await;
    let maya = world.somebody("maya", "sandbox_visa_debit").await;
    let mut form = maya.asking(Some("felix"), "15.00");
    form.expires_at_ms = Some(world.clock.now_ms() + 3_000);
    maya.remote.new_request(&form).await.expect("asked");
    maya.until_request(form.id, "it expires", |r| r.state == RequestState::Expired).await;
    let late = maya.until_request(form.id, "Felix pays all the same", |r| r.state == RequestState::Paid).await;
    assert!(late.paid_late, "{late:?}");
    let mut strict = maya.asking(Some("felix"), "15.00");
    strict.expires_at_ms = Some(world.clock.now_ms() + 2_000);
    strict.policy.late = LatePolicy::Refuse;
    maya.remote.new_request(&strict).await.expect("asked");
    maya.until_request(strict.id, "it expires", |r| r.state == RequestState::Expired).await;
    world.clock.jump(60_000);
    tokio::time::sleep(Duration::from_millis(300)).await;
    maya.until_request(strict.id, "it stays expired", |r| r.state == RequestState::Expired).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_is_asked_for_money_once_and_can_pay_it() {
    let world = practice(1).await;
    let maya = world.somebody("maya", "sandbox_visa_debit").await;
    let newcomer = Handle::parse("maya").expect("a handle");
    let town = world.town();
    town.welcome(&newcomer);
    let asked = eventually("Omar asks", || async { maya.see().await.1.into_values().next() }).await;
    assert_eq!(asked.requester.handle, "omar");
    let amount = asked.amount.clone().expect("an amount");
    maya.pay("omar", &amount.value, Some(asked.id)).await.expect("paid");
    maya.until_request(asked.id, "it is paid", |r| r.state == RequestState::Paid).await;
    town.stop().await;
    let again = world.town();
    again.welcome(&newcomer);
    again.settled().await;
    world.clock.jump(60_000);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(maya.see().await.1.len(), 1, "he asked again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bakery_has_open_requests_that_many_may_pay() {
    let world = practice(1).await;
    let town = world.town();
    town.settled().await;
    let maya = world.somebody("maya", "sandbox_visa_debit").await;
    for id in town.counter() {
        let ware = maya.remote.request(*id).await.expect("on the counter");
        assert_eq!((ware.requester.handle.as_str(), ware.state), ("harbor", RequestState::Open));
        let price = ware.amount.expect("a price").value;
        let paid = maya.pay("harbor", &price, Some(*id)).await.expect("bought");
        assert_eq!(maya.until_over(paid.id).await.state, PaymentState::Succeeded);
        assert_eq!(maya.remote.request(*id).await.expect("still there").state, RequestState::Open);
    }
    let paid = maya.pay("harbor", "3.00", None).await.expect("a tip");
    assert_eq!(maya.until_over(paid.id).await.state, PaymentState::Succeeded);
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_town_stopped_nothing_happens_by_itself_and_the_same_people_return() {
    let world = practice(1).await;
    let town = world.town();
    town.settled().await;
    let maya = world.somebody("maya", "sandbox_visa_debit").await;
    let before = maya.remote.payee(&Handle::parse("rosa").expect("a handle")).await.expect("Rosa").person.id;
    town.stop().await;
    let form = ask(&maya, "rosa", "12.00").await;
    let heard = world.ether.heard().len();
    world.clock.jump(3_600_000);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(world.ether.heard().len(), heard, "somebody moved");
    let waiting = maya.see().await.1.remove(&form.id).expect("the request");
    assert_eq!(waiting.state, RequestState::Open);
    let _again = world.town();
    maya.until_request(form.id, "Rosa is back and pays", |r| r.state == RequestState::Paid).await;
    let after = maya.remote.payee(&Handle::parse("rosa").expect("a handle")).await.expect("Rosa").person.id;
    assert_eq!(before, after);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neighbours_pay_exactly_once_through_storms_and_restarts() {
    for seed in seeds(2) {
        let world = practice(seed).await;
        let maya = world.somebody("maya", "sandbox_visa_debit").await;
        let mut town = world.town();
        town.settled().await;
        let mut forms = Vec::new();
        for (payer, amount) in
            [("rosa", "1.00"), ("nadia", "10.00"), ("omar", "2.50"), ("june", "4.00"), ("felix", "8.00")]
        {
            forms.push(ask(&maya, payer, amount).await);
        }
        let mut link = maya.asking(None, "5.00");
        link.policy = accepting();
        maya.remote.new_request(&link).await.expect("a link");
        world.ether.set(journeys::Weather::STORM);
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(300)).await;
            town.stop().await;
            town = world.town();
        }
        world.ether.set(journeys::Weather::CALM);
        for form in &forms {
            let paid = maya.until_request(form.id, "everybody pays", |r| r.state == RequestState::Paid).await;
            assert_eq!(Some(paid.paid), form.amount, "too much or too little");
        }
        let untouched = maya.see().await.1.remove(&link.id).expect("the link");
        assert_eq!(untouched.paid, usd("0.00"), "nobody was given the link");
        assert_eq!(world.audit().await[&maya.person_id], (0, 100 + 1000 + 250 + 400 + 800));
    }
}
